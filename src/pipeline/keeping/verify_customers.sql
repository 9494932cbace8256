-- What facts and assessments of customers should be, recomputed from the sources in plain SQL.

CREATE FUNCTION csagg.pipeline_recount(pipeline name, unreadable jsonb) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    part text;
    parts text[];
BEGIN
    FOR source IN EXECUTE format('SELECT name, kind FROM %I.source WHERE kind <> ''states'' AND NOT $1 ? name ORDER BY name', pipeline) USING unreadable LOOP
        EXECUTE format('SELECT csagg.%I($1, $2)', 'pipeline_recount_' || source.kind) INTO part USING pipeline, source.name;
        parts := parts || part;
    END LOOP;
    RETURN format('SELECT x.* FROM (%s) x WHERE NOT %s', array_to_string(parts, ' UNION ALL '), csagg.pipeline_suppressed(pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_recount(name, jsonb) IS
    'a query for the rows of all sources that should have been folded and can be read: what pipeline_recount_KIND() gives for each';

-- A counter that has forgotten events tells so, also if their rows are deleted later: as if there had been an event just before.
CREATE FUNCTION csagg.pipeline_remembered(facts csagg.history, kept csagg.history, facts_from timestamptz) RETURNS csagg.history
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN facts_from IS NULL OR kept IS NULL THEN facts
        ELSE (
            SELECT csagg.merge(csagg.forget_before(coalesce(csagg.merge(facts, f.events), '{}'), facts_from),
                csagg.drop_facts(k, coalesce(f.others, '{}')))
            FROM csagg.forget_before(kept, facts_from) k CROSS JOIN LATERAL (
                SELECT csagg.history(key, kind, facts_from - interval '1 microsecond', '1') FILTER (
                    WHERE CASE WHEN kind = 'counter' AND entries > 0
                        THEN csagg.first(csagg.counter_of(k, key)) IS NULL
                            AND NOT EXISTS (
                                SELECT FROM csagg.facts(pipeline_remembered.facts) o WHERE o.key = n.key AND o.kind <> n.kind) END) AS events,
                    array_agg(key) FILTER (
                        WHERE entries > 0
                            OR EXISTS (SELECT FROM csagg.facts(pipeline_remembered.facts) o WHERE o.key = n.key AND o.kind <> n.kind)) AS others
                FROM csagg.facts(k) n) f) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_remembered(csagg.history, csagg.history, timestamptz) IS
    'facts as they are when all before an instant was forgotten (NULL: nothing), with what `kept` remembers of that: facts without an entry, and counters that have forgotten events';

-- Events that were deleted and stay counted cannot be counted once more. In the statement that reads the rows: one of them may go at any time.
CREATE FUNCTION csagg.pipeline_trusted(pipeline name, unreadable jsonb) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT key FROM %1$I.fact WHERE source IN (
            SELECT name FROM %1$I.source
            WHERE CASE WHEN %2$L::jsonb ? name THEN kind <> 'states'
                WHEN spec ->> 'deletes' = 'keep' THEN csagg.pipeline_count(%1$L, name) < folded END)$sql$,
        pipeline, unreadable)
$body$;
COMMENT ON FUNCTION csagg.pipeline_trusted(name, jsonb) IS
    'a query for facts from tables that have fewer rows than were folded, where what is deleted stays counted, and from those that cannot be read';

CREATE FUNCTION csagg.pipeline_trusting(facts csagg.history, kept csagg.history, keys text[]) RETURNS csagg.history
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN cardinality(keys) = 0 OR kept IS NULL THEN facts
        ELSE csagg.replace_facts(csagg.drop_facts(facts, keys), csagg.drop_facts(kept, ARRAY(SELECT key FROM csagg.facts(kept) WHERE key <> ALL (keys)))) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_trusting(csagg.history, csagg.history, text[]) IS
    'facts, where those of these keys are what is kept';

CREATE FUNCTION csagg.pipeline_differ(a csagg.history, b csagg.history) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT coalesce(csagg.history_ne(a, b), (a IS NULL) <> (b IS NULL))
$body$;
COMMENT ON FUNCTION csagg.pipeline_differ(csagg.history, csagg.history) IS
    'whether two values are different, byte by byte; NULL is like NULL';

CREATE FUNCTION csagg.pipeline_verify_customers(pipeline name, customers integer, unreadable jsonb, OUT problem text, OUT tenant text,
    OUT customer text, OUT detail text, OUT facts csagg.history) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        WITH row AS MATERIALIZED (%2$s),
        state AS MATERIALIZED (SELECT last_step, log_from, csagg.pipeline_hours(settle) AS settle FROM %1$I.pipeline),
        sample AS MATERIALIZED (
            SELECT * FROM (SELECT tenant, customer FROM %1$I.current UNION SELECT tenant, customer FROM row) c ORDER BY random() LIMIT $1),
        naive AS MATERIALIZED (
            SELECT tenant, customer, csagg.history(key, kind, at, value, actor, id) AS facts
            FROM row JOIN sample USING (tenant, customer) GROUP BY tenant, customer),
        reign AS MATERIALIZED (%3$s),
        trusted AS MATERIALIZED (SELECT ARRAY(%11$s) AS keys),
        waiting AS MATERIALIZED (SELECT tenant, customer FROM %1$I.todo),
        subject AS MATERIALIZED (
            SELECT x.tenant, x.customer,
                csagg.pipeline_remembered(CASE WHEN p.log_from IS NULL THEN csagg.pipeline_trusting(n.facts, w.facts, t.keys) ELSE w.facts END,
                    w.facts, c.facts_from) AS facts,
                csagg.pipeline_remembered(w.facts, w.facts, c.facts_from) AS kept, w.from_at, c.until_at, c.error, c.seed,
                csagg.history_of('score', w.score) AS score, csagg.history_of('stage', c.stage) AS stage, csagg.history_of('band', c.band) AS band,
                csagg.history_of('coverage', w.coverage) AS coverage,
                CASE WHEN c.kept_from IS NULL THEN c.alerts ELSE csagg.pipeline_alerts_onto(c.alerts, c.alerts, c.kept_from) END AS alerts,
                c.kept_from, csagg.pipeline_next(c.alerts, p.last_step - p.settle, p.settle, c.until_at) AS next_at, d.at AS due,
                (SELECT count(*) FROM %1$I.current o WHERE o.tenant = x.tenant AND o.customer = x.customer) > 1 AS doubled,
                EXISTS (SELECT FROM waiting w WHERE w.customer = x.customer AND w.tenant = x.tenant)
                    OR EXISTS (SELECT FROM waiting w WHERE w.customer IS NULL AND w.tenant IN ('', x.tenant)) AS waits
            FROM state p CROSS JOIN trusted t CROSS JOIN sample x LEFT JOIN naive n USING (tenant, customer) LEFT JOIN LATERAL %10$s c ON true
                LEFT JOIN (
                    SELECT tenant, customer, min(d.at) AS at
                    FROM %1$I.due d JOIN %1$I.current c USING (tenant, customer) WHERE d.at >= c.next_at
                    GROUP BY tenant, customer) d ON d.tenant = x.tenant AND d.customer = x.customer
                LEFT JOIN LATERAL (SELECT %5$s AS facts, %6$s AS from_at, %7$s AS score, %8$s AS coverage) w ON true),
        assessed AS (
            SELECT s.*, o.error AS new_error, csagg.history_of('score', o.score) AS new_score, csagg.history_of('stage', o.stage) AS new_stage,
                csagg.history_of('band', o.band) AS new_band, csagg.history_of('coverage', o.coverage) AS new_coverage,
                (SELECT csagg.pipeline_through(p.last_step, p.settle, max(greatest(a.since, a.until)))
                    FROM state p LEFT JOIN %1$I.alert a ON a.tenant = s.tenant AND a.customer = s.customer
                    GROUP BY p.last_step, p.settle) AS through,
                CASE WHEN s.kept_from IS NULL THEN o.alerts ELSE csagg.pipeline_alerts_onto(s.alerts, o.alerts, s.kept_from) END AS new_alerts
            FROM subject s CROSS JOIN LATERAL (%4$s) o
            WHERE NOT waits AND s.facts IS NOT NULL AND s.kept IS NOT NULL AND s.until_at > (SELECT last_step FROM state))
        SELECT 'facts', tenant, customer, CASE WHEN doubled THEN 'it has more than one row in current' ELSE 'facts are not those of the rows' END,
            facts
        FROM subject
        WHERE (doubled OR facts IS NULL OR kept IS NULL OR csagg.history_ne(facts, kept))
            AND NOT EXISTS (SELECT FROM %1$I.todo t WHERE t.source IS NOT NULL AND t.tenant = subject.tenant AND t.customer = subject.customer)
        UNION ALL
        SELECT 'assessment', tenant, customer, 'score, stage, band, coverage or alerts are not those of the facts', NULL FROM assessed
        WHERE (error IS NULL) <> (new_error IS NULL) OR error IS NULL AND (
            csagg.pipeline_differ(score, new_score) OR csagg.pipeline_differ(stage, new_stage) OR csagg.pipeline_differ(band, new_band)
            OR csagg.pipeline_differ(coverage, new_coverage) OR csagg.pipeline_differ(alerts, new_alerts))
        UNION ALL
        SELECT 'assessment', tenant, customer, 'no step will look at it when an alert begins or ends next', NULL
        FROM assessed WHERE next_at < until_at AND (due <= next_at) IS NOT TRUE
        UNION ALL
        SELECT 'alerts', tenant, customer, 'episodes are not those of the assessment', NULL FROM (
            SELECT * FROM (
                SELECT s.tenant, s.customer, f.alert, f.since, f.until FROM assessed s, csagg.pipeline_firing(s.new_alerts, s.through) f
                WHERE s.error IS NULL AND %9$s
                EXCEPT SELECT tenant, customer, alert, since, until FROM %1$I.alert) missing
            UNION ALL SELECT * FROM (
                SELECT a.tenant, a.customer, a.alert, a.since, a.until FROM %1$I.alert a JOIN assessed s USING (tenant, customer)
                WHERE s.error IS NULL AND %9$s
                EXCEPT SELECT s.tenant, s.customer, f.alert, f.since, f.until FROM assessed s, csagg.pipeline_firing(s.new_alerts, s.through) f) added) d
        GROUP BY tenant, customer$sql$,
            pipeline, csagg.pipeline_recount(pipeline, unreadable), csagg.pipeline_reigns_by_tenant(pipeline), csagg.pipeline_outlook(pipeline),
            csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_whole(pipeline, 'score'),
            csagg.pipeline_whole(pipeline, 'coverage'), csagg.pipeline_attended(pipeline, 's'), csagg.pipeline_newest(pipeline, 'x'),
            csagg.pipeline_trusted(pipeline, unreadable))
        USING customers;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_verify_customers(name, integer, jsonb) IS
    'so many customers, drawn at random, whose facts, assessments or episodes are not what the rows and rules give; with the right facts. Customers that wait in `todo`, or for a step since their outlook has ended, are not assessed';
