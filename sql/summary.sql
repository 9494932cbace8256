-- Count, sum, mean, deviation and quantiles over time: csagg.summary
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;  -- for the operators
\pset format unaligned
\pset null NULL

CREATE FUNCTION pg_temp.error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

CREATE TABLE mrr_line(customer int, mrr csagg.timeline);
INSERT INTO mrr_line VALUES
    (1, 'number {2024-05-01 = 99.95, 2025-01-03 12:00 = 120}'),
    (2, 'number {2025-01-02 = 1234.5, 2025-01-04 = null}'),
    (3, 'number {2025-01-02 = -0.001}'), (4, NULL);
CREATE FUNCTION week() RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-01-01', '2025-01-06', '1 day', 'UTC') $$;

SELECT csagg.summary(mrr, week()) FROM mrr_line;
SELECT b.* FROM (SELECT csagg.summary(mrr, week()) m FROM mrr_line) s, csagg.buckets(s.m) b;
SELECT q.* FROM (SELECT csagg.summary(mrr, week()) m FROM mrr_line) s, csagg.quantile(s.m, 0.5) q;
SELECT q.* FROM (SELECT csagg.summary(mrr, week()) m FROM mrr_line) s, csagg.quantile(s.m, 1) q;
SELECT csagg.summary(mrr, week())::jsonb FROM mrr_line WHERE customer = 2;

-- NULL and nothing
SELECT csagg.summary(mrr, week()) FROM mrr_line WHERE customer = 4;
SELECT b.* FROM (SELECT csagg.summary(mrr, week()) m FROM mrr_line WHERE customer = 4) s, csagg.buckets(s.m) b LIMIT 1;
SELECT csagg.summary(mrr, week()) IS NULL FROM mrr_line WHERE false;
SELECT count(*) FROM csagg.buckets(NULL::csagg.summary);

-- The largest and the smallest numbers
SELECT b.* FROM (SELECT csagg.summary(t, week()) m FROM (VALUES (csagg.timeline 'number {-infinity = 999999999999999999}'),
    ('number {-infinity = 999999999999999999}'), ('number {-infinity = 0.000000000000000000000000000000000001}')) x(t)) s, csagg.buckets(s.m) b LIMIT 1;
SELECT q.value FROM (SELECT csagg.summary(t, week()) m FROM (VALUES (csagg.timeline 'number {-infinity = 999999999999999999}')) x(t)) s,
    csagg.quantile(s.m, 0.5) q LIMIT 1;
SELECT pg_temp.error_of($$SELECT b.* FROM (SELECT csagg.summary(t, week()) m FROM (VALUES (csagg.timeline 'number {-infinity = 999999999999999999}'),
    ('number {-infinity = -999999999999999999}')) x(t)) s, csagg.buckets(s.m) b$$);

-- Errors
SELECT pg_temp.error_of('SELECT csagg.summary(mrr, NULL) FROM mrr_line');
SELECT pg_temp.error_of($$SELECT csagg.summary(mrr, csagg.grid('2025-01-01', date '2025-01-02' + customer, '1 day', 'UTC')) FROM mrr_line$$);
SELECT pg_temp.error_of($$SELECT csagg.summary('text {}', week())$$);
SELECT pg_temp.error_of($$SELECT csagg.summary_add(NULL, 'number {}', week())$$);
SELECT pg_temp.error_of(format('SELECT csagg.quantile(csagg.summary(mrr, week()), %L) FROM mrr_line', q))
FROM (VALUES ('-0.1'), ('1.000001'), ('NaN'), ('Infinity')) x(q);
SELECT pg_temp.error_of(format('SELECT b.* FROM csagg.buckets(csagg.summary %L) b', t)) FROM (VALUES
    ('summary over [2025-01-01, 2025-01-04) every 1 day in UTC {}'),
    ('summary over [2025-01-01, 2025-01-04) every 1 day in UTC {1234 = +1@0} sums {}'),
    ('summary over [2025-01-01, 2025-01-04) every 1 day in UTC {1 = +2@0} sums {0 = 20 2}'),
    ('summary over [2025-01-01, 2025-01-04) every 1 day in UTC {1 = +2@0} sums {3 = 2 2}'),
    ('summary over [2025-01-01, 2025-01-04) every 1 day in UTC {1 = +2@0} sums {0 = 2.. 2}'),
    ('flows over [2025-01-01, 2025-01-04) every 1 day in UTC {}')) x(t);

-- Against naive SQL: sums exactly, mean and deviation to 18 digits, quantiles by percentile_disc of rounded values
SELECT setseed(0.125);
CREATE TABLE log AS
SELECT c AS customer, timestamptz '2025-01-01' + make_interval(mins => (random() * 5000)::int * 15 % 45000) AS at,
       CASE WHEN random() < 0.9 THEN round((random() * 10 ^ (random() * 8 - 2))::numeric, (random() * 5)::int) * (CASE WHEN random() < 0.2 THEN -1 ELSE 1 END) END AS mrr
