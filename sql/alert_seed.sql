-- try_assess_over() with a seed: alerts that go on from the states they were in
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;
\pset format unaligned
\pset null null

-- "down" fires after a day and is kept for two; from January 10 on the condition comes and goes
CREATE TEMP TABLE r AS SELECT '{"timezone": "UTC", "facts": {"up": "boolean", "login": "counter"}, "rules": [{"name": "r", "points": "count(login, 2 days)"}],
    "alerts": [{"name": "down", "when": "not up", "for": "1 day", "keep_firing_for": "2 days"}, {"name": "quiet", "when": "score < 1", "for": "3 days"}]}'::ruleset AS rules;
CREATE TEMP TABLE h AS SELECT merge(history_of('up', timeline('2025-01-01'::timestamptz + i * interval '12 hours', i % 3 <> 1 AND i > 4)), history_of('login', counter('2025-01-01'::timestamptz + i * interval '30 hours'))) AS h
FROM generate_series(0, 40) i;
SELECT seed, alerts FROM r, h f, try_assess_over(rules, f, '2025-01-01', '2025-01-15', NULL);
SELECT seed FROM r, h f, try_assess_over(rules, f, '2025-01-01', '2025-03-01', NULL);

-- In pieces it is what it is as a whole, also with nothing older than look_back() kept; without a seed it is not
WITH RECURSIVE piece AS (
    SELECT '2025-01-01'::timestamptz AS at, '2025-01-01'::timestamptz AS until, NULL::jsonb AS seed, NULL::history AS alerts, NULL::timeline AS score, 0 AS i
    UNION ALL
    SELECT p.until, u.until, a.seed, a.alerts, a.score, p.i + 1
    FROM piece p, r, LATERAL (SELECT p.until + (p.i % 5 + 1) * interval '9 hours' AS until) u,
         LATERAL (SELECT forget_before(h, p.until - look_back(rules)) AS h FROM h) f, LATERAL try_assess_over(rules, f, p.until, u.until, p.seed) a WHERE p.i < 30)
SELECT count(*) AS pieces, count(*) FILTER (WHERE p.alerts <> w.alerts OR p.score <> w.score) AS different, count(DISTINCT p.seed) > 5 AS seeds,
       count(*) FILTER (WHERE p.alerts <> u.alerts) > 0 AS unseeded_differ
FROM piece p, r, LATERAL (SELECT h FROM h) f, LATERAL assess_over(rules, f, p.at, p.until) w,
     LATERAL (SELECT forget_before(h, p.at - look_back(rules)) AS h FROM h) s, LATERAL assess_over(rules, s, p.at, p.until) u WHERE i > 0;

-- Names that no alert has are passed over; what is no seed is an error; other errors are values as without a seed
SELECT seed FROM r, (SELECT '{}'::history) f, try_assess_over(rules, f, '2025-01-01', '2025-01-02', '{"gone": {"state": "firing"}}');
SELECT seed, alerts FROM r, h f, try_assess_over(rules, f, '2025-01-05', '2025-01-05 01:00', '{"down": {"state": "firing", "until": "2025-01-05 00:30:00+00"}}');
SELECT a.* FROM r, (SELECT '{"up": text {}}'::history) f, try_assess_over(rules, f, '2025-01-01', '2025-01-02', '{}') a;
SELECT a.* FROM r, h f, try_assess_over(rules, f, '2025-01-05', '2025-01-05', '{"down": {"state": "pending", "until": "2025-01-06 00:00:00+00"}}') a;
SELECT a IS NULL AS no_since FROM r, h f, try_assess_over(rules, f, NULL, '2025-01-05', '{}') a;
CREATE FUNCTION pg_temp.error_of(seed jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM try_assess_over(rules, f, '2025-01-01', '2025-01-02', seed) FROM r, (SELECT '{}'::history) f;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT seed, pg_temp.error_of(seed) FROM unnest(ARRAY['[]', '1', 'null', '{"down": 1}', '{"down": {}}', '{"down": {"state": "odd"}}', '{"down": {"state": 1}}', '{"down": {"state": "firing", "until": 1}}',
    '{"down": {"state": "firing", "until": "soon"}}', '{"down": {"state": "firing", "until": "2025-01-01 x"}}', '{"down": {"state": "firing", "until": "infinity"}}', '{"x": [[[[[[[[[[1]]]]]]]]]]}']::jsonb[]) seed;
