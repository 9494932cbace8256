-- Other rules for the past: of an episode that had ended nothing is told any more, one that is open is withdrawn; an episode that only they make is not
-- told. Late rows withdraw both.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number"}, "alerts": [{"name": "low", "when": "n < 5"}]}');
UPDATE cs.pipeline SET alerts_from = now() - interval '10 days';
INSERT INTO cs.log (customer, key, at, value) SELECT c, 'n', now() - d * interval '1 day', v FROM (VALUES ('ended', 5, jsonb '3'), ('ended', 3, '9'), ('open', 5, '3'), ('never', 5, '9')) r(c, d, v);
CALL csagg.refresh('cs');
SELECT customer, kind, late FROM cs.alert_feed ORDER BY customer, id;
\echo rules
UPDATE cs.rules SET rules = jsonb_set(rules::jsonb, '{alerts,0,when}', '"n > 5"')::csagg.ruleset;
CALL csagg.refresh('cs');
SELECT customer, kind, late FROM cs.alert_feed WHERE id > 3 ORDER BY id;
SELECT customer, until IS NULL AS open, announced FROM cs.alert ORDER BY customer;
\echo late rows
INSERT INTO cs.log (customer, key, at, value) VALUES ('new', 'n', now() - interval '5 days', '9'), ('new', 'n', now() - interval '3 days', '1'), ('newer', 'n', now() - interval '5 days', '9');
CALL csagg.refresh('cs');
INSERT INTO cs.log (customer, key, at, value) SELECT customer, key, at, '2' FROM cs.log WHERE customer LIKE 'new%' AND value = '9';
CALL csagg.refresh('cs');
SELECT customer, kind, late FROM cs.alert_feed WHERE customer LIKE 'new%' ORDER BY customer, id;
SELECT * FROM csagg.verify('cs', NULL);
