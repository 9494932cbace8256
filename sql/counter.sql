-- Counters: csagg.counter
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
-- for the operators
SET search_path = public, csagg;

CREATE FUNCTION pg_temp.error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || SQLERRM || CASE WHEN hint <> '' THEN ' | ' || hint ELSE '' END;
END $$;

-- Text form: readable, and the same under every DateStyle and TimeZone
CREATE TEMP TABLE small (id int, at timestamptz, amount numeric, actor text);
INSERT INTO small VALUES
    (1, '2025-03-01 09:00+00', 1, 'ann'), (2, '2025-03-01 09:00+00', 2.5, 'bob'), (3, '2025-03-01 09:00+00', -0.5, 'ann'),
    (4, '2025-03-02 10:30:00.25+00', 1, NULL), (5, '2025-03-05 00:00+00', 1000000000000, E'o"\\\n'), (6, '-infinity', 1, NULL);
SELECT csagg.counter(at) FROM small;
SELECT csagg.counter(at, amount) FROM small;
SELECT csagg.counter(at, amount, actor) FROM small;
SET TimeZone = 'America/Sao_Paulo';
SET DateStyle = 'German';
SELECT csagg.counter(at, amount, actor) FROM small;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SELECT csagg.counter(at) FROM small WHERE false;
SELECT 'counter {2025-01-02 (1 event), 2025-01-01T10:00+02 ( 2 events ,total -0.50,actors "b" "a" "b"), 2025-01-02 }'::csagg.counter;
SELECT jsonb_pretty(csagg.counter(at, amount, actor)::jsonb) FROM small WHERE id < 5;
SELECT csagg.forget_before('counter {2025-01-01}'::csagg.counter, '2025-01-02')::jsonb;
SELECT t, pg_temp.error_of(format('SELECT %L::csagg.counter', t))
FROM unnest(ARRAY['', 'number {}', 'counter {', 'counter {2025-01-01 ()}', 'counter {2025-01-01 (0 events)}',
                  'counter {2025-01-01 (total 1e3)}', 'counter {2025-01-01 (2 events, total 1999999999999999999)}',
                  'counter {2025-13-01}', 'counter {infinity}', 'counter {} {}', 'counter known from 2025-01-02 {2025-01-01}',
                  'counter forgotten before -infinity {}']) t;

-- Every number type, and literals; a NULL actor is an event without one
SELECT csagg.counter(at, 2::smallint) = csagg.counter(at, 2) AS smallint, csagg.counter(at, 2::bigint) = csagg.counter(at, 2.0) AS bigint,
       csagg.counter(at, 0.1::real) = csagg.counter(at, 0.1) AS real, csagg.counter(at, 0.1::float8) = csagg.counter(at, '0.1') AS float8,
       csagg.counter(at, 1, NULL) = csagg.counter(at) AS without_actor,
       csagg.counter(at, 2::smallint, 'x') = csagg.counter(at, 2::bigint, 'x') AND csagg.counter(at, 2, 'x') = csagg.counter(at, 2.0, 'x')
       AND csagg.counter(at, 2::real, 'x') = csagg.counter(at, 2::float8, 'x') AS with_actor
FROM small;

