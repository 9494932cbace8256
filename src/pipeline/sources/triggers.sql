-- Triggers on the table of a source.

-- One function for all triggers of a source. Where row-level security would hide rows from it, that is an error, too. Columns become texts, and literals of
-- a filter are read, under the same settings as in step(), add_*(), resume(), upgrade_pipeline() and verify(), whatever the application's are. What
-- it does is in `body`; whatever that raises becomes the source's error, never the application's, but for what its transaction may as well try again,
-- and would be lost here: a snapshot that conflicts with others, or has no such source yet, a deadlock, and its own lock_timeout.
CREATE FUNCTION csagg.pipeline_tracker(pipeline name, source text, body text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    owner name;
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION %1$I.%2$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    AS %3$L$sql$,
        pipeline, csagg.pipeline_tracker_name(source), format($plpgsql$
#variable_conflict use_column
BEGIN
    IF current_setting('transaction_isolation') NOT LIKE 'read %%' AND NOT EXISTS (SELECT FROM %1$I.source WHERE name = %2$L) THEN
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = TG_RELID AND tgname = TG_NAME) THEN
            RAISE serialization_failure USING MESSAGE = 'source "' || %2$L || '" of pipeline "' || %1$L || '" is newer than the snapshot of this transaction', HINT = 'Try the transaction again.';
        END IF;
        RETURN NULL;  -- it was restored without its data
    END IF;
    DECLARE
    %3$s
    RETURN NULL;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN RAISE;
    WHEN OTHERS THEN
        BEGIN
            UPDATE %1$I.source SET error = 'trigger: ' || SQLERRM WHERE name = %2$L AND error IS NULL;
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN RAISE;
            WHEN OTHERS THEN
                RAISE WARNING 'pipeline "%%", source "%%": %%', %1$L, %2$L, SQLERRM;
        END;
        RETURN NULL;
END $plpgsql$, pipeline, source, body));
    EXECUTE format('REVOKE ALL ON FUNCTION %I.%I() FROM PUBLIC', pipeline, csagg.pipeline_tracker_name(source));
    -- Who makes or attaches a partition makes its triggers.
    EXECUTE format($sql$
        SELECT pg_get_userbyid(c.relowner) FROM %I.source s JOIN pg_class c ON c.oid = csagg.pipeline_relation(s.relation) WHERE s.name = $1$sql$,
        pipeline) INTO owner USING source;
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I() TO %I', pipeline, csagg.pipeline_tracker_name(source), owner);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_tracker(name, text, text) IS
    'makes the trigger function of a source, which the table''s owner may use';

-- What applies a subscription fires row triggers only, and none but those that are always on.
CREATE FUNCTION csagg.pipeline_subscribed(relation regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid IN (SELECT relation UNION SELECT relid FROM pg_partition_tree(relation)))
$body$;
COMMENT ON FUNCTION csagg.pipeline_subscribed(regclass) IS
    'whether logical replication fills a table, or a partition of it';

