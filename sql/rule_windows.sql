-- this / last day, week, month, quarter, year; streak; lowest, highest and mean of states: against plain SQL.
SET TimeZone = 'Europe/Berlin';
SET DateStyle = 'ISO, MDY';
CREATE SCHEMA rule_windows;
SET search_path = rule_windows, csagg, public;
SELECT setseed(0.25);
CREATE TABLE visit AS
SELECT customer, timestamptz '2024-11-01' + random() * interval '300 days' AS at, (random() * 9)::int AS amount, 'u' || (random() * 3)::int AS who
FROM generate_series(1, 12) customer, generate_series(1, 40 + customer * 25);
CREATE TABLE level AS
SELECT customer, timestamptz '2024-11-01' + random() * interval '300 days' AS at, CASE WHEN random() < 0.85 THEN round((random() * 50)::numeric, 1) END AS value
FROM generate_series(1, 12) customer, generate_series(1, 60);
CREATE TABLE customer AS
SELECT customer, v.visits, l.level FROM (SELECT customer, counter(at, amount, who) AS visits FROM visit GROUP BY 1) v JOIN (SELECT customer, timeline(at, value) AS level FROM level GROUP BY 1) l USING (customer);
CREATE TABLE asked AS
SELECT customer, at FROM customer, LATERAL (SELECT timestamptz '2024-12-20' + random() * interval '280 days' AS at FROM generate_series(1, 25) WHERE customer > 0
    UNION ALL SELECT unnest('{2025-01-01,2025-03-30 03:00,2025-03-31 00:00,2025-04-01,2025-06-30 23:59:59.999999,2025-07-01,2025-07-07}'::timestamptz[])) t;

CREATE FUNCTION asks(expression text) RETURNS ruleset LANGUAGE sql AS $$
    SELECT jsonb_build_object('timezone', 'Europe/Berlin', 'exists', 'true', 'facts', '{"visits": "counter", "level": "number"}'::jsonb, 'rules',
                              jsonb_build_array(jsonb_build_object('name', 'r', 'points', expression, 'missing', -1)))::ruleset $$;

-- calendar periods
CREATE TABLE period AS
SELECT ago || ' ' || unit AS period, unit, shift FROM unnest('{day,week,month,quarter,year}'::text[]) unit, (VALUES ('this', 0), ('last', 1)) w (ago, shift);
SELECT period, count(*) AS asked, sum(n) AS events,
       count(*) FILTER (WHERE score(rc, c, at) <> n) AS counts_differ, count(*) FILTER (WHERE score(rs, c, at) <> s) AS sums_differ,
       count(*) FILTER (WHERE score(rd, c, at) <> d) AS distincts_differ, count(*) FILTER (WHERE score(ra, c, at) <> a) AS active_days_differ
FROM period, LATERAL (SELECT asks('count(visits, ' || period || ')') AS rc, asks('sum(visits, ' || period || ')') AS rs, asks('distinct(visits, ' || period || ')') AS rd,
                             asks('active_days(visits, ' || period || ')') AS ra OFFSET 0) r,
     asked JOIN customer c USING (customer),
     LATERAL (SELECT date_trunc(unit, asked.at) AS begin, CASE unit WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || unit)::interval END AS step) b,
     LATERAL (SELECT count(*) AS n, coalesce(sum(amount), 0) AS s, count(DISTINCT who) AS d, count(DISTINCT v.at::date) AS a FROM visit v
              WHERE v.customer = asked.customer AND v.at >= begin - shift * step AND (shift = 1 OR v.at <= asked.at) AND (shift = 0 OR v.at < begin)) plain
GROUP BY period ORDER BY period;

-- days in a row
SELECT count(*) AS asked, max(days) AS longest, count(*) FILTER (WHERE days = 0) AS none, count(*) FILTER (WHERE score(rules, c, at) <> days) AS differing
FROM asked JOIN customer c USING (customer), (SELECT asks('streak(visits)') AS rules) r,
     LATERAL (WITH RECURSIVE back (day) AS (
                  SELECT max(v.at::date) FROM visit v WHERE v.customer = asked.customer AND v.at <= asked.at HAVING max(v.at::date) >= asked.at::date - 1
                  UNION ALL SELECT day - 1 FROM back WHERE EXISTS (SELECT FROM visit v WHERE v.customer = asked.customer AND v.at <= asked.at AND v.at::date = day - 1))
              SELECT count(*) AS days FROM back) plain;

-- states over windows
SELECT w, count(*) AS asked, count(*) FILTER (WHERE score(rl, c, at) <> coalesce(low, -1)) AS lowest_differs, count(*) FILTER (WHERE score(rh, c, at) <> coalesce(high, -1)) AS highest_differs
FROM unnest('{36 hours,1 week,1 month}'::text[]) w, LATERAL (SELECT asks('lowest(level, ' || w || ')') AS rl, asks('highest(level, ' || w || ')') AS rh OFFSET 0) r,
     asked JOIN customer c USING (customer),
     LATERAL (SELECT min(value) AS low, max(value) AS high
              FROM (SELECT value FROM level l WHERE l.customer = asked.customer AND l.at <= asked.at AND l.at > asked.at - w::interval
                    UNION ALL (SELECT value FROM level l WHERE l.customer = asked.customer AND l.at <= asked.at - w::interval ORDER BY l.at DESC LIMIT 1)) x) plain
GROUP BY w ORDER BY w;
SELECT n, count(*) AS asked, count(mean) AS known, count(*) FILTER (WHERE abs(score(rules, c, at) - coalesce(mean, -1)) > 1e-12) AS differing
FROM unnest('{1,7,30}'::int[]) n, LATERAL (SELECT asks('mean(level, ' || n || ' days)') AS rules OFFSET 0) r, asked JOIN customer c USING (customer),
     LATERAL (SELECT avg(value) AS mean FROM generate_series(1, n) ago,
              LATERAL (SELECT value FROM level l WHERE l.customer = asked.customer AND l.at < (asked.at::date - ago + 1)::timestamptz ORDER BY l.at DESC LIMIT 1) close) plain
GROUP BY n ORDER BY n;

-- The same over time, and until when
SELECT count(*) AS asked, count(*) FILTER (WHERE number_at(score_over(rules, c, '2024-12-01', '2025-12-01'), at) <> a.score) AS over_differs,
       count(*) FILTER (WHERE score(rules, c, least(a.valid_until, '2030-01-01') - interval '1 us') <> a.score) AS shorter, count(*) FILTER (WHERE a.valid_until < 'infinity' AND score(rules, c, least(a.valid_until, '2030-01-01')) = a.score) AS longer
FROM asked JOIN customer c USING (customer),
     (SELECT asks('count(visits, this month) + 100 * count(visits, last week) + 10000 * streak(visits) + 0.01 * mean(level, 7 days) + lowest(level, 3 days) - highest(level, 1 week)') AS rules) r,
     assess(rules, c, at) a;
