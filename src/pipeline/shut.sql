-- A moment without readers and writers, for what makes the objects of a pipeline anew.

-- Locks that are taken one after the other, as ALTER TABLE and CREATE POLICY do, meet those of writers in another order: a deadlock, which would stop
-- a source whose trigger is in it. So all at once, in short attempts, and whoever waits behind one waits no longer.
CREATE FUNCTION csagg.pipeline_shut(pipeline name, with_sources boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $body$
DECLARE
    source record;
    tables constant text := (SELECT string_agg(format('%I.%I', nspname, relname), ', ' ORDER BY relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = pipeline AND relkind IN ('r', 'p'));
    begun constant timestamptz := clock_timestamp();
BEGIN
    LOOP
        BEGIN
            FOR source IN EXECUTE format('SELECT name, csagg.pipeline_relation(relation)::regclass AS relation FROM %I.source WHERE kind <> ''log'' AND $1', pipeline) USING with_sources LOOP
                BEGIN
                    PERFORM csagg.pipeline_hold(pipeline, source.name, source.relation) WHERE source.relation IS NOT NULL;
                EXCEPTION
                    WHEN lock_not_available THEN RAISE;
                    WHEN OTHERS THEN NULL;  -- whoever makes its triggers anew is told
                END;
            END LOOP;
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', tables);
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > begun + interval '30 seconds' THEN
                RAISE lock_not_available USING MESSAGE = format('for 30 seconds there was no moment without readers and writers of pipeline "%s"', pipeline),
                    HINT = format('Who has been there for long: SELECT pid, xact_start, query FROM pg_stat_activity JOIN pg_locks USING (pid) JOIN pg_class c ON c.oid = relation WHERE relnamespace = %L::regnamespace;', quote_ident(pipeline));
            END IF;
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_shut(name, boolean) IS
    'nobody else reads or writes tables of the pipeline up to the end of the transaction, nor writes to those of its sources, if with them, whose triggers may be made anew; takes the moment when nobody does. Error 55P03 after 30 seconds';
