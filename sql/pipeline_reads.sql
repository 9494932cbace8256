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
SELECT * FROM csagg.why('pr', 'ada', '2025-01-02', '2025-01-01');
SELECT * FROM csagg.why('pr', 'ada', b => 'infinity');
SELECT * FROM csagg.why('pr', 'ada', b => NULL);
SELECT * FROM csagg.backtest('pr', NULL, csagg.last_buckets(1, '1 day', 'UTC'));
SELECT * FROM csagg.backtest('pr', (SELECT rules FROM pr.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => 'never');
SELECT * FROM csagg.progress('nothing');
SELECT csagg.forget('pr', NULL);
CALL csagg.run('nothing');
CALL csagg.retain('pr', '-1 day');
-- A filter is a condition of rules, and no SQL.
SELECT * FROM csagg.trend('pr', csagg.last_buckets(1, '1 day', 'UTC'), filter => 'true) OR pg_sleep(1) IS NULL');
SELECT csagg.drop_pipeline('pr');
