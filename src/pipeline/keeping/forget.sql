-- A customer that has to be forgotten: its rows go, and folding/suppressed.sql drops what still comes of it.

CREATE FUNCTION csagg.forget(pipeline name, customer text, tenant text DEFAULT '', until timestamptz DEFAULT 'infinity') RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
DECLARE
    known boolean;
BEGIN
    PERFORM csagg.pipeline_check(pipeline), csagg.pipeline_filled(pipeline);
    IF customer IS NULL OR tenant IS NULL OR until IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'forget() needs a customer, a tenant and an end';
    END IF;
    -- Where people's open transactions are waited for, no step has to wait with us.
    EXECUTE format('SELECT FROM %I.override WHERE tenant = $1 AND customer = $2 ORDER BY since FOR UPDATE', pipeline) USING tenant, customer;
    EXECUTE format('SELECT FROM %1$I.alert_note WHERE episode IN (SELECT episode FROM %1$I.alert WHERE tenant = $1 AND customer = $2) ORDER BY episode FOR UPDATE',
        pipeline) USING tenant, customer;
    EXECUTE format('SELECT FROM %I.alert_feed WHERE tenant = $1 AND customer = $2 ORDER BY id FOR UPDATE', pipeline) USING tenant, customer;
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    EXECUTE format($sql$
        INSERT INTO %1$I.suppressed AS s SELECT csagg.pipeline_hash(salt, $1, $2), $3 FROM %1$I.secret
        ON CONFLICT (hash) DO UPDATE SET until = excluded.until$sql$, pipeline) USING tenant, customer, until;
    EXECUTE format($sql$
        WITH gone AS (DELETE FROM %1$I.log WHERE tenant = $1 AND customer = $2 RETURNING id, event_id),
        repeats AS (
            DELETE FROM %1$I.seen s USING gone WHERE s.tenant = $1 AND s.event_id = gone.event_id AND s.source = 'log' AND s.id = gone.id
                AND NOT EXISTS (SELECT FROM %1$I.source WHERE spec ? 'event_id')  -- whose rows may have it, too
                AND gone.event_id NOT IN (
                    SELECT l.event_id FROM %1$I.log l
                    WHERE l.tenant = $1 AND l.customer <> $2 AND l.event_id IS NOT NULL)),  -- that one was dropped as a repeated one
        %2$s,
        told AS (DELETE FROM %1$I.alert_feed WHERE tenant = $1 AND customer = $2),
        episode AS (DELETE FROM %1$I.alert WHERE tenant = $1 AND customer = $2 RETURNING episode),
        note AS (DELETE FROM %1$I.alert_note n USING episode e WHERE n.episode = e.episode),
        pin AS (DELETE FROM %1$I.override WHERE tenant = $1 AND customer = $2),
        old AS (DELETE FROM %1$I.past WHERE tenant = $1 AND customer = $2),
        awaited AS (DELETE FROM %1$I.due WHERE tenant = $1 AND customer = $2),
        it AS (DELETE FROM %1$I.current WHERE tenant = $1 AND customer = $2 RETURNING 1),
        fewer AS (
            UPDATE %1$I.source m SET folded = folded - (
                SELECT count(*) FROM gone g WHERE g.id <= m.upto AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = m.name AND h.ids @> g.id))
            WHERE kind = 'log')
        SELECT EXISTS (TABLE it) OR EXISTS (TABLE gone)$sql$,
            pipeline,
            csagg.pipeline_efface(pipeline, format('SELECT source, id FROM (%s) x WHERE tenant = $1 AND customer = $2', csagg.pipeline_rejected(pipeline))))
        INTO known USING tenant, customer;
    EXECUTE format('DELETE FROM %I.todo WHERE tenant = $1 AND customer = $2', pipeline) USING tenant, customer;  -- the trigger of override wrote there, too
    RETURN known;
END $body$;
COMMENT ON FUNCTION csagg.forget(name, text, text, timestamptz) IS
    'deletes a customer: its rows in the log, facts, assessments, episodes, notes, feed and rejected rows, but for the id of one on which a filter fails; whether there was one. A salted hash of its name stays until the given instant: until then what comes of it, from any source, is dropped when it is read, from the log too. The event_ids that its rows had count again, unless sources have event_ids. Tables that are not the pipeline''s keep their rows. Waits for a step that is running. Errors: 42704, 42501, and 55000 without the pipeline''s data, as of step(), 22004 for NULL';
