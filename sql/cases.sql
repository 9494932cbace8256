-- Questions that people ask of logs like ours, each by its documented query against plain SQL. Questions that have a file of
-- their own are elsewhere: figures within a bucket and office hours in stats, fiscal periods in grid, missing measures in
-- weighted_mean, a drop of the score in score_alerts, retention in cohorts; as-of queries as the plan node takes them in test/asof-node.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET jit = off;  -- naive SQL looks dear enough to be compiled, which takes far longer than running it
CREATE SCHEMA cases;
SET search_path = cases, public;
CREATE PROCEDURE same(what text, ours text, naive text) LANGUAGE plpgsql AS $$
DECLARE n bigint; missing bigint; extra bigint;
BEGIN
    EXECUTE format('WITH ours AS MATERIALIZED (%s), naive AS MATERIALIZED (%s)
                    SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM (TABLE naive EXCEPT ALL TABLE ours) x), (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE naive) x)', ours, naive)
        INTO n, missing, extra;
    RAISE NOTICE '%: % rows, % missing, % extra', what, n, missing, extra;
END $$;
DO $$ BEGIN PERFORM setseed(0.45); END $$;

-- How many are in at the end of each day, week and month, by a door that logs who comes and goes? Some came long before, nobody
-- moves for weeks, and many come and go at one instant: the later row counts.
CREATE TABLE door (id int GENERATED ALWAYS AS IDENTITY, person int, at timestamptz, way text);
INSERT INTO door (person, at, way)
SELECT p, timestamptz '2025-02-20' + CASE WHEN random() < 0.2 THEN -500 ELSE (random() * 20)::int END * interval '1 day' + (random() * 3)::int * interval '8 hours',
       CASE WHEN random() < 0.5 THEN 'in' ELSE 'out' END
FROM generate_series(1, 9) p, generate_series(1, 8);
INSERT INTO door (person, at, way) VALUES (3, '2025-05-05 09:00+00', 'out'), (3, '2025-05-05 09:00+00', 'in'), (4, '2025-05-09 22:00+00', 'in'), (4, '2025-05-09 22:00+00', 'out');
INSERT INTO door (person, at, way) SELECT p, '2025-05-20 09:00+00', 'out' FROM generate_series(1, 9) p UNION ALL VALUES (7, timestamptz '2025-05-26 00:00+02', 'in');
CREATE TABLE period (step interval, since timestamp, until timestamp);
INSERT INTO period VALUES ('1 day', '2025-02-10', '2025-06-01'), ('7 days', '2025-02-10', '2025-06-02'), ('1 month', '2023-01-01', '2025-07-01');
CREATE TABLE inside AS
SELECT step, t AS bucket, (SELECT count(*) FROM (SELECT DISTINCT ON (person) way FROM door WHERE at < (t + step) AT TIME ZONE 'Europe/Berlin' ORDER BY person, at DESC, id DESC) d WHERE way = 'in') AS n
FROM period, generate_series(since, until - interval '1 second', step) t;
CALL same('who is in, empty periods too', $$
    SELECT p.step, b.bucket, b.n
    FROM period p, LATERAL (SELECT csagg.distribution(x, csagg.grid(p.since, p.until, p.step, 'Europe/Berlin')) AS d
                            FROM (SELECT csagg.timeline(at, way, id) AS x FROM door GROUP BY person) t) s,
         csagg.buckets(d, zeros => true) b WHERE b.value = 'in' $$, 'TABLE inside');
CALL same('who is in, as a sum of ones', $$
    SELECT p.step, s.bucket, s.number::bigint
    FROM period p, (SELECT csagg.total(csagg.choose(x, 1, 0)) AS n FROM (SELECT csagg.timeline(at, way = 'in', id) AS x FROM door GROUP BY person) t) t,
         csagg.snapshots(n, csagg.grid(p.since, p.until, p.step, 'Europe/Berlin')) s $$, 'TABLE inside');
