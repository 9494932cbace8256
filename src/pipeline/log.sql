-- Rows on their way into histories.

CREATE TYPE csagg.pipeline_change AS (
    tenant text,
    customer text,
    facts csagg.history,
    from_at timestamptz,
    quiet_before timestamptz
);
COMMENT ON TYPE csagg.pipeline_change IS
    'a customer that a step has to look at: facts to be merged, NULL if there are none; the first instant that they change; and, when it is assessed by other rules, the instant before which alerts are not announced, else NULL';

CREATE FUNCTION csagg.pipeline_value(kind text, value jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT CASE WHEN kind OPERATOR(pg_catalog.=) 'counter' AND value IS NULL THEN '1' ELSE value END $body$;
COMMENT ON FUNCTION csagg.pipeline_value(text, jsonb) IS
    'what a row of the log means: an event without an amount counts once';

CREATE FUNCTION csagg.pipeline_take(pipeline name, source text, now timestamptz, upto bigint, top bigint, holes int8multirange, max_rows integer,
    OUT changes csagg.pipeline_change[], OUT seen int8multirange, OUT folded bigint, OUT last bigint, OUT held bigint)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
        WITH new AS MATERIALIZED (SELECT l.* FROM %1$I.log l WHERE l.id > $3 AND l.id <= $4 ORDER BY l.id LIMIT $6),
        late AS MATERIALIZED (SELECT l.* FROM unnest($5) r, LATERAL (SELECT * FROM %1$I.log l WHERE l.id >= lower(r) AND l.id < upper(r)) l LIMIT $6),
        came AS MATERIALIZED (
            SELECT r.*, f.kind, CASE WHEN f.key IS NULL THEN 'no rule set and no row of fact declares this key'
                WHEN f.source <> $1 THEN format('this key belongs to source "%%s"', f.source)
                ELSE csagg.check_fact(r.key, f.kind, r.at, csagg.pipeline_value(f.kind, r.value), r.actor) END AS reason
            FROM (TABLE new UNION ALL TABLE late) r LEFT JOIN %1$I.fact f ON f.key = r.key),
        bad AS (
            INSERT INTO %1$I.rejected SELECT $1, id, reason, to_jsonb(came) - 'kind' - 'reason', $2 FROM came WHERE reason IS NOT NULL
            ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, at = excluded.at),
        first AS (
            INSERT INTO %1$I.seen (tenant, event_id, at, source, id)
            SELECT DISTINCT ON (tenant, event_id) tenant, event_id, at, $1, id FROM came
            WHERE reason IS NULL AND event_id IS NOT NULL ORDER BY tenant, event_id, id
            ON CONFLICT DO NOTHING RETURNING id),
        change AS (
            SELECT tenant, customer, csagg.history(key, kind, at, csagg.pipeline_value(kind, value), actor, id) AS facts, min(csagg.pipeline_from(at, $2)) AS from_at FROM came
            WHERE reason IS NULL AND (event_id IS NULL OR id IN (TABLE first)) GROUP BY tenant, customer)
        SELECT (SELECT coalesce(array_agg(ROW(tenant, customer, facts, from_at, NULL)::csagg.pipeline_change), '{}') FROM change),
            coalesce(range_agg(int8range(id, id, '[]')), '{}'), count(*), (SELECT max(id) FROM new HAVING count(*) = $6), (SELECT count(*) FROM late)
        FROM came$sql$, pipeline)
        INTO changes, seen, folded, last, held USING source, now, upto, top, holes, max_rows;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_take(name, text, timestamptz, bigint, bigint, int8multirange, integer) IS
    'reads the visible rows of the log with ids in (upto, top] and in the holes, max_rows of each; gives histories by customer, the ids seen, their number, the last new id if there may be more, and how many came from holes. Bad rows go to `rejected`, event_ids to `seen`';

