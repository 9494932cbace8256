-- csagg.timeline: the aggregates, text and binary form, equality, look-ups and rows, against naive SQL
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
\pset format unaligned

CREATE FUNCTION pg_temp.error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || CASE WHEN hint <> '' THEN ' | ' || hint ELSE '' END;
END $$;

-- One overload for each type of value, each with and without seq
CREATE TEMP TABLE small (at timestamptz, n int, seq bigint);
INSERT INTO small VALUES ('2025-01-03', 3, 1), ('2025-01-01', 1, 9), ('2025-01-02', NULL, -2), ('-infinity', 0, 0);
SELECT csagg.timeline(at, n % 2 = 1) FROM small
UNION ALL SELECT csagg.timeline(at, n::smallint) FROM small
UNION ALL SELECT csagg.timeline(at, n) FROM small
UNION ALL SELECT csagg.timeline(at, n::bigint) FROM small
UNION ALL SELECT csagg.timeline(at, n / 8.0) FROM small
UNION ALL SELECT csagg.timeline(at, (n / 10.0)::real) FROM small
UNION ALL SELECT csagg.timeline(at, n / 3.0::float8) FROM small
UNION ALL SELECT csagg.timeline(at, 'v' || n) FROM small
UNION ALL SELECT csagg.timeline(at, date '2025-01-01' + n) FROM small
UNION ALL SELECT csagg.timeline(at, timestamptz '2025-01-01' + n * interval '1 minute') FROM small;
SELECT csagg.timeline(at, n % 2 = 1, seq) FROM small
UNION ALL SELECT csagg.timeline(at, n::smallint, seq) FROM small
UNION ALL SELECT csagg.timeline(at, n, seq) FROM small
UNION ALL SELECT csagg.timeline(at, n::bigint, seq) FROM small
UNION ALL SELECT csagg.timeline(at, n / 8.0, seq) FROM small
UNION ALL SELECT csagg.timeline(at, (n / 10.0)::real, seq) FROM small
UNION ALL SELECT csagg.timeline(at, n / 3.0::float8, seq) FROM small
UNION ALL SELECT csagg.timeline(at, 'v' || n, seq) FROM small
UNION ALL SELECT csagg.timeline(at, date '2025-01-01' + n, seq) FROM small
UNION ALL SELECT csagg.timeline(at, timestamptz '2025-01-01' + n * interval '1 minute', seq) FROM small;

-- Infinite dates and times are values; the instants' edges
SELECT csagg.timeline(at, d) FROM (VALUES (timestamptz '2025-01-01', date 'infinity'), ('2025-01-02', '-infinity')) v(at, d);
SELECT csagg.timeline(at, z) FROM (VALUES (timestamptz '4714-11-24 00:00:00+00 BC', timestamptz 'infinity'),
                                          ('294276-12-31 23:59:59.999999+00', '-infinity')) v(at, z);
-- Numbers: 18 significant digits, half away from zero
SELECT csagg.timeline(timestamptz '2025-01-01', n)
FROM unnest('{0.1234567890123456785, -0.1234567890123456785, 12345678901234567.85, 999999999999999999, 1e-36, 4e-37, 5e-37, 1.500}'::numeric[]) n GROUP BY n ORDER BY n;
SELECT csagg.timeline(timestamptz '2025-01-01', f), csagg.timeline(timestamptz '2025-01-01', f::real)
FROM unnest('{0.1, 1e17, -2.5e-5, 123456.789}'::float8[]) f GROUP BY f ORDER BY f;

-- Ties: the greater (seq, value) wins, NULL ranks lowest, text compares by bytes
SELECT csagg.timeline(timestamptz '2025-01-01', v) FROM (VALUES (2), (NULL), (10)) x(v);
SELECT csagg.timeline(timestamptz '2025-01-01', v) FROM (VALUES ('a'), ('B'), ('ä'), (NULL)) x(v);
SELECT csagg.timeline(timestamptz '2025-01-01', v, s) FROM (VALUES (2, 5), (NULL, 6), (10, -7)) x(v, s);
SELECT csagg.timeline(timestamptz '2025-01-01', v, s) FROM (VALUES (2, 6), (NULL, 6), (10, -7)) x(v, s);
-- A late row between two that repeat: on Friday it is 1
SELECT csagg.timeline(at, v) FROM (VALUES (timestamptz '2025-01-06', 1), ('2025-01-10', 1), ('2025-01-08', 2)) x(at, v);

