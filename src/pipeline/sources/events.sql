-- Events in a table of the user's: pulled by increasing id, without a copy and without a trigger on INSERT.

CREATE FUNCTION csagg.pipeline_id(relation regclass) RETURNS name
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT attname FROM pg_attribute a
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND csagg.pipeline_sequence(relation, attname) IS NOT NULL
    ORDER BY attname = 'csagg_arrival' DESC, EXISTS (SELECT FROM pg_index WHERE indrelid = relation AND indisprimary AND attnum = ANY (indkey)) DESC,
        attnum
    LIMIT 1
$body$;
COMMENT ON FUNCTION csagg.pipeline_id(regclass) IS
    'the column with a sequence by which a table''s new rows are found, if none is named';

-- Ids that somebody else has made are seen when the sequence has passed them, which may be never.
CREATE FUNCTION csagg.pipeline_ahead(relation regclass, id name, OUT said text, OUT mend text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    last constant bigint := csagg.pipeline_last_id(relation, id);
    highest bigint;
BEGIN
    EXECUTE format('SELECT max(%I) FROM %s', id, relation) INTO highest;
    IF highest > last THEN
        said := format('the sequence of %s is at %s, and there are rows up to %s', relation, last, highest);
        mend := format('SELECT setval(%L, %s);', csagg.pipeline_sequence(relation, id), highest);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_ahead(regclass, name) IS
    'that there are rows beyond the last id that the sequence of this column has given, and what to do; NULL if there are none. Error 42501 as of pipeline_last_id()';

CREATE FUNCTION csagg.pipeline_check_id(relation regclass, id name) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    hint constant text := format('SELECT csagg.add_arrival(%L); gives it a column that has one.', relation);
    sequence constant regclass := csagg.pipeline_sequence(relation, id);
    disorder constant text := csagg.pipeline_disorder(sequence);
    ahead record;
BEGIN
    IF sequence IS NULL THEN
        RAISE wrong_object_type USING MESSAGE = CASE WHEN id IS NULL THEN format('%s has no column that a sequence fills', relation) ELSE format('column "%s" of %s is filled by no sequence', id, relation) END, HINT = hint;
    END IF;
    PERFORM csagg.pipeline_column_of(relation, id, 'id', '{smallint,integer,bigint}');
    IF disorder IS NOT NULL THEN
        RAISE feature_not_supported USING MESSAGE = disorder, HINT = hint;
    ELSIF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON attrelid = indrelid AND attnum = indkey[0]
                      WHERE indrelid = relation AND attname = id AND indisvalid AND indpred IS NULL) THEN
        RAISE feature_not_supported USING MESSAGE = format('no index of %s begins with "%s"', relation, id),
            HINT = format('CREATE INDEX CONCURRENTLY ON %s (%I); or: %s', relation, id, hint);
    ELSIF csagg.pipeline_foreign_order(relation, id) IS NOT NULL THEN
        RAISE feature_not_supported USING MESSAGE = csagg.pipeline_foreign_order(relation, id), HINT = hint;
    ELSIF NOT has_sequence_privilege(sequence, 'SELECT, USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = format('the pipeline''s owner may not read sequence %s', sequence), HINT = format('GRANT SELECT ON SEQUENCE %s TO %I;', sequence, current_user);
    END IF;
    ahead := csagg.pipeline_ahead(relation, id);
    IF ahead.said IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = ahead.said, HINT = ahead.mend;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_id(regclass, name) IS
    'that rows can be pulled by this column. Errors with a hint: 42809 without a sequence, 0A000 for a sequence that steps, caches or cycles, without an index, and under logical replication, 55000 for a sequence behind the rows';

CREATE FUNCTION csagg.pipeline_rows_events(pipeline name, source text) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
BEGIN
    SELECT * INTO s FROM csagg.pipeline_query(format($sql$
        SELECT relation::regclass, spec, spec ->> 'filter', ARRAY(SELECT jsonb_array_elements_text(spec -> 'keys')),
            ARRAY(SELECT id FROM %1$I.rejected r WHERE r.source = name AND r.row ? 'fault')
        FROM %2$s s$sql$,
            pipeline, csagg.pipeline_newest_source(pipeline)), source) q(relation regclass, spec jsonb, filter text, keys text[], faults bigint[]);
    RETURN format($sql$
        SELECT e.%1$I AS id, CASE WHEN e.%1$I = ANY (%2$L::bigint[]) THEN false ELSE %3$s END AS wanted,
            %4$s AS tenant, %5$s AS customer, %6$s AS key, 'counter'::text AS kind, %7$s AS at, %8$s AS value,
            %9$s AS actor, %10$s AS event_id, %11$L::text AS owner
        FROM %12$s e$sql$, s.spec ->> 'id', s.faults,
        concat_ws(' AND ', CASE WHEN s.spec ? 'keys' THEN format('%s = ANY (%L::text[])', csagg.pipeline_text(s.spec ->> 'key', NULL), s.keys) END,
            coalesce('(' || s.filter || E'\n)', 'true')),
        csagg.pipeline_text(s.spec ->> 'tenant', '''''::text'), csagg.pipeline_text(s.spec ->> 'customer', NULL),
        csagg.pipeline_text(s.spec ->> 'key', format('%L::text', s.spec ->> 'fact')), csagg.pipeline_instant(s.relation, (s.spec ->> 'at')::name),
        coalesce('coalesce(to_jsonb(e.' || quote_ident(s.spec ->> 'amount') || '), ''null'')', 'NULL::jsonb'),
        csagg.pipeline_actor(pipeline, csagg.pipeline_text(s.spec ->> 'tenant', '''''::text'), csagg.pipeline_text(s.spec ->> 'actor', 'NULL::text')),
        csagg.pipeline_text(s.spec ->> 'event_id', 'NULL::text'), source, s.relation);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rows_events(name, text) IS
    'a query for all rows of an events table in the shape of those of the log; wanted is false for those that the source leaves out';

CREATE FUNCTION csagg.pipeline_new_events(pipeline name, source text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT a FROM csagg.pipeline_query(format($sql$
        SELECT CASE WHEN has_sequence_privilege(csagg.pipeline_sequence(r, id), 'SELECT, USAGE')
            THEN coalesce(upto <> csagg.pipeline_last_id(r, id), true)
            ELSE true END
        FROM (SELECT upto, to_regclass(relation) AS r, (spec ->> 'id')::name AS id FROM %s n) s$sql$,
            csagg.pipeline_newest_source(pipeline)), source) q(a boolean));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_new_events(name, text) IS
    'whether ids have been given that the mark has not passed; true where the table is gone or its sequence may not be read, which folding will say';

CREATE FUNCTION csagg.pipeline_recount_events(pipeline name, source text) RETURNS text
    LANGUAGE sql STABLE AS 'SELECT csagg.pipeline_recount_rows(pipeline, source)';
COMMENT ON FUNCTION csagg.pipeline_recount_events(name, text) IS
    'the rows of an events table that should have been folded';

-- One row whose filter divides by zero is rejected, and those beside it are folded: found by trying each alone.
CREATE FUNCTION csagg.pipeline_try(pipeline name, source text, ids bigint[], now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    rows constant text := csagg.pipeline_rows(pipeline, source);
    relation text;
    id name;
    spec jsonb;
    person text;
    one bigint;
BEGIN
    EXECUTE format('SELECT relation, spec ->> ''id'', spec FROM %I.source WHERE name = $1', pipeline) INTO relation, id, spec USING source;
    IF spec ? 'actor' THEN
        person := format(' || jsonb_build_object(%L, %s)', spec ->> 'actor',
            csagg.pipeline_actor(pipeline, csagg.pipeline_text(spec ->> 'tenant', quote_literal('')), csagg.pipeline_text(spec ->> 'actor', NULL)));
    END IF;
    FOREACH one IN ARRAY ids LOOP
        BEGIN
            EXECUTE format('SELECT r FROM (%s) r WHERE id = $1', rows) USING one;
        EXCEPTION WHEN data_exception THEN
            EXECUTE format($sql$
                INSERT INTO %1$I.rejected (source, id, reason, row, at)
                SELECT $1, $2, $3,
                    coalesce((SELECT to_jsonb(csagg_row)%4$s FROM %2$s e CROSS JOIN LATERAL (SELECT e.*) csagg_row WHERE e.%3$I = $2 LIMIT 1), '{}')
                        || '{"fault": true}',
                    $4
                ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, row = excluded.row$sql$,
                pipeline, relation, id, person) USING source, one, SQLERRM, now;
        END;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_try(name, text, bigint[], timestamptz) IS
    'puts rows that cannot even be read through the source''s filter into `rejected`';

CREATE FUNCTION csagg.pipeline_fold_singly(pipeline name, source text, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[],
    OUT folded bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    mark record;
    active text[];
    new bigint[];
    late bigint[];
    taken record;
BEGIN
    mark := csagg.pipeline_marked(pipeline, source);
    active := csagg.pipeline_writers(mark.relation);
    EXECUTE format($sql$
        SELECT ARRAY(SELECT %1$I FROM %2$s WHERE %1$I > $1 AND %1$I <= $2 ORDER BY %1$I LIMIT $4),
            ARRAY(SELECT e.* FROM unnest($3) r, LATERAL (SELECT %1$I FROM %2$s WHERE %1$I >= lower(r) AND %1$I < upper(r)) e LIMIT $4)$sql$,
        mark.id, mark.relation)
        INTO new, late USING mark.upto, mark.top, mark.holes, max_rows;
    more := greatest(cardinality(new), cardinality(late)) = max_rows;
    mark.top := CASE WHEN cardinality(new) = max_rows THEN new[max_rows] ELSE mark.top END;
    PERFORM csagg.pipeline_try(pipeline, source, new || late, now);
    taken := csagg.pipeline_take(pipeline, source, now, mark.upto, mark.top, (SELECT range_agg(int8range(l, l, '[]')) FROM unnest(late) l), NULL, true, false);
    PERFORM csagg.pipeline_mark(pipeline, source, mark.upto, mark.top, mark.holes, taken.seen, taken.folded, active, cardinality(late) < max_rows,
        CASE WHEN NOT more THEN now END);
    changes := taken.changes;
    folded := taken.folded;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_singly(name, text, timestamptz, integer) IS
    'as pipeline_fold_rows(), where each row is tried alone before';

CREATE FUNCTION csagg.pipeline_fold_events(pipeline name, source text, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[],
    OUT folded bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    failure text;
    hint text;
    most integer := max_rows;
    attempt text := 'SELECT * FROM csagg.pipeline_fold_rows($1, $2, $3, $4)';
    singly constant text := 'SELECT * FROM csagg.pipeline_fold_singly($1, $2, $3, $4)';
BEGIN
    -- Up to where a row cannot be read there may be many that can: those are not to be tried one by one.
    LOOP
        BEGIN
            failure := NULL;
            SELECT * INTO changes, folded, more
            FROM csagg.pipeline_query(attempt, pipeline, source, now, most) q(changes csagg.pipeline_change[], folded bigint, more boolean);
            EXIT;
        EXCEPTION
            WHEN data_exception OR serialization_failure THEN failure := SQLERRM;  -- others claimed one of its facts meanwhile
            WHEN lock_not_available THEN EXIT;
            WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
                failure := concat_ws(': ', SQLERRM, nullif(hint, ''));
                EXIT;
        END;
        EXIT WHEN attempt = singly;
        attempt := CASE WHEN most <= 1000 THEN singly ELSE attempt END;
        most := greatest(most / 4, least(most, 1000));
    END LOOP;
    PERFORM csagg.pipeline_failed(pipeline, source, failure);
    SELECT coalesce(changes, '{}'), coalesce(folded, 0), coalesce(more, false) INTO changes, folded, more;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_events(name, text, timestamptz, integer) IS
    'folds new rows of an events table, at most so many, and fewer where one of them cannot be read, which is rejected; what else stands in the way becomes the source''s error';

CREATE FUNCTION csagg.pipeline_failed(pipeline name, source text, failure text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_execute(format('UPDATE %I.source SET error = $2 WHERE name = $1 AND error IS DISTINCT FROM $2 AND (error NOT LIKE ''trigger: %%'' AND error NOT LIKE ''the sequence of %%'') IS NOT FALSE',
        pipeline), source, failure);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_failed(name, text, text) IS
    'sets or clears the error of a source, but for one of its triggers, and a sequence that was behind, by which rows may be lost: resume() clears these';

CREATE FUNCTION csagg.pipeline_track_events(pipeline name, source text, relation regclass, columns name[], spec jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    placed constant text := format('%s IS NOT NULL AND octet_length(%1$s) + octet_length(e.%I::text) <= 2000 AND %s IS NOT NULL',
        csagg.pipeline_text(spec ->> 'tenant', quote_literal('')), spec ->> 'customer', csagg.pipeline_instant(relation, (spec ->> 'at')::name));
    gone constant text := format('nullif(OLD.%1$I, NEW.%1$I)', spec ->> 'id');
    was text;
    "is" text;
BEGIN
    SELECT max(s) FILTER (WHERE r = 'OLD'), max(s) FILTER (WHERE r = 'NEW') INTO was, "is"
    FROM (VALUES ('OLD', gone, gone), ('NEW', 'NULL', format('NEW.%I', spec ->> 'id'))) v (r, "row", alone),
        format($sql$
            INSERT INTO %1$I.todo (tenant, customer, why, source, from_at, row)
            SELECT %2$s, e.%3$I::text, 'source', %4$L, %5$s, %6$s FROM (SELECT (%7$s).*) e WHERE %8$s;
            INSERT INTO %1$I.todo (tenant, why, source, row)
            SELECT '', 'source', %4$L, %9$s FROM (SELECT (%7$s).*) e WHERE (%8$s) IS NOT TRUE AND %9$s IS NOT NULL;$sql$,
        pipeline, csagg.pipeline_text(spec ->> 'tenant', quote_literal('')), spec ->> 'customer', source,
        csagg.pipeline_instant(relation, (spec ->> 'at')::name), "row", r, placed, alone) s;
    PERFORM csagg.pipeline_tracker(pipeline, source, concat_ws(E'\n    ', 'BEGIN',
        'IF TG_OP = ''TRUNCATE'' THEN', csagg.pipeline_ask(pipeline, source, format('SELECT * FROM %s', relation)),
        format('INSERT INTO %1$I.todo (tenant, why, source, row) SELECT '''', ''source'', %2$L, id FROM %1$I.rejected WHERE source = %2$L;', pipeline, source),
        'RETURN NULL;', 'END IF;', was, 'IF TG_OP = ''UPDATE'' THEN', "is", 'END IF;', 'END;'));
    PERFORM csagg.pipeline_track(pipeline, source, relation, 'UPDATE', csagg.pipeline_changed(relation, columns));
    IF spec ->> 'deletes' = 'retract' THEN
        PERFORM csagg.pipeline_track(pipeline, source, relation, 'DELETE', 'FOR EACH ROW'),
            csagg.pipeline_track(pipeline, source, relation, 'TRUNCATE', 'FOR EACH STATEMENT');
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_track_events(name, text, regclass, name[], jsonb) IS
    'makes the triggers of an events source: a row whose mapped columns change, or that goes if that retracts, is put into `todo`, with the instants that it had and has, and the id that it has no more, or by its id alone if it names no customer';

CREATE FUNCTION csagg.add_events(pipeline name, relation regclass, customer name, at name, key name DEFAULT NULL, fact text DEFAULT NULL,
    amount name DEFAULT NULL,
    actor name DEFAULT NULL, id name DEFAULT NULL, event_id name DEFAULT NULL, tenant name DEFAULT NULL, keys text[] DEFAULT NULL,
    filter text DEFAULT NULL, deletes text DEFAULT 'keep')
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    AS $body$
DECLARE
    spec jsonb;
    source text;
    "column" name;
BEGIN
    PERFORM csagg.pipeline_define(pipeline), csagg.pipeline_table_only(relation);
    IF num_nonnulls(key, fact) <> 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an event''s name is in a column, key, or is one for all rows, fact: give one of the two';
    ELSIF keys IS NOT NULL AND key IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = 'keys chooses among the names in the column key';
    ELSIF deletes IS NULL OR deletes NOT IN ('keep', 'retract') THEN
        RAISE invalid_parameter_value USING MESSAGE = format('deletes is keep or retract, not %L', deletes);
    END IF;
    id := coalesce(id, csagg.pipeline_id(relation));
    PERFORM csagg.pipeline_check_id(relation, id);
    PERFORM csagg.pipeline_column_of(relation, at, 'instant', '{timestamptz,timestamp}');
    PERFORM csagg.pipeline_column(relation, customer, 'customer');
    IF amount IS NOT NULL THEN
        PERFORM csagg.pipeline_column_of(relation, amount, 'amount', '{smallint,integer,bigint,numeric,real,double precision}');
    END IF;
    FOREACH "column" IN ARRAY array_remove(ARRAY[key, actor, event_id, tenant], NULL) LOOP
        PERFORM csagg.pipeline_column(relation, "column", 'name');
    END LOOP;
    spec := jsonb_build_object('id', id, 'customer', customer, 'at', at, 'key', key, 'fact', fact, 'amount', amount, 'actor', actor,
        'event_id', event_id, 'tenant', tenant, 'keys', keys, 'filter', filter, 'deletes', deletes);
    source := csagg.pipeline_register(pipeline, relation, 'events', spec);
    PERFORM csagg.pipeline_claim(pipeline, source, coalesce(keys, array_remove(ARRAY[fact], NULL)),
        array_fill('counter'::text, ARRAY[coalesce(cardinality(keys), num_nonnulls(fact))]));
    PERFORM csagg.pipeline_watch_added(pipeline, source, relation);
    RETURN source;
END $body$;
COMMENT ON FUNCTION csagg.add_events(name, regclass, name, name, name, text, name, name, name, name, name, text[], text, text) IS
    'makes an append-only table a source of counters, pulled by the increasing id; gives the source''s name. customer, actor, event_id and tenant are columns of any type, read as text; at is timestamptz, or timestamp, which is UTC. The fact''s name is in the column key, or is fact for all rows; keys: only these names. amount: 1 if NULL, and a row whose amount is NULL is rejected. filter: an SQL condition on the row. deletes: keep, or retract: what is deleted never was. An UPDATE of one of these columns has the customer read anew. Errors: 42703, 42804, 22023, 42809, 0A000, 55000, 42710, 42501; 55P03 where the table has no moment without writers for 30 seconds; each with a hint';
