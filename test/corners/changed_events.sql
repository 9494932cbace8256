-- Rows of an events table that change: what becomes of their event_id, and of facts that nobody had.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"visit":"counter"},"rules":[{"name":"a","points":"sum(visit)"}]}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz, what text DEFAULT 'visit', n int DEFAULT 1, event text, ok boolean DEFAULT true);
SELECT csagg.add_events('cs', 'ev', customer => 'who', at => 'at', key => 'what', amount => 'n', event_id => 'event', filter => 'ok');
\echo the first row of an event is wanted no more, and the second stands for it
INSERT INTO ev (who, at, n, event) VALUES ('ada', '2025-01-01', 1, 'once'), ('ada', '2025-01-01', 10, 'once');
CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
UPDATE ev SET ok = false WHERE id = 1;
CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
SELECT id FROM cs.seen;
SELECT problem, detail FROM csagg.verify('cs');
\echo a row becomes one of a fact that nobody had
UPDATE ev SET what = 'order', event = NULL WHERE id = 2;
CALL csagg.refresh('cs');
SELECT key, kind, source FROM cs.fact ORDER BY key;
SELECT customer, key, entries FROM cs.current, csagg.facts(facts) ORDER BY key;
