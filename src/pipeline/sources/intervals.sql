-- A table whose rows have a start and an end is the truth about the past, too: a change has its customer's rows read anew.

-- Bounds of intervals as instants. A date begins at midnight in a zone; what no instant can say is infinite.
CREATE FUNCTION csagg.pipeline_bound(bound date, zone text, after integer) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN bound > '200000-01-01' THEN 'infinity' WHEN bound < '4000-01-01 BC' THEN '-infinity' ELSE (bound + after)::timestamp AT TIME ZONE zone END
$body$;
COMMENT ON FUNCTION csagg.pipeline_bound(date, text, integer) IS
    'the local midnight with which the day, so many days after, begins';

CREATE FUNCTION csagg.pipeline_bound(bound timestamptz, zone text, after integer) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN bound > '200000-01-01 00:00+00' THEN 'infinity' ELSE bound + after * interval '1 microsecond' END
$body$;
COMMENT ON FUNCTION csagg.pipeline_bound(timestamptz, text, integer) IS
    'the same instant, or so many microseconds after';

CREATE FUNCTION csagg.pipeline_bound(bound timestamp, zone text, after integer) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_bound(bound AT TIME ZONE 'UTC', zone, after)
$body$;
COMMENT ON FUNCTION csagg.pipeline_bound(timestamp, text, integer) IS
    'an instant in UTC, or so many microseconds after';

