-- What stands for forgotten persons in rows that come: keeping/forget_actor.sql.

CREATE FUNCTION csagg.pipeline_actor_hash(salt uuid, tenant text, actor text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array('actor', salt, tenant, actor)::text, pg_catalog.getdatabaseencoding()))
$body$;
COMMENT ON FUNCTION csagg.pipeline_actor_hash(uuid, text, text) IS
    'what a pseudonym keeps in place of the actor''s name, as pipeline_hash(); without settings of its own, so that it is part of the query that asks';

CREATE FUNCTION csagg.pipeline_actor(pipeline name, tenant text, actor text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$
        CASE WHEN %3$s IS NULL OR NOT EXISTS (SELECT FROM %1$I.pseudonym) OR octet_length(%3$s) > 1000 OR octet_length(%2$s) > 2000 THEN %3$s
            ELSE coalesce((
                SELECT n.actor FROM %1$I.pseudonym n
                WHERE n.hash = csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), %2$s, %3$s)), %3$s) END$sql$,
        pipeline, tenant, actor)
$body$;
COMMENT ON FUNCTION csagg.pipeline_actor(name, text, text) IS
    'an expression for the actor of a row, or what stands for it since forget_actor(); tenant and actor are expressions, too. For the owner, who alone can read the salt';

CREATE FUNCTION csagg.pipeline_waiting(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT l.tenant, l.customer, l.actor, l.id FROM %1$I.log l WHERE l.id > (SELECT upto FROM %1$I.source WHERE name = 'log')
        UNION ALL SELECT l.tenant, l.customer, l.actor, l.id
        FROM %1$I.hole h, unnest(h.ids) i, LATERAL (SELECT * FROM %1$I.log l WHERE l.id >= lower(i) AND l.id < upper(i)) l
        WHERE h.source = 'log'$sql$,
        pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_waiting(name) IS
    'a query for the rows of the log that are not folded';

-- Readers cannot: as forgotten(), it takes no argument.
CREATE FUNCTION csagg.pipeline_make_replaced(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION %1$I.replaced(OUT id bigint, OUT actor text) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS %2$L$sql$,
        pipeline, format('BEGIN RETURN QUERY SELECT q.* FROM csagg.pipeline_read(%L) q(id bigint, actor text); END', format($sql$
    SELECT l.id, n.actor FROM (%2$s) l JOIN %1$I.pseudonym n ON n.hash = csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), l.tenant, l.actor)
    WHERE EXISTS (SELECT FROM %1$I.pseudonym) AND l.actor IS NOT NULL AND octet_length(l.actor) <= 1000 AND octet_length(l.tenant) <= 2000$sql$, pipeline, csagg.pipeline_waiting(pipeline))));
    EXECUTE format('COMMENT ON FUNCTION %I.replaced() IS ''ids of rows of the log that are not folded and whose actor is forgotten, and what stands for the actor: views count that''',
        pipeline);
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
            WHERE l.id >= lower(i)
                AND l.id < upper(i)
                AND n.hash = CASE WHEN octet_length(l.actor) <= 1000 AND octet_length(l.tenant) <= 2000
                    THEN csagg.pipeline_actor_hash((SELECT salt FROM %1$I.secret), l.tenant, l.actor) END$sql$,
            pipeline) USING ids;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_replace_logged(name, int8multirange) IS
    'in rows of the log that are being folded: forgotten actors'' names go';
