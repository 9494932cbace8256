-- Your own log as a pipeline, with rules that fit any: of the three counters and three numbers that most customers have, whether there is
-- less of them than a month ago; of a text, whether it has ended. `activity` has the rows, `fact` the kinds of their keys (scripts/demo
-- FILE.csv makes both). Rows that end in the past are moved by whole days, so that they end now. Afterwards CALL csagg.refresh('cs').

CREATE TABLE move AS
SELECT CASE WHEN max(at) < now() - interval '2 days' THEN date_trunc('day', now() - max(at)) ELSE interval '0' END AS days
FROM activity WHERE isfinite(at);

SELECT csagg.create_pipeline('cs', rules => jsonb_build_object('timezone', 'UTC', 'base', 50, 'min', 0, 'max', 100,
    'bands', jsonb '[{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 60}]',
    'facts', coalesce(jsonb_object_agg(key, kind) FILTER (WHERE place <= 3), '{}'),
    'rules', coalesce(jsonb_agg(rule) FILTER (WHERE rule IS NOT NULL), '[]'),
    'alerts', coalesce(jsonb_agg(DISTINCT alert) FILTER (WHERE alert IS NOT NULL), '[]'))::csagg.ruleset)
FROM (
    SELECT key, kind, row_number() OVER (PARTITION BY kind ORDER BY customers DESC, rows DESC, key) AS place, '"' || replace(key, '"', '""') || '"' AS x
    FROM fact WHERE octet_length(key) <= 200 AND key NOT LIKE 'overridden\_%') f
LEFT JOIN LATERAL (
    SELECT jsonb_build_object('name', key || ' ' || name, 'when', replace("when", '$', x), 'points', points) AS rule,
        CASE WHEN place = 1 AND alert IS NOT NULL THEN jsonb_build_object('name', key || ' ' || alert, 'when', replace(asks, '$', x)) END AS alert
    FROM (VALUES
        ('counter', 'in the last 30 days', 'count($, 30 days) > 0', 15, NULL, NULL),
        ('counter', 'halved in 30 days', 'count($, 30 days) < count($, 30 days, 30 days ago) / 2', -20, NULL, NULL),
        ('counter', 'not for 14 days', 'count($, 14 days) = 0', -10, 'not for 14 days', 'count($, 14 days) = 0'),
        ('number', 'lower than 30 days ago', '$ < $ @ 30 days ago', -15, 'lower than 7 days ago', '$ < $ @ 7 days ago'),
        ('number', 'higher than 30 days ago', '$ > $ @ 30 days ago', 10, NULL, NULL),
        ('text', 'has ended', '$ is null and previous($) is not null', -20, NULL, NULL)) r(of, name, "when", points, alert, asks)
    WHERE r.of = kind AND place <= 3) r ON true;

INSERT INTO cs.fact (key, kind) SELECT key, kind FROM fact WHERE octet_length(key) <= 1000 ON CONFLICT DO NOTHING;
INSERT INTO cs.log (tenant, customer, key, at, value)
SELECT tenant, customer, key, CASE WHEN at < '200000-01-01' AND isfinite(at) THEN at + days ELSE at END,
    CASE kind WHEN 'counter' THEN NULL WHEN 'number' THEN to_jsonb(value::numeric) ELSE to_jsonb(value) END
FROM activity JOIN fact USING (key), move
ORDER BY id;
