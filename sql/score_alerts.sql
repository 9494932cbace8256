-- Alerts that ask for the score, the band, the stage and the coverage, against plain SQL every half hour.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
CREATE SCHEMA score_alerts;
SET search_path = score_alerts, csagg, public;

CREATE TABLE log (customer text, at timestamptz);
INSERT INTO log
SELECT 'steady', d FROM generate_series(timestamptz '2025-01-02 10:00', '2025-03-30 10:00', '1 day') d
UNION ALL SELECT 'fading', d FROM generate_series(timestamptz '2025-01-02 10:00', '2025-02-08 10:00', '1 day') d
UNION ALL SELECT 'slower', d FROM generate_series(timestamptz '2025-01-02 10:00', '2025-02-08 10:00', '1 day') d
UNION ALL SELECT 'slower', d FROM generate_series(timestamptz '2025-02-10 15:30', '2025-03-30 15:30', '4 days') d;
CREATE TABLE customer AS SELECT customer, counter(at) AS login FROM log GROUP BY customer;
CREATE TABLE r AS SELECT '{"timezone": "UTC", "facts": {"login": "counter"}, "base": 20, "max": 80,
    "stages": [{"name": "new", "when": "days_since(first(login)) < 20"}, {"name": "old"}],
    "rules": [{"name": "use", "points": "6 * count(login, 14 days)"}],
    "bands": [{"name": "red"}, {"name": "green", "from": 50}],
    "alerts": [{"name": "drop", "when": "score <= score @ 7 days ago - 20"},
               {"name": "turned red", "when": "band = ''red'' and previous(band) = ''green'' and changed_within(band, 1 day)"},
               {"name": "long red", "when": "band = ''red'' and age(band) >= 21 and stage = ''old''"},
               {"name": "held", "when": "score < 80 and coverage = 1", "for": "3 days", "keep_firing_for": "12 hours"}]}'::ruleset AS rules;

-- Plain SQL: the score every half hour, the alerts by its words.
CREATE TABLE plain AS
SELECT customer, t, CASE WHEN n.events > 0 THEN least(80, 20 + 6 * n.lately) END AS score, CASE WHEN n.events > 0 AND 20 + 6 * n.lately < 50 THEN 'red' WHEN n.events > 0 THEN 'green' END AS band,
       CASE WHEN t::date - n.first::date < 20 THEN 'new' ELSE 'old' END AS stage
FROM customer, generate_series(timestamptz '2024-12-20', '2025-04-20', '30 minutes') t,
     LATERAL (SELECT count(*) AS events, min(at) AS first, count(*) FILTER (WHERE at > t - interval '14 days') AS lately FROM log WHERE log.customer = customer.customer AND at <= t) n;
CREATE TABLE runs AS
SELECT customer, band, min(t) AS since, max(t) AS last, lag(band) OVER (PARTITION BY customer ORDER BY min(t)) AS previous
FROM (SELECT *, count(*) FILTER (WHERE turned) OVER (PARTITION BY customer ORDER BY t) AS run
      FROM (SELECT *, band IS DISTINCT FROM lag(band) OVER (PARTITION BY customer ORDER BY t) AS turned FROM plain) p) p
GROUP BY customer, band, run;
CREATE TABLE expected AS
SELECT p.customer, p.t, p.score <= w.score - 20 AS drop, p.band = 'red' AND r.previous = 'green' AND r.since > p.t - interval '1 day' AS turned_red,
       p.band = 'red' AND p.t::date - r.since::date >= 21 AND p.stage = 'old' AS long_red
FROM plain p JOIN plain w ON w.customer = p.customer AND w.t = p.t - interval '7 days' JOIN runs r ON r.customer = p.customer AND p.t BETWEEN r.since AND r.last;
CREATE TABLE given AS
SELECT customer, timeline_of(o.alerts, 'drop') AS drop, timeline_of(o.alerts, 'turned red') AS turned_red, timeline_of(o.alerts, 'long red') AS long_red
FROM customer c, r, assess_over(rules, c, '2024-12-20', '2025-04-21') o;
SELECT count(*) AS half_hours, count(*) FILTER (WHERE e.drop) AS drop, count(*) FILTER (WHERE e.turned_red) AS turned_red, count(*) FILTER (WHERE e.long_red) AS long_red,
       count(*) FILTER (WHERE coalesce(e.drop, false) <> coalesce(bool_at(g.drop, t), false)) AS drop_differs,
       count(*) FILTER (WHERE coalesce(e.turned_red, false) <> coalesce(bool_at(g.turned_red, t), false)) AS turned_red_differs,
       count(*) FILTER (WHERE coalesce(e.long_red, false) <> coalesce(bool_at(g.long_red, t), false)) AS long_red_differs
FROM expected e JOIN given g USING (customer);
-- assess() says the same at each instant, and until when
SELECT count(*) AS asked, count(*) FILTER (WHERE coalesce(a.alerts->>'drop' = 'firing', false) <> coalesce(e.drop, false)
                              OR coalesce(a.alerts->>'turned red' = 'firing', false) <> coalesce(e.turned_red, false)
                              OR coalesce(a.alerts->>'long red' = 'firing', false) <> coalesce(e.long_red, false)) AS differing,
       count(*) FILTER (WHERE a.valid_until <= t) AS over, count(*) FILTER (WHERE to_jsonb(b) - 'as_of' <> to_jsonb(a) - 'as_of') AS shorter,
       count(*) FILTER (WHERE a.valid_until < 'infinity' AND to_jsonb(later) - '{as_of,valid_until}'::text[] = to_jsonb(a) - '{as_of,valid_until}'::text[]) AS longer
FROM (SELECT * FROM expected WHERE extract(hour FROM t) = 9 AND extract(minute FROM t) = 0) e JOIN customer c USING (customer), r,
     LATERAL assess(rules, c, e.t) a, LATERAL assess(rules, c, least(a.valid_until, '2100-01-01') - interval '1 us') b, LATERAL assess(rules, c, least(a.valid_until, '2100-01-01')) later;
SELECT customer, f.valid_from, f.valid_until FROM given, changes(drop) f WHERE f.value = 'true' ORDER BY 1, 2;
-- a fact of the name is the fact
SELECT a.alerts FROM (SELECT 7 AS score) x, assess('{"timezone": "UTC", "facts": {"score": "number"}, "base": 3, "alerts": [{"name": "seven", "when": "score = 7"}, {"name": "whole", "when": "coverage is null"}]}', x, '2025-01-01') a;
SELECT '{"timezone": "UTC", "rules": [{"name": "r", "when": "score > 5", "points": 1}]}'::ruleset;
SELECT '{"timezone": "UTC", "stages": [{"name": "r", "when": "coverage > 0.5"}]}'::ruleset;
