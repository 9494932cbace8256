-- Rule sets: the type, scores, assessments, explanations.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = csagg, public;

CREATE TABLE r AS SELECT '{
      "timezone": "Asia/Tokyo",
      "facts":  {"login": "counter", "seats": "number", "active_seats": "number", "plan": "text",
                 "signup": "date", "contract_end": "date", "churned": "boolean"},
      "stages": [{"name": "onboarding", "when": "days_since(signup) < 90"},
                 {"name": "renewal",    "when": "contract_end within 60 days"},
                 {"name": "adoption"}],
      "exists": "signup is not null and not coalesce(churned, false)",
      "base": 20, "min": 0, "max": 100,
      "rules":  [{"name": "logs in regularly", "when": "count(login, 14 days) >= 5", "points": 40},
                 {"name": "seats in use", "stages": ["adoption", "renewal"],
                  "points": "40 * least(1, active_seats / seats)", "missing": 10},
                 {"name": "renewal near and quiet", "stages": ["renewal"],
                  "when": "count(login, 14 days) < 3", "points": -30}],
      "bands":  [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 70}],
      "alerts": [{"name": "usage drop", "for": "2 days", "keep_firing_for": "7 days",
                  "when": "count(login, 14 days) < 0.5 * count(login, 14 days, 14 days ago) and count(login, 14 days, 14 days ago) >= 10"}]
    }'::ruleset AS rules;

CREATE TABLE customer AS
SELECT date '2025-01-10' AS signup, 'gold' AS plan, date '2026-01-01' AS contract_end, false AS churned,
       (SELECT counter(g) FROM generate_series(timestamptz '2025-01-10', '2025-06-01', '1 day') g) AS login,
       timeline(timestamptz '2025-01-10', 40) AS seats, timeline(timestamptz '2025-01-10', 30) AS active_seats;

-- the type
SELECT rules FROM r;
SELECT rules::jsonb::ruleset = rules AS same, rules::text::ruleset = rules AS same_text,
       (rules::jsonb || '{"base": 21}')::ruleset <> rules AS differs FROM r;
SELECT '{"timezone": "UTC", "facts": {"a": "number"},
 "rules": [{"name": "r", "points": "2 * b"}]}'::ruleset;
SELECT '{"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "when": "a", "points": 1}]}'::ruleset;
SELECT '{"timezone": "Mars and Venus"}'::ruleset;
-- A time zone may be known elsewhere
SELECT '{"timezone": "Mars"}'::ruleset;
SELECT ('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "points": "' || repeat('(', 5000) || 'a"}]}')::ruleset;
SELECT ('{"timezone": "' || repeat('x', 2000000) || '"}')::ruleset;
SELECT '{"timezone": "UTC", "facts": {"plan": "text"}, "rules": [{"name": "r", "when": "plan = \"gold\"", "points": 1}]}'::ruleset;
-- equal whatever the order of facts, the blanks, and how numbers and durations are written; expressions as written
SELECT a = b AS same, hashes, a = c AS other FROM (SELECT '{"facts": {"b": "text", "a": {"kind": "number", "optional": false}}, "base": 1.50, "timezone": "UTC",
     "alerts": [{"name": "x", "when": "a > 1", "for": "2  weeks"}], "min": -0.0}'::ruleset a,
    '{"timezone": "UTC", "base": 15e-1, "min": 0, "facts": {"a": "number", "b": "text"}, "alerts": [{"for": "14 days", "when": "a > 1", "name": "x"}]}'::ruleset b,
    '{"timezone": "UTC", "base": 1.5, "min": 0, "facts": {"a": "number", "b": "text"}, "alerts": [{"for": "14 days", "when": "a  > 1", "name": "x"}]}'::ruleset c) r,
    LATERAL (SELECT count(*) = 2 AS hashes FROM (SELECT 1 FROM unnest(ARRAY[a, b, c]) x GROUP BY x) g) d;