-- Errors
SELECT q, pg_temp.error_of('SELECT ' || q)
FROM unnest(ARRAY[
    'csagg.counter(NULL::timestamptz)', 'csagg.counter(NULL, 1)', $$csagg.counter(now(), NULL::numeric)$$, $$csagg.counter(now(), NULL::int, 'x')$$,
    $$csagg.counter('infinity'::timestamptz)$$, $$csagg.counter(now(), 'NaN'::numeric)$$, $$csagg.counter(now(), 'Infinity'::float8)$$,
    'csagg.counter(now(), 1000000000000000000)', 'csagg.counter(now(), 1e18::numeric)',
    $$csagg.forget_before('counter {}'::csagg.counter, 'infinity')$$,
    $$csagg.downsample('counter {}', '0')$$, $$csagg.downsample('counter {}', '-15 minutes')$$, $$csagg.downsample('counter {}', '25 hours')$$,
    $$csagg.downsample('counter {}', '1 month')$$, $$csagg.downsample('counter {}', '1 month -30 days')$$,
    $$csagg.trailing('counter {}', '0 days', 'UTC')$$, $$csagg.trailing('counter {}', '1 month 3 days', 'UTC')$$,
    $$csagg.trailing('counter {}', '-1 day', 'UTC')$$, $$csagg.trailing('counter {}', '1 day', 'Mars/Phobos')$$,
    $$csagg.trailing('counter {2025-01-01, 294276-12-31}', '7 days', 'UTC')$$, $$csagg.downsample('counter {2025-01-01, 294276-12-31 23:50}', '15 minutes')$$,
    $$csagg.trailing('counter {2025-01-01 (2 events, total 1000000000000000000)}', '1 day', 'UTC')$$,
    $$csagg.merge('counter {2025-01-01 (4611686018427387903 events)}'::csagg.counter, 'counter {2025-01-02}')$$,
    $$csagg.counter_add(NULL, now())$$]) q;

-- Binary form: COPY writes what it reads, and refuses what counter_send() never writes
SELECT format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()) AS file \gset
CREATE TEMP TABLE sent (c csagg.counter);
CREATE TEMP TABLE received (c csagg.counter);
INSERT INTO sent SELECT csagg.counter(at, amount, actor) FROM small;
INSERT INTO sent SELECT csagg.counter('2025-01-01'::timestamptz + i * interval '1 hour', i % 3, 'a' || i % 5) FROM generate_series(1, 3000) i;
INSERT INTO sent VALUES ('counter {}'), ('counter forgotten before 2025-01-01 {}'), (NULL),
    ('counter {2025-01-01 (4 events, total 2000000000000000000.000000000000000000000000000000000001), 2025-01-02}');
COPY sent TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
(TABLE sent EXCEPT ALL TABLE received) UNION ALL (TABLE received EXCEPT ALL TABLE sent);
SELECT count(*), bool_and(c::text::csagg.counter = c AND NOT c::text::csagg.counter <> c) FROM sent WHERE c IS NOT NULL;
CREATE FUNCTION pg_temp.received(bytes bytea, file text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, file);
    RETURN pg_temp.error_of(format('COPY received FROM %L (FORMAT binary)', file));
END $$;
WITH good AS (SELECT csagg.counter_send('counter {2025-01-01 (actors "ann" "bob"), 2025-01-02 (2 events)}') AS bytes)
SELECT what, pg_temp.received(bad, :'file')
FROM good, LATERAL (VALUES
    (0, 'as it was', bytes), (1, 'empty', ''), (2, 'another version', set_byte(bytes, 0, 38)), (3, 'a timeline', csagg.timeline_send('text {}')),
    (4, 'a state', set_byte(bytes, 0, 246)), (5, 'cut', substr(bytes, 1, length(bytes) - 1)), (6, 'longer', bytes || '\x00'),
    (7, 'actors out of order', overlay(bytes PLACING 'cob' FROM position('ann'::bytea IN bytes))),
    (8, 'no encoding', set_byte(bytes, position('bob'::bytea IN bytes), 255)),
    (9, 'a zero byte', set_byte(bytes, position('bob'::bytea IN bytes), 0))) v(n, what, bad)
ORDER BY n;
SELECT pg_temp.received(substr(bytes, 1, n), :'file') LIKE '22P03 %' AS refused, count(*)
FROM (SELECT csagg.counter_send(c) AS bytes FROM sent WHERE c IS NOT NULL LIMIT 1) s, generate_series(0, length(bytes) - 1) n GROUP BY 1;
DO $$BEGIN EXECUTE format('COPY (SELECT) TO PROGRAM %L', 'cat >/dev/null; rm -f ' || quote_literal(format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()))); END$$;
SELECT c, count(*) FROM (SELECT c FROM sent UNION ALL SELECT c FROM received) s WHERE csagg.last(c) < '2025-01-03' GROUP BY c ORDER BY count(*), c::text;

