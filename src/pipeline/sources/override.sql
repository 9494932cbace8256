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

CREATE FUNCTION csagg.pipeline_overridden(pipeline name, OUT tenant text, OUT customer text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY SELECT o.tenant, o.customer FROM csagg.pipeline_read(format($sql$
        SELECT v.tenant, v.customer FROM %1$I.override v
        UNION ALL SELECT t.tenant, t.customer FROM %1$I.todo t WHERE t.source = 'override'$sql$, pipeline)) o(tenant text, customer text);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_overridden(name) IS
    'customers that have, or had until a step sees it, a row in the table override: those whose facts are worth a look';

CREATE FUNCTION csagg.pipeline_overridden_by(pipeline name, tenant text, customer text, at timestamptz) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT o.by FROM csagg.pipeline_read(format($sql$
        SELECT csagg.text_at(csagg.timeline_of(%2$s, 'overridden_by'), $3) FROM %1$I.current c WHERE c.tenant = $1 AND c.customer = $2$sql$,
        pipeline, csagg.pipeline_whole(pipeline, 'facts')), tenant, customer, at) o(by text));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_overridden_by(name, text, text, timestamptz) IS
    'who has pinned a customer''s score at an instant, as far as it is folded; NULL: nobody has';
