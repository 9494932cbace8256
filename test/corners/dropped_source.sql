-- Rows that were rejected since their fact was another source's come back when that source goes.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"seats":"number"},"rules":[{"name":"a","points":"1"}]}');
CREATE TABLE ev1 (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), key text);
CREATE TABLE ev2 (LIKE ev1 INCLUDING ALL);
SELECT csagg.add_events('cs', 'ev1', customer => 'who', at => 'at', key => 'key'), csagg.add_events('cs', 'ev2', customer => 'who', at => 'at', key => 'key');
INSERT INTO ev1 (who, key) VALUES ('ada', 'login'); CALL csagg.refresh('cs');
INSERT INTO ev2 (who, key) VALUES ('bell', 'login'); CALL csagg.refresh('cs');
SELECT source, reason FROM cs.rejected;
SELECT csagg.drop_source('cs', 'ev1'); CALL csagg.refresh('cs');
INSERT INTO ev2 (who, key) VALUES ('carl', 'login'); CALL csagg.refresh('cs');
SELECT source, reason FROM cs.rejected;
SELECT customer, k.key, k.entries FROM cs.current, csagg.facts(facts) k ORDER BY 1;
SELECT problem, detail FROM csagg.verify('cs');
