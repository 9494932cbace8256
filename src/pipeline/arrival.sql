-- A table without a usable id gets a column that numbers rows as they arrive here, whoever brings them.

CREATE FUNCTION csagg.add_arrival(relation regclass) RETURNS name
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_table_only(relation);
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'csagg_arrival') THEN
        RAISE duplicate_column USING MESSAGE = format('%s has a column csagg_arrival', relation);
    END IF;
    EXECUTE format('CREATE SEQUENCE %s', csagg.pipeline_arrival_sequence(relation));
    EXECUTE format('ALTER TABLE %s ADD COLUMN csagg_arrival bigint NOT NULL DEFAULT nextval(%L)', relation, csagg.pipeline_arrival_sequence(relation));
    EXECUTE format('ALTER SEQUENCE %s OWNED BY %s.csagg_arrival', csagg.pipeline_arrival_sequence(relation), relation);
    EXECUTE format('CREATE INDEX ON %s (csagg_arrival)', relation);
    EXECUTE format('COMMENT ON COLUMN %s.csagg_arrival IS %L', relation, 'order in which rows arrived here: csagg pulls by it');
    RETURN 'csagg_arrival';
END $body$;
COMMENT ON FUNCTION csagg.add_arrival(regclass) IS
    'adds a column csagg_arrival with a sequence and an index to a table, by which add_events() then finds its new rows: for a table whose id is a uuid or has gaps of order, and for one that logical replication fills. The table is rewritten and locked meanwhile. Who may insert needs USAGE on the sequence. Gives the column''s name. Errors: 42701 if it is there, 42809, 42501';

CREATE FUNCTION csagg.pipeline_arrival_sequence(relation regclass) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('%I.%I', nspname, left(relname, 40) || '_' || relation::oid || '_arrival') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = relation
$body$;
COMMENT ON FUNCTION csagg.pipeline_arrival_sequence(regclass) IS
    'name of the sequence of a table''s arrival column';
