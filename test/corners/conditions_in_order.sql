-- The plan node asks cheap conditions first, as every plan node does: in WHERE, in ON, between the rows, behind an outer join.
SELECT format('ALTER DATABASE %I SET session_preload_libraries = csagg', current_database()) \gexec
\c
CREATE TABLE l AS SELECT i AS id, i % 50 AS k, i AS at, i % 4 AS v FROM generate_series(1, 5000) i;
CREATE TABLE r AS SELECT i AS id, i % 50 AS k, i AS at, i % 5 AS plan FROM generate_series(1, 5000) i;
ANALYZE l, r;
CREATE TEMP VIEW one AS SELECT count(*) FROM l JOIN LATERAL (SELECT plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC LIMIT 1) p ON true WHERE 10 / p.plan > 2 AND p.plan <> 0;
CREATE TEMP VIEW two AS SELECT count(p.plan) FROM l LEFT JOIN LATERAL (SELECT plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC LIMIT 1) p ON 10 / (p.plan * l.v) > 1 AND p.plan * l.v <> 0;
CREATE TEMP VIEW three AS SELECT count(p.plan) FROM l LEFT JOIN LATERAL (SELECT plan FROM r WHERE r.k = l.k AND r.at <= l.at AND 10 / (r.plan * l.v) > 1 AND r.plan * l.v <> 0 ORDER BY r.at DESC LIMIT 1) p ON true;
CREATE TEMP VIEW four AS SELECT count((SELECT plan FROM r WHERE r.k = l.k AND r.at <= l.at AND 10 / (r.plan * l.v) > 1 AND r.plan * l.v <> 0 ORDER BY r.at DESC LIMIT 1)) FROM l;
CREATE TEMP VIEW five AS SELECT count(*) FROM l LEFT JOIN LATERAL (SELECT plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC LIMIT 1) p ON true WHERE 10 / (coalesce(p.plan, 0) * l.v) > 1 AND coalesce(p.plan, 0) * l.v <> 0;
EXPLAIN (COSTS off) TABLE one;
EXPLAIN (COSTS off) TABLE five;
TABLE one; TABLE two; TABLE three; TABLE four; TABLE five;
SET csagg.enable_asofjoin = off;
TABLE one; TABLE two; TABLE three; TABLE four; TABLE five;