FROM generate_series(1, 80) c, generate_series(1, 10) e;
DELETE FROM log a USING log b WHERE a.ctid < b.ctid AND a.customer = b.customer AND a.at = b.at;
CREATE INDEX ON log (customer, at);
CREATE TABLE line AS SELECT customer, customer % 4 AS tenant, csagg.timeline(at, mrr) AS mrr FROM log GROUP BY customer;
CREATE FUNCTION month() RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-01-03', '2025-02-01', '1 day', 'UTC') $$;
CREATE FUNCTION round_to(x numeric, digits int) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN x = 0 THEN 0 ELSE round(x, digits - 1 - floor(log(abs(x)))::int) END $$;
CREATE TABLE naive AS
SELECT g.bucket, g.starts_at, g.starts_at + interval '1 day' AS ends_at, c.customer, c.customer % 4 AS tenant, l.mrr
FROM csagg.buckets(month()) g, (SELECT DISTINCT customer FROM log) c,
     LATERAL (SELECT mrr FROM log WHERE customer = c.customer AND at < g.starts_at + interval '1 day' ORDER BY at DESC LIMIT 1) l
WHERE l.mrr IS NOT NULL;
CREATE FUNCTION differences(a text, b text) RETURNS TABLE (any_rows boolean, differences bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (SELECT count(*) > 0 FROM (%1$s) x), (SELECT count(*) FROM ((%1$s) EXCEPT ALL (%2$s)) x)
                                      + (SELECT count(*) FROM ((%2$s) EXCEPT ALL (%1$s)) x)', a, b);
END $$;
SELECT * FROM differences($$
    SELECT b.* FROM (SELECT csagg.summary(mrr, month()) m FROM line) s, csagg.buckets(s.m) b $$, $$
    SELECT bucket, starts_at, ends_at, count(*), sum(mrr), round_to(sum(mrr) / (count(*) + 0.00000000000000000000000000000000000000), 18),
           round_to(sqrt(((count(*) * sum(mrr * mrr) - sum(mrr) * sum(mrr)) / (count(*) * (count(*) - 1)) + 0.0000000000000000000000000000000000000000)), 18)
    FROM naive GROUP BY 1, 2, 3 $$);
SELECT q, d.* FROM (VALUES (0), (0.01), (0.1), (0.25), (0.5), (0.75), (0.9), (0.999), (1)) x(q), LATERAL differences(format($$
    SELECT b.* FROM (SELECT csagg.summary(mrr, month()) m FROM line) s, csagg.quantile(s.m, %s) b $$, q), format($$
    SELECT bucket, starts_at, ends_at, percentile_disc(%s) WITHIN GROUP (ORDER BY round_to(mrr, 3)) FROM naive GROUP BY 1, 2, 3 $$, q)) d;
-- within half a percent of the exact quantile
SELECT max(abs(q.value - e.exact) / nullif(abs(e.exact), 0)) <= 0.005 AS close
FROM (SELECT csagg.summary(mrr, month()) m FROM line) s, csagg.quantile(s.m, 0.9) q
JOIN (SELECT bucket, percentile_disc(0.9) WITHIN GROUP (ORDER BY mrr) AS exact FROM naive GROUP BY 1) e USING (bucket);

-- Rollup of groups is the whole, to the byte; text and binary keep it
CREATE TABLE by_tenant AS SELECT tenant, csagg.summary(mrr, month()) AS m FROM line GROUP BY tenant;
SELECT csagg.rollup(m) = (SELECT csagg.summary(mrr, month()) FROM line) AS same, bool_and(m = m::text::csagg.summary) AS text FROM by_tenant;
CREATE TABLE copied (LIKE by_tenant);
DO $$ BEGIN
    EXECUTE format('COPY by_tenant TO %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
    EXECUTE format('COPY copied FROM %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
END $$;
SELECT count(*) FROM by_tenant a JOIN copied b ON a.tenant = b.tenant AND a.m = b.m;

-- In parallel
CREATE TABLE many AS SELECT mrr FROM line, generate_series(1, 200);
ALTER TABLE many SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ANALYZE many;
EXPLAIN (COSTS OFF) SELECT csagg.summary(mrr, month()) FROM many;
CREATE TABLE result AS SELECT csagg.summary(mrr, month()) AS m FROM many;
SET max_parallel_workers_per_gather = 0;
SELECT m = (SELECT csagg.summary(mrr, month()) FROM many) AS same FROM result;
SELECT count(DISTINCT m::text) = 20 AS as_window_aggregate FROM (SELECT csagg.summary(mrr, month()) OVER (ORDER BY customer) AS m FROM line LIMIT 20) x;

DROP TABLE naive, mrr_line, log, line, by_tenant, copied, many, result;
DROP FUNCTION week, month, round_to, differences;
