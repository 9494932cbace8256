-- A pipeline keeps every customer's facts, score, stage, band and alerts right while rows arrive: docs/pipelines.md.
-- The functions live here, in csagg; a pipeline is a schema of tables and views that its creator owns.

CREATE FUNCTION csagg.create_pipeline(pipeline name, rules csagg.ruleset DEFAULT NULL, settle interval DEFAULT '0') RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF pipeline IS NULL OR settle IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a pipeline needs a name and a settling time';
    ELSIF pipeline = '' THEN
        RAISE invalid_name USING MESSAGE = 'a pipeline needs a name', HINT = 'It is the name of its schema.';
    ELSIF settle NOT BETWEEN interval '0' AND interval '365 days' OR extract(year FROM settle) <> 0 OR extract(month FROM settle) <> 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the settling time is from 0 to 365 days', HINT = 'Months have no length of their own: give it in days, hours or less.';
    END IF;
    EXECUTE format('CREATE SCHEMA %I', pipeline);
    PERFORM csagg.pipeline_tables(pipeline), csagg.pipeline_comments(pipeline), csagg.pipeline_triggers(pipeline);
    PERFORM csagg.pipeline_make_forgotten(pipeline), csagg.pipeline_make_replaced(pipeline);
    EXECUTE format('INSERT INTO %1$I.pipeline (settle) VALUES ($1)', pipeline) USING settle;
    EXECUTE format('INSERT INTO %I.secret DEFAULT VALUES', pipeline);
    EXECUTE format('INSERT INTO %1$I.source (name, relation, kind) VALUES (''log'', $1, ''log'')', pipeline) USING format('%I.log', pipeline);
    PERFORM csagg.pipeline_make_override(pipeline);
    PERFORM csagg.pipeline_views(pipeline);
    IF rules IS NULL THEN
        RAISE NOTICE 'pipeline "%" keeps facts; its health is empty until rules are put into %', pipeline, format('%I.rules', pipeline);
    ELSE
        EXECUTE format('INSERT INTO %1$I.rules (effective_from, rules) VALUES (''-infinity'', $1)', pipeline) USING rules;
        EXECUTE format('DELETE FROM %I.todo', pipeline);  -- there are no customers yet
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.create_pipeline(name, csagg.ruleset, interval) IS
    'makes the schema `pipeline` with its tables and views, which the caller owns. rules hold since ever and for all tenants; NULL: facts are kept and nothing is assessed. settle: how long after its instant an alert''s beginning or end is booked; a day is 24 hours. Errors: 42P06 for a schema that exists, 42501 without the right to make one, 22004 for NULL, 42602 for an empty name, 22023 for settle below 0, beyond 365 days, or with months';

-- Triggers on the tables of sources go with it.
CREATE FUNCTION csagg.pipeline_dependants(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    WITH own AS (
        SELECT 'pg_class'::regclass AS class, oid FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(pipeline))
        UNION ALL SELECT 'pg_type', oid FROM pg_type WHERE typnamespace = to_regnamespace(quote_ident(pipeline))
        UNION ALL SELECT 'pg_proc', oid FROM pg_proc WHERE pronamespace = to_regnamespace(quote_ident(pipeline)))
    SELECT string_agg(DISTINCT pg_describe_object(class, oid, 0), ', ') FROM (
        SELECT 'pg_class'::regclass AS class, ev_class AS oid
        FROM own o JOIN pg_depend ON refclassid = o.class AND refobjid = o.oid AND classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = objid
        UNION ALL SELECT 'pg_class', conrelid
        FROM own o
            JOIN pg_depend ON refclassid = o.class AND refobjid = o.oid AND classid = 'pg_constraint'::regclass
            JOIN pg_constraint c ON c.oid = objid
        UNION ALL SELECT classid, objid
        FROM own o
            JOIN pg_depend ON refclassid = o.class
                AND refobjid = o.oid
                AND classid IN ('pg_proc'::regclass, 'pg_class'::regclass)
                AND deptype = 'n') d
    WHERE oid <> 0 AND (class, oid) NOT IN (TABLE own)
$body$;
COMMENT ON FUNCTION csagg.pipeline_dependants(name) IS
    'what outside a pipeline''s schema depends on what is in it: views, tables with foreign keys or columns of its types, functions; NULL: nothing';

CREATE FUNCTION csagg.pipeline_unused(pipeline name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    users constant text := csagg.pipeline_dependants(pipeline);
BEGIN
    IF users IS NOT NULL THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('pipeline "%s" is used by %s', pipeline, users),
            HINT = format('Drop these first; or DROP SCHEMA %I CASCADE; drops them with it, after csagg.unschedule(%L).', pipeline, pipeline);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unused(name) IS
    'that nothing outside a pipeline''s schema depends on what is in it. Error 2BP01';

CREATE FUNCTION csagg.drop_pipeline(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $body$
BEGIN
    PERFORM csagg.pipeline_define(pipeline), csagg.pipeline_read_committed('drop_pipeline()'), csagg.pipeline_unused(pipeline), csagg.unschedule(pipeline),
        -- Once more, as others may have made a view on it meanwhile.
        csagg.pipeline_at_once(pipeline, format($sql$
            SELECT csagg.pipeline_lock_views(%1$L), csagg.pipeline_lock_tables(%1$L);
            SELECT csagg.pipeline_unused(%1$L);
            DROP SCHEMA %1$I CASCADE$sql$, pipeline));
END $body$;
COMMENT ON FUNCTION csagg.drop_pipeline(name) IS
    'drops the pipeline''s schema and all that is in it, and what schedule() did. Waits for a step that is running, and for a moment without readers and writers of the pipeline and of tables of its sources. Errors: 42704 if there is none, 42501 if it is another''s, 2BP01 if views or tables elsewhere depend on it, 25001 outside READ COMMITTED, 55P03 if there is no such moment for 30 seconds';
