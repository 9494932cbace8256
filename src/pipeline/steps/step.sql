-- One bounded step, in one transaction that is the caller's.

-- Assessments know beforehand which rules will hold; but dates begin in the time zone of those that hold now.
CREATE FUNCTION csagg.pipeline_begun_rules(pipeline name, now text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$
        (r.effective_from <= %2$s
            AND r.effective_from > (SELECT last_step FROM %3$s p)
            AND EXISTS (SELECT FROM %1$I.source s WHERE s.spec ? 'zoned'))$sql$,
        pipeline, now, csagg.pipeline_newest_state(pipeline))
$body$;
COMMENT ON FUNCTION csagg.pipeline_begun_rules(name, text) IS
    'a condition: whether rules r have begun to hold since the last step, and there are sources with dates';

-- A source of kind k has the functions pipeline_new_k(pipeline, source), whether there may be new rows, and
-- pipeline_fold_k(pipeline, source, now, max_rows), which reads them.
CREATE FUNCTION csagg.pipeline_has_work(pipeline name) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    answer boolean;
    source record;
    sourced boolean := false;
BEGIN
    FOR source IN SELECT * FROM csagg.pipeline_query(csagg.pipeline_sources(pipeline)) q(name text, kind text) WHERE kind IN ('log', 'events') LOOP
        sourced := true;
        BEGIN
            answer := (
                SELECT a
                FROM csagg.pipeline_query(format('SELECT csagg.%I($1, $2)', 'pipeline_new_' || source.kind), pipeline, source.name) q(a boolean));
        EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN  -- somebody alters its table, or keeps it: there may be, and the others are looked at
            answer := true;
        END;
        IF answer THEN
            RETURN true;
        END IF;
    END LOOP;
    IF NOT sourced THEN
        PERFORM csagg.pipeline_filled(pipeline);
    END IF;
    RETURN (SELECT a FROM csagg.pipeline_query(format($sql$
        SELECT EXISTS (SELECT FROM %1$I.hole)
            OR EXISTS (SELECT FROM %1$I.todo)
            OR (SELECT min(until_at) FROM %1$I.current) <= $1
            OR (SELECT min(at) FROM %1$I.due WHERE at >= (SELECT due_from FROM %2$s p)) <= $1
            OR EXISTS (SELECT FROM %1$I.rules r WHERE %3$s)$sql$,
            pipeline, csagg.pipeline_newest_state(pipeline), csagg.pipeline_begun_rules(pipeline, '$1')), csagg.pipeline_clock()) q(a boolean)) IS TRUE;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_has_work(name) IS
    'whether a step would find something to do; takes no transaction id';

