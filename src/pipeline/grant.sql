-- Who may do what: some twenty GRANTs by one name, since one table or column too many shows what it should not.

-- No id, which would collide, no recorded_at, and no origin, by which a row could pass for another source's. Who notes has no table
-- whole, which it could LOCK, and is the author of what it pins.
CREATE FUNCTION csagg.pipeline_grants(may text) RETURNS TABLE (what text)
    LANGUAGE sql IMMUTABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $body$
    SELECT g.what FROM (VALUES
        ('{write,operate}', 'INSERT (tenant, customer, key, at, value, actor, event_id) ON %1$I.log'),
        ('{read,operate}', 'SELECT ON %1$I.health, %1$I.health_daily, %1$I.alerts, %1$I.status, %1$I.pipeline, %1$I.hole, %1$I.log, %1$I.seen, %1$I.fact, %1$I.rules, %1$I.override,
            %1$I.todo, %1$I.current, %1$I.due, %1$I.past, %1$I.alert, %1$I.alert_note, %1$I.alert_feed, %1$I.rejected'),
        ('{read}', 'SELECT (name, relation, kind, upto, read_until, stopped) ON %1$I.source'),
        ('{read,operate}', 'EXECUTE ON FUNCTION %1$I.forgotten(), %1$I.replaced()'),
        ('{operate}', 'SELECT ON %1$I.source'),
        ('{operate}', 'SELECT ON SEQUENCE %1$I.log_id_seq'),
        ('{note}', 'INSERT (tenant, customer, since, score, until, reason), UPDATE (score, until, reason) ON %1$I.override'),
        ('{note}', 'INSERT (episode, acknowledged_by, acknowledged_at, snoozed_until, note),
            UPDATE (episode, acknowledged_by, acknowledged_at, snoozed_until, note) ON %1$I.alert_note'),
        ('{operate}', 'INSERT, UPDATE, DELETE ON %1$I.rules, %1$I.override, %1$I.alert_note'),
        ('{operate}', 'INSERT (key, kind, shown_to), UPDATE (shown_to) ON %1$I.fact'),
        ('{operate}', 'INSERT (tenant, why, since) ON %1$I.todo'),
        ('{operate}', 'UPDATE (settle, paused, alerts_from) ON %1$I.pipeline')) g (who, what)
    WHERE may = ANY (g.who::text[])
$body$;
COMMENT ON FUNCTION csagg.pipeline_grants(text) IS
    'formats of what is granted to who may write, read, note or operate; besides USAGE ON SCHEMA';

-- A role may be renamed, and another one have its name then: a policy's role is the one it is for.
CREATE FUNCTION csagg.pipeline_operator(pipeline name, "role" name, operating boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $body$
DECLARE
    id constant oid := to_regrole(quote_ident("role"));
    old record;
    relation name;
    policy text := 'operate_' || id;
BEGIN
    IF operating
        OR EXISTS (
            SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = pipeline AND p.polroles = ARRAY[id]) THEN
        PERFORM csagg.pipeline_shut(pipeline);
    END IF;
    FOR old IN SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = pipeline AND p.polname ~ '^operate_' AND p.polroles = ARRAY[id] LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', old.polname, pipeline, old.relname);
    END LOOP;
    -- A restored pipeline may have that name from a role that had this number elsewhere.
    WHILE EXISTS (
        SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = pipeline AND p.polname = policy) LOOP
        policy := policy || '_';
    END LOOP;
    FOR relation IN SELECT p.relation FROM csagg.pipeline_policies(pipeline) p WHERE operating LOOP
        EXECUTE format('CREATE POLICY %I ON %I.%I TO %I USING (true)', policy, pipeline, relation, "role");
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_operator(name, name, boolean) IS
    'makes or drops the policies by which a role sees the rows of all tenants';

CREATE FUNCTION csagg.grant_pipeline(pipeline name, "role" name, may text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    what text;
BEGIN
    PERFORM csagg.pipeline_define(pipeline);
    IF may IS NULL OR may NOT IN ('write', 'read', 'note', 'operate', 'none') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('a role may write, read, note, operate or none, not %L', may);
    ELSIF "role" IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the role is NULL';
    ELSIF to_regrole(quote_ident("role")) IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('there is no role "%s"', "role");
    ELSIF "role" = current_user THEN
        RAISE invalid_parameter_value USING MESSAGE = format('pipeline "%s" is its owner''s already, and nothing is taken from that role', pipeline);
    END IF;
    IF may = 'none' THEN
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %1$I FROM %2$I', pipeline, "role");
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %1$I FROM %2$I', pipeline, "role");
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA %1$I FROM %2$I', pipeline, "role");
        EXECUTE format('REVOKE ALL ON SCHEMA %1$I FROM %2$I', pipeline, "role");
        PERFORM csagg.pipeline_operator(pipeline, "role", false);
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', pipeline, "role");
    FOR what IN SELECT g.what FROM csagg.pipeline_grants(may) g LOOP
        EXECUTE 'GRANT ' || format(what, pipeline) || format(' TO %I', "role");
    END LOOP;
    IF may = 'operate' THEN
        PERFORM csagg.pipeline_operator(pipeline, "role", true);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.grant_pipeline(name, name, text) IS
    'lets a role write: add rows to the log, and see none; or read: views, functions and what they are made of, of its tenant once the pipeline is isolated; or note, which goes with read: write notes and overrides of its tenant; or operate: see all tenants, and change rules, overrides, facts, notes, and pipeline.paused, settle and alerts_from. One call adds to another; none takes everything back. Steps, sources, retain, forget and forget_actor are the owner''s. Waits for a moment without readers and writers, where operate is given or taken. Errors: 42704 for no such pipeline or role, 22004 for NULL, 42501 as of step(), 22023 for another word, and for the owner, 55P03 if there is no such moment for 30 seconds';
