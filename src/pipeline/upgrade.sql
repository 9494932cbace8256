-- A pipeline keeps the views, triggers and policies of the csagg that made it. After ALTER EXTENSION csagg UPDATE they are made anew.
-- A version that changes the tables raises pipeline.layout and brings its ALTER TABLEs here.

CREATE FUNCTION csagg.upgrade_pipeline(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
DECLARE
    source record;
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    PERFORM csagg.pipeline_comments(pipeline), csagg.pipeline_triggers(pipeline), csagg.pipeline_make_forgotten(pipeline), csagg.pipeline_make_replaced(pipeline);
    FOR source IN EXECUTE format('SELECT name, relation FROM %I.source WHERE kind <> ''log''', pipeline) LOOP
        IF to_regclass(source.relation) IS NULL THEN
            RAISE WARNING 'triggers of source "%" of pipeline "%" stay as they are: there is no table %', source.name, pipeline, source.relation USING HINT = 'csagg.resume() finds it under another name.';
        ELSE
            BEGIN
                PERFORM csagg.pipeline_watch(pipeline, source.name);
            EXCEPTION WHEN OTHERS THEN
                RAISE WARNING 'triggers of source "%" of pipeline "%" stay as they are: %', source.name, pipeline, SQLERRM USING HINT = 'csagg.resume() makes them anew when that has been mended.';
            END;
        END IF;
    END LOOP;
    PERFORM csagg.pipeline_views(pipeline);
    IF to_regprocedure(format('%I.session_tenant()', pipeline)) IS NOT NULL THEN
        PERFORM csagg.pipeline_make_policies(pipeline);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.upgrade_pipeline(name) IS
    'makes the views, functions, triggers and policies of a pipeline anew, as this version of csagg has them; for each pipeline after ALTER EXTENSION csagg UPDATE. What is stored, what is granted and views of others on its views stay. Waits for a step that is running, and locks the tables of its sources against writing until the transaction ends. Errors: 42704, 42501 as of step()';
