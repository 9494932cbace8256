-- A person pins a customer's score for a time: the table override is a source of intervals that every pipeline has. How it counts: assessing/pin.sql.

CREATE FUNCTION csagg.pipeline_make_override(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation constant regclass := format('%I.override', pipeline);
BEGIN
    PERFORM csagg.pipeline_register(pipeline, relation, 'intervals',
        jsonb_build_object('customer', 'customer', 'tenant', 'tenant', 'since', 'since', 'until', 'until',
            'overlap', '{}'::jsonb, 'facts', '{"overridden_score": "score", "overridden_by": "author"}'::jsonb)),
        csagg.pipeline_claim(pipeline, 'override', '{overridden_score,overridden_by}', '{number,text}'),
        csagg.pipeline_watch(pipeline, 'override');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_override(name) IS
    'makes the table override a source of a pipeline';

-- Facts are read of those customers only that have, or had until a step sees it, such a row.
CREATE FUNCTION csagg.pipeline_overridden_by(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        CASE WHEN (h.tenant, h.customer) IN (
                SELECT v.tenant, v.customer FROM %1$I.override v
                UNION ALL SELECT t.tenant, t.customer FROM %1$I.todo t WHERE t.source = 'override')
            THEN (
                SELECT csagg.text_at(csagg.timeline_of(%3$s, 'overridden_by'), %2$s)
                FROM %1$I.current c WHERE c.tenant = h.tenant AND c.customer = h.customer) END$sql$,
        pipeline, as_of, csagg.pipeline_whole(pipeline, 'facts'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_overridden_by(name, text) IS
    'an expression for who has pinned the score of h, a row with tenant and customer, at an instant, which is an expression, too';
