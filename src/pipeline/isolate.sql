-- Tenants who share a pipeline and see nothing of each other: row-level security on all of its tables. Its owner, who steps, is
-- not concerned, unless somebody forces it: then a step is an error, and nothing is skipped.

-- A setting that was SET LOCAL is the empty text afterwards, for whoever has the connection next: nobody's. In SQL's own form of a
-- body names are bound here, whatever the caller's search_path, and none of them can be a column of the table whose policy asks.
CREATE FUNCTION csagg.pipeline_make_tenant(pipeline name, tenant text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION %I.session_tenant() RETURNS text LANGUAGE sql STABLE PARALLEL RESTRICTED RETURN nullif((SELECT (%s)::text), '''')',
        pipeline, tenant || E'\n');
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.session_tenant() TO PUBLIC', pipeline);  -- whatever ALTER DEFAULT PRIVILEGES says: who may not ask sees an error
    EXECUTE format('COMMENT ON FUNCTION %I.session_tenant() IS ''whose rows this session may see: made by csagg.isolate(); NULL, for the empty text too: nobody''''s''',
        pipeline);
EXCEPTION WHEN syntax_error THEN
    RAISE invalid_parameter_value USING MESSAGE = format('the tenant of a session is an SQL expression, not %L: %s', tenant, SQLERRM),
        HINT = 'For one, $$current_setting(''app.tenant'', true)$$, or $$(SELECT tenant FROM app.member WHERE role = current_user)$$.';
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_tenant(name, text) IS
    'makes the function session_tenant() of a pipeline, or has it give something else. Errors: 22023 for what is no expression, and those of the expression as they are';

-- A table without a line here shows nobody a row.
CREATE FUNCTION csagg.pipeline_policies(pipeline name, OUT relation name, OUT command text, OUT condition text) RETURNS SETOF record
    LANGUAGE sql STABLE ROWS 16 SET search_path = pg_catalog, pg_temp AS $body$
    SELECT relation, command, format(condition, pipeline, format('(SELECT %I.session_tenant())', pipeline)) FROM (VALUES
        ('log', 'ALL', 'tenant = %2$s'),
        ('current', 'SELECT', 'tenant = %2$s'),
        ('due', 'SELECT', 'tenant = %2$s'),
        ('past', 'SELECT', 'tenant = %2$s'),
        ('seen', 'SELECT', 'tenant = %2$s'),
        ('alert', 'SELECT', 'tenant = %2$s'),
        ('alert_feed', 'SELECT', 'tenant = %2$s'),
        ('alert_note', 'ALL', 'EXISTS (SELECT FROM %1$I.alert a WHERE a.episode = alert_note.episode)'),
        ('override', 'ALL', 'tenant = %2$s'),
        ('rules', 'SELECT', 'tenant = '''' OR tenant = %2$s'),
        ('fact', 'SELECT', 'shown_to = '''' OR shown_to = %2$s OR key IN (SELECT d.key FROM %1$I.rules r, csagg.pipeline_declared(r.rules) d)'),
        ('todo', 'SELECT', 'tenant = %2$s OR tenant = '''' AND customer IS NULL'),
        ('rejected', 'SELECT', 'row ->> ''tenant'' = %2$s AND NOT row ? ''fault'''),  -- a fault's row is the user's table's, whose columns are anything
        ('source', 'SELECT', 'true'),
        ('hole', 'SELECT', 'true'),
        ('pipeline', 'SELECT', 'true')) p (relation, command, condition)
$body$;
COMMENT ON FUNCTION csagg.pipeline_policies(name) IS
    'which rows of which table are a session''s, by its tenant';

CREATE FUNCTION csagg.pipeline_make_policies(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $body$
DECLARE
    policy record;
    relation name;
BEGIN
    PERFORM csagg.pipeline_shut(pipeline);
    FOR relation IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = pipeline AND c.relkind IN ('r', 'p') LOOP
        EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', pipeline, relation);
    END LOOP;
    FOR policy IN SELECT * FROM csagg.pipeline_policies(pipeline) LOOP
        EXECUTE format('DROP POLICY IF EXISTS tenant ON %I.%I', pipeline, policy.relation);
        EXECUTE format('CREATE POLICY tenant ON %I.%I FOR %s USING (%s)', pipeline, policy.relation, policy.command, policy.condition);
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_policies(name) IS
    'row-level security on all tables of a pipeline, or the policies anew; it has a function session_tenant()';

CREATE FUNCTION csagg.isolate(pipeline name, tenant text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_define(pipeline);
    IF tenant IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'isolate() needs an expression for the tenant of a session',
            HINT = 'For one, $$current_setting(''app.tenant'', true)$$.';
    END IF;
    PERFORM csagg.pipeline_make_tenant(pipeline, tenant);
    PERFORM csagg.pipeline_make_policies(pipeline);
END $body$;
COMMENT ON FUNCTION csagg.isolate(name, text) IS
    'lets each session see and write the rows of one tenant only, in every table, view and function of the pipeline: row-level security by policies named tenant. tenant: an SQL expression for the session''s, such as $$current_setting(''app.tenant'', true)$$; NULL or the empty text as its value is nobody''s. It is evaluated once a table and statement with the rights of whoever reads. The pipeline''s owner, superusers and roles with BYPASSRLS see all. Called again: another expression. Rights are given by grant_pipeline(). Waits for a moment without readers and writers. Errors: 42704, 42501 as of step(), 55P03 if there is none for 30 seconds, 22004 for NULL, 22023 for what is no expression, those of the expression';
