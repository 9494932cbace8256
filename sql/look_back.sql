-- look_back(): how far before an instant facts count, so that older ones can be forgotten
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET search_path = public, csagg;
\pset format unaligned
\pset null null

CREATE FUNCTION pg_temp.rules(points text, rest text DEFAULT '') RETURNS ruleset LANGUAGE sql AS $$
    SELECT format('{"timezone": "Asia/Tokyo", "facts": {"login": "counter", "seats": "number"}, "rules": [{"name": "r", "points": %s}], "bands": [{"name": "red"}] %s}', to_json(points), rest)::ruleset $$;
SELECT points, look_back(pg_temp.rules(points)) FROM unnest(ARRAY['seats', 'seats @ 36 hours ago', 'count(login, 14 days)', 'count(login, 14 days, 14 days ago)', 'mean(seats, 30 days)',
    'sum(login, last quarter)', 'distinct(login, 3 months)', 'if(changed_within(seats, 100 years), 1, 0)', 'count(login)', 'age(seats)', 'previous(seats)', 'streak(login)', 'days_since(last(login))']) points;
SELECT "when", look_back(pg_temp.rules('count(login, 7 days)', rest)), look_back(pg_temp.rules('count(login, 7 days)', rest), false) AS without_alerts
FROM (VALUES ('score < score @ 14 days ago'), ('count(login, 60 days) = 0'), ('previous(band) = ''green''')) v("when"),
     LATERAL (SELECT format(', "alerts": [{"name": "a", "when": %s, "for": "2 days"}]', to_json("when")) AS rest) r;
SELECT look_back(NULL) AS null_rules, look_back(pg_temp.rules('1'), NULL) AS null_alerts;

-- What is forgotten before it changes nothing: 40 customers, each at ten instants in either zone
SET TimeZone = 'America/New_York';
SELECT count(*) AS compared, count(*) FILTER (WHERE whole IS DISTINCT FROM part) AS different, bool_or(h::text <> short::text) AS forgot
FROM (SELECT pg_temp.rules('count(login, 14 days) * 2 + coalesce(seats @ 3 days ago, 0) + lowest(seats, 1 week)', ', "alerts": [{"name": "a", "when": "score < score @ 7 days ago", "for": "1 day"}]') AS rules) r,
     (SELECT history(key, CASE key WHEN 'login' THEN 'counter' ELSE 'number' END, '2025-09-01 00:00+00'::timestamptz + (i * 7919 * c % 120) * interval '17 hours', to_jsonb(i % 7)) AS h
      FROM generate_series(1, 40) c, unnest(ARRAY['login', 'seats']) key, generate_series(1, 30) i GROUP BY c) x,
     generate_series('2025-10-20 00:00+00'::timestamptz, '2025-11-09', '2 days') t,
     LATERAL (SELECT forget_before(h, t - look_back(rules)) AS short) s,
     LATERAL (SELECT a::text AS whole FROM (SELECT h) f, assess_over(rules, f, t, t + interval '10 days') a) w,
     LATERAL (SELECT a::text AS part FROM (SELECT short) f, assess_over(rules, f, t, t + interval '10 days') a) p;
