-- How far each source is, and what stands in the way.

CREATE FUNCTION csagg.pipeline_view_status(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE VIEW %1$I.status WITH (security_invoker = true) AS
SELECT s.name AS source,
    (SELECT count(*) FROM (SELECT FROM %1$I.log l WHERE l.id > s.upto LIMIT 100000) b) AS behind,
    (SELECT extract(epoch FROM clock_timestamp() - min(recorded_at)) FROM (SELECT recorded_at FROM %1$I.log l WHERE l.id > s.upto ORDER BY id LIMIT 1) b) AS seconds_behind,
    (SELECT count(*) FROM %1$I.hole h WHERE h.source = s.name) AS holes,
    (SELECT coalesce('pid ' || min(l.pid), 'prepared transaction') FROM %1$I.hole h, unnest(h.writers) w, pg_locks l
     WHERE h.source = s.name AND l.virtualtransaction = w AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' HAVING count(*) > 0) AS oldest_writer,
    (SELECT count(*) FROM %1$I.rejected r WHERE r.source = s.name) AS rejected,
    (SELECT count(*) FROM %1$I.current c WHERE c.error IS NOT NULL) AS erroring_customers,
    (SELECT count(*) FROM %1$I.todo) AS todo,
    p.last_step,
    NULL::boolean AS runner_alive,
    (SELECT max(age(backend_xmin)) FROM pg_stat_activity) AS oldest_xmin_age,
    s.error
FROM %1$I.source s, %1$I.pipeline p$sql$, pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_status(name) IS
    'makes the view status of a pipeline; for create_pipeline() only';

CREATE FUNCTION csagg.pipeline_views(pipeline name) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_view_health(pipeline), csagg.pipeline_view_health_daily(pipeline), csagg.pipeline_view_status(pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_views(name) IS
    'makes the views of a pipeline; for create_pipeline() only';
