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
\echo more rows in a hole than a step reads, and one that cannot be read
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now(), n int DEFAULT 1);
SELECT setval('visit_id_seq', 10);
SELECT csagg.add_events('cs', 'visit', 'who', 'at', fact => 'visit', filter => '1 / n > 0');
CALL csagg.refresh('cs');
INSERT INTO cs.hole (source, ids, writers) VALUES ('visit', '{[1,6)}', '{}');
INSERT INTO visit (id, who, n) OVERRIDING SYSTEM VALUE SELECT i, 'eve', CASE WHEN i <> 1 THEN 1 ELSE 0 END FROM generate_series(1, 5) i;
SELECT folded, more FROM csagg.step('cs', 2);
CALL csagg.refresh('cs');
SELECT f.key, f.entries, (SELECT count(*) FROM cs.rejected) AS rejected, (SELECT count(*) FROM cs.hole) AS holes FROM cs.current, csagg.facts(facts) f WHERE customer = 'eve';
