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
SELECT '{"timezone": "Mars"}'::ruleset;
SELECT ('{"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "points": "' || repeat('(', 5000) || 'a"}]}')::ruleset;
SELECT ('{"timezone": "' || repeat('x', 2000000) || '"}')::ruleset;

-- assessments
SELECT score(rules, c, '2025-03-01') FROM r, customer c;
SELECT a.* FROM r, customer c, unnest('{2025-01-01,2025-03-01,2025-05-01,2025-06-10,2025-06-12,2025-12-01,2027-01-01}'::timestamptz[]) t,
    assess(rules, c, t) a;
SELECT o.* FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o;
-- what holds over time holds at each hour
SELECT count(*) AS hours, count(*) FILTER (WHERE number_at(o.score, t) IS DISTINCT FROM a.score OR text_at(o.stage, t) IS DISTINCT FROM a.stage
    OR text_at(o.band, t) IS DISTINCT FROM a.band OR bool_at(timeline_of(o.alerts, 'usage drop'), t) IS DISTINCT FROM coalesce(a.alerts->>'usage drop' = 'firing', false)) AS different
FROM r, customer c, assess_over(rules, c, '2025-01-01', '2026-03-01') o,
    generate_series(timestamptz '2025-01-01', '2026-02-28', '1 hour') t, assess(rules, c, t) a;
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
SELECT score(rules, x, 'infinity') FROM q, (SELECT 8 AS a) x;
SELECT score(NULL, x, '2025-01-01') FROM (SELECT 8 AS a) x;
DROP TABLE r, q, customer;
