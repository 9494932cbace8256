-- assessed_through says what does not count yet: rows of the log beyond 5,000, changes of a user's table, other rules, rows of events tables.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "logins", "points": "count(login, 10 days)"}]}');
CREATE TABLE subscription (who text, mrr int, since date);
SELECT csagg.add_intervals('cs', 'subscription', 'who', '{mrr}', 'since');
INSERT INTO cs.log (customer, key) VALUES ('ada', 'login');
CALL csagg.refresh('cs');
CREATE VIEW through AS SELECT customer, score, CASE assessed_through WHEN now() THEN 'now' WHEN (SELECT min(since) FROM cs.todo) THEN 'todo' WHEN (SELECT read_until FROM cs.source WHERE kind = 'events') THEN 'read' WHEN (SELECT last_step FROM cs.pipeline) THEN 'last step' ELSE assessed_through::text END AS through FROM cs.health;
TABLE through;
\echo rows of the log
UPDATE cs.pipeline SET paused = true;
INSERT INTO cs.log (customer, key, recorded_at) SELECT 'ada', 'login', '2026-01-01 00:00+00'::timestamptz + i * interval '1 second' FROM generate_series(1, 4999) i;
TABLE through;
INSERT INTO cs.log (customer, key, recorded_at) SELECT 'ada', 'login', '2026-01-01 00:00+00'::timestamptz + i * interval '1 second' FROM generate_series(5000, 5500) i;
TABLE through;
UPDATE cs.pipeline SET paused = false; CALL csagg.refresh('cs');
TABLE through;
\echo intervals
INSERT INTO subscription VALUES ('ada', 3, '2026-01-01');
TABLE through;
CALL csagg.refresh('cs');
TABLE through;
\echo rules
INSERT INTO cs.rules (effective_from, rules) SELECT now() - interval '1 day', rules FROM cs.rules;
TABLE through;
CALL csagg.refresh('cs');
TABLE through;
\echo events
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now());
SELECT csagg.add_events('cs', 'visit', 'who', 'at', fact => 'visit');
SELECT assessed_through IS NULL FROM cs.health;
INSERT INTO visit (who) VALUES ('ada');
CALL csagg.refresh('cs');
TABLE through;
INSERT INTO cs.log (customer, key) VALUES ('ada', 'login');
CALL csagg.refresh('cs');
TABLE through;
ALTER TABLE visit RENAME who TO whom;
INSERT INTO visit (whom) VALUES ('ada');
INSERT INTO cs.log (customer, key) VALUES ('ada', 'login');
CALL csagg.refresh('cs');
SELECT score, through, (SELECT last_step > read_until FROM cs.source, cs.pipeline WHERE name = 'visit') AS stepped FROM through;
