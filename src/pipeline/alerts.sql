-- Alerts: `alert` has the intervals in which each was firing, `alert_feed` tells what of that is news.

CREATE FUNCTION csagg.pipeline_firing(alerts csagg.history, through timestamptz, OUT alert text, OUT since timestamptz, OUT until timestamptz) RETURNS SETOF record
    LANGUAGE sql STABLE ROWS 3 SET search_path = pg_catalog, pg_temp AS $body$
    SELECT f.key, c.valid_from, CASE WHEN c.valid_until <= through THEN c.valid_until END
    FROM csagg.facts(alerts) f, csagg.changes(csagg.timeline_of(alerts, f.key)) c
    WHERE c.value = 'true' AND c.valid_from <= through
$body$;
COMMENT ON FUNCTION csagg.pipeline_firing(csagg.history, timestamptz) IS
    'when each alert was firing, as it is known at that instant; until is NULL if it still is';

-- Rules may have changed since this step looked for that: what `todo` has by now counts, too.
-- An open episode goes on in the first interval that it overlaps, a closed one in a closed interval. An episode without an
-- interval never was; an interval without an episode is a new one.
CREATE FUNCTION csagg.pipeline_book(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    news bigint;
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN 0;
    END IF;
    EXECUTE format($sql$
        WITH who AS MATERIALIZED (
            SELECT w.tenant, w.customer, min(least(quiet_before, t.since)) AS quiet_before
            FROM unnest($1) w LEFT JOIN %1$I.todo t ON t.why = 'rules' AND (t.customer = w.customer AND t.tenant = w.tenant OR t.customer IS NULL AND t.tenant IN ('', w.tenant))
            GROUP BY w.tenant, w.customer),
        firing AS MATERIALIZED (
            SELECT tenant, customer, w.quiet_before, c.score, c.stage, c.band, f.*
            FROM who w JOIN %1$I.current c USING (tenant, customer), csagg.pipeline_firing(c.alerts, $2 - $3) f),
        booked AS MATERIALIZED (SELECT a.*, w.quiet_before FROM who w JOIN %1$I.alert a USING (tenant, customer)),
        pair AS MATERIALIZED (
            SELECT DISTINCT ON (b.tenant, b.customer, b.alert, f.since) b.*, f.since AS new_since, f.until AS new_until
            FROM booked b CROSS JOIN LATERAL (
                SELECT f.* FROM firing f
                WHERE f.tenant = b.tenant AND f.customer = b.customer AND f.alert = b.alert AND (f.until IS NULL OR f.until > b.since)
                    AND (b.until IS NULL OR b.until > f.since AND f.until IS NOT NULL)
                ORDER BY f.since LIMIT 1) f
            ORDER BY b.tenant, b.customer, b.alert, f.since, b.until IS NOT NULL, b.since),
        moved AS (
            UPDATE %1$I.alert a SET since = p.new_since, until = p.new_until FROM pair p
            WHERE a.episode = p.episode AND (p.since, p.until) IS DISTINCT FROM (p.new_since, p.new_until)),
        gone AS (
            DELETE FROM %1$I.alert a USING booked b WHERE a.episode = b.episode AND b.episode NOT IN (SELECT episode FROM pair)),
        begun AS (
            INSERT INTO %1$I.alert (tenant, customer, alert, since, until, announced)
            SELECT tenant, customer, alert, since, until, since >= alerts_from AND (quiet_before IS NULL OR since > quiet_before)
            FROM firing f, %1$I.pipeline
            WHERE NOT EXISTS (SELECT FROM pair p WHERE (p.tenant, p.customer, p.alert, p.new_since) = (f.tenant, f.customer, f.alert, f.since))
            ORDER BY since, tenant, customer, alert
            RETURNING *),
        news AS (
            SELECT episode, tenant, customer, alert, 'fired' AS kind, since AS at, until IS NOT NULL AS late FROM begun WHERE announced
            UNION ALL SELECT episode, tenant, customer, alert, 'resolved', until, true FROM begun WHERE announced AND until IS NOT NULL
            UNION ALL SELECT episode, tenant, customer, alert, 'resolved', new_until, false FROM pair WHERE announced AND until IS NULL AND new_until IS NOT NULL
            UNION ALL SELECT episode, tenant, customer, alert, 'withdrawn', since, false FROM booked b
            WHERE announced AND episode NOT IN (SELECT episode FROM pair) AND (until IS NULL OR quiet_before IS NULL AND NOT EXISTS (
                SELECT FROM firing f WHERE (f.tenant, f.customer, f.alert) = (b.tenant, b.customer, b.alert) AND f.since < b.until AND (f.until IS NULL OR f.until > b.since)))),
        fed AS (
            INSERT INTO %1$I.alert_feed (episode, tenant, customer, alert, kind, at, emitted_at, late, reasons)
            SELECT n.episode, tenant, customer, n.alert, n.kind, n.at, $2, n.late,
                jsonb_build_object('score', csagg.number_at(c.score, n.at), 'stage', csagg.text_at(c.stage, n.at), 'band', csagg.text_at(c.band, n.at))
            FROM news n JOIN %1$I.current c USING (tenant, customer) ORDER BY n.at, n.episode, n.kind
            RETURNING 1)
        SELECT count(*) FROM fed$sql$, pipeline) INTO news USING changes, now, settle;
    RETURN news;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_book(name, csagg.pipeline_change[], timestamptz, interval) IS
    'writes what alerts of these customers did up to now, less the time to settle, into `alert` and `alert_feed`; gives the number of rows for the feed';

CREATE FUNCTION csagg.pipeline_view_alerts(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE VIEW %1$I.alerts WITH (security_invoker = true) AS
SELECT a.episode, a.tenant, a.customer, a.alert, a.since, n.acknowledged_by, n.acknowledged_at, n.snoozed_until, n.note,
    (SELECT reasons FROM %1$I.alert_feed f WHERE f.episode = a.episode AND f.kind = 'fired' LIMIT 1) AS reasons
FROM %1$I.alert a LEFT JOIN %1$I.alert_note n USING (episode)
WHERE a.until IS NULL$sql$, pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_alerts(name) IS
    'makes the view alerts of a pipeline; for create_pipeline() only';
