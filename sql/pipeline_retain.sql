-- retain(history => ...): what is known of customers begins with a month; what is said from then on, and the feed, stay as they were.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET DateStyle = 'ISO, MDY';
\set SHOW_CONTEXT never
\pset null null
CREATE FUNCTION day(ago int) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT date_trunc('day', now()) - ago * interval '1 day' $$;
CREATE FUNCTION horizon(months int) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT date_trunc('month', now()) - months * interval '1 month' $$;
CREATE VIEW quiet AS SELECT '{"timezone": "UTC", "facts": {"login": "counter", "pay": "counter"}, "base": 10, "rules": [{"name": "active", "when": "count(login, 10 days) > 0", "points": 50}],
    "bands": [{"name": "red"}, {"name": "green", "from": 50}], "alerts": [{"name": "silent", "when": "count(login, 10 days) = 0", "for": "20 days"}]}'::csagg.ruleset AS rules;

-- Rules that look back without an end, of whatever tenant, and ages that are none.
SELECT csagg.create_pipeline('r', rules) FROM quiet;
INSERT INTO r.rules (tenant, effective_from, rules) SELECT 't', '-infinity', replace(rules::text, 'count(login, 10 days) > 0', 'count(login) > 0')::csagg.ruleset FROM quiet;
CALL csagg.retain('r', history => '3 months');
CALL csagg.retain('r', history => '-1 day');
CALL csagg.retain('r', history => '1001 years');
DELETE FROM r.rules WHERE tenant = 't';
BEGIN;
CALL csagg.retain('r', history => '3 months');
ROLLBACK;

-- An events table: old rows are forgotten, a new one and a changed one are read; who has nothing but old rows stays.
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz, what text, person text);
INSERT INTO visit (who, at, what, person) SELECT 'ada', day(1800 - i), 'login', 'ann' FROM generate_series(1, 3) i UNION ALL SELECT 'ada', day(28 * i), 'pay', 'bob' FROM generate_series(1, 3) i
    UNION ALL SELECT 'bell', day(1800 - i), 'login', 'ann' FROM generate_series(1, 3) i;
SELECT csagg.add_events('r', 'visit', customer => 'who', at => 'at', key => 'what', actor => 'person', deletes => 'retract');
UPDATE r.pipeline SET alerts_from = '2000-01-01';
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '3 years', feed => NULL);
SELECT customer, from_at = horizon(36) AS from_there, kept_from = from_at AS kept, kept_from - facts_from AS looks_back, csagg.known_from(facts) = facts_from AS known,
    (SELECT string_agg(key || ' ' || entries, ', ' ORDER BY key) FROM csagg.facts(facts)) AS facts FROM r.current ORDER BY customer;
UPDATE visit SET person = 'carl' WHERE who = 'ada' AND what = 'pay' AND at = day(28);
DELETE FROM visit WHERE who = 'bell' AND at = day(1799);
INSERT INTO visit (who, at, what) VALUES ('bell', day(1), 'pay');
CALL csagg.refresh('r');
SELECT customer, (SELECT string_agg(key || ' ' || entries, ', ' ORDER BY key) FROM csagg.facts(facts)) AS facts, csagg.known_from(facts) = facts_from AS known FROM r.current ORDER BY customer;
SELECT customer, score, band, alerts FROM r.health ORDER BY customer;
SELECT customer, since = day(1797) + interval '30 days' AS since, until FROM r.alert ORDER BY customer, r.alert.since;
SELECT customer, kind, late FROM r.alert_feed ORDER BY id;
SELECT * FROM csagg.verify('r');
DELETE FROM visit WHERE what = 'login';
CALL csagg.refresh('r');
SELECT customer, alerts FROM r.health ORDER BY customer;
SELECT * FROM csagg.verify('r');
-- What a counter has forgotten is deleted, and it has later events.
INSERT INTO visit (who, at, what) VALUES ('cy', day(1790), 'login'), ('cy', day(1789), 'login'), ('cy', day(3), 'login'), ('cy', day(3), 'pay');
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '3 years', feed => NULL);
DELETE FROM visit WHERE who = 'cy' AND at < day(1000);
CALL csagg.refresh('r');
SELECT key, entries, csagg.first(csagg.counter_of(facts, key)) = day(3) AS first FROM r.current, csagg.facts(facts) WHERE customer = 'cy' ORDER BY key;
SELECT * FROM csagg.verify('r');
UPDATE r.current SET facts = csagg.drop_facts(facts, '{login}') WHERE customer = 'cy';
SELECT problem, customer FROM csagg.verify('r');
SELECT csagg.drop_pipeline('r');

-- An alert that is firing by memory only: bad for three days two years ago, and for one day in fifteen since; then an override, and other points.
SELECT csagg.create_pipeline('r', '{"timezone": "UTC", "facts": {"bad": "boolean"}, "base": 50, "alerts": [{"name": "ill", "when": "bad", "for": "2 days", "keep_firing_for": "20 days"}]}');
UPDATE r.pipeline SET alerts_from = '2000-01-01';
INSERT INTO r.log (customer, key, at, value) SELECT 'x', 'bad', day(730 - 15 * i), 'true'::jsonb FROM generate_series(0, 48) i UNION ALL SELECT 'x', 'bad', day(730 - 15 * i - CASE i WHEN 0 THEN 3 ELSE 1 END), 'false' FROM generate_series(0, 48) i;
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '1 year', feed => NULL);
INSERT INTO r.override (customer, since, until, score, author) VALUES ('x', now() - interval '1 hour', NULL, 5, 'ann'), ('x', day(720), day(710), 5, 'ann');
SELECT alerts FROM r.health;
CALL csagg.refresh('r');
SELECT score, alerts FROM r.health;
SELECT since = day(728) AS since, until FROM r.alert;
SELECT kind FROM r.alert_feed ORDER BY id;
UPDATE r.alert SET since = since - interval '1 day';
SELECT problem FROM csagg.verify('r', repair => true);
CALL csagg.refresh('r');
SELECT alerts FROM r.health;
CALL csagg.retain('r', history => '11 months', feed => NULL);
SELECT count(*) FROM r.override;
SELECT * FROM csagg.verify('r');
SELECT csagg.drop_pipeline('r');