-- `todo` rows that name no customer: what they ask for, customer by customer.
CREATE FUNCTION csagg.pipeline_expand(pipeline name, now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET enable_sort = on AS $body$
DECLARE
    asked boolean;
    begun boolean;
BEGIN
    SELECT q.asked, q.begun INTO asked, begun
    FROM csagg.pipeline_query(format('SELECT EXISTS (SELECT FROM %1$I.todo WHERE customer IS NULL), EXISTS (SELECT FROM %1$I.rules r WHERE %2$s)',
        pipeline, csagg.pipeline_begun_rules(pipeline, '$1')), now) q(asked boolean, begun boolean);
    IF begun THEN
        EXECUTE format($sql$
            INSERT INTO %1$I.todo (tenant, customer, why, source)
            SELECT DISTINCT c.tenant, c.customer, 'source', s.name
            FROM %1$I.rules r JOIN %1$I.current c ON r.tenant IN ('', c.tenant) JOIN %1$I.source s ON s.spec ? 'zoned'
            WHERE %2$s$sql$,
            pipeline, csagg.pipeline_begun_rules(pipeline, '$1')) USING now;
    END IF;
    IF NOT asked THEN
        RETURN;
    END IF;
    EXECUTE format($sql$
        WITH asked AS (DELETE FROM %1$I.todo WHERE customer IS NULL AND why = 'rules' RETURNING tenant, since),
        seeds AS (UPDATE %1$I.current c SET seed = NULL FROM asked a WHERE a.tenant IN ('', c.tenant) AND c.seed IS NOT NULL),  -- of other alerts
        dates AS (
            INSERT INTO %1$I.todo (tenant, customer, why, source)
            SELECT DISTINCT c.tenant, c.customer, 'source', s.name
            FROM %1$I.current c JOIN asked a ON a.tenant IN ('', c.tenant) JOIN %1$I.source s ON s.spec ? 'zoned')
        INSERT INTO %1$I.todo (tenant, customer, why, since)
        SELECT c.tenant, c.customer, 'rules', min(a.since) FROM %1$I.current c JOIN asked a ON a.tenant IN ('', c.tenant)
        GROUP BY c.tenant, c.customer ORDER BY 1, 2$sql$, pipeline);
    EXECUTE format($sql$
        WITH asked AS (DELETE FROM %1$I.todo WHERE customer IS NULL AND (why = 'fact' OR row IS NOT NULL) RETURNING source, row),
        mended AS (
            DELETE FROM %1$I.rejected r USING %1$I.fact f
            WHERE f.key = r.row ->> 'key' AND EXISTS (SELECT FROM asked WHERE row IS NULL) RETURNING r.source, r.id),
        moot AS (DELETE FROM %1$I.rejected r USING asked a WHERE r.source = a.source AND r.id = a.row),
        again AS (SELECT source, id FROM mended UNION SELECT s.name, a.row FROM asked a JOIN %1$I.source s ON s.name = a.source AND a.row <= s.upto
            WHERE NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = s.name AND h.ids @> a.row)),
        fewer AS (UPDATE %1$I.source s SET folded = folded - n FROM (SELECT source, count(*) AS n FROM again GROUP BY source) a WHERE s.name = a.source)
        INSERT INTO %1$I.hole (source, ids, writers) SELECT source, range_agg(int8range(id, id, '[]')), '{}' FROM again GROUP BY source$sql$, pipeline);
    EXECUTE format($sql$
        WITH asked AS (DELETE FROM %1$I.todo WHERE customer IS NULL AND why = 'settle' RETURNING 1),
        look AS (UPDATE %1$I.current SET next_at = $1 WHERE next_at > $1 AND EXISTS (SELECT FROM asked))
        INSERT INTO %1$I.due (at, tenant, customer)
        SELECT $1, tenant, customer FROM %1$I.current
        WHERE EXISTS (SELECT FROM asked)
        ON CONFLICT DO NOTHING$sql$,
        pipeline) USING now;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_expand(name, timestamptz) IS
    'puts a row for each customer in place of those of `todo` that name none, since dates begin in the zone of the rules also for each source that has these; rejected rows of facts that are declared now, and changed rows that name no customer, rejected ones too, become a hole, to be read again; with another time to settle it is everybody''s time to be looked at';

CREATE FUNCTION csagg.pipeline_asked(pipeline name, changes csagg.pipeline_change[], most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT asked FROM csagg.pipeline_query(format($sql$
        WITH chosen AS MATERIALIZED (
            SELECT t.id FROM unnest($1) c JOIN %1$I.todo t USING (tenant, customer) WHERE t.source IS NULL
            UNION (SELECT id FROM %1$I.todo WHERE customer IS NOT NULL AND source IS NULL ORDER BY id LIMIT $2)),
        taken AS (DELETE FROM %1$I.todo t USING chosen c WHERE t.id = c.id RETURNING t.tenant, t.customer, t.since)
        SELECT coalesce(array_agg(ROW(tenant, customer, NULL, NULL, since, NULL)::csagg.pipeline_change), '{}') FROM taken$sql$,
        pipeline), changes, most) q(asked csagg.pipeline_change[]));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_asked(name, csagg.pipeline_change[], integer) IS
    'takes from `todo` the rows of these customers, and so many more; not those for pipeline_reread()';

CREATE FUNCTION csagg.pipeline_due(pipeline name, now timestamptz, most integer) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT due FROM csagg.pipeline_query(format($sql$
        WITH come AS (
            DELETE FROM %1$I.due WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$I.due WHERE at >= (SELECT due_from FROM %3$s p) AND at <= $1 ORDER BY at LIMIT $2))
            RETURNING tenant, customer),
        who AS (SELECT tenant, customer FROM come UNION (SELECT tenant, customer FROM %1$I.current WHERE until_at <= $1 ORDER BY until_at LIMIT $2))
        SELECT coalesce(array_agg(ROW(c.tenant, c.customer, NULL, CASE WHEN c.until_at <= $1 THEN c.from_at END, NULL, NULL)::csagg.pipeline_change), '{}')
        FROM who w CROSS JOIN LATERAL %2$s c WHERE least(c.next_at, c.until_at) <= $1$sql$,
            pipeline, csagg.pipeline_newest(pipeline, 'w'), csagg.pipeline_newest_state(pipeline)), now, most) q(due csagg.pipeline_change[]));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_due(name, timestamptz, integer) IS
    'customers whose time has come, out of `due` and of those whose assessment has ended, at most so many of each; with from_at the latter';

