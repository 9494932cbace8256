-- What people and BI tools read: plain types, one row a customer, right at any instant: what is stored, overlaid with rows
-- that are visible and not folded yet, and with what is beyond the stored outlook.

-- The WITH is not the view's own: the columns of a page are then computed for its rows only.
CREATE FUNCTION csagg.pipeline_health(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
SELECT h.tenant, h.customer, csagg.number_at(h.score, %2$s) AS score,
    csagg.text_at(h.band, %2$s) AS band, csagg.text_at(h.stage, %2$s) AS stage, csagg.number_at(h.coverage, %2$s) AS coverage,
    csagg.pipeline_since(h.band, %2$s) AS band_since, csagg.pipeline_before(h.band, %2$s) AS previous_band,
    csagg.number_at(h.score, %2$s - interval '720 hours') AS score_30_days_ago, csagg.pipeline_alerts_at(h.alerts, %2$s) AS alerts,
    csagg.pipeline_next_change(h.score, h.stage, h.band, h.coverage, h.alerts, %2$s, h.until_at) AS next_change,
    CASE WHEN (h.tenant, h.customer) IN (SELECT o.tenant, o.customer FROM csagg.pipeline_overridden(%1$L) o)
        THEN csagg.pipeline_overridden_by(%1$L, h.tenant, h.customer, %2$s) END AS overridden_by,
    h.error ->> 'message' AS error, h.through AS assessed_through
FROM (
    WITH %3$s,
    through AS MATERIALIZED (
        SELECT nullif(least(through, (SELECT max(recorded_at) FROM pending HAVING max(n) >= 5000)), '-infinity') AS at FROM moment)
    SELECT tenant, customer, %6$s AS score, stage, band, coverage, alerts, error, until_at, (SELECT at FROM through) AS through FROM %1$I.current c
    WHERE %5$s >= from_at AND %2$s < until_at AND (tenant, customer) NOT IN (SELECT p.tenant, p.customer FROM pending p)
    UNION ALL
    SELECT s.tenant, s.customer, o.score, o.stage, o.band, o.coverage, o.alerts, o.error, coalesce(o.until_at, %2$s + interval '35 days'),
        (SELECT at FROM through)
    FROM %4$s s
        CROSS JOIN LATERAL csagg.pipeline_overlaid(%1$L, s.tenant, s.customer, s.facts, csagg.pipeline_pin(s.reigns, s.facts),
            greatest(least(s.from_at, %2$s - interval '720 hours'), s.kept_from), %2$s + interval '35 days', %2$s, s.seed) o) h$sql$,
        pipeline, as_of, csagg.pipeline_pending(pipeline, as_of), csagg.pipeline_computed(pipeline, as_of),
        CASE WHEN as_of = 'csagg.pipeline_now()' THEN as_of ELSE csagg.pipeline_begun(as_of) END,
        CASE WHEN as_of = 'csagg.pipeline_now()' THEN 'c.score' ELSE csagg.pipeline_scores() END)
$body$;
COMMENT ON FUNCTION csagg.pipeline_health(name, text) IS
    'the query of the view health, for an instant that is an SQL expression';

CREATE FUNCTION csagg.pipeline_view_health(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW %I.health WITH (security_invoker = true) AS %s', pipeline, csagg.pipeline_health(pipeline, 'csagg.pipeline_now()'));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_health(name) IS
    'makes the view health of a pipeline, or makes it anew';

CREATE FUNCTION csagg.health_at(pipeline name, as_of timestamptz, INOUT customer text DEFAULT NULL, INOUT tenant text DEFAULT '',
    OUT score numeric, OUT band text, OUT stage text, OUT coverage numeric, OUT band_since timestamptz, OUT previous_band text,
    OUT score_30_days_ago numeric, OUT alerts text[], OUT next_change timestamptz, OUT overridden_by text, OUT error text, OUT assessed_through timestamptz)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF as_of IS NULL OR NOT isfinite(as_of) THEN
        RAISE datetime_field_overflow USING MESSAGE = 'health_at() needs a finite instant';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        SELECT customer, tenant, score, band, stage, coverage, band_since, previous_band, score_30_days_ago, alerts, next_change, overridden_by,
            error, assessed_through
        FROM (%s) h WHERE tenant = $2 AND ($3 IS NULL OR customer = $3)$sql$, csagg.pipeline_health(pipeline, '$1'))
        USING as_of, tenant, customer;
END $body$;
COMMENT ON FUNCTION csagg.health_at(name, timestamptz, text, text) IS
    'rows like those of the view health, of a tenant''s customers (customer NULL) or of one, at any instant, past or future, with all that is known now; no rows for a tenant that is NULL. Reads with the caller''s rights. Errors: 22008 for an instant that is NULL or infinite, 42704 where there is no such pipeline, 22004 for NULL';
