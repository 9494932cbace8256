-- A runner for schedulers: steps and pauses, for so long. A bare loop, as refresh() is.

-- Where a procedure could COMMIT it can do without a snapshot, while a function in a statement has one: so vacuum is not held up.
-- The lock shows others that a runner lives; it is shared, and takes no transaction id.
CREATE PROCEDURE csagg.pipeline_pause(milliseconds integer, runner oid)
    LANGUAGE C AS 'MODULE_PATHNAME', 'csagg_pipeline_pause';
COMMENT ON PROCEDURE csagg.pipeline_pause(integer, oid) IS
    'waits so many milliseconds, NULL and less than 1: not at all; holds a shared advisory lock (1668506983, runner) to the end of the transaction, NULL: none';

CREATE PROCEDURE csagg.pipeline_alone("procedure" text)
    LANGUAGE C AS 'MODULE_PATHNAME', 'csagg_pipeline_alone';
COMMENT ON PROCEDURE csagg.pipeline_alone(text) IS
    'error 2D000 with a hint where a procedure of this name could not COMMIT';

CREATE FUNCTION csagg.pipeline_check_run(pipeline name, seconds integer, pause_ms integer) RETURNS oid
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    timeout integer := (SELECT setting FROM pg_settings WHERE name = 'statement_timeout');
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF seconds IS NULL OR seconds < 1 OR pause_ms IS NULL OR pause_ms < 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'seconds and pause_ms are at least 1';
    ELSIF timeout > 0 AND timeout < seconds * 1000::bigint THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('statement_timeout is %s ms and would end run() before its %s seconds', timeout, seconds),
            HINT = 'SET statement_timeout = 0; or run for fewer seconds.';
    END IF;
    RETURN (SELECT oid FROM pg_namespace WHERE nspname = pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_run(name, integer, integer) IS
    'that run() can run; the oid of the schema. Errors: 42704, 42501 as of step(), 22023, 55000';

CREATE FUNCTION csagg.pipeline_running(pipeline name) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (
        SELECT FROM pg_locks l JOIN pg_namespace n ON n.nspname = pipeline AND l.objid = n.oid JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory'
            AND l.classid = 1668506983
            AND l.objsubid = 2
            AND l.mode = 'ShareLock'
            AND l.granted
            AND pg_has_role(a.usesysid, n.nspowner, 'USAGE')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
$body$;
COMMENT ON FUNCTION csagg.pipeline_running(name) IS
    'whether a run() of this pipeline is running';

CREATE PROCEDURE csagg.run(pipeline name, seconds integer DEFAULT 55, pause_ms integer DEFAULT 200)
    LANGUAGE plpgsql AS $body$
DECLARE
    until pg_catalog.timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) pg_catalog.make_interval(secs => seconds);
    again pg_catalog.bool;
    wait pg_catalog.int4 := 0;
    runner pg_catalog.oid := csagg.pipeline_check_run(pipeline, seconds, pause_ms);
BEGIN
    CALL csagg.pipeline_alone('run()');
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        CALL csagg.pipeline_pause(wait, runner);
        EXIT WHEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.>=) until;
        SELECT s.more INTO again FROM csagg.step(pipeline, CASE WHEN again THEN 1000000 ELSE 50000 END) s;
        wait := CASE WHEN again THEN 0 ELSE pause_ms END;
    END LOOP;
    COMMIT;
END $body$;
COMMENT ON PROCEDURE csagg.run(name, integer, integer) IS
    'steps for so many seconds, and pauses for so many milliseconds where a step finds nothing more to do; while nothing is to be done it takes no transaction id, writes no WAL and holds no snapshot. Each step commits, with up to 50000 rows of a source, and a million where the one before left some; two runs of one pipeline take turns. For a scheduler that starts it every minute. Not within a transaction (2D000). Errors as of step(); 22023 for less than a second or a millisecond; 55000 for a statement_timeout that is shorter';