-- Parts
SELECT * FROM csagg.events((SELECT csagg.counter(at, amount, actor) FROM small));
SELECT csagg.first(c), csagg.last(c), csagg.known_from(c)
FROM unnest(ARRAY['counter {}', 'counter {2025-01-01, 2025-02-01}', 'counter known from 2025-01-01 {2025-01-01}',
                  'counter forgotten before 2025-01-01 {2025-01-02}', NULL]::csagg.counter[]) c;
SELECT csagg.merge('counter {2025-01-01, 2025-01-02 (actors "a")}'::csagg.counter, 'counter {2025-01-02 (2 events, total -1, actors "b")}');
SELECT csagg.merge('counter {2025-01-01, 2025-01-03}'::csagg.counter, 'counter known from 2025-01-02 {2025-01-02}');
SELECT csagg.merge(NULL, 'counter {2025-01-01}'::csagg.counter), csagg.merge(NULL::csagg.counter, NULL), csagg.overlay('counter {2025-01-01}'::csagg.counter, NULL);
SELECT csagg.merge(c) FROM (VALUES ('counter {2025-01-01}'::csagg.counter), (NULL), ('counter {2025-01-01 (2 events, total 0)}')) v(c);
SELECT csagg.merge(c) FROM (VALUES (NULL::csagg.counter)) v(c);
SELECT csagg.overlay('counter {2025-01-01 (5 events), 2025-01-02}'::csagg.counter, 'counter {2025-01-01 (total 3), 2025-01-03}');
SELECT csagg.slice('counter {-infinity, 2025-01-01, 2025-01-02, 2025-01-03}'::csagg.counter, '2025-01-01', '2025-01-03');
SELECT csagg.slice('counter forgotten before 2025-01-02 {2025-01-02}'::csagg.counter, since, 'infinity')
FROM unnest(ARRAY['-infinity', '2025-01-01', '2025-01-02']::timestamptz[]) since;
SELECT csagg.forget_before('counter {2025-01-01, 2025-01-02}'::csagg.counter, h) FROM unnest(ARRAY['-infinity', '2025-01-01', '2025-01-02']::timestamptz[]) h;
SELECT csagg.downsample('counter {-infinity, 1999-12-31 23:50, 2025-01-01, 2025-01-01 00:00:01 (actors "a"), 2025-01-01 00:15 (actors "b"), 2025-01-01 00:15:01}', r)
FROM unnest(ARRAY['15 minutes', '1 hour', '1 day']::interval[]) r;
SELECT csagg.downsample('counter known from 2025-01-01 00:00 {2025-01-01 00:00, 2025-01-01 00:01}', '15 minutes');

