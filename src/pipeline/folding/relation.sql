-- The table of a source: it is found by its name, and told by the trigger that is on it.

-- A name has 63 bytes at most, and two that are cut off there would be one.
CREATE FUNCTION csagg.pipeline_name(long text) RETURNS name
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN octet_length(long) < 64 THEN long ELSE split_part(long, '_', 1) || '_' || md5(long) END::name
$body$;
COMMENT ON FUNCTION csagg.pipeline_name(text) IS
    'a text as a name; one that is too long keeps what is before its first _, and a hash stands for the rest';

CREATE FUNCTION csagg.pipeline_tracker_name(source text) RETURNS name
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT csagg.pipeline_name('track_' OPERATOR(pg_catalog.||) source) $body$;
COMMENT ON FUNCTION csagg.pipeline_tracker_name(text) IS
    'name of the trigger function of a source';

-- Not by ::regclass, which fails where the reader may not use the schema.
CREATE FUNCTION csagg.pipeline_relation(relation text) RETURNS oid
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
    SELECT c.oid FROM parse_ident(relation) i JOIN pg_namespace n ON nspname = i[1]::name JOIN pg_class c ON relnamespace = n.oid AND relname = i[2]::name
$body$;
COMMENT ON FUNCTION csagg.pipeline_relation(text) IS
    'oid of the table with this qualified name, NULL if there is none; whatever rights one has on it';

-- Sources are found by name: whoever may put a table in the place of another one is not for that trusted with what reads it.
CREATE FUNCTION csagg.pipeline_ours(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found record;
BEGIN
    SELECT * INTO found
    FROM csagg.pipeline_query(format('SELECT kind, relation, csagg.pipeline_relation(relation) FROM %s n', csagg.pipeline_newest_source(pipeline)),
        source) q(kind text, relation text, oid oid);
    IF found.kind <> 'log'
        AND found.oid IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM pg_trigger
            WHERE tgrelid = found.oid AND tgfoid = to_regprocedure(format('%I.%I()', pipeline, csagg.pipeline_tracker_name(source)))) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('%s has no trigger of source "%s": it may be another table than that which was added', found.relation, source),
            HINT = format('If it is the right one: SELECT csagg.resume(%L, %L);', pipeline, source);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_ours(name, text) IS
    'that a source''s table, where there is one, has a trigger of it: to be asked before it is read. Error 55000';
