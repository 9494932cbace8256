-- How far each source is, and what stands in the way.

-- An error may quote a row, and a filter in spec may name customers: neither is for readers of one tenant.
CREATE FUNCTION csagg.pipeline_told(pipeline name, source text, stopped boolean, OUT behind bigint, OUT error text)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    s record;
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF NOT (has_column_privilege(format('%I.source', pipeline), 'spec', 'SELECT')
        AND has_column_privilege(format('%I.source', pipeline), 'error', 'SELECT')) THEN
        error := CASE WHEN stopped THEN 'is not read: who operates the pipeline can see why' END;
        RETURN;
    END IF;
    EXECUTE format('SELECT * FROM %I.source WHERE name = $1', pipeline) INTO s USING source;
    error := coalesce(s.error, csagg.pipeline_amiss(pipeline, source, s.relation, s.kind, s.spec), csagg.pipeline_disordered(s.relation, s.kind, s.spec));
    IF error IS NULL AND s.kind = 'log' THEN
        EXECUTE format('SELECT format(''the last step was at %%s, which is yet to come: was the clock ahead?'', last_step) FROM %I.pipeline WHERE last_step > csagg.pipeline_clock() + interval ''5 minutes''',
            pipeline) INTO error;
    END IF;
    IF s.kind = 'events' THEN
        behind := csagg.pipeline_behind(csagg.pipeline_relation(s.relation), (s.spec ->> 'id')::name, s.upto);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_told(name, text, boolean) IS
    'what of a source''s state is for those only who may read all of `source`: ids of an events table that are not folded, as far as one may read its sequence, and the error, or what is amiss with its table';

