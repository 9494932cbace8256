-- Rows as JSON, for who speaks HTTP: PostgREST can call this.

CREATE FUNCTION csagg.ingest(pipeline name, rows jsonb, batch text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $body$
DECLARE
    wrong record;
    taken bigint;
    a_row constant text := 'A row is {"customer": ..., "key": ...} and, as needed, "at", "value", "actor", "event_id", "tenant".';
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF rows IS NULL OR jsonb_typeof(rows) NOT IN ('array', 'object') THEN
        RAISE invalid_parameter_value USING MESSAGE = 'rows are a JSON array of objects, or one object' || coalesce(', not a JSON ' || jsonb_typeof(rows), ''),
            HINT = CASE WHEN jsonb_typeof(rows) = 'string' THEN 'Was it made JSON twice? Drivers that do so themselves take the array, not its text.' ELSE a_row END;
    ELSIF jsonb_typeof(rows) = 'object' THEN
        rows := jsonb_build_array(rows);
    END IF;
    SELECT i, csagg.pipeline_ingestible(r) AS why INTO wrong
    FROM jsonb_array_elements(rows) WITH ORDINALITY u(r, i)
    WHERE csagg.pipeline_ingestible(r) IS NOT NULL ORDER BY i LIMIT 1;
    IF wrong.i IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('row %s: %s', wrong.i, wrong.why),
            HINT = a_row;
    END IF;
    PERFORM csagg.pipeline_check_instants(rows);
    EXECUTE format($sql$
        INSERT INTO %I.log (tenant, customer, key, at, value, actor, event_id)
        SELECT coalesce(r ->> 'tenant', ''), r ->> 'customer', r ->> 'key', coalesce((r ->> 'at')::timestamptz, clock_timestamp()),
            nullif(r -> 'value', 'null'),
            r ->> 'actor', coalesce(r ->> 'event_id', $2 || ' ' || i)
        FROM jsonb_array_elements($1) WITH ORDINALITY u(r, i) ORDER BY i$sql$, pipeline) USING rows, batch;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END $body$;
COMMENT ON FUNCTION csagg.ingest(name, jsonb, text) IS
    'inserts rows into the pipeline''s log, with the caller''s rights; gives their number. rows: a JSON array of objects with customer and key, and at (now if absent; UTC without a zone, whatever the session''s is), value, actor, event_id and tenant as in the log; all but at and value are strings or numbers. batch: a name of this call, by which rows without an event_id get one, so that the call may be repeated. All or nothing: 22023 for a row that is none, 22007 or 22008 for an instant that is none, 42704 for no such pipeline, 22004 for NULL, 42501 without the right to insert';

CREATE FUNCTION csagg.pipeline_check_instants(rows jsonb) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    i bigint := 0;
    "row" jsonb;
BEGIN
    PERFORM (r ->> 'at')::timestamptz FROM jsonb_array_elements(rows) r;
EXCEPTION WHEN data_exception THEN
    FOR "row" IN SELECT r FROM jsonb_array_elements(rows) r LOOP
        i := i + 1;
        BEGIN
            PERFORM ("row" ->> 'at')::timestamptz;
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION USING ERRCODE = SQLSTATE, MESSAGE = format('row %s: %s', i, SQLERRM), HINT = 'at is a JSON string as in "2026-01-31T09:30:00Z"; without it, it is now.';
        END;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_instants(jsonb) IS
    'that each row for ingest() has an instant, or none. Errors 22007 and 22008, with the number of the row';

CREATE FUNCTION csagg.pipeline_ingestible(r jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN jsonb_typeof(r) <> 'object' THEN format('an object is wanted, not a JSON %s', jsonb_typeof(r))
        WHEN coalesce(r ->> 'customer', '') = '' THEN 'there is no customer'
        WHEN coalesce(r ->> 'key', '') = '' THEN 'there is no key'
        ELSE (
            SELECT CASE WHEN known THEN format('%s is a string or a number, not a JSON %s', to_json(k), jsonb_typeof(v))
                ELSE format('%s is not known', to_json(k)) END
            FROM jsonb_each(r - '{at,value}'::text[]) e (k, v), LATERAL (SELECT k IN ('customer', 'key', 'actor', 'event_id', 'tenant') AS known) n
            WHERE NOT known OR jsonb_typeof(v) NOT IN ('string', 'number', 'null') ORDER BY k LIMIT 1) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_ingestible(jsonb) IS
    'why a JSON value is no row for ingest(); NULL if it is one';
