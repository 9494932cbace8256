-- A zone's clocks are changed by law, which is here rules that no trigger tells of: a row of todo has customers assessed and dates read anew, and nothing of
-- the past is announced.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "Asia/Tokyo", "facts": {"mrr": "number"}, "rules": [{"name": "a", "points": "mrr"}], "alerts": [{"name": "low", "when": "mrr < 5"}]}');
UPDATE cs.pipeline SET alerts_from = '-infinity';
CREATE TABLE subscription (who text, mrr int, since date, until date);
INSERT INTO subscription VALUES ('ada', 3, current_date - 10, current_date - 5), ('ada', 8, current_date - 5, NULL);
SELECT csagg.add_intervals('cs', 'subscription', 'who', '{mrr}', 'since', 'until');
CALL csagg.refresh('cs');
SELECT kind, at - (current_date - 10)::timestamptz AS at FROM cs.alert_feed ORDER BY id;
ALTER TABLE cs.rules DISABLE TRIGGER USER;
UPDATE cs.rules SET rules = replace(rules::text, 'Asia/Tokyo', 'UTC')::csagg.ruleset;
ALTER TABLE cs.rules ENABLE TRIGGER USER;
CALL csagg.refresh('cs');
SELECT problem, customer FROM csagg.verify('cs') ORDER BY 1;
INSERT INTO cs.todo (tenant, why) VALUES ('', 'rules');
CALL csagg.refresh('cs');
SELECT since - (current_date - 10)::timestamptz AS since, until - since AS long FROM cs.alert;
SELECT count(*) FROM cs.alert_feed;
SELECT problem, customer FROM csagg.verify('cs');
