-- What tables of states say now, beside what their triggers have told.

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

CREATE FUNCTION csagg.pipeline_hold_telling(pipeline name, unreadable jsonb) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_at_once(pipeline, format('SELECT csagg.pipeline_hold(%1$L, t.name, t.relation) FROM csagg.pipeline_telling(%1$L, %2$L) t ORDER BY random()',
        pipeline, unreadable));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_hold_telling(name, jsonb) IS
    'nobody else writes to the tables of states sources that are not stopped and can be read, until the end of the transaction. Error 55P03 as of pipeline_at_once()';

CREATE FUNCTION csagg.pipeline_tell_unsaid(pipeline name, unreadable jsonb, tenant text, customer text) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    source record;
BEGIN
    PERFORM csagg.pipeline_hold_telling(pipeline, unreadable);
    FOR source IN SELECT * FROM csagg.pipeline_telling(pipeline, unreadable) t LOOP
        EXECUTE format(
            'INSERT INTO %I.log (tenant, customer, key, value, origin) SELECT tenant, customer, key, value, $1 FROM (%s) d WHERE tenant = $2 AND customer = $3',
            pipeline, csagg.pipeline_unsaid(pipeline, source.name)) USING source.name, tenant, customer;
    END LOOP;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_tell_unsaid(name, jsonb, text, text) IS
    'writes into the log what states sources say now of a customer and have not told; nobody writes to these tables until the end of the transaction';
