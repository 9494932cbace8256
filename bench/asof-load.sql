-- 1,000,000 invoices and 400,000 plan changes of 20,000 customers over two years, both as they would arrive; the same of
-- five times as many customers; a grid of all days and customers. The library is preloaded, for the plan node.
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = csagg', current_database()); END $$;
CREATE EXTENSION csagg;
SELECT setseed(0.5);
CREATE TABLE invoices AS
SELECT i AS id, 1 + floor(random() * 20000)::int AS customer_id, timestamptz '2025-01-01 00:00+00' + i * interval '63.072 seconds' AS at,
       round((random() * 1000)::numeric, 2) AS amount
FROM generate_series(0, 999999) i;
CREATE TABLE plan_log AS
SELECT 1 + floor(random() * 20000)::int AS customer_id, timestamptz '2025-01-01 00:00+00' + i * interval '157.68 seconds' AS at,
       floor(random() * 5)::int AS plan
FROM generate_series(0, 399999) i;
CREATE TABLE invoices5 AS
SELECT i AS id, 1 + floor(random() * 100000)::int AS customer_id, timestamptz '2025-01-01 00:00+00' + i * interval '12.6144 seconds' AS at,
       round((random() * 1000)::numeric, 2) AS amount
FROM generate_series(0, 4999999) i;
CREATE TABLE plan_log5 AS
SELECT 1 + floor(random() * 100000)::int AS customer_id, timestamptz '2025-01-01 00:00+00' + i * interval '31.536 seconds' AS at,
       floor(random() * 5)::int AS plan
FROM generate_series(0, 1999999) i;
CREATE VIEW days AS
SELECT c AS customer_id, d AS at
FROM generate_series(timestamptz '2025-01-01 00:00+00', '2026-12-31 00:00+00', '1 day') d, generate_series(1, 20000) c;
CREATE TABLE timelines AS SELECT customer_id, csagg.timeline(at, plan) AS plan FROM plan_log GROUP BY customer_id;
CREATE TABLE plan_terms AS SELECT customer_id, at, at + random() * interval '150 days' AS until, plan, at + random() * interval '50 days' AS recorded FROM plan_log;
CREATE INDEX ON plan_log (customer_id, at);
CREATE INDEX ON plan_terms (customer_id, at, until);
CREATE INDEX ON plan_terms (customer_id, at, recorded);
CREATE INDEX ON plan_log5 (customer_id, at);
VACUUM ANALYZE invoices;
VACUUM ANALYZE plan_log;
VACUUM ANALYZE invoices5;
VACUUM ANALYZE plan_log5;
VACUUM ANALYZE plan_terms;
VACUUM ANALYZE timelines;