-- Other rules: an episode that goes on, and one whose alert is gone.
SELECT csagg.create_pipeline('r', '{"timezone": "UTC", "facts": {"seats": "number"}, "bands": [{"name": "red"}], "alerts": [{"name": "few", "when": "seats < 10"}, {"name": "some", "when": "seats > 1"}]}');
UPDATE r.pipeline SET alerts_from = '2000-01-01';
INSERT INTO r.log (customer, key, at, value) VALUES ('x', 'seats', day(700), '8'), ('x', 'seats', day(20), '3');
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '1 year', feed => NULL);
SELECT alert, since = day(700) AS since, until FROM r.alert ORDER BY alert;
SELECT * FROM csagg.verify('r');
UPDATE r.rules SET rules = '{"timezone": "UTC", "facts": {"seats": "number"}, "bands": [{"name": "red"}], "alerts": [{"name": "few", "when": "seats < 5"}]}';
CALL csagg.refresh('r');
SELECT alert, since = day(20) AS since, until, announced FROM r.alert ORDER BY alert;
SELECT alert, kind FROM r.alert_feed ORDER BY id;
SELECT * FROM csagg.verify('r');
-- Reads begin with the month: as if all customers had come then.
INSERT INTO r.log (customer, key, at, value) VALUES ('x', 'seats', day(690), '4');
CREATE VIEW months AS SELECT csagg.last_buckets(24, '1 month', 'UTC') AS over;
SELECT t.starts_at = horizon(12) AS month, members, n FROM months, csagg.trend('r', over, '{seats}') t ORDER BY starts_at LIMIT 1;
SELECT t.starts_at = horizon(12) AS month, from_value, to_value, n FROM months, csagg.moves('r', over, 'seats') t ORDER BY starts_at LIMIT 1;
SELECT count(*) FILTER (WHERE starts_at < horizon(12)) AS before, count(*) > 0 AS after FROM months, csagg.backtest('r', (SELECT rules FROM r.rules), over, known => 'then') b WHERE actual + tested > 0;
SELECT * FROM csagg.health_at('r', horizon(12) - interval '1 day');
SELECT count(*) FROM csagg.why('r', 'x', b => horizon(12) - interval '1 day');
SELECT csagg.drop_pipeline('r');

-- What is not booked yet is not forgotten: the last step less the time to settle is the end of it.
SELECT csagg.create_pipeline('r', '{"timezone": "UTC", "facts": {"login": "counter"}, "alerts": [{"name": "silent", "when": "count(login, 10 days) = 0"}]}', settle => '75 days');
UPDATE r.pipeline SET alerts_from = '2000-01-01';
INSERT INTO r.log (customer, key, at) VALUES ('x', 'login', day(120)), ('x', 'login', day(60)), ('x', 'login', day(5));
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '10 days', feed => NULL);
SELECT kept_from = date_trunc('month', now() - interval '75 days') AS kept FROM r.current;
INSERT INTO r.log (customer, key) VALUES ('x', 'login');
CALL csagg.refresh('r');
SELECT kind FROM r.alert_feed ORDER BY id;
SELECT * FROM csagg.verify('r');
SELECT csagg.drop_pipeline('r');
-- Rules that hold at that month and look back without an end.
SELECT csagg.create_pipeline('r', '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "all", "points": "count(login)"}]}', settle => '365 days');
INSERT INTO r.rules (effective_from, rules) VALUES (day(90), '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "some", "points": "count(login, 10 days)"}]}');
INSERT INTO r.log (customer, key, at) VALUES ('x', 'login', day(1000)), ('x', 'login', day(150));
CALL csagg.refresh('r');
CALL csagg.retain('r', history => '1 month');
SELECT csagg.drop_pipeline('r');
-- A large customer, whose past is apart, is put together for a late row; while its rules cannot be evaluated, what they said stays, also of then.
SELECT csagg.create_pipeline('r', '{"timezone": "UTC", "facts": {"login": "counter", "seats": "number"}, "base": 50, "rules": [{"name": "few", "points": "100 / seats"}], "bands": [{"name": "red"}]}');
INSERT INTO r.log (customer, key, at, value) VALUES ('x', 'seats', day(700), '5');
INSERT INTO r.log (customer, key, at, actor) SELECT 'x', 'login', day(700) + i * interval '30 minutes', 'user ' || i % 5000 FROM generate_series(1, 26000) i;
CALL csagg.refresh('r');
SELECT count(*) > 0 AS apart FROM r.past;
INSERT INTO r.log (customer, key, at, value) VALUES ('x', 'seats', day(600), '0'), ('x', 'seats', day(599), '5');
CALL csagg.refresh('r');
SELECT count(*) AS apart FROM r.past;
SELECT ago, h.score, h.band, h.coverage, h.error FROM unnest('{500,45,35,0}'::int[]) ago, csagg.health_at('r', day(ago)) h ORDER BY ago DESC;
SELECT csagg.drop_pipeline('r');
DROP VIEW months, quiet;
DROP TABLE visit;
DROP FUNCTION day, horizon;
