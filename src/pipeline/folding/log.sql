-- Rows on their way into histories.

CREATE FUNCTION csagg.pipeline_value(kind text, value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT CASE WHEN kind OPERATOR(pg_catalog.=) 'counter' AND value IS NULL THEN '1' ELSE value END $body$;
COMMENT ON FUNCTION csagg.pipeline_value(text, jsonb) IS
    'what a row of the log means: an event without an amount counts once';

-- A source that has ids is read through one query: pipeline_rows_KIND() gives rows (id, wanted, tenant, customer, key, kind, at, value,
-- actor, event_id, owner), where kind is that of a key that nobody has declared, and owner the source that the key must belong to.
CREATE FUNCTION csagg.pipeline_rows(pipeline name, source text) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    kind text := (SELECT k FROM csagg.pipeline_query(format('SELECT kind FROM %s s', csagg.pipeline_newest_source(pipeline)), source) q(k text));
BEGIN
    RETURN (SELECT r FROM csagg.pipeline_query(format('SELECT csagg.%I($1, $2)', 'pipeline_rows_' || kind), pipeline, source) q(r text));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rows(name, text) IS
    'a query for all rows of a source that has ids, in one shape';

CREATE FUNCTION csagg.pipeline_rows_log(pipeline name, source text, readable boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    -- add_states() waits for no step: sources and rows are of one snapshot.
    RETURN format($sql$
        SELECT l.id, true AS wanted, l.tenant, l.customer, l.key, NULL::text AS kind, l.at, l.value, %3$s AS actor, l.event_id,
            CASE WHEN l.origin IS NOT NULL AND l.origin IN (SELECT s.name FROM (%4$s) s WHERE s.kind = 'states') THEN l.origin ELSE %2$L END AS owner,
            l.recorded_at
        FROM %1$I.log l$sql$,
            pipeline, source, CASE WHEN readable THEN 'l.actor' ELSE csagg.pipeline_actor(pipeline, 'l.tenant', 'l.actor') END,
            csagg.pipeline_sources(pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rows_log(name, text, boolean) IS
    'the rows of the log; actors that are forgotten by what stands for them, unless those who may not know are to read them; what the triggers of a states source wrote is that source''s';

CREATE FUNCTION csagg.pipeline_reason(tenant text, customer text, key text, kind text, asked text, at timestamptz, value jsonb, actor text,
    event_id text, belongs text, owner text) RETURNS text
    AS 'MODULE_PATHNAME', 'csagg_pipeline_reason' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_reason(text, text, text, text, text, timestamptz, jsonb, text, text, text, text) IS
    'why a row cannot be folded, NULL if it can. kind is the fact''s, asked what the source says of it; belongs is the fact''s source, owner the row''s';

CREATE FUNCTION csagg.pipeline_size(value jsonb) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_pipeline_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_size(jsonb) IS
    'bytes of a value before it was compressed, without reading it';

-- Whatever a row is, it must not stand in the way of the others: not by its size, not by how deep its JSON is, and not by numbers of a few bytes that are
-- long to write.
CREATE FUNCTION csagg.pipeline_excerpt(id bigint, tenant text, customer text, key text, at timestamptz, value jsonb, actor text, event_id text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT jsonb_build_object('id', id, 'tenant', left(tenant, 2000), 'customer', left(customer, 2000), 'key', left(key, 1000), 'at', at,
        'value', CASE WHEN csagg.pipeline_size(value) > 1000000 THEN to_jsonb(format('%s bytes of JSON', csagg.pipeline_size(value)))
            WHEN jsonb_typeof(value) = 'string' THEN to_jsonb(left(value #>> '{}', 1000))
            WHEN csagg.pipeline_size(value) > 2000 THEN to_jsonb(format('%s bytes of JSON', csagg.pipeline_size(value)))
            WHEN jsonb_typeof(value) IN ('array', 'object') OR octet_length(value::text) > 1000 THEN to_jsonb(left(value::text, 1000))
            ELSE value END,
        'actor', left(actor, 1000), 'event_id', left(event_id, 2000))
$body$;
COMMENT ON FUNCTION csagg.pipeline_excerpt(bigint, text, text, text, timestamptz, jsonb, text, text) IS
    'a row for `rejected`: long texts are cut off, JSON that is no single value is a text, and of more than 2000 bytes of it, but for a string of up to a million, there is only their number';

CREATE TYPE csagg.pipeline_gathered AS (
    tenant text,
    customer text,
    facts csagg.history,
    at timestamptz,
    id bigint,
    key text,
    kind text,
    value jsonb,
    actor text,
    event_id text,
    belongs text,
    owner text,
    reason text,
    read bigint,
    fresh bigint,
    last bigint,
    ids int8multirange
);
COMMENT ON TYPE csagg.pipeline_gathered IS
    'one of: a customer with facts, and the first finite instant that they change; a row by itself (id) that cannot be folded (reason; of long texts the first 8000 bytes), can be only once (event_id), or brings a fact of another owner that belongs to no source; a fact (key, kind) that belongs to no source and is the owner''s now; and, once, how many rows were read, how many of them fresh, the last id of these, and all ids if they were asked for';

-- By plan nodes it takes twice as long.
CREATE FUNCTION csagg.pipeline_gather(statement text, source text, counted boolean, kept boolean, upto bigint, top bigint, holes int8multirange,
    max_rows integer) RETURNS SETOF csagg.pipeline_gathered
    AS 'MODULE_PATHNAME', 'csagg_pipeline_gather' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION csagg.pipeline_gather(text, text, boolean, boolean, bigint, bigint, int8multirange, integer) IS
    'runs a query of rows (id, wanted, those of pipeline_reason(), fresh) with $1 to $4 for upto and what follows, by the snapshot of the caller, and keeps them by customer. counted: with ids; kept: its plan is, as by pipeline_query(). When they take more than work_mem, a customer has several rows. Errors: 22004 for NULL as one of the first four, 42804 for other columns, 0A000 for a statement that writes, and the statement''s own';

CREATE FUNCTION csagg.pipeline_claimed(key text, had text, wants text, kind text, asked text) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF had <> wants OR kind <> asked THEN
        RAISE serialization_failure USING MESSAGE = format('fact "%s" became a %s%s while rows of "%s" were read', key, kind, coalesce(format(' of source "%s"', had), ''), wants), HINT = 'The next step sees that.';
    END IF;
    RETURN wants;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_claimed(text, text, text, text, text) IS
    'the source of a fact that belonged to none, or was not there, when its rows were read as of a kind; error 40001 if somebody else was first with a source or another kind';

CREATE FUNCTION csagg.pipeline_instead(pipeline name, rows text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$(tenant, event_id) DO UPDATE SET id = excluded.id, at = excluded.at
                WHERE s.source = $1 AND CASE WHEN EXISTS (SELECT FROM (%2$s) r WHERE r.id = s.id)
                    THEN NOT EXISTS (SELECT FROM (%2$s) r WHERE r.id = s.id AND r.event_id = s.event_id AND r.tenant = s.tenant)
                    ELSE (SELECT m.spec ->> 'deletes' = 'retract' FROM %1$I.source m WHERE m.name = $1) END$sql$, pipeline, rows)
$body$;
COMMENT ON FUNCTION csagg.pipeline_instead(name, text) IS
    'part of a statement that notes event_ids s of a source: one counts again when the row that counted has another one now, or never was';

-- What is not wanted is not looked at: of a row that the source leaves out, an instant may be none that there is. OFFSET 0: a filter is asked once a row.
CREATE FUNCTION csagg.pipeline_gathering(pipeline name, rows text, straight boolean, holes boolean, limited boolean, first boolean) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT r.id::bigint, r.wanted, r.tenant::text, r.customer::text, r.key::text, f.kind::text, r.kind, CASE WHEN r.wanted THEN r.at::timestamptz END,
            CASE WHEN r.wanted THEN r.value END, CASE WHEN r.wanted THEN r.actor::text END, r.event_id::text, f.source::text, r.owner::text, r.fresh
        FROM (
            (SELECT l.*, true AS fresh FROM (%1$s) l WHERE %5$s > $1 AND l.id <= $2%2$s)%3$s) r
            LEFT JOIN %4$s f ON f.key = r.key$sql$,
        rows, CASE WHEN limited OR NOT straight THEN ' ORDER BY l.id LIMIT $4' ELSE ' OFFSET 0' END,
        CASE WHEN holes THEN format($$
            UNION ALL (
                SELECT l.*, false
                FROM unnest($3) r, LATERAL (SELECT * FROM (%s) l WHERE l.id >= lower(r) AND l.id < upper(r) ORDER BY l.id) l
                LIMIT $4)$$, rows) ELSE '' END,
        format(CASE WHEN straight THEN '(SELECT * FROM %I.fact OFFSET 0)' ELSE '%I.fact' END, pipeline),
        CASE WHEN straight AND first AND NOT limited THEN 'l.id + 0' ELSE 'l.id' END)
$body$;
COMMENT ON FUNCTION csagg.pipeline_gathering(name, text, boolean, boolean, boolean, boolean) IS
    'the query of pipeline_gather() for the rows of a source: those in (upto, top], and in holes if there are any, max_rows of each. Of very many rows (straight) the facts are hashed, and the order does not matter if all are read (not limited), nor is an index of use for those of a table that was never read before (first)';

CREATE FUNCTION csagg.pipeline_taking(pipeline name, source text, straight boolean, holes boolean, limited boolean, first boolean) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    rows constant text := csagg.pipeline_rows(pipeline, source);
    said constant text := CASE WHEN straight
        THEN csagg.pipeline_merging(pipeline,
            format('SELECT * FROM change x WHERE NOT (EXISTS (SELECT FROM %I.suppressed) AND %s)', pipeline, csagg.pipeline_suppressed(pipeline)))
        ELSE 'merged AS (SELECT)' END;
BEGIN
    RETURN format($sql$
        WITH taken AS MATERIALIZED (
            SELECT * FROM csagg.pipeline_gather(%2$L, $1, $7, $8, $3, $4, $5, $6)),
        single AS MATERIALIZED (
            SELECT * FROM taken WHERE id IS NOT NULL),
        bad AS (
            INSERT INTO %1$I.rejected
            SELECT DISTINCT ON (id) $1, id, reason, csagg.pipeline_excerpt(id, tenant, customer, key, at, value, actor, event_id), $2
            FROM single WHERE reason IS NOT NULL
            ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, at = excluded.at),
        claim AS (
            INSERT INTO %1$I.fact AS f (key, kind, source, shown_to) SELECT key, min(kind), min(owner), NULL FROM taken c
            WHERE key IS NOT NULL AND reason IS NULL AND belongs IS NULL
                AND NOT EXISTS (SELECT FROM %1$I.fact o WHERE o.key = c.key AND o.source IS NOT NULL) GROUP BY key
            ON CONFLICT (key) DO UPDATE SET source = csagg.pipeline_claimed(f.key, f.source, excluded.source, f.kind, excluded.kind)),
        first AS (
            INSERT INTO %1$I.seen AS s (tenant, event_id, at, source, id)
            SELECT DISTINCT ON (tenant, event_id) tenant, event_id, at, $1, id FROM single
            WHERE reason IS NULL AND event_id IS NOT NULL ORDER BY tenant, event_id, id
            ON CONFLICT %5$s RETURNING id),
        change AS (
            SELECT tenant, customer, facts, csagg.pipeline_from(at, $2) AS from_at FROM taken WHERE facts IS NOT NULL
            UNION ALL SELECT tenant, customer, csagg.history(key, kind, at, csagg.pipeline_value(kind, value), actor, id),
                csagg.pipeline_from(min(at) FILTER (WHERE isfinite(at)), $2)
            FROM single
            WHERE reason IS NULL AND (event_id IS NULL OR id IN (TABLE first)) GROUP BY tenant, customer),
        %3$s
        SELECT (%4$s), ids, read, CASE WHEN fresh = $6 THEN last END, read - fresh FROM taken WHERE read IS NOT NULL$sql$,
            pipeline, csagg.pipeline_gathering(pipeline, rows, straight, holes, limited, first), said,
            CASE WHEN straight THEN $$SELECT '{}'::csagg.pipeline_change[] FROM merged$$
                ELSE $$SELECT coalesce(array_agg(ROW(tenant, customer, facts, from_at, NULL, NULL)::csagg.pipeline_change), '{}') FROM change$$ END,
            CASE WHEN source = 'log' THEN 'DO NOTHING' ELSE csagg.pipeline_instead(pipeline, rows) END);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_taking(name, text, boolean, boolean, boolean, boolean) IS
    'the statement of pipeline_take(); holes: whether there are any; limited: whether there may be more than max_rows; first: whether no row was read before';

CREATE FUNCTION csagg.pipeline_take(pipeline name, source text, now timestamptz, upto bigint, top bigint, holes int8multirange, max_rows integer,
    counted boolean, straight boolean,
    OUT changes csagg.pipeline_change[], OUT seen int8multirange, OUT folded bigint, OUT last bigint, OUT held bigint)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_sort = off SET enable_bitmapscan = off AS $body$
DECLARE
    statement constant text := csagg.pipeline_taking(pipeline, source, straight, NOT isempty(holes), top - upto > max_rows,
        upto <= 0);
BEGIN
    IF top - upto + (SELECT coalesce(sum(upper(h) - lower(h)), 0) FROM unnest(holes) h) <= 1000 THEN
        SELECT * INTO changes, seen, folded, last, held FROM csagg.pipeline_query(statement, source, now, upto, top, holes, max_rows, counted, true)
            q(changes csagg.pipeline_change[], seen int8multirange, folded bigint, last bigint, held bigint);
    ELSE
        EXECUTE statement INTO changes, seen, folded, last, held USING source, now, upto, top, holes, max_rows, counted, false;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_take(name, text, timestamptz, bigint, bigint, int8multirange, integer, boolean, boolean) IS
    'reads the visible rows of a source with ids in (upto, top] and in the holes, max_rows of each; gives histories by customer, or has merged them straight into `current`, the ids seen if these are counted, their number, the last new id if there may be more, and how many came from holes. Bad rows go to `rejected`, event_ids to `seen`; a fact that belongs to no source is this one''s from now on';

CREATE FUNCTION csagg.pipeline_new_log(pipeline name, source text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT a FROM csagg.pipeline_query(format('SELECT upto <> csagg.pipeline_last_id($2, ''id'') FROM %s s', csagg.pipeline_newest_source(pipeline)),
        source, format('%I.log', pipeline)::regclass) q(a boolean));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_new_log(name, text) IS
    'whether ids of the log have been given that the mark has not passed';

CREATE FUNCTION csagg.pipeline_marked(pipeline name, source text, OUT relation regclass, OUT id name, OUT upto bigint, OUT top bigint,
    OUT holes int8multirange, OUT read_until timestamptz)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    SELECT * INTO relation, id, upto, holes, read_until FROM csagg.pipeline_query(format($sql$
        SELECT to_regclass(relation), coalesce(spec ->> 'id', 'id'), upto, (SELECT coalesce(range_agg(ids), '{}') FROM %1$I.hole WHERE source = name),
            read_until
        FROM %2$s s$sql$,
            pipeline, csagg.pipeline_newest_source(pipeline)), source)
                q(relation regclass, id text, upto bigint, holes int8multirange, read_until timestamptz);
    IF source = 'log' AND relation IS DISTINCT FROM format('%I.log', pipeline)::regclass THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the log of pipeline "%s" is under another name than it has noted', pipeline),
            HINT = format('Was the schema renamed? SELECT csagg.upgrade_pipeline(%L);', pipeline);
    END IF;
    top := csagg.pipeline_last_id(relation, id);
    IF top IS NULL THEN
        RAISE undefined_table USING MESSAGE = format('there is no table of source "%s"', source), HINT = format('SELECT csagg.resume(%L, %L); finds it under another name.', pipeline, source);
    ELSIF top < upto THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the sequence of %s is at %s, and rows up to %s were folded', relation, top, upto),
            HINT = format('SELECT setval(%L, %s); %s.', csagg.pipeline_sequence(relation, id), upto,
                CASE WHEN source = 'log' THEN 'and, if rows came in between, csagg.verify() with repair'
                    ELSE format('SELECT csagg.resume(%L, %L); which reads what came in between', pipeline, source) END);
    END IF;
    IF source <> 'log' THEN
        PERFORM csagg.pipeline_ours(pipeline, source);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_marked(name, text) IS
    'where a source''s mark is, the last id given, and the holes. Error 55000 for a sequence behind the mark';

CREATE FUNCTION csagg.pipeline_fold_rows(pipeline name, source text, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[],
    OUT folded bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    mark record;
    top bigint;
    active text[];
    taken record;
    straight boolean;
    whole boolean;
BEGIN
    mark := csagg.pipeline_marked(pipeline, source);
    top := CASE WHEN (SELECT count(*) FROM unnest(mark.holes)) > 10000 THEN mark.upto ELSE mark.top END;
    active := csagg.pipeline_writers(mark.relation);
    straight := least(top - mark.upto, max_rows) > 50000;
    taken := csagg.pipeline_take(pipeline, source, now, mark.upto, top, mark.holes, max_rows, active <> '{}' OR NOT isempty(mark.holes), straight);
    whole := taken.last IS NULL AND taken.held < max_rows AND top = mark.top;
    PERFORM csagg.pipeline_mark(pipeline, source, mark.upto, coalesce(taken.last, top), mark.holes, taken.seen, taken.folded, active,
        taken.held < max_rows, CASE WHEN whole THEN now END);
    IF whole AND mark.read_until = '-infinity' AND taken.folded = 0 AND top = mark.upto THEN  -- a table without rows, whose mark does not move
        PERFORM csagg.pipeline_execute(format('UPDATE %I.source SET read_until = $2 WHERE name = $1', pipeline), source, now);
    END IF;
    IF source = 'log' THEN
        PERFORM csagg.pipeline_replace_logged(pipeline, r), csagg.pipeline_drop_logged(pipeline, r)
        FROM (SELECT mark.holes + int8multirange(int8range(mark.upto, coalesce(taken.last, top), '(]')) AS r) ids;
    END IF;
    changes := taken.changes;
    folded := taken.folded;
    more := straight OR taken.last IS NOT NULL OR taken.held >= max_rows OR top < mark.top AND taken.held > 0;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_rows(name, text, timestamptz, integer) IS
    'folds new rows of a source that has ids: which, how many, and whether there are more. More than 50000 at once need not fit into memory: they are in `current` already, and their customers are due. Each statement has its own snapshot: the last id first, then the writers, then the rows. Errors of the rows'' query as they are';

CREATE FUNCTION csagg.pipeline_fold_log(pipeline name, source text, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[],
    OUT folded bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    SELECT * INTO changes, folded, more FROM csagg.pipeline_fold_rows(pipeline, source, now, max_rows);
EXCEPTION WHEN lock_not_available OR serialization_failure THEN  -- others are writing a fact that no row had before, or have
    SELECT '{}', 0, SQLSTATE = '40001' INTO changes, folded, more;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_log(name, text, timestamptz, integer) IS
    'folds new rows of the log, as pipeline_fold_rows() does, whose errors are the step''s; but none while others lock a fact whose first rows they are, and in the next step where others claimed it meanwhile';

CREATE FUNCTION csagg.pipeline_recount_rows(pipeline name, source text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT l.tenant, l.customer, l.key, f.kind, l.at, csagg.pipeline_value(f.kind, l.value) AS value, l.actor, l.id::bigint AS id
        FROM %1$I.source m JOIN (%3$s) l ON l.wanted AND l.id <= m.upto JOIN %1$I.fact f ON f.key = l.key
            LEFT JOIN %1$I.seen s ON s.tenant = l.tenant AND s.event_id = l.event_id
        WHERE m.name = %2$L AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = m.name AND h.ids @> l.id::bigint)
            AND csagg.pipeline_reason(l.tenant, l.customer, l.key, f.kind, l.kind, l.at, l.value, l.actor, l.event_id, f.source, l.owner) IS NULL
            AND (s.id IS NULL OR s.source = m.name AND s.id = l.id)$sql$, pipeline, source, csagg.pipeline_rows(pipeline, source))
$body$;
COMMENT ON FUNCTION csagg.pipeline_recount_rows(name, text) IS
    'a query for the rows of a source with ids that should have been folded, in plain SQL: what verify() compares with';

CREATE FUNCTION csagg.pipeline_recount_log(pipeline name, source text) RETURNS text
    LANGUAGE sql STABLE AS 'SELECT csagg.pipeline_recount_rows(pipeline, source)';
COMMENT ON FUNCTION csagg.pipeline_recount_log(name, text) IS
    'the rows of the log that should have been folded';

-- Stable: it counts in the snapshot of who asks.
CREATE FUNCTION csagg.pipeline_count(pipeline name, source text) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    counted bigint;
BEGIN
    EXECUTE format('SELECT relation, coalesce(spec ->> ''id'', ''id'') AS id FROM %I.source WHERE name = $1', pipeline) INTO s USING source;
    EXECUTE format($sql$
        SELECT count(*) FROM %1$I.source m JOIN %2$s l ON l.%3$I <= m.upto
        WHERE m.name = $1 AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = m.name AND h.ids @> l.%3$I::bigint)$sql$,
        pipeline, s.relation, s.id) INTO counted USING source;
    RETURN counted;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_count(name, text) IS
    'how many rows of a source that has ids are below the mark, but for those in holes';
