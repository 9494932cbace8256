-- Customers whose rows of one source are read anew: all facts of that source are put in place of what it said before.

-- A source of kind k that does so has the function pipeline_reread_k(pipeline, source, asked, folded, now), where folded is
-- what the same step has folded and not stored yet.
CREATE FUNCTION csagg.pipeline_reread(pipeline name, folded csagg.pipeline_change[], now timestamptz, most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_sort = on AS $body$
DECLARE
    source record;
    asked csagg.pipeline_change[];
    part csagg.pipeline_change[];
    changes csagg.pipeline_change[] := '{}';
    failure text;
BEGIN
    FOR source IN SELECT * FROM csagg.pipeline_query(format('SELECT s.name, s.kind FROM (SELECT DISTINCT source FROM %I.todo WHERE source IS NOT NULL) t JOIN (%s) s ON s.name = t.source ORDER BY s.name',
        pipeline, csagg.pipeline_sources(pipeline))) q(name text, kind text) LOOP
        FOR attempt IN 1 .. 2 LOOP
            failure := NULL;
            BEGIN
                asked := csagg.pipeline_asked_of(pipeline, source.name, most);
                PERFORM csagg.pipeline_ours(pipeline, source.name);
                IF source.kind = 'events' THEN
                    asked := csagg.pipeline_try_again(pipeline, source.name, asked, attempt = 2, now);
                END IF;
                part := CASE WHEN attempt = 2 THEN csagg.pipeline_reread_apart(pipeline, source.name, source.kind, asked, folded, now)
                    ELSE csagg.pipeline_reread_of(pipeline, source.name, source.kind, asked, folded, now) END;
                changes := changes || part;
                EXIT;
            EXCEPTION
                WHEN data_exception OR serialization_failure THEN failure := SQLERRM;  -- others claimed one of its facts meanwhile
                WHEN lock_not_available THEN EXIT;
                WHEN OTHERS THEN
                    failure := SQLERRM;
                    EXIT;
            END;
        END LOOP;
        PERFORM csagg.pipeline_failed(pipeline, source.name, failure);
    END LOOP;
    RETURN changes;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread(name, csagg.pipeline_change[], timestamptz, integer) IS
    'takes customers whose rows changed from `todo`, at most so many of a source, and reads these. What stands in the way becomes the source''s error, and the rows of `todo` stay';

CREATE FUNCTION csagg.pipeline_reread_of(pipeline name, source text, kind text, asked csagg.pipeline_change[], folded csagg.pipeline_change[],
    now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (
        SELECT p
        FROM csagg.pipeline_query(format('SELECT csagg.%I($1, $2, $3, $4, $5)', 'pipeline_reread_' || kind), pipeline, source, asked, folded,
            now) q(p csagg.pipeline_change[]));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread_of(name, text, text, csagg.pipeline_change[], csagg.pipeline_change[], timestamptz) IS
    'pipeline_reread_KIND()';

-- A row that its filter failed on may be another one by now, or the filter be mended.
CREATE FUNCTION csagg.pipeline_try_again(pipeline name, source text, asked csagg.pipeline_change[], singly boolean,
    now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    faulty bigint[];
    ids bigint[];
    mended csagg.pipeline_change[];
BEGIN
    EXECUTE format('SELECT array_agg(id) FROM %I.rejected r WHERE r.source = $1 AND row ? ''fault''', pipeline) INTO faulty USING source;
    IF NOT singly AND faulty IS NULL THEN
        RETURN asked;
    END IF;
    ids := csagg.pipeline_ids_of(pipeline, source, asked);
    faulty := ARRAY(SELECT unnest(ids) INTERSECT SELECT unnest(faulty));
    EXECUTE format('DELETE FROM %I.rejected r WHERE r.source = $1 AND r.id = ANY ($2)', pipeline) USING source, faulty;
    PERFORM csagg.pipeline_try(pipeline, source, CASE WHEN singly THEN ids ELSE faulty END, now);
    EXECUTE format($sql$
        SELECT array_agg(DISTINCT ROW(r.tenant, r.customer, NULL, r.at, NULL, $1)::csagg.pipeline_change) FROM (%2$s) r
        WHERE r.id = ANY ($2)
            AND r.id NOT IN (SELECT id FROM %1$I.rejected b WHERE b.source = $1)
            AND (r.tenant, r.customer) IN (SELECT tenant, customer FROM unnest($3))
            AND r.at IS NOT NULL$sql$,
        pipeline, csagg.pipeline_rows(pipeline, source)) INTO mended USING source, faulty, asked;
    RETURN asked || coalesce(mended, '{}');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_try_again(name, text, csagg.pipeline_change[], boolean, timestamptz) IS
    'tries rows of these customers anew that a filter failed on, singly all of their rows: those that it fails on are in `rejected` then, and no others; gives what is asked, and the instants of rows that it fails on no more';

-- Rows that cannot be put together are one customer's: found by halves. Of events what is known stays.
CREATE FUNCTION csagg.pipeline_reread_apart(pipeline name, source text, kind text, asked csagg.pipeline_change[], folded csagg.pipeline_change[],
    now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    pivot constant csagg.pipeline_change := asked[cardinality(asked) / 2 + 1];
    lower csagg.pipeline_change[];
    upper csagg.pipeline_change[];
    failure text;
BEGIN
    BEGIN
        RETURN csagg.pipeline_reread_of(pipeline, source, kind, asked, folded, now);
    EXCEPTION WHEN data_exception THEN
        failure := SQLERRM;
    END;
    -- What is asked of one customer stays together.
    lower := ARRAY(SELECT a FROM unnest(asked) a WHERE (a.tenant, a.customer) < (pivot.tenant, pivot.customer));
    upper := ARRAY(
        SELECT a FROM unnest(asked) a
        WHERE CASE WHEN cardinality(lower) = 0 THEN (a.tenant, a.customer) > (pivot.tenant, pivot.customer)
            ELSE (a.tenant, a.customer) >= (pivot.tenant, pivot.customer) END);
    IF cardinality(upper) > 0 THEN
        lower := CASE WHEN cardinality(lower) = 0
            THEN ARRAY(SELECT a FROM unnest(asked) a WHERE (a.tenant, a.customer) = (pivot.tenant, pivot.customer))
            ELSE lower END;
        RETURN csagg.pipeline_reread_apart(pipeline, source, kind, lower, folded, now)
            || csagg.pipeline_reread_apart(pipeline, source, kind, upper, folded, now);
    END IF;
    EXECUTE format($sql$
        INSERT INTO %I.rejected (source, id, reason, row, at)
        SELECT $1, hashtextextended(row::text, 0), $2, row, $4
        FROM (SELECT jsonb_build_object('tenant', ($3).tenant, 'customer', ($3).customer, 'whole', true) AS row) r
        ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, at = excluded.at$sql$, pipeline) USING source, failure, asked[1], now;
    RETURN CASE WHEN kind = 'events' THEN '{}' ELSE ARRAY[ROW(asked[1].tenant, asked[1].customer, NULL, NULL, NULL, source)::csagg.pipeline_change] END;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread_apart(name, text, text, csagg.pipeline_change[], csagg.pipeline_change[], timestamptz) IS
    'as pipeline_reread_of(); customers whose rows cannot be put together have none of them, or, of events, what they had, and `rejected` says why';

CREATE FUNCTION csagg.pipeline_asked_of(pipeline name, source text, most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT asked FROM csagg.pipeline_query(format($sql$
        WITH chosen AS MATERIALIZED (
            SELECT tenant, customer FROM %1$I.todo WHERE source = $1 AND customer IS NOT NULL GROUP BY tenant, customer ORDER BY min(id) LIMIT $2),
        taken AS (DELETE FROM %1$I.todo t USING chosen c WHERE t.source = $1 AND t.tenant = c.tenant AND t.customer = c.customer RETURNING t.*),
        gone AS (DELETE FROM %1$I.rejected r USING taken t WHERE r.source = $1 AND r.id = t.row)
        SELECT coalesce(array_agg(DISTINCT ROW(tenant, customer, NULL, from_at, NULL, $1)::csagg.pipeline_change), '{}') FROM taken$sql$,
        pipeline), source, most) q(asked csagg.pipeline_change[]));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_asked_of(name, text, integer) IS
    'takes a source''s customers from `todo`, with from_at what that says there; of rows that are gone nothing is rejected any more';

CREATE FUNCTION csagg.pipeline_ids_of(pipeline name, source text, asked csagg.pipeline_change[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
    ids bigint[];
BEGIN
    EXECUTE format('SELECT relation, spec ->> $s$id$s$ AS id, spec ->> $s$customer$s$ AS customer FROM %I.source WHERE name = $1',
        pipeline) INTO s USING source;
    EXECUTE format('SELECT ARRAY(SELECT %I FROM %s WHERE %I::text IN (SELECT customer FROM unnest($1)))', s.id, s.relation, s.customer) INTO ids USING asked;
    RETURN ids;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_ids_of(name, text, csagg.pipeline_change[]) IS
    'ids of an events table''s rows of these customers';

-- Only the instants of rows that changed are read anew: what is older than the table may be of rows that were folded and are
-- gone. The filter is evaluated for rows of these customers only: in `read`, above the join. Rows that are not folded yet stay out: they are above
-- the mark or in a hole.
CREATE FUNCTION csagg.pipeline_reread_events(pipeline name, source text, asked csagg.pipeline_change[], folded csagg.pipeline_change[],
    now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    rows constant text := csagg.pipeline_rows(pipeline, source);
    changes csagg.pipeline_change[];
BEGIN
    EXECUTE format($sql$
        WITH asked AS MATERIALIZED (
            SELECT tenant, customer, csagg.pipeline_spans(range_agg(CASE WHEN from_at IS NULL THEN %5$s ELSE tstzrange(from_at, from_at, '[]') END)) AS spans
            FROM unnest($2) GROUP BY tenant, customer),
        read AS MATERIALIZED (
            SELECT r.*, coalesce(f.kind, r.kind) AS sort, f.source AS belongs,
                csagg.pipeline_reason(r.tenant, r.customer, r.key, f.kind, r.kind, r.at, r.value, r.actor, r.event_id, f.source, r.owner) AS reason
            FROM (%2$s) r
                JOIN asked a ON a.tenant = r.tenant AND a.customer = r.customer
                JOIN %1$I.source s ON s.name = $1
                LEFT JOIN %1$I.fact f ON f.key = r.key
            WHERE a.spans @> r.at AND r.id <= s.upto AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = $1 AND h.ids @> r.id::bigint)),
        came AS MATERIALIZED (SELECT * FROM read WHERE wanted),
        bad AS (
            INSERT INTO %1$I.rejected
            SELECT DISTINCT ON (id) $1, id, reason, csagg.pipeline_excerpt(id, tenant, customer, key, at, value, actor, event_id), $3
            FROM came WHERE reason IS NOT NULL
            ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, row = excluded.row, at = excluded.at),
        good AS (
            DELETE FROM %1$I.rejected r USING read c
            WHERE r.source = $1 AND r.id = c.id AND (c.wanted AND c.reason IS NOT NULL) IS NOT TRUE AND NOT r.row ? 'fault'),
        whole AS (
            DELETE FROM %1$I.rejected r USING asked a
            WHERE r.source = $1 AND r.row ? 'whole' AND r.row ->> 'tenant' = a.tenant AND r.row ->> 'customer' = a.customer),
        claim AS (
            INSERT INTO %1$I.fact AS f (key, kind, source, shown_to) SELECT DISTINCT key, sort, $1, NULL FROM came WHERE reason IS NULL AND belongs IS NULL
            ON CONFLICT (key) DO UPDATE SET source = csagg.pipeline_claimed(f.key, f.source, excluded.source, f.kind, excluded.kind)),
        first AS (
            INSERT INTO %1$I.seen AS s (tenant, event_id, at, source, id)
            SELECT DISTINCT ON (tenant, event_id) tenant, event_id, at, $1, id FROM came
            WHERE reason IS NULL AND event_id IS NOT NULL ORDER BY tenant, event_id, id
            ON CONFLICT (tenant, event_id) DO UPDATE SET id = excluded.id, at = excluded.at
                WHERE s.source = $1 AND (NOT EXISTS (SELECT FROM (%2$s) r WHERE r.id = s.id AND r.event_id = s.event_id AND r.tenant = s.tenant)
                    OR EXISTS (SELECT FROM read r WHERE r.id = s.id AND NOT (r.wanted AND r.reason IS NULL)))
            RETURNING id),
        seen AS (SELECT s.id FROM came c JOIN %1$I.seen s ON s.tenant = c.tenant AND s.event_id = c.event_id AND s.source = $1 AND s.id = c.id),
        change AS (
            SELECT tenant, customer, csagg.history(key, sort, at, csagg.pipeline_value(sort, value), actor, id) AS facts,
                min(csagg.pipeline_from(at, $3)) AS from_at
            FROM came
            WHERE reason IS NULL AND (event_id IS NULL OR id IN (TABLE first UNION ALL TABLE seen)) GROUP BY tenant, customer)
        SELECT array_agg(
            ROW(a.tenant, a.customer, csagg.merge(n.facts, csagg.pipeline_outside(%3$L, $1, csagg.merge(%4$s, o.facts), a.spans)), n.from_at, NULL,
                $1)::csagg.pipeline_change)
        FROM asked a
            LEFT JOIN change n ON n.tenant = a.tenant AND n.customer = a.customer
            LEFT JOIN %1$I.current c ON c.tenant = a.tenant AND c.customer = a.customer
            LEFT JOIN (SELECT tenant, customer, csagg.merge(facts) AS facts FROM unnest($4) GROUP BY tenant, customer) o
                ON o.tenant = a.tenant AND o.customer = a.customer$sql$,
                pipeline, rows, pipeline, csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_ever(pipeline, source))
        INTO changes USING source, asked, now, folded;
    RETURN coalesce(changes, '{}');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread_events(name, text, csagg.pipeline_change[], csagg.pipeline_change[], timestamptz) IS
    'what an events table says of these customers at the instants asked for (NULL: at all), by one scan of it, together with what the source said of others';

-- Where what is deleted stays counted, all that is older than the table's rows does. In the statement that reads these: the first may go at any time.
CREATE FUNCTION csagg.pipeline_ever(pipeline name, source text) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
BEGIN
    EXECUTE format('SELECT relation::regclass, spec FROM %I.source WHERE name = $1', pipeline) INTO s USING source;
    IF s.spec ->> 'deletes' = 'retract' THEN
        RETURN $$tstzrange '(,)'$$;
    END IF;
    RETURN format($$
        (SELECT CASE WHEN min(%1$s) IS NULL THEN 'empty' ELSE tstzrange(min(%1$s), NULL) END FROM %2$s e)$$,
        csagg.pipeline_instant(s.relation, (s.spec ->> 'at')::name), s.relation);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_ever(name, text) IS
    'an expression for the time of which an events table says all there is to say, for customers of whom everything is to be read anew';

CREATE FUNCTION csagg.pipeline_spans(spans tstzmultirange) RETURNS tstzmultirange
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN (SELECT count(*) FROM unnest(spans)) > 100 THEN tstzmultirange(range_merge(spans)) ELSE spans END
$body$;
COMMENT ON FUNCTION csagg.pipeline_spans(tstzmultirange) IS
    'the same, and of more than 100 one span for all, since each costs a pass over the facts';

CREATE FUNCTION csagg.pipeline_outside(pipeline name, source text, facts csagg.history, spans tstzmultirange) RETURNS csagg.history
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    kept csagg.history := (
        SELECT csagg.merge(
            csagg.slice(facts,
                CASE WHEN lower_inf(s) THEN '-infinity'
                    WHEN lower(s) = '-infinity' THEN '4714-11-24 00:00:00+00 BC'
                    ELSE lower(s) + interval '1 microsecond' END,
                coalesce(upper(s), 'infinity')))
        FROM unnest('{(,)}'::tstzmultirange - spans) s WHERE lower_inf(s) OR lower(s) < '294276-12-31 23:59:59.999999+00');
    others text[];
BEGIN
    EXECUTE format('SELECT ARRAY(SELECT f.key FROM csagg.facts($2) f LEFT JOIN %I.fact USING (key) WHERE source IS DISTINCT FROM $1 OR CASE WHEN f.entries > 0 THEN false WHEN f.kind = ''counter'' THEN csagg.known_from(csagg.counter_of($2, f.key)) IS NULL ELSE true END)',
        pipeline) INTO others USING source, kept;
    RETURN csagg.drop_facts(kept, others);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_outside(name, text, csagg.history, tstzmultirange) IS
    'a source''s counters but for these spans of time; one of which all was forgotten, too';