CREATE FUNCTION csagg.pipeline_attended(pipeline name, who text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('(%2$s.until_at > (SELECT last_step FROM %1$I.pipeline) AND NOT EXISTS (SELECT FROM %1$I.due d WHERE d.at >= (SELECT due_from FROM %1$I.pipeline) AND d.at <= (SELECT last_step FROM %1$I.pipeline) AND d.tenant = %2$s.tenant AND d.customer = %2$s.customer))',
        pipeline, who)
$body$;
COMMENT ON FUNCTION csagg.pipeline_attended(name, text) IS
    'a condition on a row of `current`: its time has not come since, as of the last step, so its alerts are booked';

CREATE FUNCTION csagg.pipeline_rest(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN;
    END IF;
    PERFORM csagg.pipeline_execute(format($sql$
        WITH rested AS MATERIALIZED (
            SELECT n.tenant, n.customer, n.until_at,
                csagg.pipeline_halfway(csagg.pipeline_next(n.alerts, $2 - $3, $3, n.until_at), $2, n.until_at) AS next_at
            FROM unnest($1) d CROSS JOIN LATERAL %3$s n WHERE n.next_at <= $2)
        %2$s$sql$, pipeline, csagg.pipeline_put_down(pipeline, 'rested'), csagg.pipeline_newest(pipeline, 'd')), changes, now, settle);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rest(name, csagg.pipeline_change[], timestamptz, interval) IS
    'after their alerts are booked: when to look at these customers again, in `due` only: their rows in `current` stay as they are';

CREATE FUNCTION csagg.pipeline_bury(pipeline name, changes csagg.pipeline_change[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN;
    END IF;
    PERFORM csagg.pipeline_execute(format($sql$
        WITH place AS MATERIALIZED (SELECT n.place FROM unnest($1) d CROSS JOIN LATERAL %2$s n WHERE NOT EXISTS (SELECT FROM csagg.facts(n.facts)))
        DELETE FROM %1$I.current c USING place p WHERE c.ctid = p.place$sql$, pipeline, csagg.pipeline_newest(pipeline, 'd')), changes);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_bury(name, csagg.pipeline_change[]) IS
    'removes customers of which their sources have taken back everything';

CREATE FUNCTION csagg.pipeline_fold_all(pipeline name, now timestamptz, max_rows integer, OUT changes csagg.pipeline_change[], OUT folded bigint,
    OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
    part record;
BEGIN
    SELECT '{}'::csagg.pipeline_change[], 0, false INTO changes, folded, more;
    FOR source IN SELECT * FROM csagg.pipeline_query(csagg.pipeline_sources(pipeline)) q(name text, kind text)
        WHERE kind IN ('log', 'events') ORDER BY name LOOP
        SELECT * INTO part FROM csagg.pipeline_query(format('SELECT * FROM csagg.%I($1, $2, $3, $4)', 'pipeline_fold_' || source.kind),
            pipeline, source.name, now, max_rows)
                q(changes csagg.pipeline_change[], folded bigint, more boolean);
        changes := changes || part.changes;
        folded := folded + part.folded;
        more := more OR part.more;
    END LOOP;
    changes := csagg.pipeline_unsuppressed(pipeline, changes, now);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_fold_all(name, timestamptz, integer) IS
    'folds new rows of all sources, at most so many of each: whose, how many, and whether there are more';

-- With all rows folded: who was asked for, and whose time has come; then alerts are right, and can be booked.
CREATE FUNCTION csagg.pipeline_attend(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval, most integer,
    OUT customers bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    due csagg.pipeline_change[] := csagg.pipeline_due(pipeline, now, most);
    waiting boolean := (SELECT w FROM csagg.pipeline_query(format('SELECT EXISTS (SELECT FROM %I.todo)', pipeline)) q(w boolean));
    reread csagg.pipeline_change[];
    asked csagg.pipeline_change[] := '{}';
    assessed record;
BEGIN
    IF waiting THEN
        reread := csagg.pipeline_unsuppressed(pipeline, csagg.pipeline_reread(pipeline, changes, now, most), now);
        asked := csagg.pipeline_asked(pipeline, changes || due, most) || reread;
    END IF;
    assessed := csagg.pipeline_assess(pipeline, changes || asked || ARRAY(SELECT d FROM unnest(due) d WHERE d.from_at IS NOT NULL), now, settle);
    PERFORM csagg.pipeline_bury(pipeline, asked);
    IF csagg.pipeline_book(pipeline, assessed.stirred || asked || due, now, settle) > 0 THEN
        PERFORM pg_notify(pipeline, '');
    END IF;
    PERFORM csagg.pipeline_rest(pipeline, due, now, settle), csagg.pipeline_part(pipeline, assessed.large, now);
    customers := (SELECT count(*) FROM (SELECT DISTINCT c.tenant, c.customer FROM unnest(changes || asked || due) c) d);
    more := greatest(cardinality(asked), cardinality(due)) >= most;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_attend(name, csagg.pipeline_change[], timestamptz, interval, integer) IS
    'assesses the changed customers, those of `todo` and those whose time has come, at most so many of each, and books their alerts';

CREATE FUNCTION csagg.pipeline_stepped(pipeline name, now timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN (SELECT m FROM csagg.pipeline_query(format($sql$
        WITH state AS MATERIALIZED (SELECT place, due_from FROM %2$s p),
        left_over AS MATERIALIZED (SELECT min(at) AS at FROM %1$I.due WHERE at >= (SELECT due_from FROM state))
        UPDATE %1$I.pipeline p SET last_step = $1, due_from = least($1, l.at)
        FROM left_over l WHERE p.ctid = (SELECT place FROM state) RETURNING l.at < $1$sql$,
            pipeline, csagg.pipeline_newest_state(pipeline)), now) q(m boolean)) IS TRUE;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_stepped(name, timestamptz) IS
    'notes that a step was made, in the row that the step has locked; whether there are customers left whose time has come';

CREATE FUNCTION csagg.pipeline_check_caller(pipeline name, max_rows integer) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    PERFORM csagg.pipeline_read_committed('step()');
    IF max_rows IS NULL OR max_rows < 1 THEN
        RAISE invalid_parameter_value USING MESSAGE = 'max_rows is at least 1';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_caller(name, integer) IS
    'that a step may be made here. Errors as of step()';

CREATE FUNCTION csagg.step(pipeline name, max_rows integer DEFAULT 50000, OUT outcome text, OUT folded bigint, OUT customers bigint, OUT more boolean)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off
\part src/pipeline/tables/reading.sql.in
    SET lock_timeout = '2s' SET jit = off SET work_mem = '64MB' SET enable_sort = off AS $body$
DECLARE
    state record;
    now timestamptz;
    changes csagg.pipeline_change[];
BEGIN
    PERFORM csagg.pipeline_check_caller(pipeline, max_rows);
    SELECT 'idle', 0, 0, false INTO outcome, folded, customers, more;
    IF NOT csagg.pipeline_has_work(pipeline) THEN
        RETURN;
    END IF;
    -- As pipeline_newest_state(), in which it could not be locked.
    SELECT * INTO state FROM csagg.pipeline_query(format('SELECT paused, last_step, csagg.pipeline_hours(settle) FROM %I.pipeline WHERE one >= true ORDER BY one DESC LIMIT 1 FOR UPDATE SKIP LOCKED',
        pipeline)) q(paused boolean, last_step timestamptz, settle interval);
    IF state IS NULL THEN
        PERFORM csagg.pipeline_filled(pipeline);
    END IF;
    IF state IS NULL OR state.paused THEN
        outcome := CASE WHEN state.paused THEN 'paused' ELSE 'busy' END;
        RETURN;
    END IF;
    now := greatest(state.last_step, csagg.pipeline_clock());
    PERFORM csagg.pipeline_expand(pipeline, now);
    SELECT f.changes, f.folded, f.more INTO changes, folded, more FROM csagg.pipeline_fold_all(pipeline, now, max_rows) f;
    IF more THEN
        PERFORM csagg.pipeline_merge(pipeline, changes, now), csagg.pipeline_clear_past(pipeline);
        customers := (SELECT count(DISTINCT (c.tenant, c.customer)) FROM unnest(changes) c);
    ELSE
        SELECT a.customers, a.more INTO customers, more FROM csagg.pipeline_attend(pipeline, changes, now, state.settle, least(max_rows, 5000)) a;
    END IF;
    more := csagg.pipeline_stepped(pipeline, now) OR more;
    outcome := 'stepped';
END $body$;
COMMENT ON FUNCTION csagg.step(name, integer) IS
    'one step: folds new rows, at most max_rows of a source, assesses their customers and those whose time has come, and books alerts; all in the caller''s transaction. outcome: stepped; idle (nothing to do, and no transaction id taken); busy (another step is running); paused. more: the next step has something to do at once. Errors: 42704 no such pipeline, 42501 it is another''s, 25001 in REPEATABLE READ and SERIALIZABLE, 22023 for max_rows below 1, 55000 for a sequence behind the mark, for a pipeline that was restored without its data, and for customers that somebody else changed while they were assessed';
