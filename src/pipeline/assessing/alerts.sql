-- Alerts: `alert` has the intervals in which each was firing, `alert_feed` tells what of that is news.

CREATE FUNCTION csagg.pipeline_firing(alerts csagg.history, through timestamptz, OUT alert text, OUT since timestamptz,
    OUT until timestamptz) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_firing' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION csagg.pipeline_firing(csagg.history, timestamptz) IS
    'when each alert was firing, as it is known at that instant; until is NULL if it still is; error 42804 for a fact that is not boolean';

CREATE TYPE csagg.pipeline_episode AS (episode bigint, alert text, since timestamptz, until timestamptz);
COMMENT ON TYPE csagg.pipeline_episode IS 'a row of the table alert, without whose it is';

CREATE FUNCTION csagg.pipeline_turns(alerts csagg.history, through timestamptz, booked csagg.pipeline_episode[],
    OUT episode bigint, OUT alert text, OUT since timestamptz, OUT until timestamptz, OUT new_since timestamptz, OUT new_until timestamptz,
    OUT overlapped boolean) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_turns' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION csagg.pipeline_turns(csagg.history, timestamptz, csagg.pipeline_episode[]) IS
    'what becomes of a customer''s booked episodes, since and until, by what pipeline_firing() says: new_since and new_until. An open one goes on in the first interval that it overlaps, a closed one in a closed interval; one without an interval never was (new_since is NULL; overlapped: its alert was firing at some time of it all the same); an interval without an episode is a new one (episode is NULL). alerts NULL: none is firing; booked NULL: none. Errors: 42804 for a fact that is not boolean, 22004 without through and for an episode without a number, an alert or a beginning';

CREATE FUNCTION csagg.pipeline_through(now timestamptz, settle interval, last timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT GREATEST(now OPERATOR(pg_catalog.-) settle, CASE WHEN last OPERATOR(pg_catalog.<=) now THEN last END)
$body$;
COMMENT ON FUNCTION csagg.pipeline_through(timestamptz, interval, timestamptz) IS
    'up to when a customer''s alerts are booked: now, less the time to settle, but not before the last beginning or end that is booked, since that time may have been shorter';

-- Rules may have changed since this step looked for that: what `todo` has by now counts, too.
CREATE FUNCTION csagg.pipeline_book(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN 0;
    END IF;
    RETURN (SELECT news FROM csagg.pipeline_query(format($sql$
        WITH who AS MATERIALIZED (
            SELECT w.tenant, w.customer, min(least(quiet_before, t.since, a.since)) AS quiet_before
            FROM unnest($1) w LEFT JOIN %1$I.todo t ON t.why = 'rules' AND t.customer = w.customer AND t.tenant = w.tenant
                LEFT JOIN (
                    SELECT tenant, min(since) AS since FROM %1$I.todo
                    WHERE why = 'rules' AND customer IS NULL GROUP BY tenant) a ON a.tenant IN ('', w.tenant)
            GROUP BY w.tenant, w.customer),
        turn AS MATERIALIZED (
            SELECT w.*, t.* FROM who w
            LEFT JOIN LATERAL %2$s c ON true
            CROSS JOIN LATERAL (
                SELECT array_agg(ROW(episode, alert, since, until)::csagg.pipeline_episode) AS booked, max(greatest(since, until)) AS last
                FROM %1$I.alert a WHERE a.tenant = w.tenant AND a.customer = w.customer) b,
            csagg.pipeline_turns(c.alerts, csagg.pipeline_through($2, $3, b.last), b.booked) t),
        moved AS (
            UPDATE %1$I.alert a SET since = t.new_since, until = t.new_until FROM turn t
            WHERE a.episode = t.episode AND a.episode = ANY (ARRAY(SELECT episode FROM turn WHERE episode IS NOT NULL)) AND t.new_since IS NOT NULL
            RETURNING t.*, a.announced),
        gone AS (
            DELETE FROM %1$I.alert a USING turn t
            WHERE a.episode = t.episode AND a.episode = ANY (ARRAY(SELECT episode FROM turn WHERE episode IS NOT NULL)) AND t.new_since IS NULL
            RETURNING t.*, a.announced),
        begun AS (
            INSERT INTO %1$I.alert (tenant, customer, alert, since, until, announced)
            SELECT tenant, customer, alert, new_since, new_until, new_since >= alerts_from AND (quiet_before IS NULL OR new_since > quiet_before)
            FROM turn, %1$I.pipeline WHERE episode IS NULL
            ORDER BY new_since, tenant, customer, alert
            RETURNING *),
        news AS (
            SELECT episode, tenant, customer, alert, 'fired' AS kind, since AS at, until IS NOT NULL AS late FROM begun WHERE announced
            UNION ALL SELECT episode, tenant, customer, alert, 'resolved', until, true FROM begun WHERE announced AND until IS NOT NULL
            UNION ALL SELECT episode, tenant, customer, alert, 'resolved', new_until, false
            FROM moved WHERE announced AND until IS NULL AND new_until IS NOT NULL
            UNION ALL SELECT episode, tenant, customer, alert, 'withdrawn', since, false
            FROM gone WHERE announced AND (until IS NULL OR quiet_before IS NULL AND NOT overlapped)),
        fed AS (
            INSERT INTO %1$I.alert_feed (episode, tenant, customer, alert, kind, at, emitted_at, late, reasons)
            SELECT n.episode, n.tenant, n.customer, n.alert, n.kind, n.at, $2, n.late,
                jsonb_build_object('score', coalesce(csagg.number_at(c.score, n.at), csagg.number_at(c.score_before, n.at)),
                    'stage', csagg.text_at(c.stage, n.at), 'band', csagg.text_at(c.band, n.at))
            FROM news n LEFT JOIN LATERAL %3$s c ON true
            ORDER BY n.at, n.episode, n.kind
            RETURNING 1)
        SELECT count(*) FROM fed$sql$,
            pipeline, csagg.pipeline_newest(pipeline, 'w'), csagg.pipeline_newest(pipeline, 'n')), changes, now, settle) q(news bigint));
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
    'makes the view alerts of a pipeline, or makes it anew';
