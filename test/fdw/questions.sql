-- Questions about the table CUSTOMER: which of them the server answers whole (whole), and which puts the answers of several together (of_all,
-- NULL: none does, customers come).
CREATE TABLE question (name text PRIMARY KEY, statement text, whole boolean, of_all text);
INSERT INTO question VALUES
    ('distribution', $$SELECT NULL AS region, csagg.distribution(plan, GRID) AS x FROM CUSTOMER c$$, true, 'rollup'),
    ('distribution, grouped', $$SELECT region, csagg.distribution(plan, GRID) AS x FROM CUSTOMER c GROUP BY region$$, true, 'rollup'),
    ('distribution of some', $$SELECT NULL AS region, csagg.distribution(plan, GRID) AS x FROM CUSTOMER c WHERE region <> 'EU' AND customer > 100$$, true, 'rollup'),
    ('joint distribution', $$SELECT NULL AS region, csagg.distribution(ARRAY[plan, seats], GRID) AS x FROM CUSTOMER c$$, true, 'rollup'),
    ('summary', $$SELECT region, csagg.summary(seats, GRID) AS x FROM CUSTOMER c GROUP BY region$$, true, 'rollup'),
    ('flows', $$SELECT region, csagg.flows(plan, GRID) AS x FROM CUSTOMER c GROUP BY region$$, true, 'rollup'),
    ('total', $$SELECT region, csagg.total(seats) AS x FROM CUSTOMER c GROUP BY region$$, true, 'total'),
    ('total of counters', $$SELECT region, csagg.merge(logins) AS x FROM CUSTOMER c GROUP BY region$$, true, 'merge'),
    ('trailing sums', $$SELECT NULL AS region, csagg.distribution(use, GRID) AS x FROM CUSTOMER c$$, true, 'rollup'),
    ('labels', $$SELECT region, csagg.distribution(size, GRID) AS x FROM CUSTOMER c GROUP BY region$$, true, 'rollup'),
    ('scores over time', $$SELECT region, csagg.distribution(score, GRID) AS x FROM CUSTOMER c GROUP BY region$$, true, 'rollup'),
    ('value at an instant', $$SELECT csagg.text_at(plan, '2026-01-01 00:00+00') AS region, count(*) AS x FROM CUSTOMER c GROUP BY 1$$, true, 'sum'),
    ('scores', $$SELECT csagg.score(RULES, c, '2026-06-01 00:00+00')::text AS region, count(*) AS x FROM (SELECT facts FROM CUSTOMER) c GROUP BY 1$$, false, 'sum');
UPDATE question SET statement = replace(replace(statement, 'GRID', $$'[2025-01-01, 2026-09-01) every 1 day in Europe/Berlin'::csagg.grid$$), 'RULES',
    $$'{"timezone": "UTC", "facts": {"plan": "text", "seats": "number", "login": "counter"}, "base": 10, "rules": [{"name": "gold", "when": "plan = ''gold''", "points": 20},
        {"name": "seats", "points": "seats", "missing": 0}, {"name": "active", "when": "count(login, 60 days) > 2", "points": 30}]}'::csagg.ruleset$$);

-- Whether the answers for two tables are the same, row by row.
CREATE FUNCTION differences(name text, a text, b text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    asked text := 'SELECT region, x::text FROM (' || (SELECT statement FROM question q WHERE q.name = differences.name) || ') q';
BEGIN
    EXECUTE format('SELECT (SELECT count(*) FROM (%1$s EXCEPT ALL %2$s) d) + (SELECT count(*) FROM (%2$s EXCEPT ALL %1$s) d) + (SELECT (count(*) = 0)::int FROM (%1$s) d)',
        replace(asked, 'CUSTOMER', a), replace(asked, 'CUSTOMER', b)) INTO n;
    RETURN n;
END $$;
-- The answers of both servers together, and that for all customers in one table.
CREATE FUNCTION differences_of_all(name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    q question := (SELECT q FROM question q WHERE q.name = differences_of_all.name);
    together text;
BEGIN
    together := format('SELECT region, %s(x)::text AS x FROM (%s UNION ALL %s) u GROUP BY region', CASE q.of_all WHEN 'sum' THEN 'sum' ELSE 'csagg.' || q.of_all END,
        replace(q.statement, 'CUSTOMER', 'first.customer'), replace(q.statement, 'CUSTOMER', 'second.customer'));
    EXECUTE format('SELECT count(*) FROM ((%1$s EXCEPT ALL %2$s) UNION ALL (%2$s EXCEPT ALL %1$s)) d', together, format('SELECT region, x::text FROM (%s) q', replace(q.statement, 'CUSTOMER', 'customer'))) INTO n;
    RETURN n;
END $$;
-- The plan of a question to one server.
CREATE FUNCTION plan_of(name text, a text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (VERBOSE, ANALYZE, COSTS off, TIMING off, SUMMARY off) ' || replace((SELECT statement FROM question q WHERE q.name = plan_of.name), 'CUSTOMER', a);
END $$;
