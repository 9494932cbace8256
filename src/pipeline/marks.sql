-- Which rows are new: a mark, and holes below it. An id is drawn after its writer holds the lock, and a commit is visible
-- before its locks go; so who holds no lock after the last id was read has shown all that it could.

-- In PL/pgSQL, which keeps plans: each step asks, and to plan the catalog's joins takes longer than a step of one row.
CREATE FUNCTION csagg.pipeline_writers(relation regclass) RETURNS text[]
    LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND pg_locks.relation IN (SELECT $1 UNION SELECT relid FROM pg_partition_tree($1) UNION SELECT relid FROM pg_partition_ancestors($1)));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_writers(regclass) IS
    'the virtual transactions, but for the caller''s, that may have written to the table and are not over; prepared ones from before a start of the server as -1/xid';

CREATE FUNCTION csagg.pipeline_sequence(relation regclass, id name) RETURNS regclass
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF (SELECT attidentity <> '' FROM pg_attribute WHERE attrelid = relation AND attname = id) THEN
        RETURN pg_get_serial_sequence(relation::text, id);
    END IF;
    RETURN (
        SELECT d.refobjid::regclass FROM pg_attribute a JOIN pg_attrdef f ON f.adrelid = attrelid AND f.adnum = attnum
            JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
            JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
        WHERE attrelid = relation AND attname = id
        LIMIT 1);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_sequence(regclass, name) IS
    'the sequence that fills a column: of its default, or of its identity';

CREATE FUNCTION csagg.pipeline_last_id(relation regclass, id name) RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    sequence constant regclass := csagg.pipeline_sequence(relation, id);
BEGIN
    -- From PostgreSQL 18 on the last value is NULL without the right to read it, as if no row had ever come.
    IF NOT has_sequence_privilege(sequence, 'SELECT, USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = format('permission denied for sequence %s', sequence),
            HINT = format('GRANT USAGE ON SEQUENCE %s TO %I;', sequence, current_user);
    END IF;
    RETURN (SELECT coalesce(pg_sequence_last_value(sequence), 0) FROM pg_class WHERE oid = relation);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_last_id(regclass, name) IS
    'the last id that the sequence of this column has given, 0 before the first; NULL if there is no such table. Error 42501 with a hint';

-- A hole waits for its writers. Those of an earlier run of the server are gone, but prepared transactions come back under
-- another name: while there is such a one, holes stay.
CREATE FUNCTION csagg.pipeline_awaited(writers text[], boot timestamptz, active text[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (SELECT FROM unnest(active) w WHERE w LIKE '-1/%' OR w = ANY (writers) AND boot = pg_postmaster_start_time())
$body$;
COMMENT ON FUNCTION csagg.pipeline_awaited(text[], timestamptz, text[]) IS
    'whether one of the active transactions may still bring what a hole waits for';

CREATE FUNCTION csagg.pipeline_ids(ids bigint[]) RETURNS int8multirange
    AS 'MODULE_PATHNAME', 'csagg_pipeline_ids' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_ids(bigint[]) IS
    'these ids as ranges; error 22004 for an id that is NULL';

CREATE FUNCTION csagg.pipeline_mark(pipeline name, source text, upto bigint, top bigint, holes int8multirange, seen int8multirange, folded bigint, active text[], closing boolean, through timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    missed constant int8multirange := int8multirange(int8range(upto, top, '(]')) - seen;
    moved bigint;
BEGIN
    IF NOT isempty(holes) THEN
        PERFORM csagg.pipeline_execute(format($sql$
            DELETE FROM %1$I.hole WHERE source = $1 AND (ids <@ $2 OR $4 AND NOT csagg.pipeline_awaited(writers, boot, $3))$sql$, pipeline),
            source, seen, active, closing);
        PERFORM csagg.pipeline_execute(format('UPDATE %1$I.hole SET ids = ids - $2 WHERE source = $1 AND ids && $2', pipeline), source, seen);
    END IF;
    IF active <> '{}' AND NOT isempty(missed) THEN
        PERFORM csagg.pipeline_execute(format('INSERT INTO %1$I.hole (source, ids, writers) VALUES ($1, $2, $3)', pipeline), source, missed, active);
    END IF;
    IF top <> upto OR folded > 0 THEN
        moved := csagg.pipeline_execute(format('UPDATE %I.source SET upto = $2, folded = folded + $3, read_until = coalesce($4, read_until) WHERE ctid = (SELECT place FROM %s n)', pipeline, csagg.pipeline_newest_source(pipeline)), source, top, folded, through);
    END IF;
    IF moved = 0 THEN  -- while a trigger of the source was writing its error there
        PERFORM csagg.pipeline_execute(format('UPDATE %I.source SET upto = $2, folded = folded + $3, read_until = coalesce($4, read_until) WHERE name = $1', pipeline), source, top, folded, through);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_mark(name, text, bigint, bigint, int8multirange, int8multirange, bigint, text[], boolean, timestamptz) IS
    'moves a source''s mark from upto to top after the rows with the ids `seen` were folded: the holes that there are close or shrink, and what was not seen while others write is a new one. through: all that was committed before is folded; NULL: not all';
