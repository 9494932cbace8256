-- A moment without readers and writers, for what makes the objects of a pipeline anew.

-- In another order each time: that of the others is not known.
CREATE FUNCTION csagg.pipeline_lock_tables(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE (SELECT format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', string_agg(format('%I.%I', pipeline, relname), ', ' ORDER BY random()))
        FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(pipeline)) AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE'));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_lock_tables(name) IS
    'locks all tables of a pipeline, but for those that others made there; for pipeline_at_once()';

-- LOCK TABLE of a view locks what it reads, too, catalogs among that.
CREATE FUNCTION csagg.pipeline_lock_views(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    view regclass;
BEGIN
    FOR view IN SELECT oid FROM pg_class
        WHERE relnamespace = to_regnamespace(quote_ident(pipeline)) AND relkind = 'v' AND relname IN ('health', 'health_daily', 'alerts', 'status')
        ORDER BY random() LOOP
        EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', view);
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_lock_views(name) IS
    'locks the views of a pipeline; for pipeline_at_once()';

CREATE FUNCTION csagg.pipeline_shut(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_lock_tables(%L)', pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_shut(name) IS
    'nobody else reads or writes tables of the pipeline up to the end of the transaction. Error 55P03 as of pipeline_at_once()';
