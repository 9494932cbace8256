-- A backlog: rows are merged into customers, who are looked at when all of them are there
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\pset format unaligned
\pset null null
-- A clock that is moved by hand; all in one transaction, which takes it back.
BEGIN;
CREATE SCHEMA by_hand;
CREATE TABLE by_hand.clock AS SELECT timestamptz '2026-03-02 10:00' AS at;
CREATE OR REPLACE FUNCTION csagg.pipeline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT at FROM by_hand.clock';
CREATE OR REPLACE FUNCTION csagg.pipeline_clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT at FROM by_hand.clock';
CREATE FUNCTION by_hand.step(after interval, max_rows integer DEFAULT 50000) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE by_hand.clock SET at = at + after;
    RETURN (SELECT outcome || CASE WHEN more THEN ', and there is more' ELSE '' END FROM csagg.step('p', max_rows));
END $$;
CREATE FUNCTION by_hand.ago(days int) RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at - days * interval ''1 day'' FROM by_hand.clock';
CREATE FUNCTION by_hand.says(who text, seats int, ago int DEFAULT 0, number bigint DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO p.log (id, customer, key, at, value) OVERRIDING SYSTEM VALUE VALUES (coalesce(number, nextval('p.log_id_seq')), who, 'seats', by_hand.ago(ago), to_jsonb(seats));
END $$;

-- A late row begins the history, however it comes: merged with others, or found by verify()
SELECT csagg.create_pipeline('p', '{"timezone": "UTC", "facts": {"seats": "number"}, "rules": [{"name": "seats", "points": "seats"}]}');
CREATE VIEW by_hand.begins AS SELECT customer, from_at - at AS from_at, until_at = from_at AS ended, kept_from = from_at AS kept FROM p.current, by_hand.clock ORDER BY customer;
SELECT by_hand.says('ada', 4, 900), by_hand.says('bell', 5, 900), by_hand.step('0');
SELECT by_hand.says('ada', 2, 1000), by_hand.says('bell', 6), by_hand.step('0', 1);
TABLE by_hand.begins;
SELECT by_hand.step('0');
SELECT by_hand.says('bell', 7, 950, -1);
SELECT problem, customer FROM csagg.verify('p', repair => true);
TABLE by_hand.begins;
SELECT by_hand.step('0');
TABLE by_hand.begins;
SELECT customer, score FROM csagg.health_at('p', by_hand.ago(920)) ORDER BY customer;
SELECT * FROM csagg.verify('p');
-- but not before what retain() has left
SELECT csagg.pipeline_retain_history('p', '20 days', NULL, 1000);
SELECT by_hand.says('ada', 1, 1200), by_hand.says('bell', 8), by_hand.step('0', 1);
TABLE by_hand.begins;
SELECT by_hand.step('0');
SELECT by_hand.says('bell', 9, 3, -2);
SELECT problem, customer FROM csagg.verify('p', repair => true);
TABLE by_hand.begins;
SELECT by_hand.step('0');
TABLE by_hand.begins;
SELECT * FROM csagg.verify('p');
DROP VIEW by_hand.begins;
SELECT csagg.drop_pipeline('p');

-- Alerts that begin and end meanwhile are booked afterwards; for verify() nothing is missing until then
SELECT csagg.create_pipeline('p', '{"timezone": "UTC", "facts": {"seats": "number", "login": "counter"}, "base": 10,
    "alerts": [{"name": "few", "when": "seats < 5"}, {"name": "quiet", "when": "count(login, 1 days) = 0"}, {"name": "fresh", "when": "count(login, 1 days) > 0"}, {"name": "low", "when": "score < 5"}]}');
UPDATE p.pipeline SET alerts_from = '-infinity';
INSERT INTO p.log (customer, key, at) SELECT 'ada', 'login', at FROM by_hand.clock;
SELECT by_hand.step('0');
SELECT by_hand.says('bell', 6), by_hand.says('bell', 7), by_hand.step('2 days', 1);
SELECT * FROM csagg.verify('p');
SELECT by_hand.step('0');
SELECT customer, alert, kind, emitted_at - at AS after FROM p.alert_feed WHERE customer = 'ada' ORDER BY id;
SELECT * FROM csagg.verify('p');
-- Rules that change twice meanwhile: what began before the first change is not announced, what began between both is
SELECT by_hand.says('bell', 4, 1);
UPDATE p.rules SET rules = rules;
UPDATE by_hand.clock SET at = at + interval '1 hour';
SELECT by_hand.says('ada', 4), by_hand.says('cy', 6), by_hand.step('0', 1);
UPDATE p.rules SET rules = rules;
SELECT customer, since - at AS since FROM p.todo, by_hand.clock ORDER BY p.todo.id;
SELECT by_hand.step('1 hour');
SELECT customer, alert, announced FROM p.alert WHERE alert = 'few' ORDER BY customer;
-- nor is it of a customer who is read anew while others come first, or when they change after a step has looked for that
INSERT INTO p.override (customer, since, score, author) VALUES ('bell', by_hand.ago(1), 3, 'ann');
UPDATE p.rules SET rules = rules;
SELECT by_hand.step('0', 1);
SELECT customer FROM p.todo ORDER BY customer;
SELECT by_hand.step('0'), by_hand.says('cy', 4, 1);
UPDATE p.rules SET rules = rules;
SELECT customers FROM by_hand.clock, csagg.pipeline_fold_all('p', at, 10) f, csagg.pipeline_attend('p', f.changes, at, '0', 10);
SELECT customer, alert, announced FROM p.alert WHERE alert = 'low' OR customer = 'cy' AND alert = 'few' ORDER BY customer;
ROLLBACK;
