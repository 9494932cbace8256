-- Locks that are taken one after the other, as ALTER TABLE and CREATE POLICY do, and DROP, meet those of writers and readers in another order: a deadlock. So all at
-- once, in short attempts, and whoever waits behind one waits no longer. A step that runs is waited for first, however long, and none begins in an attempt.
CREATE FUNCTION csagg.pipeline_at_once(pipeline name, statements text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $body$
BEGIN
    FOR attempt IN 1 .. 120 LOOP
        BEGIN
            SET LOCAL lock_timeout = 0;
            EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
            SET LOCAL lock_timeout = '200ms';
            EXECUTE statements;
            RETURN;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    RAISE lock_not_available USING MESSAGE = format('for 30 seconds there was no moment without readers and writers of pipeline "%s", or of tables of its sources', pipeline),
        HINT = format('Who has been there for long: SELECT pid, xact_start, query FROM pg_stat_activity JOIN pg_locks l USING (pid) WHERE l.relation IN (SELECT oid FROM pg_class WHERE relnamespace = %L::regnamespace UNION SELECT csagg.pipeline_relation(s.relation) FROM %I.source s);', quote_ident(pipeline), pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_at_once(name, text) IS
    'runs statements that lock tables which others use, at a moment when nobody does and no step runs, up to the end of the transaction. Error 55P03 after 30 seconds, without those of a step';
