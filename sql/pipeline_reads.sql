-- The plain surface of the reads: columns, comments, errors.
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT csagg.create_pipeline('pr', '{"timezone": "UTC", "facts": {"login": "counter", "plan": "text"}, "base": 10,
    "rules": [{"name": "gold", "when": "plan = ''gold''", "points": 50}], "bands": [{"name": "red"}, {"name": "green", "from": 50}]}');
SELECT attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = 'pr.health_daily'::regclass ORDER BY attnum;
SELECT count(*) FROM pr.health_daily;
SELECT count(*) FROM csagg.trend('pr', csagg.last_buckets(3, '1 day', 'UTC'));
INSERT INTO pr.log (customer, key, at, value) VALUES ('ada', 'plan', now() - interval '5 days', '"gold"'), ('bell', 'plan', now() - interval '5 days', '"basic"');
SELECT current_date - day AS ago, band, stage, customers FROM pr.health_daily WHERE day > current_date - 2 ORDER BY 1, 2;
-- Buckets that have not begun have no rows.
SELECT count(*) FROM csagg.trend('pr', csagg.grid('2100-01-01', '2100-01-05', '1 day', 'UTC'));
SELECT count(*) FROM csagg.moves('pr', csagg.grid('2100-01-01', '2100-01-05', '1 day', 'UTC'));
SELECT members, n FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), '{}');
SELECT members, n FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), '{tenant,plan,score}') ORDER BY 1;
-- Nobody of that name.
SELECT count(*) FROM csagg.why('pr', 'nobody');
\set SHOW_CONTEXT never
SELECT * FROM csagg.trend('nothing', csagg.last_buckets(1, '1 day', 'UTC'));
SELECT * FROM csagg.trend('pr', NULL);
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), '{quota}');
SELECT * FROM csagg.moves('pr', csagg.last_buckets(1, '1 day', 'UTC'), 'login');
SELECT * FROM csagg.trend(NULL, csagg.last_buckets(1, '1 day', 'UTC'));
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), '{NULL}');
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), '{{band,plan},{tenant,plan}}');
SELECT * FROM csagg.moves('pr', csagg.last_buckets(1, '1 day', 'UTC'), NULL);
SELECT csagg.drop_pipeline(NULL);
SELECT * FROM csagg.why('pr', 'ada', '2025-01-02', '2025-01-01');
SELECT * FROM csagg.why('pr', 'ada', b => 'infinity');
SELECT * FROM csagg.why('pr', 'ada', b => NULL);
SELECT * FROM csagg.backtest('pr', NULL, csagg.last_buckets(1, '1 day', 'UTC'));
SELECT * FROM csagg.backtest('pr', (SELECT rules FROM pr.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => 'never');
SELECT * FROM csagg.backtest('pr', '{"timezone": "UTC", "facts": {"plan": "number"}}', csagg.last_buckets(1, '1 day', 'UTC'));
SELECT * FROM csagg.progress('nothing');
SELECT csagg.forget('pr', NULL);
SELECT csagg.forget_actor('pr', NULL);
CALL csagg.run('nothing');
CALL csagg.retain('pr', '-1 day');
CALL csagg.retain('pr', history => '-1 day');
-- What is known goes up to the beginning of a month, unless rules ask for all of it.
UPDATE pr.rules SET rules = replace(rules::text, 'plan = ''gold''', 'count(login) > 0 or plan = ''gold''')::csagg.ruleset;
CALL csagg.retain('pr', history => '3 months');
UPDATE pr.rules SET rules = replace(rules::text, 'count(login)', 'count(login, 10 days)')::csagg.ruleset;
CALL csagg.retain('pr', history => '3 months');
CALL csagg.refresh('pr');
INSERT INTO pr.log (customer, key, at, value) VALUES ('ada', 'plan', now() - interval '4 years', '"basic"'), ('ada', 'login', now() - interval '4 years', '3');
CALL csagg.refresh('pr');
CALL csagg.retain('pr', history => '3 months');
SELECT customer, from_at = kept_from AS from_there, kept_from = date_trunc('month', now() - interval '3 months') AS month, kept_from - facts_from AS looks_back, csagg.known_from(facts) = facts_from AS known FROM pr.current ORDER BY customer;
SELECT * FROM csagg.health_at('pr', now() - interval '5 months');
SELECT count(*) FROM csagg.why('pr', 'ada', b => now() - interval '5 months');
SELECT customer, score, band, coverage FROM pr.health ORDER BY customer;
SELECT * FROM csagg.verify('pr');
-- A filter is a condition of rules, and no SQL.
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), filter => 'true) OR pg_sleep(1) IS NULL');
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), filter => 'band = "free"');
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), filter => '"band" = "free"');
SELECT csagg.drop_pipeline('pr');
-- What health tells of a timeline, and the same from changes().
SELECT count(*) AS compared, count(since) AS held, count(before) AS followed, count(change) AS changes, count(*) FILTER (WHERE
    since IS DISTINCT FROM (SELECT valid_from FROM csagg.changes(x) WHERE valid_from <= at AND valid_until > at)
    OR before IS DISTINCT FROM (SELECT value FROM csagg.changes(x) WHERE valid_until <= at ORDER BY valid_from DESC LIMIT 1)
    OR change IS DISTINCT FROM (SELECT min(edge) FROM csagg.changes(x), unnest(ARRAY[valid_from, valid_until]) edge WHERE edge > at AND edge < until)
    OR csagg.text_at(csagg.pipeline_slice(x, until - interval '10 days', until), at) IS DISTINCT FROM CASE WHEN at >= until - interval '10 days' AND at < until THEN csagg.text_at(x, at) END
    OR csagg.pipeline_alerts_at(alerts, at) IS DISTINCT FROM CASE WHEN csagg.text_at(x, at) = 'b' THEN '{on}'::text[] ELSE '{}' END) AS differ