-- No rows, FILTER, DISTINCT, ORDER BY
SELECT csagg.timeline(at, n) IS NULL AS none FROM small WHERE false;
SELECT csagg.timeline(at, n) FILTER (WHERE n > 5) IS NULL AS none, csagg.timeline(at, n) FILTER (WHERE n > 0) FROM small;
SELECT csagg.timeline(DISTINCT at, n ORDER BY at, n) FROM (TABLE small UNION ALL TABLE small) s;
SELECT csagg.timeline(at, n ORDER BY at DESC) OPERATOR(csagg.=) csagg.timeline(at, n ORDER BY at) AS same FROM small;
-- As a window aggregate the timeline grows
SELECT at, csagg.timeline(at, n, seq) OVER (ORDER BY at) FROM small ORDER BY at;

-- Errors
SELECT what, pg_temp.error_of(query)
FROM (VALUES
    (1, 'at infinity', $$SELECT csagg.timeline('infinity', 1)$$),
    (2, 'at NULL', $$SELECT csagg.timeline(NULL, 1)$$),
    (3, 'at NULL, value NULL', $$SELECT csagg.timeline(NULL::timestamptz, NULL::text)$$),
    (4, 'seq NULL', $$SELECT csagg.timeline(now(), 1, NULL)$$),
    (5, '19 digits', $$SELECT csagg.timeline(now(), 1000000000000000000)$$),
    (6, 'numeric, rounds up to 19 digits', $$SELECT csagg.timeline(now(), 999999999999999999.5)$$),
    (7, 'NaN', $$SELECT csagg.timeline(now(), 'NaN'::numeric)$$),
    (8, 'infinity', $$SELECT csagg.timeline(now(), '-infinity'::numeric)$$),
    (9, 'float NaN', $$SELECT csagg.timeline(now(), 'NaN'::float8)$$),
    (10, 'real infinity', $$SELECT csagg.timeline(now(), 'infinity'::real)$$),
    (11, 'float 1e18', $$SELECT csagg.timeline(now(), 1e18::float8)$$),
    (12, 'no such type of value', $$SELECT csagg.timeline(now(), '{}'::jsonb)$$),
    (13, 'merging kinds', $$SELECT csagg.merge(x) FROM unnest('{"number {}", "text {}"}'::csagg.timeline[]) x$$),
    (14, 'transition function', $$SELECT csagg.timeline_add(NULL, now(), 1)$$),
    (15, 'combine function', $$SELECT csagg.timeline_combine('number {}', 'number {}')$$),
    (16, 'merge transition function', $$SELECT csagg.timeline_merge_add('number {}', 'number {}')$$),
    (17, 'total transition function', $$SELECT csagg.total_add(NULL, 'number {}')$$),
    (18, 'total combine function', $$SELECT csagg.total_combine('\x100000000000000080', '\x100000000000000080')$$)
) v(i, what, query) ORDER BY i;
-- Final functions leave a finished timeline alone
SELECT csagg.timeline_final('number {2025-01-01 = 1}'), csagg.timeline_final(NULL) IS NULL AS none;
-- A state that escapes through an aggregate without a final function counts as the timeline that it makes: see own_aggregates.sql
CREATE AGGREGATE pg_temp.log_state(timestamptz, int) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE pg_temp.combine_logs(csagg.timeline) (SFUNC = csagg.timeline_combine, STYPE = csagg.timeline, FINALFUNC = csagg.timeline_final);
CREATE TEMP TABLE escaped (log csagg.timeline);
INSERT INTO escaped SELECT pg_temp.log_state(at, n) FROM small WHERE n > 0;
INSERT INTO escaped SELECT pg_temp.log_state(at, n + 1) FROM small WHERE n > 0;
SELECT pg_temp.combine_logs(log) FROM escaped;
SELECT encode(csagg.timeline_send(log), 'hex') = encode(csagg.timeline_send(csagg.timeline_final(log)), 'hex') AS sent_finished FROM escaped;
SELECT log AS printed, csagg.number_at(log, now()) AS looked_into FROM escaped;
SELECT csagg.total(log) AS summed FROM escaped;

-- Text form: whatever DateStyle and TimeZone are
SELECT x FROM unnest(ARRAY['number {2025-01-03 = 40, 2025-02-09 09:30:00+00 #7 = null}', 'text known from 2025-01-01 {-infinity = "gold"}',
    'boolean{2025-01-02=true,2025-01-01T00:00Z#-5=false}', 'date {0044-03-15 12:00:00+00 BC = 0044-03-16 BC}', 'time {2025-07-01 12:00+05:30 = infinity}',
    'text {2025-01-01 = "a \"quoted\" \\ \u20ac\n}"}', 'number {2025-01-01 = 1, 2025-01-01 = 2, 2025-01-01 = null}', 'text {}']::csagg.timeline[]) x;
