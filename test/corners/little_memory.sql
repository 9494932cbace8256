-- Of more rows than a step has room for in memory, a customer's come in several parts; the answers are the same.
ALTER FUNCTION csagg.step SET work_mem = '1MB';
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter", "plan": "text", "seats": "number"}, "rules": [{"name": "logins", "points": "count(login, 30 days)"}]}');
INSERT INTO cs.log (tenant, customer, key, at, value, actor, event_id)
SELECT CASE i % 2 WHEN 0 THEN 't' ELSE '' END, (i % 3001)::text, (ARRAY['login', 'plan', 'seats', 'other'])[1 + i % 7 % 4], '2026-01-01'::timestamptz + i % 86400 * interval '1 second',
    CASE i % 7 % 4 WHEN 1 THEN to_jsonb('plan ' || i % 5) WHEN 2 THEN to_jsonb(i % 40) END, CASE i % 7 % 4 WHEN 0 THEN 'person ' || i % 5 END, CASE WHEN i % 1000 = 0 THEN 'e' || i % 7000 END
FROM generate_series(1, 120000) i;
INSERT INTO cs.log (customer, key, at) SELECT 'late', 'login', '-infinity';
INSERT INTO cs.log (customer, key, at, value) SELECT 'ever', 'seats', '-infinity', '3';
CALL csagg.refresh('cs');
SELECT * FROM csagg.verify('cs');
SELECT count(*), count(DISTINCT (tenant, customer)) FROM cs.current;
SELECT key, source FROM cs.fact ORDER BY key;
SELECT count(*), min(reason) FROM cs.rejected;
SELECT count(*) FROM cs.seen;
SELECT (SELECT sum(events) FROM cs.current, csagg.events(csagg.counter_of(facts, 'login'))) =
    count(*) + (SELECT count(DISTINCT (tenant, event_id)) FROM cs.log WHERE key = 'login' AND event_id IS NOT NULL) FROM cs.log WHERE key = 'login' AND event_id IS NULL;
SELECT count(*) FILTER (WHERE csagg.text_at(csagg.timeline_of(facts, 'plan'), 'infinity') IS DISTINCT FROM plan), count(*) > 2000 FROM cs.current c
JOIN (SELECT DISTINCT ON (tenant, customer) tenant, customer, value #>> '{}' AS plan FROM cs.log WHERE key = 'plan' AND event_id IS NULL ORDER BY tenant, customer, at DESC, id DESC) l USING (tenant, customer);
-- So it is where every other row is none of the source's.
SET work_mem = '1MB';
SELECT count(*) > count(DISTINCT customer) FROM csagg.pipeline_gather($$SELECT i::bigint, i % 2 = 1, '', 'c' || i % 1000, 'login', 'counter', NULL::text, now(), NULL::jsonb, 'person ' || i % 5, NULL::text, 'log', 'log', true FROM generate_series(1, 200000) i$$,
    'log', false, false, NULL, NULL, NULL, NULL) WHERE facts IS NOT NULL;
