-- The recipes of docs/cohorts.md against plain SQL: retention by day of life, the cohort triangle, time to first value,
-- and period to date.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE SCHEMA cohorts;
SET search_path = cohorts, public;
CREATE PROCEDURE same(what text, ours text, naive text) LANGUAGE plpgsql AS $$
DECLARE n bigint; missing bigint; extra bigint;
BEGIN
    EXECUTE format('SELECT (SELECT count(*) FROM (%1$s) x), (SELECT count(*) FROM ((%2$s) EXCEPT ALL (%1$s)) x), (SELECT count(*) FROM ((%1$s) EXCEPT ALL (%2$s)) x)', ours, naive)
        INTO n, missing, extra;
    RAISE NOTICE '%: % rows, % missing, % extra', what, n, missing, extra;
END $$;

SELECT setseed(0.3);
CREATE TABLE customer AS
SELECT i AS customer, (ARRAY['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Tokyo', 'Australia/Lord_Howe'])[1 + i % 4] AS zone,
       timestamptz '2018-09-01' + (random() * 9000)::int * interval '17 minutes' AS signup
FROM generate_series(1, 80) i;
ALTER TABLE customer ADD day_one timestamptz;
UPDATE customer SET day_one = date_trunc('day', signup, zone);
CREATE TABLE login AS
SELECT customer, signup + (random() ^ 3 * 6000)::int * interval '13 minutes' AS at FROM customer, generate_series(1, 12) i WHERE customer % 7 <> 0;
CREATE TABLE plan_log AS
SELECT customer, at, plan FROM (SELECT DISTINCT ON (customer, at) customer, at, plan
    FROM (SELECT customer, signup AS at, 'basic' AS plan FROM customer
          UNION ALL SELECT customer, signup + (random() * 9000)::int * interval '13 minutes', (ARRAY['gold', 'basic', NULL])[1 + floor(random() * 3)] FROM customer, generate_series(1, 3) i) p
    ORDER BY customer, at, plan DESC NULLS LAST) x;
CREATE TABLE stored AS
SELECT c.*, l.logins, p.plan
FROM customer c LEFT JOIN (SELECT customer, csagg.counter(at) AS logins FROM login GROUP BY customer) l USING (customer)
     JOIN (SELECT customer, csagg.timeline(at, plan) AS plan FROM plan_log GROUP BY customer) p USING (customer);
-- Asked on 1 January, 00:00 UTC.

-- D1, D7, D30: who came back on that local day after the day of the signup; only whom that day has passed for
CALL same('retention by day of life', $$
    SELECT t.bucket::date - date '2000-01-01', count(*), count(*) FILTER (WHERE t.events > 0)
    FROM stored, csagg.totals(csagg.aligned(coalesce(logins, 'counter {}'), day_one, zone), csagg.grid('2000-01-01', '2000-02-01', '1 day', 'UTC')) t
    WHERE day_one AT TIME ZONE zone + (t.ends_at - timestamptz '2000-01-01 00:00+00') <= timestamptz '2019-01-01 00:00+00' AT TIME ZONE zone
    GROUP BY 1 $$, $$
    SELECT d, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM login l WHERE l.customer = c.customer AND (at AT TIME ZONE zone)::date = (signup AT TIME ZONE zone)::date + d))
    FROM customer c, generate_series(0, 30) d
    WHERE (signup AT TIME ZONE zone)::date + d + 1 <= timestamptz '2019-01-01 00:00+00' AT TIME ZONE zone GROUP BY d $$);

-- The cohort triangle: of those who signed up in a month, how many have a plan after so many weeks of life
CALL same('cohort triangle', $$
    SELECT cohort, (b.bucket::date - date '2000-01-01') / 7, b.value, b.n
    FROM (SELECT date_trunc('month', signup AT TIME ZONE zone) AS cohort,
                 csagg.distribution(csagg.aligned(csagg.slice(plan, '-infinity', '2019-01-01 00:00+00'), day_one, zone), csagg.grid('2000-01-01', '2000-04-01', '7 days', 'UTC')) AS d
          FROM stored GROUP BY 1) c, csagg.buckets(d) b $$, $$
    SELECT date_trunc('month', signup AT TIME ZONE zone), w, p.plan, count(*)
    FROM customer c, generate_series(0, 12) w, LATERAL (SELECT (date_trunc('day', signup AT TIME ZONE zone) + (w + 1) * interval '7 days') AT TIME ZONE zone AS until) u,
         LATERAL (SELECT plan FROM plan_log p WHERE p.customer = c.customer AND at < until ORDER BY at DESC LIMIT 1) p
    WHERE plan IS NOT NULL AND until <= timestamptz '2019-01-01 00:00+00' GROUP BY 1, 2, 3 $$);

