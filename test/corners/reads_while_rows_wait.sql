-- A customer is read by indexes, also while rows wait to be folded and where outlooks have ended, however often a session has asked;
-- only what the log has of it and what ended is looked at besides.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "use", "points": "count(login, 30 days)"}]}');
INSERT INTO cs.log (customer, key) SELECT i::text, 'login' FROM generate_series(1, 3000) i;
CALL csagg.refresh('cs');
VACUUM ANALYZE cs.current, cs.log, cs.source, cs.pipeline;
INSERT INTO cs.log (customer, key) SELECT i::text, 'login' FROM generate_series(1, 3) i;
UPDATE cs.current SET until_at = now() - interval '1 minute' WHERE customer IN ('5', '6');
CREATE VIEW gone_through AS
    SELECT relname, seq_scan, idx_scan > 0 AS by_index, idx_tup_fetch > 60 AS many FROM pg_stat_xact_user_tables
    WHERE schemaname = 'cs' AND relname IN ('current', 'log') ORDER BY 1;
SELECT pg_stat_force_next_flush();
BEGIN;
SELECT customer, score FROM cs.health WHERE customer = '1';
SELECT customer, score FROM cs.health WHERE customer = '5';
SELECT customer, score FROM cs.health WHERE customer = '9';
SELECT customer, score FROM csagg.health_at('cs', now() + interval '1 day', '9');
TABLE gone_through;
COMMIT;
-- A plan that was made before is not that of another reader, of other rows, or of another table of this name
UPDATE cs.current SET until_at = now() - interval '1 minute' WHERE customer = '9';
SELECT count(*), sum(score) FROM cs.health;
CALL csagg.refresh('cs');
SELECT count(*), sum(score) FROM cs.health;
INSERT INTO cs.log (customer, key) VALUES ('new', 'login');
SELECT customer, score FROM cs.health WHERE customer = 'new';
SELECT csagg.drop_pipeline('cs');
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "use", "points": "2 * count(login, 30 days)"}]}');
INSERT INTO cs.log (customer, key) VALUES ('new', 'login');
SELECT customer, score FROM cs.health;