SELECT step, count(*), count(*) FILTER (WHERE n = 0) AS empty FROM inside GROUP BY step ORDER BY step;

-- What if batches arrive late, in any order, and some twice, if rows correct others, and if a row should never have been there?
CREATE TABLE status_log (id int GENERATED ALWAYS AS IDENTITY, issue int, at timestamptz, status text, batch int);
INSERT INTO status_log (issue, at, status, batch)
SELECT i, timestamptz '2025-03-01' + (random() * 300)::int * interval '5 hours', (ARRAY['todo', 'doing', 'done', NULL])[1 + floor(random() * 4)], 1 + floor(random() * 6)
FROM generate_series(1, 40) i, generate_series(1, 12);
INSERT INTO status_log (issue, at, status, batch) SELECT issue, at, 'review', 6 FROM status_log WHERE id % 11 = 0;
CREATE TABLE stored (issue int PRIMARY KEY, x csagg.timeline);
DO $$
DECLARE b int;
BEGIN
    FOREACH b IN ARRAY '{4,6,1,4,2,5,3,6}'::int[] LOOP
        INSERT INTO stored SELECT issue, csagg.timeline(at, status, id) FROM status_log WHERE batch = b GROUP BY issue
        ON CONFLICT (issue) DO UPDATE SET x = csagg.merge(stored.x, excluded.x);
    END LOOP;
END $$;
CREATE VIEW open_issues AS
SELECT day, status, count(*) AS n
FROM generate_series(timestamp '2025-02-25', '2025-05-09', '1 day') day,
     LATERAL (SELECT DISTINCT ON (issue) status FROM status_log WHERE at < day + interval '1 day' ORDER BY issue, at DESC, id DESC) s
WHERE status IS NOT NULL GROUP BY day, status;
CREATE VIEW open_stored AS
SELECT b.bucket, b.value, b.n FROM (SELECT csagg.distribution(x, csagg.grid('2025-02-25', '2025-05-10', '1 day', 'UTC')) AS d FROM stored) s, csagg.buckets(d) b;
CALL same('late, repeated and corrected rows', 'TABLE open_stored', 'TABLE open_issues');
CALL same('stored is rebuilt, to the byte', 'TABLE stored', 'SELECT issue, csagg.timeline(at, status, id) FROM status_log GROUP BY issue');
-- A row that was a mistake: that issue alone is built again, from what is left
CREATE TABLE mistake AS SELECT id, issue FROM status_log WHERE id % 37 = 5;
DELETE FROM status_log WHERE id IN (SELECT id FROM mistake);
SELECT count(*) > 0 AS differs FROM (TABLE open_stored EXCEPT ALL TABLE open_issues) x;
UPDATE stored SET x = rebuilt.x
FROM (SELECT issue, csagg.timeline(at, status, id) AS x FROM status_log WHERE issue IN (SELECT issue FROM mistake) GROUP BY issue) rebuilt WHERE stored.issue = rebuilt.issue;
CALL same('without the rows that were mistakes', 'TABLE open_stored', 'TABLE open_issues');

-- What were revenue and its movements by month, if customers have several subscriptions, each with a first and a last day?
CREATE TABLE subscription (customer int, first_day date, last_day date, mrr numeric);
INSERT INTO subscription
SELECT c, day, CASE WHEN random() < 0.7 THEN day - 3 + (random() * 200)::int END, 10 * (1 + floor(random() * 9))
FROM generate_series(1, 60) c, generate_series(1, 3) i, LATERAL (SELECT date '2024-06-01' + (random() * 420)::int AS day WHERE c + i > 0) d;
INSERT INTO subscription VALUES
    (101, '2025-01-10', '2025-03-31', 100), (101, '2025-04-01', NULL, 150),  -- more, without a day between
    (102, '2025-02-28', '2025-02-28', 40), (102, '2025-05-31', NULL, 40),    -- on the last day of months
    (103, '2025-03-03', '2025-03-20', 30), (103, '2025-06-02', NULL, 30),    -- there and gone within a month, and back
    (104, '2025-02-10', '2025-02-09', 99);                                   -- ends before it begins: never was
