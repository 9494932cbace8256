-- Invoices and plan changes, once and five times; the library is preloaded in this database.
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = csagg', current_database()); END $$;
CREATE EXTENSION csagg;
SELECT setseed(0.5);

CREATE TABLE plan_log AS
    SELECT row_number() OVER (ORDER BY at)::int AS id, customer_id, at, plan
    FROM (SELECT floor(random() * 20000)::int AS customer_id, timestamptz '2024-01-01' + random() * interval '730 days' AS at,
                 floor(random() * 5)::int AS plan FROM generate_series(1, 400000)) x ORDER BY at;
CREATE TABLE invoices AS
    SELECT row_number() OVER (ORDER BY at)::int AS id, customer_id, at, amount
    FROM (SELECT floor(random() * 20000)::int AS customer_id, timestamptz '2024-01-01' + random() * interval '730 days' AS at,
                 floor(random() * 1000)::int AS amount FROM generate_series(1, 1000000)) x ORDER BY at;
CREATE INDEX ON plan_log (customer_id, at);
CREATE TABLE customers AS SELECT id FROM generate_series(0, 19999) id;

CREATE TABLE plan_log5 AS
    SELECT id * 5 + n AS id, customer_id * 5 + n AS customer_id, at, plan FROM plan_log, generate_series(0, 4) n ORDER BY at;
CREATE TABLE invoices5 AS
    SELECT id * 5 + n AS id, customer_id * 5 + n AS customer_id, at, amount FROM invoices, generate_series(0, 4) n ORDER BY at;
VACUUM ANALYZE;
