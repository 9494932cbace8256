-- Query shapes that the planner has to leave alone. untouched(name, query): it sees no as-of join.
CALL untouched($$volatile function in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, noisy(r.plan) FROM r WHERE r.k = l.k AND r.at
      <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$volatile function in the filter$$, as_of($$r.k = l.k AND r.at <= l.at AND noisy(r.plan) > 1 ORDER BY r.at DESC, r.id$$));
CALL untouched($$volatile function in ON$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON noisy(p.plan) > 1 $$);
CALL untouched($$rows locked$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true FOR UPDATE OF l $$);
CALL untouched($$right rows locked$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1 FOR SHARE) p ON true $$);
CALL untouched($$LIMIT of many$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1001) p ON true $$);
CALL untouched($$LIMIT 0$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 0) p ON true $$);
CALL untouched($$the row before in an order of two columns$$,
    as_of($$r.k = l.k AND (r.at, r.id) < (l.at, l.id) ORDER BY r.at DESC, r.id DESC$$));
CALL untouched($$local times of the right side, in the order of its instants$$,
    as_of($$r.k = l.k AND r.at AT TIME ZONE 'UTC' <= l.ts ORDER BY r.at DESC, r.id$$));
CALL untouched($$the number of a row in a join by range$$,
    $$ SELECT id, plan FROM (SELECT l.id, r.plan, row_number() OVER (PARTITION BY l.id ORDER BY r.at DESC, r.id) AS n
      FROM l LEFT JOIN r ON r.k = l.k AND r.at <= l.at) x WHERE n = 1 $$);
CALL untouched($$no LIMIT$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id ) p ON true $$);
CALL untouched($$LIMIT NULL$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT NULL) p ON true $$);
CALL untouched($$OFFSET$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1 OFFSET 1) p ON true $$);
CALL untouched($$OFFSET 0$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC, r.id LIMIT 1 OFFSET 0) p ON true $$);
CALL untouched($$WITH TIES$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <=
      l.at ORDER BY r.at DESC FETCH FIRST ROW WITH TIES) p ON true $$);
CALL untouched($$no ORDER BY$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT 1 AS x FROM r WHERE r.k = l.k AND r.at <= l.at LIMIT 1) p
      ON true $$);
CALL untouched($$aggregate$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT max(r.at) FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY
      1 LIMIT 1) p ON true $$);
CALL untouched($$GROUP BY$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at FROM r WHERE r.k = l.k AND r.at <= l.at GROUP BY r.at
      ORDER BY r.at DESC LIMIT 1) p ON true $$);
CALL untouched($$DISTINCT inside$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT DISTINCT r.at FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC LIMIT 1) p ON true $$);
CALL untouched($$DISTINCT ON$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT DISTINCT ON (r.at) r.at, r.id AS rid FROM r WHERE r.k =
      l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$window function$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, count(*) OVER () FROM r WHERE r.k = l.k AND
      r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$set operation$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at, r.id AS rid FROM r WHERE r.k = l.k AND r.at <= l.at
      UNION SELECT r.at, -r.id FROM r WHERE r.k = l.k AND r.at < l.at ORDER BY 1 DESC, 2 LIMIT 1) p ON true $$);
CALL untouched($$set-returning function$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at, r.id, unnest(r.tags) AS tag FROM r WHERE r.k = l.k
      AND r.at <= l.at ORDER BY r.at DESC, r.id, 3 LIMIT 1) p ON true $$);
CALL untouched($$set-returning function that nothing orders$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.at, r.id, unnest(r.tags) AS tag FROM r WHERE r.k = l.k
      AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$subselect in the filter$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.plan IN (SELECT k FROM names) ORDER BY r.at DESC, r.id$$));