CREATE VIEW payer AS
SELECT customer, csagg.total(csagg.slice(csagg.constant(mrr), first_day::timestamp AT TIME ZONE 'Europe/Berlin',
                                         coalesce((last_day + 1)::timestamp AT TIME ZONE 'Europe/Berlin', 'infinity'))) AS mrr
FROM subscription GROUP BY customer;
CREATE TABLE closing AS
SELECT month, customer, (SELECT sum(mrr) FROM subscription s WHERE s.customer = c.customer AND first_day <= last AND coalesce(last_day, 'infinity') >= last) AS now,
       (SELECT sum(mrr) FROM subscription s WHERE s.customer = c.customer AND first_day < month AND coalesce(last_day, 'infinity') >= month - 1) AS before,
       EXISTS (SELECT FROM subscription s WHERE s.customer = c.customer AND first_day < month AND coalesce(last_day, 'infinity') >= first_day) AS ever
FROM (SELECT m::date AS month, (m + interval '1 month')::date - 1 AS last FROM generate_series(timestamp '2024-09-01', '2025-08-01', '1 month') m) m,
     (SELECT DISTINCT customer FROM subscription) c;
CALL same('revenue', $$
    SELECT s.bucket::date, s.number FROM (SELECT csagg.total(mrr) AS mrr FROM payer) t, csagg.snapshots(mrr, csagg.grid('2024-09-01', '2025-09-01', '1 month', 'Europe/Berlin')) s $$, $$
    SELECT month, sum(now) FROM closing GROUP BY month $$);
CALL same('movements of revenue', $$
    SELECT s.month::date, CASE WHEN s.before IS NULL THEN CASE WHEN s.paid_first < s.starts_at THEN 'reactivation' ELSE 'new' END
                               WHEN s.now IS NULL THEN 'churn' WHEN s.now > s.before THEN 'expansion' ELSE 'contraction' END,
           count(*), sum(coalesce(s.now, 0) - coalesce(s.before, 0))
    FROM (SELECT s.bucket AS month, s.starts_at, nullif(s.number, 0) AS now, nullif(lag(s.number) OVER (PARTITION BY customer ORDER BY s.bucket), 0) AS before,
                 (SELECT min(c.valid_from) FROM csagg.changes(mrr) c WHERE c.number > 0) AS paid_first
          FROM payer, csagg.snapshots(mrr, csagg.grid('2024-08-01', '2025-09-01', '1 month', 'Europe/Berlin')) s) s
    WHERE s.now IS DISTINCT FROM s.before AND s.month >= '2024-09-01' GROUP BY 1, 2 $$, $$
    SELECT month, CASE WHEN before IS NULL THEN CASE WHEN ever THEN 'reactivation' ELSE 'new' END
                       WHEN now IS NULL THEN 'churn' WHEN now > before THEN 'expansion' ELSE 'contraction' END,
           count(*), sum(coalesce(now, 0) - coalesce(before, 0))
    FROM closing WHERE now IS DISTINCT FROM before GROUP BY 1, 2 $$);
CALL same('movements of revenue, customers counted by flows', $$
    SELECT b.bucket::date, v.before, v.now, sum(b.n)
    FROM (SELECT csagg.flows(mrr, csagg.grid('2024-09-01', '2025-09-01', '1 month', 'Europe/Berlin')) AS f FROM payer) f, csagg.buckets(f) b,
         LATERAL (SELECT coalesce(b.from_value::numeric, 0) AS before, coalesce(b.to_value::numeric, 0) AS now) v
    WHERE v.before <> v.now GROUP BY 1, 2, 3 $$, $$
    SELECT month, coalesce(before, 0), coalesce(now, 0), count(*)::numeric FROM closing WHERE now IS DISTINCT FROM before GROUP BY 1, 2, 3 $$);

