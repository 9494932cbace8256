-- A row that a filter failed on counts when it has been mended, and one that it fails on now does not.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"visit":"counter"},"rules":[{"name":"a","points":"count(visit)"}]}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), x int);
SELECT csagg.add_events('cs', 'ev', customer => 'who', at => 'at', fact => 'visit', filter => '10 / x > 1');
INSERT INTO ev (who, x) VALUES ('ada', 0), ('ada', 1), ('bell', 0); CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
UPDATE ev SET x = 1 WHERE id = 1; CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
SELECT id, reason FROM cs.rejected ORDER BY 1;
UPDATE ev SET x = 0 WHERE id = 2; CALL csagg.refresh('cs');
SELECT customer, score FROM cs.health;
SELECT id, reason FROM cs.rejected ORDER BY 1;
SELECT problem, detail FROM csagg.verify('cs');
\echo the filter is mended, and another row of the customer is updated
CREATE FUNCTION ok(int) RETURNS boolean LANGUAGE sql AS 'SELECT 10 / $1 > 1';
SELECT csagg.create_pipeline('c2', rules => '{"timezone":"UTC","facts":{"visit":"counter"},"rules":[{"name":"a","points":"count(visit)"}]}');
CREATE TABLE ev2 (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), x int);
SELECT csagg.add_events('c2', 'ev2', customer => 'who', at => 'at', fact => 'visit', filter => 'public.ok(x)');
INSERT INTO ev2 (who, x, at) VALUES ('ada', 1, now() - interval '2 days'), ('ada', 0, now() - interval '1 day'); CALL csagg.refresh('c2');
SELECT customer, score FROM c2.health;
CREATE OR REPLACE FUNCTION ok(int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
UPDATE ev2 SET x = 2 WHERE id = 1; CALL csagg.refresh('c2');
SELECT customer, score FROM c2.health;
SELECT count(*) FROM c2.rejected;
SELECT problem, detail FROM csagg.verify('c2');
