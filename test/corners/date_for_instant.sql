-- A column that was an instant and is a date now begins at midnight in the zone of the rules.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"Asia/Tokyo","facts":{"mrr":"number"},"rules":[{"name":"a","points":"mrr"}]}');
CREATE TABLE sub (who text, mrr int, s timestamptz);
SELECT csagg.add_intervals('cs', 'sub', customer => 'who', columns => '{mrr}', since => 's');
INSERT INTO sub VALUES ('ada', 5, '2026-01-01 00:00+00'); CALL csagg.refresh('cs');
BEGIN; DROP TRIGGER update_cs_sub ON sub; ALTER TABLE sub ALTER s TYPE date; SELECT csagg.upgrade_pipeline('cs'); COMMIT;
SELECT csagg.resume('cs', 'sub'); CALL csagg.refresh('cs');
SELECT csagg.timeline_of(facts, 'mrr') FROM cs.current;
SELECT problem, detail FROM csagg.verify('cs');
