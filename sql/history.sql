-- The named facts of one customer: csagg.history
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET search_path = public, csagg;  -- for the operators
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

CREATE TEMP TABLE small (id bigint, key text, kind text, at timestamptz, value jsonb, actor text);
INSERT INTO small VALUES
    (1, 'login', 'counter', '2025-01-01 09:00+00', '1', 'ann'),
    (2, 'plan', 'text', '2025-01-01', '"gold"', NULL),
    (3, 'seats', 'number', '2025-01-01', '40.50', 'ann'),
    (4, 'login', 'counter', '2025-01-01 09:00+00', '2.5', 'bob'),
    (5, 'churned', 'boolean', '2025-02-01', 'true', NULL),
    (6, 'plan', 'text', '2025-03-01', 'null', NULL),
    (7, 'signup', 'date', '2025-01-01', '"2024-12-31"', NULL),
    (8, 'trial_end', 'time', '2025-01-01', '"2025-02-01T09:00:00+09:00"', NULL),
    (9, 'seats', 'number', '2025-01-01', '55', NULL),
    (10, 'churned', 'boolean', '2025-02-01', NULL, NULL);

-- The three signatures: without seq the greater value wins, with it the later arrival
SELECT csagg.history(key, kind, at, value) FROM small;
SELECT csagg.history(key, kind, at, value, actor) FROM small;
SELECT csagg.history(key, kind, at, value, actor, id) FROM small;
SELECT csagg.history(key, kind, at, value, actor, id ORDER BY id DESC) = csagg.history(key, kind, at, value, actor, id) AS same FROM small;
SELECT jsonb_pretty(csagg.history(key, kind, at, value, actor, id)::jsonb) FROM small WHERE key IN ('login', 'plan');
SELECT f.* FROM (SELECT csagg.history(key, kind, at, value, actor, id) AS h FROM small) s, csagg.facts(s.h) f;
SELECT csagg.history(key, kind, at, value) IS NULL AS without_rows FROM small WHERE false;

-- Facts taken out and put in
SELECT csagg.timeline_of(h, 'plan'), csagg.counter_of(h, 'login'), csagg.timeline_of(h, 'nothing') AS timeline_null,
       csagg.counter_of(h, 'nothing') AS counter_null, csagg.timeline_of(h, NULL) AS key_null
FROM (SELECT csagg.history(key, kind, at, value, actor, id) AS h FROM small) s;
SELECT csagg.number_at(csagg.timeline_of(csagg.history(key, kind, at, value, actor, id), 'seats'), '2026-01-01') FROM small;
SELECT csagg.merge(csagg.history_of(f.key, csagg.timeline_of(h, f.key))) FILTER (WHERE f.kind <> 'counter') AS states
FROM (SELECT csagg.history(key, kind, at, value, actor, id) AS h FROM small WHERE key <> 'login') s, csagg.facts(h) f;
SELECT csagg.history_of('login', 'counter {2025-01-01 09:00:00+00}'::csagg.counter);
SELECT csagg.history_of('x', NULL::csagg.timeline) IS NULL AS null_timeline, csagg.history_of(NULL, 'text {}'::csagg.timeline) IS NULL AS null_key;

-- Text form
SELECT '{}'::csagg.history, ' { "b" : text { 2025-01-01 = "x" } , "a":counter{2025-01-01T09:00Z} } '::csagg.history;
SELECT 'known from 2025-01-01 {"plan": text {2024-06-01 = "silver", 2024-09-01 = "gold"}, "login": counter {2024-01-01, 2025-01-02}}'::csagg.history;
SELECT h::text::csagg.history = h AS same FROM (SELECT csagg.history(key, kind, at, value, actor, id) AS h FROM small) s;
SELECT bad, pg_temp.error_of(format('SELECT %L::csagg.history', bad)) AS error
FROM unnest(ARRAY['', '{', '[]', '{"a": 1}', '{"a": gold {}}', '{"a": text {}} x', '{"a": text {}, "a": text {}}', '{a: text {}}',
                  'known from {}', 'known from infinity {}', '{"a": number {2025-01-01 = "x"}}', '{"a": {}}']) bad;