FROM (
    SELECT x, at, until, alerts, csagg.pipeline_since(x, at) AS since, csagg.pipeline_before(x, at) AS before, csagg.pipeline_next_change(NULL, NULL, NULL, x, alerts, at, until) AS change
    FROM (
        SELECT i, csagg.timeline(timestamptz '2025-01-01' + j * interval '1 day', NULLIF(substr('aabc-', 1 + (i * j * j + i) % 5, 1), '-')) AS x,
            csagg.history('on', 'boolean', timestamptz '2025-01-01' + j * interval '1 day', to_jsonb(NULLIF(substr('aabc-', 1 + (i * j * j + i) % 5, 1), '-') = 'b')) AS alerts
        FROM generate_series(1, 40) i, generate_series(1, 1 + i) j GROUP BY i) t,
        LATERAL (SELECT timestamptz '2024-12-30' + k * interval '1 day' AS at, timestamptz '2025-02-01' AS until FROM generate_series(0, 32) k) a) c;
SELECT csagg.pipeline_alerts_at(NULL, now()), csagg.pipeline_alerts_at('{}', NULL), csagg.pipeline_next_change(NULL, NULL, NULL, NULL, NULL, now(), now() + interval '1 day');
SELECT csagg.pipeline_next_change(NULL, NULL, NULL, 'number {-infinity = 1, 2025-01-20 = 2}', csagg.history('on', 'boolean', at, 'true'), '2025-01-01', '2025-02-01')
FROM unnest('{2025-01-01,2025-01-05,2025-01-25}'::timestamptz[]) at GROUP BY at ORDER BY at;
SELECT csagg.pipeline_alerts_at(csagg.history('x', 'number', '-infinity', '1'), now());
SELECT csagg.pipeline_slice('number {2025-01-01 = 5}', s, '2025-01-03') FROM unnest('{-infinity,2025-01-02,2025-01-03}'::timestamptz[]) s;