-- By the clock, as a step finds that rules have begun: its transaction may be older.
CREATE FUNCTION csagg.pipeline_zone(pipeline name, tenant text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    zone text;
BEGIN
    EXECUTE format($sql$
        SELECT csagg.jsonb(rules) ->> 'timezone' FROM %I.rules
        WHERE tenant IN ('', $1) AND effective_from <= csagg.pipeline_clock() ORDER BY tenant = '', effective_from DESC
        LIMIT 1$sql$,
        pipeline)
        INTO zone USING tenant;
    RETURN coalesce(zone, 'UTC');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_zone(name, text) IS
    'the time zone of the rules that hold for a tenant now, UTC without rules';

-- The query's pieces for a source: SQL expressions for a row e, in the zone z.zone.
CREATE FUNCTION csagg.pipeline_span(spec jsonb, OUT since text, OUT until text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    after constant integer := coalesce((spec ->> 'until_included')::boolean, false)::integer;
BEGIN
    IF spec ? 'range' THEN
        since := format('CASE WHEN isempty(e.%1$I) THEN ''infinity'' WHEN lower_inf(e.%1$I) THEN ''-infinity'' ELSE csagg.pipeline_bound(lower(e.%1$I), z.zone, (NOT lower_inc(e.%1$I))::integer) END',
            spec ->> 'range');
        until := format('CASE WHEN upper_inf(e.%1$I) THEN ''infinity'' ELSE csagg.pipeline_bound(upper(e.%1$I), z.zone, upper_inc(e.%1$I)::integer) END',
            spec ->> 'range');
    ELSE
        since := format('csagg.pipeline_bound(e.%I, z.zone, 0)', spec ->> 'since');
        until := coalesce('coalesce(csagg.pipeline_bound(e.' || quote_ident(spec ->> 'until') || ', z.zone, ' || after || '), ''infinity'')',
            '''infinity''::timestamptz');
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_span(jsonb) IS
    'expressions for the start and the end of a row of an intervals source';

CREATE FUNCTION csagg.pipeline_pieces(pipeline name, source text, of text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    span record;
    facts text;
BEGIN
    EXECUTE format('SELECT relation::regclass, spec, spec ->> ''customer'' AS customer, (spec ->> ''tenant'') AS tenant FROM %I.source WHERE name = $1',
        pipeline) INTO s USING source;
    span := csagg.pipeline_span(s.spec);
    SELECT string_agg(format('(%L, %L, %L, e.%I IS NOT NULL, %s, e.%4$I::text COLLATE "default")',
        key, csagg.pipeline_kind(s.relation, value::name), coalesce(s.spec -> 'overlap' ->> value, 'latest'), value,
        csagg.pipeline_value_of(s.relation, value::name)), ', ' ORDER BY key COLLATE "C") INTO facts
    FROM jsonb_each_text(s.spec -> 'facts');
    RETURN format($sql$
        SELECT r.tenant, r.customer, f.key, f.kind, f.overlap, f.value, f.said, r.since, r.until,
            CASE WHEN r.since IS NULL THEN 'start is NULL'
                WHEN r.until < r.since THEN 'it ends before it starts'
                WHEN octet_length(f.value #>> '{}') > 1000 THEN 'value is longer than 1000 bytes'
                ELSE csagg.check_fact(f.key, f.kind, '2000-01-01', f.value) END AS reason
        FROM (SELECT t.tenant, t.customer, csagg_row AS row, %1$s AS since, %2$s AS until
              FROM (
                  SELECT e.*
                  FROM (
                      SELECT e.*
                      FROM %3$s e CROSS JOIN LATERAL (SELECT %5$s AS tenant, e.%6$I::text COLLATE "default" AS customer) t
                      WHERE %8$s OFFSET 0) e
                  WHERE (%4$s)) e
                  CROSS JOIN LATERAL (SELECT e.*) csagg_row CROSS JOIN LATERAL (SELECT %5$s AS tenant, e.%6$I::text COLLATE "default" AS customer) t
                  JOIN LATERAL (SELECT %7$s) z(zone) ON true
              WHERE octet_length(t.tenant) + octet_length(t.customer) <= 2000) r,
              LATERAL (SELECT (r.row).*) e, LATERAL (VALUES %9$s) f(key, kind, overlap, given, value, said)
        WHERE f.given AND (r.since IS NULL OR r.since < r.until OR r.until < r.since)$sql$,
        span.since, span.until, s.relation, coalesce(s.spec ->> 'filter' || E'\n', 'true'), csagg.pipeline_text(s.tenant, ''''''), s.customer,
        CASE WHEN s.spec ? 'zoned' THEN format('csagg.pipeline_zone(%L, t.tenant)', pipeline) ELSE '''UTC''::text' END, of, facts);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_pieces(name, text, text) IS
    'a query for what each row of an intervals source says of each fact, and from when to when; `of` is a condition on t.tenant, t.customer and e';

-- Timelines by overlap, in two rounds so that ten thousand rows of a customer cost no hundred million steps.
CREATE FUNCTION csagg.pipeline_timelines(pieces text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT tenant, customer, key,
            coalesce(csagg.total(part) FILTER (WHERE overlap = 'sum'), csagg.overlay(part ORDER BY round) FILTER (WHERE overlap <> 'sum')) AS timeline
        FROM (
            SELECT tenant, customer, key, overlap, round,
                coalesce(csagg.total(piece) FILTER (WHERE overlap = 'sum'), csagg.overlay(piece ORDER BY nth) FILTER (WHERE overlap <> 'sum')) AS part
            FROM (
                SELECT *, (nth - 1) / 100 AS round, csagg.pipeline_piece(kind, value, since, until) AS piece
                FROM (
                    SELECT *, row_number() OVER (PARTITION BY tenant, customer, key ORDER BY CASE overlap WHEN 'max' THEN csagg.pipeline_rank(kind, value) END,
                        CASE WHEN overlap = 'max' THEN said END COLLATE "C", since, until, csagg.pipeline_rank(kind, value), said COLLATE "C") AS nth
                    FROM (%s) p WHERE reason IS NULL) p) p
            GROUP BY tenant, customer, key, overlap, round) p
        GROUP BY tenant, customer, key$sql$, pieces)
$body$;
COMMENT ON FUNCTION csagg.pipeline_timelines(text) IS
    'a query that makes timelines of pieces: where rows overlap, the latest start holds (of two the later end, then the greater value), or the sum, or the greatest value';

CREATE FUNCTION csagg.pipeline_piece(kind text, value jsonb, since timestamptz, until timestamptz) RETURNS csagg.timeline
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.slice(CASE kind WHEN 'number' THEN csagg.constant((value #>> '{}')::numeric) WHEN 'boolean' THEN csagg.constant(value::boolean)
        WHEN 'date' THEN csagg.constant((value #>> '{}')::date)
        WHEN 'time' THEN csagg.constant((value #>> '{}')::timestamptz)
        ELSE csagg.constant(value #>> '{}') END,
        since, until)
$body$;
COMMENT ON FUNCTION csagg.pipeline_piece(text, jsonb, timestamptz, timestamptz) IS
    'a timeline that has a value from one instant to another';

CREATE FUNCTION csagg.pipeline_rank(kind text, value jsonb) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE kind WHEN 'number' THEN (value #>> '{}')::numeric WHEN 'boolean' THEN value::boolean::integer
        WHEN 'date'
            THEN CASE value #>> '{}'
                WHEN 'infinity' THEN 'Infinity'::numeric
                WHEN '-infinity' THEN '-Infinity'
                ELSE (value #>> '{}')::date - date '2000-01-01' END
        WHEN 'time' THEN extract(epoch FROM (value #>> '{}')::timestamptz) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_rank(text, jsonb) IS
    'a number that orders values as their kind does; NULL for texts, which order by bytes';

-- Where rows must not overlap and do, the fact is left out, and `rejected` says so.
CREATE FUNCTION csagg.pipeline_overlapping(pieces text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT p.*,
            CASE WHEN reason IS NULL
                AND overlap = 'error'
                AND bool_or(since < before) FILTER (WHERE since < until) OVER (PARTITION BY tenant, customer, key)
                THEN 'rows of this customer overlap'
                ELSE reason END AS why
        FROM (
            SELECT p.*,
                max(until) FILTER (WHERE since < until) OVER (
                    PARTITION BY tenant, customer, key ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM (%s) p) p$sql$,
        pieces)
$body$;
COMMENT ON FUNCTION csagg.pipeline_overlapping(text) IS
    'the pieces, and why each cannot be taken';

-- So that an index on the table's column can be used. Customers of other sources may have names that are none of its type.
CREATE FUNCTION csagg.pipeline_as_key(type regtype) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN type = 'uuid'::regtype THEN 'CASE WHEN customer ~ ''^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'' THEN customer::uuid END'
        WHEN type IN ('smallint', 'integer', 'bigint')
            THEN format(
                'CASE WHEN customer ~ ''^-?[0-9]{1,19}$'' THEN CASE WHEN customer::numeric BETWEEN -%1$s - 1 AND %1$s THEN customer::%2$s END END',
            2::numeric ^ (CASE type WHEN 'smallint'::regtype THEN 15 WHEN 'integer'::regtype THEN 31 ELSE 63 END) - 1, type)
        ELSE 'customer' END
$body$;
COMMENT ON FUNCTION csagg.pipeline_as_key(regtype) IS
    'an expression for the text customer in a column''s type, NULL where it is none; other types are compared as texts';

CREATE FUNCTION csagg.pipeline_reread_intervals(pipeline name, source text, asked csagg.pipeline_change[], folded csagg.pipeline_change[],
    now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    changes csagg.pipeline_change[];
    s record;
    key_type regtype;
    of text;
BEGIN
    EXECUTE format('SELECT relation::regclass, spec FROM %I.source WHERE name = $1', pipeline) INTO s USING source;
    key_type := csagg.pipeline_column(s.relation, (s.spec ->> 'customer')::name, 'customer');
    of := format('(t.tenant, t.customer) IN (SELECT tenant, customer FROM unnest($2)) AND e.%1$I%2$s IN (SELECT %3$s FROM unnest($2))', s.spec ->> 'customer',
        CASE WHEN key_type IN ('smallint', 'integer', 'bigint', 'uuid', 'text') THEN '' ELSE '::text' END, csagg.pipeline_as_key(key_type));
    EXECUTE format('DELETE FROM %I.rejected r USING unnest($2) a WHERE r.source = $1 AND r.row ->> ''tenant'' = a.tenant AND r.row ->> ''customer'' = a.customer',
        pipeline) USING source, asked;
    EXECUTE format($sql$
        WITH piece AS MATERIALIZED (%2$s),
        bad AS (
            INSERT INTO %1$I.rejected (source, id, reason, row, at)
            SELECT $1, hashtextextended(row::text, 0), why, row, $3
            FROM (
                SELECT DISTINCT why,
                    jsonb_build_object('tenant', tenant, 'customer', customer, 'fact', key, 'value', value, 'since', since, 'until', until) AS row
                FROM piece WHERE why IS NOT NULL) b
            ON CONFLICT DO NOTHING),
        fact AS (SELECT tenant, customer, csagg.merge(csagg.history_of(key, timeline)) AS facts FROM (%3$s) t GROUP BY tenant, customer)
        SELECT array_agg(
            ROW(a.tenant, a.customer, f.facts, (SELECT min(csagg.pipeline_from(first_at, $3)) FROM csagg.facts(f.facts)), NULL,
                $1)::csagg.pipeline_change)
        FROM (SELECT DISTINCT tenant, customer FROM unnest($2)) a LEFT JOIN fact f ON f.tenant = a.tenant AND f.customer = a.customer$sql$,
        pipeline, csagg.pipeline_overlapping(csagg.pipeline_pieces(pipeline, source, of)),
        csagg.pipeline_timelines('SELECT tenant, customer, key, kind, overlap, value, said, since, until, why AS reason FROM piece'))
        INTO changes USING source, asked, now;
    RETURN coalesce(changes, '{}');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread_intervals(name, text, csagg.pipeline_change[], csagg.pipeline_change[], timestamptz) IS
    'what the rows of these customers say, by one join';

CREATE FUNCTION csagg.pipeline_recount_intervals(pipeline name, source text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT t.tenant, t.customer, t.key, f.kind, e.valid_from AS at,
            CASE WHEN f.kind IN ('number', 'boolean') THEN e.value::jsonb ELSE to_jsonb(e.value) END AS value, NULL::text AS actor, 0::bigint AS id
        FROM (%2$s) t, csagg.facts(csagg.history_of(t.key, t.timeline)) f, csagg.entries(t.timeline) e$sql$, pipeline, csagg.pipeline_timelines(
            format(
                'SELECT tenant, customer, key, kind, overlap, value, said, since, until, why AS reason FROM (%s) p WHERE tenant IS NOT NULL AND customer IS NOT NULL',
                csagg.pipeline_overlapping(csagg.pipeline_pieces(pipeline, source, 'true')))))
$body$;
COMMENT ON FUNCTION csagg.pipeline_recount_intervals(name, text) IS
    'a query for the entries that an intervals source gives, for verify()';

CREATE FUNCTION csagg.pipeline_ask(pipeline name, source text, rows text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    spec jsonb;
BEGIN
    EXECUTE format('SELECT spec FROM %I.source WHERE name = $1', pipeline) INTO spec USING source;
    RETURN format(
        'INSERT INTO %1$I.todo (tenant, customer, why, source) SELECT DISTINCT %2$s, e.%3$I::text COLLATE "default", ''source'', %4$L FROM (%5$s) e WHERE %2$s IS NOT NULL AND octet_length(%2$s) + octet_length(e.%3$I::text) <= 2000;',
        pipeline, csagg.pipeline_text(spec ->> 'tenant', quote_literal('')), spec ->> 'customer', source, rows);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_ask(name, text, text) IS
    'a statement that puts the customers of rows into `todo`';

CREATE FUNCTION csagg.pipeline_track_intervals(pipeline name, source text, relation regclass, columns name[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    singly constant boolean := csagg.pipeline_singly(relation);
    level constant text := CASE WHEN singly THEN 'FOR EACH ROW' ELSE 'REFERENCING %s TABLE AS %s_rows FOR EACH STATEMENT' END;
BEGIN
    PERFORM csagg.pipeline_tracker(pipeline, source, concat_ws(E'\n    ', 'BEGIN', 'CASE TG_OP',
        'WHEN ''INSERT'' THEN', csagg.pipeline_ask(pipeline, source, CASE WHEN singly THEN 'SELECT NEW.*' ELSE 'SELECT * FROM new_rows' END),
        'WHEN ''DELETE'' THEN', csagg.pipeline_ask(pipeline, source, CASE WHEN singly THEN 'SELECT OLD.*' ELSE 'SELECT * FROM old_rows' END),
        'WHEN ''TRUNCATE'' THEN', csagg.pipeline_ask(pipeline, source, format('SELECT * FROM %s', relation)),
        'ELSE', csagg.pipeline_ask(pipeline, source, 'SELECT OLD.* UNION ALL SELECT NEW.*'), 'END CASE;', 'END;'));
    PERFORM csagg.pipeline_track(pipeline, source, relation, 'INSERT', format(level, 'NEW', 'new')),
        csagg.pipeline_track(pipeline, source, relation, 'DELETE', format(level, 'OLD', 'old')),
        csagg.pipeline_track(pipeline, source, relation, 'UPDATE', csagg.pipeline_changed(relation, columns)),
        csagg.pipeline_track(pipeline, source, relation, 'TRUNCATE', 'FOR EACH STATEMENT');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_track_intervals(name, text, regclass, name[]) IS
    'makes the triggers of an intervals source: customers whose rows change are put into `todo`';

CREATE FUNCTION csagg.pipeline_check_overlap(relation regclass, columns name[], overlap jsonb) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    wrong record;
BEGIN
    SELECT * INTO wrong FROM jsonb_each_text(overlap) WHERE key <> ALL (columns) OR value NOT IN ('latest', 'sum', 'max', 'error') ORDER BY key LIMIT 1;
    IF wrong.key <> ALL (columns) THEN
        RAISE undefined_column USING MESSAGE = format('overlap names the column "%s", which is none of columns', wrong.key);
    ELSIF wrong.key IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('where rows overlap, "%s" is their latest, sum or max, or an error, not %L', wrong.key, wrong.value);
    END IF;
    SELECT key, csagg.pipeline_kind(relation, key::name) AS kind INTO wrong
    FROM jsonb_each_text(overlap)
    WHERE value = 'sum' AND csagg.pipeline_kind(relation, key::name) <> 'number' LIMIT 1;
    IF wrong.key IS NOT NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('"%s" is a %s and has no sum', wrong.key, wrong.kind);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_overlap(regclass, name[], jsonb) IS
    'what rows that overlap mean: errors 42703, 22023, 42804';

CREATE FUNCTION csagg.add_intervals(pipeline name, relation regclass, customer name, columns name[], since name, until name DEFAULT NULL,
    tenant name DEFAULT NULL,
    until_included boolean DEFAULT false, overlap jsonb DEFAULT '{}', rename jsonb DEFAULT '{}', filter text DEFAULT NULL)
    RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    AS $body$
DECLARE
    facts text[];
    source text;
    type regtype;
    ranged boolean;
    spec jsonb;
BEGIN
    PERFORM csagg.pipeline_define(pipeline), csagg.pipeline_read_committed('add_intervals()'), csagg.pipeline_table_only(relation),
        csagg.pipeline_column(relation, customer, 'customer');
    facts := csagg.pipeline_renamed(coalesce(rename, '{}'), columns);
    PERFORM csagg.pipeline_check_overlap(relation, columns, coalesce(overlap, '{}'));
    IF tenant IS NOT NULL THEN
        PERFORM csagg.pipeline_column(relation, tenant, 'tenant');
    END IF;
    type := csagg.pipeline_column_of(relation, since, 'start',
        CASE WHEN until IS NULL THEN '{date,timestamptz,timestamp,daterange,tstzrange,tsrange}' ELSE '{date,timestamptz,timestamp}' END::regtype[]);
    ranged := type IN ('daterange', 'tstzrange', 'tsrange');
    IF until IS NOT NULL THEN
        PERFORM csagg.pipeline_column_of(relation, until, 'end', ARRAY[type]);
    ELSIF until_included AND ranged THEN
        RAISE invalid_parameter_value USING MESSAGE = 'until_included is not for ranges', HINT = 'Each range says itself whether its end belongs to it.';
    END IF;
    spec := jsonb_build_object('customer', customer, 'tenant', tenant, 'until', until, 'until_included', nullif(until_included, false),
        'overlap', overlap, 'filter', filter, 'facts', jsonb_object(facts, columns::text[]),
        CASE WHEN ranged THEN 'range' ELSE 'since' END, since, 'zoned', CASE WHEN type IN ('date', 'daterange') THEN true END);
    source := csagg.pipeline_register(pipeline, relation, 'intervals', spec);
    PERFORM csagg.pipeline_claim(pipeline, source, facts,
        ARRAY(SELECT csagg.pipeline_kind(relation, c) FROM unnest(columns) WITH ORDINALITY u(c, i) ORDER BY i));
    PERFORM csagg.pipeline_watch_added(pipeline, source, relation);
    EXECUTE csagg.pipeline_ask(pipeline, source, format('SELECT * FROM %s', relation));
    RETURN source;
END $body$;
COMMENT ON FUNCTION csagg.add_intervals(name, regclass, name, name[], name, name, name, boolean, jsonb, jsonb, text) IS
    'makes a table whose rows hold from a start to an end a source of states; gives the source''s name. since and until are dates, which begin at midnight in the zone of the tenant''s rules, or instants (a timestamp is UTC); or since is one column of a range. until NULL, or a row''s NULL: open. until_included: the end belongs to it, a date as a whole day. Each of columns is a fact, named and typed as in add_states(); where rows of a customer overlap, overlap says by column: latest (default: the row that started last), sum, max, or error (the fact is left out, and rejected says so). A NULL says nothing. What changes in the table changes the past, too. tenant and filter as in add_events(). Errors: 42703, 42804, 22023, 42809, 0A000 for virtual columns, 42710, 42501, 25001; 55P03 where the table has no moment without writers for 30 seconds; each with a hint';

CREATE FUNCTION csagg.pipeline_resume_intervals(pipeline name, source text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation regclass;
BEGIN
    EXECUTE format('SELECT relation::regclass FROM %I.source WHERE name = $1', pipeline) INTO relation USING source;
    EXECUTE csagg.pipeline_ask(pipeline, source, format('SELECT * FROM %s', relation));
    EXECUTE format($sql$
        INSERT INTO %1$I.todo (tenant, customer, why, source)
        SELECT DISTINCT tenant, customer, 'source', $1 FROM %1$I.current, csagg.facts(facts) k JOIN %1$I.fact f USING (key) WHERE f.source = $1$sql$,
        pipeline) USING source;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_resume_intervals(name, text) IS
    'all customers of the table, and all that it said something of, are read anew';
