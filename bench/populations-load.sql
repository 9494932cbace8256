-- The data of the benchmarks, generated: a log of state changes, 20 a customer on average, in order of time, and the
-- timelines made of it. Once with random microseconds, once with whole seconds, once for five times the customers.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION csagg;
SELECT setseed(0.42);

CREATE TABLE log AS
    SELECT (1 + floor(random() * 20000))::int AS customer_id, at, floor(random() * 101)::smallint AS score
    FROM (SELECT timestamptz '2025-01-01 00:00+00' + random() * interval '730 days' AS at
          FROM generate_series(1, 400000)) s
    ORDER BY at;
CREATE TABLE log_seconds AS SELECT customer_id, date_trunc('second', at) AS at, score FROM log;
CREATE TABLE log_shuffled AS SELECT * FROM log ORDER BY md5(at::text);
CREATE TABLE log5 AS
    SELECT (1 + floor(random() * 100000))::int AS customer_id, at, floor(random() * 101)::smallint AS score
    FROM (SELECT timestamptz '2025-01-01 00:00+00' + random() * interval '730 days' AS at
          FROM generate_series(1, 2000000)) s
    ORDER BY at;

CREATE TABLE timelines AS SELECT customer_id, csagg.timeline(at, score) AS score FROM log GROUP BY customer_id;
CREATE TABLE timelines_seconds AS SELECT customer_id, csagg.timeline(at, score) AS score FROM log_seconds GROUP BY 1;
CREATE TABLE timelines5 AS SELECT customer_id, csagg.timeline(at, score) AS score FROM log5 GROUP BY customer_id;
CREATE TABLE long AS
    SELECT csagg.timeline(timestamptz '2000-01-01 00:00+00' + i * interval '400 seconds' + random() * interval '399 seconds',
                          floor(random() * 101)::smallint) AS score
    FROM generate_series(1, 1000000) i;
CREATE TABLE probes AS
    SELECT timestamptz '2000-01-02 00:00+00' + random() * interval '4600 days' AS at FROM generate_series(1, 1000);
VACUUM ANALYZE;
