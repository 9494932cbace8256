-- A person pins a customer's score for a time: the table override is a source of intervals that every pipeline has. What it says are two
-- facts, and a rule set is asked with them as its override: so band, alerts and reasons follow as they do from any score.

CREATE FUNCTION csagg.pipeline_pinned(rules csagg.ruleset) RETURNS csagg.ruleset
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.ruleset(r || jsonb_build_object(
        'facts', coalesce(r -> 'facts', '{}') || '{"overridden_score": {"kind": "number", "optional": true}}',
        'override', CASE WHEN r ? 'override' THEN jsonb_build_object('when', format('overridden_score is not null or (%s)', r #>> '{override,when}'), 'score', format('coalesce(overridden_score, %s)', r #>> '{override,score}'))
            ELSE '{"when": "overridden_score is not null", "score": "overridden_score"}' END))
    FROM (SELECT csagg.jsonb(rules) AS r) j
$body$;
COMMENT ON FUNCTION csagg.pipeline_pinned(csagg.ruleset) IS
    'a rule set whose score is the fact overridden_score where it has a value, before an override of its own. Errors as of the type ruleset, where it is at its limits';

-- Only of customers that have such a fact: others are assessed by the rule set as it is.
CREATE FUNCTION csagg.pipeline_pin(rules csagg.ruleset, facts csagg.history) RETURNS csagg.ruleset
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN csagg.timeline_of(facts, 'overridden_score') IS NULL THEN rules ELSE csagg.pipeline_pinned(rules) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_pin(csagg.ruleset, csagg.history) IS
    'the rule set by which a customer with these facts is assessed';

CREATE FUNCTION csagg.pipeline_pinned(reigns csagg.pipeline_reign[]) RETURNS csagg.pipeline_reign[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT ARRAY(SELECT ROW(csagg.pipeline_pinned(r.rules), r.since, r.until)::csagg.pipeline_reign FROM unnest(reigns) r)
$body$;
COMMENT ON FUNCTION csagg.pipeline_pinned(csagg.pipeline_reign[]) IS
    'the same of each rule set';

CREATE FUNCTION csagg.pipeline_pin(reigns csagg.pipeline_reign[], facts csagg.history) RETURNS csagg.pipeline_reign[]
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN csagg.timeline_of(facts, 'overridden_score') IS NULL THEN reigns ELSE csagg.pipeline_pinned(reigns) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_pin(csagg.pipeline_reign[], csagg.history) IS
    'the rule sets, each as long as it holds, by which a customer with these facts is assessed';

CREATE FUNCTION csagg.pipeline_make_override(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation constant regclass := format('%I.override', pipeline);
BEGIN
    PERFORM csagg.pipeline_register(pipeline, relation, 'intervals', jsonb_build_object('customer', 'customer', 'tenant', 'tenant', 'since', 'since', 'until', 'until',
            'overlap', '{}'::jsonb, 'facts', '{"overridden_score": "score", "overridden_by": "author"}'::jsonb)),
        csagg.pipeline_claim(pipeline, 'override', '{overridden_score,overridden_by}', '{number,text}'),
        csagg.pipeline_watch(pipeline, 'override');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_override(name) IS
    'makes the table override a source of a pipeline';

-- Facts are read of those customers only that have, or had until a step sees it, such a row.
CREATE FUNCTION csagg.pipeline_overridden_by(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$CASE WHEN (h.tenant, h.customer) IN (SELECT v.tenant, v.customer FROM %1$I.override v UNION ALL SELECT t.tenant, t.customer FROM %1$I.todo t WHERE t.source = 'override')
        THEN (SELECT csagg.text_at(csagg.timeline_of(%3$s, 'overridden_by'), %2$s) FROM %1$I.current c WHERE c.tenant = h.tenant AND c.customer = h.customer) END$sql$, pipeline, as_of, csagg.pipeline_whole(pipeline, 'facts'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_overridden_by(name, text) IS
    'an expression for who has pinned the score of h, a row with tenant and customer, at an instant, which is an expression, too';
