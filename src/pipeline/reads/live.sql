-- What the reads of whole populations are made of: every customer's timelines up to now, and grids that end now.

CREATE FUNCTION csagg.pipeline_live(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
WITH %2$s,
live AS (
    SELECT c.tenant, c.customer, %4$s AS facts, %5$s AS from_at, c.kept_from, %6$s AS score, c.stage, c.band, %7$s AS coverage FROM %1$I.current c
    WHERE csagg.pipeline_now() < until_at AND (tenant, customer) NOT IN (SELECT p.tenant, p.customer FROM pending p)
    UNION ALL
    SELECT s.tenant, s.customer, s.facts, s.from_at, s.kept_from, o.score, o.stage, o.band, o.coverage
    FROM %3$s s
        CROSS JOIN LATERAL csagg.pipeline_overlaid(%1$L, s.tenant, s.customer, s.facts, csagg.pipeline_pin(s.reigns, s.facts), s.from_at,
            csagg.pipeline_now() + interval '1 microsecond', csagg.pipeline_now(), s.seed) o)$sql$,
        pipeline, csagg.pipeline_pending(pipeline), csagg.pipeline_computed(pipeline, 'csagg.pipeline_now()'),
        csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_whole(pipeline, 'score'),
        csagg.pipeline_whole(pipeline, 'coverage'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_live(name) IS
    'the WITH of a query: "pending", what is not folded; "live", each customer with facts, and score, stage, band and coverage over time, right up to now: with rows that are not folded, and beyond the stored outlook';

-- One look into the index for each tenant, however many customers they have.
CREATE FUNCTION csagg.pipeline_tenants(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        WITH RECURSIVE step AS (
            SELECT min(tenant) AS tenant FROM %1$I.current
            UNION ALL SELECT (SELECT min(tenant) FROM %1$I.current c WHERE c.tenant > s.tenant) FROM step s WHERE s.tenant IS NOT NULL)
        SELECT tenant FROM step WHERE tenant IS NOT NULL UNION SELECT tenant FROM pending$sql$, pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_tenants(name) IS
    'a query for the tenants that have customers; beside pipeline_live()';

-- Boundaries are instants, written in UTC, so that the end may lie anywhere, also in an hour that the clocks repeat.
CREATE FUNCTION csagg.pipeline_until(over csagg.grid, now timestamptz) RETURNS csagg.grid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $body$
    SELECT csagg.grid_of(array_agg(starts_at::timestamp ORDER BY starts_at) || least(max(ends_at), now + interval '1 microsecond')::timestamp, 'UTC',
        CASE WHEN over::text LIKE '% at start' THEN 'start' ELSE 'end' END)
    FROM csagg.buckets(over) WHERE starts_at <= now AND starts_at < ends_at HAVING count(*) > 0
$body$;
COMMENT ON FUNCTION csagg.pipeline_until(csagg.grid, timestamptz) IS
    'the buckets that have begun, at the same instants, the last one cut just after `now`; NULL if there are none';
