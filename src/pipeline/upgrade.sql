-- A pipeline keeps the views, triggers and policies of the csagg that made it, and they name its schema. After ALTER EXTENSION csagg UPDATE, and
-- when the schema was renamed, they are made anew.
-- A version that changes the tables raises pipeline.layout and brings its ALTER TABLEs here.

-- Views first: who reads one holds it, and waits for its tables.
CREATE FUNCTION csagg.pipeline_lock_made(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_lock_views(pipeline), csagg.pipeline_hold_sources(pipeline);
    IF to_regprocedure(format('%I.session_tenant()', pipeline)) IS NULL THEN
        EXECUTE format('LOCK TABLE %1$I.fact, %1$I.pipeline, %1$I.rules IN SHARE ROW EXCLUSIVE MODE', pipeline);
    ELSE
        PERFORM csagg.pipeline_lock_tables(pipeline);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_lock_made(name) IS
    'locks what upgrade_pipeline() makes anew: views, tables of sources, and of the pipeline''s own those that have triggers, or all if it is isolated; for pipeline_at_once()';

CREATE FUNCTION csagg.upgrade_pipeline(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    SET client_min_messages = warning AS $body$
DECLARE
    source record;
    stale boolean;  -- as their schema was renamed
BEGIN
    PERFORM csagg.pipeline_define(pipeline);
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_lock_made(%L)', pipeline));
    -- Tables in the schema itself have moved with it.
    EXECUTE format($sql$
        WITH old AS (SELECT (parse_ident(relation))[1] AS schema FROM %1$I.source WHERE name = 'log')
        UPDATE %1$I.source SET relation = format('%%I.%%I', $1, (parse_ident(relation))[2])
        FROM old WHERE schema <> $1 AND (parse_ident(relation))[1] = schema$sql$,
        pipeline) USING pipeline;
    PERFORM csagg.pipeline_comments(pipeline), csagg.pipeline_triggers(pipeline), csagg.pipeline_make_forgotten(pipeline),
        csagg.pipeline_make_replaced(pipeline);
    FOR source IN EXECUTE format('SELECT name, relation FROM %I.source WHERE kind <> ''log''', pipeline) LOOP
        stale := EXISTS (
            SELECT FROM pg_trigger
            WHERE tgfoid = to_regprocedure(format('%I.%I()', pipeline, csagg.pipeline_tracker_name(source.name)))
                AND tgname <> ALL (ARRAY(SELECT csagg.pipeline_trigger(pipeline, source.name, e) FROM unnest('{INSERT,DELETE,UPDATE,TRUNCATE}'::text[]) e)));
        IF stale THEN
            PERFORM csagg.pipeline_read_committed('upgrade_pipeline() of a schema that was renamed');
        END IF;
        BEGIN
            PERFORM csagg.pipeline_follow(pipeline, source.name, source.relation);
            IF stale THEN  -- its triggers missed what came since
                EXECUTE format('DROP FUNCTION IF EXISTS %I.%I() CASCADE', pipeline, csagg.pipeline_tracker_name(source.name));
                PERFORM csagg.resume(pipeline, source.name);
            ELSE
                PERFORM csagg.pipeline_watch(pipeline, source.name);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            EXECUTE format('UPDATE %I.source SET error = $2 WHERE name = $1 AND $3', pipeline) USING source.name, 'trigger: ' || SQLERRM, stale;
            RAISE WARNING 'triggers of source "%" of pipeline "%" stay as they are: %', source.name, pipeline, SQLERRM USING HINT = 'csagg.resume() makes them anew when that has been mended.';
        END;
    END LOOP;
    PERFORM csagg.pipeline_views(pipeline);
    IF to_regprocedure(format('%I.session_tenant()', pipeline)) IS NOT NULL THEN
        PERFORM csagg.pipeline_make_policies(pipeline);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.upgrade_pipeline(name) IS
    'makes the views, functions, triggers and policies of a pipeline anew, as this version of csagg has them; for each pipeline after ALTER EXTENSION csagg UPDATE, and, by its new name, after ALTER SCHEMA ... RENAME, which has its sources resumed, too. What is stored, what is granted and views of others on its views stay. Waits for a step that is running, and for a moment without readers of the views and writers of rules, facts and the tables of its sources, and without any of the pipeline, if it is isolated: these wait then until the transaction ends. Errors: 42704, 42501 as of step(), 55P03 if there is no such moment for 30 seconds, 25001 after a renaming outside READ COMMITTED';
