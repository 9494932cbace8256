-- Who moved from which value to which: csagg.flows
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

CREATE TABLE plan_line(customer int, plan csagg.timeline);
INSERT INTO plan_line VALUES
    (1, 'text {2024-05-01 = "gold", 2025-01-03 12:00 = "silver"}'),
    (2, 'text {2025-01-01 = "gold", 2025-01-02 08:00 = "silver", 2025-01-02 09:00 = "gold", 2025-01-04 = null}'),
    (3, 'text {2025-01-03 23:59:59.999999 = "gold", 2025-01-04 = "silver"}'),
    (4, 'text {2025-01-09 = "gold"}'), (5, NULL), (6, 'text {}');
CREATE FUNCTION week(snapshot text DEFAULT 'end') RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-01-01', '2025-01-06', '1 day', 'UTC', snapshot) $$;

SELECT csagg.flows(plan, week()) FROM plan_line;
SELECT b.* FROM (SELECT csagg.flows(plan, week()) f FROM plan_line) s, csagg.buckets(s.f) b;
SELECT b.* FROM (SELECT csagg.flows(plan, week('start')) f FROM plan_line) s, csagg.buckets(s.f) b;
SELECT count(*), sum(n), count(*) = 5 * count(DISTINCT (from_value, to_value)) AS every_move_in_every_bucket
FROM (SELECT csagg.flows(plan, week()) f FROM plan_line) s, csagg.buckets(s.f, zeros => true) b;
SELECT csagg.flows(plan, week())::jsonb FROM plan_line WHERE customer <= 2;

