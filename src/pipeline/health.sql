-- What people and BI tools read: plain types, one row a customer, right at now().

CREATE FUNCTION csagg.pipeline_view_health(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE VIEW %1$I.health WITH (security_invoker = true) AS
SELECT c.tenant, c.customer, csagg.number_at(c.score, now()) AS score, csagg.text_at(c.band, now()) AS band, csagg.text_at(c.stage, now()) AS stage,
    csagg.number_at(c.coverage, now()) AS coverage,
    (SELECT max(b.valid_from) FROM csagg.changes(c.band) b WHERE b.valid_from <= now()) AS band_since,
    (SELECT b.value FROM csagg.changes(c.band) b WHERE b.valid_from <= now() ORDER BY b.valid_from DESC OFFSET 1 LIMIT 1) AS previous_band,
    csagg.number_at(c.score, now() - interval '30 days') AS score_30_days_ago,
    ARRAY(SELECT f.key FROM csagg.facts(c.alerts) f WHERE csagg.bool_at(csagg.timeline_of(c.alerts, f.key), now())) AS alerts,
    NULL::timestamptz AS next_change,
    NULL::text AS overridden_by,
    c.error ->> 'message' AS error,
    p.last_step AS assessed_through
FROM %1$I.current c, %1$I.pipeline p$sql$, pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_health(name) IS
    'makes the view health of a pipeline; for create_pipeline() only';
