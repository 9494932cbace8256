-- Texts are the same if their bytes are, whatever a column's collation says; and sources of several collations go together.
CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE accounts (id int PRIMARY KEY, plan text COLLATE ci);
CREATE TABLE people (id text COLLATE ci PRIMARY KEY, seats int);
CREATE TABLE ev (id bigserial PRIMARY KEY, account text COLLATE ci, at timestamptz);
CREATE TABLE ev2 (id bigserial PRIMARY KEY, account text COLLATE "C", at timestamptz, k text COLLATE ci);
INSERT INTO accounts VALUES (1, 'gold');
INSERT INTO people VALUES ('bell', 3), ('cleo', 4);
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"plan":"text"},"rules":[{"name":"l","when":"plan = ''GOLD''","points":1}]}');
SELECT csagg.add_states('cs', 'accounts', customer => 'id', columns => '{plan}'), csagg.add_states('cs', 'people', customer => 'id', columns => '{seats}'),
    csagg.add_events('cs', 'ev', customer => 'account', at => 'at', fact => 'x'), csagg.add_events('cs', 'ev2', customer => 'account', at => 'at', key => 'k', keys => '{login}', deletes => 'retract');
CALL csagg.refresh('cs');
UPDATE accounts SET plan = 'GOLD';
UPDATE people SET id = 'BELL' WHERE id = 'bell';
INSERT INTO ev (account, at) VALUES ('Ada', '2026-01-01'), ('ada', '2026-01-02');
INSERT INTO ev2 (account, at, k) VALUES ('Ada', '2026-01-01', 'login'), ('ada', '2026-01-02', 'Login');
CALL csagg.refresh('cs');
INSERT INTO ev (account, at) VALUES ('ada', '2026-01-03');
UPDATE ev2 SET account = 'ADA' WHERE account = 'Ada';
CALL csagg.refresh('cs');
SELECT customer, string_agg(k.key || ' ' || k.entries, ', ' ORDER BY k.key) FROM cs.current, csagg.facts(facts) k GROUP BY customer ORDER BY customer COLLATE "C";
SELECT score FROM cs.health WHERE customer = '1';
SELECT problem, detail FROM csagg.verify('cs', NULL);
\echo but keys of a raw log are not: GROUP BY would know better
SELECT csagg.distribution(account, at, 1, csagg.grid('2026-01-01', '2026-02-01', '1 day', 'UTC')) FROM ev;