-- NULL and nothing
SELECT csagg.flows(plan, week()) FROM plan_line WHERE customer = 5;
SELECT csagg.flows(plan, week()) FROM plan_line WHERE customer = 6;
SELECT csagg.flows(plan, week()) IS NULL FROM plan_line WHERE false;
SELECT csagg.flows(plan, csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC')) FROM plan_line;
-- Unknown before known_from is absent: what is known from then on seems to enter
SELECT csagg.flows(csagg.forget_before(plan, '2025-01-03'), week()) FROM plan_line WHERE customer = 1;

-- Errors
SELECT pg_temp.error_of('SELECT csagg.flows(plan, NULL) FROM plan_line');
SELECT pg_temp.error_of($$SELECT csagg.flows(plan, csagg.grid('2025-01-01', date '2025-01-02' + customer, '1 day', 'UTC')) FROM plan_line$$);
SELECT pg_temp.error_of($$SELECT csagg.flows(t, week()) FROM (VALUES (csagg.timeline 'text {}'), ('number {}')) x(t)$$);
SELECT pg_temp.error_of($$SELECT csagg.flows_add(NULL, 'text {}', week())$$);
SELECT pg_temp.error_of(format('SELECT csagg.flows %L', t)) FROM (VALUES
    ('flows of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" -> "a" = +1@0}'),
    ('flows of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" -> null = -1@0}'),
    ('flows of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = +1@0}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {}')) x(t);

-- Against naive SQL
SELECT setseed(0.25);
CREATE TABLE log AS
SELECT c AS customer, timestamptz '2025-10-15' + make_interval(mins => (random() * 5000)::int * 15 % 45000) AS at,
       CASE WHEN random() < 0.8 THEN floor(random() * 4)::int END AS stage
FROM generate_series(1, 80) c, generate_series(1, 10) e;
DELETE FROM log a USING log b WHERE a.ctid < b.ctid AND a.customer = b.customer AND a.at = b.at;
CREATE INDEX ON log (customer, at);
CREATE TABLE line AS SELECT customer, customer % 4 AS tenant, csagg.timeline(at, stage) AS stage FROM log GROUP BY customer;
CREATE FUNCTION autumn() RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-10-20', '2025-11-05', '1 day', 'Europe/Berlin') $$;
CREATE FUNCTION differences(a text, b text) RETURNS TABLE (any_rows boolean, differences bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (SELECT count(*) > 0 FROM (%1$s) x), (SELECT count(*) FROM ((%1$s) EXCEPT ALL (%2$s)) x)
                                      + (SELECT count(*) FROM ((%2$s) EXCEPT ALL (%1$s)) x)', a, b);
END $$;
SELECT * FROM differences($$
    SELECT b.* FROM (SELECT csagg.flows(stage, autumn()) f FROM line) s, csagg.buckets(s.f) b $$, $$
    SELECT bucket, starts_at, ends_at, before::text, stage::text, count(*)
    FROM (SELECT d.bucket, d.starts_at, d.ends_at, l.stage, lag(l.stage) OVER (PARTITION BY c.customer ORDER BY d.bucket) AS before
          FROM (SELECT bucket, starts_at, (bucket + interval '1 day') AT TIME ZONE 'Europe/Berlin' AS ends_at FROM csagg.buckets(autumn())
                UNION ALL SELECT '2025-10-19', NULL, timestamp '2025-10-20' AT TIME ZONE 'Europe/Berlin') d, (SELECT DISTINCT customer FROM log) c
          LEFT JOIN LATERAL (SELECT stage FROM log WHERE customer = c.customer AND at < d.ends_at ORDER BY at DESC LIMIT 1) l ON true) x
    WHERE starts_at IS NOT NULL AND before IS DISTINCT FROM stage GROUP BY 1, 2, 3, 4, 5 $$);
-- What flows in and out is the change of the distribution
SELECT * FROM differences($$
    SELECT bucket, value, sum(n) FROM (
        SELECT b.bucket, b.to_value AS value, b.n FROM (SELECT csagg.flows(stage, autumn()) f FROM line) s, csagg.buckets(s.f) b
        UNION ALL SELECT b.bucket, b.from_value, -b.n FROM (SELECT csagg.flows(stage, autumn()) f FROM line) s, csagg.buckets(s.f) b) x
    WHERE value IS NOT NULL AND bucket > '2025-10-20' GROUP BY 1, 2 HAVING sum(n) <> 0 $$, $$
    SELECT bucket, value, difference FROM (
        SELECT g.bucket, v.value, coalesce(b.n, 0)::numeric - lag(coalesce(b.n, 0)) OVER (PARTITION BY v.value ORDER BY g.bucket) AS difference
        FROM csagg.buckets(autumn()) g CROSS JOIN (VALUES ('0'), ('1'), ('2'), ('3')) v(value)
        LEFT JOIN (SELECT b.* FROM (SELECT csagg.distribution(stage, autumn()) d FROM line) s, csagg.buckets(s.d) b) b
            ON b.bucket = g.bucket AND b.value = v.value) x WHERE difference <> 0 $$);

-- Rollup of groups is the whole, to the byte; text and binary keep it
CREATE TABLE by_tenant AS SELECT tenant, csagg.flows(stage, autumn()) AS f FROM line GROUP BY tenant;
SELECT csagg.rollup(f) = (SELECT csagg.flows(stage, autumn()) FROM line) AS same, bool_and(f = f::text::csagg.flows) AS text FROM by_tenant;
CREATE TABLE copied (LIKE by_tenant);
DO $$ BEGIN
    EXECUTE format('COPY by_tenant TO %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
    EXECUTE format('COPY copied FROM %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
END $$;
SELECT count(*) FROM by_tenant a JOIN copied b ON a.tenant = b.tenant AND a.f = b.f;

-- In parallel
CREATE TABLE many AS SELECT stage FROM line, generate_series(1, 200);
ALTER TABLE many SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ANALYZE many;
EXPLAIN (COSTS OFF) SELECT csagg.flows(stage, autumn()) FROM many;
CREATE TABLE result AS SELECT csagg.flows(stage, autumn()) AS f FROM many;
SET max_parallel_workers_per_gather = 0;
SELECT f = (SELECT csagg.flows(stage, autumn()) FROM many) AS same FROM result;
SELECT count(DISTINCT f::text) = 20 AS as_window_aggregate FROM (SELECT csagg.flows(stage, autumn()) OVER (ORDER BY customer) AS f FROM line LIMIT 20) x;

DROP TABLE plan_line, log, line, by_tenant, copied, many, result;
DROP FUNCTION week, autumn, differences;