-- Time to first value: how many have had it within so many days, and the median
CALL same('time to first value', $$
    SELECT customer, csagg.first(csagg.aligned(logins, signup, zone)) - timestamptz '2000-01-01 00:00+00' FROM stored $$, $$
    SELECT customer, (SELECT min(at) FROM login l WHERE l.customer = c.customer) AT TIME ZONE zone - signup AT TIME ZONE zone FROM customer c $$);

-- Period to date, of the day's last instant, in two ways
CALL same('month to date', $$
    SELECT customer, s.bucket, s.number
    FROM stored, csagg.snapshots(csagg.period_to_date(logins, '1 month', zone), csagg.grid('2018-10-01', '2018-12-01', '1 day', zone)) s WHERE s.value IS NOT NULL $$, $$
    SELECT customer, day, (SELECT count(*) FROM login l WHERE l.customer = c.customer AND at >= date_trunc('month', day) AT TIME ZONE zone AND at < (day + interval '1 day') AT TIME ZONE zone)::numeric
    FROM customer c, generate_series(timestamp '2018-10-01', '2018-11-30', '1 day') day
    WHERE EXISTS (SELECT FROM login l WHERE l.customer = c.customer AND at < (day + interval '1 day') AT TIME ZONE zone) $$);

-- By hand
SELECT csagg.period_to_date('counter {2025-01-30, 2025-01-31 23:00:00+00 (2 events, total 5), 2025-02-10}', '1 month', 'UTC');
SELECT csagg.period_to_date_events('counter {2025-01-30, 2025-01-31 23:00:00+00 (2 events, total 5), 2025-02-10}', '7 days', 'UTC', '2000-01-02'),
       csagg.period_to_date_actors('counter {2025-01-30 (actors "ann"), 2025-01-30 12:00:00+00 (actors "ann"), 2025-01-31 (actors "bob"), 2025-02-10 (actors "ann")}', '3 months', 'UTC', '2000-02-01');
SELECT csagg.period_to_date('counter known from 2025-01-15 {2025-01-20, 2025-02-10}', '1 month', 'UTC') AS forgotten, csagg.period_to_date('counter {}', '1 month', 'UTC') AS empty,
       csagg.period_to_date('counter {}', NULL, 'UTC') IS NULL AS a, csagg.period_to_date(NULL, '1 day', 'UTC') IS NULL AS b;
-- 02:50 and 02:10 of one night: what happened while the clocks showed 02:50 first has happened when they show 02:00 again
SELECT csagg.aligned('text {2025-10-26 00:50:00+00 = "a", 2025-10-26 01:10:00+00 = "b"}'::csagg.timeline, '2025-10-25 22:00+00', 'Europe/Berlin');
-- 23 hours are a day of life
SELECT csagg.aligned('text {2025-03-29 23:00:00+00 = "a", 2025-03-30 22:00:00+00 = "b"}'::csagg.timeline, '2025-03-29 23:00+00', 'Europe/Berlin');
SELECT csagg.aligned('number known from 2025-01-02 {-infinity = 1, 2025-01-03 = 2}'::csagg.timeline, '2025-01-01 12:00+00', 'UTC'),
       csagg.aligned('counter known from 2025-01-02 {2025-01-03}'::csagg.counter, '2025-01-01 12:00+00', 'UTC'), csagg.aligned(NULL::csagg.timeline, now(), 'UTC') IS NULL AS "null";
SELECT csagg.period_to_date('counter {}', '1 hour', 'UTC');
SELECT csagg.period_to_date('counter {}', '1 month', 'UTC', '2000-01-30');
SELECT csagg.period_to_date('counter {}', '1 month', 'Mars/Olympus');
SELECT csagg.aligned('counter {}'::csagg.counter, 'infinity', 'UTC');
SELECT csagg.aligned('text {294276-01-01 = "a"}'::csagg.timeline, '4000-01-01 00:00+00 BC', 'UTC');
SET client_min_messages = error;
DROP SCHEMA cohorts CASCADE;