SELECT NULL::jsonb::ruleset IS NULL AS null_in, NULL::ruleset::jsonb IS NULL AS null_out;
-- there and back
SELECT rules::text::ruleset::jsonb = rules::jsonb AS same, jsonb_typeof(rules::jsonb->'rules') FROM r;
-- limits: each is told at once
SET statement_timeout = '5s';
SELECT ('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "points": "' || repeat('(', 100000) || 'a"}]}')::ruleset;
SELECT repeat('[', 100000)::ruleset;
SELECT ('{"timezone": "' || repeat('x', 10000000) || '"}')::ruleset;
SELECT ('{"timezone": "UTC", "rules": [' || string_agg('{"name": "r' || i || '", "points": 1}', ', ') || ']}')::ruleset FROM generate_series(1, 10000) i;
SELECT length(('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [' || string_agg('{"name": "r' || i || '", "when": "a > ' || i || '", "points": 1}', ', ') || ']}')::ruleset::text)
    FROM generate_series(1, 1000) i;
SELECT ('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [' || string_agg('{"name": "r' || i || '", "points": "' || (SELECT string_agg(format('%s.%s + ', i, j), '') FROM generate_series(1, 150) j) || 'a"}', ', ') || ']}')::ruleset FROM generate_series(1, 500) i;
RESET statement_timeout;
-- the last size that works, and the first that does not
CREATE FUNCTION sized(points text) RETURNS ruleset LANGUAGE sql AS $$
    SELECT ('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "points": "' || points || '"}]}')::ruleset $$;
SELECT score(rules, x, '2025-01-01'), number_at(score_over(rules, x, '2025-01-01', '2025-02-01'), '2025-01-02') AS over, e.points
FROM (VALUES (1, 'a' || repeat(' + a', 499)), (2, repeat('(', 200) || 'a' || repeat(')', 200)), (3, repeat('1 + (', 200) || 'a' || repeat(')', 200)),
             (4, repeat('abs(', 200) || 'a' || repeat(')', 200)), (5, repeat('- ', 200) || 'a'), (6, '(a' || repeat(' + a', 299) || ') + (a' || repeat(' + a', 299) || ')')) s (i, points),
     LATERAL (SELECT sized(points) AS rules) r, (SELECT 2 AS a) x, explain(rules, x, '2025-01-01') e
WHERE e.part = 'rule' ORDER BY i;
SELECT sized('a' || repeat(' + a', 500));
SELECT sized(repeat('(', 201) || 'a' || repeat(')', 201));
SELECT sized(repeat('1 + (', 201) || 'a' || repeat(')', 201));
SELECT sized(repeat('abs(', 201) || 'a' || repeat(')', 201));
SELECT sized(repeat('- ', 201) || 'a');
DROP FUNCTION sized(text);

-- assessments
SELECT score(rules, c, '2025-03-01') FROM r, customer c;
SELECT a.* FROM r, customer c, unnest('{2025-01-01,2025-03-01,2025-05-01,2025-06-10,2025-06-12,2025-12-01,2027-01-01}'::timestamptz[]) t,
    assess(rules, c, t) a;
SELECT o.* FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o;
SELECT count(*) FILTER (WHERE score_over(rules, c, '2025-01-01', '2026-03-01') = o.score) AS equal
FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o;
-- what holds over time holds at each hour
SELECT count(*) AS hours, count(*) FILTER (WHERE number_at(o.score, t) IS DISTINCT FROM a.score OR text_at(o.stage, t) IS DISTINCT FROM a.stage
    OR text_at(o.band, t) IS DISTINCT FROM a.band OR bool_at(timeline_of(o.alerts, 'usage drop'), t) IS DISTINCT FROM coalesce(a.alerts->>'usage drop' = 'firing', false)) AS different
FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o,
    generate_series(timestamptz '2025-01-01', '2026-02-28', '1 hour') t, assess(rules, c, t) a;
-- the score alone, and an error that is reached only sometimes
SELECT score_over(rules, c, '2025-01-01', '2026-03-01') = o.score AS same, score_over(rules, c, '2026-03-01', '2025-01-01') AS none
FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o;
CREATE TABLE z AS SELECT '{"timezone": "UTC", "facts": {"a": "number", "b": "boolean"},
    "rules": [{"name": "quotient", "when": "b", "points": "1 / a"}]}'::ruleset AS rules, timeline(at, a) AS a
