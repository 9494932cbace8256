-- A mutable table: triggers write what changes into the log, in the name of the source.

-- Kinds of facts by types of columns, and how a column of the row e becomes a fact's value.
CREATE FUNCTION csagg.pipeline_kind(relation regclass, "column" name) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    type regtype := csagg.pipeline_column(relation, "column", 'state');
    kind text := CASE WHEN type = 'boolean'::regtype THEN 'boolean' WHEN type = 'date'::regtype THEN 'date'
        WHEN type IN ('timestamptz', 'timestamp') THEN 'time'
        WHEN type IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision') THEN 'number'
        WHEN type = 'uuid'::regtype OR (SELECT typcategory IN ('S', 'E') FROM pg_type WHERE oid = type) THEN 'text' END;
BEGIN
    IF kind IS NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is of type %s, and no fact is', "column", relation, type),
            HINT = 'A fact is boolean, a number, a text, a date or an instant: add a generated column of such a type, STORED.';
    END IF;
    RETURN kind;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_kind(regclass, name) IS
    'kind of the fact that a column holds. Errors: 42804 for a type that none is of, 42703 without the column';

CREATE FUNCTION csagg.pipeline_value_of(relation regclass, "column" name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('to_jsonb(%s)',
        CASE csagg.pipeline_kind(relation, "column")
            WHEN 'text' THEN format('left(e.%I::text, 1001)', "column")
            WHEN 'time' THEN csagg.pipeline_instant(relation, "column")
        ELSE format('e.%I', "column") END)
$body$;
COMMENT ON FUNCTION csagg.pipeline_value_of(regclass, name) IS
    'an expression for the value of the fact that a column of the row e holds; of a text too long for a fact, as much as shows that';

CREATE FUNCTION csagg.pipeline_renamed(rename jsonb, columns name[]) RETURNS text[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    stranger text := (SELECT key FROM jsonb_object_keys(rename) key WHERE key <> ALL (columns) LIMIT 1);
    facts text[];
BEGIN
    IF columns IS NULL OR cardinality(columns) = 0 OR array_position(columns, NULL) IS NOT NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'a source needs the columns that become facts';
    ELSIF stranger IS NOT NULL THEN
        RAISE undefined_column USING MESSAGE = format('rename names the column "%s", which is none of columns', stranger);
    END IF;
    facts := ARRAY(SELECT coalesce(rename ->> c, c) FROM unnest(columns) WITH ORDINALITY u(c, i) ORDER BY i);
    IF (SELECT count(DISTINCT f) FROM unnest(facts) f) < cardinality(facts) THEN
        RAISE duplicate_object USING MESSAGE = 'two columns would be one fact', HINT = 'Give them different names by rename.';
    END IF;
    RETURN facts;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_renamed(jsonb, name[]) IS
    'names of the facts of these columns: their own, or what rename says. Errors: 42703 for a name that is no column, 42710 for two of one name, 22004 without columns';

-- A customer has one row, so that its states are one.
CREATE FUNCTION csagg.pipeline_one_row(relation regclass, customer name, tenant name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = relation AND indisunique AND indisvalid AND indexprs IS NULL
            AND (
                SELECT array_agg(attname) FROM pg_attribute
                WHERE attrelid = relation AND attnum = ANY (i.indkey[0:i.indnkeyatts - 1])) <@ ARRAY[customer, tenant]) THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('a customer may have several rows in %s', relation),
            HINT = format('CREATE UNIQUE INDEX CONCURRENTLY ON %s (%s); or name its tenant, if its key has one; or add_intervals(), if its rows have a start and an end.', relation, concat_ws(', ', quote_ident(tenant), quote_ident(customer)));
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_one_row(regclass, name, name) IS
    'that a unique index allows a customer one row. Error 55000 with a hint';

-- Rows (tenant, customer, raw, key, value, since) of what a set of rows of the table says.
CREATE FUNCTION csagg.pipeline_states(pipeline name, source text, rows text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    facts text;
BEGIN
    EXECUTE format($sql$
        SELECT relation::regclass, spec ->> 'customer' AS customer, spec ->> 'tenant' AS tenant, spec ->> 'filter' AS filter,
            (spec ->> 'since')::name AS since, spec -> 'facts' AS facts
        FROM %I.source WHERE name = $1$sql$, pipeline) INTO s USING source;
    SELECT string_agg(format('(%L, %s)', key, csagg.pipeline_value_of(s.relation, value::name)), ', ' ORDER BY key COLLATE "C") INTO facts
    FROM jsonb_each_text(s.facts);
    RETURN format('SELECT %s AS tenant, e.%I::text COLLATE "default" AS customer, e.%2$I AS raw, f.key, f.value, %s AS since FROM (SELECT e.* FROM (%s) e WHERE (%s)) e, LATERAL (VALUES %s) f(key, value) '
        'WHERE e.%2$I IS NOT NULL', csagg.pipeline_text(s.tenant, ''''''), s.customer,
        CASE WHEN s.since IS NULL THEN 'NULL::timestamptz' ELSE csagg.pipeline_instant(s.relation, s.since) END,
        rows, coalesce(s.filter || E'\n', 'true'), facts);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_states(name, text, text) IS
    'a query for the states that rows of a states source''s table say';

CREATE FUNCTION csagg.pipeline_tell(pipeline name, source text, states text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('INSERT INTO %1$I.log (tenant, customer, key, value, origin) SELECT tenant, customer, key, value, %2$L FROM (%3$s) n WHERE tenant IS NOT NULL;',
        pipeline, source, states)
$body$;
COMMENT ON FUNCTION csagg.pipeline_tell(name, text, text) IS
    'a statement that writes states into the log, at the clock''s instant';

-- What left a row and is in none now has ended: looked up, since one statement may give a key from one row to the next.
CREATE FUNCTION csagg.pipeline_gone(pipeline name, source text, old text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
BEGIN
    EXECUTE format('SELECT relation, spec ->> ''customer'' AS customer, spec ->> ''tenant'' AS tenant, spec ->> ''filter'' AS filter FROM %I.source WHERE name = $1',
        pipeline) INTO s USING source;
    RETURN format(
        'SELECT o.tenant, o.customer, o.key, NULL::jsonb AS value FROM (%1$s) o WHERE NOT EXISTS (SELECT FROM (SELECT e.* FROM %2$s e WHERE (%3$s)) e WHERE e.%4$I = o.raw AND e.%4$I::text COLLATE "default" = o.customer%5$s)',
        csagg.pipeline_states(pipeline, source, old), s.relation, coalesce(s.filter || E'\n', 'true'), s.customer,
        CASE WHEN s.tenant IS NOT NULL THEN format(' AND %s = o.tenant', csagg.pipeline_text(s.tenant, NULL)) ELSE '' END);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_gone(name, text, text) IS
    'a query for ends of the states of rows whose customers have none now';

CREATE FUNCTION csagg.pipeline_stop(pipeline name, source text, relation regclass, filter text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($plpgsql$
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'STATEMENT' THEN
        SELECT count(*) INTO csagg_ended FROM (SELECT e.* FROM old_rows e WHERE (%4$s)) e;
        IF csagg_ended >= 10 AND (SELECT count(*) FROM (SELECT FROM %3$s e WHERE (%4$s) LIMIT csagg_ended) e) < csagg_ended THEN
            UPDATE %1$I.source SET error = format('one statement ended %%s customers, more than half: csagg.resume() takes them as ended',
                csagg_ended)
            WHERE name = %2$L;
            RETURN NULL;
        END IF;
    END IF;$plpgsql$, pipeline, source, relation, coalesce(filter || E'\n', 'true'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_stop(name, text, regclass, text) IS
    'the part of a states source''s trigger function that stops it when one statement ends more than half of ten customers or more';

CREATE FUNCTION csagg.pipeline_track_states(pipeline name, source text, relation regclass, columns name[], filter text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    singly constant boolean := csagg.pipeline_singly(relation);
    level constant text := CASE WHEN singly THEN 'FOR EACH ROW' ELSE 'REFERENCING %s TABLE AS %s_rows FOR EACH STATEMENT' END;
    old constant text := CASE WHEN singly THEN 'SELECT OLD.*' ELSE 'SELECT * FROM old_rows' END;
    new constant text := CASE WHEN singly THEN 'SELECT NEW.*' ELSE 'SELECT * FROM new_rows' END;
BEGIN
    PERFORM csagg.pipeline_tracker(pipeline, source, concat_ws(E'\n    ', 'csagg_ended bigint;',
        'BEGIN',
        -- Nor where the source is not there yet, as while its data are restored. An older snapshot cannot see whether it goes on.
        format('IF current_setting(''transaction_isolation'') LIKE ''read %%'' AND NOT EXISTS (SELECT FROM %I.source WHERE name = %L AND error IS NULL) THEN RETURN NULL; END IF;',
            pipeline, source),
        csagg.pipeline_stop(pipeline, source, relation, filter),
        'CASE TG_OP',
        'WHEN ''INSERT'' THEN', csagg.pipeline_tell(pipeline, source, csagg.pipeline_states(pipeline, source, new)),
        'WHEN ''DELETE'' THEN', csagg.pipeline_tell(pipeline, source, csagg.pipeline_gone(pipeline, source, old)),
        'WHEN ''TRUNCATE'' THEN', csagg.pipeline_tell(pipeline, source,
            format('SELECT tenant, customer, key, NULL::jsonb AS value FROM (%s) o',
                csagg.pipeline_states(pipeline, source, format('SELECT * FROM %s', relation)))),
        'ELSE', csagg.pipeline_tell(pipeline, source,
            format('SELECT n.tenant, n.customer, n.key, n.value FROM (%2$s) n LEFT JOIN (%1$s) o ON o.tenant = n.tenant AND o.customer = n.customer AND o.key = n.key '
                'WHERE n.value IS DISTINCT FROM o.value OR o.key IS NULL',
                csagg.pipeline_states(pipeline, source, 'SELECT OLD.*'), csagg.pipeline_states(pipeline, source, 'SELECT NEW.*'))),
        csagg.pipeline_tell(pipeline, source, csagg.pipeline_gone(pipeline, source, 'SELECT OLD.*')),
        'END CASE;', 'END;'));
    PERFORM csagg.pipeline_track(pipeline, source, relation, 'INSERT', format(level, 'NEW', 'new')),
        csagg.pipeline_track(pipeline, source, relation, 'DELETE', format(level, 'OLD', 'old')),
        csagg.pipeline_track(pipeline, source, relation, 'UPDATE', csagg.pipeline_changed(relation, columns)),
        csagg.pipeline_track(pipeline, source, relation, 'TRUNCATE', 'FOR EACH STATEMENT');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_track_states(name, text, regclass, name[], text) IS
    'makes the triggers of a states source; rows of a partitioned table, and of one that a subscription fills, are followed one by one';

CREATE FUNCTION csagg.add_states(pipeline name, relation regclass, customer name, columns name[], since name DEFAULT NULL, tenant name DEFAULT NULL,
    rename jsonb DEFAULT '{}', filter text DEFAULT NULL)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    AS $body$
DECLARE
    facts text[];
    source text;
BEGIN
    PERFORM csagg.pipeline_define(pipeline), csagg.pipeline_read_committed('add_states()'), csagg.pipeline_table_only(relation),
        csagg.pipeline_column(relation, customer, 'customer'), csagg.pipeline_one_row(relation, customer, tenant);
    facts := csagg.pipeline_renamed(coalesce(rename, '{}'), columns);
    IF tenant IS NOT NULL THEN
        PERFORM csagg.pipeline_column(relation, tenant, 'tenant');
    END IF;
    IF since IS NOT NULL THEN
        PERFORM csagg.pipeline_column_of(relation, since, 'start', '{timestamptz,timestamp}');
    END IF;
    source := csagg.pipeline_register(pipeline, relation, 'states',
        jsonb_build_object('customer', customer, 'tenant', tenant, 'since', since, 'filter', filter, 'facts', jsonb_object(facts, columns::text[])));
    PERFORM csagg.pipeline_claim(pipeline, source, facts,
        ARRAY(SELECT csagg.pipeline_kind(relation, c) FROM unnest(columns) WITH ORDINALITY u(c, i) ORDER BY i));
    PERFORM csagg.pipeline_watch_added(pipeline, source, relation);
    EXECUTE format($sql$
        INSERT INTO %1$I.log (tenant, customer, key, value, at, origin) SELECT tenant, customer, key, value, least(since, clock_timestamp()), $1
        FROM (%2$s) n WHERE tenant IS NOT NULL AND value IS NOT NULL$sql$,
            pipeline, csagg.pipeline_states(pipeline, source, format('SELECT * FROM %s', relation))) USING source;
    RETURN source;
END $body$;
COMMENT ON FUNCTION csagg.add_states(name, regclass, name, name[], name, name, jsonb, text) IS
    'makes a table with one row a customer a source of states; gives the source''s name. Each of columns is a fact of its name, or of the name that rename gives it, of the kind of its type. What rows say now is put into the log from the column since on (timestamptz, or timestamp, which is UTC; at most now, and now where it is NULL), what changes from then on at the instant of the change: a DELETE ends the states, TRUNCATE all of them. A statement that deletes more than half of ten customers or more stops the source until resume(), but not where rows are followed one by one: of a partitioned table, and one that a subscription fills. tenant and filter as in add_events(). The table is locked against writing while this runs. Errors: 42703, 42804, 42809, 0A000 for virtual columns, 55000 without a unique index, 42710, 42501, 25001; 55P03 where the table has no moment without writers for 30 seconds; each with a hint';

CREATE FUNCTION csagg.pipeline_resume_states(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation regclass;
    states text;
BEGIN
    EXECUTE format('SELECT relation::regclass FROM %I.source WHERE name = $1', pipeline) INTO relation USING source;
    states := csagg.pipeline_states(pipeline, source, format('SELECT * FROM %s', relation));
    EXECUTE format($sql$
        WITH here AS MATERIALIZED (%2$s), known AS (
            SELECT tenant, customer, f.key FROM %1$I.current, csagg.facts(facts) k JOIN %1$I.fact f USING (key) WHERE f.source = $1
            UNION SELECT tenant, customer, key FROM %1$I.log WHERE origin = $1)
        INSERT INTO %1$I.log (tenant, customer, key, value, origin)
        SELECT tenant, customer, key, h.value, $1 FROM here h FULL JOIN known USING (tenant, customer, key) WHERE tenant IS NOT NULL$sql$,
        pipeline, states) USING source;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_resume_states(name, text) IS
    'what the table''s rows say now is written into the log, and ends for customers that have none';
