-- A source goes, or starts again.

CREATE FUNCTION csagg.pipeline_source(pipeline name, name text, resuming boolean) RETURNS record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found record;
BEGIN
    PERFORM csagg.pipeline_define(pipeline), csagg.pipeline_read_committed(CASE WHEN resuming THEN 'resume()' ELSE 'drop_source()' END);
    IF name IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the source is NULL';
    END IF;
    EXECUTE format('SELECT * FROM %I.source WHERE name = $1', pipeline) INTO found USING name;
    IF found.name IS NULL THEN
        RAISE undefined_object USING MESSAGE = format('pipeline "%s" has no source "%s"', pipeline, name), HINT = format('SELECT name FROM %I.source;', pipeline);
    ELSIF found.kind = 'log' OR found.name = 'override' AND NOT resuming THEN
        RAISE wrong_object_type USING MESSAGE = format('source "%s" is a part of every pipeline', name);
    END IF;
    RETURN found;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_source(name, text, boolean) IS
    'the row of a source that was added. Errors: 42704 for none, 42809 for one of the pipeline''s own, 25001';

-- As if they had been written only now.
CREATE FUNCTION csagg.pipeline_read_again(pipeline name, source text, ids bigint[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
        WITH again AS (
            SELECT DISTINCT i
            FROM unnest($2) i JOIN %1$I.source s ON s.name = $1 AND i <= s.upto
            WHERE NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = $1 AND h.ids @> i)),
        fewer AS (UPDATE %1$I.source SET folded = folded - (SELECT count(*) FROM again) WHERE name = $1)
        INSERT INTO %1$I.hole (source, ids, writers) SELECT $1, range_agg(int8range(i, i, '[]')), '{}' FROM again HAVING count(*) > 0$sql$,
        pipeline) USING source, ids;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_read_again(name, text, bigint[]) IS
    'rows of a source that have been folded, or rejected, and have to be read again by the next step: they become a hole';

