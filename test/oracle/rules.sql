-- Windows of rules: calendar periods, streaks, and states over windows, by score() against counting rows and looking up.

CREATE FUNCTION pg_temp.asks(expression text) RETURNS csagg.ruleset LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('timezone', zone, 'exists', 'true', 'facts', '{"visits": "counter", "level": "number"}'::jsonb,
                              'rules', jsonb_build_array(jsonb_build_object('name', 'r', 'points', expression, 'missing', -1)))::csagg.ruleset FROM oracle.now
$$;
CREATE TEMP TABLE rated AS
SELECT customer, c AS visits, x AS level FROM oracle.counted JOIN oracle.ours USING (customer) WHERE kind = 'integer' AND ranked;
-- Instants of events and just before, every few days, and around each change of the clocks.
CREATE TEMP TABLE asked AS
SELECT DISTINCT customer, at, at AT TIME ZONE n.zone AS shown
FROM oracle.now n JOIN oracle.scene c ON (c.zone, c.since) = (n.zone, n.since) CROSS JOIN rated,
     LATERAL ((SELECT at - (id % 2) * interval '1 us' AS at FROM oracle.event e WHERE e.customer = rated.customer AND isfinite(at) LIMIT 9)
              UNION ALL SELECT s + customer * interval '7 hours' FROM generate_series(n.since, n.until, '6 days') s
              UNION ALL SELECT t + d FROM oracle.transitions(c) t, unnest('{-1 us, 0, 40 minutes, 1 day}'::interval[]) d) a;

-- The last period is the one that had the instant just before this one began: a day that the clocks skip is none.
CREATE TEMP TABLE calendar AS
SELECT a.customer, a.at, ago || ' ' || unit AS period, CASE ago WHEN 'this' THEN this ELSE date_trunc(unit, (this - interval '1 us') AT TIME ZONE zone) AT TIME ZONE zone END AS begins,
       CASE ago WHEN 'last' THEN this END AS ends
FROM asked a, oracle.now, unnest('{day,week,month,quarter,year}'::text[]) unit, unnest('{this,last}'::text[]) ago,
     LATERAL (SELECT date_trunc(unit, shown) AT TIME ZONE zone AS this) t;

CALL oracle.equal('calendar periods of rules', $$
    SELECT customer, at, period, csagg.score(c, r, at), csagg.score(s, r, at), csagg.score(d, r, at), csagg.score(a, r, at)
    FROM (SELECT period, pg_temp.asks('count(visits, ' || period || ')') AS c, pg_temp.asks('sum(visits, ' || period || ')') AS s,
                 pg_temp.asks('distinct(visits, ' || period || ')') AS d, pg_temp.asks('active_days(visits, ' || period || ')') AS a
          FROM (SELECT DISTINCT period FROM calendar) p OFFSET 0) p JOIN calendar USING (period) JOIN rated r USING (customer)
$$, $$
    SELECT c.customer, c.at, period, count(e.at)::numeric, oracle.digits18(coalesce(sum(amount), 0)), count(DISTINCT actor)::numeric, count(DISTINCT (e.at AT TIME ZONE zone)::date)::numeric
    FROM oracle.now CROSS JOIN calendar c LEFT JOIN oracle.event e ON e.customer = c.customer AND e.at >= begins AND CASE WHEN ends IS NULL THEN e.at <= c.at ELSE e.at < ends END
    GROUP BY c.customer, c.at, period
$$);

CALL oracle.equal('streak', $$
    SELECT customer, at, csagg.score(rules, r, at) FROM (SELECT pg_temp.asks('streak(visits)') AS rules OFFSET 0) s, asked JOIN rated r USING (customer)
$$, $$
    WITH RECURSIVE active AS (SELECT DISTINCT a.customer, a.at, (e.at AT TIME ZONE zone)::date AS day FROM oracle.now, asked a JOIN oracle.event e ON e.customer = a.customer AND e.at <= a.at),
    back AS (SELECT customer, at, shown::date - CASE WHEN EXISTS (SELECT FROM active x WHERE (x.customer, x.at, x.day) = (a.customer, a.at, shown::date)) THEN 0 ELSE 1 END AS day, 0 AS n FROM asked a
             UNION ALL
             SELECT customer, at, day - 1, n + 1 FROM back JOIN active USING (customer, at, day))
    SELECT customer, at, max(n)::numeric FROM back GROUP BY customer, at
$$);

-- What was in force at some instant behind l, instants being whole microseconds.
CREATE TEMP TABLE seen AS
SELECT a.customer, a.at, w, CASE WHEN w < '2 days' THEN a.at - w
                                 ELSE (SELECT max(oracle.before(s, w, zone)) FROM (SELECT a.at AS s UNION ALL SELECT t - interval '1 us' FROM generate_series(date_trunc('hour', a.at) - interval '4 days', a.at, '15 minutes') t) s) END AS l
FROM asked a, oracle.now, unnest('{36 hours,7 days,1 month}'::interval[]) w;
CALL oracle.equal('lowest, highest', $$
    SELECT customer, at, w, csagg.score(low, r, at), csagg.score(high, r, at)
    FROM (SELECT w, pg_temp.asks('lowest(level, ' || name || ')') AS low, pg_temp.asks('highest(level, ' || name || ')') AS high
          FROM (VALUES (interval '36 hours', '36 hours'), ('7 days', '1 week'), ('1 month', '1 month')) v (w, name) OFFSET 0) q JOIN seen USING (w) JOIN rated r USING (customer)
$$, $$
    SELECT s.customer, s.at, w, coalesce(min(number), -1), coalesce(max(number), -1)
    FROM seen s LEFT JOIN oracle.entry e ON e.kind = 'integer' AND e.ranked AND e.customer = s.customer AND e.at <= s.at AND e.valid_until > s.l + interval '1 us'
    GROUP BY s.customer, s.at, w
$$);

CALL oracle.equal('mean of the last days', $$
    SELECT customer, at, n, csagg.score(rules, r, at)
    FROM (SELECT n, pg_temp.asks('mean(level, ' || n || ' days)') AS rules FROM unnest('{1,7,30}'::int[]) n OFFSET 0) q, asked JOIN rated r USING (customer)
$$, $$
    SELECT a.customer, a.at, n, coalesce(oracle.quotient(sum(number), nullif(count(number), 0)), -1)
    FROM oracle.now CROSS JOIN asked a CROSS JOIN unnest('{1,7,30}'::int[]) n CROSS JOIN generate_series(1, n) ago
         LEFT JOIN LATERAL oracle.at('integer', true, customer, (shown::date - ago + 1)::timestamp AT TIME ZONE zone - interval '1 us') v ON true
    GROUP BY a.customer, a.at, n
$$);
