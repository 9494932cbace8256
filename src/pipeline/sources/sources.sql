-- What all kinds of sources have in common: columns that are checked and read by name, a row in `source`, triggers.

CREATE FUNCTION csagg.pipeline_column(relation regclass, "column" name, means text) RETURNS regtype
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    type regtype := (
        WITH RECURSIVE t AS (
            SELECT atttypid AS oid FROM pg_attribute WHERE attrelid = relation AND attname = "column" AND attnum > 0 AND NOT attisdropped
            UNION ALL SELECT typbasetype FROM t JOIN pg_type USING (oid) WHERE typbasetype <> 0)
        SELECT oid FROM t JOIN pg_type USING (oid) WHERE typbasetype = 0);
BEGIN
    IF "column" IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = format('which column of %s is the %s?', relation, means);
    ELSIF type IS NULL THEN
        RAISE undefined_column USING MESSAGE = format('%s has no column "%s"', relation, "column"),
            HINT = format('It has %s.', (SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped));
    END IF;
    RETURN type;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_column(regclass, name, text) IS
    'type of a column, of a domain its base type. Errors: 42703 for a column that is not there, 22004 for NULL';

CREATE FUNCTION csagg.pipeline_column_of(relation regclass, "column" name, means text, types regtype[]) RETURNS regtype
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    type regtype := csagg.pipeline_column(relation, "column", means);
BEGIN
    IF type <> ALL (types) THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is of type %s and cannot be the %s', "column", relation, type, means),
            HINT = format('It may be %s.', array_to_string(types, ', ', ''));
    END IF;
    RETURN type;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_column_of(regclass, name, text, regtype[]) IS
    'the same, and error 42804 for another type than these';

-- A timestamp without a zone is UTC.
CREATE FUNCTION csagg.pipeline_instant(relation regclass, "column" name) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN CASE csagg.pipeline_column(relation, "column", 'instant')
        WHEN 'timestamp'::regtype THEN format('(e.%I AT TIME ZONE ''UTC'')', "column")
        ELSE format('e.%I', "column") END;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_instant(regclass, name) IS
    'an expression for the instant in a column of the row e';

