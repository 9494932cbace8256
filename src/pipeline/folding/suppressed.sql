-- Customers that are forgotten: what still comes of them, from tables that are not ours, is dropped.

-- Of the bytes as they are: not every text of every encoding has a form in another one.
CREATE FUNCTION csagg.pipeline_hash(salt uuid, tenant text, customer text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT sha256(convert_to(jsonb_build_array(salt, tenant, customer)::text, getdatabaseencoding()))
$body$;
COMMENT ON FUNCTION csagg.pipeline_hash(uuid, text, text) IS
    'what a suppression keeps in place of the customer''s name: another hash in a database of another encoding, unless the name is ASCII';

CREATE FUNCTION csagg.pipeline_suppressed(pipeline name) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN format($sql$
        (coalesce(octet_length(x.tenant) + octet_length(x.customer), 0) <= 2000
            AND EXISTS (
                SELECT FROM %1$I.secret p, %1$I.suppressed s
                WHERE s.until > csagg.pipeline_now() AND s.hash = csagg.pipeline_hash(p.salt, x.tenant, x.customer)))$sql$,
        pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_suppressed(name) IS
    'a condition: whether the customer of x, a row with tenant and customer, is to be dropped; for the owner, who alone can read the salt';

-- Readers cannot: one function of the pipeline's, with its owner's rights, gives them ids of rows that are not folded, and no name. It takes
-- no argument, so that nobody can ask it for a name. One row a customer will do.
CREATE FUNCTION csagg.pipeline_make_forgotten(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format($sql$
CREATE OR REPLACE FUNCTION %1$I.forgotten() RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS %2$L$sql$,
        pipeline, format('BEGIN RETURN QUERY SELECT * FROM csagg.pipeline_read(%L) q(id bigint); END', format($sql$
    WITH x AS MATERIALIZED (
        SELECT tenant, customer, min(id) AS id FROM (%3$s) l
        WHERE EXISTS (SELECT FROM %1$I.suppressed) AND octet_length(tenant) + octet_length(customer) <= 2000 GROUP BY tenant, customer)
    SELECT id FROM x WHERE %2$s$sql$, pipeline, csagg.pipeline_suppressed(pipeline), csagg.pipeline_waiting(pipeline))));
    EXECUTE format('COMMENT ON FUNCTION %I.forgotten() IS ''ids of a row each of forgotten customers who have rows that are not folded: views leave these customers out''',
        pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_make_forgotten(name) IS
    'makes the function forgotten() of a pipeline, or makes it anew';

CREATE FUNCTION csagg.pipeline_forgotten(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('(x.tenant, x.customer) IN (SELECT l.tenant, l.customer FROM %1$I.log l WHERE l.id IN (SELECT %1$I.forgotten()))', pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_forgotten(name) IS
    'pipeline_suppressed() for readers, of rows of the log that are not folded: a condition on x, a row with tenant and customer';

CREATE FUNCTION csagg.pipeline_rejected(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        SELECT x.source, x.id, x.at, coalesce(x.row ->> n.tenant, '') AS tenant, x.row ->> n.customer AS customer, n.actor
        FROM %1$I.rejected x JOIN %1$I.source s ON s.name = x.source CROSS JOIN LATERAL (
            SELECT CASE WHEN x.row ? 'fault' THEN s.spec ->> 'tenant' ELSE 'tenant' END AS tenant,
                CASE WHEN x.row ? 'fault' THEN s.spec ->> 'customer' ELSE 'customer' END AS customer,
                CASE WHEN x.row ? 'fault' THEN s.spec ->> 'actor' ELSE 'actor' END AS actor) n$sql$, pipeline)
$body$;
COMMENT ON FUNCTION csagg.pipeline_rejected(name) IS
    'a query for whose the rejected rows are, and under which name they have the actor: a row that could not be read through its filter has the names of its table''s columns';

-- A filter that fails on a row does so for whoever reads it, as verify() does.
CREATE FUNCTION csagg.pipeline_efface(pipeline name, rows text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        effaced AS MATERIALIZED (%2$s),
        bad AS (DELETE FROM %1$I.rejected r USING effaced e WHERE r.source = e.source AND r.id = e.id AND NOT r.row ? 'fault'),
        fault AS (
            UPDATE %1$I.rejected r SET reason = 'the filter fails', row = '{"fault": true}' FROM effaced e
            WHERE r.source = e.source AND r.id = e.id AND r.row ? 'fault' AND r.row <> '{"fault": true}')$sql$, pipeline, rows)
$body$;
COMMENT ON FUNCTION csagg.pipeline_efface(name, text) IS
    'queries of a WITH by which these rejected rows (source, id) go, but for the ids of those that could not be read through their filter';

CREATE FUNCTION csagg.pipeline_unsuppressed(pipeline name, changes csagg.pipeline_change[], now timestamptz) RETURNS csagg.pipeline_change[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    suppressing boolean := (SELECT s FROM csagg.pipeline_query(format('SELECT EXISTS (SELECT FROM %I.suppressed)', pipeline)) q(s boolean));
    kept csagg.pipeline_change[];
BEGIN
    IF NOT suppressing THEN
        RETURN changes;
    END IF;
    EXECUTE format('WITH %s SELECT',
        csagg.pipeline_efface(pipeline, format('SELECT source, id FROM (SELECT * FROM (%s) x WHERE x.at = $1 OFFSET 0) x WHERE %s',
            csagg.pipeline_rejected(pipeline), csagg.pipeline_suppressed(pipeline)))) USING now;
    EXECUTE format('SELECT coalesce(array_agg(x::csagg.pipeline_change), ''{}'') FROM unnest($1) x WHERE NOT %s',
        csagg.pipeline_suppressed(pipeline)) INTO kept USING changes;
    RETURN kept;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unsuppressed(name, csagg.pipeline_change[], timestamptz) IS
    'these changes without those of forgotten customers, of whom what this step has rejected goes, too';

-- A row that is visible and in no hole has been folded.
CREATE FUNCTION csagg.pipeline_drop_logged(pipeline name, ids int8multirange) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    suppressing boolean := (SELECT s FROM csagg.pipeline_query(format('SELECT EXISTS (SELECT FROM %I.suppressed)', pipeline)) q(s boolean));
BEGIN
    IF suppressing THEN
        -- By the index of ids, and each name hashed once.
        EXECUTE format($sql$
            WITH came AS MATERIALIZED (
                SELECT l.* FROM unnest($1) i CROSS JOIN LATERAL (
                    SELECT id, tenant, customer FROM %1$I.log WHERE id >= lower(i) AND id < upper(i) ORDER BY id) l
                WHERE NOT EXISTS (SELECT FROM %1$I.hole h WHERE h.source = 'log' AND h.ids @> l.id)
                    AND octet_length(l.tenant) + octet_length(l.customer) <= 2000),
            who AS MATERIALIZED (SELECT DISTINCT tenant, customer FROM came),
            forgotten AS MATERIALIZED (SELECT x.* FROM who x WHERE %2$s),
            gone AS (DELETE FROM %1$I.log l USING came c JOIN forgotten f USING (tenant, customer) WHERE l.id = c.id RETURNING l.id)
            UPDATE %1$I.source SET folded = folded - n FROM (SELECT count(*) AS n FROM gone) g WHERE kind = 'log' AND n > 0$sql$,
                pipeline, csagg.pipeline_suppressed(pipeline)) USING ids;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_drop_logged(name, int8multirange) IS
    'deletes rows of forgotten customers among those of the log that have been folded';
