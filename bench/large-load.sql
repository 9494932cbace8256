-- 20,000,000 changes of 1,000,000 customers over two years, in order of time.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION csagg;
SELECT setseed(0.42);
CREATE TABLE log AS
    SELECT (1 + floor(random() * 1000000))::int AS customer_id, timestamptz '2025-01-01 00:00+00' + i * interval '3.1536 seconds' AS at,
           floor(random() * 101)::smallint AS score
    FROM generate_series(0, 19999999) i;
VACUUM ANALYZE;
