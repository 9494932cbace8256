-- upgrade_pipeline() where the tables of sources are not as they were.
CREATE TABLE account (id int PRIMARY KEY, plan text);
CREATE TABLE contract (who int, mrr int, since date) PARTITION BY RANGE (since);
CREATE TABLE contracts PARTITION OF contract DEFAULT;
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who int, at timestamptz DEFAULT now(), n int DEFAULT 1);
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"mrr": "number", "visit": "counter"}, "rules": [{"name": "a", "points": "coalesce(mrr, 0) + coalesce(sum(visit), 0)"}]}');
SELECT csagg.add_states('cs', 'account', 'id', '{plan}'), csagg.add_intervals('cs', 'contract', 'who', '{mrr}', 'since'), csagg.add_events('cs', 'visit', 'who', 'at', fact => 'visit', amount => 'n');
INSERT INTO account VALUES (1, 'gold'); INSERT INTO contract VALUES (1, 100, '2025-01-01'); INSERT INTO visit (who) VALUES (1);
CALL csagg.refresh('cs');
CREATE VIEW score AS SELECT csagg.text_at(csagg.timeline_of(facts, 'plan'), now()), h.score FROM cs.current JOIN cs.health h USING (customer);
TABLE score;
\echo nothing is told of those that are
SELECT csagg.upgrade_pipeline('cs');
\echo a table has another name, and a column too: what cannot be made anew stays as it is, and goes on
ALTER TABLE account RENAME TO client;
ALTER TABLE contract RENAME mrr TO amount;
SELECT csagg.upgrade_pipeline('cs');
ALTER TABLE contract RENAME amount TO mrr;
SELECT name, relation, error FROM cs.source WHERE kind <> 'log' ORDER BY name;
UPDATE client SET plan = 'basic';
UPDATE contract SET mrr = 200;
CALL csagg.refresh('cs');
TABLE score;
\echo the schema has another name, and a table that is not in it has no trigger by which it could be found
DROP TRIGGER update_cs_visit ON visit;
DROP VIEW score;
ALTER SCHEMA cs RENAME TO health;
SELECT csagg.upgrade_pipeline('health');
SELECT name, relation, error FROM health.source ORDER BY name;
UPDATE client SET plan = 'free';
UPDATE contract SET mrr = 300;
UPDATE visit SET n = 6;
CALL csagg.refresh('health');
SELECT csagg.text_at(csagg.timeline_of(facts, 'plan'), now()), h.score FROM health.current JOIN health.health h USING (customer);
SELECT * FROM csagg.verify('health');
\echo and its owner may make triggers on the table, and not write to it
CREATE ROLE csagg_keeper;
SELECT format('GRANT CREATE ON DATABASE %I TO csagg_keeper', current_database()) \gexec
GRANT SELECT, TRIGGER ON client TO csagg_keeper;
SET ROLE csagg_keeper;
SELECT csagg.create_pipeline('kept', rules => '{"timezone": "UTC", "facts": {}}'), csagg.add_states('kept', 'client', 'id', '{plan}');
CALL csagg.refresh('kept');
ALTER SCHEMA kept RENAME TO mine;
RESET ROLE;
UPDATE client SET plan = 'gold';
SET ROLE csagg_keeper;
SELECT csagg.upgrade_pipeline('mine');
CALL csagg.refresh('mine');
SELECT csagg.text_at(csagg.timeline_of(facts, 'plan'), now()) FROM mine.current;
SELECT string_agg(tgname, ', ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = 'client'::regclass AND tgname ~ 'mine|kept';
SELECT * FROM csagg.verify('mine');
RESET ROLE; DROP OWNED BY csagg_keeper CASCADE;
