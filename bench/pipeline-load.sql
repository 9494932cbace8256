\ir pipeline-rows.sql
CALL csagg.refresh('cs');

-- The same five times: reads do not ask how the tables were filled.
SELECT csagg.create_pipeline('cs5', rules => (SELECT rules FROM cs.rules));
INSERT INTO cs5.log (customer, key, at, value, actor, recorded_at)
    SELECT (customer::int + 20000 * i)::text, key, at, value, actor, recorded_at FROM cs.log, generate_series(0, 4) i;
UPDATE cs5.source s SET upto = (SELECT max(id) FROM cs5.log), folded = (SELECT count(*) FROM cs5.log);
INSERT INTO cs5.current (tenant, customer, facts, from_at, until_at, score_from, score_before, score, stage, band, coverage, alerts, next_at, error)
    SELECT tenant, (customer::int + 20000 * i)::text, facts, from_at, until_at, score_from, score_before, score, stage, band, coverage, alerts, next_at, error
    FROM cs.current, generate_series(0, 4) i;
INSERT INTO cs5.due SELECT next_at, tenant, customer FROM cs5.current WHERE next_at < until_at;
INSERT INTO cs5.fact SELECT * FROM cs.fact ON CONFLICT (key) DO UPDATE SET source = excluded.source;
UPDATE cs5.pipeline SET last_step = (SELECT last_step FROM cs.pipeline);
VACUUM ANALYZE;
