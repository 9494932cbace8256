-- A person who has to be forgotten while the customers stay: a random id in place of the name wherever it is, and wherever a row
-- brings it again, so that distinct counts hold.

-- Who has pinned a score is a person, too.
CREATE FUNCTION csagg.pipeline_replace_person(facts csagg.history, actor text, replacement text) RETURNS csagg.history
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT csagg.replace_facts(csagg.replace_actor(facts, actor, replacement), (
        SELECT csagg.history('overridden_by', 'text', valid_from, to_jsonb(CASE WHEN value = actor THEN replacement ELSE value END), NULL, seq)
        FROM csagg.entries(csagg.timeline_of(facts, 'overridden_by')) HAVING bool_or(value = actor)))
$body$;
COMMENT ON FUNCTION csagg.pipeline_replace_person(csagg.history, text, text) IS
    'facts with another name for a person who acted, or pinned the score';

CREATE FUNCTION csagg.pipeline_replace_actor(pipeline name, tenant text, actor text, replacement text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    known boolean;
BEGIN
    EXECUTE format($sql$
        WITH logged AS (UPDATE %1$I.log SET actor = $3 WHERE tenant = $1 AND actor = $2 RETURNING 1),
        kept AS (
            UPDATE %1$I.current c SET facts = n.facts
            FROM (SELECT customer, csagg.pipeline_replace_person(facts, $2, $3) AS facts FROM %1$I.current WHERE tenant = $1 OFFSET 0) n
            WHERE c.tenant = $1 AND c.customer = n.customer AND csagg.history_ne(c.facts, n.facts) RETURNING 1),
        older AS (
            UPDATE %1$I.past p SET facts = n.facts
            FROM (SELECT customer, starts, csagg.pipeline_replace_person(facts, $2, $3) AS facts FROM %1$I.past WHERE tenant = $1 OFFSET 0) n
            WHERE p.tenant = $1 AND p.customer = n.customer AND p.starts = n.starts AND csagg.history_ne(p.facts, n.facts) RETURNING 1),
        bad AS (
            UPDATE %1$I.rejected r SET row = r.row || jsonb_build_object(n.actor, $3)
            FROM (%2$s) n
            WHERE r.source = n.source AND r.id = n.id AND r.row ->> n.actor = $2 AND n.tenant = $1),
        rule AS (UPDATE %1$I.rules SET author = $3 WHERE tenant = $1 AND author = $2),
        pin AS (UPDATE %1$I.override SET author = $3 WHERE tenant = $1 AND author = $2),
        note AS (
            UPDATE %1$I.alert_note SET acknowledged_by = $3
            WHERE acknowledged_by = $2
                AND episode NOT IN (
                    SELECT episode FROM %1$I.alert WHERE tenant <> $1 UNION ALL SELECT episode FROM %1$I.alert_feed WHERE tenant <> $1))
        SELECT EXISTS (TABLE logged) OR EXISTS (TABLE kept) OR EXISTS (TABLE older)$sql$,
            pipeline, csagg.pipeline_rejected(pipeline)) INTO known USING tenant, actor, replacement;
    RETURN known;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_replace_actor(name, text, text, text) IS
    'another name for a person in every table of a pipeline; whether log or facts had the old one';

CREATE FUNCTION csagg.forget_actor(pipeline name, actor text, tenant text DEFAULT '') RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET row_security = off AS $body$
DECLARE
    replacement text;
BEGIN
    PERFORM csagg.pipeline_check(pipeline), csagg.pipeline_filled(pipeline);
    IF actor IS NULL OR tenant IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'forget_actor() needs an actor and a tenant';
    END IF;
    -- As in forget(), and in that order.
    EXECUTE format('SELECT FROM %I.override WHERE tenant = $1 AND author = $2 ORDER BY customer, since FOR UPDATE', pipeline) USING tenant, actor;
    EXECUTE format('SELECT FROM %I.alert_note WHERE acknowledged_by = $1 ORDER BY episode FOR UPDATE', pipeline) USING actor;
    EXECUTE format('SELECT FROM %I.rules WHERE tenant = $1 AND author = $2 ORDER BY effective_from FOR UPDATE', pipeline) USING tenant, actor;
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    EXECUTE format($sql$
        INSERT INTO %1$I.pseudonym AS n SELECT csagg.pipeline_actor_hash(salt, $1, $2), gen_random_uuid()::text FROM %1$I.secret
        ON CONFLICT (hash) DO UPDATE SET actor = n.actor RETURNING n.actor$sql$, pipeline) INTO replacement USING tenant, actor;
    RETURN csagg.pipeline_replace_actor(pipeline, tenant, actor, replacement);
END $body$;
COMMENT ON FUNCTION csagg.forget_actor(name, text, text) IS
    'puts a random id in place of a person, in a tenant''s rows of every table of the pipeline: as actor of log, facts and rejected rows, author of rules and overrides, and who acknowledged an alert; whether log or facts had that actor. Distinct counts, scores and alerts stay. A salted hash of the name stays, so that rows that bring it again, from any source, count as the same random id; in the log it is replaced when they are folded. States, such as the owner of an account, free texts, and tables that are not the pipeline''s keep what they say. Again: the same id. Waits for a step that is running. Errors: 42704, 42501, and 55000 without the pipeline''s data, as of step(), 22004 for NULL';
