-- Dates are of the zone of rules that began while a transaction was under way, when it steps.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"mrr":"number"},"rules":[{"name":"a","points":"mrr"}]}');
CREATE TABLE sub (who text, mrr int, s date, e date);
SELECT csagg.add_intervals('cs', 'sub', customer => 'who', columns => '{mrr}', since => 's', until => 'e');
INSERT INTO sub VALUES ('ada', 5, '2026-01-01', NULL); CALL csagg.refresh('cs');
INSERT INTO cs.rules (effective_from, rules) SELECT clock_timestamp() + interval '1 s', jsonb_set(csagg.jsonb(rules), '{timezone}', '"Asia/Tokyo"')::csagg.ruleset FROM cs.rules;
CALL csagg.refresh('cs');
BEGIN; SELECT 1; SELECT pg_sleep(1.2); SELECT outcome FROM csagg.step('cs'); COMMIT;
CALL csagg.refresh('cs');
SELECT csagg.timeline_of(facts, 'mrr') FROM cs.current;
SELECT problem, detail FROM csagg.verify('cs');