FROM (VALUES (timestamptz '2025-01-01', 4), ('2025-02-01', 0), ('2025-03-01', 2)) l (at, a) GROUP BY 1;
SELECT score_over(rules, x, '2025-01-01', '2025-04-01') FROM z, LATERAL (SELECT a, false AS b) x;
SELECT score_over(rules, x, '2025-01-01', '2025-02-01') FROM z, LATERAL (SELECT a, true AS b) x;
SELECT score_over(rules, x, '2025-01-01', '2025-04-01') FROM z, LATERAL (SELECT a, true AS b) x;
SELECT score_over(rules, x, '2025-01-01', 'infinity') FROM z, LATERAL (SELECT a, true AS b) x;
DROP TABLE z;
-- naive SQL
SELECT count(*) FILTER (WHERE score(rules, c, t) <> least(100, greatest(0, 20 + 40 * (l.n >= 5)::int
    + CASE WHEN s.stage <> 'onboarding' THEN 40 * least(1, 30 / 40.0) ELSE 0 END - CASE WHEN s.stage = 'renewal' AND l.n < 3 THEN 30 ELSE 0 END))) AS different
FROM r, customer c, generate_series(timestamptz '2025-01-11', '2026-02-28', '1 hour') t,
    LATERAL (SELECT count(*) AS n FROM generate_series(timestamptz '2025-01-10', '2025-06-01', '1 day') g
             WHERE g <= t AND g > (t AT TIME ZONE 'Asia/Tokyo' - interval '14 days') AT TIME ZONE 'Asia/Tokyo') l,
    LATERAL (SELECT (t AT TIME ZONE 'Asia/Tokyo')::date AS today) d,
    LATERAL (SELECT CASE WHEN today - signup < 90 THEN 'onboarding' WHEN today BETWEEN contract_end - 60 AND contract_end THEN 'renewal' ELSE 'adoption' END AS stage) s;

-- explanations
SELECT e.* FROM r, customer c, explain(rules, c, '2025-12-01') e;
SELECT e.* FROM r, customer c, explain_change(rules, c, '2025-05-01', '2025-12-01') e;
SELECT sum(points) AS explained, score(rules, c, '2026-12-01') - score(rules, c, '2025-01-01') AS difference
FROM r, customer c, explain_change(rules, c, '2025-01-01', '2026-12-01') e GROUP BY rules, c;
SELECT e.* FROM r, customer c, explain_change(rules, c, '2025-05-01', '2025-06-20', (rules::jsonb || '{"base": 5}')::ruleset) e;

