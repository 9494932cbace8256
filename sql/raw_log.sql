-- distribution(), summary() and flows() straight from the log are what GROUP BY and timeline() give, to the byte: for all
-- types of keys and values, in any plan, with however little memory.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;
SET jit = off;
CREATE TABLE raw_log AS
SELECT nullif(k, 0)::int AS k_integer, nullif(k, 0)::bigint * 1234567890123 AS k_bigint, CASE WHEN k <> 0 THEN repeat('customer ', k % 4) || k END AS k_text,
       CASE WHEN k <> 0 THEN md5(k::text)::uuid END AS k_uuid, at, s::bigint AS seq,
       v::smallint AS v_smallint, v AS v_integer, v * 10000000000 AS v_bigint, v::numeric / 8 AS v_numeric, (v / 10.0)::real AS v_real,
       v / 7::double precision AS v_double, v % 2 = 0 AS v_boolean, CASE WHEN v % 3 = 0 THEN '' ELSE 'plan ' || v % 5 END AS v_text,
       date '2025-01-01' + v AS v_date, timestamptz '2025-01-01' + v * interval '1 hour' AS v_timestamptz
FROM (SELECT i * 7919 % 40 AS k, CASE WHEN i % 97 = 0 THEN '-infinity' ELSE timestamptz '2024-12-20' + (i * 104729::bigint % 700) * interval '1 hour' END AS at,
             i * 31 % 3 - 1 AS s, nullif((i * 15485863::bigint % 23 - 8)::int, 0) AS v
      FROM generate_series(1, 3000) i) r;
