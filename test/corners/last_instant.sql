-- Events at the last instant there is: read anew as others are.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"visit":"counter"},"rules":[{"name":"a","points":"sum(visit, 100 days)"}]}');
CREATE TABLE ev (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), n int DEFAULT 1);
SELECT csagg.add_events('cs', 'ev', customer => 'who', at => 'at', fact => 'visit', amount => 'n');
INSERT INTO ev (who, at) VALUES ('ada', '294276-12-31 23:59:59.999999+00'), ('bell', now());
CALL csagg.refresh('cs');
UPDATE ev SET n = 2 WHERE who = 'ada'; UPDATE ev SET n = 5 WHERE who = 'bell';
CALL csagg.refresh('cs');
SELECT customer, h.score, csagg.counter_of(facts, 'visit') FROM cs.health h JOIN cs.current USING (customer) WHERE customer = 'ada' UNION ALL SELECT customer, score, NULL FROM cs.health WHERE customer <> 'ada' ORDER BY 1;
SELECT source, todo, error FROM cs.status ORDER BY 1;
SELECT problem, detail FROM csagg.verify('cs');
