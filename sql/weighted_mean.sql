-- The method "weighted mean" against plain SQL, and a score in which missing measures do not count as zero.
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
CREATE SCHEMA weighted_mean;
SET search_path = weighted_mean, csagg, public;

CREATE TABLE account (id int, usage numeric, tickets numeric, resolution numeric, nps numeric);
INSERT INTO account VALUES (1, 70, 50, 30, 95), (2, 70, NULL, 30, NULL), (3, 0, NULL, NULL, NULL), (4, NULL, NULL, NULL, NULL),
    (5, NULL, 90, 10, 40), (6, 31, NULL, NULL, 77), (7, 12.34, 100, NULL, 1e-9);
-- usage weighs 50, support 30 (tickets and resolution 2 to 1 in it), nps 20
CREATE TABLE r AS SELECT '{"timezone": "UTC", "method": "weighted mean",
    "exists": "true",
    "facts": {"usage": "number", "tickets": "number", "resolution": "number", "nps": "number"},
    "define": [{"name": "support", "is": "(2 * coalesce(tickets, 0) + coalesce(resolution, 0)) / nullif(if(tickets is null, 0, 2) + if(resolution is null, 0, 1), 0)"}],
    "rules": [{"name": "usage", "weight": 50, "points": "usage"},
              {"name": "support", "weight": 30, "points": "support"},
              {"name": "nps", "weight": 20, "points": "nps"}],
    "bands": [{"name": "red"}, {"name": "green", "from": 50}]}'::ruleset AS rules;
SELECT id, round(a.score, 4) AS score, a.band, round(a.coverage, 2) AS coverage, round(plain.score, 4) = round(a.score, 4) AS right
FROM r, account c, assess(rules, c, '2025-06-01') a,
     LATERAL (SELECT sum(w * v) FILTER (WHERE v IS NOT NULL) / sum(w) FILTER (WHERE v IS NOT NULL) AS score
              FROM (VALUES (50, usage), (30, (SELECT sum(w * v) / sum(w) FROM (VALUES (2, tickets), (1, resolution)) s (w, v) WHERE v IS NOT NULL)), (20, nps)) m (w, v)) plain
ORDER BY id;
SELECT id, e.rule, e.missing, e.points, e.facts FROM r, account c, explain(rules, c, '2025-06-01') e WHERE id IN (1, 2, 4) ORDER BY id;
-- a definition that is not needed, and would fail, is not shown
SELECT n, e.points, e.facts FROM (VALUES (0), (5)) x (n), explain('{"timezone": "UTC", "facts": {"n": "number"}, "define": [{"name": "share", "is": "10 / n"}], "rules": [{"name": "r", "when": "n > 0 and share > 1", "points": "share"}]}', x, '2025-06-01') e;
SELECT id, score(rules, c, '2025-06-01') IS NOT DISTINCT FROM sum(e.points) FILTER (WHERE NOT e.missing) AS adds_up
FROM r, account c, explain(rules, c, '2025-06-01') e GROUP BY id, rules, c ORDER BY id;

-- 400 random customers whose measures come, go and change, asked at random instants
SELECT setseed(0.5);
CREATE TABLE reading AS
SELECT customer, measure, at, CASE WHEN random() < 0.7 THEN round((random() * 100)::numeric, (random() * 4)::int) END AS value
FROM generate_series(1, 400) customer, unnest('{usage,tickets,nps,depth}'::text[]) measure,
     LATERAL (SELECT timestamptz '2025-01-01' + random() * interval '300 days' AS at FROM generate_series(1, 5) WHERE customer > 0) t;
CREATE TABLE customer AS
SELECT customer, timeline(at, value) FILTER (WHERE measure = 'usage') AS usage, timeline(at, value) FILTER (WHERE measure = 'tickets') AS tickets,
       timeline(at, value) FILTER (WHERE measure = 'nps') AS nps, timeline(at, value) FILTER (WHERE measure = 'depth') AS depth
FROM reading GROUP BY customer;
CREATE INDEX ON reading (customer, measure, at);
CREATE TABLE weights (measure text, weight numeric, missing numeric);
INSERT INTO weights VALUES ('usage', 3, NULL), ('tickets', 0.25, NULL), ('nps', 1, 40), ('depth', 17.000001, NULL);
CREATE TABLE w AS SELECT ('{"timezone": "Europe/Berlin", "method": "weighted mean", "exists": "true", "facts": {"usage": "number", "tickets": "number", "nps": "number", "depth": "number"}, "rules": ['
    || string_agg(format('{"name": "%s", "points": "%1$s", "weight": %s%s}', measure, weight, ', "missing": ' || missing), ', ') || ']}')::ruleset AS rules FROM weights;
CREATE TABLE asked AS SELECT customer, timestamptz '2025-01-05' + random() * interval '300 days' AS at FROM customer, generate_series(1, 10);
CREATE TABLE plain AS
SELECT customer, asked.at, sum(weight * coalesce(value, missing)) / nullif(sum(weight) FILTER (WHERE coalesce(value, missing) IS NOT NULL), 0) AS score
FROM asked, weights w LEFT JOIN LATERAL (SELECT value FROM reading r WHERE r.customer = asked.customer AND r.measure = w.measure AND r.at <= asked.at ORDER BY r.at DESC LIMIT 1) v ON true
GROUP BY customer, asked.at;
-- the score at an instant, of the timeline, and as explained
SELECT count(*) AS asked, count(plain.score) AS scored,
       count(*) FILTER (WHERE round(s.at_once, 9) IS DISTINCT FROM round(plain.score, 9)) AS differing,
       count(*) FILTER (WHERE s.at_once IS DISTINCT FROM s.over) AS over_differing, count(*) FILTER (WHERE coalesce(s.at_once, 0) <> s.explained) AS not_adding_up
FROM plain JOIN customer c USING (customer), w,
     LATERAL (SELECT score(rules, c, at) AS at_once, number_at(score_over(rules, c, '2025-01-01', '2026-01-01'), at) AS over,
                     (SELECT sum(points) FROM explain(rules, c, at)) AS explained) s;
-- and its changes
SELECT count(*) AS customers, count(*) FILTER (WHERE coalesce(score(rules, c, '2025-02-01'), 0) + e.points <> coalesce(score(rules, c, '2025-12-01'), 0)) AS not_adding_up
FROM customer c, w, LATERAL (SELECT coalesce(sum(points), 0) AS points FROM explain_change(rules, c, '2025-02-01', '2025-12-01')) e;
