-- When a step looks at a customer again
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
CREATE FUNCTION by_hand.step(pipeline name, after interval) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE by_hand.clock SET at = at + after;
    RETURN (SELECT outcome FROM csagg.step(pipeline));
END $$;

-- Two alerts, a near and a far one, and somebody who logs in every three minutes, for ten hours: `due` grows little, and nothing is missed
SELECT csagg.create_pipeline('busy', '{"timezone": "UTC", "facts": {"login": "counter"},
    "alerts": [{"name": "near", "when": "count(login, 1 minutes) = 0"}, {"name": "far", "when": "count(login, 14 days) = 0"}]}');
UPDATE busy.pipeline SET alerts_from = '-infinity';
DO $$
BEGIN
    FOR i IN 1..200 LOOP
        INSERT INTO busy.log (customer, key, at) SELECT 'ada', 'login', at FROM by_hand.clock;
        PERFORM by_hand.step('busy', '0'), by_hand.step('busy', '61 seconds'), by_hand.step('busy', '119 seconds');
    END LOOP;
END $$;
SELECT count(*) <= 8 AS few FROM busy.due;
SELECT alert, kind, count(*) FROM busy.alert_feed GROUP BY alert, kind ORDER BY alert, kind;
SELECT * FROM csagg.verify('busy');
SAVEPOINT whole;
-- A login ends the near alert, which has to be booked; one more changes no episode, until it is time to look again
CREATE FUNCTION by_hand.stirred(after interval, quiet_before timestamptz DEFAULT NULL) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE by_hand.clock SET at = at + after;
    RETURN (SELECT cardinality(a.stirred) FROM (SELECT at, csagg.history('login', 'counter', at, '1', NULL, 1) AS facts FROM by_hand.clock GROUP BY at) c,
        csagg.pipeline_assess('busy', ARRAY[ROW('', 'ada', facts, at, quiet_before, NULL)::csagg.pipeline_change], at, '0') a);
END $$;
SELECT by_hand.stirred('0'), by_hand.stirred('10 seconds'), by_hand.stirred('10 seconds', '-infinity'), by_hand.stirred('1 minute'), by_hand.stirred('0');
ROLLBACK TO whole;
-- A row before next_at does not bring anybody back
DELETE FROM busy.due d USING busy.current c WHERE d.at >= c.next_at;
INSERT INTO busy.due SELECT next_at - interval '1 second', tenant, customer FROM busy.current;
SELECT problem, detail FROM csagg.verify('busy');
ROLLBACK TO whole;
-- and then does no more
SELECT count(*) FILTER (WHERE s = 'stepped') <= 20 AS few FROM (SELECT by_hand.step('busy', '1 hour') AS s FROM generate_series(1, 24 * 14)) s;
SELECT alert, kind, at, emitted_at - at < '1 hour' AS soon FROM busy.alert_feed ORDER BY id DESC LIMIT 1;
SELECT count(*) FROM busy.due;
SELECT * FROM csagg.verify('busy');

-- What has been put down stays, while it is ahead and early enough
SELECT csagg.create_pipeline('slow', '{"timezone": "UTC", "facts": {"login": "counter"}, "alerts": [{"name": "far", "when": "count(login, 14 days) = 0"}]}');
DO $$
BEGIN
    FOR i IN 1..7 LOOP
        INSERT INTO slow.log (customer, key, at) SELECT 'ada', 'login', at FROM by_hand.clock;
        PERFORM by_hand.step('slow', '0'), by_hand.step('slow', '1 day');
    END LOOP;
END $$;
SELECT count(*) FROM slow.due;

-- A day to settle has 24 hours, also where clocks are changed
SELECT csagg.pipeline_hours('1 day 2 hours');
SET TimeZone = 'Europe/Berlin';
SELECT csagg.create_pipeline('settling', '{"timezone": "UTC", "facts": {"seats": "number"}, "alerts": [{"name": "few", "when": "seats < 5"}]}', settle => '1 day');
UPDATE settling.pipeline SET alerts_from = '-infinity';
UPDATE by_hand.clock SET at = '2027-03-27 12:00 Europe/Berlin';
INSERT INTO settling.log (customer, key, at, value) SELECT 'ada', 'seats', at, '4' FROM by_hand.clock;
SELECT by_hand.step('settling', '0'), by_hand.step('settling', '23 hours 59 minutes');
SELECT count(*) FROM settling.alert_feed;
SELECT by_hand.step('settling', '1 minute');
SELECT at, emitted_at FROM settling.alert_feed;
-- What is booked stays, if it has to settle longer from now on; what comes then does not
UPDATE settling.pipeline SET settle = '3 days';
INSERT INTO settling.log (customer, key, at, value) SELECT 'ada', 'seats', at, '5' FROM by_hand.clock;
SELECT by_hand.step('settling', '0');
SELECT kind FROM settling.alert_feed;
SELECT * FROM csagg.verify('settling');
SELECT by_hand.step('settling', '1 hour');
SELECT * FROM csagg.verify('settling');
SELECT by_hand.step('settling', '70 hours 59 minutes'), by_hand.step('settling', '1 minute');
SELECT kind, at, emitted_at FROM settling.alert_feed;
-- A shorter one is made use of at once, for all customers
INSERT INTO settling.log (customer, key, at, value) SELECT 'ada', 'seats', at, '3' FROM by_hand.clock;
SELECT by_hand.step('settling', '0');
UPDATE settling.pipeline SET settle = '1 hour';
SELECT * FROM csagg.verify('settling');
SELECT by_hand.step('settling', '59 minutes');
SELECT * FROM csagg.verify('settling');
SELECT by_hand.step('settling', '1 minute');
SELECT kind, at, emitted_at FROM settling.alert_feed ORDER BY id DESC LIMIT 1;
INSERT INTO settling.log (customer, key, at, value) SELECT 'ada', 'seats', at, '6' FROM by_hand.clock;
SELECT by_hand.step('settling', '30 minutes');
UPDATE settling.pipeline SET settle = '1 minute';
SELECT by_hand.step('settling', '0');
SELECT kind, at, emitted_at FROM settling.alert_feed ORDER BY id DESC LIMIT 1;
SELECT * FROM csagg.verify('settling');
RESET TimeZone;
SET TimeZone = 'UTC';

