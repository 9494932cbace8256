-- How many timelines hold which value over time: csagg.distribution
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;  -- for the operators
\pset format unaligned

CREATE FUNCTION pg_temp.error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- A small log. NULL ends a state.
CREATE TABLE plan_log(customer int, at timestamptz, plan text);
INSERT INTO plan_log VALUES
    (1, '2024-05-01', 'gold'), (1, '2025-01-03 12:00', 'silver'),
    (2, '2025-01-02 08:00', 'gold'), (2, '2025-01-02 09:00', 'silver'), (2, '2025-01-04', NULL),
    (3, '2025-01-03 23:59:59.999999', 'gold'),
    (4, '2025-01-09', 'gold');
CREATE TABLE plan_line AS SELECT customer, csagg.timeline(at, plan) AS plan FROM plan_log GROUP BY customer;
CREATE FUNCTION week() RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-01-01', '2025-01-06', '1 day', 'UTC') $$;

SELECT csagg.distribution(plan, week()) FROM plan_line;
SELECT b.* FROM (SELECT csagg.distribution(plan, week()) d FROM plan_line) s, csagg.buckets(s.d) b;
SELECT b.* FROM (SELECT csagg.distribution(plan, csagg.grid('2025-01-01', '2025-01-06', '1 day', 'UTC', 'start')) d
                 FROM plan_line) s, csagg.buckets(s.d) b;
SELECT jsonb_pretty(csagg.distribution(plan, week())::jsonb) FROM plan_line;
-- of one member each
SELECT b.* FROM (SELECT csagg.distribution(plan, week()) d FROM plan_line) s, csagg.joint_buckets(s.d) b LIMIT 2;