CREATE TEMP TABLE printed (x text);
INSERT INTO printed SELECT csagg.timeline(at, timestamptz '2025-06-01' + n * interval '1 hour')::text FROM small;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'German';
INSERT INTO printed SELECT csagg.timeline(at, timestamptz '2025-06-01 05:30' + n * interval '1 hour')::text FROM small;
SELECT count(DISTINCT x) AS forms, count(*) FROM printed;
SELECT csagg.text_at('time {2025-01-01 = 2025-06-01 12:00+02}', '2026-01-01');
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SELECT bad, pg_temp.error_of(format('SELECT %L::csagg.timeline', bad)) AS error
FROM unnest(ARRAY['', 'number', 'gold {}', 'number {2025-01-01}', 'number {2025-01-01 = 1', 'number {2025-01-01 = 1} x', 'number {2025-01-01 = "1"}',
                  'text {2025-01-01 = gold}', 'text {2025-01-01 = "gold}', 'text {2025-01-01 = "\u0000"}', 'number {2025-02-29 = 1}', 'number {infinity = 1}', 'number {294277-01-01 = 1}',
                  'number {2025-01-01 = 1234567890123456789}', 'number {2025-01-01 = NaN}', 'number {2025-01-01 #1.5 = 1}', 'number known from infinity {}',
                  'text {2025-01-01 = äääääääääääääääääääääääääääääääääääääääääääää}', 'date {2025-01-01 = 5874898-01-01}']) bad;

-- jsonb
SELECT x::jsonb FROM unnest(ARRAY['number {2025-01-03 = 40.50, 2025-02-09 09:30:00+00 #7 = null}', 'text known from 2025-01-01 {-infinity = "a\"\u0001\n"}',
    'boolean {2025-01-02 = true}', 'date {2025-01-01 = infinity}', 'time {2025-01-01 = 2025-01-02}', 'text {}']::csagg.timeline[]) x;
SELECT csagg.jsonb('number {}'::csagg.timeline), csagg.jsonb(NULL::csagg.timeline) IS NULL AS none;

-- Equality is of entries: hashing, GROUP BY, DISTINCT, joins
CREATE TEMP TABLE bag (i int, x csagg.timeline);
INSERT INTO bag SELECT i, format('number {2025-01-01 = %s, 2025-01-0%s = %s}', i % 3, 2 + i % 2, i % 3)::csagg.timeline FROM generate_series(1, 60) i;
INSERT INTO bag VALUES (100, 'number {2025-01-01 = 1}'), (101, 'text {}'), (102, 'number {}'), (103, NULL), (104, NULL);
SELECT x, count(*) FROM bag GROUP BY x ORDER BY min(i);
SELECT count(DISTINCT i) FROM (SELECT DISTINCT x, 1 AS i FROM bag) s;
SELECT count(*) FROM (SELECT DISTINCT x FROM bag) s;
SET enable_hashjoin = on;
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM bag a JOIN bag b ON a.x OPERATOR(csagg.=) b.x;
SELECT count(*) FROM bag a JOIN bag b ON a.x OPERATOR(csagg.=) b.x;
RESET enable_mergejoin;
RESET enable_nestloop;
SELECT count(*) FROM bag a JOIN bag b ON a.x::text = b.x::text;
SELECT count(*) FROM bag a, bag b WHERE a.x OPERATOR(csagg.<>) b.x;
SELECT bool_and(csagg.timeline_hash(a.x) = csagg.timeline_hash(b.x) AND csagg.timeline_hash_extended(a.x, 7) = csagg.timeline_hash_extended(b.x, 7)) AS equal_hashes
FROM bag a JOIN bag b ON a.x OPERATOR(csagg.=) b.x;
SELECT count(DISTINCT csagg.timeline_hash(x)) > 5 AS hashes_differ, count(DISTINCT csagg.timeline_hash_extended(x, i)) > 50 AS seeds_count FROM bag;
-- A short value in a table has another length word; its bytes are the same
SELECT count(*) FROM bag WHERE x OPERATOR(csagg.=) 'number {2025-01-01 = 1}';