-- Rows of others that were rejected since a fact was this source's, or were repeats of its event_ids.
CREATE FUNCTION csagg.pipeline_free(pipeline name, source text, keys text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    other text;
    ids bigint[];
BEGIN
    FOR other IN EXECUTE format('SELECT name FROM %I.source WHERE kind IN (''log'', ''events'') AND name <> $1 ORDER BY name', pipeline) USING source LOOP
        EXECUTE format('WITH bad AS (DELETE FROM %I.rejected WHERE source = $1 AND row ->> ''key'' = ANY ($2) RETURNING id) SELECT array_agg(id) FROM bad',
            pipeline) INTO ids USING other, keys;
        PERFORM csagg.pipeline_read_again(pipeline, other, ids);
        BEGIN
            PERFORM csagg.pipeline_ours(pipeline, other);
            EXECUTE format('SELECT array_agg(r.id) FROM %I.seen s JOIN (%s) r ON r.tenant = s.tenant AND r.event_id = s.event_id WHERE s.source = $1',
                pipeline, csagg.pipeline_rows(pipeline, other)) INTO ids USING source;
            PERFORM csagg.pipeline_read_again(pipeline, other, ids);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'source "%" of pipeline "%" cannot be read, for rows whose event_id "%" had: %', other, pipeline, source, SQLERRM USING HINT = 'csagg.verify() finds them.';
        END;
    END LOOP;
    EXECUTE format('DELETE FROM %1$I.seen WHERE source = $1', pipeline) USING source;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_free(name, text, text[]) IS
    'has rows of other sources read again that wait for what a source has had: facts, and event_ids';

CREATE FUNCTION csagg.drop_source(pipeline name, name text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
\part src/pipeline/tables/reading.sql.in
    SET client_min_messages = warning AS $body$
DECLARE
    keys text[];
BEGIN
    PERFORM csagg.pipeline_source(pipeline, name, false),
        -- Rules, too: who is about to declare one of its facts finds it here, and it would go.
        csagg.pipeline_at_once(pipeline,
            format('DROP FUNCTION IF EXISTS %1$I.%2$I() CASCADE; LOCK TABLE %1$I.rules IN SHARE MODE', pipeline, csagg.pipeline_tracker_name(name)));
    EXECUTE format('SELECT ARRAY(SELECT key FROM %I.fact WHERE source = $1)', pipeline) INTO keys USING name;
    EXECUTE format('UPDATE %I.past SET facts = csagg.drop_facts(facts, $1) WHERE EXISTS (SELECT FROM csagg.facts(facts) f WHERE f.key = ANY ($1))',
        pipeline) USING keys;
    EXECUTE format($sql$
        WITH less AS (
            UPDATE %1$I.current SET facts = csagg.drop_facts(facts, $1)
            WHERE EXISTS (SELECT FROM csagg.facts(facts) f WHERE f.key = ANY ($1)) RETURNING tenant, customer)
        INSERT INTO %1$I.todo (tenant, customer, why, since)
        SELECT tenant, customer, 'rules', coalesce(last_step - csagg.pipeline_hours(settle), clock_timestamp())
        FROM less, %1$I.pipeline$sql$,
        pipeline) USING keys;
    EXECUTE format($sql$
        WITH gone AS (DELETE FROM %1$I.log WHERE origin = $1 AND (SELECT kind FROM %1$I.source WHERE name = $1) = 'states' RETURNING id),
        bad AS (DELETE FROM %1$I.rejected r USING gone WHERE r.source = 'log' AND r.id = gone.id)
        UPDATE %1$I.source s SET folded = folded - (
            SELECT count(*) FROM gone WHERE id <= s.upto AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = 'log' AND h.ids @> id))
        WHERE name = 'log'$sql$,
        pipeline) USING name;
    PERFORM csagg.pipeline_free(pipeline, name, keys);
    EXECUTE format('DELETE FROM %1$I.rejected WHERE source = $1', pipeline) USING name;
    EXECUTE format('DELETE FROM %1$I.source WHERE name = $1', pipeline) USING name;
    EXECUTE format('DELETE FROM %1$I.fact WHERE key = ANY ($1) AND key NOT IN (SELECT d.key FROM %1$I.rules r, csagg.pipeline_declared(r.rules) d)',
        pipeline) USING keys;
END $body$;
COMMENT ON FUNCTION csagg.drop_source(name, text) IS
    'ends a source: its triggers go, and all that it said of customers; the next step assesses these anew, and reads rejected rows of its facts again. Rows of others with event_ids that it brought are read again, too. The table stays as it is. Waits for a step that is running, and for a moment without readers and writers of the table, and writers of rules. Errors: 42704 for none, 22004 for NULL, 42809 for the log, 42501 if the pipeline is another''s, 25001, 55P03 if there is no such moment for 30 seconds';

CREATE FUNCTION csagg.pipeline_follow(pipeline name, source text, relation text) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    tracker constant oid := to_regprocedure(format('%I.%I()', pipeline, csagg.pipeline_tracker_name(source)));
    found regclass;
BEGIN
    IF csagg.pipeline_relation(relation) IS NOT NULL THEN
        RETURN relation;
    END IF;
    found := (SELECT DISTINCT tgrelid FROM pg_trigger WHERE tgfoid = tracker AND tgparentid = 0 LIMIT 1);
    IF found IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('there is no table %s', relation), HINT = format('csagg.drop_source(%L, %L) ends the source.', pipeline, source);
    END IF;
    EXECUTE format('UPDATE %I.source SET relation = $2 WHERE name = $1', pipeline) USING source, found::text;
    PERFORM csagg.pipeline_watch(pipeline, source);
    RETURN found::text;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_follow(name, text, text) IS
    'name of a source''s table; of one that was renamed or moved the new one, which is noted. Error 42P01 for a table that is gone';

CREATE FUNCTION csagg.pipeline_take_up(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    missed text;
BEGIN
    EXECUTE format('SELECT kind, spec, csagg.pipeline_follow($1, name, relation) AS relation FROM %I.source WHERE name = $2',
        pipeline) INTO s USING pipeline, source;
    missed := csagg.pipeline_amiss(pipeline, source, s.relation, s.kind, s.spec);
    IF missed IS NOT NULL THEN
        EXECUTE format('DROP FUNCTION IF EXISTS %I.%I() CASCADE', pipeline, csagg.pipeline_tracker_name(source));  -- and the triggers of a table in whose place it is now
        PERFORM csagg.pipeline_watch(pipeline, source);
        EXECUTE format('UPDATE %I.source SET error = $2 WHERE name = $1', pipeline) USING source, 'trigger: ' || missed;
    END IF;
    IF s.kind <> 'events' THEN
        PERFORM csagg.pipeline_hold(pipeline, source, s.relation);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_take_up(name, text) IS
    'finds the table of a source, has the triggers on it that it lacks, and has nobody else write to it, but to an events table; for pipeline_at_once()';

CREATE FUNCTION csagg.resume(pipeline name, name text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    SET client_min_messages = warning AS $body$
DECLARE
    source record := csagg.pipeline_source(pipeline, name, true);
BEGIN
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_take_up(%L, %L)', pipeline, name));
    EXECUTE format('SELECT csagg.%I($1, $2)', 'pipeline_resume_' || source.kind) USING pipeline, name;
    EXECUTE format('UPDATE %I.source SET error = NULL WHERE name = $1', pipeline) USING name;
END $body$;
COMMENT ON FUNCTION csagg.resume(name, text) IS
    'lets a source go on that has an error, or lacks a trigger, which is made anew: what was missed is made up for, and rejected rows are tried again. A table that has another name now is found by its triggers. Waits for a step that is running, and for a moment without writers of the table, and without readers where a trigger is made anew. Errors: 42704 for none, 22004 for NULL, 42809 for the log, 42P01 without the table, 42501 if the pipeline is another''s, 25001, 55P03 if there is no such moment for 30 seconds';

CREATE FUNCTION csagg.pipeline_resume_events(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation text;
BEGIN
    EXECUTE format($sql$
        WITH bad AS (DELETE FROM %1$I.rejected WHERE source = $1 RETURNING id, row ? 'whole' AS whole)
        SELECT csagg.pipeline_read_again($2, $1, array_agg(id) FILTER (WHERE NOT whole)) FROM bad$sql$, pipeline) USING source, pipeline;
    EXECUTE format($sql$
        SELECT relation FROM %1$I.source WHERE name = $1 AND (error LIKE 'trigger: %%' OR error LIKE 'the sequence of %%')$sql$,
        pipeline) INTO relation USING source;
    IF relation IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('INSERT INTO %1$I.todo (tenant, customer, why, source) SELECT tenant, customer, ''source'', $1 FROM %1$I.current', pipeline) USING source;
    EXECUTE csagg.pipeline_ask(pipeline, source, format('SELECT * FROM %s', relation));
    EXECUTE format('UPDATE %I.source SET folded = greatest(folded, csagg.pipeline_count($1, name)) WHERE name = $2', pipeline) USING pipeline, source;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_resume_events(name, text) IS
    'rejected rows are read again; every customer is, if a trigger of the source failed, or its sequence was behind';