CREATE FUNCTION csagg.pipeline_singly(relation regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT relkind = 'p' OR csagg.pipeline_subscribed(relation) FROM pg_class WHERE oid = relation
$body$;
COMMENT ON FUNCTION csagg.pipeline_singly(regclass) IS
    'whether a table''s rows have to be followed one by one: it is partitioned, or a subscription fills it';

CREATE FUNCTION csagg.pipeline_always(relation regclass, "trigger" name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, "trigger");
EXCEPTION WHEN insufficient_privilege THEN
    RAISE insufficient_privilege USING MESSAGE = format('logical replication fills %s, and only its owner can have triggers fire then', relation),
        HINT = format('GRANT %I TO %I;', (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = relation), current_user);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_always(regclass, name) IS
    'has a trigger fire for what logical replication brings, too. Error 42501 with a hint';

CREATE FUNCTION csagg.pipeline_track(pipeline name, source text, relation regclass, event text, how text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER %I %s %s ON %s %s EXECUTE FUNCTION %I.%I()', csagg.pipeline_trigger(pipeline, source, event),
        CASE event WHEN 'TRUNCATE' THEN 'BEFORE' ELSE 'AFTER' END, event, relation, how, pipeline, csagg.pipeline_tracker_name(source));
    IF csagg.pipeline_subscribed(relation) THEN
        PERFORM csagg.pipeline_always(relation, csagg.pipeline_trigger(pipeline, source, event));
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_track(name, text, regclass, text, text) IS
    'makes one trigger of a source';

CREATE FUNCTION csagg.pipeline_trigger(pipeline name, source text, event text) RETURNS name
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$ SELECT csagg.pipeline_name(lower(event) || '_' || pipeline || '_' || source) $body$;
COMMENT ON FUNCTION csagg.pipeline_trigger(name, text, text) IS
    'name of a trigger of a source';

-- Not UPDATE OF these columns: a BEFORE trigger of the application may change what the statement does not name. A function, not the operator
-- *<> of rows: what pg_dump writes of that PostgreSQL reads as a comparison of their columns.
CREATE FUNCTION csagg.pipeline_changed(relation regclass, columns name[]) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('FOR EACH ROW WHEN (%s)',
        string_agg(format(
            CASE WHEN EXISTS (
                    SELECT FROM pg_opclass WHERE opcmethod = 403 AND opcdefault AND opcintype = csagg.pipeline_column(relation, c, 'column'))
                AND NOT EXISTS (
                    SELECT FROM pg_attribute a JOIN pg_collation l ON l.oid = attcollation
                    WHERE attrelid = relation AND attname = c AND NOT collisdeterministic)
                THEN 'OLD.%1$I IS DISTINCT FROM NEW.%1$I'
                ELSE 'pg_catalog.record_image_ne(ROW(OLD.%1$I), ROW(NEW.%1$I))' END, c), ' OR ' ORDER BY c))
    FROM (SELECT DISTINCT c FROM unnest(columns) c WHERE c IS NOT NULL) d
$body$;
COMMENT ON FUNCTION csagg.pipeline_changed(regclass, name[]) IS
    'when an UPDATE has changed one of these columns, by their bytes where a type has no order, or a collation takes different texts for equal';

CREATE FUNCTION csagg.pipeline_mapped(kind text, spec jsonb) RETURNS name[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT ARRAY(SELECT value::name FROM jsonb_each_text(spec -> 'facts'))
        || ARRAY(
            SELECT (spec ->> c)::name
            FROM unnest(CASE kind
                WHEN 'states' THEN '{customer,tenant}'::text[]
                WHEN 'intervals' THEN '{customer,tenant,since,until,range}'
                ELSE '{id,customer,tenant,at,key,amount,actor,event_id}' END) c
            WHERE spec ? c)
$body$;
COMMENT ON FUNCTION csagg.pipeline_mapped(text, jsonb) IS
    'the columns whose changes a source follows, but for those of its filter';

-- They are noted, since only DDL tells them from a filter's text.
CREATE FUNCTION csagg.pipeline_watched(pipeline name, source text, relation regclass, kind text, spec jsonb) RETURNS name[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    filtered constant name[] := csagg.pipeline_filter_columns(pipeline, relation, spec ->> 'filter');
BEGIN
    IF spec ? 'filter' AND spec -> 'filtered' IS DISTINCT FROM to_jsonb(filtered) THEN
        EXECUTE format('UPDATE %I.source SET spec = spec || $2 WHERE name = $1', pipeline) USING source, jsonb_build_object('filtered', filtered);
    END IF;
    RETURN csagg.pipeline_mapped(kind, spec) || filtered;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_watched(name, text, regclass, text, jsonb) IS
    'the columns that a source is made of; those of its filter are in its spec from now on. Errors of its filter''s SQL as they are';

-- What triggers see of a row are its values as they are stored.
CREATE FUNCTION csagg.pipeline_check_stored(relation regclass, columns name[]) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    virtual text := (SELECT string_agg(format('"%s"', attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = relation AND attname = ANY (columns) AND attgenerated = 'v');
BEGIN
    IF virtual IS NOT NULL THEN
        RAISE feature_not_supported USING MESSAGE = format('of %s triggers do not see what is in %s, computed when it is read', relation, virtual),
            HINT = 'A generated column that is STORED can take its place; from PostgreSQL 18 on it is not unless one says so.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_stored(regclass, name[]) IS
    'that none of these columns is a virtual one, which has no value in a trigger. Error 0A000 with a hint';

CREATE FUNCTION csagg.pipeline_watch(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    watched name[];
BEGIN
    EXECUTE format('SELECT relation::regclass, kind, spec FROM %I.source WHERE name = $1', pipeline) INTO s USING source;
    IF s.kind = 'intervals' THEN
        EXECUTE format('UPDATE %I.source SET spec = CASE WHEN $2 THEN spec || ''{"zoned": true}'' ELSE spec - ''zoned'' END WHERE name = $1', pipeline)
            USING source, csagg.pipeline_column(s.relation, coalesce(s.spec ->> 'range', s.spec ->> 'since')::name, 'start') IN ('date', 'daterange');
    END IF;
    watched := csagg.pipeline_watched(pipeline, source, s.relation, s.kind, s.spec);
    PERFORM csagg.pipeline_check_stored(s.relation, CASE s.kind WHEN 'events' THEN ARRAY[s.spec ->> 'tenant', s.spec ->> 'customer', s.spec ->> 'at']::name[] ELSE watched END);
    CASE s.kind
        WHEN 'states' THEN PERFORM csagg.pipeline_track_states(pipeline, source, s.relation, watched, s.spec ->> 'filter');
        WHEN 'intervals' THEN PERFORM csagg.pipeline_track_intervals(pipeline, source, s.relation, watched);
        WHEN 'events' THEN PERFORM csagg.pipeline_track_events(pipeline, source, s.relation, watched, s.spec);
        ELSE RAISE undefined_object USING MESSAGE = format('pipeline "%s" has no table to watch for source "%s"', pipeline, source);
    END CASE;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_watch(name, text) IS
    'makes the triggers of a source, as it is registered, or makes them anew';

CREATE FUNCTION csagg.pipeline_watch_added(pipeline name, source text, relation regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_watch(%L, %L)', pipeline, source), relation);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_watch_added(name, text, regclass) IS
    'pipeline_watch() of a source whose table was just added. Error 55P03 as of pipeline_at_once()';

-- LOCK TABLE wants a right to write; who may make triggers gets the same lock by making them.
CREATE FUNCTION csagg.pipeline_hold(pipeline name, source text, relation regclass) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF has_table_privilege(relation, 'UPDATE, DELETE, TRUNCATE') THEN
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    ELSIF NOT EXISTS (
        SELECT FROM pg_locks l
        WHERE l.pid = pg_backend_pid() AND l.relation = pipeline_hold.relation AND l.mode = 'ShareRowExclusiveLock' AND l.granted) THEN
        PERFORM csagg.pipeline_watch(pipeline, source);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_hold(name, text, regclass) IS
    'nobody else writes to the table of a source until the end of the transaction; its triggers may be made anew';

CREATE FUNCTION csagg.pipeline_hold_sources(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    FOR source IN EXECUTE format('SELECT name, csagg.pipeline_relation(relation)::regclass AS relation FROM %I.source WHERE kind <> ''log'' AND csagg.pipeline_relation(relation) IS NOT NULL ORDER BY random()',
        pipeline) LOOP
        BEGIN
            PERFORM csagg.pipeline_hold(pipeline, source.name, source.relation);
        EXCEPTION
            WHEN lock_not_available OR deadlock_detected THEN RAISE;
            WHEN OTHERS THEN NULL;  -- whoever makes its triggers anew is told
        END;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_hold_sources(name) IS
    'pipeline_hold() of all sources, as far as they have a table and its triggers can be made; for pipeline_at_once()';
