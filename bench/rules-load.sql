-- 20,000 customers of about 200 events in 2025 and 2026, each a stored history: logins of five users, exports, seats, seats
-- in use, plan, and the dates of signup and contract end. And the rule set of ten rules that scores them.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION csagg;
SELECT setseed(0.42);

CREATE TABLE activity (customer_id int, key text, kind text, at timestamptz, value jsonb, actor text);
INSERT INTO activity
    SELECT c, 'login', 'counter', timestamptz '2025-01-01 00:00+00' + random() * interval '730 days', to_jsonb(1), 'user ' || (1 + floor(random() * 5))
    FROM generate_series(1, 20000) c, generate_series(1, 150);
INSERT INTO activity
    SELECT c, 'export', 'counter', timestamptz '2025-01-01 00:00+00' + random() * interval '730 days', to_jsonb(1 + floor(random() * 4)), NULL
    FROM generate_series(1, 20000) c, generate_series(1, 40);
INSERT INTO activity
    SELECT c, key, kind, timestamptz '2025-01-01 00:00+00' + random() * interval '730 days',
           CASE key WHEN 'plan' THEN to_jsonb((ARRAY['free', 'silver', 'gold', 'platinum'])[1 + floor(random() * 4)])
                    WHEN 'seats' THEN to_jsonb(20 + floor(random() * 30)) ELSE to_jsonb(floor(random() * 40)) END, NULL
    FROM generate_series(1, 20000) c, (VALUES ('plan', 'text'), ('seats', 'number'), ('active', 'number')) f (key, kind), generate_series(1, 4);
INSERT INTO activity
    SELECT c, key, 'date', '-infinity', to_jsonb(date '2025-01-01' + least_day + floor(random() * days)::int), NULL
    FROM generate_series(1, 20000) c, (VALUES ('signup', -300, 400), ('contract_end', 200, 700)) f (key, least_day, days);

CREATE TABLE customer AS
    SELECT customer_id, csagg.history(key, kind, at, value, actor) AS facts FROM activity GROUP BY customer_id;
DROP TABLE activity;

CREATE TABLE rules AS SELECT '{
    "timezone": "Europe/Berlin",
    "facts": {"login": "counter", "export": "counter", "seats": "number", "active": "number", "plan": "text", "signup": "date",
              "contract_end": "date", "churned": "boolean"},
    "stages": [{"name": "onboarding", "when": "days_since(signup) < 90"}, {"name": "renewal", "when": "contract_end within 60 days"},
               {"name": "adoption"}],
    "exists": "signup is not null and not coalesce(churned, false)",
    "base": 20, "min": 0, "max": 100,
    "rules": [
        {"name": "logs in regularly", "when": "count(login, 14 days) >= 5", "points": 20},
        {"name": "seats in use", "stages": ["adoption", "renewal"], "points": "20 * least(1, active / nullif(seats, 0))", "missing": 10},
        {"name": "renewal near and quiet", "stages": ["renewal"], "when": "count(login, 14 days) < 3", "points": -30},
        {"name": "usage drop", "when": "count(login, 14 days) < 0.5 * count(login, 14 days, 14 days ago)", "points": -15},
        {"name": "exports", "when": "sum(export, 30 days) >= 10", "points": 10},
        {"name": "silent", "when": "days_since(last(login)) > 14", "points": -20},
        {"name": "breadth", "when": "distinct(login, 30 days) >= 2", "points": 10},
        {"name": "steady", "when": "active_days(login, 28 days) >= 8", "points": 10},
        {"name": "downgraded", "when": "changed_within(plan, 30 days) and plan = ''free''", "points": -25},
        {"name": "gold", "when": "plan in (''gold'', ''platinum'')", "points": 5}],
    "bands": [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 70}],
    "alerts": [{"name": "silent", "when": "days_since(last(login)) > 14", "for": "1 day", "keep_firing_for": "7 days"}]
}'::csagg.ruleset AS r;

-- A rule set for each of 1,000 tenants, whose customers take turns; and the same tenants with one rule set.
CREATE TABLE tenant AS SELECT i AS tenant, (r::jsonb || jsonb_build_object('base', 20 + i / 1000.0))::csagg.ruleset AS r FROM rules, generate_series(0, 999) i;
CREATE TABLE tenant_alike AS SELECT tenant, rules.r FROM tenant, rules;

-- One rule each: what a calendar period costs against a window of its length.
CREATE TABLE window_rules AS
SELECT over, ('{"timezone": "Europe/Berlin", "facts": {"login": "counter"}, "rules": [{"name": "logins", "points": "count(login, ' || over || ')"}]}')::csagg.ruleset AS r
FROM unnest('{30 days,this month}'::text[]) over;
VACUUM ANALYZE;
