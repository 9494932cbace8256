-- Customers whose rows of one source are read anew: all facts of that source are put in place of what it said before.

-- A source of kind k that does so has the function pipeline_reread_k(pipeline, source, asked, now).
CREATE FUNCTION csagg.pipeline_reread(pipeline name, now timestamptz, most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    asked csagg.pipeline_change[];
    part csagg.pipeline_change[];
    changes csagg.pipeline_change[] := '{}';
    failure text;
BEGIN
    FOR source IN EXECUTE format('SELECT name, kind FROM %1$I.source WHERE name IN (SELECT t.source FROM %1$I.todo t) ORDER BY name', pipeline) LOOP
        failure := NULL;
        BEGIN
            asked := csagg.pipeline_asked_of(pipeline, source.name, most);
            EXECUTE format('SELECT csagg.%I($1, $2, $3, $4)', 'pipeline_reread_' || source.kind) INTO part USING pipeline, source.name, asked, now;
            changes := changes || part;
        EXCEPTION
            WHEN lock_not_available THEN CONTINUE;
            WHEN OTHERS THEN failure := SQLERRM;
        END;
        PERFORM csagg.pipeline_failed(pipeline, source.name, failure);
    END LOOP;
    RETURN changes;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread(name, timestamptz, integer) IS
    'takes customers whose rows changed from `todo`, at most so many of a source, and reads these. What stands in the way becomes the source''s error, and the rows of `todo` stay';

CREATE FUNCTION csagg.pipeline_asked_of(pipeline name, source text, most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    asked csagg.pipeline_change[];
BEGIN
    EXECUTE format($sql$
        WITH chosen AS MATERIALIZED (
            SELECT tenant, customer FROM %1$I.todo WHERE source = $1 AND customer IS NOT NULL GROUP BY tenant, customer ORDER BY min(id) LIMIT $2),
        taken AS (DELETE FROM %1$I.todo t USING chosen c WHERE t.source = $1 AND t.tenant = c.tenant AND t.customer = c.customer RETURNING t.*),
        one AS (SELECT tenant, customer, min(from_at) AS from_at FROM taken GROUP BY tenant, customer)
        SELECT coalesce(array_agg(ROW(tenant, customer, NULL, from_at, NULL, $1)::csagg.pipeline_change), '{}') FROM one$sql$, pipeline) INTO asked USING source, most;
    RETURN asked;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_asked_of(name, text, integer) IS
    'takes a source''s customers from `todo`, each with the earliest instant that changed';

-- Rows that are not folded yet stay out: they are above the mark or in a hole. What is older than the table's first row was
-- kept when its rows went, unless deletions retract.
CREATE FUNCTION csagg.pipeline_reread_events(pipeline name, source text, asked csagg.pipeline_change[], now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    rows constant text := csagg.pipeline_rows(pipeline, source);
    cut timestamptz;
    changes csagg.pipeline_change[];
BEGIN
    EXECUTE format($sql$
        SELECT CASE s.spec ->> 'deletes' WHEN 'retract' THEN '-infinity' ELSE least((SELECT min(at) FROM (%2$s) r), (SELECT min(from_at) FROM unnest($2)), 'infinity') END
        FROM %1$I.source s WHERE name = $1$sql$, pipeline, rows) INTO cut USING source, asked;
    EXECUTE format($sql$
        WITH came AS MATERIALIZED (
            SELECT r.*, coalesce(f.kind, r.kind) AS sort,
                csagg.pipeline_reason(r.tenant, r.customer, r.key, f.kind, r.kind, r.at, r.value, r.actor, r.event_id, f.source, r.owner) AS reason
            FROM (%2$s) r JOIN unnest($2) a ON a.tenant = r.tenant AND a.customer = r.customer JOIN %1$I.source s ON s.name = $1 LEFT JOIN %1$I.fact f ON f.key = r.key
            WHERE r.wanted AND r.id <= s.upto AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = $1 AND h.ids @> r.id::bigint)),
        bad AS (
            INSERT INTO %1$I.rejected SELECT DISTINCT ON (id) $1, id, reason, to_jsonb(came) - '{kind,sort,wanted,owner,reason}'::text[], $3 FROM came WHERE reason IS NOT NULL
            ON CONFLICT (source, id) DO UPDATE SET reason = excluded.reason, row = excluded.row, at = excluded.at),
        good AS (DELETE FROM %1$I.rejected r USING came c WHERE r.source = $1 AND r.id = c.id AND c.reason IS NULL),
        claim AS (
            INSERT INTO %1$I.fact (key, kind, source) SELECT DISTINCT key, sort, $1 FROM came WHERE reason IS NULL
            ON CONFLICT (key) DO UPDATE SET source = excluded.source WHERE fact.source IS NULL),
        first AS (
            INSERT INTO %1$I.seen AS s (tenant, event_id, at, source, id)
            SELECT DISTINCT ON (tenant, event_id) tenant, event_id, at, $1, id FROM came
            WHERE reason IS NULL AND event_id IS NOT NULL ORDER BY tenant, event_id, id
            ON CONFLICT (tenant, event_id) DO UPDATE SET id = excluded.id, at = excluded.at
                WHERE s.source = $1 AND CASE WHEN $4 = '-infinity' THEN NOT EXISTS (SELECT FROM (%2$s) r WHERE r.id = s.id AND r.event_id = s.event_id AND r.tenant = s.tenant)
                    ELSE EXISTS (SELECT FROM (%2$s) r WHERE r.id = s.id AND (r.event_id = s.event_id AND r.tenant = s.tenant) IS NOT TRUE) END
            RETURNING id),
        seen AS (SELECT s.id FROM came c JOIN %1$I.seen s ON s.tenant = c.tenant AND s.event_id = c.event_id AND s.source = $1 AND s.id = c.id),
        change AS (
            SELECT tenant, customer, csagg.history(key, sort, at, csagg.pipeline_value(sort, value), actor, id) AS facts, min(csagg.pipeline_from(at, $3)) AS from_at FROM came
            WHERE reason IS NULL AND (event_id IS NULL OR id IN (TABLE first UNION ALL TABLE seen)) GROUP BY tenant, customer)
        SELECT array_agg(ROW(a.tenant, a.customer, csagg.merge(n.facts, CASE WHEN $4 > '-infinity' THEN csagg.pipeline_older(%3$L, $1, c.facts, $4) END), n.from_at, NULL, $1)::csagg.pipeline_change)
        FROM unnest($2) a LEFT JOIN change n ON n.tenant = a.tenant AND n.customer = a.customer LEFT JOIN %1$I.current c ON c.tenant = a.tenant AND c.customer = a.customer$sql$, pipeline, rows, pipeline)
        INTO changes USING source, asked, now, cut;
    RETURN coalesce(changes, '{}');
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reread_events(name, text, csagg.pipeline_change[], timestamptz) IS
    'what an events table says of these customers, by one scan of it';

CREATE FUNCTION csagg.pipeline_older(pipeline name, source text, facts csagg.history, horizon timestamptz) RETURNS csagg.history
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    old constant csagg.history := csagg.slice(facts, '-infinity', horizon);
    others text[];
BEGIN
    EXECUTE format('SELECT ARRAY(SELECT f.key FROM csagg.facts($2) f LEFT JOIN %I.fact USING (key) WHERE source IS DISTINCT FROM $1 OR f.entries = 0)', pipeline) INTO others USING source, old;
    RETURN csagg.drop_facts(old, others);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_older(name, text, csagg.history, timestamptz) IS
    'a source''s part of facts before a horizon';
