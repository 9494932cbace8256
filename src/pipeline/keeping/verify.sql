-- The whole once more in plain SQL, from the sources, and where it differs from what steps have made of them.

-- What cannot be read cannot be compared: its facts are taken as they are stored.
CREATE FUNCTION csagg.pipeline_unreadable(pipeline name) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    one record;
    query text;
    found jsonb := '{}';
BEGIN
    FOR one IN EXECUTE format($sql$
        SELECT name, kind, kind = 'intervals' AND (spec ? 'filter' OR spec ->> 'overlap' ~ 'sum') AS whole
        FROM %I.source WHERE kind <> 'log' ORDER BY name$sql$,
        pipeline) LOOP
        BEGIN
            PERFORM csagg.pipeline_ours(pipeline, one.name);
            EXECUTE format('SELECT csagg.%I($1, $2)', CASE one.kind WHEN 'states' THEN 'pipeline_unsaid' ELSE 'pipeline_recount_' || one.kind END)
                INTO query USING pipeline, one.name;
            EXECUTE format(CASE WHEN one.whole THEN 'SELECT count(x) FROM (%s) x' ELSE 'SELECT FROM (%s) x LIMIT 0' END, query);
        EXCEPTION WHEN OTHERS THEN
            found := found || jsonb_build_object(one.name, SQLERRM);
        END;
    END LOOP;
    RETURN found;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unreadable(name) IS
    'sources whose tables cannot be read, by name, and why: the table or a column is gone, say, or there is a row by which a filter divides by zero';

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

CREATE FUNCTION csagg.pipeline_verify_sources(pipeline name, unreadable jsonb, OUT problem text, OUT tenant text, OUT customer text, OUT detail text,
    OUT facts csagg.history) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    amiss text;
BEGIN
    problem := 'source';
    FOR source IN EXECUTE format($sql$
        SELECT s.*,
            coalesce($2 ->> s.name, csagg.pipeline_amiss($1, s.name, s.relation, s.kind, s.spec), 'it is not read: ' || s.error,
                csagg.pipeline_disordered(s.relation, s.kind, s.spec)) AS amiss
        FROM %I.source s ORDER BY s.name$sql$,
        pipeline) USING pipeline, unreadable LOOP
        amiss := source.amiss;
        IF amiss IS NULL AND source.kind = 'events' THEN
            BEGIN
                SELECT nullif(concat_ws(': ', a.said, a.mend), '') INTO amiss
                FROM csagg.pipeline_ahead(source.relation::regclass, (source.spec ->> 'id')::name) a;
            EXCEPTION WHEN OTHERS THEN
                amiss := SQLERRM;
            END;
        END IF;
        IF amiss IS NOT NULL THEN
            detail := format('source "%s": %s', source.name, amiss);
            RETURN NEXT;
        END IF;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_verify_sources(name, jsonb) IS
    'sources that are stopped, or whose tables or triggers are gone, sequences that give numbers out of order, and events tables with ids beyond their sequence';

CREATE FUNCTION csagg.pipeline_verify_marks(pipeline name, OUT problem text, OUT tenant text, OUT customer text, OUT detail text,
    OUT facts csagg.history) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    FOR source IN EXECUTE format('SELECT s.name, s.folded, csagg.pipeline_count_log($1, s.name) AS counted FROM %I.source s WHERE kind = ''log''',
        pipeline) USING pipeline LOOP
        IF source.folded <> source.counted THEN
            problem := 'mark';
            detail := format('source "%s": %s rows up to the mark, and %s were folded', source.name, source.counted, source.folded);
            RETURN NEXT;
        END IF;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_verify_marks(name) IS
    'sources that have another number of rows below their marks than were folded';

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

