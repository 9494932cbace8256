-- A person who has to be forgotten while the customers stay: a random id in place of the name wherever it is, and wherever a row
-- brings it again, so that distinct counts hold.

CREATE FUNCTION csagg.pipeline_actor_hash(salt uuid, tenant text, actor text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array('actor', salt, tenant, actor)::text, pg_catalog.getdatabaseencoding()))
$body$;
COMMENT ON FUNCTION csagg.pipeline_actor_hash(uuid, text, text) IS
    'what a pseudonym keeps in place of the actor''s name, as pipeline_hash(); without settings of its own, so that it is part of the query that asks';

CREATE FUNCTION csagg.pipeline_actor(pipeline name, tenant text, actor text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$CASE WHEN %3$s IS NULL OR NOT EXISTS (SELECT FROM %1$I.pseudonym) OR octet_length(%3$s) > 1000 OR octet_length(%2$s) > 2000 THEN %3$s
        ELSE coalesce((SELECT n.actor FROM %1$I.pseudonym n WHERE n.hash = csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), %2$s, %3$s)), %3$s) END$sql$, pipeline, tenant, actor)
$body$;
COMMENT ON FUNCTION csagg.pipeline_actor(name, text, text) IS
    'an expression for the actor of a row, or what stands for it since forget_actor(); tenant and actor are expressions, too. For the owner, who alone can read the salt';

CREATE FUNCTION csagg.pipeline_waiting(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT l.tenant, l.customer, l.actor, l.id FROM %1$I.log l WHERE l.id > (SELECT upto FROM %1$I.source WHERE name = 'log')
        UNION ALL SELECT l.tenant, l.customer, l.actor, l.id FROM %1$I.hole h, unnest(h.ids) i, LATERAL (SELECT * FROM %1$I.log l WHERE l.id >= lower(i) AND l.id < upper(i)) l WHERE h.source = 'log'$sql$, pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_waiting(name) IS
    'a query for the rows of the log that are not folded';

-- Readers cannot: as forgotten(), it takes no argument.
CREATE FUNCTION csagg.pipeline_make_replaced(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION %1$I.replaced(OUT id bigint, OUT actor text) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS %2$L$sql$, pipeline, format($sql$
    SELECT l.id, n.actor FROM (%2$s) l JOIN %1$I.pseudonym n ON n.hash = csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), l.tenant, l.actor)
    WHERE EXISTS (SELECT FROM %1$I.pseudonym) AND l.actor IS NOT NULL AND octet_length(l.actor) <= 1000 AND octet_length(l.tenant) <= 2000
$sql$, pipeline, csagg.pipeline_waiting(pipeline)));
    EXECUTE format('COMMENT ON FUNCTION %I.replaced() IS ''ids of rows of the log that are not folded and whose actor is forgotten, and what stands for the actor: views count that''', pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_replaced(name) IS
    'makes the function replaced() of a pipeline, or makes it anew';

CREATE FUNCTION csagg.pipeline_replace_logged(pipeline name, ids int8multirange) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    replacing boolean;
BEGIN
    replacing := (SELECT r FROM csagg.pipeline_query(format('SELECT EXISTS (SELECT FROM %I.pseudonym)', pipeline)) q(r boolean));
    IF replacing THEN
        EXECUTE format($sql$
            UPDATE %1$I.log l SET actor = n.actor FROM unnest($1) i, %1$I.pseudonym n
            WHERE l.id >= lower(i) AND l.id < upper(i) AND n.hash = CASE WHEN octet_length(l.actor) <= 1000 AND octet_length(l.tenant) <= 2000 THEN csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), l.tenant, l.actor) END$sql$, pipeline) USING ids;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_replace_logged(name, int8multirange) IS
    'in rows of the log that are being folded: forgotten actors'' names go';

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
            WHERE acknowledged_by = $2 AND episode NOT IN (SELECT episode FROM %1$I.alert WHERE tenant <> $1 UNION ALL SELECT episode FROM %1$I.alert_feed WHERE tenant <> $1))
        SELECT EXISTS (TABLE logged) OR EXISTS (TABLE kept) OR EXISTS (TABLE older)$sql$, pipeline, csagg.pipeline_rejected(pipeline)) INTO known USING tenant, actor, replacement;
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
    EXECUTE format('SELECT FROM %I.pipeline FOR UPDATE', pipeline);
    EXECUTE format($sql$
        INSERT INTO %1$I.pseudonym AS n SELECT csagg.pipeline_actor_hash(salt, $1, $2), gen_random_uuid()::text FROM %1$I.secret
        ON CONFLICT (hash) DO UPDATE SET actor = n.actor RETURNING n.actor$sql$, pipeline) INTO replacement USING tenant, actor;
    RETURN csagg.pipeline_replace_actor(pipeline, tenant, actor, replacement);
END $body$;
COMMENT ON FUNCTION csagg.forget_actor(name, text, text) IS
    'puts a random id in place of a person, in a tenant''s rows of every table of the pipeline: as actor of log, facts and rejected rows, author of rules and overrides, and who acknowledged an alert; whether log or facts had that actor. Distinct counts, scores and alerts stay. A salted hash of the name stays, so that rows that bring it again, from any source, count as the same random id; in the log it is replaced when they are folded. States, such as the owner of an account, free texts, and tables that are not the pipeline''s keep what they say. Again: the same id. Waits for a step that is running. Errors: 42704, 42501, and 55000 without the pipeline''s data, as of step(), 22004 for NULL';
