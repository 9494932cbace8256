-- replace_facts() and drop_facts(): facts of a history put in place of another's, and taken out
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;  -- for the operators
\pset format unaligned
\pset null null

CREATE TEMP TABLE h AS SELECT '{"login": counter {2025-01-01, 2025-02-01}, "mrr": number {2025-01-01 = 10, 2025-03-01 = 20}, "plan": text {2025-01-01 = "gold"}}'::csagg.history AS a,
                              '{"mrr": text {2025-02-01 = "ten"}, "seats": number {2025-01-01 = 5}}'::csagg.history AS b;
-- b's facts are there whole, and of b's kind
SELECT csagg.replace_facts(a, b) FROM h;
SELECT csagg.replace_facts(a, '{"mrr": number {}}') FROM h;
-- What one side has forgotten is dropped from the other, and from what is merged later
SELECT csagg.replace_facts(csagg.forget_before(a, '2025-02-15'), '{"mrr": number {2025-01-01 = 1, 2025-02-01 = 2, 2025-03-01 = 3}}') FROM h;
SELECT csagg.replace_facts(a, csagg.forget_before(b, '2025-02-15')) FROM h;
SELECT csagg.merge(csagg.drop_facts(csagg.forget_before(a, '2025-02-15'), '{mrr}'), '{"mrr": number {2025-01-01 = 1, 2025-02-01 = 2}}') FROM h;
-- A fact's own horizon comes and goes with the fact
SELECT csagg.known_from(csagg.replace_facts(a, csagg.history_of('mrr', csagg.forget_before('number {2025-01-01 = 1}'::csagg.timeline, '2025-02-15')))) FROM h;
-- A NULL side adds nothing
SELECT csagg.replace_facts(a, NULL) = a AS only_a, csagg.replace_facts(NULL, b) = b AS only_b, csagg.replace_facts(NULL, NULL) AS none FROM h;
-- Keys that are not there, keys twice, none
SELECT csagg.drop_facts(a, '{plan,login,plan,nothing}'), csagg.drop_facts(a, '{}') = a AS same, csagg.drop_facts(a, '{{login,mrr},{plan,x}}'), csagg.drop_facts(a, NULL), csagg.drop_facts(NULL, '{x}') FROM h;
SELECT csagg.drop_facts(a, '{plan,NULL}') FROM h;
-- Equal to what facts() and history_of() put together
SELECT csagg.replace_facts(csagg.drop_facts(a, '{mrr}'), csagg.history_of('mrr', csagg.timeline_of(a, 'mrr'))) = a AS same FROM h;

-- replace_actor(): another name, in every counter that has it, and in no state
SELECT csagg.replace_actor(h, 'ann', 'x'), csagg.replace_actor(h, 'nobody', 'x') = h AS same, csagg.replace_actor(h, 'ann', 'bob') AS one, csagg.replace_actor(h, NULL, 'x') IS NULL AS nothing,
    csagg.replace_actor(csagg.forget_before(h, '2025-01-04'), 'ann', 'x') = csagg.forget_before(csagg.replace_actor(h, 'ann', 'x'), '2025-01-04') AS before_or_after
FROM (SELECT csagg.history(key, kind, at, value, actor) AS h FROM (VALUES ('login', 'counter', timestamptz '2025-01-03', jsonb '1', 'ann'), ('login', 'counter', '2025-01-03', '2.5', 'bob'), ('login', 'counter', '2025-01-05', '1', 'ann'),
    ('owner', 'text', '2025-01-03', '"ann"', NULL), ('use', 'counter', '2025-01-03', '1', NULL)) log(key, kind, at, value, actor)) x;