SELECT pg_temp.error_of(format('SELECT %L::csagg.history', '{"' || repeat('k', 1001) || '": text {}}'));

-- Binary form: COPY writes what it reads, and refuses what history_send() never writes
SELECT format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()) AS file \gset
CREATE TEMP TABLE sent (h csagg.history);
CREATE TEMP TABLE received (h csagg.history);
INSERT INTO sent SELECT csagg.history(key, kind, at, value, actor, id) FROM small;
INSERT INTO sent VALUES ('{}'), ('known from 2025-01-01 {"login": counter {2024-01-01}}'), (NULL);
COPY sent TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
(TABLE sent EXCEPT ALL TABLE received) UNION ALL (TABLE received EXCEPT ALL TABLE sent);
CREATE FUNCTION pg_temp.received(bytes bytea, file text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, file);
    RETURN pg_temp.error_of(format('COPY received FROM %L (FORMAT binary)', file));
END $$;
WITH good AS (SELECT csagg.history_send('{"a": boolean {2025-01-01 = true}, "b": text {2025-01-01 = "x"}}') AS bytes)
SELECT what, pg_temp.received(bad, :'file')
FROM good, LATERAL (VALUES
    (0, 'as it was', bytes), (1, 'empty', ''), (2, 'another version', set_byte(bytes, 0, 39)), (3, 'a timeline', csagg.timeline_send('text {}')),
    (4, 'a flag', set_byte(bytes, 1, 2)), (5, 'cut', substr(bytes, 1, length(bytes) - 1)), (6, 'longer', bytes || '\x00'),
    (7, 'keys out of order', set_byte(set_byte(bytes, 6, 98), 7, 97)), (8, 'a key twice', set_byte(bytes, 7, 97)),
    (9, 'another kind', set_byte(bytes, 8, 2)), (10, 'no kind', set_byte(bytes, 8, 9)), (11, 'no encoding', set_byte(bytes, 7, 255)),
    (12, 'a zero byte', set_byte(bytes, 6, 0)), (13, 'a text without encoding', set_byte(bytes, position('\x78'::bytea IN bytes) - 1, 255))) v(n, what, bad)
ORDER BY n;

-- What a log may hold, and what not
CREATE TEMP TABLE odd (n int, key text, kind text, at timestamptz, value jsonb);
INSERT INTO odd SELECT * FROM (VALUES
    (1, 'a', 'number', timestamptz '2025-01-01', jsonb '1e3'), (2, 'a', 'number', '2025-01-01', '0.1000'), (3, 'a', 'number', '2025-01-01', '-0'),
    (4, 'a', 'number', '2025-01-01', '1e-40'), (5, 'a', 'number', '2025-01-01', '123456789012345678.9'), (6, 'a', 'number', '2025-01-01', '1e18'),
    (7, 'a', 'number', '2025-01-01', '1e400'), (8, 'a', 'number', '2025-01-01', '"40"'), (9, 'a', 'number', '2025-01-01', 'true'),
    (10, 'a', 'number', '2025-01-01', '[40]'), (11, 'a', 'number', '2025-01-01', '{"value": 40}'), (12, 'a', 'number', '-infinity', '1'),
    (13, 'a', 'number', 'infinity', '1'), (14, 'a', 'number', NULL, '1'), (15, NULL, 'number', '2025-01-01', '1'),
    (16, 'a', NULL, '2025-01-01', '1'), (17, 'a', 'numeric', '2025-01-01', '1'), (18, '', 'number', '2025-01-01', '1'),
    (19, 'a', 'text', '2025-01-01', '""'), (20, 'a', 'text', '2025-01-01', '"null"'), (21, 'a', 'text', '2025-01-01', '40'),
    (22, 'a', 'text', '2025-01-01', 'false'), (23, 'a', 'text', '2025-01-01', '"\u00e4\n\"\u20ac"'), (24, 'a', 'text', '2025-01-01', '[]'),
    (25, 'a', 'boolean', '2025-01-01', 'false'), (26, 'a', 'boolean', '2025-01-01', '"true"'), (27, 'a', 'boolean', '2025-01-01', '1'),
    (28, 'a', 'date', '2025-01-01', '"2024-02-29"'), (29, 'a', 'date', '2025-01-01', '"2025-02-29"'), (30, 'a', 'date', '2025-01-01', '"infinity"'),
    (31, 'a', 'date', '2025-01-01', '"2025-01-31T00:00:00Z"'), (32, 'a', 'date', '2025-01-01', '20250131'), (33, 'a', 'date', '2025-01-01', '"31.1.2025"'),
    (34, 'a', 'time', '2025-01-01', '"2025-01-31"'), (35, 'a', 'time', '2025-01-01', '"2025-01-31T09:30:00"'), (36, 'a', 'time', '2025-01-01', '"2025-01-31 09:30+09:30"'),
    (37, 'a', 'time', '2025-01-01', '"2025-01-31T09:30:00Z "'), (38, 'a', 'time', '2025-01-01', '"now"'), (39, 'a', 'time', '2025-01-01', '1738315800'),
    (40, 'a', 'counter', '2025-01-01', '-2.5'), (41, 'a', 'counter', '2025-01-01', 'null'), (42, 'a', 'counter', '2025-01-01', NULL),
    (43, 'a', 'counter', '2025-01-01', '"1"'), (44, 'a', 'counter', '2025-01-01', 'true'), (45, 'a', 'counter', '2025-01-01', '[1]'),
    (46, 'a', 'date', '2025-01-01', NULL), (47, 'a', 'boolean', '2025-01-01', 'null'), (48, 'Kundenschlüssel', 'boolean', '2025-01-01', '0')) v(n, key, kind, at, value);