-- Binary form: what send gives recv takes, and nothing else
CREATE TEMP TABLE received (x csagg.timeline);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE file text := format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid());
BEGIN
    EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, file);
    TRUNCATE received;
    EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
    RETURN (SELECT x::text FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TEMP TABLE sent AS
SELECT i, csagg.timeline_send(x) AS b FROM (VALUES
    (1, 'number {2025-01-03 = 40.5, 2025-02-09 09:30:00+00 #7 = null}'::csagg.timeline), (2, 'text known from 2025-01-01 {-infinity = "gold", 2025-01-02 = "silver"}'),
    (3, 'boolean {2025-01-02 = true}'), (4, 'date {-infinity = infinity, 2025-01-01 = 2025-01-02}'), (5, 'time {2025-01-01 = 2025-01-02}'), (6, 'text {}')) v(i, x);
SELECT pg_temp.receive(b) FROM sent ORDER BY i;
SELECT what, pg_temp.receive(bad)
FROM (SELECT b FROM sent WHERE i = 2) s, LATERAL (VALUES
    (1, 'empty', ''::bytea), (2, 'version', set_byte(b, 0, 35)), (3, 'kind', set_byte(b, 0, 22)), (4, 'a state', set_byte(b, 0, 243)), (5, 'flags', set_byte(b, 1, 4)),
    (6, 'cut', substr(b, 1, length(b) - 1)), (7, 'longer', b || '\x00'), (8, 'not UTF-8', overlay(b PLACING '\xff' FROM position('gold'::bytea IN b))),
    (9, 'a zero byte', overlay(b PLACING '\x00' FROM position('gold'::bytea IN b))), (10, 'texts out of order', overlay(b PLACING 'zold'::bytea FROM position('gold'::bytea IN b))),
    (11, 'a billion entries', '\x1202ffffffff0300000000'), (12, 'a billion texts', '\x130001ffffffff0f20ffffffff')) v(i, what, bad) ORDER BY v.i;
SELECT i, substr(pg_temp.receive(substr(b, 1, n)), 1, 5) AS sqlstate, count(*) FROM sent, generate_series(0, length(b) - 1) n GROUP BY 1, 2 ORDER BY 1, 2;
-- Changed anywhere, it is refused, or it is a timeline that reads its own text
SELECT count(*) FILTER (WHERE result !~ '^22P03' AND pg_temp.error_of(format('SELECT %L::csagg.timeline', result)) <> 'no error') AS unsound,
       count(*) FILTER (WHERE result ~ '^22P03') > 200 AS many_refused, count(*) FILTER (WHERE result !~ '^22P03') > 200 AS some_read
FROM sent, generate_series(0, length(b) * 8 - 1) bit, pg_temp.receive(set_bit(b, bit, 1 - get_bit(b, bit))) result;
DO $$BEGIN EXECUTE format('COPY (SELECT) TO PROGRAM %L', 'cat >/dev/null; rm -f ' || quote_literal(format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()))); END$$;

