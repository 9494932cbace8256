-- try_assess() and try_assess_over(): what is wrong with a customer as a value
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;
\pset format unaligned
\pset null null

CREATE TEMP TABLE r AS SELECT '{"timezone": "UTC", "facts": {"login": "counter", "seats": "number", "used": "number", "plan": {"kind": "text", "optional": true}},
    "stages": [{"name": "odd", "when": "1000 / (seats - 13) > 999"}, {"name": "use"}],
    "rules": [{"name": "seats \"in\" use", "points": "40 * used / seats"}, {"name": "logins", "when": "count(login, 7 days) > 1", "points": "seats * seats"}],
    "bands": [{"name": "red"}, {"name": "green", "from": 20}],
    "alerts": [{"name": "empty", "when": "100 / (used - 9) < 0"}, {"name": "drop", "when": "score < score @ 1 day ago"}]}'::ruleset AS rules;
-- Good, a rule, a stage, an alert, too large a number, another kind, nothing at all
CREATE TEMP TABLE customer (id, facts) AS VALUES
    (1, '{"login": counter {2025-01-01}, "seats": number {2025-01-01 = 40, 2025-01-03 = 30}, "used": number {2025-01-01 = 30}}'::history),
    (2, '{"login": counter {2025-01-01}, "seats": number {2025-01-01 = 40, 2025-01-03 = 0}, "used": number {2025-01-01 = 30}}'),
    (3, '{"seats": number {2025-01-01 = 13}, "used": number {2025-01-01 = 30}}'),
    (4, '{"seats": number {2025-01-01 = 40}, "used": number {2025-01-01 = 9}}'),
    (5, '{"login": counter {2025-01-03, 2025-01-03 01:00}, "seats": number {2025-01-01 = 999999999999999999}, "used": number {2025-01-01 = 0}}'),
    (6, '{"login": number {2025-01-03 = 1}, "seats": number {2025-01-01 = 1}, "used": number {2025-01-01 = 0}}'),
    (7, '{}');
SELECT id, a.* FROM r, customer c, LATERAL (SELECT c.facts) f, try_assess_over(rules, f, '2025-01-01', '2025-01-08') a ORDER BY id;
SELECT id, a.* FROM r, customer c, LATERAL (SELECT c.facts) f, try_assess(rules, f, '2025-01-02') a ORDER BY id;
SELECT id, a.* FROM r, customer c, LATERAL (SELECT c.facts) f, try_assess(rules, f, '2025-01-04') a ORDER BY id;

-- Random customers: what assess_over() and assess() give, or what their errors say
CREATE FUNCTION pg_temp.told(rules ruleset, facts history, at timestamptz, OUT over text, OUT one text, OUT over_error text, OUT one_error text) LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        SELECT a::text FROM (SELECT told.facts) f, assess_over(rules, f, at, at + interval '5 days') a INTO over;
    EXCEPTION WHEN OTHERS THEN over_error := SQLSTATE || SQLERRM;
    END;
    BEGIN
        SELECT assess(rules, f, at)::text FROM (SELECT told.facts) f INTO one;
    EXCEPTION WHEN OTHERS THEN one_error := SQLSTATE || SQLERRM;
    END;
END $$;
CREATE TEMP TABLE told AS
SELECT t.*, (w.stage, w.score, w.band, w.coverage, w.alerts)::text AS try_over, w.error->>'sqlstate' || (w.error->>'message') AS try_over_error,
       (o.as_of, o.stage, o.score, o.band, o.coverage, o.alerts, o.valid_until)::text AS try_one, o.error->>'sqlstate' || (o.error->>'message') AS try_one_error
FROM r, (SELECT c, history(key, CASE WHEN key <> 'login' THEN 'number' WHEN c % 10 = 0 THEN 'time' ELSE 'counter' END, '2025-01-01 00:00+00'::timestamptz + random() * interval '10 days',
                           CASE WHEN key <> 'login' THEN (ARRAY['0', '9', '13', '30', '40', '1e9', '999999999999999999'])[1 + floor(random() * 7)::int]
                                WHEN c % 10 = 0 THEN '"2025-01-01"' ELSE '1' END::jsonb) AS facts
         FROM generate_series(1, 1000) c, unnest(ARRAY['login', 'seats', 'used']) key, generate_series(1, 2) GROUP BY c) x,
     LATERAL (SELECT '2025-01-02 00:00+00'::timestamptz + c % 9 * interval '1 day' AS at) i, LATERAL (SELECT x.facts) f,
     pg_temp.told(rules, x.facts, at) t, try_assess_over(rules, f, at, at + interval '5 days') w, try_assess(rules, f, at) o;
SELECT * FROM told WHERE (try_over_error, try_one_error) IS DISTINCT FROM (over_error, one_error)
    OR try_over IS DISTINCT FROM coalesce(over, '(,,,,)') OR try_one IS DISTINCT FROM coalesce(one, '(,,,,,,)');
SELECT count(over) > 100 AS many_good, count(over_error) > 100 AS many_bad, count(DISTINCT left(over_error, 5)) AS states FROM told;

-- The statement's own errors remain
SELECT try_assess_over(rules, f, '-infinity', '2025-01-08') FROM r, (SELECT '{}'::history) f;
SELECT try_assess(rules, f, 'infinity') FROM r, (SELECT '{}'::history) f;
SELECT try_assess_over(rules, f, '2025-01-01', '2025-01-08') FROM r, (SELECT 1 AS seats) f;
SELECT try_assess_over(rules, f, '2025-01-01', '2025-01-08') FROM r, (SELECT '{}'::history, point(1, 1) AS seats) f;
SELECT try_assess('{"timezone": "Mars"}'::ruleset, f, '2025-01-01') FROM (SELECT 1 AS x) f;
-- A plain number that is none is the customer's
SELECT (try_assess(rules, f, '2025-01-02')).error FROM r, (SELECT '{}'::history, 'NaN'::float8 AS seats) f;
SELECT (try_assess_over(rules, f, '2025-01-01', '2025-01-08')).error FROM r, (SELECT '{}'::history, 1e30 AS used) f;
-- NULLs
SELECT try_assess(NULL::ruleset, f, '2025-01-02') IS NULL AS no_rules, (SELECT try_assess_over(rules, f, NULL, '2025-01-08') IS NULL FROM r) AS no_since FROM (SELECT '{}'::history) f;
-- An interrupt is no value
SET statement_timeout = '20ms';
SELECT count((try_assess_over(rules, f, '2025-01-01', '2025-02-01')).error) FROM r, (SELECT facts FROM customer) f, generate_series(1, 10000000);
