-- A table that was put in the place of a source's is not read until somebody says that it is the right one.
CREATE SCHEMA app;
CREATE TABLE app.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, at timestamptz DEFAULT now());
CREATE TABLE app.subs (customer text, mrr int, since date);
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","facts":{"login":"counter"},"rules":[{"name":"r","points":"count(login)"}]}');
SELECT csagg.add_events('cs', 'app.events', customer => 'customer', at => 'at', fact => 'login'), csagg.add_intervals('cs', 'app.subs', customer => 'customer', columns => '{mrr}', since => 'since');
INSERT INTO app.events (customer) VALUES ('ada'); INSERT INTO app.subs VALUES ('ada', 5, '2026-01-01'); CALL csagg.refresh('cs');
UPDATE app.subs SET mrr = 6;
DROP TABLE app.events, app.subs;
CREATE TABLE app.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, at timestamptz DEFAULT now());
CREATE TABLE app.subs (customer text, mrr int, since date);
SELECT setval('app.events_id_seq', 100); INSERT INTO app.events (customer) VALUES ('bob'); INSERT INTO app.subs VALUES ('ada', 9, '2026-01-01');
CALL csagg.refresh('cs');
SELECT source, error FROM cs.status ORDER BY 1;
SELECT customer, h.score, csagg.text_at(csagg.timeline_of(facts, 'mrr'), now()) FROM cs.health h JOIN cs.current USING (customer) ORDER BY 1;
SELECT csagg.resume('cs', 'events'), csagg.resume('cs', 'subs'); CALL csagg.refresh('cs');
SELECT source, error FROM cs.status ORDER BY 1;
SELECT customer, h.score, csagg.text_at(csagg.timeline_of(facts, 'mrr'), now()) FROM cs.health h JOIN cs.current USING (customer) ORDER BY 1;
