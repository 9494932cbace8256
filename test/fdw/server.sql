-- One of the servers: customers with their log, and what csagg makes of it. :server is its number, by which customers differ.
SET client_min_messages = warning;
CREATE EXTENSION csagg;
CREATE TABLE log (customer int, region text, key text, at timestamptz, value text);
INSERT INTO log
SELECT c, region, key, timestamptz '2025-01-01 00:00+00' + ((c * 7919 + i * 104729 + h) % 900000) * interval '1 minute',
    CASE key WHEN 'plan' THEN CASE WHEN (c + i) % 9 = 0 THEN NULL ELSE (ARRAY['free', 'silver', 'gold'])[1 + (c * i + h) % 3] END
        WHEN 'seats' THEN ((c * 31 + i * 17) % 40)::text ELSE (1 + (c + i) % 3)::text END
FROM generate_series(:server, 600, 2) c, LATERAL (SELECT (ARRAY['EU', 'US', 'APAC'])[1 + c % 3] AS region) r,
    (VALUES ('plan', 5, 6), ('seats', 11, 6), ('login', 23, 30)) k (key, h, n), generate_series(1, n) i;
CREATE TABLE stored AS
SELECT customer, min(region) AS region, csagg.timeline(at, value) FILTER (WHERE key = 'plan') AS plan,
    csagg.timeline(at, value::numeric) FILTER (WHERE key = 'seats') AS seats, csagg.counter(at, value::numeric) FILTER (WHERE key = 'login') AS logins,
    csagg.history(key, CASE key WHEN 'plan' THEN 'text' WHEN 'seats' THEN 'number' ELSE 'counter' END, at, CASE WHEN key = 'plan' THEN to_jsonb(value) ELSE value::jsonb END) AS facts
FROM log GROUP BY customer;
\ir view.sql
SELECT customer_view('customer', 'stored');
ANALYZE;
