-- A pipeline of 20,000 customers with about 50 rows each over the last 400 days, not folded yet: logins of five users, exports,
-- plan, seats, seats in use, and the dates of signup and contract end; ten rules, stages, bands and two alerts.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION csagg;
SELECT setseed(0.42);

SELECT csagg.create_pipeline('cs', rules => '{
    "timezone": "Europe/Berlin",
    "facts": {"login": "counter", "export": "counter", "seats": "number", "active": "number", "plan": "text", "signup": "date",
              "contract_end": "date"},
    "stages": [{"name": "onboarding", "when": "days_since(signup) < 90"}, {"name": "renewal", "when": "contract_end within 60 days"},
               {"name": "adoption"}],
    "exists": "signup is not null",
    "base": 20, "min": 0, "max": 100,
    "rules": [
        {"name": "logs in regularly", "when": "count(login, 14 days) >= 2", "points": 20},
        {"name": "seats in use", "stages": ["adoption", "renewal"], "points": "20 * least(1, active / nullif(seats, 0))", "missing": 10},
        {"name": "renewal near and quiet", "stages": ["renewal"], "when": "count(login, 14 days) < 1", "points": -30},
        {"name": "usage drop", "when": "count(login, 14 days) < 0.5 * count(login, 14 days, 14 days ago)", "points": -15},
        {"name": "exports", "when": "sum(export, 30 days) >= 3", "points": 10},
        {"name": "silent", "when": "days_since(last(login)) > 14", "points": -20},
        {"name": "breadth", "when": "distinct(login, 30 days) >= 2", "points": 10},
        {"name": "steady", "when": "active_days(login, 28 days) >= 3", "points": 10},
        {"name": "downgraded", "when": "changed_within(plan, 30 days) and plan = ''free''", "points": -25},
        {"name": "gold", "when": "plan in (''gold'', ''platinum'')", "points": 5}],
    "bands": [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 70}],
    "alerts": [{"name": "silent", "when": "days_since(last(login)) > 14", "for": "1 day", "keep_firing_for": "7 days"},
               {"name": "red before renewal", "when": "score < 40 and contract_end within 60 days"}]
}');

-- As rows come: in the order in which they happened.
INSERT INTO cs.log (customer, key, at, value, actor, recorded_at)
SELECT customer, key, at, value, actor, at + interval '1 second' FROM (
    SELECT c::text AS customer, 'login' AS key, now() - random() * interval '400 days' AS at, NULL::jsonb AS value, 'user ' || (1 + floor(random() * 5)) AS actor
    FROM generate_series(1, 20000) c, generate_series(1, 30)
    UNION ALL
    SELECT c::text, 'export', now() - random() * interval '400 days', to_jsonb(1 + floor(random() * 4)), NULL
    FROM generate_series(1, 20000) c, generate_series(1, 6)
    UNION ALL
    SELECT c::text, key, now() - random() * interval '400 days',
        CASE key WHEN 'plan' THEN to_jsonb((ARRAY['free', 'silver', 'gold', 'platinum'])[1 + floor(random() * 4)])
                 WHEN 'seats' THEN to_jsonb(20 + floor(random() * 30)) ELSE to_jsonb(floor(random() * 40)) END, NULL
    FROM generate_series(1, 20000) c, (VALUES ('plan'), ('seats'), ('active')) f (key), generate_series(1, 4)
    UNION ALL
    SELECT c::text, key, now() - interval '400 days', to_jsonb(current_date - 400 + least_day + floor(random() * days)::int), NULL
    FROM generate_series(1, 20000) c, (VALUES ('signup', -300, 350), ('contract_end', 200, 500)) f (key, least_day, days)) r
ORDER BY at;
