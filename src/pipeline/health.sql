-- What people and BI tools read: plain types, one row a customer, right at any instant: what is stored, overlaid with rows
-- that are visible and not folded yet, and with what is beyond the stored outlook.

CREATE FUNCTION csagg.pipeline_pending(pipeline name) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    part text;
    parts text[];
BEGIN
    FOR source IN EXECUTE format('SELECT name, kind FROM %I.source ORDER BY name', pipeline) LOOP
        EXECUTE format('SELECT csagg.%I($1, $2)', 'pipeline_pending_' || source.kind) INTO part USING pipeline, source.name;
        parts := parts || part;
    END LOOP;
    RETURN format('SELECT x.* FROM (%s) x WHERE NOT %s', array_to_string(parts, ' UNION ALL '), csagg.pipeline_suppressed(pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_pending(name) IS
    'a query for the rows of all sources that are visible and not folded: what pipeline_pending_KIND() gives for each';

CREATE FUNCTION csagg.pipeline_health(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
WITH pending AS MATERIALIZED (%2$s), reign AS MATERIALIZED (%5$s)
SELECT h.tenant, h.customer, csagg.number_at(h.score, %4$s) AS score, csagg.text_at(h.band, %4$s) AS band, csagg.text_at(h.stage, %4$s) AS stage,
    csagg.number_at(h.coverage, %4$s) AS coverage,
    (SELECT b.valid_from FROM csagg.changes(h.band) b WHERE b.valid_from <= %4$s AND b.valid_until > %4$s) AS band_since,
    (SELECT b.value FROM csagg.changes(h.band) b WHERE b.valid_until <= %4$s ORDER BY b.valid_from DESC LIMIT 1) AS previous_band,
    csagg.number_at(h.score, %4$s - interval '30 days') AS score_30_days_ago,
    ARRAY(SELECT f.key FROM csagg.facts(h.alerts) f WHERE csagg.bool_at(csagg.timeline_of(h.alerts, f.key), %4$s) ORDER BY f.key COLLATE "C") AS alerts,
    (SELECT min(edge) FROM (
        SELECT * FROM csagg.changes(h.score) UNION ALL SELECT * FROM csagg.changes(h.stage) UNION ALL SELECT * FROM csagg.changes(h.coverage)
        UNION ALL SELECT a.* FROM csagg.facts(h.alerts) f, csagg.changes(csagg.timeline_of(h.alerts, f.key)) a) c, unnest(ARRAY[c.valid_from, c.valid_until]) edge
     WHERE edge > %4$s AND edge < h.until_at) AS next_change,
    NULL::text AS overridden_by,
    h.error ->> 'message' AS error,
    CASE WHEN EXISTS (SELECT FROM pending HAVING max(n) >= 5000) THEN (SELECT max(recorded_at) FROM pending)
        ELSE least(csagg.pipeline_now(), (SELECT min(since) FROM %1$I.todo WHERE why = 'rules')) END AS assessed_through
FROM (
    SELECT tenant, customer, score, stage, band, coverage, alerts, error, until_at FROM %1$I.current c
    WHERE %4$s >= from_at AND %4$s < until_at AND NOT EXISTS (SELECT FROM pending p WHERE p.tenant = c.tenant AND p.customer = c.customer)
    UNION ALL
    SELECT s.tenant, s.customer, o.score, o.stage, o.band, o.coverage, o.alerts, o.error, s.until_at FROM (
        SELECT tenant, customer, csagg.merge(facts) AS facts, least(min(from_at), %4$s - interval '30 days') AS from_at, %4$s + interval '35 days' AS until_at FROM (
            SELECT tenant, customer, facts, from_at FROM %1$I.current c
            WHERE %4$s < from_at OR %4$s >= until_at OR EXISTS (SELECT FROM pending p WHERE p.tenant = c.tenant AND p.customer = c.customer)
            UNION ALL SELECT tenant, customer, facts, from_at FROM pending) b
        GROUP BY tenant, customer) s CROSS JOIN LATERAL (%3$s) o) h$sql$, pipeline, csagg.pipeline_pending(pipeline), csagg.pipeline_outlook(pipeline), as_of, csagg.pipeline_reign(pipeline))
$body$;
COMMENT ON FUNCTION csagg.pipeline_health(name, text) IS
    'the query of the view health, for an instant that is an SQL expression; for the pipeline''s functions only';

CREATE FUNCTION csagg.pipeline_view_health(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW %I.health WITH (security_invoker = true) AS %s', pipeline, csagg.pipeline_health(pipeline, 'csagg.pipeline_now()'));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_health(name) IS
    'makes the view health of a pipeline, again when its sources have changed';

CREATE FUNCTION csagg.health_at(pipeline name, as_of timestamptz, INOUT customer text DEFAULT NULL, INOUT tenant text DEFAULT '',
    OUT score numeric, OUT band text, OUT stage text, OUT coverage numeric, OUT band_since timestamptz, OUT previous_band text,
    OUT score_30_days_ago numeric, OUT alerts text[], OUT next_change timestamptz, OUT overridden_by text, OUT error text, OUT assessed_through timestamptz)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF as_of IS NULL OR NOT isfinite(as_of) THEN
        RAISE datetime_field_overflow USING MESSAGE = 'health_at() needs a finite instant';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        SELECT customer, tenant, score, band, stage, coverage, band_since, previous_band, score_30_days_ago, alerts, next_change, overridden_by, error, assessed_through
        FROM (%s) h WHERE tenant = $2 AND ($3 IS NULL OR customer = $3)$sql$, csagg.pipeline_health(pipeline, '$1'))
        USING as_of, tenant, customer;
END $body$;
COMMENT ON FUNCTION csagg.health_at(name, timestamptz, text, text) IS
    'rows like those of the view health, of a tenant''s customers or of one, at any instant, past or future, with all that is known now. Reads with the caller''s rights. Errors: 22008 for an instant that is NULL or infinite, 42P01 where there is no such pipeline';