-- Rules that cannot be evaluated from now on: alerts that were said before still begin at their time
SELECT csagg.create_pipeline('failing', '{"timezone": "UTC", "facts": {"login": "counter", "seats": "number"}, "rules": [{"name": "seats", "points": "100 / seats"}],
    "alerts": [{"name": "a week", "when": "count(login, 7 days) = 0"}, {"name": "two weeks", "when": "count(login, 14 days) = 0"}]}');
UPDATE failing.pipeline SET alerts_from = '-infinity';
INSERT INTO failing.log (customer, key, at, value) SELECT 'ada', 'login', at, NULL::jsonb FROM by_hand.clock UNION ALL SELECT 'ada', 'seats', at, '4' FROM by_hand.clock;
SELECT by_hand.step('failing', '0'), by_hand.step('failing', '7 days');
INSERT INTO failing.log (customer, key, at, value) SELECT 'ada', 'seats', at, '0' FROM by_hand.clock;
SELECT by_hand.step('failing', '1 day');
SELECT customer, error, alerts FROM failing.health;
SELECT * FROM csagg.verify('failing');
SELECT count(*) FILTER (WHERE s = 'stepped') > 0 AS stepped FROM (SELECT by_hand.step('failing', '6 hours') AS s FROM generate_series(1, 4 * 8)) s;
SELECT alert, kind, at, emitted_at - at <= '6 hours' AS soon FROM failing.alert_feed ORDER BY id;
SELECT customer, alerts FROM failing.health;
SELECT * FROM csagg.verify('failing');

-- A clock that is set back: for steps time stands still until it has caught up
SELECT csagg.create_pipeline('back', '{"timezone": "UTC", "facts": {"seats": "number"}, "alerts": [{"name": "few", "when": "seats < 5"}, {"name": "many", "when": "seats > 5"}]}');
UPDATE back.pipeline SET alerts_from = '-infinity';
INSERT INTO back.log (customer, key, at, value) SELECT 'ada', 'seats', at, '4' FROM by_hand.clock;
SELECT by_hand.step('back', '0');
INSERT INTO back.log (customer, key, at, value) SELECT 'ada', 'seats', at, '6' FROM by_hand.clock;
SELECT by_hand.step('back', '-1 hour');
SELECT alert, kind, emitted_at - at AS after, last_step - emitted_at AS last FROM back.alert_feed, back.pipeline ORDER BY id;
SELECT by_hand.step('back', '61 minutes');
SELECT * FROM csagg.verify('back');

-- How far ahead customers are assessed is drawn between half and the whole of 35 days, so that they do not all end together; who has 7 days left is not moved on
SELECT csagg.create_pipeline('drawn', '{"timezone": "UTC", "facts": {"seats": "number"}, "rules": [{"name": "seats", "points": "seats"}]}');
CREATE FUNCTION by_hand.seats(after interval) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE by_hand.clock SET at = at + after;
    INSERT INTO drawn.log (customer, key, at, value) SELECT i, 'seats', at, '4' FROM by_hand.clock, generate_series(1, 100) i;
    RETURN by_hand.step('drawn', '0');
END $$;
SELECT by_hand.seats('0');
SELECT min(left_over) BETWEEN '17 days 12 hours' AND '20 days' AS half, max(left_over) BETWEEN '32 days' AND '35 days' AS whole, count(DISTINCT left_over) > 90 AS apart
FROM (SELECT until_at - at AS left_over FROM drawn.current, by_hand.clock) c;
CREATE TEMP TABLE before AS SELECT customer, until_at FROM drawn.current;
SELECT by_hand.seats('10 days');
SELECT count(*) FROM before JOIN drawn.current c USING (customer) WHERE c.until_at <> before.until_at;
SELECT by_hand.seats('15 days');
SELECT count(*) FROM before b JOIN drawn.current c USING (customer), by_hand.clock WHERE (c.until_at = b.until_at) <> (b.until_at >= at + interval '7 days') OR c.until_at < at + interval '7 days';
ROLLBACK;
