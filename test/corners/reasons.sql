-- The feed has score, stage and band of the instant of each row, long ago too; of the view alerts they go with the feed's row.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number", "k": "number"}, "base": 10, "rules": [{"name": "n", "points": "n"}], "stages": [{"name": "small", "when": "n < 3"}, {"name": "large"}],
    "bands": [{"name": "red"}, {"name": "green", "from": 14}], "alerts": [{"name": "low", "when": "n < 5"}, {"name": "k", "when": "k > 0"}]}');
UPDATE cs.pipeline SET alerts_from = '-infinity';
INSERT INTO cs.log (customer, key, at, value) SELECT 'ada', k, now() - d * interval '1 day', v FROM (VALUES ('n', 300, jsonb '2'), ('n', 200, '7'), ('n', 60, '4'), ('n', 50, '9'), ('k', 10, '1')) r(k, d, v);
CALL csagg.refresh('cs');
SELECT kind, alert, extract(day FROM emitted_at - at) AS days, late, reasons FROM cs.alert_feed ORDER BY id;
INSERT INTO cs.log (customer, key, at, value) VALUES ('ada', 'n', now() - interval '150 days', '3'), ('ada', 'n', now() - interval '140 days', '8');
CALL csagg.refresh('cs');
SELECT kind, alert, extract(day FROM emitted_at - at) AS days, late, reasons FROM cs.alert_feed WHERE id > 5 ORDER BY id;
SELECT alert, reasons FROM cs.alerts;
UPDATE cs.alert_feed SET emitted_at = emitted_at - interval '91 days';
CALL csagg.retain('cs');
SELECT alert, reasons FROM cs.alerts;
\echo why somebody who was there since ever has the score: what gives no points is no reason
INSERT INTO cs.log (customer, key, at, value) VALUES ('bell', 'n', '-infinity', '0');
CALL csagg.refresh('cs');
SELECT cause, part, rule, points FROM csagg.why('cs', 'bell', now() - interval '1000 days');