CALL untouched($$subselect in the target list$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, (SELECT name FROM names n WHERE n.k = r.plan
      ORDER BY 1 LIMIT 1) FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$CTE inside$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (WITH c AS MATERIALIZED (SELECT * FROM r WHERE r.k = l.k) SELECT
      c.id AS rid FROM c WHERE c.k = l.k AND c.at <= l.at ORDER BY c.at DESC, c.id LIMIT 1) p ON true $$);
CALL untouched($$order against the comparison$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at, r.id$$));
CALL untouched($$order by another column$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.d DESC, r.id$$));
CALL untouched($$order by the key first$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.k, r.at DESC, r.id$$));
CALL untouched($$no comparison of instants$$, as_of($$r.k = l.k ORDER BY r.at DESC, r.id$$));
CALL untouched($$instants as text$$, as_of($$r.k = l.k AND r.k2 <= l.k2 ORDER BY r.k2 DESC, r.id$$));
CALL untouched($$date on the right against timestamptz$$, as_of($$r.k = l.k AND r.d <= l.at ORDER BY r.d DESC, r.id$$));
CALL untouched($$left column in ORDER BY$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, abs(r.plan - l.k), r.id$$));
CALL untouched($$tie-break that may fail$$, as_of($$r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, 1 / (r.id + 1), r.id$$));
CALL untouched($$row of the subquery as a whole$$,
    $$ SELECT l.id, p FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at
      ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$TABLESAMPLE$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r TABLESAMPLE SYSTEM (100) WHERE
      r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$columns of two levels above$$,
    $$ SELECT n.k, (SELECT count(p.rid) FROM l JOIN LATERAL (SELECT r.id AS rid FROM r WHERE r.k = l.k AND r.at <=
      l.at AND r.plan >= n.k ORDER BY r.at DESC, r.id LIMIT 1) p ON true) FROM names n $$);
CALL untouched($$not lateral$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN (SELECT r.k, r.id AS rid FROM r ORDER BY r.at DESC, r.id LIMIT 1) p ON p.k
      = l.k $$);
CALL untouched($$join inside on the left row$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid FROM r JOIN names m ON m.k = l.k WHERE r.k =
      l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$constant subquery within an outer join$$,
    $$ SELECT n.k, s.* FROM names n LEFT JOIN (SELECT l.id, l.k, 1 AS one, p.rid FROM l LEFT JOIN LATERAL (SELECT
      r.id AS rid FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true) s ON s.k =
      n.k $$);
CALL untouched($$a volatile condition$$, as_of($$r.k = l.k AND r.at <= l.at AND noisy(r.plan + l.k) > 3 ORDER BY r.at DESC, r.id$$));
CALL untouched($$a volatile function of a left column$$,
    $$ SELECT l.id, p.* FROM l LEFT JOIN LATERAL (SELECT r.id AS rid, noisy(l.k) FROM r WHERE r.k = l.k AND r.at <=
      l.at AND r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true $$);
CALL untouched($$a subselect in a condition$$,
    as_of($$r.k = l.k AND r.at <= l.at AND r.plan > (SELECT min(k) FROM names n WHERE n.k <= l.k) ORDER BY r.at DESC, r.id$$));
CALL untouched($$timestamp on the right against timestamptz$$, as_of($$r.k = l.k AND r.ts <= l.at ORDER BY r.ts DESC, r.id$$));
CALL untouched($$date on the right against timestamp$$, as_of($$r.k = l.k AND r.d <= l.ts ORDER BY r.d DESC, r.id$$));
CALL untouched($$no instants but in a difference$$, as_of($$r.k = l.k AND l.at - r.at >= interval '0' ORDER BY r.at DESC, r.id$$));
CALL untouched($$a condition, with rows locked$$,
    $$ SELECT l.id, p.* FROM l JOIN LATERAL (SELECT r.id AS rid, r.plan FROM r WHERE r.k = l.k AND r.at <= l.at AND
      r.until > l.at ORDER BY r.at DESC, r.id LIMIT 1) p ON true FOR UPDATE OF l $$);
