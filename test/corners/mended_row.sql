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
