-- What a forgotten customer has is its own, and what comes of it leaves nothing, rejected or not, in the log either.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"login":"counter"},"rules":[{"name":"a","points":"count(login, 100 days)"}]}');
INSERT INTO cs.log (customer, key, event_id) VALUES ('ada', 'login', 'e1'); CALL csagg.refresh('cs'); CALL csagg.retain('cs', log => '0');
INSERT INTO cs.log (customer, key, event_id) VALUES ('bell', 'login', 'e1'), ('bell', 'login', 'e2'); CALL csagg.refresh('cs');
SELECT csagg.forget('cs', 'bell', until => clock_timestamp() + interval '0.5 s');
SELECT event_id FROM cs.seen;
INSERT INTO cs.log (customer, key, event_id) VALUES ('ada', 'login', 'e1'); CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
INSERT INTO cs.log (customer, key, value) VALUES ('bell', 'login', '"bad"'); CALL csagg.refresh('cs');
INSERT INTO cs.log (customer, key) VALUES ('bell', 'login'); CALL csagg.refresh('cs');
SELECT count(*) FROM cs.rejected;
SELECT count(*) FROM cs.log WHERE customer = 'bell';
SELECT pg_sleep(0.6);
SELECT problem, detail FROM csagg.verify('cs', repair => true);
CALL csagg.refresh('cs'); SELECT customer, score FROM cs.health;
\echo an event_id that a row of another source has, too
SELECT csagg.create_pipeline('c2', rules => '{"timezone":"UTC","facts":{"login":"counter","visit":"counter"},"rules":[{"name":"a","points":"count(login)+10*count(visit)"}]}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), eid text);
SELECT csagg.add_events('c2', 'ev', customer => 'who', at => 'at', fact => 'visit', event_id => 'eid');
INSERT INTO c2.log (customer, key, event_id) VALUES ('bell', 'login', 'e1'); CALL csagg.refresh('c2');
INSERT INTO ev (who, eid) VALUES ('ada', 'e1'), ('ada', 'e2'); CALL csagg.refresh('c2');
SELECT csagg.forget('c2', 'bell');
SELECT problem, detail FROM csagg.verify('c2');
SELECT customer, score FROM c2.health;
\echo one that a row of another customer has, too, which was dropped as a repeated one
SELECT csagg.create_pipeline('c3', rules => '{"timezone":"UTC","facts":{"login":"counter"},"rules":[{"name":"a","points":"count(login)"}]}');
INSERT INTO c3.log (customer, key, event_id) VALUES ('bell', 'login', 'e1'), ('ada', 'login', 'e1'), ('ada', 'login', 'e2'), ('bell', 'login', 'e3'); CALL csagg.refresh('c3');
SELECT csagg.forget('c3', 'bell');
SELECT event_id FROM c3.seen ORDER BY 1;
SELECT problem, detail FROM csagg.verify('c3');
SELECT customer, score FROM c3.health;