-- Every kind; number is NULL but for numbers
SELECT b.* FROM (SELECT csagg.distribution(t, csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC')) d
                 FROM (SELECT csagg.timeline('2024-01-01', v) FROM (VALUES (1, 12.50), (2, 7), (3, -3), (4, 7)) x(c, v) GROUP BY c) x(t)) s,
     csagg.buckets(s.d) b;
SELECT b.* FROM (SELECT csagg.distribution(t, csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC')) d
                 FROM (SELECT csagg.timeline('2024-01-01', v) FROM (VALUES (1, true), (2, false), (3, true)) x(c, v) GROUP BY c) x(t)) s,
     csagg.buckets(s.d) b;
SELECT b.* FROM (SELECT csagg.distribution(t, csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC')) d
                 FROM (SELECT csagg.timeline('2024-01-01', v) FROM (VALUES (1, date '2026-12-01'), (2, 'infinity'), (3, '0044-03-15 BC')) x(c, v) GROUP BY c) x(t)) s,
     csagg.buckets(s.d) b;
SELECT b.* FROM (SELECT csagg.distribution(t, csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC')) d
                 FROM (SELECT csagg.timeline('2024-01-01', v) FROM (VALUES (1, timestamptz '2026-12-01 09:30+01'), (2, '-infinity')) x(c, v) GROUP BY c) x(t)) s,
     csagg.buckets(s.d) b;

-- NULL and nothing
SELECT csagg.distribution(t, week()) FROM (VALUES (NULL::csagg.timeline), (NULL)) x(t);
SELECT csagg.distribution(plan, week()) IS NULL FROM plan_line WHERE false;
SELECT csagg.distribution(NULL::csagg.timeline[], week());
SELECT count(*) FROM csagg.buckets((SELECT csagg.distribution(NULL::csagg.timeline, week())));
SELECT count(*) FROM csagg.buckets(NULL::csagg.distribution);
-- with a row for every value in every bucket
SELECT b.bucket, b.value, b.n FROM (SELECT csagg.distribution(plan, week()) d FROM plan_line) s, csagg.buckets(s.d, zeros => true) b WHERE b.bucket < '2025-01-05';
SELECT count(*), count(*) FILTER (WHERE n = 0) AS zero, sum(n) = (SELECT sum(n) FROM csagg.joint_buckets(d)) AS same
FROM (SELECT csagg.distribution(array[plan, NULL], week()) d FROM plan_line) s, csagg.joint_buckets(s.d, true) b GROUP BY d;
SELECT count(*) FROM (SELECT csagg.distribution(plan, week()) d FROM plan_line) s, csagg.buckets(s.d, NULL);
SELECT csagg.distribution(plan, csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC')) FROM plan_line;

-- Unknown before known_from is absent
SELECT csagg.distribution(csagg.forget_before(plan, '2025-01-03'), week()) FROM plan_line WHERE customer = 1;

-- Errors
SELECT pg_temp.error_of('SELECT csagg.distribution(plan, NULL) FROM plan_line');
SELECT pg_temp.error_of($$SELECT csagg.distribution(plan, csagg.grid('2025-01-01', date '2025-01-02' + customer, '1 day', 'UTC')) FROM plan_line$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution(t, week()) FROM (VALUES (csagg.timeline 'text {}'), ('number {}')) x(t)$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution(t, week()) FROM (VALUES (array[csagg.timeline 'text {}']), (array[csagg.timeline 'text {}', 'text {}'])) x(t)$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution(array[]::csagg.timeline[], week())$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution(array_fill(csagg.timeline 'text {}', array[2, 2]), week())$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution(array_fill(csagg.timeline 'text {}', array[17]), week())$$);
SELECT pg_temp.error_of($$SELECT csagg.distribution_add(NULL, csagg.timeline 'text {}', week())$$);
SELECT pg_temp.error_of($$SELECT csagg.rollup(d) FROM (SELECT csagg.distribution(plan, week()) FROM plan_line
                          UNION ALL SELECT csagg.distribution(array[plan], week()) FROM plan_line) x(d)$$);
SELECT pg_temp.error_of($$SELECT csagg.rollup(d) FROM (VALUES
    (csagg.distribution 'distribution of number over [2025-01-01 00:00:00, 2025-01-03 00:00:00) every 1 day in UTC {}'),
    ('distribution of number over [2025-01-01 00:00:00, 2025-01-04 00:00:00) every 1 day in UTC {}')) x(d)$$);
SELECT pg_temp.error_of($$SELECT b.* FROM (SELECT csagg.rollup(d) FROM (VALUES
    (csagg.distribution 'distribution of number over [2025-01-01 00:00:00, 2025-01-03 00:00:00) every 1 day in UTC {1 = +9223372036854775807@0}'),
    ('distribution of number over [2025-01-01 00:00:00, 2025-01-03 00:00:00) every 1 day in UTC {1 = +1@0}')) x(d)) s(d), csagg.buckets(s.d) b$$);
SELECT pg_temp.error_of($$SELECT b.* FROM (SELECT csagg.rollup(d) FROM (VALUES
    (csagg.distribution 'distribution of number over [2025-01-01 00:00:00, 2025-01-03 00:00:00) every 1 day in UTC {1 = +9223372036854775807@0}'),
    ('distribution of number over [2025-01-01 00:00:00, 2025-01-03 00:00:00) every 1 day in UTC {1 = +1@1}')) x(d)) s(d), csagg.buckets(s.d) b$$);

-- Text form: what is read is put in order
SELECT csagg.distribution 'distribution of text over [2025-01-01, 2025-01-04) every 1 day in utc { "b" = 1@2 2@0, "a" = +1@1 , "b" = -1@2 }';
SELECT csagg.distribution 'distribution over [2025-01-01, 2025-01-04) every 1 day in UTC {}';
SELECT csagg.distribution 'joint distribution of (text, number, unknown) over [2025-01-01, 2025-01-04) every 1 day in UTC {("a", null, null) = +1@0, (null, 1.50, null) = +1@0}';
SELECT pg_temp.error_of(format('SELECT csagg.distribution %L', t)) FROM (VALUES
    (''), ('distribution'), ('distribution of money over [2025-01-01, 2025-01-04) every 1 day in UTC {}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 hour in Nowhere {}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = +1@3}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = -1@0}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = +1@0 -2@1}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {null = +1@0}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = +1}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {"a" = +99999999999999999999@0}'),
    ('distribution of text over [2025-01-01, 2025-01-04) every 1 day in UTC {} {}'),
    ('joint distribution of (text) over [2025-01-01, 2025-01-04) every 1 day in UTC {("a", "b") = +1@0}'),
    ('flows of text over [2025-01-01, 2025-01-04) every 1 day in UTC {}')) x(t);

-- Against naive SQL: random logs of each kind, in a zone with daylight saving time
SELECT setseed(0.5);
CREATE TABLE score_log AS
SELECT c AS customer, timestamptz '2025-03-01' + make_interval(mins => (random() * 60000)::int * 15 % 90000) AS at,
       CASE WHEN random() < 0.9 THEN round((random() * 12)::numeric, 1) END AS score,
       CASE WHEN random() < 0.9 THEN (array['gold', 'silver', 'bronze', 'Gold', '', 'ü"\'])[1 + floor(random() * 6)::int] END AS plan,
       random() < 0.5 AS active
FROM generate_series(1, 60) c, generate_series(1, 12) e;
INSERT INTO score_log SELECT customer, '-infinity', 99, 'ever', NULL FROM generate_series(1, 5) customer;
-- one row an instant, so that the naive query needs no rule for ties
DELETE FROM score_log a USING score_log b WHERE a.ctid < b.ctid AND a.customer = b.customer AND a.at = b.at;
CREATE INDEX ON score_log (customer, at);
CREATE TABLE score_line AS
SELECT customer, customer % 3 AS tenant, csagg.timeline(at, score) AS score, csagg.timeline(at, plan) AS plan, csagg.timeline(at, active) AS active
FROM score_log GROUP BY customer;
INSERT INTO score_line SELECT 1000 + i, 1 FROM generate_series(1, 3) i;

CREATE FUNCTION spring() RETURNS csagg.grid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT csagg.grid('2025-03-20', '2025-04-20', '1 day', 'Europe/Berlin') $$;
CREATE VIEW day AS
SELECT bucket, starts_at, (bucket + interval '1 day') AT TIME ZONE 'Europe/Berlin' AS ends_at FROM csagg.buckets(spring());
CREATE TABLE naive AS
SELECT d.bucket, d.starts_at, d.ends_at, c.customer, l.score, l.plan, l.active
FROM day d, (SELECT DISTINCT customer FROM score_log) c,
     LATERAL (SELECT * FROM score_log WHERE customer = c.customer AND at < d.ends_at ORDER BY at DESC LIMIT 1) l;

CREATE FUNCTION differences(a text, b text) RETURNS TABLE (any_rows boolean, differences bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT (SELECT count(*) > 0 FROM (%1$s) x), (SELECT count(*) FROM ((%1$s) EXCEPT ALL (%2$s)) x)
                                      + (SELECT count(*) FROM ((%2$s) EXCEPT ALL (%1$s)) x)', a, b);
END $$;

SELECT * FROM differences(
    'SELECT b.* FROM (SELECT csagg.distribution(score, spring()) d FROM score_line) s, csagg.buckets(s.d) b',
    'SELECT bucket, starts_at, ends_at, trim_scale(score)::text, score, count(*) FROM naive WHERE score IS NOT NULL GROUP BY 1, 2, 3, 4, 5');
SELECT * FROM differences(
    'SELECT b.* FROM (SELECT csagg.distribution(plan, spring()) d FROM score_line) s, csagg.buckets(s.d) b',
    'SELECT bucket, starts_at, ends_at, plan, NULL::numeric, count(*) FROM naive WHERE plan IS NOT NULL GROUP BY 1, 2, 3, 4');
SELECT * FROM differences(
    'SELECT b.* FROM (SELECT csagg.distribution(active, spring()) d FROM score_line) s, csagg.buckets(s.d) b',
    'SELECT bucket, starts_at, ends_at, active::text, NULL::numeric, count(*) FROM naive WHERE active IS NOT NULL GROUP BY 1, 2, 3, 4');
-- grouped, weekly, value at the start
SELECT * FROM differences($$
    SELECT tenant, b.* FROM (SELECT tenant, csagg.distribution(plan, csagg.grid('2025-03-01', '2025-05-01', '7 days', 'UTC', 'start')) d
                     FROM score_line GROUP BY tenant) s, csagg.buckets(s.d) b $$, $$
    SELECT c.customer % 3, g.bucket, g.starts_at, g.starts_at + interval '7 days', l.plan, NULL::numeric, count(*)
    FROM csagg.buckets(csagg.grid('2025-03-01', '2025-05-01', '7 days', 'UTC')) g, (SELECT DISTINCT customer FROM score_log) c,
         LATERAL (SELECT * FROM score_log WHERE customer = c.customer AND at <= g.starts_at ORDER BY at DESC LIMIT 1) l
    WHERE l.plan IS NOT NULL GROUP BY 1, 2, 3, 4, 5 $$);
-- joint
SELECT * FROM differences(
    'SELECT b.* FROM (SELECT csagg.distribution(array[plan, score, active], spring()) d FROM score_line) s, csagg.joint_buckets(s.d) b',
    'SELECT bucket, starts_at, ends_at, array[plan, trim_scale(score)::text, active::text], count(*) FROM naive
     WHERE coalesce(plan, score::text, active::text) IS NOT NULL GROUP BY 1, 2, 3, 4');
SELECT * FROM differences(
    'SELECT b.* FROM (SELECT csagg.distribution(array[plan, NULL, plan], spring()) d FROM score_line) s, csagg.joint_buckets(s.d) b',
    'SELECT bucket, starts_at, ends_at, array[plan, NULL, plan], count(*) FROM naive WHERE plan IS NOT NULL GROUP BY 1, 2, 3, 4');
SELECT b.* FROM (SELECT csagg.distribution(x.members, week()) d FROM (VALUES
    (array[csagg.timeline 'text {-infinity = "gold"}', 'number {2025-01-05 = 7}', NULL]),
    (array[csagg.timeline 'text {-infinity = "a \"b\""}', 'number {-infinity = 7}', NULL]), (NULL),
    (array[csagg.timeline 'text {}', NULL, NULL])) x(members)) s, csagg.buckets(s.d) b WHERE b.bucket >= '2025-01-04';
-- order of the rows: bucket, then value
SELECT bool_and(number > before) IS NOT FALSE AS in_order FROM (
    SELECT bucket, number, lag(number) OVER (PARTITION BY bucket ORDER BY row) AS before
    FROM (SELECT csagg.distribution(score, spring()) d FROM score_line) s,
         csagg.buckets(s.d) WITH ORDINALITY b(bucket, starts_at, ends_at, value, number, n, row)) x;

-- Rollup of groups is the whole, to the byte; text, binary and a table keep it
CREATE TABLE by_tenant AS
SELECT tenant, csagg.distribution(score, spring()) AS score, csagg.distribution(array[plan, active], spring()) AS joint
FROM score_line GROUP BY tenant;
SELECT (SELECT csagg.rollup(score) FROM by_tenant) = (SELECT csagg.distribution(score, spring()) FROM score_line) AS plain,
       (SELECT csagg.rollup(joint ORDER BY tenant DESC) FROM by_tenant) = (SELECT csagg.distribution(array[plan, active], spring()) FROM score_line) AS joint;
SELECT csagg.rollup(score) = (SELECT score FROM by_tenant WHERE tenant = 1) AS ignores_null
FROM (SELECT score FROM by_tenant WHERE tenant = 1 UNION ALL SELECT NULL) x;
SELECT csagg.rollup(NULL::csagg.distribution) IS NULL;
SELECT bool_and(score = score::text::csagg.distribution) AND bool_and(joint = joint::text::csagg.distribution) AS same FROM by_tenant;
CREATE TABLE copied (LIKE by_tenant);
DO $$ BEGIN
    EXECUTE format('COPY by_tenant TO %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
    EXECUTE format('COPY copied FROM %L (FORMAT binary)', format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()));
END $$;
SELECT count(*) FROM by_tenant a JOIN copied b ON a.tenant = b.tenant AND a.score = b.score AND a.joint = b.joint;

-- In parallel
CREATE TABLE many AS SELECT (customer * 7 + i) % 5 AS tenant, score, plan FROM score_line, generate_series(1, 200) i;
ALTER TABLE many SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ANALYZE many;
EXPLAIN (COSTS OFF) SELECT csagg.distribution(score, spring()) FROM many;
CREATE TABLE result AS
SELECT csagg.distribution(score, spring()) AS d, csagg.distribution(array[score, plan], spring()) AS j FROM many;
CREATE TABLE grouped AS SELECT tenant, csagg.distribution(score, spring()) AS d FROM many GROUP BY tenant;
SET max_parallel_workers_per_gather = 0;
SELECT d = (SELECT csagg.distribution(score, spring()) FROM many) AS plain,
       j = (SELECT csagg.distribution(array[score, plan], spring()) FROM many) AS joint,
       d = (SELECT csagg.rollup(d) FROM grouped) AS grouped FROM result;

-- As a window aggregate: the state is read again and again, and goes on
SELECT * FROM differences($$
    SELECT customer, csagg.distribution(score, spring()) OVER (ORDER BY customer)::text FROM score_line WHERE customer <= 20 $$, $$
    SELECT a.customer, csagg.distribution(b.score, spring())::text
    FROM score_line a JOIN score_line b ON b.customer <= a.customer WHERE a.customer <= 20 GROUP BY 1 $$);
SELECT * FROM differences($$
    SELECT customer, csagg.distribution(score, spring()) OVER (ORDER BY customer ROWS 3 PRECEDING)::text FROM score_line WHERE customer <= 20 $$, $$
    SELECT a.customer, csagg.distribution(b.score, spring())::text
    FROM score_line a JOIN score_line b ON b.customer BETWEEN a.customer - 3 AND a.customer WHERE a.customer <= 20 GROUP BY 1 $$);

-- Very many distinct values, numbers and texts
CREATE TABLE wide_line AS
SELECT csagg.timeline(at, i * 10 + e) AS number, csagg.timeline(at, md5(i::text || e)) AS text
FROM generate_series(1, 10000) i, generate_series(0, 2) e, LATERAL (SELECT timestamptz '2025-03-18' + make_interval(days => (i * 7 + e * 11) % 40)) x(at)
GROUP BY i;
SELECT count(*), sum(n), count(DISTINCT value) FROM (SELECT csagg.distribution(number, spring()) d FROM wide_line) s, csagg.buckets(s.d);
SELECT count(*), sum(n), count(DISTINCT value) FROM (SELECT csagg.distribution(text, spring()) d FROM wide_line) s, csagg.buckets(s.d);
SELECT count(*), sum(n), count(DISTINCT members) FROM (SELECT csagg.distribution(array[number, text], spring()) d FROM wide_line) s, csagg.joint_buckets(s.d);

-- Values at their limits are printed and read
WITH extreme (x) AS (VALUES ('number {2025-03-19 = 0.123456789012345678}'::csagg.timeline), ('number {2025-03-19 = -0.000000000000000001}'), ('number {2025-03-19 = -999999999999999999}'),
    ('time {2025-03-19 = 294276-12-31 23:59:59.999999+00}'), ('time {2025-03-19 = 4714-11-24 00:00:00+00 BC}'), ('time {2025-03-19 = infinity}'),
    ('date {2025-03-19 = 5874897-12-31}'), ('date {2025-03-19 = 4714-11-24 BC}'), ('date {2025-03-19 = -infinity}')),
said AS (SELECT x::text, csagg.distribution(x, spring()) AS d, csagg.flows(x, spring()) AS f FROM extreme GROUP BY x::text)
SELECT x, min(b.value), min(b.n), bool_and(d::text::csagg.distribution = d) AS read, bool_and(f::text::csagg.flows = f) AS flows FROM said, csagg.buckets(d) b GROUP BY x ORDER BY x COLLATE "C";

DROP TABLE plan_log, plan_line, score_line, by_tenant, copied, many, result, grouped, wide_line;
DROP TABLE naive, score_log;
DROP VIEW day;
DROP FUNCTION week, spring, differences;
