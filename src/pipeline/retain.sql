-- Old rows go, in batches, each in a transaction of its own. What has been folded stays in the customers' facts.

CREATE FUNCTION csagg.pipeline_check_retain(pipeline name, log interval, feed interval) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_check(pipeline);
    IF log < '0' OR feed < '0' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an age to retain is not negative';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_check_retain(name, interval, interval) IS
    'that retain() can work. Errors: 42704, 42501 as of step(), 22023';

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

CREATE PROCEDURE csagg.retain(pipeline name, log interval DEFAULT NULL, feed interval DEFAULT '90 days')
    LANGUAGE plpgsql AS $body$
DECLARE
    again pg_catalog.bool;
BEGIN
    PERFORM csagg.pipeline_check_retain(pipeline, log, feed);
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        again := csagg.pipeline_retain_log(pipeline, log, 10000);
        again := csagg.pipeline_retain_feed(pipeline, feed, 10000) OR again;
        EXIT WHEN NOT again;
    END LOOP;
    COMMIT;
END $body$;
COMMENT ON PROCEDURE csagg.retain(name, interval, interval) IS
    'deletes rows of the log that were recorded, and rows of the feed that were emitted, longer ago than that; NULL: none. 10,000 a transaction, so it may be stopped and called again. Only rows that have been folded go, and what they said stays in the facts; of rejected ones, which said nothing, what `rejected` has goes, too; repeated event_ids are known for ever. From then on verify() takes facts as they are, and backtest(known => ''then'') is refused. Not within a transaction (2D000). Errors: 42704, 42501 as of step(), 22023 for a negative age';
