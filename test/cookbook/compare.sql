-- csagg's answers to what naive.sql has answered. `recipe` holds the rules as docs/rules-cookbook.md has them.

CREATE TABLE kind AS SELECT key, 'counter' AS kind FROM unnest('{login,report,automation,api_call,ticket,outage}'::text[]) key
UNION ALL SELECT key, 'text' FROM unnest('{plan,step,champion}'::text[]) key
UNION ALL SELECT key, 'number' FROM unnest('{seats,mrr,price,quota,nps}'::text[]) key
UNION ALL SELECT key, 'date' FROM unnest('{signup,trial_end,contract_end,invoice_due}'::text[]) key
UNION ALL SELECT key, 'boolean' FROM unnest('{auto_renew,billing,analytics,churned}'::text[]) key;

-- Each zone's rule sets: the bare rules, and all that a rule set has.
CREATE TABLE rules AS
SELECT zone, (frame || jsonb_build_object('exists', 'true', 'rules', bare))::csagg.ruleset AS bare,
       (frame || jsonb_build_object('rules', staged) || '{"base": 40, "min": 0, "max": 100,
           "exists": "signup is not null and not coalesce(churned, false)",
           "stages": [{"name": "trial", "when": "plan = ''trial''"}, {"name": "onboarding", "when": "step <> ''live''"},
                      {"name": "renewal", "when": "contract_end within 90 days"}, {"name": "adoption"}],
           "bands": [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 70}]}')::csagg.ruleset AS health
FROM zone, (SELECT jsonb_agg(rule ORDER BY id) AS bare,
                   jsonb_agg(rule || CASE rule->>'name' WHEN 'onboarding late' THEN '{"stages": ["onboarding"]}'
                                         WHEN 'renewal near and quiet' THEN '{"stages": ["renewal"]}' ELSE '{}' END::jsonb ORDER BY id) AS staged
            FROM recipe) r,
     LATERAL (SELECT jsonb_build_object('timezone', zone, 'facts', jsonb_object_agg(key, kind)) AS frame FROM kind) f;

-- The facts: a history, in which invoice_due is a text; or a column each, of which some are NULL. Nobody has nothing.
CREATE TABLE by_history AS
SELECT customer, csagg.history(key, kind, at, value, actor, id) AS facts
FROM (SELECT customer, key, 'counter' AS kind, at, to_jsonb(amount) AS value, actor, id FROM event
      UNION ALL
      SELECT customer, key, CASE key WHEN 'invoice_due' THEN 'text' ELSE kind END, at,
             CASE WHEN kind IN ('number', 'boolean') THEN value::jsonb ELSE to_jsonb(value) END, NULL, id
      FROM state JOIN kind USING (key)) log
GROUP BY customer;

CREATE TABLE by_column AS
SELECT customer, e.login, e.report, e.automation, e.api_call, e.ticket, e.outage, s.*
FROM account LEFT JOIN (
    SELECT customer,
           csagg.counter(at, amount, actor) FILTER (WHERE key = 'login') AS login, csagg.counter(at, amount, actor) FILTER (WHERE key = 'report') AS report,
           csagg.counter(at, amount, actor) FILTER (WHERE key = 'automation') AS automation, csagg.counter(at, amount, actor) FILTER (WHERE key = 'api_call') AS api_call,
           csagg.counter(at, amount, actor) FILTER (WHERE key = 'ticket') AS ticket, csagg.counter(at, amount, actor) FILTER (WHERE key = 'outage') AS outage
    FROM event GROUP BY customer) e USING (customer),
LATERAL (
    SELECT csagg.timeline(at, value, id) FILTER (WHERE key = 'plan') AS plan, csagg.timeline(at, value, id) FILTER (WHERE key = 'step') AS step,
           csagg.timeline(at, value, id) FILTER (WHERE key = 'champion') AS champion, csagg.timeline(at, value, id) FILTER (WHERE key = 'invoice_due') AS invoice_due,
           csagg.timeline(at, value::numeric, id) FILTER (WHERE key = 'seats') AS seats, csagg.timeline(at, value::numeric, id) FILTER (WHERE key = 'mrr') AS mrr,
           csagg.timeline(at, value::float8, id) FILTER (WHERE key = 'price') AS price, csagg.timeline(at, value::int, id) FILTER (WHERE key = 'quota') AS quota,
           csagg.timeline(at, value::numeric, id) FILTER (WHERE key = 'nps') AS nps, csagg.timeline(at, value::date, id) FILTER (WHERE key = 'signup') AS signup,
           csagg.timeline(at, value::date, id) FILTER (WHERE key = 'trial_end') AS trial_end, csagg.timeline(at, value::date, id) FILTER (WHERE key = 'contract_end') AS contract_end,
           csagg.timeline(at, value::boolean, id) FILTER (WHERE key = 'auto_renew') AS auto_renew, csagg.timeline(at, value::boolean, id) FILTER (WHERE key = 'billing') AS billing,
           csagg.timeline(at, value::boolean, id) FILTER (WHERE key = 'analytics') AS analytics, csagg.timeline(at, value::boolean, id) FILTER (WHERE key = 'churned') AS churned
    FROM state WHERE state.customer = account.customer AND key NOT IN ('login')) s;

