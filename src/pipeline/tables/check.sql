-- What has to be so before a function of a pipeline does anything.

CREATE FUNCTION csagg.pipeline_known(pipeline name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF pipeline IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the pipeline is NULL';
    ELSIF to_regclass(format('%I.current', pipeline)) IS NULL OR to_regclass(format('%I.pipeline', pipeline)) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('there is no pipeline "%s"', pipeline),
            HINT = 'csagg.create_pipeline() makes one; csagg.upgrade_pipeline(), by the new name, goes on with one whose schema was renamed.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_known(name) IS
    'that there is this pipeline; for reads, which need no more than the right to SELECT from its tables. Errors: 42704, 22004 for NULL';

CREATE FUNCTION csagg.pipeline_check(pipeline name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    owner name := (
        SELECT pg_get_userbyid(nspowner)
        FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
        WHERE nspname = pipeline AND relname = 'pipeline');
BEGIN
    IF owner <> current_user THEN
        RAISE insufficient_privilege USING MESSAGE = format('pipeline "%s" is worked on by its owner only', pipeline),
            HINT = format('SET ROLE %I;', owner);
    END IF;
    PERFORM csagg.pipeline_known(pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check(name) IS
    'that there is this pipeline and that it is the caller''s; for the pipeline''s functions. Errors: 42704, 42501, 22004 for NULL';

-- Who may read has no right to hold up the others so; and a step, which does not define anything, waits for nobody here.
CREATE FUNCTION csagg.pipeline_define(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    EXECUTE format('LOCK TABLE %I.secret IN SHARE ROW EXCLUSIVE MODE', pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_define(name) IS
    'pipeline_check(), for what changes sources, rights or the pipeline''s own objects: one at a time, up to the end of the transaction';

-- As it is where only the schema was restored.
CREATE FUNCTION csagg.pipeline_filled(pipeline name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    lost text;
BEGIN
    EXECUTE format($sql$
        SELECT string_agg(format('"%%s"', name), ' and ')
        FROM (
            VALUES ('pipeline', EXISTS (SELECT FROM %1$I.pipeline)), ('source', EXISTS (SELECT FROM %1$I.source WHERE name = 'log')),
                ('secret', EXISTS (SELECT FROM %1$I.secret))) t(name, filled)
        WHERE NOT filled$sql$, pipeline) INTO lost;
    IF lost IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('pipeline "%s" has lost its own rows of %s', pipeline, lost),
            HINT = 'Was it restored without its data? Restore these, or csagg.drop_pipeline(), and csagg.create_pipeline() makes a new one.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_filled(name) IS
    'that a pipeline has its own rows. Error 55000';

CREATE FUNCTION csagg.pipeline_read_committed(what text) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE active_sql_transaction USING MESSAGE = format('%s needs READ COMMITTED: an older snapshot would miss what others have committed', what),
            HINT = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED; as csagg.refresh() and csagg.run() do.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_read_committed(text) IS
    'that a statement sees what was committed before it. Error 25001';
