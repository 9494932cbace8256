-- The past of a large customer is put apart by what all rules look back to that held of late, not by those of now alone: what they said is assessed anew with
-- each row. Every customer is a large one here.
CREATE OR REPLACE FUNCTION csagg.pipeline_large() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT 0';
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "logins", "points": "count(login, 200 days)"}]}');
INSERT INTO cs.rules (effective_from, rules) SELECT now() - interval '5 days', replace(rules::text, '200', '10')::csagg.ruleset FROM cs.rules;
INSERT INTO cs.log (customer, key, at) SELECT 'ada', 'login', now() - interval '1 hour' - i * interval '1 day' FROM generate_series(0, 799) i;
CALL csagg.refresh('cs');
SELECT count(*), max(now() - c.past_until) BETWEEN '244 days' AND '337 days' AS before_244_days, max(now() - c.from_at) BETWEEN '40 days' AND '133 days' AS from_40_days FROM cs.past JOIN cs.current c USING (tenant, customer);
INSERT INTO cs.log (customer, key) VALUES ('ada', 'login');
CALL csagg.refresh('cs');
SELECT d, score, score_30_days_ago FROM unnest('{0,4,6,35,700}'::int[]) d, csagg.health_at('cs', now() - d * interval '1 day');
SELECT * FROM csagg.verify('cs');
\echo what retain() leaves
CALL csagg.retain('cs', history => '1 month');
SELECT kept_from - facts_from FROM cs.current;
INSERT INTO cs.log (customer, key) VALUES ('ada', 'login');
CALL csagg.refresh('cs');
SELECT d, score FROM unnest('{0,4,6}'::int[]) d, csagg.health_at('cs', now() - d * interval '1 day');
SELECT * FROM csagg.verify('cs');
\echo verify() takes away who has no rows, and no past of others
SELECT csagg.create_pipeline('gone', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "logins", "points": "count(login, 10 days)"}]}');
INSERT INTO gone.log (customer, key, at) SELECT c, 'login', now() - interval '1 hour' - i * interval '1 day' FROM generate_series(0, 799) i, unnest('{ada,bell}'::text[]) c;
CALL csagg.refresh('gone');
SELECT customer, count(*) FROM gone.past GROUP BY customer ORDER BY customer;
DELETE FROM gone.log WHERE customer = 'bell';
SELECT problem, customer, detail FROM csagg.verify('gone', NULL, repair => true);
SELECT customer, count(*) FROM gone.past GROUP BY customer ORDER BY customer;
SELECT customer FROM gone.current;
SELECT * FROM csagg.verify('gone', NULL);