CREATE TABLE explained AS
SELECT q.customer, q.at, e.rule, e.matched, e.missing, e.points
FROM question q JOIN account a USING (customer, zone) JOIN rules r USING (zone) JOIN by_history f USING (customer), csagg.explain(r.bare, f, q.at) e
WHERE as_history AND e.part = 'rule'
UNION ALL
SELECT q.customer, q.at, e.rule, e.matched, e.missing, e.points
FROM question q JOIN account a USING (customer, zone) JOIN rules r USING (zone) JOIN by_column f USING (customer), csagg.explain(r.bare, f, q.at) e
WHERE NOT as_history AND e.part = 'rule';

CREATE TABLE assessed AS
SELECT q.customer, q.at, (x).stage, (x).score, (x).band, round((x).coverage, 12) AS coverage
FROM (SELECT q.customer, q.at, csagg.assess(r.health, f, q.at) AS x
      FROM question q JOIN account a USING (customer, zone) JOIN rules r USING (zone) JOIN by_history f USING (customer) WHERE as_history
      UNION ALL
      SELECT q.customer, q.at, csagg.assess(r.health, f, q.at)
      FROM question q JOIN account a USING (customer, zone) JOIN rules r USING (zone) JOIN by_column f USING (customer) WHERE NOT as_history) q;

CREATE TABLE over_time AS
SELECT a.customer, o.* FROM account a JOIN rules r USING (zone) JOIN by_history f USING (customer), csagg.assess_over(r.health, f, '2024-01-01', '2027-01-01') o WHERE as_history
UNION ALL
SELECT a.customer, o.* FROM account a JOIN rules r USING (zone) JOIN by_column f USING (customer), csagg.assess_over(r.health, f, '2024-01-01', '2027-01-01') o WHERE NOT as_history;

CREATE TABLE sampled AS
SELECT customer, at, csagg.text_at(stage, at) AS stage, csagg.number_at(score, at) AS score, csagg.text_at(band, at) AS band,
       round(csagg.number_at(coverage, at), 12) AS coverage
FROM question JOIN over_time USING (customer);

-- One row a comparison: its name, how many rows, in how many a rule matched and was missing, and one that differs.
CREATE TABLE differ AS
SELECT 'csagg' AS who, * FROM (TABLE explained EXCEPT ALL SELECT customer, at, rule, matched, missing, points FROM naive) d
UNION ALL SELECT 'plain SQL', * FROM (SELECT customer, at, rule, matched, missing, points FROM naive EXCEPT ALL TABLE explained) d;

CREATE VIEW comparison AS
SELECT id, recipe.rule->>'name' AS name, coalesce(n.rows, 0) AS rows, coalesce(n.matched, 0) AS matched, coalesce(n.missing, 0) AS missing,
       (SELECT d::text FROM differ d WHERE d.rule = recipe.rule->>'name' ORDER BY customer, at LIMIT 1) AS difference
FROM recipe LEFT JOIN (SELECT rule, count(*) AS rows, count(*) FILTER (WHERE matched) AS matched, count(*) FILTER (WHERE missing) AS missing
                       FROM naive GROUP BY rule) n ON n.rule = recipe.rule->>'name'
UNION ALL
SELECT 1000, 'all rules, assess()', (SELECT count(*) FROM assessed), (SELECT count(*) FROM assessed WHERE score > 0), 1,
       (SELECT d::text FROM ((TABLE naive_assessment EXCEPT ALL TABLE assessed) UNION ALL (TABLE assessed EXCEPT ALL TABLE naive_assessment)) d ORDER BY customer, at LIMIT 1)
UNION ALL
SELECT 1001, 'all rules, assess_over()', (SELECT count(*) FROM sampled), (SELECT count(*) FROM sampled WHERE score > 0), 1,
       (SELECT d::text FROM ((TABLE naive_assessment EXCEPT ALL TABLE sampled) UNION ALL (TABLE sampled EXCEPT ALL TABLE naive_assessment)) d ORDER BY customer, at LIMIT 1);