CREATE FUNCTION csagg.pipeline_text("column" text, otherwise text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    BEGIN RETURN coalesce('(e.' || quote_ident("column") || '::text COLLATE "default")', otherwise); END
$body$;
COMMENT ON FUNCTION csagg.pipeline_text(text, text) IS
    'an expression for a column of the row e as text, whose bytes count, whatever the column''s collation takes for equal; otherwise for NULL';

CREATE FUNCTION csagg.pipeline_table_only(relation regclass) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    what record;
BEGIN
    SELECT relkind, relpersistence INTO what FROM pg_class WHERE oid = relation;
    IF relation IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a source needs a table';
    ELSIF what IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('there is no relation with oid %s', relation::oid);
    ELSIF relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace) THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is a system table, which tells no changes', relation);
    ELSIF what.relkind <> ALL ('{r,p}') THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is no table', relation),
            HINT = 'A view, materialized view or foreign table shows no changes: add the tables behind it, or write rows into the pipeline''s log.';
    ELSIF EXISTS (SELECT FROM pg_partition_tree(relation) JOIN pg_class ON oid = relid AND relpersistence <> 'p' WHERE relid <> relation) THEN
        RAISE wrong_object_type USING MESSAGE = format('%s has an unlogged partition', relation), HINT = 'A crash would empty it without a trace: ALTER TABLE ... SET LOGGED, or write rows into the pipeline''s log.';
    ELSIF what.relpersistence <> 'p' THEN
        RAISE wrong_object_type USING MESSAGE = format('%s is %s', relation, CASE what.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'temporary' END),
            HINT = CASE what.relpersistence WHEN 'u' THEN 'A crash would empty it without a trace: ALTER TABLE ... SET LOGGED, or write' ELSE 'Write' END || ' rows into the pipeline''s log.';
    ELSIF what.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE inhparent = relation) THEN
        RAISE wrong_object_type USING MESSAGE = format('%s has tables that inherit from it', relation),
            HINT = 'Add these as sources one by one, or make it a partitioned table.';
    ELSIF NOT (has_table_privilege(relation, 'SELECT') AND has_table_privilege(relation, 'TRIGGER')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('the pipeline''s owner may not read %s and make triggers on it', relation),
            HINT = format('GRANT SELECT, TRIGGER ON %s TO %I;', relation, current_user);
    ELSIF EXISTS (SELECT FROM pg_partition_tree(relation) WHERE NOT has_table_privilege(relid, 'TRIGGER')) THEN
        RAISE insufficient_privilege USING MESSAGE = format('the pipeline''s owner may not make triggers on the partitions of %s', relation),
            HINT = format('GRANT TRIGGER ON %s TO %I;', (SELECT string_agg(relid::regclass::text, ', ' ORDER BY relid) FROM pg_partition_tree(relation) WHERE NOT has_table_privilege(relid, 'TRIGGER')), current_user);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_table_only(regclass) IS
    'that a relation is a permanent table that the caller may read and watch. Errors: 42P01, 42809, 42501, 22004';

-- The columns that an SQL condition reads, found as PostgreSQL finds them; so a condition that is none is an error here.
CREATE FUNCTION csagg.pipeline_filter_columns(pipeline name, relation regclass, filter text) RETURNS name[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found name[];
BEGIN
    IF filter IS NULL THEN
        RETURN '{}';
    END IF;
    EXECUTE format('CREATE VIEW %I.probe AS SELECT FROM %s e WHERE (%s)', pipeline, relation, filter || E'\n');
    SELECT array_agg(DISTINCT attname) INTO found FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        JOIN pg_attribute a ON d.refclassid = 'pg_class'::regclass AND d.refobjid = attrelid AND d.refobjsubid = attnum
        WHERE r.ev_class = format('%I.probe', pipeline)::regclass AND attrelid = relation AND attnum > 0;
    EXECUTE format('DROP VIEW %I.probe', pipeline);
    RETURN coalesce(found, '{}');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_filter_columns(name, regclass, text) IS
    'the columns of a table that a filter reads. Errors of the filter''s SQL as they are';

CREATE FUNCTION csagg.pipeline_register(pipeline name, relation regclass, kind text, spec jsonb) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    given text;
BEGIN
    EXECUTE format($sql$
        INSERT INTO %1$I.source (name, relation, kind, spec)
        SELECT n, $1::text, $2, jsonb_strip_nulls($3)
        FROM (SELECT relname AS short FROM pg_class WHERE oid = $1) c, generate_series(1, 1000) i,
            LATERAL (SELECT CASE i WHEN 1 THEN short ELSE short || ' ' || i END AS n) m
        WHERE NOT EXISTS (SELECT FROM %1$I.source s WHERE s.name = n) AND ($2 <> 'states' OR NOT EXISTS (SELECT FROM %1$I.log l WHERE l.origin = n))
        ORDER BY i LIMIT 1
        RETURNING name$sql$, pipeline) INTO given USING relation, kind, spec;
    RETURN given;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_register(name, regclass, text, jsonb) IS
    'enters a source under the table''s name, or that with a number if there is one already, or, of states, rows that say they are from there; gives the name';

CREATE FUNCTION csagg.pipeline_claim(pipeline name, source text, keys text[], kinds text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    clash record;
BEGIN
    -- First, since it waits for whoever claims the same just now.
    EXECUTE format($sql$
        INSERT INTO %1$I.fact AS f (key, kind, source) SELECT DISTINCT k.key, k.kind, $1 FROM unnest($2, $3) k(key, kind)
        ON CONFLICT (key) DO UPDATE SET source = excluded.source, shown_to = '' WHERE f.kind = excluded.kind AND coalesce(f.source, $1) = $1$sql$,
        pipeline) USING source, keys, kinds;
    EXECUTE format($sql$
        SELECT k.key, k.kind AS asked, f.kind, f.source FROM unnest($2, $3) k(key, kind) JOIN %1$I.fact f USING (key)
        WHERE f.kind <> k.kind OR f.source <> $1 ORDER BY 1 LIMIT 1$sql$, pipeline) INTO clash USING source, keys, kinds;
    IF clash.source <> source THEN
        RAISE duplicate_object USING MESSAGE = format('fact "%s" belongs to source "%s" and cannot come from "%s", too', clash.key, clash.source, source),
            HINT = 'Give one of the two another name.';
    ELSIF clash.key IS NOT NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('fact "%s" is a %s here, and a %s for a rule set or %I.fact', clash.key, clash.asked, clash.kind, pipeline),
            HINT = 'Give one of the two another name.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_claim(name, text, text[], text[]) IS
    'makes facts belong to a source. Errors: 42804 for one that is of another kind, 42710 for one that belongs to another source';

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

CREATE FUNCTION csagg.pipeline_watched(pipeline name, relation regclass, kind text, spec jsonb) RETURNS name[]
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT ARRAY(SELECT value::name FROM jsonb_each_text(spec -> 'facts')) || csagg.pipeline_filter_columns(pipeline, relation, spec ->> 'filter')
        || ARRAY(
            SELECT (spec ->> c)::name
            FROM unnest(CASE kind
                WHEN 'states' THEN '{customer,tenant}'::text[]
                WHEN 'intervals' THEN '{customer,tenant,since,until,range}'
                ELSE '{customer,tenant,at,key,amount,actor,event_id}' END) c
            WHERE spec ? c)
$body$;
COMMENT ON FUNCTION csagg.pipeline_watched(name, regclass, text, jsonb) IS
    'the columns that a source is made of. Errors of its filter''s SQL as they are';

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
    watched := csagg.pipeline_watched(pipeline, s.relation, s.kind, s.spec);
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

CREATE FUNCTION csagg.pipeline_disorder(sequence regclass) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('sequence %s has %s, so that a later row may have a lower id', sequence,
        concat_ws(' and ', 'INCREMENT ' || nullif(seqincrement, 1), 'CACHE ' || nullif(seqcache, 1), CASE WHEN seqcycle THEN 'CYCLE' END))
    FROM pg_sequence WHERE seqrelid = sequence AND (seqincrement <> 1 OR seqcache <> 1 OR seqcycle)
$body$;
COMMENT ON FUNCTION csagg.pipeline_disorder(regclass) IS
    'why rows do not arrive in the order of a sequence''s numbers; NULL if they do';

CREATE FUNCTION csagg.pipeline_disordered(relation text, kind text, spec jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_disorder(s) || format(': ALTER SEQUENCE %s INCREMENT 1 CACHE 1 NO CYCLE; and csagg.verify() with repair counts what was missed', s)
    FROM csagg.pipeline_sequence(csagg.pipeline_relation(relation), coalesce(spec ->> 'id', 'id')::name) s WHERE kind IN ('log', 'events')
$body$;
COMMENT ON FUNCTION csagg.pipeline_disordered(text, text, jsonb) IS
    'why rows of a source that has ids may be missed, and what to do; NULL if they are not';

-- Who drops a column drops the trigger that reads it, and who puts another table in its place has none.
CREATE FUNCTION csagg.pipeline_amiss(pipeline name, source text, relation text, kind text, spec jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN r.oid IS NULL THEN format('there is no table %s', relation) ELSE (
        SELECT format('trigger %s of %s %s: csagg.resume(%L, %L) makes up for what it missed', quote_ident(name), relation,
            CASE WHEN tgname IS NULL THEN 'is missing' ELSE 'does not fire everywhere' END, pipeline, source)
        FROM unnest(
            CASE WHEN kind <> 'events' THEN '{INSERT,DELETE,UPDATE,TRUNCATE}'
                WHEN spec ->> 'deletes' = 'retract' THEN '{DELETE,UPDATE,TRUNCATE}'
                ELSE '{UPDATE}'::text[] END) event
            CROSS JOIN LATERAL (SELECT csagg.pipeline_trigger(pipeline, source, event) AS name) n
            LEFT JOIN pg_trigger ON tgrelid = r.oid
                AND tgname = name
                AND tgfoid = to_regprocedure(format('%I.%I()', pipeline, csagg.pipeline_tracker_name(source)))
        WHERE tgname IS NULL OR tgenabled <> 'A' AND (tgenabled <> 'O' OR csagg.pipeline_subscribed(r.oid))
            OR EXISTS (SELECT FROM pg_trigger part WHERE part.tgparentid = pg_trigger.oid AND part.tgenabled = 'D') ORDER BY name LIMIT 1) END
    FROM (SELECT csagg.pipeline_relation(relation) AS oid) r WHERE kind <> 'log'
$body$;
COMMENT ON FUNCTION csagg.pipeline_amiss(name, text, text, text, jsonb) IS
    'why changes of a source''s table are not seen: it is gone, or one of its triggers is, or is disabled; NULL if they are';
