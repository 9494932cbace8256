-- Computing with whole timelines, against naive SQL instant by instant
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

-- Constants hold since ever
SELECT x FROM unnest(ARRAY[csagg.constant(12.50), csagg.constant('gold'::text), csagg.constant(true), csagg.constant(date 'infinity'),
                           csagg.constant(timestamptz '2025-01-01 12:00+02')]) x;
SELECT csagg.constant(NULL::numeric) IS NULL AND csagg.constant(NULL::text) IS NULL AS none;

-- Random timelines; what they hold at an instant is looked up, and the operation done by SQL
CREATE FUNCTION pg_temp.die(i int, salt text, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$SELECT ('x' || substr(md5(salt || i), 1, 7))::bit(28)::int % sides$$;
CREATE TEMP TABLE x AS
SELECT c, csagg.timeline(at, b, seq) AS b, csagg.timeline(at, b2, seq) AS b2, csagg.timeline(at, n, seq) AS n, csagg.timeline(at, n2, seq) AS n2, csagg.timeline(at, t, seq) AS t,
       csagg.timeline(at, t2, seq) AS t2, csagg.timeline(at, d, seq) AS d, csagg.timeline(at, d2, seq) AS d2, csagg.timeline(at, z, seq) AS z, csagg.timeline(at, z2, seq) AS z2
FROM (SELECT pg_temp.die(i, 'c', 12) AS c, (pg_temp.die(i, 's', 3) - 1)::bigint AS seq,
             CASE WHEN pg_temp.die(i, 'e', 20) = 0 THEN '-infinity' ELSE timestamptz '2025-01-01' + pg_temp.die(i, 'at', 24) * interval '6 hours' END AS at,
             (ARRAY[true, false, NULL])[pg_temp.die(i, 'b', 3) + 1] AS b, (ARRAY[true, false, NULL])[pg_temp.die(i, 'b2', 3) + 1] AS b2,
             (ARRAY[1, 2.5, -7, 0.125, NULL])[pg_temp.die(i, 'n', 5) + 1] AS n, (ARRAY[1, 3, -7, 0.5, NULL])[pg_temp.die(i, 'n2', 5) + 1] AS n2,
             (ARRAY['', 'gold', 'Gold', 'ä', NULL])[pg_temp.die(i, 't', 5) + 1] AS t, (ARRAY['', 'gold', 'H', 'z', NULL])[pg_temp.die(i, 't2', 5) + 1] AS t2,
             (ARRAY['infinity', '2025-01-01', NULL]::date[])[pg_temp.die(i, 'd', 3) + 1] AS d, (ARRAY['-infinity', '2025-01-01', NULL]::date[])[pg_temp.die(i, 'd2', 3) + 1] AS d2,
             (ARRAY['infinity', '2025-01-01', NULL]::timestamptz[])[pg_temp.die(i, 'z', 3) + 1] AS z, (ARRAY['-infinity', '2025-01-01', NULL]::timestamptz[])[pg_temp.die(i, 'z2', 3) + 1] AS z2
      FROM generate_series(1, 250) i) s
GROUP BY c;
CREATE TEMP TABLE instants AS
SELECT timestamptz '2024-12-31' + i * interval '3 hours' AS at FROM generate_series(0, 64) i UNION ALL VALUES ('-infinity'::timestamptz), ('infinity');
CREATE TEMP TABLE held AS
SELECT c, at, csagg.bool_at(b, at) AS b, csagg.bool_at(b2, at) AS b2, csagg.number_at(n, at) AS n, csagg.number_at(n2, at) AS n2, csagg.text_at(t, at) AS t, csagg.text_at(t2, at) AS t2,
       csagg.value_at(d, at, NULL::date) AS d, csagg.value_at(d2, at, NULL::date) AS d2, csagg.time_at(z, at) AS z, csagg.time_at(z2, at) AS z2
FROM x, instants;
-- Each expression once over timelines and once over what they hold; no result may differ, no result may have a superfluous entry
CREATE TEMP TABLE checks (i int, lifted text, naive text);
INSERT INTO checks VALUES
    (1, 'n OPERATOR(csagg.+) n2', 'n + n2'), (2, 'n OPERATOR(csagg.-) n2', 'n - n2'), (3, 'n OPERATOR(csagg.*) n2', 'n * n2'), (4, 'n OPERATOR(csagg./) n2', 'round(n / n2, 30)'),
    (5, 'n OPERATOR(csagg.+) 0.5', 'n + 0.5'), (6, '0.5 OPERATOR(csagg.-) n', '0.5 - n'), (7, '2.0 OPERATOR(csagg.*) n', '2 * n'), (8, '1.0 OPERATOR(csagg./) n', '1 / n'),
    (9, 'csagg.plus(1, n)', '1 + n'), (10, 'csagg.minus(n, 1)', 'n - 1'), (11, 'csagg.times(n, 3)', 'n * 3'), (12, 'csagg.divided_by(n, 4)', 'n / 4'),
    (21, 'csagg.eq(n, n2)', 'n = n2'), (22, 'csagg.ne(n, n2)', 'n <> n2'), (23, 'csagg.lt(n, n2)', 'n < n2'), (24, 'csagg.le(n, n2)', 'n <= n2'), (25, 'csagg.gt(n, n2)', 'n > n2'),
    (26, 'csagg.ge(n, n2)', 'n >= n2'), (27, 'csagg.lt(t, t2)', 't < t2 COLLATE "C"'), (28, 'csagg.ge(t, t2)', 't >= t2 COLLATE "C"'), (29, 'csagg.eq(t, t2)', 't = t2'),
    (30, 'csagg.gt(d, d2)', 'd > d2'), (31, 'csagg.eq(d, d2)', 'd = d2'), (32, 'csagg.le(z, z2)', 'z <= z2'), (33, 'csagg.ne(z, z2)', 'z <> z2'), (34, 'csagg.lt(b, b2)', 'b < b2'),
    (61, 'csagg.all_of(b, b2)', 'b AND b2'), (62, 'csagg.any_of(b, b2)', 'b OR b2'), (63, 'csagg.negate(b)', 'NOT b'), (64, 'csagg.all_of(b)', 'b'),
    (65, 'csagg.any_of(csagg.negate(b), b2, csagg.gt(n, 1))', 'NOT b OR b2 OR n > 1'), (66, 'csagg.all_of(VARIADIC ARRAY[b, b2, csagg.gt(n, 1)])', 'b AND b2 AND n > 1'),
    (67, 'csagg.all_of(VARIADIC ''{}''::csagg.timeline[])', 'true'), (68, 'csagg.any_of(VARIADIC ''{}''::csagg.timeline[])', 'false'),
    (71, 'csagg.choose(b, n, n2)', 'CASE WHEN b THEN n ELSE n2 END'), (72, 'csagg.choose(b, t, t2)', 'CASE WHEN b THEN t ELSE t2 END'), (73, 'csagg.choose(b, 1, n)', 'CASE WHEN b THEN 1 ELSE n END'),
    (74, 'csagg.choose(b, n, 1)', 'CASE WHEN b THEN n ELSE 1 END'), (75, 'csagg.choose(b, 1, 2)', 'CASE WHEN b THEN 1 ELSE 2 END'),
    (76, 'csagg.choose(b, ''x''::text, t)', 'CASE WHEN b THEN ''x'' ELSE t END'), (77, 'csagg.choose(b, t, ''y''::text)', 'CASE WHEN b THEN t ELSE ''y'' END'),
    (78, 'csagg.choose(b, ''x''::text, ''y''::text)', 'CASE WHEN b THEN ''x'' ELSE ''y'' END'), (79, 'csagg.choose(b, true, b2)', 'CASE WHEN b THEN true ELSE b2 END'),
    (80, 'csagg.choose(b, b2, false)', 'CASE WHEN b THEN b2 ELSE false END'), (81, 'csagg.choose(b, false, true)', 'CASE WHEN b THEN false ELSE true END'),
    (82, 'csagg.choose(b, date ''2025-01-01'', d)', 'CASE WHEN b THEN ''2025-01-01'' ELSE d END'), (83, 'csagg.choose(b, d, date ''2025-01-01'')', 'CASE WHEN b THEN d ELSE ''2025-01-01'' END'),
    (84, 'csagg.choose(b, date ''2025-01-01'', date ''2025-01-02'')', 'CASE WHEN b THEN date ''2025-01-01'' ELSE ''2025-01-02'' END'),
    (85, 'csagg.choose(b, timestamptz ''2025-01-01'', z)', 'CASE WHEN b THEN ''2025-01-01'' ELSE z END'), (86, 'csagg.choose(b, z, timestamptz ''2025-01-01'')', 'CASE WHEN b THEN z ELSE ''2025-01-01'' END'),
    (87, 'csagg.choose(b, timestamptz ''2025-01-01'', timestamptz ''2025-01-02'')', 'CASE WHEN b THEN timestamptz ''2025-01-01'' ELSE ''2025-01-02'' END'),
    (91, 'csagg.overlay(n, n2)', 'coalesce(n2, n)'), (92, 'csagg.overlay(t, t2)', 'coalesce(t2, t)'), (93, 'csagg.overlay(d, d2)', 'coalesce(d2, d)'), (94, 'csagg.simplify(n)', 'n'),
    (95, 'csagg.bin(n, ''{0, 1, 2}'')', 'width_bucket(n, ''{0, 1, 2}''::numeric[])'), (96, 'csagg.bin(n, ''{}'')', 'n - n'),
    (97, 'csagg.bin(n, ''{0, 1}'', ''{red, yellow, green}'')', '(ARRAY[''red'', ''yellow'', ''green''])[width_bucket(n, ''{0, 1}''::numeric[]) + 1]'),
    (98, 'csagg.bin(n, ''{0, 1}'', ''{low, low, high}'')', '(ARRAY[''low'', ''low'', ''high''])[width_bucket(n, ''{0, 1}''::numeric[]) + 1]');
INSERT INTO checks
SELECT 100 + row_number() OVER (), format('csagg.%s(%s, %s)', f, c, typed), format('%s %s %s', c, op, typed || CASE WHEN c = 't' THEN ' COLLATE "C"' ELSE '' END)
FROM (VALUES ('eq', '='), ('ne', '<>'), ('lt', '<'), ('le', '<='), ('gt', '>'), ('ge', '>=')) o(f, op),
     (VALUES ('n', '0.125'), ('t', 'text ''gold'''), ('b', 'true'), ('d', 'date ''2025-01-01'''), ('z', 'timestamptz ''2025-01-01''')) v(c, typed);
-- A quotient has 18 significant digits and at most one before the point here; numeric's own has another number of them.
CREATE FUNCTION pg_temp.differs(got text, naive anyelement) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF got IS NULL OR naive IS NULL OR pg_typeof(naive) NOT IN ('numeric'::regtype, 'integer'::regtype) THEN RETURN got IS DISTINCT FROM naive::text; END IF;
    RETURN abs(got::numeric - naive) > 1e-15;
END $$;
CREATE FUNCTION pg_temp.differences(lifted text, naive text) RETURNS TABLE (compared bigint, different bigint, superfluous bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT count(*), count(*) FILTER (WHERE pg_temp.differs(got, naive)),
               (SELECT count(*) FROM (SELECT %1$s AS r FROM x) l WHERE r OPERATOR(csagg.<>) csagg.simplify(r))
        FROM (SELECT c, at, csagg.text_at(r, at) AS got FROM (SELECT c, %1$s AS r FROM x) l, instants) g JOIN (SELECT c, at, %2$s AS naive FROM held) h USING (c, at)$q$, lifted, naive);
END $$;
SELECT lifted, d.* FROM checks, pg_temp.differences(lifted, naive) d WHERE compared <> 12 * 67 OR different > 0 OR superfluous > 0 ORDER BY i;
SELECT count(*) AS checks, (SELECT count(DISTINCT (n, n2, b, t)) > 100 FROM held) AS varied FROM checks;

-- Exact: sums and products that floats would not give, quotients of 18 digits, half away from zero
SELECT x OPERATOR(csagg.+) 0.2, x OPERATOR(csagg.*) x, x OPERATOR(csagg./) 3, x OPERATOR(csagg.-) x FROM (VALUES ('number {2025-01-01 = 0.1, 2025-01-02 = -2}'::csagg.timeline)) v(x);
-- Operands of other numeric types come in as numeric
SELECT 'number {2025-01-01 = 1}'::csagg.timeline OPERATOR(csagg.+) 1, 2 OPERATOR(csagg.*) 'number {2025-01-01 = 1.5}'::csagg.timeline;
-- NULL arguments give NULL, a NULL element is an error
SELECT csagg.plus(NULL::csagg.timeline, 1) IS NULL AND csagg.eq(NULL::csagg.timeline, 1) IS NULL AND csagg.negate(NULL) IS NULL AND csagg.choose(NULL, 1, 2) IS NULL AND csagg.bin(NULL, '{1}') IS NULL
   AND csagg.bin('number {}', NULL) IS NULL AND csagg.simplify(NULL) IS NULL AND csagg.slice(NULL::csagg.timeline, now(), now()) IS NULL AND csagg.forget_before('number {}'::csagg.timeline, NULL) IS NULL
   AND csagg.known_from(NULL::csagg.timeline) IS NULL AND csagg.same_function(NULL, 'number {}') IS NULL AND csagg.time_true(NULL, now(), now()) IS NULL AND csagg.all_of(VARIADIC NULL) IS NULL AS none;
SELECT csagg.overlay(NULL::csagg.timeline, 'number {}'), csagg.overlay('number {}'::csagg.timeline, NULL), csagg.overlay(NULL::csagg.timeline, NULL) IS NULL AS none;
SELECT what, pg_temp.error_of(query)
FROM (VALUES
    (1, 'kinds: merge', $$SELECT csagg.merge('number {}'::csagg.timeline, 'text {}')$$), (2, 'kinds: overlay', $$SELECT csagg.overlay('number {}'::csagg.timeline, 'date {}')$$),
    (3, 'kinds: plus', $$SELECT csagg.plus('number {}'::csagg.timeline, 'text {}'::csagg.timeline)$$), (4, 'kinds: eq', $$SELECT csagg.eq('date {}'::csagg.timeline, 'time {}'::csagg.timeline)$$),
    (5, 'kinds: eq constant', $$SELECT csagg.eq('date {}'::csagg.timeline, 1)$$), (6, 'kinds: choose', $$SELECT csagg.choose('boolean {}', 'text {}'::csagg.timeline, 1)$$),
    (7, 'kinds: condition', $$SELECT csagg.choose('number {}', 1, 2)$$), (8, 'kinds: all_of', $$SELECT csagg.all_of('boolean {}', 'number {}')$$), (9, 'kinds: negate', $$SELECT csagg.negate('text {}')$$),
    (10, 'kinds: bin', $$SELECT csagg.bin('text {}', '{1}')$$), (11, 'kinds: time_true', $$SELECT csagg.time_true('number {}', now(), now())$$),
    (12, 'kinds: total', $$SELECT csagg.total(x) FROM unnest('{"number {}", "text {}"}'::csagg.timeline[]) x$$),
    (21, 'division by zero', $$SELECT csagg.divided_by('number {2025-01-01 = 1}'::csagg.timeline, 'number {2025-01-02 = 1, 2025-01-03 = 0}'::csagg.timeline)$$),
    (22, 'division by constant 0', $$SELECT 'number {2025-01-01 = 1}'::csagg.timeline OPERATOR(csagg./) 0$$),
    (23, 'too large', $$SELECT 'number {2025-01-01 = 999999999999999999}'::csagg.timeline OPERATOR(csagg.*) 2$$), (24, 'constant NaN', $$SELECT csagg.constant('NaN'::numeric)$$),
    (25, 'total too large', $$SELECT csagg.total(x) FROM unnest('{"number {2025-01-01 = 999999999999999999}", "number {2025-01-02 = 1}"}'::csagg.timeline[]) x$$),
    (31, 'NULL condition', $$SELECT csagg.any_of('boolean {}', NULL)$$), (32, 'NULL threshold', $$SELECT csagg.bin('number {}', '{1, NULL}')$$), (33, 'NULL label', $$SELECT csagg.bin('number {}', '{1}', '{a, NULL}')$$),
    (34, 'thresholds fall', $$SELECT csagg.bin('number {}', '{2, 1}')$$), (35, 'thresholds repeat', $$SELECT csagg.bin('number {}', '{1, 1.0}')$$),
    (36, 'too few labels', $$SELECT csagg.bin('number {}', '{1, 2}', '{a, b}')$$), (37, 'no labels', $$SELECT csagg.bin('number {}', '{1, 2}', '{}')$$), (38, 'NaN threshold', $$SELECT csagg.bin('number {}', '{NaN}')$$),
    (41, 'infinite time', $$SELECT csagg.time_true('boolean {-infinity = true}', '-infinity', '2025-01-01')$$), (42, 'endless time', $$SELECT csagg.time_true('boolean {2025-01-01 = true}', '2025-01-01', 'infinity')$$),
    (43, 'longer than bigint', $$SELECT csagg.time_true('boolean {-infinity = true}', '4714-11-24 BC', '294276-12-31')$$),
    (44, 'forget all', $$SELECT csagg.forget_before('number {}'::csagg.timeline, 'infinity')$$)
) v(i, what, query) ORDER BY i;
-- What is absent or not known is no error: no division where the dividend is absent, nor before both are known
SELECT csagg.divided_by('number {2025-01-01 = 1, 2025-01-03 = null}'::csagg.timeline, 'number {2025-01-01 = 2, 2025-01-03 = 0}'::csagg.timeline),
       csagg.divided_by('number known from 2025-01-03 {2025-01-01 = 1}'::csagg.timeline, 'number {2025-01-01 = 0, 2025-01-03 = 4}'::csagg.timeline);

-- slice: the part, and parts make the whole again
SELECT csagg.slice(v.x, '2025-01-02', '2025-01-04'), csagg.slice(v.x, '-infinity', '2025-01-02'), csagg.slice(v.x, '2025-01-02', 'infinity'), csagg.slice(v.x, '2025-01-04', '2025-01-02')
FROM (VALUES ('number {2025-01-01 = 1, 2025-01-03 #5 = 2, 2025-01-05 = 3}'::csagg.timeline)) v(x);
CREATE TEMP TABLE cuts AS
SELECT csagg.merge(csagg.slice(k, '-infinity', a.at), csagg.merge(csagg.slice(k, a.at, b.at), csagg.slice(k, b.at, 'infinity'))) AS merged, k AS whole, csagg.slice(k, a.at, b.at) AS part, a.at AS since, b.at AS until
FROM x, LATERAL (VALUES (b), (n), (t), (csagg.forget_before(t, '2025-01-03')), (d), (z)) k(k),
     LATERAL (SELECT at FROM instants WHERE pg_temp.die(c, at::text, 9) = 0) a, LATERAL (SELECT at FROM instants WHERE pg_temp.die(c, 'b' || at, 9) = 0) b
WHERE a.at < b.at;
SELECT count(*) > 1000 AS many, count(*) FILTER (WHERE NOT csagg.same_function(merged, whole)) AS broken FROM cuts;
SELECT count(*) FILTER (WHERE csagg.text_at(part, at) IS DISTINCT FROM CASE WHEN at >= since AND at < until THEN csagg.text_at(whole, at) END) AS wrong
FROM (SELECT * FROM cuts WHERE isfinite(since) AND isfinite(until) LIMIT 1500) c, instants;

-- forget_before: values before the horizon are NULL, the entry carried in keeps its instant
SELECT csagg.forget_before(v.x, '2025-01-04'), csagg.known_from(csagg.forget_before(v.x, '2025-01-04')), csagg.forget_before(v.x, '2025-01-03'), csagg.forget_before(v.x, '-infinity'), csagg.known_from(v.x) IS NULL AS none
FROM (VALUES ('number {2025-01-01 = 1, 2025-01-03 #5 = 2, 2025-01-05 = 3}'::csagg.timeline)) v(x);
SELECT csagg.known_from(csagg.forget_before(csagg.forget_before('number {}'::csagg.timeline, '2025-01-04'), '2025-01-02'));
SELECT count(*) FILTER (WHERE csagg.text_at(csagg.forget_before(t, '2025-01-03 10:00'), at) IS DISTINCT FROM CASE WHEN at >= '2025-01-03 10:00' THEN csagg.text_at(t, at) END) AS wrong FROM x, instants;
SELECT bool_and(csagg.merge(csagg.forget_before(t, '2025-01-03'), t2) OPERATOR(csagg.=) csagg.forget_before(csagg.merge(t, t2), '2025-01-03')) AS late_or_early_is_the_same FROM x;
SELECT csagg.known_from(csagg.plus(csagg.forget_before(n, '2025-01-03'), csagg.forget_before(n2, '2025-01-05'))) FROM x WHERE c = 1;

-- simplify and same_function
SELECT csagg.simplify('number {2025-01-01 = null, 2025-01-02 #3 = 1, 2025-01-03 = 1.0, 2025-01-04 = null, 2025-01-05 = null}');
SELECT csagg.same_function('number {2025-01-01 = 1}', 'number {2024-01-01 = null, 2025-01-01 #7 = 1.0, 2025-06-01 = 1}') AS same,
       csagg.same_function('number {2025-01-01 = 1}', 'number {2025-01-02 = 1}') AS other_instant, csagg.same_function('number {2025-01-01 = 1}', 'number {2025-01-01 = 2}') AS other_value,
       csagg.same_function('number {2025-01-01 = 1}', 'number known from 2025-01-01 {2025-01-01 = 1}') AS other_horizon, csagg.same_function('number {}', 'text {}') AS other_kind;
SELECT csagg.same_function('number known from 2025-01-03 {2025-01-01 = 1}', 'number known from 2025-01-03 {2025-01-02 = 1}') AS same_where_known;

-- time spent in a state
SELECT csagg.time_true('boolean {2025-01-01 = true, 2025-01-02 12:00 = false, 2025-01-04 = true, 2025-01-05 = null}', '2024-01-01', '2026-01-01') AS true,
       csagg.time_in('text {2025-01-01 = "gold", 2025-01-03 06:30 = "silver"}', 'gold'::text, '2025-01-02', '2025-02-01') AS gold,
       csagg.time_in('number {2025-01-01 = 1}', 1.0, '2025-01-02', '2025-01-03') AS one, csagg.time_in('boolean {2025-01-01 = false}', false, '2024-01-01', '2025-01-02') AS false,
       csagg.time_in('date {2025-01-01 = infinity}', date 'infinity', '2025-01-01', '2025-01-01 00:00:00.5') AS date,
       csagg.time_in('time {2025-01-01 = 2025-01-01}', timestamptz '2025-01-01', '2025-01-02', '2025-01-01') AS backwards;
SELECT csagg.time_true('boolean known from 2025-01-03 {2025-01-01 = true}', '2025-01-02', '2025-01-05') IS NULL AS not_known,
       csagg.time_true('boolean known from 2025-01-03 {2025-01-01 = true}', '2025-01-03', '2025-01-05') AS known,
       csagg.time_in('text known from 2025-01-03 {2025-01-01 = "gold"}', 'gold'::text, '2025-01-01', '2025-01-05') IS NULL AS not_known_either,
       csagg.time_in('text known from 2025-01-03 {2025-01-01 = "gold"}', 'gold'::text, '2025-01-02', '2025-01-02') IS NULL AS nor_of_no_time;
SELECT count(*) AS wrong FROM x, LATERAL (SELECT count(*) FILTER (WHERE csagg.bool_at(b, at)) * interval '6 hours' AS naive FROM generate_series(timestamptz '2024-12-31', '2025-01-20 18:00', '6 hours') at) s
WHERE csagg.time_true(b, '2024-12-31', '2025-01-21') <> naive;

-- total: the sum over many, at every instant; in parallel too
SELECT csagg.total(v.x) FROM (VALUES ('number {2025-01-01 = 1, 2025-01-05 = null}'::csagg.timeline), ('number {2025-01-03 = 0.1, 2025-01-04 = 0.1, 2025-01-08 = null}'), (NULL), ('number {}')) v(x);
SELECT csagg.total(v.x) IS NULL AS none FROM (VALUES (NULL::csagg.timeline)) v(x);
SELECT csagg.total(n) IS NULL AS none FROM x WHERE false;
SELECT csagg.total(v.x) FROM unnest('{"number {2025-01-01 = 999999999999999999}", "number {2025-01-01 = 999999999999999999}", "number {2025-01-01 = -999999999999999999}", "number {2025-01-01 = -99999999999999999.5}"}'::csagg.timeline[]) v(x);
SELECT csagg.total(v.x) FROM unnest('{"number known from 2025-01-03 {2025-01-01 = 1}", "number {2025-01-01 = 999999999999999999, 2025-01-02 = 2}"}'::csagg.timeline[]) v(x);
CREATE TABLE many AS
SELECT g, csagg.timeline(timestamptz '2025-01-01' + pg_temp.die(i, 'at', 60) * interval '4 hours', CASE WHEN pg_temp.die(i, 'null', 6) > 0 THEN pg_temp.die(i, 'n', 100000) / 100.0 END) AS n
FROM (SELECT i, pg_temp.die(i, 'g', 400) AS g FROM generate_series(1, 2500) i) s GROUP BY g;
ANALYZE many;
SELECT count(*) AS compared, count(*) FILTER (WHERE csagg.number_at(total, at) IS DISTINCT FROM naive) AS wrong
FROM (SELECT csagg.total(n) AS total FROM many) t, instants, LATERAL (SELECT sum(csagg.number_at(n, at)) AS naive FROM many) s;
SELECT csagg.total(n) AS total FROM many \gset one_
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT csagg.total(n) FROM many;
SELECT csagg.total(n) OPERATOR(csagg.=) :'one_total' AS same FROM many;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_setup_cost;
SELECT bool_and(grown OPERATOR(csagg.=) (SELECT csagg.total(n) FROM many w WHERE w.g <= s.g)) AS grows_as_a_window FROM (SELECT g, csagg.total(n) OVER (ORDER BY g) AS grown FROM many WHERE g < 60) s;
DROP TABLE many;

-- Commutators and negators are what they say
SELECT o.oid::regoperator, o.oprcom::regoperator, o.oprnegate::regoperator FROM pg_operator o
WHERE o.oprnamespace = 'csagg'::regnamespace AND 'csagg.timeline'::regtype IN (o.oprleft, o.oprright) ORDER BY o.oprname, o.oprleft::regtype::text, o.oprright::regtype::text;

-- A partial sum that leaves the server stays exact: rounded on its way it would be 123456789012345678.
CREATE AGGREGATE total_part(csagg.timeline) (SFUNC = csagg.total_add, STYPE = csagg.total_state);
CREATE AGGREGATE total_whole(csagg.total_state) (SFUNC = csagg.total_combine, STYPE = csagg.total_state, FINALFUNC = csagg.total_final);
WITH part(n, state) AS (
    SELECT 1, total_part(x)::text FROM (VALUES ('number {2025-01-01 = 123456789012345678}'::csagg.timeline), ('number {2025-01-01 = 0.4}')) v(x)
    UNION ALL SELECT 2, total_part('number {2025-01-01 = 0.4}')::text)
SELECT total_whole(state::csagg.total_state) FROM part;
SELECT '\x10'::csagg.total_state;
SELECT '\x1000000000000000800000000000000000000000000000000a2501'::csagg.total_state;
DROP AGGREGATE total_part(csagg.timeline);
DROP AGGREGATE total_whole(csagg.total_state);

-- overlay(x ORDER BY rank): one above the other; in the order that is asked for, whatever the plan
CREATE TEMP TABLE layer (fact int, rank int, x csagg.timeline, c csagg.counter);
INSERT INTO layer VALUES
    (1, 2, 'text {2025-01-15 = "billing", 2025-02-15 = null}', 'counter {2025-01-01 (total 5)}'), (1, 1, 'text {2025-01-01 = "import"}', 'counter {2025-01-01, 2025-01-02}'),
    (1, 3, 'text {2025-02-01 = "hand", 2025-03-01 = null}', NULL), (2, 1, NULL, NULL), (3, 1, 'text {2025-01-01 = "alone", 2025-01-02 = "alone"}', 'counter {}'), (3, 2, NULL, NULL);
SELECT fact, csagg.overlay(x ORDER BY rank) AS up, csagg.overlay(x ORDER BY rank DESC) AS down, csagg.overlay(c ORDER BY rank) AS counter FROM layer GROUP BY fact ORDER BY fact;
SELECT csagg.same_function(csagg.overlay(x ORDER BY rank), (SELECT csagg.overlay(csagg.overlay(a.x, b.x), c.x) FROM layer a, layer b, layer c WHERE (a.fact, a.rank, b.fact, b.rank, c.fact, c.rank) = (1, 1, 1, 2, 1, 3))) FROM layer WHERE fact = 1;
SELECT csagg.overlay(csagg.history_of('plan', x) ORDER BY rank) FROM layer WHERE fact = 1;
SELECT csagg.overlay(x) IS NULL AS none FROM layer WHERE fact = 2;
SELECT csagg.overlay(x ORDER BY i) FROM (VALUES (1, csagg.timeline 'number {}'), (2, 'text {}')) v (i, x);
SELECT csagg.timeline_overlay_add('text {}', 'text {}');
