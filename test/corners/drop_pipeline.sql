-- A pipeline goes with what is its own, and not with what others have made of it.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "a", "points": "n"}]}');
CREATE TABLE accounts (id int PRIMARY KEY, n int);
SELECT csagg.add_states('cs', 'accounts', customer => 'id', columns => '{n}');
CREATE VIEW at_risk AS SELECT customer, score FROM cs.health;
CREATE MATERIALIZED VIEW board AS TABLE at_risk;
CREATE TABLE ticket (episode bigint REFERENCES cs.alert);
CREATE TABLE kept (state cs.current);
CREATE FUNCTION worst() RETURNS text BEGIN ATOMIC SELECT customer FROM cs.health ORDER BY score LIMIT 1; END;
SELECT csagg.drop_pipeline('cs');
DROP FUNCTION worst; DROP MATERIALIZED VIEW board; DROP VIEW at_risk; DROP TABLE ticket;
SELECT csagg.drop_pipeline('cs');
DROP TABLE kept;
SELECT csagg.drop_pipeline('cs');
INSERT INTO accounts VALUES (1, 1);
SELECT count(*) FROM pg_namespace WHERE nspname = 'cs';
\echo without its salt nobody can be forgotten
SELECT csagg.create_pipeline('cs');
INSERT INTO cs.log (customer, key, actor, value) VALUES ('a', 'n', 'eve', '1');
CALL csagg.refresh('cs');
DELETE FROM cs.secret;
SELECT csagg.forget('cs', 'a');
SELECT csagg.forget_actor('cs', 'eve');
SELECT customer, actor FROM cs.log;
\echo what others have made in its schema goes with it, whoever may drop that
CREATE ROLE csagg_keeper; CREATE ROLE csagg_shop;
GRANT CREATE ON DATABASE :DBNAME TO csagg_keeper; SET ROLE csagg_keeper;
SELECT csagg.create_pipeline('ours');
GRANT USAGE, CREATE ON SCHEMA ours TO csagg_shop;
SET ROLE csagg_shop;
CREATE TABLE ours.theirs (n int);
SET ROLE csagg_keeper;
SELECT csagg.grant_pipeline('ours', 'csagg_shop', 'operate');
SELECT csagg.drop_pipeline('ours');
RESET ROLE;
SELECT count(*) FROM pg_namespace WHERE nspname = 'ours';
