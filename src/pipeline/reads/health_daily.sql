-- How many customers were in which band and stage at the end of each day: from the stored timelines, by their changes.

CREATE FUNCTION csagg.pipeline_reigning(pipeline name, OUT tenant text, OUT reigns csagg.pipeline_reign[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
BEGIN
    RETURN QUERY EXECUTE csagg.pipeline_reigns_by_tenant(pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reigning(name) IS
    'the rule sets of each tenant that has its own, and of the empty text for all others: pipeline_reigns_by_tenant()';

CREATE FUNCTION csagg.pipeline_view_health_daily(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE VIEW %1$I.health_daily WITH (security_invoker = true) AS
%2$s, reign AS MATERIALIZED (SELECT * FROM csagg.pipeline_reigning(%4$L)),
zone AS MATERIALIZED (
    SELECT tenant, zone, csagg.pipeline_until(csagg.last_buckets(400, '1 day', zone, csagg.pipeline_now()), csagg.pipeline_now()) AS days
    FROM (
        SELECT tenant, csagg.jsonb(r.rules) ->> 'timezone' AS zone
        FROM reign, unnest(reigns) r
        WHERE r.since <= csagg.pipeline_now() AND r.until > csagg.pipeline_now()) z),
counted AS (
    SELECT t.tenant, z.zone, c.counts
    FROM (%3$s) t JOIN zone z ON z.tenant = CASE WHEN t.tenant IN (SELECT tenant FROM reign) THEN t.tenant ELSE '' END
        CROSS JOIN LATERAL (SELECT csagg.distribution(ARRAY[l.band, l.stage], z.days) AS counts FROM live l WHERE l.tenant = t.tenant) c)
SELECT tenant, (starts_at AT TIME ZONE zone)::date AS day, members[1] AS band, members[2] AS stage, n AS customers
FROM counted, csagg.joint_buckets(counts)$sql$, pipeline, csagg.pipeline_live(pipeline), csagg.pipeline_tenants(pipeline), pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_health_daily(name) IS
    'makes the view health_daily of a pipeline, or makes it anew';