-- How many users are new, returning, back again or gone, by week and by calendar month?
CREATE TABLE visit AS
SELECT u AS person, timestamptz '2024-10-05' + (random() * 11000)::int * interval '37 minutes' AS at FROM generate_series(1, 70) u, generate_series(1, 7) i WHERE i <= u % 7 + 1;
INSERT INTO visit VALUES (201, '2025-01-29 00:00+00'), (202, '2025-01-31 23:30+01'), (202, '2025-02-01 00:00+01'), (203, '2025-01-05 23:59:59.999999+01'), (203, '2025-01-06 00:00+01');
CREATE TABLE span (unit text, step interval, since timestamp, until timestamp);
INSERT INTO span VALUES ('week', '7 days', '2024-12-23', '2025-07-14'), ('month', '1 month', '2024-11-01', '2025-08-01');
CALL same('life cycle', $$
    SELECT unit, bucket, CASE WHEN events = 0 THEN 'gone' WHEN first >= starts_at THEN 'new' WHEN before > 0 THEN 'returning' ELSE 'back again' END, count(*)
    FROM (SELECT unit, t.bucket, t.starts_at, t.events, lag(t.events) OVER (PARTITION BY unit, person ORDER BY t.bucket) AS before, csagg.first(visits) AS first
          FROM span, (SELECT person, csagg.counter(at) AS visits FROM visit GROUP BY person) v, csagg.totals(visits, csagg.grid(since, until, step, 'Europe/Berlin')) t) t
    WHERE before IS NOT NULL AND events + before > 0 GROUP BY 1, 2, 3 $$, $$
    WITH active AS (SELECT DISTINCT unit, person, date_trunc(unit, at AT TIME ZONE 'Europe/Berlin') AS b FROM visit, span),
         people AS (SELECT unit, person, min(b) AS first FROM active GROUP BY 1, 2)
    SELECT p.unit, g.b, CASE WHEN a.person IS NULL THEN 'gone' WHEN first = g.b THEN 'new' WHEN l.person IS NOT NULL THEN 'returning' ELSE 'back again' END, count(*)
    FROM span JOIN people p USING (unit) CROSS JOIN LATERAL generate_series(since + step, until - interval '1 day', step) g (b)
         LEFT JOIN active a USING (unit, person, b) LEFT JOIN active l ON (l.unit, l.person, l.b) = (p.unit, p.person, g.b - step)
    WHERE a.person IS NOT NULL OR l.person IS NOT NULL GROUP BY 1, 2, 3 $$);
-- The same as a state of each user, and counted by flows: a calendar month is period_to_date, a trailing month is another question
CALL same('new, back again and gone by month, as flows', $$
    SELECT b.bucket, CASE WHEN b.from_value IS NULL THEN 'new' WHEN b.to_value = 'active' THEN 'back again' ELSE 'gone' END, sum(b.n)
    FROM (SELECT csagg.flows(csagg.bin(csagg.period_to_date_events(visits, '1 month', 'Europe/Berlin'), '{1}', '{idle,active}'), csagg.grid('2024-12-01', '2025-08-01', '1 month', 'Europe/Berlin')) AS f
          FROM (SELECT csagg.counter(at) AS visits FROM visit GROUP BY person) v) f, csagg.buckets(f) b
    GROUP BY 1, 2 $$, $$
    WITH active AS (SELECT DISTINCT person, date_trunc('month', at AT TIME ZONE 'Europe/Berlin') AS b FROM visit),
         people AS (SELECT person, min(b) AS first FROM active GROUP BY 1)
    SELECT g.b, CASE WHEN a.person IS NULL THEN 'gone' WHEN first = g.b THEN 'new' ELSE 'back again' END, count(*)::numeric
    FROM people p CROSS JOIN LATERAL generate_series(timestamp '2024-12-01', '2025-07-01', '1 month') g (b)
         LEFT JOIN active a USING (person, b) LEFT JOIN active l ON (l.person, l.b) = (p.person, g.b - interval '1 month')
    WHERE (a.person IS NULL) <> (l.person IS NULL) GROUP BY 1, 2 $$);