CREATE FUNCTION pg_temp.history_of_row(i int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text := pg_temp.error_of(format('SELECT csagg.history(key, kind, at, value) FROM odd WHERE n = %s', i));
BEGIN
    IF result = 'no error' THEN SELECT csagg.history(key, kind, at, value) INTO result FROM odd WHERE n = i; END IF;
    RETURN result;
END $$;
SELECT n, kind, value, pg_temp.history_of_row(n) FROM odd ORDER BY n;
-- One kind per key, however the rows come together
SELECT pg_temp.error_of($$SELECT csagg.history(k, kind, now(), '1') FROM (VALUES ('seats', 'number'), ('seats', 'counter')) v(k, kind)$$);
SELECT pg_temp.error_of($$SELECT csagg.merge('{"a": text {}}', '{"a": date {}}'::csagg.history)$$);
SELECT pg_temp.error_of($$SELECT csagg.overlay('{"a": text {}}', '{"a": date {}}'::csagg.history)$$);
SELECT pg_temp.error_of($$SELECT csagg.merge(h::csagg.history) FROM unnest(ARRAY['{"a": text {}}', '{"a": counter {}}']) h$$);
SELECT pg_temp.error_of($$SELECT csagg.timeline_of('{"login": counter {}}', 'login')$$);
SELECT pg_temp.error_of($$SELECT csagg.counter_of('{"plan": text {}}', 'plan')$$);
SELECT pg_temp.error_of($$SELECT csagg.history(key, kind, at, value, actor, NULL) FROM small$$);
SELECT pg_temp.error_of($$SELECT csagg.history(repeat('ä', 501), 'counter', now(), '1')$$);
SELECT pg_temp.error_of($$SELECT csagg.history_of(repeat('k', 1001), 'text {}'::csagg.timeline)$$);
SELECT pg_temp.error_of($$SELECT csagg.forget_before('{}'::csagg.history, 'infinity')$$);
SELECT pg_temp.error_of($$SELECT csagg.history_add(NULL, 'a', 'counter', now(), '1')$$);
SELECT pg_temp.error_of($$SELECT csagg.history_combine('{}', '{}')$$);

-- Merging, overlaying, slicing
CREATE TEMP TABLE pieces (a csagg.history, b csagg.history);
INSERT INTO pieces VALUES (
    '{"login": counter {2025-01-01, 2025-01-02}, "plan": text {2025-01-01 #1 = "gold", 2025-02-01 #2 = "silver"}, "old": boolean {2024-01-01 = true}}',
    '{"login": counter {2025-01-02, 2025-01-03}, "plan": text {2025-02-01 #1 = "zinc", 2025-01-15 #3 = null}, "new": number {2025-01-01 = 1}}');
SELECT csagg.merge(a, b), csagg.overlay(a, b), csagg.slice(a, '2025-01-02', '2025-01-15') FROM pieces \gx
SELECT csagg.merge(a, b) = csagg.merge(b, a) AS commutative, csagg.merge(a, NULL) = a AS right_null, csagg.merge(NULL, b) = b AS left_null,
       csagg.overlay(NULL, b) = b AS overlay_null, csagg.merge(NULL::csagg.history, NULL) IS NULL AS both_null,
       csagg.slice(a, '-infinity', 'infinity') = a AS whole, csagg.slice(a, NULL, now()) IS NULL AS slice_null FROM pieces;
SELECT csagg.merge(h) = (SELECT csagg.merge(a, b) FROM pieces) AS same
FROM (SELECT a AS h FROM pieces UNION ALL SELECT NULL UNION ALL SELECT b FROM pieces) s;
SELECT csagg.merge(h) IS NULL AS only_nulls FROM (VALUES (NULL::csagg.history)) v(h);

-- Forgetting: a key that comes later is forgotten too, and merging stays associative
SELECT csagg.known_from(a) AS nothing_forgotten, csagg.forget_before(a, '2025-01-02'), csagg.forget_before(a, '-infinity') = a AS nothing FROM pieces;
SELECT csagg.merge(csagg.forget_before(a, '2025-01-02'), '{"late": counter {2024-12-31, 2025-01-05}}') FROM pieces;
SELECT csagg.merge(csagg.forget_before(a, '2025-01-02'), b) = csagg.forget_before(csagg.merge(a, b), '2025-01-02') AS before_or_after,
       csagg.merge(csagg.merge(csagg.forget_before('{}'::csagg.history, '2025-01-02'), a), b) = csagg.merge(csagg.merge(b, a), csagg.forget_before('{}'::csagg.history, '2025-01-02')) AS associative,
       csagg.known_from(csagg.merge(csagg.forget_before(a, '2025-01-02'), b)) FROM pieces;
SELECT h, csagg.known_from(h) FROM (SELECT csagg.merge(
    csagg.history_of('plan', csagg.forget_before(csagg.timeline_of(a, 'plan'), '2025-01-20')), csagg.history_of('login', csagg.counter_of(b, 'login'))) AS h FROM pieces) s;

-- A log of many customers: every fact is what timeline() and counter() make of it, for any plan and any pieces
CREATE TABLE history_log (id bigint, customer int, key text, kind text, at timestamptz, value jsonb, actor text);
INSERT INTO history_log
SELECT i, customer, k.key, k.kind, timestamptz '2025-01-01' + day * interval '1 hour',
       CASE WHEN k.kind <> 'counter' AND r % 7 = 0 THEN CASE WHEN r % 2 = 0 THEN 'null' END::jsonb
            WHEN k.kind = 'counter' THEN to_jsonb((r % 50) / 4.0 - 1)
            WHEN k.kind = 'number' THEN to_jsonb((r % 100) / 10.0)
            WHEN k.kind = 'text' THEN to_jsonb((ARRAY['gold', 'silver', 'bronze', ''])[r % 4 + 1])
            WHEN k.kind = 'boolean' THEN to_jsonb(r % 2 = 0)
            WHEN k.kind = 'date' THEN to_jsonb(date '2025-01-01' + r % 300)
            ELSE to_jsonb(timestamptz '2025-01-01' + (r % 300) * interval '90 minutes') END,
       CASE WHEN r % 3 > 0 THEN 'user ' || r % 11 END
FROM (SELECT i, i % 200 AS customer, i / 200 % 9 AS which, ('x' || left(md5(i::text), 7))::bit(28)::int % 900 AS day,
             ('x' || right(md5(i::text), 7))::bit(28)::int % 10000 AS r FROM generate_series(1, 40000) i) s,
     LATERAL (SELECT (ARRAY['login', 'export', 'plan', 'seats', 'churned', 'contract_end', 'trial_end', 'Größe', 'x'])[which + 1],
                     (ARRAY['counter', 'counter', 'text', 'number', 'boolean', 'date', 'time', 'number', 'text'])[which + 1]) k(key, kind);
ANALYZE history_log;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE histories AS SELECT customer, csagg.history(key, kind, at, value, actor, id) AS h FROM history_log GROUP BY customer;
CREATE TABLE naive AS
SELECT customer, key, kind, count(*) AS n, min(at) AS first_at, max(at) AS last_at,
       CASE kind WHEN 'number' THEN csagg.timeline(at, (value #>> '{}')::numeric, id) FILTER (WHERE kind = 'number')
                 WHEN 'text' THEN csagg.timeline(at, value #>> '{}', id) FILTER (WHERE kind = 'text')
                 WHEN 'boolean' THEN csagg.timeline(at, (value #>> '{}')::boolean, id) FILTER (WHERE kind = 'boolean')
                 WHEN 'date' THEN csagg.timeline(at, (value #>> '{}')::date, id) FILTER (WHERE kind = 'date')
                 WHEN 'time' THEN csagg.timeline(at, (value #>> '{}')::timestamptz, id) FILTER (WHERE kind = 'time') END AS timeline,
       csagg.counter(at, (value #>> '{}')::numeric, actor) FILTER (WHERE kind = 'counter') AS counter
FROM history_log GROUP BY customer, key, kind;
CREATE VIEW taken_out AS
SELECT customer, f.key, f.kind, CASE WHEN f.kind = 'counter' THEN entries END AS n, first_at, last_at,
       CASE WHEN f.kind <> 'counter' THEN csagg.timeline_of(h, f.key) END AS timeline,
       CASE WHEN f.kind = 'counter' THEN csagg.counter_of(h, f.key) END AS counter
FROM histories, csagg.facts(h) f;
CREATE VIEW expected_facts AS
SELECT customer, key, kind, CASE WHEN kind = 'counter' THEN n END AS n, first_at, last_at, timeline, counter FROM naive;
SELECT count(*) AS facts, count(timeline) AS timelines, count(counter) AS counters FROM taken_out;
(TABLE taken_out EXCEPT ALL TABLE expected_facts) UNION ALL (TABLE expected_facts EXCEPT ALL TABLE taken_out);
-- in parallel
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line LIKE '%Partial%Aggregate%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT pg_temp.is_parallel('SELECT customer, csagg.history(key, kind, at, value, actor, id) FROM history_log GROUP BY customer');
(SELECT customer, csagg.history(key, kind, at, value, actor, id) FROM history_log GROUP BY customer EXCEPT ALL TABLE histories)
UNION ALL
(TABLE histories EXCEPT ALL SELECT customer, csagg.history(key, kind, at, value, actor, id) FROM history_log GROUP BY customer);
SELECT pg_temp.error_of($$SELECT csagg.history('x', CASE WHEN id % 2 = 0 THEN 'counter' ELSE 'number' END, at, '1') FROM history_log$$);
-- in pieces: by month, by key, by actor
CREATE TABLE history_pieces AS
SELECT customer, csagg.history(key, kind, at, value, actor, id) AS piece FROM history_log GROUP BY customer, date_trunc('month', at), key, actor;
SELECT pg_temp.is_parallel('SELECT customer, csagg.merge(piece) FROM history_pieces GROUP BY customer');
(SELECT customer, csagg.merge(piece) FROM history_pieces GROUP BY customer EXCEPT ALL TABLE histories)
UNION ALL
(TABLE histories EXCEPT ALL SELECT customer, csagg.merge(piece) FROM history_pieces GROUP BY customer);
SET max_parallel_workers_per_gather = 0;
-- as a window: the state goes on after each result
SELECT count(*) FILTER (WHERE h <> again) AS wrong, count(*) AS customers
FROM (SELECT DISTINCT ON (customer) customer, csagg.history(key, kind, at, value, actor, id) OVER (PARTITION BY customer ORDER BY id) AS again
      FROM history_log WHERE customer < 20 ORDER BY customer, id DESC) w JOIN histories USING (customer);
-- as text and as binary
SELECT count(*) FILTER (WHERE h::text::csagg.history <> h) AS wrong FROM histories;
CREATE TEMP TABLE copied (LIKE histories);
COPY histories TO :'file' (FORMAT binary);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) AS wrong FROM histories JOIN copied USING (customer) WHERE histories.h <> copied.h;
-- JSON has every entry and event
SELECT sum((SELECT count(*) FROM jsonb_each(h::jsonb -> 'facts'))) AS facts,
       sum((SELECT sum((e ->> 'events')::bigint) FROM jsonb_each(h::jsonb -> 'facts') f, jsonb_array_elements(f.value -> 'events') e)) AS events
FROM histories;
SELECT count(*) AS events FROM history_log WHERE kind = 'counter';

-- Equality and hashing
SELECT count(*) AS different FROM (SELECT h FROM histories UNION SELECT h::text::csagg.history FROM histories) s;
SELECT n, count(*) FROM (SELECT h, count(*) AS n FROM (SELECT h FROM histories UNION ALL SELECT h::text::csagg.history FROM histories) s GROUP BY h) t GROUP BY n;
SET enable_nestloop = off;
SELECT count(*) AS joined, count(*) FILTER (WHERE a.h <> b.h) AS wrong FROM histories a JOIN histories b ON a.h = b.h;
RESET enable_nestloop;

-- A long value: one fact of many is the same whether fetched from the TOAST table, or from memory
CREATE TABLE long_history (h csagg.history);
INSERT INTO long_history
SELECT csagg.history(key || ' ' || id % 300, kind, at, value, actor, id) FROM history_log;
SELECT attstorage FROM pg_attribute WHERE attrelid = 'long_history'::regclass AND attname = 'h';
SELECT pg_column_size(h) > 100000 AS is_long, (SELECT count(*) FROM csagg.facts(h)) AS facts FROM long_history;
SELECT f.kind = 'counter' AS counters, count(*) AS facts,
       count(*) FILTER (WHERE CASE WHEN f.kind = 'counter' THEN csagg.counter_of(l.h, f.key) = csagg.counter_of(m.h, f.key)
                                   ELSE csagg.timeline_of(l.h, f.key) = csagg.timeline_of(m.h, f.key) END) AS same
FROM long_history l, (SELECT csagg.slice(h, '-infinity', 'infinity') AS h FROM long_history OFFSET 0) m, LATERAL csagg.facts(m.h) f
WHERE f.key LIKE '% 1_' GROUP BY 1 ORDER BY 1;
SELECT csagg.timeline_of(h, 'plan 301') IS NULL AS no_such_key, csagg.counter_of(h, 'login 7') = c AS same
FROM long_history, (SELECT csagg.counter(at, (value #>> '{}')::numeric, actor) AS c FROM history_log WHERE key = 'login' AND id % 300 = 7) s;
ALTER TABLE long_history ALTER h SET STORAGE extended;
UPDATE long_history SET h = csagg.slice(h, '-infinity', 'infinity');
SELECT csagg.counter_of(h, 'login 7') = c AS compressed
FROM long_history, (SELECT csagg.counter(at, (value #>> '{}')::numeric, actor) AS c FROM history_log WHERE key = 'login' AND id % 300 = 7) s;

-- A state that leaves an aggregate without its final function is read as the history that it makes
CREATE AGGREGATE pg_temp.raw_history(text, text, timestamptz, jsonb) (SFUNC = csagg.history_add, STYPE = csagg.history);
SELECT pg_temp.raw_history(key, kind, at, value)::text = csagg.history(key, kind, at, value)::text AS same_text,
       csagg.history_send(pg_temp.raw_history(key, kind, at, value)) = csagg.history_send(csagg.history(key, kind, at, value)) AS same_bytes FROM small;
SELECT count(*) > 0 AS facts FROM csagg.facts((SELECT pg_temp.raw_history(key, kind, at, value) FROM small));

DROP VIEW taken_out, expected_facts;
DROP TABLE history_log, histories, naive, history_pieces, long_history;
