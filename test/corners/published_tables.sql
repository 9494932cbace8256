-- A publication FOR ALL TABLES, as change data capture makes it, publishes a pipeline's tables, too: steps go on changing and deleting rows.
SET client_min_messages = error;  -- of wal_level
CREATE PUBLICATION everything FOR ALL TABLES;
RESET client_min_messages;
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"seats":"number"},"rules":[{"name":"a","points":"seats"}],"alerts":[{"name":"many","when":"seats > 5"}]}');
CREATE TABLE account (id int PRIMARY KEY, seats int);
SELECT csagg.add_states('cs', 'account', customer => 'id', columns => '{seats}', rename => '{"seats": "places"}');
INSERT INTO account VALUES (1, 4), (2, 5);
INSERT INTO cs.log (customer, key, value) VALUES ('ada', 'seats', '9'), ('ada', 'users', '3'), ('bell', 'seats', '2'); CALL csagg.refresh('cs');
\echo a row that is read again is a hole
INSERT INTO cs.fact (key, kind) VALUES ('users', 'number'); CALL csagg.refresh('cs');
SELECT count(*) FROM cs.hole;
INSERT INTO cs.log (customer, key, value) VALUES ('ada', 'seats', '1'); UPDATE account SET seats = 6; DELETE FROM account WHERE id = 1; CALL csagg.refresh('cs');
INSERT INTO cs.override (customer, score) VALUES ('bell', 7); CALL csagg.refresh('cs'); DELETE FROM cs.override; CALL csagg.refresh('cs');
SELECT csagg.forget_actor('cs', 'eve'), csagg.forget('cs', 'bell');
CALL csagg.retain('cs', log => '1 year', history => '1 year');
SELECT csagg.drop_source('cs', 'account');
CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
SELECT customer, kind FROM cs.alert_feed ORDER BY id;
SELECT problem, detail FROM csagg.verify('cs', repair => true);
