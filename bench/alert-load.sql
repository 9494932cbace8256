\ir pipeline-rows.sql
UPDATE cs.rules SET rules = csagg.ruleset(jsonb_set(csagg.jsonb(rules), '{alerts}', csagg.jsonb(rules) -> 'alerts' || '[{"name": "large", "when": "seats > 60"}]'));
CALL csagg.refresh('cs');
VACUUM ANALYZE;
