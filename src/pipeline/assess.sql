-- What the rules say of customers, from their first row to some weeks ahead, so that reads stay exact while nothing runs.

CREATE FUNCTION csagg.pipeline_next(alerts csagg.history, through timestamptz, settle interval, until_at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT least(until_at, min(edge) + settle)
    FROM csagg.facts(alerts) f, csagg.changes(csagg.timeline_of(alerts, f.key)) c, unnest(ARRAY[c.valid_from, c.valid_until]) edge
    WHERE c.value = 'true' AND edge > through
$body$;
COMMENT ON FUNCTION csagg.pipeline_next(csagg.history, timestamptz, interval, timestamptz) IS
    'when a step has to look at a customer again: where an alert begins or ends after `through`, and where its assessment ends';

CREATE FUNCTION csagg.pipeline_assess(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval, behind boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN;
    END IF;
    EXECUTE format($sql$
        WITH change AS MATERIALIZED (
            SELECT tenant, customer, csagg.merge(facts) FILTER (WHERE source IS NULL) AS facts, min(from_at) AS from_at,
                csagg.merge(facts) FILTER (WHERE source IS NOT NULL) AS fresh, array_agg(source) FILTER (WHERE source IS NOT NULL) AS sources
            FROM unnest($1) GROUP BY tenant, customer),
        reign AS MATERIALIZED (%3$s),
        subject AS MATERIALIZED (
            SELECT tenant, customer, CASE WHEN n.sources IS NULL THEN csagg.merge(c.facts, n.facts)
                ELSE csagg.replace_facts(csagg.drop_facts(csagg.merge(c.facts, n.facts), ARRAY(SELECT key FROM %1$I.fact WHERE source = ANY (n.sources))), n.fresh) END AS facts, least(c.from_at, n.from_at) AS from_at,
                $2 + interval '35 days' * (0.5 + random() / 2) AS until_at
            FROM change n LEFT JOIN %1$I.current c USING (tenant, customer)),
        outlook AS (
            SELECT s.*, o.* FROM subject s CROSS JOIN LATERAL (%2$s) o
            WHERE s.facts IS NOT NULL)
        INSERT INTO %1$I.current AS c (tenant, customer, facts, from_at, until_at, score, stage, band, coverage, alerts, error, next_at)
        SELECT o.*, CASE WHEN $4 THEN $2 ELSE csagg.pipeline_next(o.alerts, $2 - $3, $3, o.until_at) END FROM outlook o ORDER BY tenant, customer
        ON CONFLICT (tenant, customer) DO UPDATE SET facts = excluded.facts, from_at = excluded.from_at, until_at = excluded.until_at,
            score = CASE WHEN excluded.error IS NULL THEN excluded.score ELSE c.score END,
            stage = CASE WHEN excluded.error IS NULL THEN excluded.stage ELSE c.stage END,
            band = CASE WHEN excluded.error IS NULL THEN excluded.band ELSE c.band END,
            coverage = CASE WHEN excluded.error IS NULL THEN excluded.coverage ELSE c.coverage END,
            alerts = CASE WHEN excluded.error IS NULL THEN excluded.alerts ELSE c.alerts END,
            error = excluded.error,
            next_at = CASE WHEN c.next_at > $2 AND c.next_at <= excluded.next_at THEN c.next_at ELSE excluded.next_at END$sql$, pipeline, csagg.pipeline_outlook(pipeline), csagg.pipeline_reign(pipeline))
        USING changes, now, settle, behind;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_assess(name, csagg.pipeline_change[], timestamptz, interval, boolean) IS
    'merges facts into customers, or puts them in place of what their source said before, and assesses these up to 17 to 35 days ahead. next_at stays an earlier instant that is still ahead, so that most updates touch no index; while rows are behind it is now, for alerts wait until none are';
