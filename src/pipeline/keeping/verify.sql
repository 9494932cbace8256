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
        SELECT name, kind, kind <> 'states' AND (spec ? 'filter' OR spec ->> 'overlap' ~ 'sum') AS whole
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

CREATE FUNCTION csagg.pipeline_counts(pipeline name, unreadable jsonb, OUT name text, OUT folded bigint, OUT counted bigint, OUT wrong boolean)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT name, folded, counted, counted > folded OR kind = 'log'
        FROM %I.source, LATERAL (SELECT csagg.pipeline_count($1, name) AS counted OFFSET 0) c
        WHERE (kind = 'log' OR spec ->> 'deletes' = 'keep' AND NOT $2 ? name) AND counted <> folded ORDER BY name$sql$,
        pipeline) USING pipeline, unreadable;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_counts(name, jsonb) IS
    'sources that have another number of rows below their marks than were folded, and whether that is wrong: of events that stay counted there may be fewer';

CREATE FUNCTION csagg.pipeline_verify_marks(pipeline name, unreadable jsonb, OUT problem text, OUT tenant text, OUT customer text, OUT detail text,
    OUT facts csagg.history) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    problem := 'mark';
    FOR source IN SELECT * FROM csagg.pipeline_counts(pipeline, unreadable) LOOP
        detail := format('source "%s": %s rows up to the mark, and %s were folded', source.name, source.counted, source.folded);
        IF source.wrong THEN
            RETURN NEXT;
        ELSE
            RAISE NOTICE '%: what they said stays, and its facts are taken as they are', detail;
        END IF;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_verify_marks(name, jsonb) IS
    'sources whose marks passed rows that were not folded, and of the log ones that are gone; a NOTICE tells of events tables that are not compared, since rows of them are gone';

CREATE FUNCTION csagg.pipeline_mend(pipeline name, unreadable jsonb, problem text, tenant text, customer text, facts csagg.history) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    unknown boolean;
BEGIN
    IF problem = 'source' THEN
        RETURN;
    ELSIF problem = 'mark' THEN
        EXECUTE format('UPDATE %I.source s SET folded = c.counted FROM csagg.pipeline_counts($1, $2) c WHERE c.wrong AND c.name = s.name', pipeline)
            USING pipeline, unreadable;
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
    unreadable := csagg.pipeline_unreadable(pipeline);
    IF repair THEN
        -- Where writers of these tables are waited for, no step has to wait with us.
        IF EXISTS (SELECT FROM csagg.pipeline_verify_states(pipeline, unreadable)) THEN
            PERFORM csagg.pipeline_hold_telling(pipeline, unreadable);
        END IF;
        EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    END IF;
    FOR found IN SELECT * FROM csagg.pipeline_verify_sources(pipeline, unreadable) UNION ALL SELECT * FROM csagg.pipeline_verify_marks(pipeline, unreadable)
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
    'recomputes from the sources, in plain SQL, the facts, assessments and episodes of so many customers drawn at random (NULL: of all), counts the rows below the marks, of which there may be fewer where deleted events stay counted, as a NOTICE tells, and compares, of all customers, what the tables of states sources say now with what they were heard to say; one row for each difference, none if all is well. problem: source, mark, states, facts, assessment or alerts. What is stopped or cannot be read, and events with ids beyond their sequence, is a problem of its source, which detail says how to end; facts that cannot be read are not compared. With repair facts are put right at once, and the next step does the rest, without announcing alerts; but a customer with two rows in current keeps them, if rows of the log are gone: then somebody has to delete one. Errors: 42704, 42501, and 55000 without the pipeline''s data, as of step(); 22023 for less than 0 customers; 55P03 where a table of states is to be locked, and there is no moment without writers for 30 seconds';
