-- Query shapes for the plan node. touched(name, query): the planner sees the as-of join. With a second query ORDER BY
-- does not decide, and that one gives the rows LATERAL may return. as_of(conditions and order) is the commonest query.
SET search_path = shapes;

CREATE FUNCTION as_of(wanted text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE %s LIMIT 1) p ON true', wanted) $$;

CALL touched($$left join, at or before$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$inner join, at or before$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$comma$$,
    $$ SELECT l.id, p.* FROM l, LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at
      DESC, r.id DESC LIMIT 1) p $$);
CALL touched($$before$$, as_of($$r.k = l.k AND r.at < l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$at or after$$, as_of($$r.k = l.k AND r.at >= l.at ORDER BY r.at, r.id$$));
CALL touched($$after$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at > l.at
      ORDER BY r.at ASC, r.id DESC LIMIT 1) p ON true $$);
CALL touched($$operands the other way round$$, as_of($$l.k = r.k AND l.at >= r.at ORDER BY r.at DESC, r.id$$));
CALL touched($$two keys$$, as_of($$r.k = l.k AND upper(r.k2) = l.k2 AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$text key$$, as_of($$r.k2 = lower(l.k2) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$numeric key against integer$$, as_of($$r.kn = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$bigint key against integer$$, as_of($$r.k = l.i8 AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$array key$$, as_of($$r.tags = ARRAY[l.k, 1] AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$key of the left row alone is an expression$$, as_of($$r.k = coalesce(l.k, 1) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$key with a collation of its own$$, as_of($$r.k2 = lower(l.k2) COLLATE "C" AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$dates$$, as_of($$r.k = l.k AND r.d <= l.d ORDER BY r.d DESC, r.id$$));
CALL touched($$numeric instants$$, as_of($$r.k = l.k AND r.n <= l.n ORDER BY r.n DESC, r.id$$));
CALL touched($$float instants with NaN$$, as_of($$r.k = l.k AND r.f <= l.f ORDER BY r.f DESC, r.id$$));
CALL touched($$float instants, after$$, as_of($$r.k = l.k AND r.f > l.f ORDER BY r.f, r.id$$));
CALL touched($$bigint instants against integer$$, as_of($$r.k = l.k AND r.i <= l.i ORDER BY r.i DESC, r.id$$));
CALL touched($$instant of the left row is an expression$$,
    as_of($$r.k = l.k AND r.at <= l.at + interval '13 hours' ORDER BY r.at DESC, r.id$$));
CALL touched($$instant of the right row is an expression$$,
    as_of($$r.k = l.k AND date_trunc('day', r.at, 'UTC') <= l.at ORDER BY date_trunc('day', r.at, 'UTC') DESC, r.id$$));
CALL touched($$not older than$$, as_of($$r.k = l.k AND r.at <= l.at AND r.at > l.at - interval '1 day' ORDER BY r.at DESC, r.id$$));
CALL touched($$between$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at BETWEEN
      l.at - interval '12 hours' AND l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$after, at most a day$$, as_of($$r.k = l.k AND r.at > l.at AND r.at <= l.at + interval '1 day' ORDER BY r.at, r.id$$));
CALL touched($$filter on the right side$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.plan <> 2 AND r.note IS NOT NULL ORDER BY r.at DESC, r.id$$));
CALL touched($$fixed end of the instants$$, as_of($$r.k = l.k AND r.at <= l.at AND r.at < '2025-01-03' ORDER BY r.at DESC, r.id$$));
CALL touched($$condition on the left row inside$$,
    as_of($$r.k = l.k AND r.at <= l.at AND l.active AND l.id % 3 <> 0 ORDER BY r.at DESC, r.id$$));
CALL touched($$expressions in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.plan * 10 + 1 AS x, upper(r.note) AS note,
      coalesce(r.plan, -1) AS y, r.at - interval '1 day' AS z, pick(r.plan) FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$constant in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT true AS found, r.id AS rid FROM r WHERE r.k = l.k AND r.at
      <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$only a constant in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT true AS found FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$expression that fails on other rows$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT 10 / r.id AS x, 7 / (r.id - 1) AS y FROM r WHERE r.k = l.k
      AND r.at <= l.at AND r.id > 1 ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$columns that nobody reads$$,
    $$ SELECT l.id, p.plan FROM l LEFT JOIN LATERAL (SELECT * FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at
      DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$nothing of the subquery is read$$,
    $$ SELECT l.id FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$ON, one row of the subquery$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan = 3 $$);
CALL touched($$ON, both rows$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan < l.k $$);
CALL touched($$ON of an inner join$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan = l.k $$);
CALL touched($$WHERE on the subquery$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE p.plan = 3 $$);
CALL touched($$WHERE that wants no match$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE p.rid IS NULL $$);
CALL touched($$WHERE on both rows$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE p.plan IS DISTINCT FROM l.k $$);
CALL touched($$WHERE on the left row$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE l.active AND l.id > 10 $$);
CALL touched($$ON and WHERE$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan < 4 WHERE coalesce(p.plan, 0) <> 1 $$);
CALL touched($$WHERE with a subselect$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE p.plan IN (SELECT k FROM names) OR p.plan IS NULL $$);
CALL touched($$WHERE with a correlated subselect$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan > (SELECT count(*) FROM names WHERE k < l.k) WHERE p.plan = 3
      OR (SELECT count(*) FROM names n WHERE n.k = l.k + coalesce(p.plan, 0)) <> 1 $$);
CALL touched($$tie-breaks with NULLS FIRST and LAST$$,
    as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.plan DESC NULLS LAST, r.note NULLS FIRST, r.id DESC$$));
CALL touched($$tie-breaks, forward$$, as_of($$r.k = l.k AND r.at >= l.at ORDER BY r.at, r.plan DESC, r.note DESC NULLS LAST, r.id$$));
CALL touched($$tie-break with a collation$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.note COLLATE "C" DESC, r.id$$));
CALL touched($$NULLS LAST on the instant$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC NULLS LAST, r.id$$));
CALL touched($$NULLS FIRST on the instant, forward$$, as_of($$r.k = l.k AND r.at >= l.at ORDER BY r.at NULLS FIRST, r.id$$));
CALL touched($$order by position$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at, r.id AS rid FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY 1 DESC, 2 LIMIT 1) p ON true $$);
CALL touched($$FETCH FIRST ROW ONLY$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id FETCH FIRST ROW ONLY) p ON true $$);
CALL touched($$LIMIT as an expression$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 2 - 1) p ON true $$);
CALL touched($$several tables on the left$$,
    $$ SELECT l.id, m.name, p.* FROM l JOIN names m ON m.k = l.k LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM
      r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$keys of two tables on the left$$,
    $$ SELECT l.id, m.name, p.* FROM l JOIN names m ON m.k = l.i8 LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan
      FROM r WHERE r.k = m.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$grid on the left$$,
    $$ SELECT l.k, g.day, p.* FROM (SELECT DISTINCT k FROM l) l CROSS JOIN generate_series(timestamptz
      '2025-01-01', '2025-01-10', '1 day') g(day) LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k =
      l.k AND r.at < g.day ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$aggregate on the left$$,
    $$ SELECT l.k, p.* FROM (SELECT k, max(at) AS at FROM l GROUP BY k) l LEFT JOIN LATERAL (SELECT r.id AS rid,
      r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$barrier view on the left$$,
    $$ SELECT l.id, p.* FROM l_barrier l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$view on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r_view r WHERE r.k = l.k AND r.at
      <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$barrier view on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r_barrier r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$join on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, m.name FROM r JOIN names m ON m.k = r.plan
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$outer join on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, m.name, k FROM r LEFT JOIN names m USING (k)
      WHERE k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$union all on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM (SELECT id, k, at, plan FROM r
      WHERE id % 2 = 0 UNION ALL SELECT id, k, at, -plan FROM r WHERE id % 2 = 1) r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$aggregate on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.n, r.id AS rid FROM (SELECT k, at, count(*) AS n,
      min(id) AS id FROM r GROUP BY k, at) r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p
      ON true $$);
CALL touched($$values on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid FROM (VALUES (1, 1, timestamptz '2025-01-01'),
      (2, 1, '2025-01-02'), (3, 2, '2025-01-01')) r(id, k, at) WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at
      DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$partitioned table on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM parts r WHERE r.k = l.k AND r.at
      <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$partitioned table on the left$$,
    $$ SELECT l.id, p.* FROM parts l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at
      <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$inheritance on the right$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.tableoid::regclass::text FROM parent r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$CTE on the right$$,
    $$ WITH c AS MATERIALIZED (SELECT * FROM r WHERE id % 3 > 0) SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT
      r.id AS rid, r.plan FROM c r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$CTE that is inlined$$,
    $$ WITH c AS (SELECT * FROM r WHERE id % 3 > 0) SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid,
      r.plan FROM c r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$two as-of joins$$,
    $$ SELECT l.id, p.rid, q.rid AS next FROM l LEFT JOIN LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true LEFT JOIN LATERAL (SELECT r.id AS rid FROM r WHERE
      r.k = l.k AND r.at > l.at ORDER BY r.at, r.id LIMIT 1) q ON true $$);
CALL touched($$one that needs the other$$,
    $$ SELECT l.id, p.rid, q.rid AS before FROM l JOIN LATERAL (SELECT r.id AS rid, r.at FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true LEFT JOIN LATERAL (SELECT r.id AS rid FROM r WHERE
      r.k = l.k AND r.at < p.at ORDER BY r.at DESC, r.id LIMIT 1) q ON true $$);
CALL touched($$as-of join within the right side$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, q.rid AS inner_id FROM r LEFT JOIN LATERAL
      (SELECT r2.id AS rid FROM r r2 WHERE r2.k = r.plan AND r2.at <= r.at ORDER BY r2.at DESC, r2.id LIMIT 1) q
      ON true WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$grouped$$,
    $$ SELECT p.plan, count(*), sum(l.n) FROM l LEFT JOIN LATERAL (SELECT r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true GROUP BY p.plan $$);
CALL touched($$grouped by sets$$,
    $$ SELECT l.k, p.plan, p.plan % 2 AS odd, count(*), count(p.rid), grouping(l.k, p.plan) FROM l LEFT JOIN LATERAL
      (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON
      true GROUP BY ROLLUP (l.k, p.plan), p.plan % 2 HAVING count(*) > 1 $$);
CALL touched($$grouped on both sides$$,
    $$ SELECT l.k + 1 AS k, p.n, count(*) FROM (SELECT k, date_trunc('day', at, 'UTC') AS at, count(*) FROM l GROUP BY
      1, 2) l LEFT JOIN LATERAL (SELECT r.n, r.at FROM (SELECT k + 0 AS k, at, count(*) AS n FROM r GROUP BY 1, at) r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC LIMIT 1) p ON true GROUP BY 1, p.n $$);
CALL touched($$within a recursion$$,
    $$ WITH RECURSIVE w AS (SELECT id, k, at, 0 AS step FROM l UNION ALL SELECT p.rid, w.k, p.at, step + 1 FROM w JOIN
      LATERAL (SELECT r.id AS rid, r.at FROM r WHERE r.k = w.k AND r.at < w.at ORDER BY r.at DESC, r.id LIMIT 1) p
      ON true WHERE step < 5) SELECT * FROM w $$);
CALL touched($$distinct$$,
    $$ SELECT DISTINCT l.k, p.plan FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$window function above$$,
    $$ SELECT l.id, p.*, count(*) OVER (PARTITION BY p.plan) FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan
      FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$ordered above$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true ORDER BY l.id DESC LIMIT 20 $$);
CALL touched($$within a subquery$$,
    $$ SELECT * FROM (SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k
      AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true OFFSET 0) s WHERE s.plan > 1 $$);
CALL touched($$within a CTE$$,
    $$ WITH c AS MATERIALIZED (SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE
      r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true) SELECT c.*, d.id AS other FROM c
      JOIN c d ON d.rid = c.rid $$);
CALL touched($$within a union$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true UNION ALL SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT
      r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at < l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$within a correlated subselect: rescans$$,
    $$ SELECT n.k, (SELECT count(p.rid) FROM l LEFT JOIN LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.rid > n.k WHERE l.k <= n.k) FROM names n $$);
CALL touched($$within EXISTS$$,
    $$ SELECT n.k FROM names n WHERE (SELECT max(p.plan) FROM l JOIN LATERAL (SELECT r.plan FROM r WHERE r.k = l.k
      AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE l.i8 = n.k) > 2 $$);
CALL touched($$rows of the left table as a whole$$,
    $$ SELECT l, p.plan FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$undecided, backward$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY
      r.at DESC LIMIT 1) p ON true $$,
    $$ SELECT l.id, r.id FROM l JOIN r ON r.k = l.k AND r.at <= l.at WHERE r.at = (SELECT max(x.at) FROM r x WHERE
      x.k = l.k AND x.at <= l.at) $$);
CALL touched($$undecided, forward$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND r.at > l.at ORDER BY
      r.at LIMIT 1) p ON true $$,
    $$ SELECT l.id, r.id FROM l JOIN r ON r.k = l.k AND r.at > l.at WHERE r.at = (SELECT min(x.at) FROM r x WHERE
      x.k = l.k AND x.at > l.at) $$);

CALL touched_in_one_batch($$no key$$, as_of($$r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$two upper ends$$, as_of($$r.k = l.k AND r.at <= l.at AND r.at < l.d ORDER BY r.at DESC, r.id$$));
CALL touched_in_one_batch($$key that is not equal$$, as_of($$r.k <> l.k AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$key that may be NULL$$, as_of($$r.k IS NOT DISTINCT FROM l.k AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched_in_one_batch($$OR$$, as_of($$(r.k = l.k OR r.plan = l.k) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$other correlated condition$$, as_of($$r.k = l.k AND r.at <= l.at AND r.plan > l.k ORDER BY r.at DESC, r.id$$));
CALL touched($$left column in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan + l.k AS x FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$valid until$$, as_of($$r.k = l.k AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$valid until, NULL is open$$,
    as_of($$r.k = l.k AND r.at <= l.at AND (r.until IS NULL OR r.until > l.at) ORDER BY r.at DESC, r.id$$));
CALL touched($$valid until, coalesce$$,
    as_of($$r.k = l.k AND r.at <= l.at AND coalesce(r.until, 'infinity') > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$recorded by then$$, as_of($$r.k = l.k AND r.at <= l.at AND r.seen <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$recorded by then, in force then$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.seen <= l.at AND (r.until IS NULL OR r.until > l.at) ORDER BY r.at DESC, r.id$$));
CALL touched($$recorded by an instant of its own$$, as_of($$r.k = l.k AND r.at <= l.at AND r.seen <= l.known ORDER BY r.at DESC, r.id$$));
CALL touched($$age by a difference$$,
    as_of($$r.k = l.k AND r.at <= l.at AND l.at - r.at <= interval '20 hours' ORDER BY r.at DESC, r.id$$));
CALL touched($$age by a difference, and a bound$$,
    as_of($$r.k = l.k AND r.at <= l.at AND l.at - r.at <= interval '40 hours' AND r.at > l.at - interval '30 hours' AND r.plan <> l.k ORDER BY r.at DESC, r.id$$));
CALL touched($$a bound and a condition$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.at >= l.at - interval '1 day' AND r.until > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$BETWEEN and a condition$$,
    as_of($$r.k = l.k AND r.at BETWEEN l.at - interval '2 days' AND l.at AND r.seen <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$forward, a condition$$, as_of($$r.k = l.k AND r.at > l.at AND r.seen <= l.known ORDER BY r.at, r.id$$));
CALL touched($$forward, a bound and a condition$$,
    as_of($$r.k = l.k AND r.at >= l.at AND r.at < l.at + interval '2 days' AND r.plan <> l.k ORDER BY r.at, r.id$$));
CALL touched($$a range holds the instant$$,
    as_of($$r.k = l.k AND r.at <= l.at AND tstzrange(least(r.at, r.until), r.until) @> l.at AND (r.until IS NULL OR r.until >= r.at) ORDER BY r.at DESC, r.id$$));
CALL touched($$a condition on text, with a collation$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.note COLLATE "C" > l.k2 COLLATE "C" ORDER BY r.at DESC, r.id$$));
CALL touched($$ANY of an array$$, as_of($$r.k = l.k AND r.at <= l.at AND l.i = ANY (r.tags) ORDER BY r.at DESC, r.id$$));
CALL touched($$IS DISTINCT FROM$$, as_of($$r.k = l.k AND r.at <= l.at AND r.plan IS DISTINCT FROM l.k ORDER BY r.at DESC, r.id$$));
CALL touched($$a function of both rows$$, as_of($$r.k = l.k AND r.at <= l.at AND pick(r.plan + l.k) > 5 ORDER BY r.at DESC, r.id$$));
CALL touched($$a CASE over both rows$$,
    as_of($$r.k = l.k AND r.at <= l.at AND CASE WHEN l.active THEN r.plan > l.k ELSE r.note IS NOT NULL END ORDER BY r.at DESC, r.id$$));
CALL touched($$NOT and OR over both rows$$,
    as_of($$r.k = l.k AND r.at <= l.at AND NOT (r.plan = l.k OR r.id < l.id) ORDER BY r.at DESC, r.id$$));
CALL touched($$a condition, undecided by ORDER BY but unique$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.id > l.id ORDER BY r.at DESC, r.id DESC$$));
CALL touched($$a condition, dates$$, as_of($$r.k = l.k AND r.d <= l.d AND r.until > l.at ORDER BY r.d DESC, r.id$$));
CALL touched($$a condition, numeric instants$$, as_of($$r.k = l.k AND r.n <= l.n AND r.plan <> l.k ORDER BY r.n DESC, r.id$$));
CALL touched($$a condition, numeric instants, forward$$, as_of($$r.k = l.k AND r.n >= l.n AND r.plan <> l.k ORDER BY r.n, r.id$$));
CALL touched($$a condition, floats$$, as_of($$r.k = l.k AND r.f <= l.f AND r.i < l.i8 * 9 ORDER BY r.f DESC, r.id$$));
CALL touched($$a condition, integers$$, as_of($$r.k = l.k AND r.i < l.i AND r.plan <> l.k ORDER BY r.i DESC, r.id$$));
CALL touched($$a condition, keys of two columns$$,
    as_of($$r.k = l.k AND lower(r.k2) = lower(l.k2) AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$a condition, and one in ON$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON p.plan > 1 AND l.k < 4 $$);
CALL touched($$a condition, and one in WHERE$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true WHERE p.plan > 1 $$);
CALL touched($$a condition, and one on the left row$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.until > l.at AND l.active ORDER BY r.at DESC, r.id$$));
CALL touched($$a condition, inner$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at AND
      r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$a condition, packed$$,
    $$ SELECT l.id, p.at FROM l LEFT JOIN LATERAL (SELECT r.at FROM r WHERE r.k = l.k AND r.at <= l.at AND r.plan > l.k
      ORDER BY r.at DESC LIMIT 1) p ON true $$);
CALL touched($$a condition, numbers only$$,
    $$ SELECT l.id, p.at FROM l LEFT JOIN LATERAL (SELECT r.at FROM r WHERE r.k = l.k AND r.at <= l.at AND r.until >
      l.at ORDER BY r.at DESC LIMIT 1) p ON true $$);
CALL touched($$a condition, over a view$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT v.id AS rid, v.note FROM r_view v WHERE v.k = l.k AND v.at <=
      l.at AND v.plan <> l.k ORDER BY v.at DESC, v.id LIMIT 1) p ON true $$);
CALL touched($$a condition, behind a security barrier$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT v.id AS rid, v.note FROM r_barrier v WHERE v.k = l.k AND v.at
      <= l.at AND v.plan <> l.k ORDER BY v.at DESC, v.id LIMIT 1) p ON true $$);
CALL touched($$a condition, left rows of a join$$,
    $$ SELECT l.id, n.name, p.* FROM l JOIN names n ON n.k = l.k LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = n.k AND r.at <= l.at AND r.until > l.at AND r.note < n.name ORDER BY r.at DESC, r.id LIMIT 1) p ON
      true $$);
CALL touched($$a condition, left rows of an outer join$$,
    $$ SELECT l.id, n.name, p.* FROM l LEFT JOIN names n ON n.k = l.k LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan,
      n.name AS theirs FROM r WHERE r.k = l.k AND r.at <= l.at AND r.note > coalesce(n.name, '') ORDER BY r.at DESC,
      r.id LIMIT 1) p ON true $$);
CALL touched($$a condition, above another as-of join$$,
    $$ SELECT l.id, p1.rid AS first, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k
      AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p1 ON true LEFT JOIN LATERAL (SELECT r.id
      AS rid, r.plan FROM r WHERE r.k = l.k AND r.at < l.at AND r.plan <> p1.plan ORDER BY r.at DESC, r.id LIMIT 1) p
      ON true $$);
CALL touched_in_one_batch($$one sequence for all$$, as_of($$r.at <= l.at ORDER BY r.at DESC, r.note, r.id$$));
CALL touched_in_one_batch($$one sequence for all, forward$$, as_of($$r.at > l.at ORDER BY r.at, r.id$$));
CALL touched_in_one_batch($$one sequence for all, numbers only$$,
    $$ SELECT l.id, p.at FROM l LEFT JOIN LATERAL (SELECT r.at FROM r WHERE r.at <= l.at ORDER BY r.at DESC LIMIT 1) p
      ON true $$);
CALL touched_in_one_batch($$one sequence for all, a filter and a condition$$,
    as_of($$r.at <= l.at AND r.plan > 0 AND r.until > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$a wildcard$$, as_of($$(r.k = l.k OR r.plan = 0) AND lower(r.k2) = lower(l.k2) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$key that may be NULL, beside another$$,
    as_of($$r.k IS NOT DISTINCT FROM l.k AND lower(r.k2) = lower(l.k2) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$keys of text that may be NULL$$,
    as_of($$lower(r.k2) IS NOT DISTINCT FROM lower(l.k2) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$keys of numeric that may be NULL$$,
    as_of($$r.kn IS NOT DISTINCT FROM l.i8::numeric AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$NULL-safe key the other way round$$, as_of($$NOT (l.k IS DISTINCT FROM r.k) AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$date against timestamptz$$, as_of($$r.k = l.k AND r.at <= l.d ORDER BY r.at DESC, r.id$$));
CALL touched($$date against timestamptz, exclusive$$, as_of($$r.k = l.k AND l.d > r.at ORDER BY r.at DESC, r.id$$));
CALL touched($$the end of a day, cast$$, as_of($$r.k = l.k AND r.at < (l.d + 1)::timestamptz ORDER BY r.at DESC, r.id$$));
CALL touched($$keys cast to text$$, as_of($$r.k::text = l.k::text AND r.at <= l.at ORDER BY r.at DESC, r.id$$));
CALL touched($$the right row as JSON$$,
    $$ SELECT l.id, p.j ->> 'plan' AS plan FROM l LEFT JOIN LATERAL (SELECT to_jsonb(r) AS j FROM r WHERE r.k = l.k
      AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$date against timestamptz, forward$$, as_of($$r.k = l.k AND r.at >= l.d ORDER BY r.at, r.id$$));
CALL touched($$date against timestamptz, with a bound$$, as_of($$r.k = l.k AND r.at <= l.d AND r.at > l.d - 2 ORDER BY r.at DESC, r.id$$));
CALL touched($$date against timestamp$$, as_of($$r.k = l.k AND r.ts <= l.d ORDER BY r.ts DESC, r.id$$));
CALL touched($$timestamp against timestamptz$$, as_of($$r.k = l.k AND r.at <= l.ts ORDER BY r.at DESC, r.id$$));
CALL touched($$timestamp against timestamptz, forward$$, as_of($$r.k = l.k AND r.at > l.ts ORDER BY r.at, r.id$$));
CALL touched($$dates of the ends of time$$,
    as_of($$r.k = l.k AND r.at <= CASE l.i % 4 WHEN 0 THEN date 'infinity' WHEN 1 THEN '-infinity' WHEN 2 THEN '5874897-12-31' ELSE '4714-11-24 BC' END ORDER BY r.at DESC, r.id$$));
CALL touched($$left columns in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT l.at - r.at AS age, l.k, r.id + l.id AS n, l.k2 FROM r,
      (SELECT 1) x WHERE r.k = l.k AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$left columns alone in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT l.k2, l.id + 1 AS next FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$the left row as a whole in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, l AS whole FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$the right row as a whole, and a condition$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT to_jsonb(r) AS j FROM r WHERE r.k = l.k AND r.at <= l.at AND
      r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL touched($$left columns in the target list, nulled by an outer join$$,
    $$ SELECT n.k, s.id, p.* FROM names n LEFT JOIN l s ON s.k = n.k LEFT JOIN LATERAL (SELECT r.id AS rid, s.id - r.id
      AS apart FROM r WHERE r.k = s.k AND r.at <= s.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);

CALL touched($$the last two$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 2) p ON true $$);
CALL touched($$the last three, inner$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the next three$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at > l.at ORDER BY r.at, r.id LIMIT 3) p ON true $$);
CALL touched($$more than there are$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1000) p ON true $$);
CALL touched($$the last three, ON$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON p.plan = 3 $$);
CALL touched($$the last three, ON of both$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON p.plan < l.k $$);
CALL touched($$the last three, WHERE$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true WHERE p.plan <> 3 $$);
CALL touched($$the last three, WHERE that wants none$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON p.plan > 3 WHERE p.rid IS NULL $$);
CALL touched($$the last three, a bound$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at AND r.at > l.at - interval '1 day' ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, a condition$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, a bound and a condition$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at AND r.at > l.at - interval '2 days' AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, numbers only$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC LIMIT 3) p ON true $$);
CALL touched($$the last three, numbers only, a bound$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at AS x FROM r
      WHERE r.k = l.k AND r.at <= l.at AND r.at > l.at - interval '2 days' ORDER BY r.at DESC LIMIT 3) p ON true $$);
CALL touched($$the last three, numeric instants$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.n < l.n ORDER BY r.n DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, of both rows$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT l.id * 1000 + r.id AS x, r.note FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, tie-breaks$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.plan DESC NULLS LAST, r.note, r.id LIMIT 3) p ON true $$);
CALL touched_in_one_batch($$the last three of one sequence$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three, added up$$,
    $$ SELECT l.id, count(p.rid), sum(p.plan) FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true GROUP BY l.id $$);
CALL touched($$the last three, the left row with a filter$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r
      WHERE r.k = l.k AND r.at <= l.at AND l.active ORDER BY r.at DESC, r.id LIMIT 3) p ON true $$);
CALL touched($$the last three in a subselect$$,
    $$ SELECT l.id, (SELECT string_agg(x.rid::text, ',' ORDER BY x.at DESC, x.rid) FROM (SELECT s.id, p.* FROM l s JOIN LATERAL
      (SELECT r.id AS rid, r.at FROM r WHERE r.k = s.k AND r.at <= s.at ORDER BY r.at DESC, r.id LIMIT 3) p ON true) x
      WHERE x.id >= l.id) FROM l WHERE l.id < 9 $$);
