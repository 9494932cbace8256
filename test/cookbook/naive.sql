-- The rules of docs/rules-cookbook.md in plain SQL over the raw rows: nothing of csagg is used here.

-- A window of length w that ends at t begins at the greatest of (s - w) over all s <= t. s - w goes back only where the
-- clocks do, at whole quarters of an hour, and where a month is short: at midnight. Hours are elapsed time.
CREATE FUNCTION window_begin(t timestamptz, w interval, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN extract(hour FROM w) > 0 THEN t - w ELSE max((s AT TIME ZONE zone - w) AT TIME ZONE zone) END
    FROM (SELECT t UNION ALL
          SELECT date_bin('15 minutes', t, '2000-01-01 00:00+00') - q * interval '15 minutes' - interval '1 microsecond'
          FROM generate_series(0, 12) q UNION ALL
          SELECT (date_trunc('day', t AT TIME ZONE zone) - d * interval '1 day') AT TIME ZONE zone - interval '1 microsecond'
          FROM generate_series(0, 4) d WHERE w >= '1 month') s (s) $$;

-- The local day of an instant: the last whose midnight is not later.
CREATE FUNCTION day_of(t timestamptz, zone text) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT max(d) FROM (SELECT (t AT TIME ZONE zone)::date + i FROM generate_series(-1, 1) i) x (d) WHERE d::timestamp AT TIME ZONE zone <= t $$;

CREATE FUNCTION near(x date, n int, t timestamptz, zone text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT t >= (x - n)::timestamp AT TIME ZONE zone AND t < (x + 1)::timestamp AT TIME ZONE zone $$;

CREATE FUNCTION iso_date(x text) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN x ~ '^\d{4}-\d\d-\d\d$' THEN x::date END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END $$;

-- What holds from when on: of rows at one instant the last to arrive; dates that are none are NULL; repeats joined; nothing
-- begins with NULL.
CREATE TABLE run AS
WITH entry AS (
    SELECT DISTINCT ON (customer, key, at) customer, key, at,
           CASE WHEN key = 'invoice_due' THEN iso_date(value)::text ELSE value END AS value
    FROM state ORDER BY customer, key, at, id DESC)
SELECT customer, key, at, value, before, zone
FROM (SELECT *, lag(value) OVER w AS before, row_number() OVER w AS n FROM entry WINDOW w AS (PARTITION BY customer, key ORDER BY at)) e
JOIN account USING (customer)
WHERE CASE WHEN n = 1 THEN value IS NOT NULL ELSE value IS DISTINCT FROM before END;
CREATE INDEX ON run (customer, key, at);

CREATE TABLE begins AS
SELECT zone, at, w.length, window_begin(at, length::interval, zone) AS begin
FROM (SELECT DISTINCT zone, at FROM question) q,
     unnest('{36 hours,7 days,14 days,21 days,30 days,90 days,1 month,3 months}'::text[]) w (length);
CREATE INDEX ON begins (zone, at);
ANALYZE begins, run;

-- What held at an instant, as text.
CREATE FUNCTION held(customer int, key text, t timestamptz) RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT value FROM run r WHERE (r.customer, r.key) = ($1, $2) AND at <= t ORDER BY at DESC LIMIT 1 $$;

-- All that the rules ask about one customer at one instant: begins of windows, events in them, states.
CREATE TABLE seen AS
WITH instant AS (
    SELECT q.customer, q.zone, q.at, day_of(q.at, q.zone) AS today, h36, d7, d14, d30, d90, m1, m3,
           window_begin(d7, '7 days', zone) AS d7_7, window_begin(d14, '7 days', zone) AS d14_7, d21,
           window_begin(d21, '7 days', zone) AS d21_7, window_begin(d14, '14 days', zone) AS d14_14,
           window_begin(d7, '30 days', zone) AS d7_30, window_begin(m3, '1 month', zone) AS m3_m1
    FROM question q, LATERAL (
        SELECT max(begin) FILTER (WHERE length = '36 hours') AS h36, max(begin) FILTER (WHERE length = '7 days') AS d7,
               max(begin) FILTER (WHERE length = '14 days') AS d14, max(begin) FILTER (WHERE length = '21 days') AS d21,
               max(begin) FILTER (WHERE length = '30 days') AS d30, max(begin) FILTER (WHERE length = '90 days') AS d90,
               max(begin) FILTER (WHERE length = '1 month') AS m1, max(begin) FILTER (WHERE length = '3 months') AS m3
        FROM begins b WHERE (b.zone, b.at) = (q.zone, q.at)) b)
SELECT i.*, e.*, s.*
FROM instant i, LATERAL (
    SELECT count(*) FILTER (WHERE login AND e.at > d7) AS login_7, count(*) FILTER (WHERE login AND e.at > d7_7 AND e.at <= d7) AS login_7_7,
           count(*) FILTER (WHERE login AND e.at > d14_7 AND e.at <= d14) AS login_7_14, count(*) FILTER (WHERE login AND e.at > d21_7 AND e.at <= d21) AS login_7_21,
           count(*) FILTER (WHERE login AND e.at > d14) AS login_14, count(*) FILTER (WHERE login AND e.at > d14_14 AND e.at <= d14) AS login_14_14,
           count(*) FILTER (WHERE login AND e.at > d30) AS login_30, count(*) FILTER (WHERE login AND e.at > d7_30 AND e.at <= d7) AS login_30_7,
           count(*) FILTER (WHERE login AND e.at > m1) AS login_m1, count(*) FILTER (WHERE login AND e.at > m3_m1 AND e.at <= m3) AS login_m1_m3,
           count(DISTINCT actor) FILTER (WHERE login AND e.at > d30) AS users_30, count(DISTINCT actor) FILTER (WHERE key = 'report' AND e.at > d30) AS reporters_30,
           count(DISTINCT day_of(e.at, i.zone)) FILTER (WHERE login AND e.at > d14) AS days_14, count(DISTINCT day_of(e.at, i.zone)) FILTER (WHERE login AND e.at > d7) AS days_7,
           count(*) FILTER (WHERE key = 'report' AND e.at > d30) AS report_30, count(*) FILTER (WHERE key = 'automation' AND e.at > d30) AS automation_30,
           count(*) FILTER (WHERE key = 'api_call' AND e.at > d30) AS api_30, coalesce(sum(amount) FILTER (WHERE key = 'api_call' AND e.at > m1), 0) AS api_m1,
           coalesce(sum(amount) FILTER (WHERE key = 'ticket' AND e.at > d30), 0) AS tickets_30, count(*) FILTER (WHERE key = 'outage' AND e.at > h36) AS outages,
           today - day_of(max(e.at) FILTER (WHERE login), i.zone) AS since_last, today - day_of(min(e.at) FILTER (WHERE login), i.zone) AS since_first,
           today - day_of(min(e.at) FILTER (WHERE key = 'report'), i.zone) AS since_report
    FROM (SELECT *, key = 'login' AS login FROM event e WHERE e.customer = i.customer AND e.at <= i.at) e) e,
LATERAL (
    SELECT held(i.customer, 'plan', i.at) AS plan, held(i.customer, 'seats', i.at)::numeric AS seats, held(i.customer, 'quota', i.at)::numeric AS quota,
           held(i.customer, 'mrr', i.at)::numeric AS mrr, held(i.customer, 'mrr', d30)::numeric AS mrr_30,
           held(i.customer, 'price', i.at)::numeric AS price, held(i.customer, 'price', m3)::numeric AS price_m3,
           held(i.customer, 'nps', i.at)::numeric AS nps, held(i.customer, 'step', i.at) AS step, held(i.customer, 'signup', i.at)::date AS signup,
           held(i.customer, 'trial_end', i.at)::date AS trial_end, held(i.customer, 'contract_end', i.at)::date AS contract_end,
           held(i.customer, 'invoice_due', i.at)::date AS invoice_due, held(i.customer, 'auto_renew', i.at)::boolean AS auto_renew,
           held(i.customer, 'billing', i.at)::boolean AS billing, held(i.customer, 'analytics', i.at)::boolean AS analytics,
           held(i.customer, 'churned', i.at)::boolean AS churned, c.begun AS champion_since, c.before AS champion_before,
           CASE WHEN held(i.customer, 'nps', i.at) IS NOT NULL THEN today - day_of(n.begun, i.zone) END AS nps_age,
           CASE WHEN held(i.customer, 'step', i.at) IS NOT NULL THEN today - day_of(p.begun, i.zone) END AS step_age
    FROM (SELECT max(at) AS begun, (array_agg(before ORDER BY at DESC))[1] AS before FROM run r WHERE (r.customer, r.key) = (i.customer, 'champion') AND r.at <= i.at) c,
         (SELECT max(at) AS begun FROM run r WHERE (r.customer, r.key) = (i.customer, 'nps') AND r.at <= i.at) n,
         (SELECT max(at) AS begun FROM run r WHERE (r.customer, r.key) = (i.customer, 'step') AND r.at <= i.at) p) s;

-- One row a customer, instant and rule: its condition and its points as the page says them. NULL, and nothing else, is
-- missing.
CREATE VIEW naive_condition AS
SELECT customer, at, r.*
FROM seen, LATERAL (VALUES
    ('usage drop', login_14 < 0.5 * login_14_14 AND login_14_14 >= 10, -25::numeric),
    ('slow decline', login_m1 < 0.8 * login_m1_m3, -10),
    ('no login for two weeks', since_last > 14, -20),
    ('active on half of the days', days_14 >= 7, 15),
    ('comes every week', login_7 > 0 AND login_7_7 > 0 AND login_7_14 > 0 AND login_7_21 > 0, 10),
    ('back after silence', login_7 > 0 AND login_30_7 = 0 AND since_first > 37, 10),
    ('breadth of use', true, 5 * ((report_30 > 0)::int + (automation_30 > 0)::int + (api_30 > 0)::int)),
    ('feature adoption', users_30 > 0, round(20 * least(1, reporters_30::numeric / nullif(users_30, 0)), 1)),
    ('several products', billing AND analytics, 10),
    ('active seats over licences', seats > 0, round(30 * least(1, users_30 / nullif(seats, 0)), 1)),
    ('expansion signal', users_30 >= 0.9 * seats OR api_m1 >= 0.9 * quota, 10),
    ('a few carry it all', seats >= 10 AND login_30 >= 20 AND users_30 <= 2, -10),
    ('onboarding late', today - signup > 45 AND step <> 'live', -15),
    ('first value in time', (today - signup) - since_report <= 30, 10),
    ('stuck in a step', step IN ('kickoff', 'import', 'training') AND step_age > 21, -10),
    ('trial ending unused', plan = 'trial' AND near(trial_end, 7, at, zone) AND days_7 < 3, -10),
    ('renewal near and quiet', near(contract_end, 90, at, zone) AND login_30 < 10, -30),
    ('notice period', auto_renew IS TRUE AND contract_end - today BETWEEN 60 AND 90, -5),
    ('champion left', champion_since > d90 AND champion_before IS NOT NULL, -25),
    ('downgrade', mrr < mrr_30, round(-50 * (1 - mrr / nullif(mrr_30, 0)), 1)),
    ('price increase', price > 1.05 * price_m3, -10),
    ('payment late', invoice_due IS NOT NULL AND today - invoice_due > 14, -least(30, today - invoice_due)),
    ('support load', tickets_30 > greatest(5, 0.2 * seats), -10),
    ('survey score', nps_age <= 180, CASE WHEN nps >= 9 THEN 10 WHEN nps <= 6 THEN -15 ELSE 0 END),
    ('fresh outage', outages > 0, -5)) r (rule, matched, points);

CREATE TABLE naive AS
SELECT customer, at, rule, matched, matched IS NULL OR matched AND points IS NULL AS missing,
       CASE WHEN matched AND points IS NOT NULL THEN points
            WHEN matched IS FALSE THEN 0
            WHEN rule = 'no login for two weeks' THEN -20
            WHEN rule = 'active seats over licences' THEN 10
            ELSE 0 END AS points
FROM naive_condition;
ANALYZE naive;

-- The whole rule set of compare.sql: 25 rules, four stages, of which two rules are in one each, three bands.
CREATE TABLE naive_assessment AS
WITH stage AS (
    SELECT customer, at, signup IS NOT NULL AND NOT coalesce(churned, false) AS there,
           CASE WHEN plan = 'trial' THEN 'trial' WHEN step <> 'live' THEN 'onboarding'
                WHEN near(contract_end, 90, at, zone) THEN 'renewal' ELSE 'adoption' END AS stage
    FROM seen),
added AS (
    SELECT customer, at, stage, least(100, greatest(0, 40 + sum(points))) AS score, avg((NOT missing)::int) AS coverage
    FROM stage JOIN naive USING (customer, at)
    WHERE there AND (rule <> 'onboarding late' OR stage = 'onboarding') AND (rule <> 'renewal near and quiet' OR stage = 'renewal')
    GROUP BY 1, 2, 3)
SELECT customer, at, stage, score, CASE WHEN score >= 70 THEN 'green' WHEN score >= 40 THEN 'yellow' WHEN score IS NOT NULL THEN 'red' END AS band,
       round(coverage, 12) AS coverage
FROM stage LEFT JOIN added USING (customer, at, stage) WHERE there
UNION ALL SELECT customer, at, NULL, NULL, NULL, NULL FROM stage WHERE NOT there;
