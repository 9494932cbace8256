-- The score that a person has pinned: what the table override says are two facts, and a rule set is asked with them as its override, so
-- band, alerts and reasons follow as they do from any score.

CREATE FUNCTION csagg.pipeline_pinned(rules csagg.ruleset) RETURNS csagg.ruleset
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.ruleset(r || jsonb_build_object(
        'facts', coalesce(r -> 'facts', '{}') || '{"overridden_score": {"kind": "number", "optional": true}}',
        'override', CASE WHEN r ? 'override'
            THEN jsonb_build_object('when', format('overridden_score is not null or (%s)', r #>> '{override,when}'),
                'score', format('coalesce(overridden_score, %s)', r #>> '{override,score}'))
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
