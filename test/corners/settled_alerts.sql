-- With a time to settle, an alert that waits to be booked is announced, whatever has the customers assessed anew meanwhile; and verify() leaves
-- alone who has not been assessed yet.
SELECT csagg.create_pipeline('cs', settle => '2 seconds', rules => '{"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "a", "points": "n"}], "alerts": [{"name": "low", "when": "score < 5"}]}');
INSERT INTO cs.log (customer, key, value) VALUES ('quiet', 'n', '9');
CALL csagg.refresh('cs');
INSERT INTO cs.log (customer, key, value) VALUES ('new', 'n', '1');
CALL csagg.refresh('cs');
SELECT kind, customer FROM cs.alert_feed;
INSERT INTO cs.rules (effective_from, rules) SELECT now(), rules FROM cs.rules;
SELECT pg_sleep(2.5);
CALL csagg.refresh('cs');
SELECT kind, customer, alert FROM cs.alert_feed;
\echo a backlog
UPDATE cs.pipeline SET settle = '0';
CALL csagg.refresh('cs');
INSERT INTO cs.log (customer, key, value) VALUES ('late', 'n', '1');
INSERT INTO cs.log (customer, key, value) SELECT 'quiet', 'n', '9' FROM generate_series(1, 20) i;
SELECT folded, more FROM csagg.step('cs', 5);
SELECT problem, customer, detail FROM csagg.verify('cs', NULL, repair => true);
CALL csagg.refresh('cs');
SELECT kind, customer, alert FROM cs.alert_feed WHERE customer = 'late';
SELECT problem, customer, detail FROM csagg.verify('cs', NULL);
\echo a clock that was ahead
UPDATE cs.pipeline SET last_step = clock_timestamp() + interval '30 days';
SELECT source, error ~ 'was the clock ahead' AS told FROM cs.status WHERE error IS NOT NULL;
INSERT INTO cs.log (customer, key, value) VALUES ('quiet', 'n', '2');
CALL csagg.refresh('cs');
UPDATE cs.pipeline SET last_step = clock_timestamp(), due_from = '-infinity';
INSERT INTO cs.todo (tenant, why) VALUES ('', 'settle');
CALL csagg.refresh('cs');
SELECT kind, customer, alert, at <= now() AS past FROM cs.alert_feed WHERE customer = 'quiet' ORDER BY id;
SELECT count(*) FROM cs.alert WHERE since > now();
SELECT problem, customer, detail FROM csagg.verify('cs', NULL);
SELECT error FROM cs.status WHERE error IS NOT NULL;
\echo two episodes, and a time to settle that began before both
INSERT INTO cs.log (customer, key, value, at) SELECT 'two', 'n', n::jsonb, now() - ago FROM (VALUES ('1', interval '3 hours'), ('9', '2 hours'), ('1', '1 hour'), ('9', '30 minutes')) v(n, ago);
CALL csagg.refresh('cs');
UPDATE cs.pipeline SET settle = '1 day';
INSERT INTO cs.log (customer, key, value) VALUES ('two', 'n', '8');
CALL csagg.refresh('cs');
SELECT until IS NULL AS lasts FROM cs.alert WHERE customer = 'two' ORDER BY since;
SELECT problem, customer, detail FROM csagg.verify('cs', NULL);