-- What rows of a states source said before can be read nowhere; but its triggers write in the transaction of the change: so what the table says now and
-- what was said last are one, but for changes that no trigger saw. Not of a source that is stopped, which is a problem by itself, nor of customers
-- with rows that are not folded.
CREATE FUNCTION csagg.pipeline_unsaid(pipeline name, source text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    relation text;
BEGIN
    EXECUTE format('SELECT relation FROM %I.source WHERE name = $1', pipeline) INTO relation USING source;
    RETURN format($sql$
        SELECT x.* FROM (
            SELECT coalesce(s.tenant, k.tenant) AS tenant, coalesce(s.customer, k.customer) AS customer, coalesce(s.key, k.key) AS key, s.value,
                k.value AS kept,
                CASE WHEN s.key IS NULL THEN NULL
                    WHEN csagg.check_fact(s.key, s.kind, '2000-01-01', s.value) IS NULL
                        THEN csagg.text_at(csagg.pipeline_piece(s.kind, s.value, '2000-01-01', 'infinity'), '2001-01-01')
                    ELSE k.value END AS said
            FROM (SELECT s.tenant, s.customer, s.key, f.kind, s.value FROM (%3$s) s JOIN %1$I.fact f ON f.key = s.key
                  WHERE s.tenant IS NOT NULL AND s.value IS NOT NULL AND octet_length(s.tenant) + octet_length(s.customer) <= 2000) s
            FULL JOIN (
                SELECT c.tenant, c.customer, f.key, csagg.text_at(csagg.timeline_of(c.facts, f.key), '294000-01-01') AS value
                FROM %1$I.current c JOIN %1$I.fact f ON f.source = %2$L) k
                ON k.tenant = s.tenant AND k.customer = s.customer AND k.key = s.key) x
        WHERE said IS DISTINCT FROM kept AND NOT %4$s
            AND NOT EXISTS (SELECT FROM %1$I.log l, %1$I.source m WHERE l.tenant = x.tenant AND l.customer = x.customer AND l.origin = %2$L AND m.name = 'log'
                AND (l.id > m.upto OR EXISTS (SELECT FROM %1$I.hole h WHERE h.source = 'log' AND h.ids @> l.id)))$sql$,
        pipeline, source, csagg.pipeline_states(pipeline, source, format('SELECT * FROM %s', relation)), csagg.pipeline_suppressed(pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unsaid(name, text) IS
    'a query for what a states source''s table says now and was never told: tenant, customer, key, value, NULL where there is no row';

CREATE FUNCTION csagg.pipeline_telling(pipeline name, unreadable jsonb, OUT name text, OUT relation text) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT name, relation FROM %I.source WHERE kind = 'states' AND error IS NULL AND NOT $1 ? name ORDER BY name$sql$, pipeline) USING unreadable;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_telling(name, jsonb) IS
    'states sources that are not stopped and can be read';

CREATE FUNCTION csagg.pipeline_verify_states(pipeline name, unreadable jsonb, OUT problem text, OUT tenant text, OUT customer text, OUT detail text,
    OUT facts csagg.history) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    FOR source IN SELECT * FROM csagg.pipeline_telling(pipeline, unreadable) t LOOP
        RETURN QUERY EXECUTE format($sql$
            SELECT 'states', tenant, customer, format('%%s of source "%%s" changed without its triggers', string_agg(key, ', ' ORDER BY key), $1),
                NULL::csagg.history
            FROM (%s) d GROUP BY tenant, customer ORDER BY tenant, customer$sql$, csagg.pipeline_unsaid(pipeline, source.name)) USING source.name;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_verify_states(name, jsonb) IS
    'customers of whom the tables of states sources say something else than what their triggers wrote last';

CREATE FUNCTION csagg.pipeline_tell_unsaid(pipeline name, unreadable jsonb, tenant text, customer text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_hold(%1$L, t.name, t.relation) FROM csagg.pipeline_telling(%1$L, %2$L) t ORDER BY random()',
        pipeline, unreadable));
    FOR source IN SELECT * FROM csagg.pipeline_telling(pipeline, unreadable) t LOOP
        EXECUTE format(
            'INSERT INTO %I.log (tenant, customer, key, value, origin) SELECT tenant, customer, key, value, $1 FROM (%s) d WHERE tenant = $2 AND customer = $3',
            pipeline, csagg.pipeline_unsaid(pipeline, source.name)) USING source.name, tenant, customer;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_tell_unsaid(name, jsonb, text, text) IS
    'writes into the log what states sources say now of a customer and have not told; nobody writes to these tables until the end of the transaction';

-- Events that were deleted and stay counted cannot be counted once more. In the statement that reads the rows: one of them may go at any time.
CREATE FUNCTION csagg.pipeline_trusted(pipeline name, unreadable jsonb) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    keys text := format('SELECT f.key FROM %1$I.fact f JOIN %1$I.source s ON s.name = f.source WHERE %2$L::jsonb ? s.name AND s.kind <> ''states''',
        pipeline, unreadable);
BEGIN
    FOR source IN EXECUTE format('SELECT * FROM %I.source WHERE kind = $1 AND spec ->> $2 = $3 AND NOT $4 ? name', pipeline)
        USING 'events', 'deletes', 'keep', unreadable LOOP
        keys := keys || format($sql$
            UNION ALL SELECT f.key FROM %1$I.source s JOIN %1$I.fact f ON f.source = s.name WHERE s.name = %2$L
                AND (
                    SELECT count(*) FROM %3$s
                    WHERE %4$I <= s.upto AND NOT EXISTS (SELECT FROM %1$I.hole WHERE source = %2$L AND ids @> %4$I::bigint)) < s.folded$sql$,
            pipeline, source.name, source.relation, source.spec ->> 'id');
    END LOOP;
    RETURN keys;
END $body$;
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

CREATE FUNCTION csagg.pipeline_mend(pipeline name, unreadable jsonb, problem text, tenant text, customer text, facts csagg.history) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    unknown boolean;
BEGIN
    IF problem = 'source' THEN
        RETURN;
    ELSIF problem = 'mark' THEN
        EXECUTE format('UPDATE %1$I.source SET folded = csagg.pipeline_count_log($1, name) WHERE kind = ''log''', pipeline) USING pipeline;
        RETURN;
    ELSIF problem = 'states' THEN
        PERFORM csagg.pipeline_tell_unsaid(pipeline, unreadable, tenant, customer);
        RETURN;
    ELSIF problem = 'facts' AND facts IS NULL THEN
        EXECUTE format('DELETE FROM %1$I.current WHERE tenant = $1 AND customer = $2', pipeline) USING tenant, customer;
        EXECUTE format('DELETE FROM %1$I.past WHERE tenant = $1 AND customer = $2', pipeline) USING tenant, customer;
    ELSIF problem = 'facts' THEN
        -- Of two rows either may have what is in the log no more.
        EXECUTE format('SELECT count(*) > 1 AND (SELECT log_from IS NOT NULL FROM %1$I.pipeline) FROM %1$I.current WHERE tenant = $1 AND customer = $2',
            pipeline) INTO unknown USING tenant, customer;
        IF unknown THEN
            RETURN;
        END IF;
        EXECUTE format('DELETE FROM %I.current WHERE tenant = $1 AND customer = $2 AND ctid <> (SELECT place FROM (SELECT $1 AS tenant, $2 AS customer) w, LATERAL %s n)',
            pipeline, csagg.pipeline_newest(pipeline, 'w')) USING tenant, customer;
        EXECUTE format($sql$
            WITH first AS (SELECT min(csagg.pipeline_from(first_at, $4)) AS at FROM csagg.facts($3)),
            known AS (
                UPDATE %1$I.current c SET facts = csagg.forget_before($3, coalesce(c.facts_from, '-infinity')), past_until = NULL, seed = NULL,
                    score_before = %2$s, coverage = %3$s,
                    from_at = greatest(least(c.from_at, f.at), c.kept_from), until_at = greatest(least(c.from_at, f.at), c.kept_from)
                FROM first f WHERE c.tenant = $1 AND c.customer = $2 RETURNING 1)
            INSERT INTO %1$I.current (tenant, customer, facts, from_at, until_at, next_at)
            SELECT $1, $2, $3, at, at, $4 FROM first
            WHERE NOT EXISTS (TABLE known)$sql$,
            pipeline, csagg.pipeline_rejoined(pipeline), csagg.pipeline_whole(pipeline, 'coverage')) USING tenant, customer, facts, csagg.pipeline_clock();
        PERFORM csagg.pipeline_clear_past(pipeline);
    END IF;
    EXECUTE format('INSERT INTO %1$I.todo (tenant, customer, why, since) SELECT $1, $2, ''verify'', coalesce(last_step - csagg.pipeline_hours(settle), $3) FROM %1$I.pipeline',
        pipeline)
        USING tenant, customer, csagg.pipeline_clock();
END $body$;
COMMENT ON FUNCTION csagg.pipeline_mend(name, jsonb, text, text, text, csagg.history) IS
    'puts right what verify() has found: facts at once, the rest by the next step, without announcing alerts';

CREATE FUNCTION csagg.verify(pipeline name, customers integer DEFAULT 1000, repair boolean DEFAULT false,
    OUT problem text, OUT tenant text, OUT customer text, OUT detail text) RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    SET jit = off AS $body$
DECLARE
    found record;
    unreadable jsonb;
BEGIN
    PERFORM csagg.pipeline_check(pipeline), csagg.pipeline_filled(pipeline);
    IF customers < 0 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the number of customers is at least 0', HINT = 'NULL: all of them.';
    END IF;
    IF repair THEN
        EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    END IF;
    unreadable := csagg.pipeline_unreadable(pipeline);
    FOR found IN SELECT * FROM csagg.pipeline_verify_sources(pipeline, unreadable) UNION ALL SELECT * FROM csagg.pipeline_verify_marks(pipeline)
        UNION ALL SELECT * FROM csagg.pipeline_verify_states(pipeline, unreadable)
        UNION ALL SELECT * FROM csagg.pipeline_verify_customers(pipeline, customers, unreadable) LOOP
        IF repair THEN
            PERFORM csagg.pipeline_mend(pipeline, unreadable, found.problem, found.tenant, found.customer, found.facts);
        END IF;
        problem := found.problem;
        tenant := found.tenant;
        customer := found.customer;
        detail := found.detail;
        RETURN NEXT;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.verify(name, integer, boolean) IS
    'recomputes from the sources, in plain SQL, the facts, assessments and episodes of so many customers drawn at random (NULL: of all), counts the rows below the marks, and compares, of all customers, what the tables of states sources say now with what they were heard to say; one row for each difference, none if all is well. problem: source, mark, states, facts, assessment or alerts. What is stopped or cannot be read, and events with ids beyond their sequence, is a problem of its source, which detail says how to end; facts that cannot be read are not compared. With repair facts are put right at once, and the next step does the rest, without announcing alerts; but a customer with two rows in current keeps them, if rows of the log are gone: then somebody has to delete one. Errors: 42704, 42501, and 55000 without the pipeline''s data, as of step(); 22023 for less than 0 customers; 55P03 where a table of states is to be locked, and there is no moment without writers for 30 seconds';