-- Buckets: empty ones are 0, unknown ones NULL
SELECT * FROM csagg.totals((SELECT csagg.counter(at, amount) FROM small), csagg.grid('2025-02-28', '2025-03-04', '1 day', 'UTC'));
SELECT * FROM csagg.actors((SELECT csagg.counter(at, amount, actor) FROM small), csagg.grid('2025-03-01', '2025-03-03', '1 day', 'UTC'));
SELECT * FROM csagg.totals('counter known from 2025-01-02 12:00 {2025-01-02 13:00, 2025-01-03 (3 events, total 1999999999999999999.5)}',
                           csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
SELECT * FROM csagg.actors('counter known from 2025-01-02 {2025-01-02 (actors "x")}', csagg.grid('2025-01-01', '2025-01-03', '1 day', 'UTC'));
SELECT count(*) FROM csagg.totals(NULL, csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
SELECT count(*) FROM csagg.totals('counter {2025-01-01}', csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC'));

-- Windows: absent, active, lapsed; by the calendar across the day the clocks go forward
SELECT valid_from, valid_until, number FROM csagg.changes(csagg.trailing('counter {2025-01-01 10:00 (total 3), 2025-01-02 09:00, 2025-01-05}', '1 day', 'UTC'));
SELECT valid_from, valid_until, number FROM csagg.changes(csagg.trailing_events('counter {2025-03-29 02:30}', '1 day', 'Europe/Berlin'));
SELECT csagg.trailing_actors('counter {2025-01-01 (actors "a" "b"), 2025-01-01 12:00 (actors "a"), 2025-01-02 12:00 (actors "a")}', '1 day', 'UTC');
SELECT csagg.trailing_events('counter known from 2025-01-01 {2025-01-03}', '1 day', 'UTC'), csagg.trailing_events('counter forgotten before 2025-01-01 {2025-01-03}', '1 day', 'UTC');
-- only results must fit 18 digits: here one leaves as the other comes
SELECT csagg.trailing('counter {2025-01-01 (total 999999999999999999), 2025-01-02 (total 999999999999999999)}', '1 day', 'UTC');

-- Against naive SQL: a log with many events around the days on which the clocks change
CREATE FUNCTION pg_temp.dice(i int, what text, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (('x' || substr(md5(i || what), 1, 7))::bit(28)::int) % sides $$;
CREATE TABLE counter_log (customer int, zone text, at timestamptz, amount numeric, actor text);
INSERT INTO counter_log
SELECT c, zone, change + (pg_temp.dice(i, 'half hours', 240) - 120) * interval '30 minutes'
                       + CASE pg_temp.dice(i, 'fine', 4) WHEN 0 THEN pg_temp.dice(i, 'seconds', 1800) * interval '1 second' ELSE '0' END,
       round((pg_temp.dice(i, 'amount', 400) - 100) / 8.0, pg_temp.dice(i, 'scale', 4)),
       CASE WHEN pg_temp.dice(i, 'actor', 4) > 0 THEN 'actor ' || pg_temp.dice(i, 'actor', 11) END
FROM (VALUES (1, 'Europe/Berlin', '2025-03-30 01:00+00'::timestamptz), (2, 'Europe/Berlin', '2025-10-26 01:00+00'),
             (3, 'America/Sao_Paulo', '2017-10-15 03:00+00'), (4, 'America/Sao_Paulo', '2018-02-18 02:00+00'),
             (5, 'Australia/Lord_Howe', '2025-04-05 15:00+00'), (6, 'Australia/Lord_Howe', '2025-10-04 15:30+00'),
             (7, 'Pacific/Apia', '2011-12-30 10:00+00'), (8, 'UTC', '2025-03-31 00:00+00')) z(c, zone, change),
     generate_series(c * 1000, c * 1000 + 70) i;
CREATE TABLE counters AS
SELECT customer, zone, min(at) AS since, csagg.counter(at, amount, actor) AS c FROM counter_log GROUP BY customer, zone;
SELECT count(*), sum(pg_column_size(c)) < 8 * 1000 AS small FROM counters;

-- the log again
CREATE TEMP TABLE expected AS SELECT customer, at, count(*) AS events, sum(amount) AS total, coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}') AS actors FROM counter_log GROUP BY 1, 2;
CREATE TEMP TABLE found AS SELECT customer, e.* FROM counters, csagg.events(c) e;
(TABLE expected EXCEPT ALL TABLE found) UNION ALL (TABLE found EXCEPT ALL TABLE expected);
SELECT count(*) FROM found;

-- totals and actors per bucket
CREATE TEMP TABLE grids AS
SELECT customer, c, since AS since, csagg.grid(date_trunc('day', since AT TIME ZONE zone) - interval '1 day', date_trunc('day', since AT TIME ZONE zone) + interval '9 days', step, zone) AS grid
FROM counters, unnest(ARRAY['1 day', '7 days', '1 month', '30 minutes', '5 hours']::interval[]) step;
CREATE TEMP TABLE buckets AS
SELECT customer, grid::text AS grid, b.bucket, b.starts_at, coalesce(lead(b.starts_at) OVER (PARTITION BY customer, grid::text ORDER BY b.starts_at, b.bucket), b.starts_at) AS ends_at
FROM grids, csagg.buckets(grid) b;
DROP TABLE expected, found;
CREATE TEMP TABLE expected AS
SELECT b.customer, b.grid, b.bucket, b.starts_at, count(l.at) AS events, coalesce(sum(l.amount), 0) AS total, count(DISTINCT l.actor) AS actors
FROM buckets b LEFT JOIN counter_log l ON l.customer = b.customer AND l.at >= b.starts_at AND l.at < b.ends_at
WHERE b.ends_at > b.starts_at GROUP BY 1, 2, 3, 4;
CREATE TEMP TABLE found AS
SELECT b.customer, b.grid, t.bucket, t.starts_at, t.events, t.total, a.actors
FROM grids g, csagg.totals(c, grid) WITH ORDINALITY t(bucket, starts_at, ends_at, events, total, n), csagg.actors(c, grid) WITH ORDINALITY a(bucket, starts_at, ends_at, actors, n),
     buckets b
WHERE t.n = a.n AND b.customer = g.customer AND b.grid = g.grid::text AND b.bucket = t.bucket AND b.starts_at = t.starts_at AND b.ends_at > b.starts_at;
(TABLE expected EXCEPT ALL TABLE found) UNION ALL (TABLE found EXCEPT ALL TABLE expected);
SELECT count(*) > 3000 AS enough, sum(events) > 500 AS seen FROM found;

-- trailing windows at every breakpoint and 1 us beside it, L(t) by its definition: the greatest s - w over s <= t. All
-- that makes s - w jump here happens on half hours, so the greatest lies at t or just before or at one of them.
CREATE FUNCTION pg_temp.window_begin(t timestamptz, length interval, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN length < interval '1 day' OR extract(hour FROM length) > 0 THEN t - length
           ELSE (SELECT max((s AT TIME ZONE zone - length) AT TIME ZONE zone)
                 FROM (SELECT t AS s UNION ALL
                       SELECT h - us * interval '1 microsecond' FROM generate_series(date_trunc('hour', t) - interval '6 days', t, '30 minutes') h, (VALUES (0), (1)) u(us)) s) END
$$;
CREATE TEMP TABLE asked AS
SELECT customer, zone, length, t, pg_temp.window_begin(t, length, zone) AS l
FROM (SELECT DISTINCT customer, zone, length, e.valid_from + us * interval '1 microsecond' AS t
      FROM counters, unnest(ARRAY['1 day', '3 days', '1 month', '5 hours']::interval[]) length,
           LATERAL (SELECT valid_from FROM csagg.changes(csagg.trailing_events(c, length, zone)) UNION
                    SELECT valid_from FROM csagg.changes(csagg.trailing_actors(c, length, zone))) e, (VALUES (-1), (0), (1)) u(us)) a;
DROP TABLE expected, found;
CREATE TEMP TABLE expected AS
SELECT a.customer, length, t, count(l.at) AS events, coalesce(sum(l.amount), 0) AS total, count(DISTINCT l.actor) AS actors
FROM asked a LEFT JOIN counter_log l ON l.customer = a.customer AND l.at > a.l AND l.at <= t
WHERE t >= (SELECT min(at) FROM counter_log f WHERE f.customer = a.customer) GROUP BY 1, 2, 3;
CREATE TEMP TABLE found AS
SELECT customer, length, t, csagg.number_at(csagg.trailing_events(c, length, zone), t) AS events, csagg.number_at(csagg.trailing(c, length, zone), t) AS total,
       csagg.number_at(csagg.trailing_actors(c, length, zone), t) AS actors
FROM asked JOIN counters USING (customer, zone) WHERE t >= since;
(TABLE expected EXCEPT ALL TABLE found) UNION ALL (TABLE found EXCEPT ALL TABLE expected);
SELECT count(*) > 5000 AS enough FROM found;
SELECT count(csagg.number_at(csagg.trailing_events(c, '1 day', zone), since - interval '1 microsecond')) AS before_the_first FROM counters;

-- Downsampled: the same over the moved instants
SELECT count(*), bool_and(csagg.downsample(c, '15 minutes') = moved)
FROM counters JOIN (SELECT customer, csagg.counter(date_bin('15 minutes', at + interval '15 minutes' - interval '1 microsecond', '2000-01-01'), amount, actor) AS moved
                    FROM counter_log GROUP BY customer) m USING (customer);

-- However the rows are grouped, the bytes are the same: in pieces, sorted, hashed, in parallel
SELECT bool_and(c = pieces)
FROM counters JOIN (SELECT customer, csagg.merge(piece) AS pieces
                    FROM (SELECT customer, csagg.counter(at, amount, actor) AS piece FROM counter_log GROUP BY customer, md5(at::text || amount)) p
                    GROUP BY customer) m USING (customer);
CREATE FUNCTION pg_temp.plan_has(query text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
\set by_customer 'SELECT customer, csagg.counter(at, amount, actor) AS c FROM counter_log GROUP BY customer'
SET enable_hashagg = off;
SELECT pg_temp.plan_has(:'by_customer', 'GroupAggregate');
SELECT bool_and(s.c = f.c), count(*) FROM counters s JOIN (:by_customer) f USING (customer);
RESET enable_hashagg;
SET enable_sort = off;
SELECT pg_temp.plan_has(:'by_customer', 'HashAggregate');
SELECT bool_and(s.c = f.c), count(*) FROM counters s JOIN (:by_customer) f USING (customer);
RESET enable_sort;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0.1;
SET cpu_operator_cost = 1;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
SET parallel_leader_participation = off;
ANALYZE counter_log;
ALTER TABLE counter_log SET (parallel_workers = 3);
ALTER TABLE counters SET (parallel_workers = 3);
SELECT pg_temp.plan_has(:'by_customer', 'Partial');
SELECT bool_and(s.c = f.c), count(*) FROM counters s JOIN (:by_customer) f USING (customer);
\set all_at_once 'SELECT csagg.merge(c) AS c FROM counters'
SELECT pg_temp.plan_has(:'all_at_once', 'Partial');
SELECT (SELECT c FROM (:all_at_once) m) = (SELECT csagg.counter(at, amount, actor) FROM counter_log);
RESET ALL;
SET TimeZone = 'UTC';
SET search_path = public, csagg;

-- As a window aggregate the state goes on after a result
SELECT csagg.counter(at) OVER (ORDER BY id) FROM small WHERE id < 4;

-- A state that leaves an aggregate without its final function is read as the counter that it makes
CREATE AGGREGATE pg_temp.unfinished(timestamptz, numeric, text) (SFUNC = csagg.counter_add, STYPE = csagg.counter);
CREATE AGGREGATE pg_temp.combined(csagg.counter) (SFUNC = csagg.counter_combine, STYPE = csagg.counter, FINALFUNC = csagg.counter_final);
SELECT bool_and(csagg.counter_send(part) = csagg.counter_send(whole)), bool_and(part::text::csagg.counter = whole)
FROM (SELECT pg_temp.unfinished(at, amount, actor) AS part, csagg.counter(at, amount, actor) AS whole FROM counter_log GROUP BY customer) s;
SELECT pg_temp.combined(part) = (SELECT csagg.counter(at, amount, actor) FROM counter_log)
FROM (SELECT CASE WHEN customer % 2 = 0 THEN pg_temp.unfinished(at, amount, actor) ELSE csagg.counter(at, amount, actor) END AS part
      FROM counter_log GROUP BY customer) s;

DROP TABLE counters, counter_log;
