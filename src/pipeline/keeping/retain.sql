-- Old rows go, in batches, each in a transaction of its own. What has been folded stays in the customers' facts, up to how far
-- back they are to be known.

-- By whole months, so that a customer is seldom written.
CREATE FUNCTION csagg.pipeline_horizon(history interval, now timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $body$
    SELECT date_trunc('month', now - history)
$body$;
COMMENT ON FUNCTION csagg.pipeline_horizon(interval, timestamptz) IS
    'the beginning of the month, in UTC, in which the history to be kept begins';

-- With every edge of an alert from before it booked: later, nobody would tell of it.
CREATE FUNCTION csagg.pipeline_horizon(pipeline name, history interval) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    booked timestamptz;
BEGIN
    EXECUTE format('SELECT last_step - csagg.pipeline_hours(settle) FROM %I.pipeline', pipeline) INTO booked;
    RETURN least(csagg.pipeline_horizon(history, greatest(booked, csagg.pipeline_clock())), csagg.pipeline_horizon('0', booked));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_horizon(name, interval) IS
    'the same for a pipeline, or the month of its last step less the time to settle, if that is earlier';

CREATE FUNCTION csagg.pipeline_check_retain(pipeline name, log interval, history interval, feed interval) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    endless record;
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF least(log, history, feed) < '0' OR greatest(log, history, feed) > '1000 years' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an age to retain is not negative, and at most 1000 years';
    END IF;
    IF history IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT * FROM (%s) r WHERE until > $1 AND csagg.look_back(rules) IS NULL ORDER BY tenant, since LIMIT 1', csagg.pipeline_reign(pipeline))
        INTO endless USING csagg.pipeline_horizon(pipeline, history);
    IF endless.since IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('the rules of tenant "%s" from %s on look back without an end', endless.tenant, endless.since),
            HINT = 'Give what they count a window, as in count(x, 365 days): csagg.look_back(rules) then says how far they look.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_retain(name, interval, interval, interval) IS
    'that retain() can work. Errors: 42704, 42501 as of step(), 22023, 55000';

-- The mark counts the rows below it, so it counts fewer; the instant tells verify() and backtest() that rows are missing.
CREATE FUNCTION csagg.pipeline_retain_log(pipeline name, older interval, most integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
DECLARE
    gone record;
BEGIN
    IF older IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    EXECUTE format($sql$
        WITH old AS MATERIALIZED (
            SELECT l.id FROM %1$I.log l, %1$I.source s
            WHERE s.kind = 'log' AND l.id <= s.upto AND l.recorded_at < csagg.pipeline_clock() - $1
                AND NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = s.name AND h.ids @> l.id)
            ORDER BY l.id LIMIT $2),
        gone AS (DELETE FROM %1$I.log l USING old WHERE l.id = old.id RETURNING l.id, l.recorded_at),
        bad AS (DELETE FROM %1$I.rejected r USING %1$I.source s, gone WHERE s.kind = 'log' AND r.source = s.name AND r.id = gone.id)
        SELECT count(*) AS n, max(recorded_at) AS last FROM gone$sql$, pipeline) INTO gone USING older, most;
    IF gone.n > 0 THEN
        EXECUTE format('UPDATE %I.source SET folded = folded - $1 WHERE kind = ''log''', pipeline) USING gone.n;
        EXECUTE format('UPDATE %I.pipeline SET log_from = greatest(log_from, $1)', pipeline) USING gone.last;
    END IF;
    RETURN gone.n >= most;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_retain_log(name, interval, integer) IS
    'deletes folded rows of the log that were recorded so long ago, at most so many; whether there may be more';

CREATE FUNCTION csagg.pipeline_retain_feed(pipeline name, older interval, most integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
DECLARE
    gone bigint;
BEGIN
    EXECUTE format($sql$
        WITH old AS MATERIALIZED (SELECT id FROM %1$I.alert_feed WHERE emitted_at < csagg.pipeline_clock() - $1 ORDER BY id LIMIT $2),
        gone AS (DELETE FROM %1$I.alert_feed f USING old WHERE f.id = old.id RETURNING 1)
        SELECT count(*) FROM gone$sql$, pipeline) INTO gone USING older, most;
    RETURN gone >= most;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_retain_feed(name, interval, integer) IS
    'deletes rows of the feed that were emitted so long ago, at most so many; whether there may be more';

CREATE FUNCTION csagg.pipeline_retain_history(pipeline name, history interval, after csagg.pipeline_change, most integer) RETURNS csagg.pipeline_change
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off SET jit = off SET work_mem = '64MB' SET timezone = 'UTC' AS $body$
DECLARE
    state record;
    now timestamptz;
    horizon timestamptz;
    changes csagg.pipeline_change[];
BEGIN
    EXECUTE format('SELECT last_step FROM %I.pipeline FOR UPDATE', pipeline) INTO state;
    IF history IS NULL OR state.last_step IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM csagg.pipeline_check_retain(pipeline, NULL, history, NULL);  -- rules may have changed
    now := greatest(state.last_step, csagg.pipeline_clock());
    horizon := csagg.pipeline_horizon(pipeline, history);
    EXECUTE format($sql$
        WITH reign AS MATERIALIZED (%2$s),
        old AS MATERIALIZED (
            SELECT c.*, %3$s AS whole, %4$s AS whole_from, %5$s AS whole_score, %6$s AS whole_coverage, %7$s AS reigns
            FROM %1$I.current c
            WHERE ($4 IS NULL OR (c.tenant, c.customer) > ($4, $5))
                AND %4$s < $1
                AND %8$s
                AND NOT EXISTS (SELECT FROM %1$I.todo t WHERE t.tenant = c.tenant AND t.customer = c.customer)
                AND NOT EXISTS (SELECT FROM %1$I.todo WHERE customer IS NULL)
            ORDER BY c.tenant, c.customer LIMIT $2),
        kept AS MATERIALIZED (
            SELECT o.*, l.forgotten, csagg.pipeline_seed(o.reigns, o.whole, o.whole_from, $1, o.seed) AS seed_there
            FROM old o CROSS JOIN LATERAL (SELECT $1 - coalesce(max(csagg.look_back(r.rules)), '0') AS forgotten FROM unnest(o.reigns) r WHERE r.until > $1) l),
        past AS (DELETE FROM %1$I.past p USING kept k WHERE p.tenant = k.tenant AND p.customer = k.customer),
        episode AS (DELETE FROM %1$I.alert a USING kept k WHERE a.tenant = k.tenant AND a.customer = k.customer AND a.until <= $1),
        again AS (INSERT INTO %1$I.todo (tenant, customer, why, since) SELECT tenant, customer, 'retain', $3 FROM kept WHERE error IS NOT NULL),
        written AS (
            UPDATE %1$I.current c SET facts = csagg.forget_before(k.whole, k.forgotten), from_at = $1, until_at = greatest(c.until_at, $1), past_until = NULL,
                score = csagg.slice(k.whole_score, greatest($1, c.score_from), 'infinity'),
                score_before = csagg.pipeline_slice(k.whole_score, $1, c.score_from), coverage = csagg.slice(k.whole_coverage, $1, 'infinity'),
                stage = csagg.slice(c.stage, $1, 'infinity'), band = csagg.slice(c.band, $1, 'infinity'),
                alerts = csagg.pipeline_alerts_onto(c.alerts, csagg.slice(c.alerts, $1, 'infinity'), $1), kept_from = $1, facts_from = k.forgotten,
                seed = k.seed_there
            FROM kept k WHERE c.tenant = k.tenant AND c.customer = k.customer RETURNING c.tenant, c.customer)
        SELECT array_agg(ROW(tenant, customer, NULL, NULL, NULL, NULL)::csagg.pipeline_change ORDER BY tenant, customer) FROM written$sql$,
        pipeline, csagg.pipeline_reigns_by_tenant(pipeline), csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'),
        csagg.pipeline_whole(pipeline, 'score'), csagg.pipeline_whole(pipeline, 'coverage'), csagg.pipeline_reigns('c.tenant'),
        csagg.pipeline_attended(pipeline, 'c'))
        INTO changes USING horizon, most, now, after.tenant, after.customer;
    PERFORM csagg.pipeline_part(pipeline, changes, now);
    RETURN changes[most];
END $body$;
COMMENT ON FUNCTION csagg.pipeline_retain_history(name, interval, csagg.pipeline_change, integer) IS
    'removes what is known and what was said of customers before the month in which that interval begins, or the last step, of at most so many, in order, after that one (NULL: from the first); gives the last of them if there may be more. Not of those who wait for a step';

-- Without the pipeline's lock, since people hold such rows, too: those that somebody holds go the next time.
CREATE FUNCTION csagg.pipeline_retain_rest(pipeline name, history interval) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
BEGIN
    EXECUTE format('DELETE FROM %1$I.alert_note WHERE episode IN (SELECT episode FROM %1$I.alert_note WHERE episode NOT IN (SELECT episode FROM %1$I.alert) FOR UPDATE SKIP LOCKED)',
        pipeline);
    EXECUTE format($sql$
        DELETE FROM %1$I.override WHERE (tenant, customer, since) IN (
            SELECT v.tenant, v.customer, v.since
            FROM %1$I.override v JOIN %1$I.current c ON c.tenant = v.tenant AND c.customer = v.customer
            WHERE v.until <= c.facts_from FOR UPDATE OF v SKIP LOCKED)$sql$,
        pipeline);
    EXECUTE format('WITH %s SELECT',
        csagg.pipeline_efface(pipeline, format($sql$
            SELECT r.source, r.id
            FROM %1$I.rejected r JOIN %1$I.source s ON s.name = r.source AND s.kind <> 'log'
            WHERE r.at < csagg.pipeline_horizon($1, csagg.pipeline_clock()) FOR UPDATE OF r SKIP LOCKED$sql$,
            pipeline))) USING history;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_retain_rest(name, interval) IS
    'deletes notes of episodes that are gone, overrides that had ended where facts begin, and rows of users'' tables that were rejected before the month in which that interval begins, but for the ids of those on which a filter fails';

CREATE PROCEDURE csagg.retain(pipeline name, log interval DEFAULT NULL, history interval DEFAULT NULL, feed interval DEFAULT '90 days')
    LANGUAGE plpgsql AS $body$
DECLARE
    last csagg.pipeline_change;
BEGIN
    CALL csagg.pipeline_alone('retain()');
    PERFORM csagg.pipeline_check_retain(pipeline, log, history, feed);
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        EXIT WHEN NOT csagg.pipeline_retain_log(pipeline, log, 10000);
    END LOOP;
    IF history IS NOT NULL THEN
        CALL csagg.refresh(pipeline);
        LOOP
            COMMIT;
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            last := csagg.pipeline_retain_history(pipeline, history, last, 1000);
            EXIT WHEN last.customer IS NULL;
        END LOOP;
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        PERFORM csagg.pipeline_retain_rest(pipeline, history);
    END IF;
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        EXIT WHEN NOT csagg.pipeline_retain_feed(pipeline, feed, 10000);
    END LOOP;
    COMMIT;
END $body$;
COMMENT ON PROCEDURE csagg.retain(name, interval, interval, interval) IS
    'deletes old things, a part in each transaction, so that it may be stopped and called again; NULL keeps all. log: rows of the log that were recorded longer ago. Only rows that have been folded go, and what they said stays in the facts; of rejected ones, which said nothing, what `rejected` has goes, too; repeated event_ids are known for ever. From then on verify() takes facts as they are, and backtest(known => ''then'') is refused. history: after a refresh(), what was said of customers before the beginning of the month (UTC) that lies so far back, or of the month of the last step less the time to settle, if that is earlier; their episodes that had ended by then, with their notes; entries of facts from before what the rules look back to from there, while a state that held then goes on, with its instant; overrides that had ended before that; rejected rows of users'' tables of before the month. Reads have no customer before that month. feed: rows of the feed that were emitted longer ago. Not within a transaction (2D000). Errors: 42704, 42501 as of step(), 22023 for an age that is negative or more than 1000 years, 55000 for history where rules of any tenant look back without an end';