CREATE FUNCTION csagg.pipeline_view_status(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE VIEW %1$I.status WITH (security_invoker = true) AS
SELECT s.name AS source,
    CASE s.kind WHEN 'log' THEN (SELECT count(*) FROM (SELECT FROM %1$I.log l WHERE l.id > s.upto LIMIT 100000) b)
        WHEN 'events' THEN t.behind ELSE (SELECT count(*) FROM %1$I.todo t WHERE t.source = s.name) END AS behind,
    (SELECT extract(epoch FROM clock_timestamp() - min(recorded_at))
        FROM (SELECT recorded_at FROM %1$I.log l WHERE s.kind = 'log' AND l.id > s.upto ORDER BY id LIMIT 1) b) AS seconds_behind,
    (SELECT count(*) FROM %1$I.hole h WHERE h.source = s.name) AS holes,
    (SELECT coalesce('pid ' || min(l.pid), 'prepared transaction') FROM %1$I.hole h, unnest(h.writers) w, pg_locks l
     WHERE h.source = s.name
         AND (l.virtualtransaction = w OR l.virtualtransaction LIKE '-1/%%')
         AND l.relation IN (SELECT csagg.pipeline_relation(s.relation) UNION SELECT relid FROM pg_partition_tree(csagg.pipeline_relation(s.relation)))
         AND l.mode = 'RowExclusiveLock'
     HAVING count(*) > 0) AS oldest_writer,
    (SELECT count(*) FROM %1$I.rejected r WHERE r.source = s.name) AS rejected,
    (SELECT count(*) FROM %1$I.current c WHERE c.error IS NOT NULL) AS erroring_customers,
    (SELECT count(*) FROM %1$I.todo) AS todo,
    (SELECT last_step FROM %1$I.pipeline),
    CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN csagg.pipeline_running(%2$L) END AS runner_alive,
    (SELECT max(age(held)) FROM (SELECT backend_xmin FROM pg_stat_activity UNION ALL SELECT xmin FROM pg_replication_slots) h(held)) AS oldest_xmin_age,
    CASE WHEN t.error IS NOT NULL THEN t.error
        WHEN (SELECT count(*) FROM %1$I.hole h, unnest(h.ids) i WHERE h.source = s.name) > 10000
        THEN 'waits for open transactions: more than 10000 gaps below the mark' END AS error
FROM %1$I.source s, csagg.pipeline_told(%2$L, s.name, s.stopped) t
WHERE s.name <> 'override'
    OR s.stopped
    OR EXISTS (SELECT FROM %1$I.todo t WHERE t.source = s.name)
    OR EXISTS (SELECT FROM %1$I.rejected r WHERE r.source = s.name)$sql$,
        pipeline, pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_view_status(name) IS
    'makes the view status of a pipeline, or makes it anew';

CREATE FUNCTION csagg.pipeline_view_comments(pipeline name) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_say(pipeline, 'VIEW', ARRAY[
        ['health', '', 'every customer at this instant, with all rows that are visible'],
        ['health', 'tenant', 'the tenant'],
        ['health', 'customer', 'the customer'],
        ['health', 'score', 'the score; NULL while the customer does not exist'],
        ['health', 'band', 'the score''s band'],
        ['health', 'stage', 'the stage'],
        ['health', 'coverage', 'share of the rules that are not missing, 0 to 1'],
        ['health', 'band_since', 'since when it is in this band'],
        ['health', 'previous_band', 'the band before'],
        ['health', 'score_30_days_ago', 'the score 30 days ago, which are 720 hours, as it is known now'],
        ['health', 'alerts', 'names of the alerts that are firing'],
        ['health', 'next_change', 'when any of this changes if no row comes; NULL: not before until_at in `current`, up to where the customer is assessed: 35 days ahead at most, and nearer every day until a step moves it on'],
        ['health', 'overridden_by', 'who has pinned the score'],
        ['health', 'error', 'why the rules cannot be evaluated for this customer'],
        ['health', 'assessed_through', 'rows recorded up to here count, and rules as of here; where there are events tables, when a step last read something; NULL while one has not been read to its end'],
        ['health_daily', '', 'daily distribution of bands and stages; today''s rows are those of health, now. Customers that have neither are not counted'],
        ['health_daily', 'tenant', 'whose customers'],
        ['health_daily', 'day', 'the day, in the time zone of the rules that hold for the tenant now; 400 days up to today'],
        ['health_daily', 'band', 'band at the end of the day, of today: now; NULL without bands'],
        ['health_daily', 'stage', 'stage at that instant; NULL without stages'],
        ['health_daily', 'customers', 'how many customers were in both; days and pairs without any have no row'],
        ['alerts', '', 'alerts that are firing, with what people say of them'],
        ['alerts', 'episode', 'number of the episode'],
        ['alerts', 'tenant', 'the tenant'],
        ['alerts', 'customer', 'the customer'],
        ['alerts', 'alert', 'name of the alert'],
        ['alerts', 'since', 'when it began to fire'],
        ['alerts', 'acknowledged_by', 'who takes care of it'],
        ['alerts', 'acknowledged_at', 'since when'],
        ['alerts', 'snoozed_until', 'until when not to be reminded'],
        ['alerts', 'note', 'anything'],
        ['alerts', 'reasons', 'score, stage and band when it began; NULL if it was not announced, or retain() has deleted that row of the feed'],
        ['status', '', 'one row a source: how far it is, and what stands in the way; one for override only where that has to be read, or cannot be'],
        ['status', 'source', 'name of the source'],
        ['status', 'behind', 'rows that are not folded yet; of an events table ids, NULL without the right to read its sequence, of a states source or intervals customers to be read anew'],
        ['status', 'seconds_behind', 'age of the oldest of them'],
        ['status', 'holes', 'groups of ids below the mark that open transactions may still bring'],
        ['status', 'oldest_writer', 'who holds one of them open'],
        ['status', 'rejected', 'rows that could not be folded'],
        ['status', 'erroring_customers', 'customers for whom the rules cannot be evaluated'],
        ['status', 'todo', 'rows of todo: customers that wait to be assessed or read anew'],
        ['status', 'last_step', 'instant of the last step that had something to do'],
        ['status', 'runner_alive', 'whether run() is running; NULL on a standby, which cannot see that'],
        ['status', 'oldest_xmin_age', 'transactions since the oldest snapshot that is held; many: vacuum cannot clean up'],
        ['status', 'error', 'why this source is not read, or what changes of its table are not seen']])
$body$;
COMMENT ON FUNCTION csagg.pipeline_view_comments(name) IS
    'says what each view and column of a pipeline is';

CREATE FUNCTION csagg.pipeline_views(pipeline name) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.pipeline_view_health(pipeline), csagg.pipeline_view_health_daily(pipeline), csagg.pipeline_view_alerts(pipeline),
        csagg.pipeline_view_status(pipeline), csagg.pipeline_view_comments(pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_views(name) IS
    'makes the views of a pipeline, or makes them anew';
