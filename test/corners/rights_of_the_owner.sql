-- SELECT and TRIGGER on a table are enough for everything.
CREATE ROLE csagg_keeper; CREATE ROLE csagg_shop;
SELECT format('GRANT CREATE ON DATABASE %I TO csagg_keeper', current_database()) \gexec
CREATE TABLE accounts (id int PRIMARY KEY, plan text);
INSERT INTO accounts SELECT i, 'a' FROM generate_series(1, 20) i;
CREATE TABLE subs (id int PRIMARY KEY, account int, mrr int, s date, e date);
ALTER TABLE accounts OWNER TO csagg_shop; ALTER TABLE subs OWNER TO csagg_shop;
GRANT SELECT ON accounts, subs TO csagg_keeper;
SET ROLE csagg_keeper;
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"plan": "text"}, "rules": [{"name": "a", "when": "plan = ''a''", "points": 5}]}');
SELECT csagg.add_states('cs', 'accounts', customer => 'id', columns => '{plan}');
RESET ROLE; GRANT TRIGGER ON accounts, subs TO csagg_keeper; SET ROLE csagg_keeper;
SELECT csagg.add_states('cs', 'accounts', customer => 'id', columns => '{plan}');
SELECT csagg.add_intervals('cs', 'subs', customer => 'account', columns => '{mrr}', since => 's', until => 'e');
CALL csagg.refresh('cs');
SELECT csagg.resume('cs', 'subs');
RESET ROLE; DELETE FROM accounts WHERE id > 5; UPDATE accounts SET plan = 'b';
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
\echo stopped, and verify says so
SELECT problem, detail FROM csagg.verify('cs', NULL);
SELECT csagg.resume('cs', 'accounts');
CALL csagg.refresh('cs');
SELECT problem, detail FROM csagg.verify('cs', NULL);
SELECT count(*), count(*) FILTER (WHERE score = 5) FROM cs.health;
\echo changed behind the triggers
RESET ROLE; ALTER TABLE accounts DISABLE TRIGGER USER; UPDATE accounts SET plan = 'a'; ALTER TABLE accounts ENABLE TRIGGER USER; SET ROLE csagg_keeper;
SELECT count(*) FROM csagg.verify('cs', NULL, repair => true);
CALL csagg.refresh('cs');
SELECT problem, detail FROM csagg.verify('cs', NULL);
SELECT count(*), count(*) FILTER (WHERE score = 5) FROM cs.health;
\echo another type, made by the owner of the table: a change before resume() is made up for
RESET ROLE; SET ROLE csagg_shop;
BEGIN; DROP TRIGGER update_cs_accounts ON accounts; ALTER TABLE accounts ALTER plan TYPE varchar(9); COMMIT;
UPDATE accounts SET plan = 'b' WHERE id = 1;
RESET ROLE; SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT error FROM cs.status WHERE source = 'accounts';
SELECT csagg.resume('cs', 'accounts');
CALL csagg.refresh('cs');
SELECT problem, detail FROM csagg.verify('cs', NULL);
SELECT count(*), count(*) FILTER (WHERE score = 5) FROM cs.health;
\echo the schema of an events table is closed to the owner, and opened again: no other source waits
RESET ROLE; CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO csagg_keeper;
CREATE TABLE shop.events (id bigserial PRIMARY KEY, account int, at timestamptz DEFAULT now());
GRANT SELECT, TRIGGER ON shop.events TO csagg_keeper; GRANT SELECT ON SEQUENCE shop.events_id_seq TO csagg_keeper;
SET ROLE csagg_keeper; SELECT csagg.add_events('cs', 'shop.events', customer => 'account', at => 'at', fact => 'login'); CALL csagg.refresh('cs');
RESET ROLE; REVOKE USAGE ON SCHEMA shop FROM csagg_keeper; INSERT INTO shop.events (account) VALUES (1);
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT error FROM cs.status WHERE source = 'events';
RESET ROLE; UPDATE accounts SET plan = 'a' WHERE id = 1;
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT score FROM cs.health WHERE customer = '1';
RESET ROLE; GRANT USAGE ON SCHEMA shop TO csagg_keeper;
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT error FROM cs.status WHERE source = 'events';
SELECT customer, key, entries FROM cs.current, csagg.facts(facts) WHERE key = 'login';
SELECT problem, detail FROM csagg.verify('cs', NULL);
RESET ROLE; DROP OWNED BY csagg_keeper, csagg_shop CASCADE;
