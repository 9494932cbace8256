-- A pipeline keeps every customer's facts, score, stage, band and alerts right while rows arrive: docs/pipelines.md.
-- The functions live here, in csagg; a pipeline is a schema of tables and views that its creator owns.

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
    owner name := (SELECT pg_get_userbyid(nspowner) FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE nspname = pipeline AND relname = 'pipeline');
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

-- As it is where only the schema was restored.
CREATE FUNCTION csagg.pipeline_filled(pipeline name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    lost text;
BEGIN
    EXECUTE format($sql$
        SELECT string_agg(format('"%%s"', name), ' and ') FROM (VALUES ('pipeline', EXISTS (SELECT FROM %1$I.pipeline)), ('source', EXISTS (SELECT FROM %1$I.source WHERE name = 'log')), ('secret', EXISTS (SELECT FROM %1$I.secret))) t(name, filled)
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
        RAISE active_sql_transaction USING MESSAGE = format('%s needs READ COMMITTED: an older snapshot would miss rows for good', what),
            HINT = 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED; as csagg.refresh() and csagg.run() do.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_read_committed(text) IS
    'that a statement sees what was committed before it. Error 25001';

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
        SELECT 'pg_class'::regclass AS class, ev_class AS oid FROM own o JOIN pg_depend ON refclassid = o.class AND refobjid = o.oid AND classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = objid
        UNION ALL SELECT 'pg_class', conrelid FROM own o JOIN pg_depend ON refclassid = o.class AND refobjid = o.oid AND classid = 'pg_constraint'::regclass JOIN pg_constraint c ON c.oid = objid
        UNION ALL SELECT classid, objid FROM own o JOIN pg_depend ON refclassid = o.class AND refobjid = o.oid AND classid IN ('pg_proc'::regclass, 'pg_class'::regclass) AND deptype = 'n') d
    WHERE oid <> 0 AND (class, oid) NOT IN (TABLE own)
$body$;
COMMENT ON FUNCTION csagg.pipeline_dependants(name) IS
    'what outside a pipeline''s schema depends on what is in it: views, tables with foreign keys or columns of its types, functions; NULL: nothing';

CREATE FUNCTION csagg.drop_pipeline(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $body$
DECLARE
    users text;
BEGIN
    PERFORM csagg.pipeline_define(pipeline);
    users := csagg.pipeline_dependants(pipeline);
    IF users IS NOT NULL THEN
        RAISE dependent_objects_still_exist USING MESSAGE = format('pipeline "%s" is used by %s', pipeline, users),
            HINT = format('Drop these first; or DROP SCHEMA %I CASCADE; drops them with it, after csagg.unschedule(%L).', pipeline, pipeline);
    END IF;
    PERFORM csagg.unschedule(pipeline);
    EXECUTE format('DROP SCHEMA %I CASCADE', pipeline);
END $body$;
COMMENT ON FUNCTION csagg.drop_pipeline(name) IS
    'drops the pipeline''s schema and all that is in it, and what schedule() did. Errors: 42704 if there is none, 42501 if it is another''s, 2BP01 if views or tables elsewhere depend on it';