-- Random logs of every kind against naive SQL; rows come in any order, late and with ties
CREATE FUNCTION pg_temp.die(i int, salt text, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$SELECT ('x' || substr(md5(salt || i), 1, 7))::bit(28)::int % sides$$;
CREATE TEMP TABLE log AS
SELECT i, pg_temp.die(i, 'customer', 25) AS customer, pg_temp.die(i, 'piece', 4) AS piece,
       CASE WHEN pg_temp.die(i, 'ever', 30) = 0 THEN '-infinity' ELSE timestamptz '2025-01-01' + pg_temp.die(i, 'at', 40) * interval '8 hours' END AS at,
       (pg_temp.die(i, 'seq', 4) - 1)::bigint AS seq, pg_temp.die(i, 'value', 5) AS v, pg_temp.die(i, 'null', 5) > 0 AS present
FROM generate_series(1, 1500) i;
CREATE TEMP TABLE valued AS
SELECT *, CASE WHEN present THEN v % 2 = 0 END AS b, CASE WHEN present THEN (ARRAY[0, -1, 12.50, 1e-18, 999999999999999999])[v + 1] END AS n,
       CASE WHEN present THEN (ARRAY['', 'gold', 'Gold', 'ä', 'a "b"'])[v + 1] END AS t,
       CASE WHEN present THEN (ARRAY['infinity', '-infinity', '2025-01-01', '2026-01-01', '0044-03-15 BC']::date[])[v + 1] END AS d,
       CASE WHEN present THEN (ARRAY['infinity', '-infinity', '2025-01-01 12:00', '2026-01-01', '0044-03-15 00:00 BC']::timestamptz[])[v + 1] END AS z
FROM log;
CREATE TEMP TABLE stored AS
SELECT customer, kind, x
FROM (SELECT customer, csagg.timeline(at, b, seq) AS b, csagg.timeline(at, n, seq) AS n, csagg.timeline(at, t, seq) AS t, csagg.timeline(at, d, seq) AS d,
             csagg.timeline(at, z, seq) AS z FROM valued GROUP BY customer) s,
     LATERAL (VALUES ('boolean', b), ('number', n), ('text', t), ('date', d), ('time', z)) k(kind, x);
CREATE TEMP TABLE naive AS
SELECT 'boolean' AS kind, * FROM (SELECT DISTINCT ON (customer, at) customer, at, b::text AS value, NULL::numeric AS number, seq FROM valued ORDER BY customer, at, seq DESC, b DESC NULLS LAST) s
UNION ALL SELECT 'number', * FROM (SELECT DISTINCT ON (customer, at) customer, at, trim_scale(n)::text, n, seq FROM valued ORDER BY customer, at, seq DESC, n DESC NULLS LAST) s
UNION ALL SELECT 'text', * FROM (SELECT DISTINCT ON (customer, at) customer, at, t, NULL::numeric, seq FROM valued ORDER BY customer, at, seq DESC, t COLLATE "C" DESC NULLS LAST) s
UNION ALL SELECT 'date', * FROM (SELECT DISTINCT ON (customer, at) customer, at, d::text, NULL::numeric, seq FROM valued ORDER BY customer, at, seq DESC, d DESC NULLS LAST) s
UNION ALL SELECT 'time', * FROM (SELECT DISTINCT ON (customer, at) customer, at, z::text, NULL::numeric, seq FROM valued ORDER BY customer, at, seq DESC, z DESC NULLS LAST) s;
CREATE INDEX ON naive (kind, customer, at);
ANALYZE naive;
CREATE FUNCTION pg_temp.differences(a text, b text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE here bigint; missing bigint; extra bigint;
BEGIN
    EXECUTE 'CREATE TEMP TABLE a AS ' || a;
    EXECUTE 'CREATE TEMP TABLE b AS ' || b;
    SELECT count(*) INTO here FROM b;
    SELECT count(*) INTO missing FROM (TABLE b EXCEPT ALL TABLE a) q;
    SELECT count(*) INTO extra FROM (TABLE a EXCEPT ALL TABLE b) q;
    DROP TABLE a, b;
    RETURN format('%s missing, %s extra%s', missing, extra, CASE WHEN here < 500 THEN ', of too few: ' || here END);
END $$;

SELECT pg_temp.differences($$SELECT customer, kind, e.* FROM stored, csagg.entries(x) e$$,
    $$SELECT customer, kind, at, lead(at, 1, 'infinity') OVER (PARTITION BY kind, customer ORDER BY at), value, number, seq FROM naive$$) AS entries;
SELECT pg_temp.differences($$SELECT customer, kind, c.* FROM stored, csagg.changes(x) c$$, $$
    SELECT customer, kind, at, until, value, number
    FROM (SELECT *, lead(at, 1, 'infinity') OVER (PARTITION BY kind, customer ORDER BY at) AS until
          FROM (SELECT *, row_number() OVER w = 1 OR value IS DISTINCT FROM lag(value) OVER w AS is_change FROM naive
                WINDOW w AS (PARTITION BY kind, customer ORDER BY at)) r
          WHERE is_change) c
    WHERE value IS NOT NULL$$) AS changes;
SELECT pg_temp.differences($$SELECT customer, kind, s.* FROM stored, csagg.snapshots(x, csagg.grid('2025-01-04', '2025-01-18', '1 day', 'UTC')) s$$, $$
    SELECT customer, kind, day, day AT TIME ZONE 'UTC', (day + interval '1 day') AT TIME ZONE 'UTC' AS ends_at, value, number
    FROM generate_series(timestamp '2025-01-04', '2025-01-17', '1 day') day, stored
    LEFT JOIN LATERAL (SELECT value, number FROM naive n WHERE n.kind = stored.kind AND n.customer = stored.customer AND n.at < (day + interval '1 day') AT TIME ZONE 'UTC'
                       ORDER BY at DESC LIMIT 1) n ON true$$) AS snapshots_at_the_end;
SELECT pg_temp.differences($$SELECT customer, kind, s.* FROM stored, csagg.snapshots(x, csagg.grid('2024-12-31', '2025-01-18', '1 day', 'Asia/Tokyo', 'start')) s$$, $$
    SELECT customer, kind, day, day AT TIME ZONE 'Asia/Tokyo', (day + interval '1 day') AT TIME ZONE 'Asia/Tokyo' AS ends_at, value, number
    FROM generate_series(timestamp '2024-12-31', '2025-01-17', '1 day') day, stored
    LEFT JOIN LATERAL (SELECT value, number FROM naive n WHERE n.kind = stored.kind AND n.customer = stored.customer AND n.at <= day AT TIME ZONE 'Asia/Tokyo'
                       ORDER BY at DESC LIMIT 1) n ON true$$) AS snapshots_at_the_start;
SELECT pg_temp.differences($$
    SELECT customer, kind, at, csagg.text_at(x, at) AS value, CASE WHEN kind = 'number' THEN csagg.number_at(x, at) END AS n, CASE WHEN kind = 'boolean' THEN csagg.bool_at(x, at) END AS b,
           CASE WHEN kind = 'time' THEN csagg.time_at(x, at) END AS z, CASE WHEN kind = 'date' THEN csagg.value_at(x, at, NULL::date) END AS d,
           csagg.value_at(x, at, NULL::text) AS t
    FROM stored, (SELECT DISTINCT at + d AS at FROM log, unnest('{-1 us, 0}'::interval[]) d UNION VALUES ('infinity'::timestamptz), ('-infinity')) i$$, $$
    SELECT customer, kind, i.at, value, number, CASE WHEN kind = 'boolean' THEN value::boolean END AS b, CASE WHEN kind = 'time' THEN value::timestamptz END AS z,
           CASE WHEN kind = 'date' THEN value::date END AS d, value AS t
    FROM stored, (SELECT DISTINCT at + d AS at FROM log, unnest('{-1 us, 0}'::interval[]) d UNION VALUES ('infinity'::timestamptz), ('-infinity')) i
    LEFT JOIN LATERAL (SELECT value, number FROM naive n WHERE n.kind = stored.kind AND n.customer = stored.customer AND n.at <= i.at
                       ORDER BY at DESC LIMIT 1) n ON true$$) AS value_at;

-- Any grouping of the pieces of a log gives the same bytes: merge(), merge(a, b), a parallel plan, sorted groups, text and back
CREATE TEMP TABLE pieces AS SELECT customer, piece, csagg.timeline(at, t, seq) AS t, csagg.timeline(at, n, seq) AS n FROM valued GROUP BY customer, piece;
CREATE TEMP TABLE whole AS SELECT customer, csagg.timeline(at, t, seq) AS t, csagg.timeline(at, n, seq) AS n FROM valued GROUP BY customer;
SELECT count(*) AS customers, bool_and(m.t = w.t AND m.n = w.n) AS same
FROM (SELECT customer, csagg.merge(t)::text AS t, csagg.merge(n)::text AS n FROM pieces GROUP BY customer) m
JOIN (SELECT customer, t::text, n::text FROM whole) w USING (customer);
SELECT count(*) AS customers, bool_and(csagg.merge(csagg.merge(c.t, a.t), csagg.merge(d.t, b.t)) OPERATOR(csagg.=) w.t) AS same
FROM whole w LEFT JOIN pieces a ON a.customer = w.customer AND a.piece = 0 LEFT JOIN pieces b ON b.customer = w.customer AND b.piece = 1
LEFT JOIN pieces c ON c.customer = w.customer AND c.piece = 2 LEFT JOIN pieces d ON d.customer = w.customer AND d.piece = 3;
SELECT bool_and(csagg.merge(n, n) OPERATOR(csagg.=) n AND csagg.merge(t, t::text::csagg.timeline) OPERATOR(csagg.=) t) AS idempotent FROM whole;
SELECT csagg.merge(NULL::csagg.timeline, 'number {}'), csagg.merge('number {2025-01-01 = 1}'::csagg.timeline, NULL), csagg.merge(NULL::csagg.timeline, NULL) IS NULL AS none;
SELECT csagg.merge(x) IS NULL AS none FROM (VALUES (NULL::csagg.timeline)) v(x);
SELECT csagg.merge(x) FROM (VALUES (NULL::csagg.timeline), ('number {}'), (NULL), ('number known from 2025-01-02 {}'), ('number {2025-01-01 = 1, 2025-01-01 12:00 = 2}')) v(x);
SET enable_hashagg = off;
SELECT bool_and(s.t OPERATOR(csagg.=) w.t) AS same FROM (SELECT customer, csagg.timeline(at, t, seq) AS t FROM valued GROUP BY customer) s JOIN whole w USING (customer);
RESET enable_hashagg;

CREATE TABLE parallel_log AS SELECT * FROM valued;
CREATE TABLE parallel_pieces AS SELECT * FROM pieces;
ANALYZE parallel_log, parallel_pieces;
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT customer, csagg.timeline(at, t, seq) AS t FROM parallel_log GROUP BY customer;
EXPLAIN (COSTS OFF) SELECT csagg.merge(t) FROM parallel_pieces;
SELECT bool_and(s.t OPERATOR(csagg.=) w.t AND s.n OPERATOR(csagg.=) w.n) AS same, count(*) AS customers
FROM (SELECT customer, csagg.timeline(at, t, seq) AS t, csagg.timeline(at, n, seq) AS n FROM parallel_log GROUP BY customer) s JOIN whole w USING (customer);
SELECT bool_and(s.t OPERATOR(csagg.=) w.t) AS same
FROM (SELECT customer, csagg.merge(t) AS t FROM parallel_pieces GROUP BY customer) s JOIN whole w USING (customer);
SELECT csagg.merge(t) OPERATOR(csagg.=) (SELECT csagg.timeline(at, t, seq) FROM valued) AS same FROM parallel_pieces;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
DROP TABLE parallel_log, parallel_pieces;

-- A growing window gives the timeline so far
SELECT bool_and(grown OPERATOR(csagg.=) (SELECT csagg.timeline(at, t, seq) FROM valued w WHERE w.customer = 7 AND w.i <= s.i)) AS same, count(*) > 40 AS enough
FROM (SELECT i, csagg.timeline(at, t, seq) OVER (ORDER BY i) AS grown FROM valued WHERE customer = 7) s;

-- A long timeline is stored out of line and uncompressed; a look-up reads a slice of it
CREATE TEMP TABLE long_log AS
SELECT i, timestamptz '2020-01-01' + i * interval '7 minutes' AS at, pg_temp.die(i, 'n', 100000) / 100.0 AS n, 'plan ' || pg_temp.die(i, 't', 50) AS t
FROM generate_series(1, 100000) i;
CREATE INDEX ON long_log (at);
CREATE TEMP TABLE long (n csagg.timeline, t csagg.timeline);
SELECT attname, attstorage FROM pg_attribute WHERE attrelid = 'long'::regclass AND attnum > 0;
INSERT INTO long SELECT csagg.timeline(at, n), csagg.timeline(at, t) FROM long_log;
SELECT pg_column_size(n) > 100000 AS out_of_line, (SELECT count(*) FROM csagg.entries(n)) AS entries FROM long;
SELECT count(*) AS looked_up, count(*) FILTER (WHERE csagg.number_at(l.n, i.at) IS DISTINCT FROM e.n) AS wrong_numbers,
       count(*) FILTER (WHERE csagg.text_at(l.t, i.at) IS DISTINCT FROM e.t) AS wrong_texts
FROM long l, (SELECT timestamptz '2020-01-01' + pg_temp.die(j, 'look', 42200000) * interval '1 second' AS at FROM generate_series(1, 300) j
              UNION ALL VALUES ('-infinity'::timestamptz), ('infinity'), ('2020-01-01 00:06:59'), ('2020-01-01 00:07')) i
LEFT JOIN LATERAL (SELECT n, t FROM long_log g WHERE g.at <= i.at ORDER BY g.at DESC LIMIT 1) e ON true;

-- value_at: the kind decides where a value goes; text goes to text only, and is cast from there
SELECT csagg.value_at('number {2025-01-01 = 40}', '2025-06-01', NULL::int) AS int, csagg.value_at('number {2025-01-01 = 40.5}', '2025-06-01', NULL::int) AS rounded,
       csagg.value_at('number {2025-01-01 = 40.5}', '2025-06-01', NULL::numeric) AS numeric, csagg.value_at('number {2025-01-01 = 40.1}', '2025-06-01', NULL::float8) AS float8,
       csagg.value_at('number {2025-01-01 = 40.1}', '2025-06-01', NULL::real) AS real, csagg.value_at('number {2025-01-01 = -7}', '2025-06-01', NULL::smallint) AS smallint,
       csagg.value_at('number {2025-01-01 = 999999999999999999}', '2025-06-01', NULL::bigint) AS bigint;
-- A domain is what it is over, and checks
CREATE DOMAIN positive AS numeric(9, 1) CHECK (value > 0);
SELECT csagg.value_at('number {2025-01-01 = 40.5}', '2025-06-01', NULL::positive) AS domain, csagg.value_at('number {2025-01-01 = 40.5}', '2024-06-01', NULL::positive) AS absent;
SELECT csagg.value_at('number {2025-01-01 = -40.5}', '2025-06-01', NULL::positive);
SELECT csagg.value_at('text {2025-01-01 = "a"}', '2025-06-01', NULL::positive);
DROP DOMAIN positive;
SELECT csagg.value_at('boolean {2025-01-01 = true}', '2025-06-01', NULL::boolean) AS boolean, csagg.value_at('date {2025-01-01 = infinity}', '2025-06-01', NULL::date) AS date,
       csagg.value_at('time {2025-01-01 = 2025-01-02}', '2025-06-01', NULL::timestamptz) AS time, csagg.text_at('text {2025-01-01 = "{1,2}"}', '2025-06-01')::int[] AS array,
       csagg.value_at('text {2025-01-01 = "12"}', '2025-06-01', NULL::varchar) AS varchar, csagg.value_at('date {2025-01-01 = 2025-01-02}', '2025-06-01', NULL::text) AS text;
SELECT csagg.number_at('number {2025-01-01 = 1, 2025-01-02 = null}', at) FROM unnest('{-infinity, 2024-12-31, 2025-01-01, 2025-01-01 23:59:59.999999, 2025-01-02, infinity, NULL}'::timestamptz[]) at;
SELECT csagg.number_at('number known from 2025-01-02 {2025-01-01 = 1}', at) FROM unnest('{2025-01-01, 2025-01-01 23:59:59.999999, 2025-01-02, 2025-01-03}'::timestamptz[]) at;
SELECT csagg.value_at(NULL::csagg.timeline, now(), 1) IS NULL AND csagg.value_at('number {2025-01-01 = 1}', NULL, 1) IS NULL AND csagg.text_at(NULL, now()) IS NULL AS none;
SELECT what, pg_temp.error_of(query)
FROM (VALUES
    (1, 'number as boolean', $$SELECT csagg.bool_at('number {2025-01-01 = 1}', now())$$), (2, 'text as number', $$SELECT csagg.number_at('text {2025-01-01 = "1"}', now())$$),
    (3, 'date as time', $$SELECT csagg.time_at('date {2025-01-01 = 2025-01-01}', now())$$), (4, 'date as int', $$SELECT csagg.value_at('date {2025-01-01 = 2025-01-01}', now(), 1)$$),
    (5, 'too large for smallint', $$SELECT csagg.value_at('number {2025-01-01 = 40000}', now(), 1::smallint)$$),
    (6, 'text that is no int', $$SELECT csagg.value_at('text {2025-01-01 = "x"}', now(), 1)$$)
) v(i, what, query) ORDER BY i;
-- changes() joins repeats and leaves out absent times; entries() gives what was given
SELECT * FROM csagg.changes('number {2025-01-01 = null, 2025-01-02 = 1, 2025-01-03 = 1.0, 2025-01-04 = null, 2025-01-05 = 1}');
SELECT * FROM csagg.entries('number {2025-01-01 = null, 2025-01-02 #3 = 1, 2025-01-03 = 1.0}');
SELECT count(*) FROM csagg.changes('number {}') UNION ALL SELECT count(*) FROM csagg.entries('text {}') UNION ALL SELECT count(*) FROM csagg.changes(NULL)
UNION ALL SELECT count(*) FROM csagg.snapshots(NULL, csagg.grid('2025-01-01', '2025-01-03', '1 day', 'UTC')) UNION ALL SELECT count(*) FROM csagg.snapshots('number {}', NULL);
-- What is not known is NULL; buckets in the future carry flat
SELECT * FROM csagg.snapshots('number known from 2025-01-03 {2025-01-01 = 1}', csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
-- known from a bucket's own instant on
SELECT * FROM csagg.snapshots('number known from 2025-01-02 {2025-01-01 = 1}', csagg.grid('2025-01-01', '2025-01-04', '1 day', 'UTC', 'start'));
SELECT DISTINCT value FROM csagg.snapshots('text {-infinity = "gold"}', csagg.grid('2100-01-01', '2101-01-01', '1 day', 'UTC'));

-- Nothing public is without a comment, and nothing claims more than is true
SELECT p.oid::regprocedure FROM pg_proc p
WHERE p.pronamespace = 'csagg'::regnamespace AND p.prorettype <> 0 AND obj_description(p.oid, 'pg_proc') IS NULL AND p.proname !~ '^(timeline|total)_'
  AND (p.prorettype = 'csagg.timeline'::regtype OR 'csagg.timeline'::regtype = ANY (p.proargtypes));
SELECT o.oid::regoperator FROM pg_operator o WHERE o.oprnamespace = 'csagg'::regnamespace AND obj_description(o.oid, 'pg_operator') IS NULL;
SELECT p.oid::regprocedure, provolatile, proparallel FROM pg_proc p
WHERE p.pronamespace = 'csagg'::regnamespace AND 'csagg.timeline'::regtype = ANY (p.proargtypes) AND (provolatile <> 'i' OR proparallel <> 's');
SELECT a.aggfnoid::regprocedure FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
WHERE p.pronamespace = 'csagg'::regnamespace AND a.aggtranstype = 'csagg.timeline'::regtype AND (a.aggcombinefn = 0 OR a.aggtransspace = 0 OR p.proparallel <> 's');
