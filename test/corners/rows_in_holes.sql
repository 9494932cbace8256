-- Rows that are to be read again are in a hole, as those of open transactions are: they are not among those that were folded, whoever deletes them meanwhile.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number", "plan": "text"}, "rules": [{"name": "n", "points": "n"}]}');
CREATE TABLE account (id text PRIMARY KEY, plan text);
INSERT INTO account VALUES ('ada', 'gold'), ('bell', 'basic');
SELECT csagg.add_states('cs', 'account', 'id', '{plan}');
INSERT INTO cs.log (customer, key, value, recorded_at) SELECT c, 'n', '4', now() - interval '1 day' FROM unnest('{ada,bell,cy}'::text[]) c;
CALL csagg.refresh('cs');
CREATE FUNCTION again(which text) RETURNS TABLE (ids int8multirange, folded bigint) LANGUAGE sql AS $$
    SELECT csagg.pipeline_read_again('cs', 'log', ARRAY(SELECT id FROM cs.log WHERE customer || ' ' || key ~ which));
    SELECT h.ids, s.folded FROM cs.source s LEFT JOIN cs.hole h ON h.source = s.name WHERE s.name = 'log' $$;
SELECT count(*), min(folded) FROM again('bell n');
SELECT count(*), min(folded) FROM again('bell n');
\echo retain
UPDATE cs.pipeline SET paused = true;
CALL csagg.retain('cs', log => '1 hour');
SELECT string_agg(format('%s %s', customer, key), ', ' ORDER BY id) FROM cs.log;
UPDATE cs.pipeline SET paused = false, log_from = NULL;
SELECT * FROM csagg.step('cs');
\echo forget
SELECT count(*), min(folded) FROM again('bell');
SELECT csagg.forget('cs', 'bell');
SELECT folded, (SELECT count(*) FROM cs.log) FROM cs.source WHERE name = 'log';
SELECT * FROM csagg.step('cs');
SELECT folded, (SELECT count(*) FROM cs.log) FROM cs.source WHERE name = 'log';
\echo drop_source
INSERT INTO cs.log (customer, key, value) VALUES ('dee', 'n', '5');
CALL csagg.refresh('cs');
SELECT count(*), min(folded) FROM again('plan');
SELECT csagg.drop_source('cs', 'account');
SELECT folded, (SELECT count(*) FROM cs.log) FROM cs.source WHERE name = 'log';
CALL csagg.refresh('cs');
SELECT folded, (SELECT count(*) FROM cs.log) FROM cs.source WHERE name = 'log';