-- rows of facts
SELECT score(rules, ROW(1, 2), '2025-01-01') FROM r;
SELECT score(rules, x, '2025-01-01') FROM r, (SELECT 1 AS seats) x;
SELECT score(ruleset('{"timezone": "UTC", "facts": {"seats": "number"}, "rules": [{"name": "r", "points": "seats"}]}'), x, '2025-01-01') FROM (SELECT 1 AS seats, 2 AS seats) x;
-- a char(n) without the spaces that fill it
SELECT x.plan, score(ruleset('{"timezone": "UTC", "facts": {"plan": "text"}, "rules": [{"name": "r", "points": "if(plan = ''gold'', 1, if(plan = '''', 2, 3))"}]}'), x, '2025-01-01')
FROM (SELECT unnest('{gold,"",old}'::char(8)[]) AS plan) x;
CREATE TABLE q AS SELECT '{"timezone": "UTC", "facts": {"a": "number", "d": {"kind": "date", "optional": true}, "n": {"kind": "counter", "optional": true}},
    "rules": [{"name": "quotient", "points": "1 / a"}, {"name": "until", "points": "days_until(d)", "missing": -1}, {"name": "n", "points": "count(n)"}]}'::ruleset AS rules;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT 8 AS a) x;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT 0 AS a) x;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT 'x' AS a) x;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT point(1, 1) AS a) x;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT 2.5::float8 AS a, '2025-01-11' AS d) x;
SELECT score(rules, x, '2025-01-01') FROM q, (SELECT 2 AS a, 'soon' AS d) x;
SELECT score(rules, x, '2025-01-03'), score(rules, x, '2025-01-01') FROM q,
    (SELECT history(k, kind, at, v) AS facts FROM (VALUES ('a', 'number', timestamptz '2025-01-02', '4'::jsonb), ('d', 'date', '2025-01-02', '"2025-02-03"'), ('n', 'counter', '2025-01-03', '1')) l (k, kind, at, v)) x;
-- a text that is no date is missing, and counts as such
SELECT (assess(rules, x, '2025-01-01')).coverage FROM q, (SELECT 2 AS a, '2025-02-29' AS d) x;
SELECT e.rule, e.missing, e.points, e.facts FROM q, (SELECT 2 AS a, '2025-02-29' AS d) x, explain(rules, x, '2025-01-01') e;
SELECT score(rules, x, 'infinity') FROM q, (SELECT 8 AS a) x;
SELECT score(NULL, x, '2025-01-01') FROM (SELECT 8 AS a) x;

-- a boolean and a number pin the score for a time
CREATE TABLE pinned AS
SELECT '{"timezone": "UTC", "facts": {"seats": "number", "pinned": "boolean", "pinned_score": "number"}, "base": 20, "max": 100,
    "override": {"when": "pinned", "score": "pinned_score"}, "rules": [{"name": "large", "when": "seats > 10", "points": 30}],
    "bands": [{"name": "red"}, {"name": "green", "from": 40}]}'::ruleset AS rules, c.*
FROM (SELECT timeline(timestamptz '2025-01-01', 12) AS seats, (SELECT timeline(at, v) FROM (VALUES (timestamptz '2025-02-01', true), ('2025-03-01', false)) x (at, v)) AS pinned,
             (SELECT timeline(at, v) FROM (VALUES (timestamptz '2025-02-01', 35), ('2025-02-15', 135), ('2025-02-20', NULL)) x (at, v)) AS pinned_score) c;
SELECT at::date, a.score, a.band, a.valid_until FROM pinned p, unnest('{2025-01-31,2025-02-01,2025-02-15,2025-02-20,2025-03-01}'::timestamptz[]) at, assess(rules, p, at) a;
SELECT o.score, o.band FROM pinned p, assess_over(rules, p, '2025-01-01', '2025-04-01') o;
SELECT e.part, e.rule, e.points, e.facts FROM pinned p, explain(rules, p, '2025-02-10') e;
-- pinned to what it is anyway
SELECT e.part, e.rule, e.points, e.facts FROM (SELECT rules, seats, true AS pinned, 50 AS pinned_score FROM pinned) p, explain(rules, p, '2025-02-10') e;
SELECT e.* FROM pinned p, explain_change(rules, p, '2025-01-15', '2025-03-15') e;
-- sums that no number holds, until a bound takes their place
CREATE TABLE vast AS
SELECT '{"timezone": "UTC", "facts": {"a": "number"}, "min": -100, "max": 100, "rules": [{"name": "r", "points": "a"}, {"name": "s", "points": "a"}]}'::ruleset AS rules,
       'number {2025-01-01 = 999999999999999999, 2025-01-03 = 1, 2025-01-05 = -999999999999999999}'::timeline AS a;
SELECT at::date, score(rules, v, at), (assess(rules, v, at)).score AS assessed, (SELECT string_agg(e.part || ' ' || e.points, ', ') FROM explain(rules, v, at) e) AS explained
FROM vast v, unnest('{2025-01-01,2025-01-03,2025-01-05}'::timestamptz[]) at;
SELECT score_over(rules, v, '2025-01-01', '2025-01-06'), (assess_over(rules, v, '2025-01-01', '2025-01-06')).score FROM vast v;
SELECT e.at::date, e.part, e.rule, e.points FROM vast v, explain_change(rules, v, '2025-01-01', '2025-01-05') e;
SELECT score((rules::jsonb - 'max')::ruleset, v, '2025-01-05'), score((rules::jsonb - 'max')::ruleset, v, '2025-01-01') FROM vast v;
DROP TABLE r, q, customer, pinned, vast;

-- What changes from day to day is kept day by day: not until a far year.
SELECT csagg.score_over('{"timezone": "UTC", "facts": {"renewal": "date"}, "rules": [{"name": "r", "points": "days_until(renewal)"}]}'::csagg.ruleset, f.r, '2020-01-01', '294000-01-01')
FROM (SELECT csagg.timeline('2020-01-01'::timestamptz, '2026-01-01'::date) AS renewal) r CROSS JOIN LATERAL (SELECT r) f;
SELECT csagg.score_over('{"timezone": "UTC", "facts": {"renewal": "date"}, "rules": [{"name": "r", "when": "days_until(renewal) < 30", "points": "5"}]}'::csagg.ruleset, f.r, '2020-01-01', '294000-01-01')
FROM (SELECT csagg.timeline('2020-01-01'::timestamptz, '2026-01-01'::date) AS renewal) r CROSS JOIN LATERAL (SELECT r) f;
