-- States of aggregates too large to lie flat: alone, from parallel workers, over windows, merged, in many groups, cut short.
SET search_path = public, csagg;
CREATE TABLE pieces AS
SELECT i, i % 3 AS part, timestamptz '2025-01-01 00:00+00' + i * interval '7 minutes' AS at, md5(i::text) AS v FROM generate_series(1, 60000) i;
CREATE TABLE many AS SELECT timeline(at, i * 7919 % 20011) AS x FROM pieces GROUP BY i % 2000;
ANALYZE pieces, many;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE alone AS
SELECT (SELECT timeline(at, v) FROM pieces) AS timeline, (SELECT counter(at, i, v) FROM pieces) AS counter,
       (SELECT history('k' || part, 'text', at, to_jsonb(v)) FROM pieces) AS history,
       (SELECT distribution(x, grid('2025-01-01', '2025-11-01', '1 day', 'UTC')) FROM many) AS distribution,
       (SELECT flows(x, grid('2025-01-01', '2025-11-01', '1 day', 'UTC')) FROM many) AS flows,
       (SELECT summary(x, grid('2025-01-01', '2025-11-01', '1 hour', 'UTC')) FROM many) AS summary,
       (SELECT total(x) FROM many) AS total;
SELECT (SELECT count(*) FROM entries(timeline)) AS entries, (SELECT count(*) FROM events(counter)) AS events, (SELECT count(*) FROM facts(history)) AS facts,
       (SELECT count(DISTINCT value) FROM buckets(distribution)) AS values FROM alone;

-- pieces merged, and rolled up
SELECT (SELECT merge(x) FROM (SELECT timeline(at, v) AS x FROM pieces GROUP BY part) p) = timeline AS timeline,
       (SELECT merge(x) FROM (SELECT counter(at, i, v) AS x FROM pieces GROUP BY part) p) = counter AS counter,
       (SELECT merge(x) FROM (SELECT history('k' || part, 'text', at, to_jsonb(v)) AS x FROM pieces GROUP BY i % 7) p) = history AS history,
       (SELECT rollup(d) FROM (SELECT distribution(x, grid('2025-01-01', '2025-11-01', '1 day', 'UTC')) AS d FROM many GROUP BY known_from(x), md5(x::text) < '8') p) = distribution AS distribution
FROM alone;

-- over windows, whose states go on after they have been looked at
SELECT part, (SELECT count(*) FROM entries(w)) AS entries, w = (SELECT timeline(at, v) FROM pieces q WHERE q.part <= p.part) AS same
FROM (SELECT DISTINCT ON (part) part, timeline(at, v) OVER (ORDER BY part) AS w FROM pieces ORDER BY part) p;

-- from parallel workers
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT timeline(at, v) FROM pieces;
SELECT (SELECT timeline(at, v) FROM pieces) = timeline AS timeline, (SELECT counter(at, i, v) FROM pieces) = counter AS counter,
       (SELECT history('k' || part, 'text', at, to_jsonb(v)) FROM pieces) = history AS history,
       (SELECT distribution(x, grid('2025-01-01', '2025-11-01', '1 day', 'UTC')) FROM many) = distribution AS distribution,
       (SELECT flows(x, grid('2025-01-01', '2025-11-01', '1 day', 'UTC')) FROM many) = flows AS flows,
       (SELECT summary(x, grid('2025-01-01', '2025-11-01', '1 hour', 'UTC')) FROM many) = summary AS summary,
       (SELECT total(x) FROM many) = total AS total FROM alone;
SELECT count(*), bool_and(x = (SELECT timeline(at, v) FROM pieces q WHERE q.part = p.part)) AS same FROM (SELECT part, timeline(at, v) AS x FROM pieces GROUP BY part) p;

-- an aggregate that does not finish gives the state itself; it can be stored, read, and merged
CREATE AGGREGATE unfinished(timestamptz, text) (SFUNC = timeline_add, STYPE = timeline);
CREATE TABLE stored AS SELECT part, unfinished(at, v) AS x FROM pieces GROUP BY part;
SELECT part, pg_column_size(x) > 256 << 10 AS large, timeline_send(x) = (SELECT timeline_send(timeline(at, v)) FROM pieces q WHERE q.part = s.part) AS same
FROM stored s ORDER BY part;
SELECT timeline_send(unfinished(at, v)) = (SELECT timeline_send(timeline) FROM alone) AS same FROM pieces;

-- an error in the midst, in a subtransaction: the state goes with it
DO $$
BEGIN
    FOR i IN 1..20 LOOP
        BEGIN
            PERFORM timeline(at, 1 / (60000 - p.i)) FROM pieces p;
        EXCEPTION WHEN division_by_zero THEN NULL;
        END;
    END LOOP;
END $$;
SELECT sum(used_bytes) < 20000000 AS little FROM pg_backend_memory_contexts;
DROP TABLE stored, pieces, many, alone;
DROP AGGREGATE unfinished(timestamptz, text);
