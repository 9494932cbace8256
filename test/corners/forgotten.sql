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
\echo rows on which a filter fails: of who is forgotten, before and after, and of long ago; their ids stay, as verify() reads them
SELECT csagg.create_pipeline('c4', rules => '{"timezone":"UTC","facts":{"login":"counter"},"rules":[{"name":"a","points":"count(login, 100 days)"}]}');
CREATE TABLE tried (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), n int);
SELECT csagg.add_events('c4', 'tried', customer => 'who', at => 'at', fact => 'login', filter => '10 / n > 1');
INSERT INTO tried (who, n) VALUES ('ada', 1), ('bell', 0), ('cleo', 0); CALL csagg.refresh('c4');
SELECT csagg.forget('c4', 'bell');
INSERT INTO tried (who, n) VALUES ('ada', 1), ('bell', 0); CALL csagg.refresh('c4');
UPDATE c4.rejected SET at = '2020-01-01' WHERE row ->> 'who' = 'cleo'; CALL csagg.retain('c4', history => '3 years');
SELECT id, reason, row FROM c4.rejected ORDER BY id;
SELECT problem, detail FROM csagg.verify('c4');
UPDATE tried SET n = 1 WHERE who = 'cleo'; CALL csagg.refresh('c4');
SELECT customer, score FROM c4.health ORDER BY 1;
UPDATE tried SET n = 1; SELECT csagg.resume('c4', 'tried'); CALL csagg.refresh('c4');
SELECT count(*) FROM c4.rejected;
SELECT problem, detail FROM csagg.verify('c4');
SELECT customer, score FROM c4.health ORDER BY 1;