-- What if each customer's day is his own local day? In counts of plans, and in rules.
CREATE TABLE customer AS
SELECT i AS customer, (ARRAY['Asia/Tokyo', 'America/Los_Angeles', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Auckland'])[1 + i % 5] AS zone, date '2025-04-05' + i AS contract_end
FROM generate_series(1, 50) i;
CREATE TABLE plan_log AS
SELECT customer, timestamptz '2025-03-01' + (random() * 2600)::int * interval '23 minutes' AS at, (ARRAY['basic', 'gold', NULL])[1 + floor(random() * 3)] AS plan FROM customer, generate_series(1, 6);
CREATE TABLE login AS SELECT customer, timestamptz '2025-03-01' + (random() * 2600)::int * interval '23 minutes' AS at FROM customer, generate_series(1, 15) i WHERE i <= customer % 16;
DELETE FROM plan_log a USING plan_log b WHERE a.ctid < b.ctid AND (a.customer, a.at) = (b.customer, b.at);
CALL same('plans by own local day', $$
    SELECT b.bucket::date, b.value, sum(b.n)
    FROM (SELECT csagg.distribution(plan, csagg.grid('2025-03-05', '2025-04-09', '1 day', zone)) AS d
          FROM (SELECT zone, csagg.timeline(at, plan) AS plan FROM plan_log JOIN customer USING (customer) GROUP BY customer, zone) t GROUP BY zone) s, csagg.buckets(d) b
    GROUP BY 1, 2 $$, $$
    SELECT day::date, plan, count(*)::numeric
    FROM generate_series(timestamp '2025-03-05', '2025-04-08', '1 day') day, customer c,
         LATERAL (SELECT plan FROM plan_log l WHERE l.customer = c.customer AND (at AT TIME ZONE zone)::date <= day::date ORDER BY at DESC LIMIT 1) p
    WHERE plan IS NOT NULL GROUP BY 1, 2 $$);
CREATE TABLE rules AS SELECT '{"timezone": "UTC", "facts": {"login": "counter", "contract_end": "date"},
    "rules": [{"name": "often", "when": "active_days(login, 7 days) >= 2", "points": 1}, {"name": "ends", "when": "contract_end within 30 days", "points": 10}]}'::csagg.ruleset AS rules;
-- each asked at the end of his own 20 March
CALL same('rules by own local days', $$
    SELECT customer, csagg.score((rules::jsonb || jsonb_build_object('timezone', zone))::csagg.ruleset, f, timestamp '2025-03-21' AT TIME ZONE zone - interval '1 microsecond')
    FROM rules, (SELECT customer, zone, contract_end, csagg.counter(at) AS login FROM customer JOIN login USING (customer) GROUP BY 1, 2, 3) f $$, $$
    SELECT customer, (CASE WHEN count(DISTINCT (at AT TIME ZONE zone)::date) FILTER (WHERE (at AT TIME ZONE zone)::date BETWEEN '2025-03-14' AND '2025-03-20') >= 2 THEN 1 ELSE 0 END
                      + CASE WHEN date '2025-03-20' BETWEEN contract_end - 30 AND contract_end THEN 10 ELSE 0 END)::numeric
    FROM customer JOIN login USING (customer) WHERE EXISTS (SELECT FROM login l WHERE l.customer = customer.customer AND (l.at AT TIME ZONE zone)::date <= '2025-03-20')
    GROUP BY customer, contract_end
    UNION ALL
    SELECT customer, CASE WHEN date '2025-03-20' BETWEEN contract_end - 30 AND contract_end THEN 10 ELSE 0 END
    FROM customer WHERE customer IN (SELECT customer FROM login) AND NOT EXISTS (SELECT FROM login l WHERE l.customer = customer.customer AND (l.at AT TIME ZONE zone)::date <= '2025-03-20') $$);

-- When have four hours passed in which the office was open and we had the ticket? The inverse of time_true, from the changes.
CREATE TABLE office AS SELECT (d + time '09:00') AT TIME ZONE 'Europe/Berlin' AS since, (d + time '17:00') AT TIME ZONE 'Europe/Berlin' AS until
FROM generate_series(timestamp '2025-03-24', '2025-04-11', '1 day') d WHERE extract(isodow FROM d) < 6;
CREATE TABLE ticket AS
SELECT t AS ticket, at, CASE WHEN row_number() OVER (PARTITION BY t ORDER BY at) % 2 = 1 THEN 'ours' ELSE 'waiting' END AS status
FROM generate_series(1, 40) t, LATERAL (SELECT DISTINCT timestamptz '2025-03-25' + (random() * 900)::int * interval '15 minutes' AS at FROM generate_series(1, 1 + t % 6)) a;
CALL same('four office hours', $$
    SELECT ticket, min(valid_until - (so_far - interval '4 hours')) FILTER (WHERE so_far >= '4 hours')
    FROM (SELECT ticket, c.*, sum(c.valid_until - c.valid_from) OVER (PARTITION BY ticket ORDER BY c.valid_from) AS so_far
          FROM (SELECT ticket, csagg.eq(csagg.timeline(at, status), 'ours'::text) AS ours FROM ticket GROUP BY ticket) t,
               (SELECT csagg.timeline(at, open) AS open FROM (SELECT since AS at, true AS open FROM office UNION ALL SELECT until, false FROM office) o) o,
               csagg.changes(csagg.all_of(ours, open)) c WHERE c.value = 'true') c
    GROUP BY ticket HAVING max(so_far) >= '4 hours' $$, $$
    SELECT ticket, q + interval '15 minutes'
    FROM (SELECT ticket, q, row_number() OVER (PARTITION BY ticket ORDER BY q) AS n
          FROM (SELECT DISTINCT ticket FROM ticket) t, generate_series(timestamptz '2025-03-24', '2025-04-12', '15 minutes') q
          WHERE EXISTS (SELECT FROM office WHERE q >= since AND q < until)
            AND (SELECT status FROM ticket l WHERE l.ticket = t.ticket AND at <= q ORDER BY at DESC LIMIT 1) = 'ours') q
    WHERE n = 16 $$);

-- Which version was live just before an edit, and not for longer than 10 ms? Several of one instant on either side: the last counts.
CREATE TABLE edit AS SELECT i AS id, (ARRAY['a', 'b', NULL])[1 + i % 3] AS item, timestamptz '2025-07-15 13:30' + (random() * 40)::int * interval '3 ms' AS at FROM generate_series(1, 200) i;
CREATE TABLE version AS SELECT i AS no, (ARRAY['a', 'b'])[1 + i % 2] AS item, timestamptz '2025-07-15 13:30' + (random() * 40)::int * interval '3 ms' AS at FROM generate_series(1, 60) i;
CALL same('just before, of that item, by a number among equals', $$
    SELECT (left_row).id, (right_row).no FROM csagg.asof_join(NULL::edit, NULL::version, 'at', 'at', '{item}', tolerance => '10 ms', allow_exact => false, tie_break => 'no') $$, $$
    SELECT id, (SELECT no FROM version v WHERE v.item = e.item AND v.at < e.at AND v.at >= e.at - interval '10 ms' ORDER BY v.at DESC, no DESC LIMIT 1) FROM edit e $$);
CALL same('the row before in the same table', $$
    SELECT (left_row).id, (right_row).id FROM csagg.asof_join(NULL::edit, NULL::edit, 'at', 'at', '{item?}', allow_exact => false, tie_break => 'id') $$, $$
    SELECT id, (SELECT id FROM edit p WHERE p.item IS NOT DISTINCT FROM e.item AND p.at < e.at ORDER BY p.at DESC, id DESC LIMIT 1) FROM edit e $$);

-- What did the meter show last, and what did it show last at all, where some readings failed? A condition on the right side is a view.
CREATE TABLE reading AS SELECT i AS id, (ARRAY['n', 's'])[1 + i % 2] AS site, i / 2 AS seq, CASE WHEN random() < 0.6 THEN (random() * 100)::int END AS amount FROM generate_series(1, 60) i WHERE random() < 0.7;
CREATE VIEW reading_known AS SELECT * FROM reading WHERE amount IS NOT NULL;
CREATE TABLE probe AS SELECT site, seq FROM unnest('{n,s,w}'::text[]) site, generate_series(-1, 33) seq;
CALL same('the last reading, failed or not', $$
    SELECT (left_row).*, (right_row).amount FROM csagg.asof_join(NULL::probe, NULL::reading, 'seq', 'seq', '{site}') $$, $$
    SELECT *, (SELECT amount FROM reading r WHERE r.site = p.site AND r.seq <= p.seq ORDER BY r.seq DESC LIMIT 1) FROM probe p $$);
CALL same('the last reading that did not fail', $$
    SELECT (left_row).*, (right_row).amount FROM csagg.asof_join(NULL::probe, NULL::reading_known, 'seq', 'seq', '{site}') $$, $$
    SELECT *, (SELECT amount FROM reading r WHERE r.site = p.site AND r.seq <= p.seq AND amount IS NOT NULL ORDER BY r.seq DESC LIMIT 1) FROM probe p $$);

-- Which terms were in force, if a promotion lies within a contract and ends before it? As a join, and as layers, the later above.
CREATE TABLE terms AS
SELECT account, row_number() OVER () AS terms, since, CASE WHEN random() < 0.8 THEN since + (random() * 90)::int * interval '1 day' END AS until
FROM generate_series(1, 12) account, LATERAL (SELECT DISTINCT timestamptz '2025-01-01' + (random() * 200)::int * interval '1 day' AS since FROM generate_series(1, 6) i WHERE account > 0) s;
CREATE TABLE call AS SELECT i AS id, i % 14 AS account, timestamptz '2025-01-01' + (random() * 300)::int * interval '1 day' AS at FROM generate_series(1, 300) i;
CREATE TABLE in_force AS
SELECT id, (SELECT terms FROM terms t WHERE t.account = c.account AND since <= at AND coalesce(until, 'infinity') > at ORDER BY since DESC LIMIT 1) AS terms FROM call c;
CALL same('terms in force, as a join', $$
    SELECT (left_row).id, (right_row).terms FROM csagg.asof_join(NULL::call, NULL::terms, 'at', 'since', '{account}', r_until => 'until') $$, 'TABLE in_force');
CALL same('terms in force, as layers', $$
    SELECT id, csagg.number_at(x, at)::bigint
    FROM call LEFT JOIN (SELECT account, csagg.overlay(csagg.slice(csagg.constant(terms), since, coalesce(until, 'infinity')) ORDER BY since) AS x FROM terms GROUP BY account) t USING (account) $$, 'TABLE in_force');

-- What was known of the plan when the invoice was written, and what did the report of each evening show?
CREATE TABLE plan_change AS
SELECT i AS id, i % 9 AS customer, at, at + (random() * 6)::int * interval '1 day' AS recorded_at, (ARRAY['basic', 'gold', NULL])[1 + floor(random() * 3)] AS plan
FROM generate_series(1, 70) i, LATERAL (SELECT timestamptz '2025-01-01' + (random() * 40)::int * interval '1 day' AS at WHERE i > 0) a;
CREATE TABLE invoice AS SELECT i AS id, i % 10 AS customer, timestamptz '2025-01-01' + (random() * 45)::int * interval '1 day' AS at FROM generate_series(1, 150) i;
CREATE VIEW evening AS SELECT customer, day FROM generate_series(0, 8) customer, generate_series(timestamptz '2025-01-01 18:00+00', '2025-02-20', '1 day') day;
CALL same('as known then', $$
    SELECT (left_row).id, (right_row).plan
    FROM csagg.asof_join(NULL::invoice, NULL::plan_change, 'at', 'at', '{customer}', tie_break => 'id', l_known => 'at', r_known => 'recorded_at') $$, $$
    SELECT id, (SELECT plan FROM plan_change p WHERE p.customer = i.customer AND p.at <= i.at AND p.recorded_at <= i.at ORDER BY p.at DESC, p.id DESC LIMIT 1) FROM invoice i $$);
CALL same('the reports of the evenings', $$
    SELECT (left_row).day, count(*) FILTER (WHERE (right_row).plan = 'gold')
    FROM csagg.asof_join(NULL::evening, NULL::plan_change, 'day', 'at', '{customer}', tie_break => 'id', l_known => 'day', r_known => 'recorded_at') GROUP BY 1 $$, $$
    SELECT day, count(*) FILTER (WHERE plan = 'gold')
    FROM evening e LEFT JOIN LATERAL (SELECT plan FROM plan_change p WHERE p.customer = e.customer AND p.at <= day AND recorded_at <= day ORDER BY p.at DESC, p.id DESC LIMIT 1) p ON true GROUP BY 1 $$);

-- At the ends of time: a tolerance that reaches beyond them on the side that is not asked for, and of two that are infinitely far the earlier
CREATE TABLE late AS SELECT at FROM (VALUES (timestamptz '294276-12-15 00:00+00'), ('2020-01-01 00:00+00'), ('infinity')) v(at);
CREATE TABLE early AS SELECT '4713-01-20 BC'::timestamptz AS at UNION ALL VALUES ('-infinity'::timestamptz), ('infinity');
CALL same('within a month before', $$
    SELECT (left_row).at, (right_row).at AS found FROM csagg.asof_join(NULL::late, NULL::late, 'at', 'at', tolerance => '1 month', allow_exact => false) $$,
    'SELECT at, (SELECT at FROM late r WHERE r.at < l.at AND r.at >= l.at - interval ''1 month'' ORDER BY at DESC LIMIT 1) FROM late l');
CALL same('within a month after', $$
    SELECT (left_row).at, (right_row).at AS found FROM csagg.asof_join(NULL::early, NULL::late, 'at', 'at', direction => 'forward', tolerance => '1 month') $$,
    'SELECT at, (SELECT at FROM late r WHERE r.at >= l.at AND r.at <= l.at + interval ''1 month'' ORDER BY at LIMIT 1) FROM early l');
CALL same('the nearer of infinities', $$
    SELECT (left_row).at, (right_row).at FROM csagg.asof_join(NULL::late, NULL::early, 'at', 'at', direction => 'nearest', allow_exact => false) $$,
    $$ SELECT at, timestamptz '4713-01-20 BC' FROM late $$);
DELETE FROM early WHERE isfinite(at);
CALL same('and where both are', $$
    SELECT (left_row).at, (right_row).at FROM csagg.asof_join(NULL::late, NULL::early, 'at', 'at', direction => 'nearest') $$,
    $$ SELECT at, CASE WHEN at = 'infinity' THEN at ELSE '-infinity' END FROM late $$);
CREATE VIEW late_day AS SELECT at::date AS at FROM late;
CREATE VIEW early_day AS SELECT at::date AS at FROM early;
CALL same('by dates', $$
    SELECT (left_row).at, (right_row).at FROM csagg.asof_join(NULL::late_day, NULL::early_day, 'at', 'at', direction => 'nearest') $$,
    $$ SELECT at, CASE WHEN at = 'infinity' THEN at ELSE '-infinity' END FROM late_day $$);

SET client_min_messages = error;
DROP SCHEMA cases CASCADE;
