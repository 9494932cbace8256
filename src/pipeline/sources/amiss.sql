-- What happens to the table of a source behind the pipeline's back.

CREATE FUNCTION csagg.pipeline_disorder(sequence regclass) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('sequence %s has %s, so that a later row may have a lower id', sequence,
        concat_ws(' and ', 'INCREMENT ' || nullif(seqincrement, 1), 'CACHE ' || nullif(seqcache, 1), CASE WHEN seqcycle THEN 'CYCLE' END))
    FROM pg_sequence WHERE seqrelid = sequence AND (seqincrement <> 1 OR seqcache <> 1 OR seqcycle)
$body$;
COMMENT ON FUNCTION csagg.pipeline_disorder(regclass) IS
    'why rows do not arrive in the order of a sequence''s numbers; NULL if they do';

CREATE FUNCTION csagg.pipeline_foreign_order(relation regclass, id name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('logical replication fills %s, in another order than that of "%s"', relation, id) WHERE id <> 'csagg_arrival' AND csagg.pipeline_subscribed(relation)
$body$;
COMMENT ON FUNCTION csagg.pipeline_foreign_order(regclass, name) IS
    'that a subscription brings ids of another database, by which arriving rows are not found; NULL if none does';

CREATE FUNCTION csagg.pipeline_disordered(relation text, kind text, spec jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT coalesce(
        csagg.pipeline_disorder(s) || format(': ALTER SEQUENCE %s INCREMENT 1 CACHE 1 NO CYCLE; and csagg.verify() with repair counts what was missed', s),
        CASE kind WHEN 'events' THEN csagg.pipeline_foreign_order(r, id) END || format(': SELECT csagg.add_arrival(%L); and add it anew', relation))
    FROM csagg.pipeline_relation(relation) r, coalesce(spec ->> 'id', 'id') id, csagg.pipeline_sequence(r, id::name) s
    WHERE kind IN ('log', 'events')
$body$;
COMMENT ON FUNCTION csagg.pipeline_disordered(text, text, jsonb) IS
    'why rows of a source that has ids may be missed, and what to do; NULL if they are not';

-- A trigger stays with its columns where others get their names.
CREATE FUNCTION csagg.pipeline_astray("trigger" oid, relation oid, columns name[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = relation AND attname = ANY (columns) AND NOT attisdropped
            AND NOT EXISTS (
                SELECT FROM pg_depend
                WHERE classid = 'pg_trigger'::regclass AND objid = "trigger" AND refclassid = 'pg_class'::regclass AND refobjid = relation AND refobjsubid = attnum))
$body$;
COMMENT ON FUNCTION csagg.pipeline_astray(oid, oid, name[]) IS
    'whether one of these columns is none of those by which a trigger tells whether a row has changed';

-- Who drops a column drops the trigger that reads it, and who puts another table in its place has none.
CREATE FUNCTION csagg.pipeline_amiss(pipeline name, source text, relation text, kind text, spec jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN r.oid IS NULL THEN format('there is no table %s', relation) ELSE (
        SELECT format('trigger %s of %s %s: csagg.resume(%L, %L) makes up for what it missed', quote_ident(name), relation,
            CASE WHEN tgname IS NULL THEN 'is missing' WHEN astray THEN 'looks at other columns' ELSE 'does not fire everywhere' END, pipeline, source)
        FROM unnest(
            CASE WHEN kind <> 'events' THEN '{INSERT,DELETE,UPDATE,TRUNCATE}'
                WHEN spec ->> 'deletes' = 'retract' THEN '{DELETE,UPDATE,TRUNCATE}'
                ELSE '{UPDATE}'::text[] END) event
            CROSS JOIN LATERAL (SELECT csagg.pipeline_trigger(pipeline, source, event) AS name) n
            LEFT JOIN pg_trigger ON tgrelid = r.oid
                AND tgname = name
                AND tgfoid = to_regprocedure(format('%I.%I()', pipeline, csagg.pipeline_tracker_name(source)))
            CROSS JOIN LATERAL (
                SELECT event = 'UPDATE' AND csagg.pipeline_astray(pg_trigger.oid, r.oid,
                    csagg.pipeline_mapped(kind, spec) || ARRAY(SELECT jsonb_array_elements_text(spec -> 'filtered')::name)) AS astray) a
        WHERE tgname IS NULL OR astray OR tgenabled <> 'A' AND (tgenabled <> 'O' OR csagg.pipeline_subscribed(r.oid))
            OR EXISTS (SELECT FROM pg_trigger part WHERE part.tgparentid = pg_trigger.oid AND part.tgenabled = 'D') ORDER BY name LIMIT 1) END
    FROM (SELECT csagg.pipeline_relation(relation) AS oid) r WHERE kind <> 'log'
$body$;
COMMENT ON FUNCTION csagg.pipeline_amiss(name, text, text, text, jsonb) IS
    'why changes of a source''s table are not seen: it is gone, or one of its triggers is, or is disabled, or looks at columns that have other names by now; NULL if they are';