INSERT INTO raw_log (k_integer, k_bigint, k_text, k_uuid, at, seq) SELECT 1000 + i, 1000 + i, 'only NULLs ' || i, md5('only ' || i)::uuid, '2025-01-02', 1 FROM generate_series(1, 3) i;
ANALYZE raw_log;
CREATE TABLE grids AS
SELECT g FROM unnest(ARRAY[csagg.grid('2025-01-01', '2025-01-15', '1 day', 'UTC'), csagg.grid('2025-01-01', '2025-01-15', '1 day', 'Asia/Tokyo', 'start'),
                           csagg.grid('2024-01-01', '2026-01-01', '1 month', 'UTC'), csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC')]) g;

-- How many aggregates of those that there are, one of every `nth`, and which of them differ from the two steps.
CREATE FUNCTION differing(nth int, OUT aggregates int, OUT differ text) LANGUAGE plpgsql AS $$
DECLARE
    a record;
    g csagg.grid;
    same boolean;
BEGIN
    aggregates := 0;
    FOR a IN SELECT row_number() OVER (ORDER BY p.oid::regprocedure::text COLLATE "C") AS number, p.proname, p.oid::regprocedure AS signature, 'k_' || key AS k, 'v_' || split_part(value, ' ', 1) AS v,
                    CASE WHEN pronargs = 5 THEN ', seq' ELSE '' END AS seq
             FROM pg_proc p, format_type(proargtypes[0], NULL) key, format_type(proargtypes[2], NULL) f,
                  replace(f, 'timestamp with time zone', 'timestamptz') value
             WHERE pronamespace = 'csagg'::regnamespace AND prokind = 'a' AND pronargs >= 4 AND proname IN ('distribution', 'summary', 'flows')
             ORDER BY 1 LOOP
        CONTINUE WHEN a.number % nth <> 0;
        aggregates := aggregates + 1;
        FOR g IN TABLE grids LOOP
            EXECUTE format('SELECT (SELECT %1$s(%2$s, at, %3$s%4$s, $1) FROM raw_log)
                            IS NOT DISTINCT FROM (SELECT %1$s(t, $1) FROM (SELECT timeline(at, %3$s%4$s) t FROM raw_log GROUP BY %2$s) x)',
                           a.proname, a.k, a.v, a.seq) INTO same USING g;
            IF same IS NOT TRUE THEN differ := concat_ws(', ', differ, a.signature); END IF;
        END LOOP;
    END LOOP;
END $$;
SELECT * FROM differing(1);
-- The state is cut to what the grid needs many times.
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT * FROM differing(3);
RESET work_mem;
RESET hash_mem_multiplier;
-- Partial states come from workers.
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE raw_log SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT distribution(k_text, at, v_text, seq, csagg.grid('2025-01-01', '2025-01-15', '1 day', 'UTC')) FROM raw_log;
SELECT * FROM differing(20);
SET parallel_leader_participation = off;
SET jit = on;
SET jit_above_cost = 0;
SELECT * FROM differing(50);
RESET jit_above_cost;
RESET jit;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;

-- By groups, with a filter, with FILTER, over a window, in order, distinct: an aggregate as any other.
\set g 'csagg.grid(''2025-01-01'', ''2025-01-05'', ''1 day'', ''UTC'')'
SELECT count(*), bool_and(one = two) FROM
    (SELECT v_boolean, distribution(k_integer, at, v_integer, :g) FILTER (WHERE k_integer > 3) AS one FROM raw_log GROUP BY 1) a
    JOIN (SELECT v_boolean, distribution(t, :g) AS two
          FROM (SELECT v_boolean, timeline(at, v_integer) t FROM raw_log WHERE k_integer > 3 GROUP BY v_boolean, k_integer) x GROUP BY 1) b
    ON a.v_boolean IS NOT DISTINCT FROM b.v_boolean;
SELECT count(DISTINCT d) FROM (SELECT distribution(k_integer, at, v_integer, :g) OVER (ORDER BY at) AS d FROM raw_log WHERE k_integer < 3) x;
SELECT distribution(k_integer, at, v_integer, :g ORDER BY random()) = distribution(DISTINCT k_integer, at, v_integer, :g) FROM raw_log;
SELECT summary(k_integer, at, v_numeric, :g) IS NULL AS nothing FROM raw_log WHERE false;
SELECT b.bucket, b.value, b.n
FROM (SELECT distribution(k, at::timestamptz, plan, :g) d FROM (VALUES ('a', '2024-06-01', 'gold'), ('b', '2025-01-02', 'gold'), ('a', '2025-01-03', NULL)) v(k, at, plan)) s,
     buckets(d) b;
-- Keys of NULL are one customer.
SELECT b.from_value, b.to_value, b.n FROM (SELECT flows(NULL::int, at::timestamptz, v, :g) f FROM (VALUES ('2025-01-02', 1), ('2025-01-03', 2)) v(at, v)) s, buckets(f) b;

-- Long customers, of whom the grid passes over whole blocks.
CREATE TABLE long AS
SELECT i % 3 AS k, timestamptz '2024-01-01' + (i * 7919 % 20000) * interval '53 minutes' AS at, i * 31 % 17 AS v, 'plan ' || i * 31 % 17 AS s, i AS seq FROM generate_series(1, 20000) i;
SELECT count(*) AS grids, sum(rows) AS rows, bool_and(d) AS distribution, bool_and(s) AS summary, bool_and(f) AS flows FROM (
    SELECT distribution(k, at, v, g) = (SELECT distribution(t, g) FROM (SELECT timeline(at, v) AS t FROM long GROUP BY k) x) AS d, (SELECT count(*) FROM buckets(distribution(k, at, v, g))) AS rows,
           summary(k, at, v, g) = (SELECT summary(t, g) FROM (SELECT timeline(at, v) AS t FROM long GROUP BY k) x) AS s,
           flows(k, at, s, seq, g) = (SELECT flows(t, g) FROM (SELECT timeline(at, s, seq) AS t FROM long GROUP BY k) x) AS f
    FROM long, unnest('{end,start}'::text[]) snapshot, unnest('{2023-01-01,2024-06-01,2025-12-20,2026-01-06,2027-01-01}'::timestamp[]) start,
         LATERAL (SELECT csagg.grid(start, start + interval '10 days', '1 day', 'Europe/Berlin', snapshot) AS g) g
    GROUP BY snapshot, start, g) x;
DROP TABLE long;

-- Errors.
SELECT distribution(1, NULL, 'gold', :g);
SELECT distribution(1, 'infinity', 'gold', :g);
SELECT distribution(1, now(), 'gold', NULL::csagg.grid);
SELECT distribution(1, now(), 'gold', NULL::bigint, :g);
SELECT distribution(k, timestamptz '2025-01-01', true, csagg.grid('2025-01-01', '2025-01-05', '1 day', z)) FROM (VALUES (1, 'UTC'), (2, 'Asia/Tokyo')) v(k, z);
SELECT summary(1, now(), 'NaN'::numeric, :g);
SELECT summary(1, now(), 'gold'::text, :g);
-- The collation of the key is the key's
SELECT distribution(k, now(), v, :g) FROM (SELECT 'a' COLLATE "C" AS k, 'b' COLLATE "POSIX" AS v) v;
SELECT distribution(k COLLATE "C", now(), v, :g) FROM (SELECT 'a' COLLATE "C" AS k, 'b' COLLATE "POSIX" AS v) v;
DROP TABLE raw_log, grids;
DROP FUNCTION differing;
