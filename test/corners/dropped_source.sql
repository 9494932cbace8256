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
\echo repeats of its event_ids: one of them counts now, and forgetting one does not count twice
SELECT csagg.create_pipeline('c2', rules => '{"timezone":"UTC","facts":{"login":"counter","visit":"counter"},"rules":[{"name":"a","points":"count(login)+10*count(visit)"}]}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), eid text);
SELECT csagg.add_events('c2', 'ev', customer => 'who', at => 'at', fact => 'visit', event_id => 'eid');
INSERT INTO ev (who, eid) VALUES ('ada', 'e1'); CALL csagg.refresh('c2');
INSERT INTO c2.log (customer, key, event_id) VALUES ('bell', 'login', 'e1'), ('bell', 'login', 'e1'), ('carl', 'visit', NULL), ('dora', 'visit', NULL); CALL csagg.refresh('c2');
SELECT id, reason FROM c2.rejected ORDER BY id;
SELECT csagg.drop_source('c2', 'ev');
SELECT csagg.forget('c2', 'dora');
CALL csagg.refresh('c2');
SELECT customer, score FROM c2.health ORDER BY 1;
INSERT INTO c2.log (customer, key, event_id) VALUES ('bell', 'login', 'e1'); CALL csagg.refresh('c2');
SELECT customer, score FROM c2.health ORDER BY 1;
SELECT problem, detail FROM csagg.verify('c2');