CREATE FUNCTION csagg.pipeline_new_log(pipeline name, source text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    answer boolean;
BEGIN
    EXECUTE format('SELECT upto <> csagg.pipeline_last_id($2, ''id'') FROM %I.source WHERE name = $1', pipeline)
        INTO answer USING source, format('%I.log', pipeline)::regclass;
    RETURN answer;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_new_log(name, text) IS
    'whether ids of the log have been given that the mark has not passed';

CREATE FUNCTION csagg.pipeline_fold_log(pipeline name, source text, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[], OUT folded bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation regclass := format('%I.log', pipeline)::regclass;
    top bigint := csagg.pipeline_last_id(relation, 'id');
    active text[] := csagg.pipeline_writers(relation);
    mark record;
    taken record;
BEGIN
    EXECUTE format('SELECT upto, (SELECT coalesce(range_agg(ids), ''{}'') FROM %1$I.hole WHERE source = name) AS holes FROM %1$I.source WHERE name = $1', pipeline)
        INTO mark USING source;
    IF top < mark.upto THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the sequence of %s is at %s, and rows up to %s were folded', relation, top, mark.upto),
            HINT = format('SELECT setval(%L, %s); and, if rows came in between, csagg.verify() with repair.', pg_get_serial_sequence(relation::text, 'id'), mark.upto);
    END IF;
    IF (SELECT count(*) FROM unnest(mark.holes)) > 10000 THEN
        top := mark.upto;
    END IF;
    taken := csagg.pipeline_take(pipeline, source, now, mark.upto, top, mark.holes, max_rows);
    PERFORM csagg.pipeline_mark(pipeline, source, mark.upto, coalesce(taken.last, top), taken.seen, taken.folded, active, taken.held < max_rows);
    changes := taken.changes;
    folded := taken.folded;
    more := taken.last IS NOT NULL OR taken.held >= max_rows;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_log(name, text, timestamptz, integer) IS
    'folds new rows of the log: which, how many, and whether there are more. Each statement has its own snapshot: the last id first, then the writers, then the rows. Error 55000 for a sequence behind the mark';

-- The same rows for the views: what a step would fold now, at most 5000 rows.
CREATE FUNCTION csagg.pipeline_pending_log(pipeline name, source text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT tenant, customer, csagg.history(key, kind, at, csagg.pipeline_value(kind, value), actor, id) AS facts,
            min(csagg.pipeline_from(at, csagg.pipeline_now())) AS from_at, max(recorded_at) AS recorded_at, max(n) AS n
        FROM (
            SELECT r.*, f.kind, row_number() OVER (PARTITION BY tenant, event_id ORDER BY id) AS nth FROM (
                SELECT l.*, count(*) OVER () AS n FROM (
                    (SELECT l.* FROM %1$I.log l WHERE l.id > (SELECT upto FROM %1$I.source WHERE name = %2$L) ORDER BY l.id LIMIT 5000)
                    UNION ALL SELECT l.* FROM %1$I.hole h, unnest(h.ids) i, LATERAL (SELECT * FROM %1$I.log l WHERE l.id >= lower(i) AND l.id < upper(i)) l WHERE h.source = %2$L
                    LIMIT 5000) l) r
            JOIN %1$I.fact f ON f.key = r.key AND coalesce(f.source, %2$L) = %2$L
            WHERE csagg.check_fact(r.key, f.kind, r.at, csagg.pipeline_value(f.kind, r.value), r.actor) IS NULL
                AND NOT EXISTS (SELECT FROM %1$I.seen s WHERE s.tenant = r.tenant AND s.event_id = r.event_id)) r
        WHERE event_id IS NULL OR nth = 1
        GROUP BY tenant, customer$sql$, pipeline, source)
$body$;
COMMENT ON FUNCTION csagg.pipeline_pending_log(name, text) IS
    'a query for the rows of the log that are visible and not folded: histories by customer, the last time of recording, and how many rows were read';

CREATE FUNCTION csagg.pipeline_recount_log(pipeline name, source text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT l.tenant, l.customer, l.key, f.kind, l.at, csagg.pipeline_value(f.kind, l.value) AS value, l.actor, l.id
        FROM %1$I.source m JOIN %1$I.log l ON l.id <= m.upto JOIN %1$I.fact f ON f.key = l.key AND coalesce(f.source, m.name) = m.name
            LEFT JOIN %1$I.seen s ON s.tenant = l.tenant AND s.event_id = l.event_id
        WHERE m.name = %2$L AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = m.name AND h.ids @> l.id)
            AND csagg.check_fact(l.key, f.kind, l.at, csagg.pipeline_value(f.kind, l.value), l.actor) IS NULL AND (s.id IS NULL OR s.source = m.name AND s.id = l.id)$sql$, pipeline, source)
$body$;
COMMENT ON FUNCTION csagg.pipeline_recount_log(name, text) IS
    'a query for the rows of the log that should have been folded, in plain SQL: what verify() compares with';

CREATE FUNCTION csagg.pipeline_count_log(pipeline name, source text) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    counted bigint;
BEGIN
    EXECUTE format($sql$
        SELECT count(*) FROM %1$I.source m JOIN %1$I.log l ON l.id <= m.upto
        WHERE m.name = $1 AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = m.name AND h.ids @> l.id)$sql$, pipeline) INTO counted USING source;
    RETURN counted;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_count_log(name, text) IS
    'how many rows of the log are below the mark, but for those in holes';
