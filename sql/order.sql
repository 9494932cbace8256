-- The order of the bytes of every type: DISTINCT, ORDER BY, merge joins and indexes, with what = and hashing say
SET TimeZone = 'UTC';
SET search_path = public, csagg;
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION of_all(query text) RETURNS TABLE (type text, outcome text) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH type IN ARRAY '{timeline, counter, history, grid, ruleset, distribution, summary, flows}'::text[] LOOP
        EXECUTE replace(query, 'TYPE', type) INTO outcome;
        RETURN NEXT;
    END LOOP;
END $$;
-- Of each type 60 rows of 20 values: some empty, some a beginning of others, with bytes above 7F, and NULL
CREATE TABLE v AS
SELECT i, timeline, counter, history, grid, ruleset, distribution, summary, flows
FROM (SELECT j AS i, timeline(at, n::text || repeat('ä', n % 3)) FILTER (WHERE n > 0) AS timeline, counter(at, -n, n::text) AS counter, history('k' || n, 'number', at, to_jsonb(n)) AS history,
             ruleset(('{"timezone": "UTC", "base": ' || k || '}')::jsonb) AS ruleset
      FROM (SELECT j, j % 20 AS k FROM generate_series(1, 60) j) s, LATERAL (SELECT timestamptz '2025-01-01' + n * interval '1 day' AS at, k - n AS n FROM generate_series(0, k) n) r GROUP BY j, k) a,
     LATERAL (SELECT grid('2025-01-01', date '2025-02-01' + (i % 20), '1 day', 'UTC') AS grid) g,
     LATERAL (SELECT distribution(x, grid) AS distribution, summary(n, grid) AS summary, flows(x, grid) AS flows FROM (VALUES (timeline, csagg.trailing(counter, '1 day', 'UTC'))) u(x, n)) p;
INSERT INTO v (i) VALUES (0);
ANALYZE v;

SELECT opcname, amname, amvalidate(o.oid) FROM pg_opclass o JOIN pg_am m ON m.oid = opcmethod WHERE opcnamespace = 'csagg'::regnamespace ORDER BY 1, 2;
SELECT o.oid::regoperator FROM pg_operator o
WHERE oprnamespace = 'csagg'::regnamespace AND oprname IN ('=', '<>', '<', '<=', '>', '>=') AND (oprcom = 0 OR oprnegate = 0 OR oprrest = 0 OR oprjoin = 0 OR obj_description(o.oid, 'pg_operator') IS NULL);
SELECT * FROM of_all($$SELECT row(count(DISTINCT TYPE), count(DISTINCT TYPE) = count(DISTINCT TYPE_send(TYPE)), cardinality(array_agg(DISTINCT TYPE)) - 1) FROM v$$);
-- the bytes' order, and every operator of one mind with it
SELECT * FROM of_all($$SELECT array_agg(TYPE_send(TYPE) ORDER BY TYPE) = array_agg(TYPE_send(TYPE) ORDER BY TYPE_send(TYPE)) FROM v$$);
SELECT * FROM of_all($$SELECT bool_and((x < y) = (s < t) AND (x <= y) = (s <= t) AND (x = y) = (s = t) AND (x <> y) = (s <> t) AND (x >= y) = (s >= t) AND (x > y) = (s > t) AND sign(TYPE_cmp(x, y)) = sign(byteacmp(s, t)))
    FROM (SELECT a.TYPE AS x, b.TYPE AS y, TYPE_send(a.TYPE) AS s, TYPE_send(b.TYPE) AS t FROM v a, v b WHERE a.i < 25) p$$);
-- plans by order and by hash
SET enable_hashagg = off; SET enable_hashjoin = off; SET enable_nestloop = off; SET enable_material = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM v a JOIN v b USING (timeline) GROUP BY timeline;
CREATE TABLE by_order AS SELECT * FROM of_all($$SELECT string_agg(n::text, ' ' ORDER BY s) FROM (SELECT TYPE_send(TYPE) AS s, count(*) AS n FROM v a JOIN v b USING (TYPE) GROUP BY TYPE) g$$);
SET enable_hashagg = on; SET enable_hashjoin = on; SET enable_mergejoin = off; SET enable_sort = off;
CREATE TABLE by_hash AS SELECT * FROM of_all($$SELECT string_agg(n::text, ' ' ORDER BY s) FROM (SELECT TYPE_send(TYPE) AS s, count(*) AS n FROM v a JOIN v b USING (TYPE) GROUP BY TYPE) g$$);
SELECT type, outcome FROM by_order ORDER BY 1 LIMIT 1;
SELECT count(*) FROM by_order JOIN by_hash USING (type, outcome);
RESET enable_mergejoin; RESET enable_sort; RESET enable_nestloop; RESET enable_material;
-- indexes
SELECT format('CREATE INDEX ON v (%I)', type) FROM by_order \gexec
SET enable_seqscan = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT i FROM v ORDER BY counter DESC LIMIT 2;
SELECT * FROM of_all($$SELECT row((SELECT count(*) FROM v WHERE TYPE = (SELECT TYPE FROM v WHERE i = 19)), (SELECT count(*) FROM v WHERE TYPE < (SELECT TYPE FROM v WHERE i = 19)) = (SELECT count(*) FROM v WHERE TYPE_send(TYPE) < (SELECT TYPE_send(TYPE) FROM v WHERE i = 19)))$$);
RESET enable_seqscan; RESET enable_bitmapscan;
-- a timeline from function to function, whose bytes nobody has made yet
SELECT bool_and(f = s AND f <= s AND NOT f < s AND timeline_cmp(f, s) = 0 AND timeline_hash(f) = timeline_hash(s)) AS same,
       array_agg(timeline_send(s) ORDER BY s) = array_agg(timeline_send(f) ORDER BY f) AS in_order
FROM (SELECT overlay(timeline, timeline) AS f, timeline_send(overlay(timeline, timeline)) AS b FROM v) x, LATERAL (SELECT x.f::text::timeline AS s) y;
SELECT count(DISTINCT csagg.trailing(counter, '2 days', 'UTC')) AS computed, count(DISTINCT csagg.trailing(counter, '2 days', 'UTC')::text) AS texts FROM v;
DROP TABLE v, by_order, by_hash;
DROP FUNCTION of_all;

-- a sort of long values keeps nothing of what its comparisons have fetched: while it is read, all memory is looked at
CREATE TABLE long_values AS
SELECT i, csagg.timeline(timestamptz '2025-01-01' + n * interval '1 hour', hashint8(i * 10000 + n)) AS x
FROM generate_series(1, 300) i, generate_series(1, 1500) n GROUP BY i;
SELECT min(pg_column_size(x)) > 5000 AS long FROM long_values;
SELECT (SELECT sum(total_bytes) < 20e6 FROM pg_backend_memory_contexts WHERE s.x IS NOT NULL) AS small
FROM (SELECT x FROM long_values ORDER BY x OFFSET 0) s LIMIT 1;
DROP TABLE long_values;
