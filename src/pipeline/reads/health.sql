-- What people and BI tools read: plain types, one row a customer, right at any instant: what is stored, overlaid with rows
-- that are visible and not folded yet, and with what is beyond the stored outlook.

CREATE FUNCTION csagg.pipeline_unfolded(pipeline name, now timestamptz,
    OUT tenant text, OUT customer text, OUT facts csagg.history, OUT from_at timestamptz, OUT recorded_at timestamptz, OUT n bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
DECLARE
    source record;
BEGIN
    FOR source IN EXECUTE format('SELECT name, kind FROM %I.source WHERE kind = ''log''', pipeline) LOOP
        RETURN QUERY EXECUTE format('SELECT x.* FROM csagg.%I($1, $2, $3) x WHERE NOT %s', 'pipeline_unfolded_' || source.kind,
            csagg.pipeline_forgotten(pipeline))
            USING pipeline, source.name, now;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unfolded(name, timestamptz) IS
    'what is visible in the log and not folded, by customer; not in users'' tables, on which a view would stand in the way of changes, and ask its readers for rights';

-- Before customers are looked at: nothing else is done while nothing waits. In a function, whose statement a session plans once, and not each view that asks.
CREATE FUNCTION csagg.pipeline_moment(pipeline name, as_of timestamptz, OUT unfolded boolean, OUT unstored boolean, OUT through timestamptz)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    -- New rows of users' tables are not among those that views overlay, and who reads here takes no lock on these tables.
    SELECT m.* INTO unfolded, unstored, through FROM csagg.pipeline_read(format($sql$
        SELECT (SELECT id FROM %1$I.log WHERE id > (SELECT upto FROM %1$I.source WHERE name = 'log') ORDER BY id LIMIT 1) IS NOT NULL
                OR EXISTS (SELECT FROM %1$I.hole WHERE source = 'log'),
            $1 <> csagg.pipeline_now() OR (SELECT until_at FROM %1$I.current WHERE until_at <= $1 ORDER BY until_at LIMIT 1) IS NOT NULL,
            least(csagg.pipeline_now(),
                (SELECT min(since) FROM %1$I.todo WHERE why IN ('rules', 'source')),
                (SELECT min(CASE WHEN s.stopped OR s.read_until = '-infinity' THEN s.read_until ELSE greatest(s.read_until, p.last_step) END)
                    FROM %1$I.source s, %1$I.pipeline p WHERE s.kind = 'events'))$sql$, pipeline), as_of)
        m(unfolded boolean, unstored boolean, through timestamptz);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_moment(name, timestamptz) IS
    'whether rows of the log are not folded; whether customers may lack what holds at an instant, since their outlook has ended or, if that is not now, has not begun; and up to when rows count, those of the log aside';

CREATE FUNCTION csagg.pipeline_pending(pipeline name, as_of text DEFAULT 'csagg.pipeline_now()') RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
    moment AS MATERIALIZED (SELECT * FROM csagg.pipeline_moment(%1$L, %2$s)),
    pending AS MATERIALIZED (SELECT * FROM csagg.pipeline_unfolded(%1$L, %2$s) WHERE (SELECT unfolded FROM moment))$sql$, pipeline, as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_pending(name, text) IS
    'queries of a WITH, as of an instant that is an SQL expression: "moment", what pipeline_moment() says, and "pending", what is visible in the log and not folded';

CREATE FUNCTION csagg.pipeline_reigning(pipeline name, OUT tenant text, OUT reigns csagg.pipeline_reign[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
BEGIN
    RETURN QUERY EXECUTE csagg.pipeline_reigns_by_tenant(pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_reigning(name) IS
    'the rule sets of each tenant that has its own, and of the empty text for all others: pipeline_reigns_by_tenant(), asked only where it is needed';

-- Of a customer whose past is apart, the score of 30 days before may be there.
CREATE FUNCTION csagg.pipeline_begun(as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('CASE WHEN past_until IS NULL THEN %1$s ELSE %1$s - interval ''720 hours'' END', as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_begun(text) IS
    'an expression for the instant at which `current` must say something, for `health` as of an instant, which is an expression, too';

-- Customers of whom nothing is stored for this instant: they have new rows, or their outlook has ended or not begun. Apart
-- from the views, which are planned in half the time without it.
CREATE FUNCTION csagg.pipeline_unstored(pipeline name, as_of timestamptz,
    OUT tenant text, OUT customer text, OUT facts csagg.history, OUT from_at timestamptz, OUT kept_from timestamptz, OUT seed jsonb,
    OUT reigns csagg.pipeline_reign[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        WITH %2$s, reign AS MATERIALIZED (SELECT * FROM csagg.pipeline_reigning(%3$L)),
        customer AS (
            SELECT c.tenant, c.customer, %4$s AS facts, %5$s AS from_at, c.kept_from, c.seed FROM %1$I.current c WHERE until_at <= $1
            UNION ALL SELECT c.tenant, c.customer, %4$s, %5$s, c.kept_from, c.seed
            FROM %1$I.current c WHERE from_at > %6$s AND $1 < (SELECT last_step FROM %1$I.pipeline))
        SELECT s.*, %7$s FROM (
            SELECT * FROM customer WHERE (tenant, customer) NOT IN (SELECT p.tenant, p.customer FROM pending p)
            UNION ALL
            SELECT p.tenant, p.customer, csagg.merge(%4$s, p.facts), greatest(least(%5$s, p.from_at), c.kept_from), c.kept_from,
                csagg.pipeline_kept_seed(c.seed, p.facts, c.kept_from)
            FROM pending p LEFT JOIN %1$I.current c ON c.tenant = p.tenant AND c.customer = p.customer) s
        WHERE kept_from IS NULL OR kept_from <= $1$sql$,
        pipeline, csagg.pipeline_pending(pipeline, '$1'), pipeline, csagg.pipeline_whole(pipeline, 'facts'),
        csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_begun('$1'), csagg.pipeline_reigns('s.tenant'))
        USING as_of;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unstored(name, timestamptz) IS
    'customers of whom nothing is stored that holds at this instant, with all that is needed to assess them; not those of whom all before it was removed by retain()';

CREATE FUNCTION csagg.pipeline_computed(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('(SELECT * FROM csagg.pipeline_unstored(%L, %s) WHERE (SELECT unstored FROM moment) OR EXISTS (SELECT FROM pending))', pipeline, as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_computed(name, text) IS
    'a query for pipeline_unstored() as of an instant that is an SQL expression, which does not ask while nothing waits; to be used beside pipeline_pending()';

-- In PL/pgSQL, so that views are planned without `current` once more, and only a customer with an error is looked up there.
CREATE FUNCTION csagg.pipeline_overlaid(pipeline name, tenant text, customer text, facts csagg.history, reigns csagg.pipeline_reign[],
    since timestamptz, until timestamptz, as_of timestamptz, seed jsonb,
    OUT score csagg.timeline, OUT stage csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline, OUT alerts csagg.history,
    OUT error jsonb, OUT until_at timestamptz)
    LANGUAGE plpgsql STABLE COST 5000 SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    SELECT o.* INTO score, stage, band, coverage, alerts, error, until_at FROM csagg.pipeline_over(facts, reigns, since, until, as_of, seed) o;
    IF error IS NOT NULL THEN
        EXECUTE format($sql$
            SELECT csagg.pipeline_stays(%2$s, c.until_at, $3, $8), csagg.pipeline_stays(c.stage, c.until_at, $4, $8),
                csagg.pipeline_stays(c.band, c.until_at, $5, $8),
                csagg.pipeline_stays(%3$s, c.until_at, $6, $8), csagg.pipeline_stays(c.alerts, c.until_at, $7, $8)
            FROM (SELECT) one LEFT JOIN %1$I.current c ON c.tenant = $1 AND c.customer = $2$sql$,
                pipeline, csagg.pipeline_whole(pipeline, 'score'), csagg.pipeline_whole(pipeline, 'coverage'))
            INTO score, stage, band, coverage, alerts USING tenant, customer, score, stage, band, coverage, alerts, as_of;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_overlaid(name, text, text, csagg.history, csagg.pipeline_reign[], timestamptz, timestamptz, timestamptz, jsonb) IS
    'what pipeline_over() says of a customer as of an instant; if it has an error, put onto what is stored of the customer, as steps do';

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
