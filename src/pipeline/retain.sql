-- Old rows go, in batches, each in a transaction of its own. What has been folded stays in the customers' facts, up to how far
-- back they are to be known.

-- By whole months, so that a customer is seldom written.
CREATE FUNCTION csagg.pipeline_horizon(history interval, now timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $body$ SELECT date_trunc('month', now - history) $body$;
COMMENT ON FUNCTION csagg.pipeline_horizon(interval, timestamptz) IS
    'the beginning of the month, in UTC, in which the history to be kept begins';

CREATE FUNCTION csagg.pipeline_check_retain(pipeline name, log interval, history interval, feed interval) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    endless record;
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF log < '0' OR history < '0' OR feed < '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an age to retain is not negative';
    END IF;
    EXECUTE format('SELECT * FROM (%s) r WHERE until > csagg.pipeline_horizon($1, csagg.pipeline_clock()) AND csagg.look_back(rules) IS NULL ORDER BY tenant, since LIMIT 1', csagg.pipeline_reign(pipeline))
        INTO endless USING history;
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

-- What a state that holds at the horizon was before is gone; but an episode that goes on keeps its beginning.
CREATE FUNCTION csagg.pipeline_alerts_from(alerts csagg.history, horizon timestamptz) RETURNS csagg.history
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN alerts IS NOT NULL THEN coalesce(csagg.merge(csagg.history_of(f.key, csagg.slice(x.alert, CASE WHEN csagg.bool_at(x.alert, horizon) THEN csagg.pipeline_since(x.alert, horizon) ELSE horizon END, 'infinity'))), '{}') END
    FROM csagg.facts(alerts) f CROSS JOIN LATERAL (SELECT csagg.timeline_of(alerts, f.key) AS alert) x
$body$;
COMMENT ON FUNCTION csagg.pipeline_alerts_from(csagg.history, timestamptz) IS
    'alerts from an instant on; one that is firing there from when it began';

CREATE FUNCTION csagg.pipeline_retain_history(pipeline name, history interval, most integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off SET jit = off AS $body$
DECLARE
    now constant timestamptz := csagg.pipeline_clock();
    horizon constant timestamptz := csagg.pipeline_horizon(history, now);
    changes csagg.pipeline_change[];
BEGIN
    IF history IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    PERFORM csagg.pipeline_check_retain(pipeline, NULL, history, NULL);  -- rules may have changed
    EXECUTE format($sql$
        WITH reign AS MATERIALIZED (%2$s),
        old AS MATERIALIZED (
            SELECT c.*, %3$s AS whole, %4$s AS whole_from, %5$s AS whole_score, %6$s AS whole_coverage, %7$s AS reigns
            FROM %1$I.current c WHERE (c.from_at < $1 OR c.past_until IS NOT NULL) AND (c.kept_from < $1 OR c.kept_from IS NULL) LIMIT $2),
        kept AS MATERIALIZED (
            SELECT o.*, l.facts_from AS forgotten, csagg.pipeline_seed(o.reigns, o.whole, o.whole_from, $1, o.seed) AS seed_there
            FROM old o CROSS JOIN LATERAL (SELECT $1 - max(csagg.look_back(r.rules)) AS facts_from FROM unnest(o.reigns) r WHERE r.until > $1) l),
        past AS (DELETE FROM %1$I.past p USING kept k WHERE p.tenant = k.tenant AND p.customer = k.customer),
        episode AS (DELETE FROM %1$I.alert a USING kept k WHERE a.tenant = k.tenant AND a.customer = k.customer AND a.until <= $1 RETURNING a.episode),
        note AS (DELETE FROM %1$I.alert_note n USING episode e WHERE n.episode = e.episode),
        again AS (INSERT INTO %1$I.todo (tenant, customer, why, since) SELECT tenant, customer, 'retain', $3 FROM kept WHERE error IS NOT NULL),
        written AS (
            UPDATE %1$I.current c SET facts = csagg.forget_before(k.whole, coalesce(k.forgotten, $1)), from_at = $1, until_at = greatest(c.until_at, $1), past_until = NULL,
                score = csagg.slice(k.whole_score, $1, 'infinity'), coverage = csagg.slice(k.whole_coverage, $1, 'infinity'),
                stage = csagg.slice(c.stage, $1, 'infinity'), band = csagg.slice(c.band, $1, 'infinity'), alerts = csagg.pipeline_alerts_from(c.alerts, $1),
                kept_from = $1, facts_from = coalesce(k.forgotten, $1), seed = k.seed_there
            FROM kept k WHERE c.tenant = k.tenant AND c.customer = k.customer RETURNING c.tenant, c.customer)
        SELECT array_agg(ROW(tenant, customer, NULL, NULL, NULL, NULL)::csagg.pipeline_change) FROM written$sql$,
        pipeline, csagg.pipeline_reign(pipeline), csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'),
        csagg.pipeline_whole(pipeline, 'score'), csagg.pipeline_whole(pipeline, 'coverage'), csagg.pipeline_reigns('c.tenant')) INTO changes USING horizon, most, now;
    PERFORM csagg.pipeline_part(pipeline, changes, now);
    RETURN coalesce(cardinality(changes), 0) >= most;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_retain_history(name, interval, integer) IS
    'removes what is known and what was said of customers before the month in which that interval begins, of at most so many; whether there may be more';

CREATE PROCEDURE csagg.retain(pipeline name, log interval DEFAULT NULL, history interval DEFAULT NULL, feed interval DEFAULT '90 days')
    LANGUAGE plpgsql AS $body$
DECLARE
    again pg_catalog.bool;
BEGIN
    PERFORM csagg.pipeline_check_retain(pipeline, log, history, feed);
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        again := csagg.pipeline_retain_log(pipeline, log, 10000);
        again := csagg.pipeline_retain_history(pipeline, history, 1000) OR again;
        again := csagg.pipeline_retain_feed(pipeline, feed, 10000) OR again;
        EXIT WHEN NOT again;
    END LOOP;
    COMMIT;
END $body$;
COMMENT ON PROCEDURE csagg.retain(name, interval, interval, interval) IS
    'deletes old things, a part in each transaction, so that it may be stopped and called again; NULL keeps all. log: rows of the log that were recorded longer ago. Only rows that have been folded go, and what they said stays in the facts; of rejected ones, which said nothing, what `rejected` has goes, too; repeated event_ids are known for ever. From then on verify() takes facts as they are, and backtest(known => ''then'') is refused. history: what was said of customers before the beginning of the month (UTC) that lies so far back, their episodes that had ended by then, and entries of facts from before what the rules look back to from there; what held then goes on holding. Reads have no customer before that month. feed: rows of the feed that were emitted longer ago. Not within a transaction (2D000). Errors: 42704, 42501 as of step(), 22023 for a negative age, 55000 for history where rules look back without an end';
