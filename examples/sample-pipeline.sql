-- The sample as a pipeline: the rows of examples/sample.sql are moved so that they end now, and a rule set says of each
-- customer how healthy it is. Afterwards CALL csagg.refresh('cs').

SELECT csagg.create_pipeline('cs', rules => '{
    "timezone": "UTC",
    "facts": {"login": "counter", "plan": "text", "seats": "number", "price": "number", "health": "number"},
    "exists": "plan is not null",
    "base": 30, "min": 0, "max": 100,
    "rules": [
        {"name": "logs in", "points": "least(count(login, 30 days) / seats * 15, 40)"},
        {"name": "measured health", "points": "(health - 50) / 2"},
        {"name": "added seats this quarter", "when": "seats > seats @ 90 days ago", "points": 10},
        {"name": "silent for two weeks", "when": "count(login, 14 days) = 0", "points": -25}],
    "bands": [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 60}],
    "alerts": [
        {"name": "silent", "when": "count(login, 14 days) = 0"},
        {"name": "losing seats", "when": "seats < seats @ 7 days ago"}]}');

INSERT INTO cs.log (tenant, customer, key, at, value)
SELECT tenant, customer, key, at + age, CASE WHEN key = 'login' THEN NULL WHEN key = 'plan' THEN to_jsonb(value) ELSE to_jsonb(value::numeric) END
FROM activity, (SELECT now() - timestamptz '2026-01-01 00:00+00' AS age) a
ORDER BY recorded_at, id;
