-- Columns of users' tables: what they have to be, and what is made of them.

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
