-- What people and BI tools read: plain types, one row a customer, right at any instant: what is stored, overlaid with rows
-- that are visible and not folded yet, and with what is beyond the stored outlook. No WITH in the view: the columns of a page are
-- then computed for its rows only.

CREATE FUNCTION csagg.pipeline_unfolded(pipeline name, now timestamptz,
    OUT tenant text, OUT customer text, OUT facts csagg.history, OUT from_at timestamptz, OUT recorded_at timestamptz, OUT n bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
DECLARE
    source record;
BEGIN
    FOR source IN EXECUTE format('SELECT name, kind FROM %I.source WHERE kind = ''log''', pipeline) LOOP
        RETURN QUERY EXECUTE format('SELECT x.* FROM csagg.%I($1, $2, $3) x WHERE NOT %s', 'pipeline_unfolded_' || source.kind, csagg.pipeline_forgotten(pipeline)) USING pipeline, source.name, now;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unfolded(name, timestamptz) IS
    'what is visible in the log and not folded, by customer; not in users'' tables, on which a view would stand in the way of changes, and ask its readers for rights';

CREATE FUNCTION csagg.pipeline_pending(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('SELECT * FROM csagg.pipeline_unfolded(%L, csagg.pipeline_now())', pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_pending(name) IS
    'a query for what is visible in the sources and not folded now';

-- Customers of whom nothing is stored for this instant: they have new rows, or their outlook has ended or not begun.
CREATE FUNCTION csagg.pipeline_overlay(pipeline name, as_of timestamptz,
    OUT tenant text, OUT customer text, OUT facts csagg.history, OUT from_at timestamptz, OUT until_at timestamptz, OUT reigns csagg.pipeline_reign[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
DECLARE
    needed boolean;
BEGIN
    EXECUTE format($sql$
        SELECT (SELECT min(next_at) FROM %1$I.current) <= $1 OR $1 < (SELECT last_step FROM %1$I.pipeline) OR EXISTS (SELECT FROM csagg.pipeline_unfolded(%2$L, $1))$sql$, pipeline, pipeline)
        INTO needed USING as_of;
    IF NOT needed THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH unfolded AS MATERIALIZED (SELECT * FROM csagg.pipeline_unfolded(%2$L, $1)), reign AS MATERIALIZED (%3$s),
        customer AS (
            SELECT tenant, customer, csagg.merge(facts) AS facts, least(min(from_at), $1 - interval '30 days') AS from_at FROM (
                SELECT c.tenant, c.customer, c.facts, c.from_at FROM unfolded u JOIN %1$I.current c ON c.tenant = u.tenant AND c.customer = u.customer
                UNION ALL SELECT tenant, customer, facts, from_at FROM unfolded
                UNION ALL SELECT tenant, customer, facts, from_at FROM %1$I.current c
                    WHERE $1 >= (SELECT min(next_at) FROM %1$I.current) AND next_at <= $1 AND until_at <= $1 AND NOT EXISTS (SELECT FROM unfolded u WHERE u.tenant = c.tenant AND u.customer = c.customer)
                UNION ALL SELECT tenant, customer, facts, from_at FROM %1$I.current c
                    WHERE from_at > $1 AND $1 < (SELECT last_step FROM %1$I.pipeline) AND NOT EXISTS (SELECT FROM unfolded u WHERE u.tenant = c.tenant AND u.customer = c.customer)) c
            GROUP BY tenant, customer)
        SELECT s.tenant, s.customer, s.facts, s.from_at, $1 + interval '35 days', %4$s
        FROM customer s$sql$, pipeline, pipeline, csagg.pipeline_reign(pipeline), csagg.pipeline_reigns('s.tenant'))
        USING as_of;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_overlay(name, timestamptz) IS
    'customers of whom nothing is stored that holds at this instant, with all that is needed to assess them';

CREATE FUNCTION csagg.pipeline_through(pipeline name, now timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    answer timestamptz;
BEGIN
    EXECUTE format($sql$
        SELECT least($1, (SELECT max(recorded_at) FROM csagg.pipeline_unfolded(%2$L, $1) HAVING max(n) >= 5000), (SELECT min(since) FROM %1$I.todo WHERE why IN ('rules', 'source')))$sql$, pipeline, pipeline)
        INTO answer USING now;
    RETURN answer;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_through(name, timestamptz) IS
    'rows recorded up to here count in views, and rules as of here';

CREATE FUNCTION csagg.pipeline_health(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
SELECT h.tenant, h.customer, csagg.number_at(h.score, %3$s) AS score, csagg.text_at(h.band, %3$s) AS band, csagg.text_at(h.stage, %3$s) AS stage,
    csagg.number_at(h.coverage, %3$s) AS coverage,
    (SELECT b.valid_from FROM csagg.changes(h.band) b WHERE b.valid_from <= %3$s AND b.valid_until > %3$s) AS band_since,
    (SELECT b.value FROM csagg.changes(h.band) b WHERE b.valid_until <= %3$s ORDER BY b.valid_from DESC LIMIT 1) AS previous_band,
    csagg.number_at(h.score, %3$s - interval '30 days') AS score_30_days_ago,
    ARRAY(SELECT f.key FROM csagg.facts(h.alerts) f WHERE csagg.bool_at(csagg.timeline_of(h.alerts, f.key), %3$s) ORDER BY f.key COLLATE "C") AS alerts,
    (SELECT min(edge) FROM (
        SELECT * FROM csagg.changes(h.score) UNION ALL SELECT * FROM csagg.changes(h.stage) UNION ALL SELECT * FROM csagg.changes(h.coverage)
        UNION ALL SELECT a.* FROM csagg.facts(h.alerts) f, csagg.changes(csagg.timeline_of(h.alerts, f.key)) a) c, unnest(ARRAY[c.valid_from, c.valid_until]) edge
     WHERE edge > %3$s AND edge < h.until_at) AS next_change,
    %4$s AS overridden_by,
    h.error ->> 'message' AS error,
    (SELECT csagg.pipeline_through(%2$L, csagg.pipeline_now())) AS assessed_through
FROM (
    SELECT tenant, customer, score, stage, band, coverage, alerts, error, until_at FROM %1$I.current c
    WHERE %3$s >= from_at AND %3$s < until_at AND NOT EXISTS (SELECT FROM csagg.pipeline_unfolded(%2$L, %3$s) u WHERE u.tenant = c.tenant AND u.customer = c.customer)
    UNION ALL
    SELECT s.tenant, s.customer, o.score, o.stage, o.band, o.coverage, o.alerts, o.error, s.until_at
    FROM csagg.pipeline_overlay(%2$L, %3$s) s, csagg.pipeline_over(s.facts, s.reigns, s.from_at, s.until_at, %3$s) o) h$sql$, pipeline, pipeline, as_of, csagg.pipeline_overridden_by(pipeline, as_of))
$body$;
COMMENT ON FUNCTION csagg.pipeline_health(name, text) IS
    'the query of the view health, for an instant that is an SQL expression';

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
    PERFORM csagg.pipeline_known(pipeline);
    IF as_of IS NULL OR NOT isfinite(as_of) THEN
        RAISE datetime_field_overflow USING MESSAGE = 'health_at() needs a finite instant';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        SELECT customer, tenant, score, band, stage, coverage, band_since, previous_band, score_30_days_ago, alerts, next_change, overridden_by, error, assessed_through
        FROM (%s) h WHERE tenant = $2 AND ($3 IS NULL OR customer = $3)$sql$, csagg.pipeline_health(pipeline, '$1'))
        USING as_of, tenant, customer;
END $body$;
COMMENT ON FUNCTION csagg.health_at(name, timestamptz, text, text) IS
    'rows like those of the view health, of a tenant''s customers or of one, at any instant, past or future, with all that is known now. Reads with the caller''s rights. Errors: 22008 for an instant that is NULL or infinite, 42704 where there is no such pipeline';
