-- A moment when nobody else uses certain tables.

CREATE FUNCTION csagg.pipeline_relations(pipeline name) RETURNS SETOF oid
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace(%2$L)
        UNION SELECT p.oid
        FROM (SELECT csagg.pipeline_relation(relation) AS oid FROM %1$I.source) s
            CROSS JOIN LATERAL (SELECT s.oid UNION SELECT relid FROM pg_partition_tree(s.oid)) p$sql$,
            pipeline, quote_ident(pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_relations(name) IS
    'oids of all that is in a pipeline''s schema, and of the tables of its sources with their partitions';

CREATE FUNCTION csagg.pipeline_attempt(statements text, vacuumed boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $body$
BEGIN
    IF vacuumed THEN
        PERFORM set_config('lock_timeout', (200 + setting::integer)::text, true) FROM pg_settings WHERE name = 'deadlock_timeout';
    END IF;
    EXECUTE statements;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_attempt(text, boolean) IS
    'runs statements, of whose locks none may take longer than 0.2 s, and deadlock_timeout besides where autovacuum is at work. Error 55P03';

-- Locks that are taken one after the other, as ALTER TABLE and CREATE POLICY do, and DROP, meet those of writers and readers in another order: a
-- deadlock. So all at once, in short attempts, and whoever waits behind one waits no longer. A step that runs is waited for first, as long as the
-- caller's lock_timeout lets it, and none begins in an attempt; but none reads a table that is just added. Autovacuum ends for who waits as long as
-- deadlock_timeout.
CREATE FUNCTION csagg.pipeline_at_once(pipeline name, statements text, added regclass DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    alone boolean;
    vacuumed boolean := false;
    begun timestamptz;
    tried interval := '0';
BEGIN
    WHILE tried < '30 seconds' LOOP
        BEGIN
            alone := false;
            begun := clock_timestamp();
            IF added IS NULL AND current_setting('transaction_isolation') LIKE 'read %' THEN  -- an older snapshot has not the row that the last step wrote
                EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
            END IF;
            alone := true;
            begun := clock_timestamp();
            PERFORM csagg.pipeline_attempt(statements, vacuumed);
            RETURN;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            IF NOT alone AND SQLSTATE = '55P03' THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.05);
            tried := tried + (clock_timestamp() - begun);
        END;
        vacuumed := EXISTS (
            SELECT FROM pg_locks
            WHERE mode = 'ShareUpdateExclusiveLock'
                AND granted
                AND pid <> pg_backend_pid()
                AND relation IN (SELECT csagg.pipeline_relations(pipeline)));
    END LOOP;
    RAISE lock_not_available USING MESSAGE = format('for 30 seconds there was no moment without readers and writers of pipeline "%s", or of tables of its sources', pipeline),
        HINT = format('Who has been there for long (without a pid: a prepared transaction): SELECT pid, xact_start, query FROM pg_locks LEFT JOIN pg_stat_activity USING (pid) WHERE relation IN (SELECT csagg.pipeline_relations(%L)%s);', pipeline,
            CASE WHEN added IS NOT NULL THEN format(' UNION SELECT %1$L::regclass UNION SELECT relid FROM pg_partition_tree(%1$L)', added) END);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_at_once(name, text, regclass) IS
    'runs statements that lock tables which others use, at a moment when nobody does and no step runs, up to the end of the transaction. Error 55P03 after 30 seconds, without those of a step, for which lock_timeout counts. added: a table that no step reads yet: none is waited for';
