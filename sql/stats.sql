-- What a timeline was within each bucket: stats() and durations(), by the questions they are for.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
CREATE SCHEMA stats;
SET search_path = stats, public;
CREATE PROCEDURE same(what text, ours text, naive text) LANGUAGE plpgsql AS $$
DECLARE n bigint; missing bigint; extra bigint;
BEGIN
    EXECUTE format('SELECT (SELECT count(*) FROM (%1$s) x), (SELECT count(*) FROM ((%2$s) EXCEPT ALL (%1$s)) x), (SELECT count(*) FROM ((%1$s) EXCEPT ALL (%2$s)) x)', ours, naive)
        INTO n, missing, extra;
    RAISE NOTICE '%: % rows, % missing, % extra', what, n, missing, extra;
END $$;

-- By hand: carried in from before, absent for a while, a state that begins and ends within a bucket, none at all
CREATE TABLE seats AS SELECT csagg.timeline(at, n) AS x
FROM (VALUES (timestamptz '2024-11-20', 4), ('2025-01-01 06:00', 10), ('2025-01-01 18:00', NULL), ('2025-01-02 12:00', 2), ('2025-01-02 18:00', 3)) v (at, n);
SELECT s.* FROM seats, csagg.stats(x, csagg.grid('2024-12-31', '2025-01-05', '1 day', 'UTC')) s;
SELECT d.* FROM seats, csagg.durations(x, csagg.grid('2024-12-31', '2025-01-05', '1 day', 'UTC')) d;
-- a third is not exact: 18 digits
SELECT mean FROM csagg.stats('number {2025-01-01 = 1, 2025-01-01 08:00:00+00 = 0}', csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC'));
-- 23 and 25 hours; a day that the clocks skip
SELECT bucket::date, mean, present FROM csagg.stats('number {-infinity = 7}', csagg.grid('2025-03-30', '2025-03-31', '1 day', 'Europe/Berlin'))
UNION ALL SELECT bucket::date, mean, present FROM csagg.stats('number {-infinity = 7}', csagg.grid('2025-10-26', '2025-10-27', '1 day', 'Europe/Berlin'))
UNION ALL SELECT bucket::date, mean, present FROM csagg.stats('number {-infinity = 7}', csagg.grid('2011-12-30', '2011-12-31', '1 day', 'Pacific/Apia'));
SELECT count(*) FROM csagg.durations('number {-infinity = 7}', csagg.grid('2011-12-30', '2011-12-31', '1 day', 'Pacific/Apia'));
-- What is not known is NULL
SELECT bucket::date, first, last, mean, present FROM csagg.stats('number known from 2025-01-02 12:00:00+00 {2025-01-01 = 1}', csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
SELECT bucket::date, value, number, spent FROM csagg.durations('text known from 2025-01-02 12:00:00+00 {2025-01-01 = "a"}', csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
SELECT count(*) FROM csagg.stats(NULL, csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC')) UNION ALL SELECT count(*) FROM csagg.durations('number {}', NULL)
UNION ALL SELECT count(*) FROM csagg.stats('number {}', csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC')) UNION ALL SELECT count(*) FROM csagg.durations('number {}', csagg.grid('2025-01-01', '2025-01-05', '1 day', 'UTC'));
SELECT * FROM csagg.stats('text {2025-01-01 = "a"}', csagg.grid('2025-01-01', '2025-01-02', '1 day', 'UTC'));
SELECT * FROM csagg.stats('number {-infinity = 1}', csagg.grid('4713-01-01 BC', '290000-01-01', '298000 years', 'UTC'));
SELECT mean, present FROM csagg.stats('number {-infinity = 999999999999999999}', csagg.grid('2000-01-01', '290000-01-01', '292000 years', 'UTC'));

-- Highest number of users at the same time, by day and by hour
CREATE TABLE session (usr int, login timestamptz, logout timestamptz);
SELECT setseed(0.25);
INSERT INTO session SELECT i % 9, at, at + (random() * 30)::int * interval '17 minutes'
FROM generate_series(1, 60) i, LATERAL (SELECT timestamptz '2025-03-28' + (random() * 400)::int * interval '15 minutes' AS at WHERE i > 0) a;
CREATE TABLE online AS
SELECT csagg.total(csagg.choose(here, 1, 0)) AS n
FROM (SELECT usr, csagg.gt(csagg.total(csagg.slice(csagg.constant(1), login, logout)), 0) AS here FROM session WHERE login < logout GROUP BY usr) u;
CALL same('peak concurrency', $$
    SELECT step, s.starts_at, coalesce(s.max, 0) FROM online, (VALUES (interval '1 day'), ('1 hour')) v (step), csagg.stats(n, csagg.grid('2025-03-27', '2025-04-03', step, 'Europe/Berlin')) s $$, $$
    SELECT step, b.starts_at, (SELECT coalesce(max(n), 0) FROM (
               SELECT (SELECT count(DISTINCT usr) FROM session x WHERE x.login <= i AND x.logout > i)::numeric AS n
               FROM (SELECT b.starts_at AS i UNION SELECT login FROM session WHERE login >= b.starts_at AND login < b.ends_at) i) q)
    FROM (VALUES (interval '1 day'), ('1 hour')) v (step), csagg.buckets(csagg.grid('2025-03-27', '2025-04-03', step, 'Europe/Berlin')) b $$);

-- Average seats per month for a bill, months without a row too
CREATE TABLE seat_log AS
SELECT c AS customer, timestamptz '2025-01-01' + (random() * 20000)::int * interval '7 minutes' AS at, nullif((random() * 9)::int, 0) AS seats FROM generate_series(1, 20) c, generate_series(1, 8);
DELETE FROM seat_log a USING seat_log b WHERE a.ctid < b.ctid AND a.customer = b.customer AND a.at = b.at;
CALL same('proration', $$
    SELECT customer, s.bucket, round(s.mean * extract(epoch FROM s.present) / extract(epoch FROM s.ends_at - s.starts_at), 6)
    FROM (SELECT customer, csagg.timeline(at, seats) AS x FROM seat_log GROUP BY customer) t, csagg.stats(x, csagg.grid('2025-01-01', '2025-08-01', '1 month', 'America/New_York')) s
    WHERE s.present > '0' $$, $$
    SELECT customer, m, round(sum(seats * extract(epoch FROM least(until, e) - greatest(at, s))) / extract(epoch FROM e - s), 6)
    FROM (SELECT *, lead(at, 1, '2100-01-01') OVER (PARTITION BY customer ORDER BY at) AS until FROM seat_log) l,
         generate_series(timestamp '2025-01-01', '2025-07-01', '1 month') m, LATERAL (SELECT m AT TIME ZONE 'America/New_York' AS s, (m + interval '1 month') AT TIME ZONE 'America/New_York' AS e) b
    WHERE seats IS NOT NULL AND at < e AND until > s GROUP BY customer, m, s, e $$);

-- How long in each state, by day
CREATE TABLE machine_log AS
SELECT m AS machine, timestamptz '2025-10-20' + (random() * 2000)::int * interval '7 minutes' AS at, (ARRAY['on', 'off', 'fault', NULL])[1 + floor(random() * 4)] AS state FROM generate_series(1, 9) m, generate_series(1, 15);
DELETE FROM machine_log a USING machine_log b WHERE a.ctid < b.ctid AND a.machine = b.machine AND a.at = b.at;
CALL same('time in state', $$
    SELECT machine, d.bucket, d.value, d.spent
    FROM (SELECT machine, csagg.timeline(at, state) AS x FROM machine_log GROUP BY machine) t, csagg.durations(x, csagg.grid('2025-10-19', '2025-11-04', '1 day', 'Europe/Berlin')) d $$, $$
    SELECT machine, day, state, sum(least(until, e) - greatest(at, s))
    FROM (SELECT *, lead(at, 1, '2100-01-01') OVER (PARTITION BY machine ORDER BY at) AS until FROM machine_log) l,
         generate_series(timestamp '2025-10-19', '2025-11-03', '1 day') day, LATERAL (SELECT day AT TIME ZONE 'Europe/Berlin' AS s, (day + interval '1 day') AT TIME ZONE 'Europe/Berlin' AS e) b
    WHERE state IS NOT NULL AND at < e AND until > s GROUP BY machine, day, state $$);

-- Office hours in which a ticket was open, by week
CREATE TABLE office AS SELECT (d + time '09:00') AT TIME ZONE 'Europe/Copenhagen' AS since, (d + time '17:00') AT TIME ZONE 'Europe/Copenhagen' AS until
FROM generate_series(timestamp '2025-10-06', '2025-11-14', '1 day') d WHERE extract(isodow FROM d) < 6;
CALL same('office hours', $$
    SELECT machine, d.bucket, d.spent
    FROM (SELECT machine, csagg.timeline(at, state) AS x FROM machine_log GROUP BY machine) t,
         (SELECT csagg.timeline(at, open) AS hours FROM (SELECT since AS at, true AS open FROM office UNION ALL SELECT until, false FROM office) o) o,
         csagg.durations(csagg.all_of(csagg.eq(x, 'on'), hours), csagg.grid('2025-10-13', '2025-11-03', '7 days', 'Europe/Copenhagen')) d
    WHERE d.value = 'true' $$, $$
    SELECT machine, week, sum(least(l.until, o.until, e) - greatest(at, o.since, s))
    FROM (SELECT *, lead(at, 1, '2100-01-01') OVER (PARTITION BY machine ORDER BY at) AS until FROM machine_log) l, office o,
         generate_series(timestamp '2025-10-13', '2025-10-27', '7 days') week, LATERAL (SELECT week AT TIME ZONE 'Europe/Copenhagen' AS s, (week + interval '7 days') AT TIME ZONE 'Europe/Copenhagen' AS e) b
    WHERE state = 'on' AND greatest(at, o.since, s) < least(l.until, o.until, e) GROUP BY machine, week $$);
SET client_min_messages = error;
DROP SCHEMA stats CASCADE;
