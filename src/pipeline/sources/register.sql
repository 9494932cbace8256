-- A table becomes a source, and facts its own.

CREATE FUNCTION csagg.pipeline_register(pipeline name, relation regclass, kind text, spec jsonb) RETURNS text
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    given text;
BEGIN
    EXECUTE format($sql$
        INSERT INTO %1$I.source (name, relation, kind, spec)
        SELECT n, $1::text, $2, jsonb_strip_nulls($3)
        FROM (SELECT relname AS short FROM pg_class WHERE oid = $1) c, generate_series(1, 1000) i,
            LATERAL (SELECT CASE i WHEN 1 THEN short ELSE short || ' ' || i END AS n) m
        WHERE NOT EXISTS (SELECT FROM %1$I.source s WHERE s.name = n) AND ($2 <> 'states' OR NOT EXISTS (SELECT FROM %1$I.log l WHERE l.origin = n))
        ORDER BY i LIMIT 1
        RETURNING name$sql$, pipeline) INTO given USING relation, kind, spec;
    RETURN given;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_register(name, regclass, text, jsonb) IS
    'enters a source under the table''s name, or that with a number if there is one already, or, of states, rows that say they are from there; gives the name';

CREATE FUNCTION csagg.pipeline_claim(pipeline name, source text, keys text[], kinds text[]) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    clash record;
BEGIN
    -- First, since it waits for whoever claims the same just now.
    EXECUTE format($sql$
        INSERT INTO %1$I.fact AS f (key, kind, source) SELECT DISTINCT k.key, k.kind, $1 FROM unnest($2, $3) k(key, kind)
        ON CONFLICT (key) DO UPDATE SET source = excluded.source, shown_to = '' WHERE f.kind = excluded.kind AND coalesce(f.source, $1) = $1$sql$,
        pipeline) USING source, keys, kinds;
    EXECUTE format($sql$
        SELECT k.key, k.kind AS asked, f.kind, f.source FROM unnest($2, $3) k(key, kind) JOIN %1$I.fact f USING (key)
        WHERE f.kind <> k.kind OR f.source <> $1 ORDER BY 1 LIMIT 1$sql$, pipeline) INTO clash USING source, keys, kinds;
    IF clash.source <> source THEN
        RAISE duplicate_object USING MESSAGE = format('fact "%s" belongs to source "%s" and cannot come from "%s", too', clash.key, clash.source, source),
            HINT = 'Give one of the two another name.';
    ELSIF clash.key IS NOT NULL THEN
        RAISE datatype_mismatch USING MESSAGE = format('fact "%s" is a %s here, and a %s for a rule set or %I.fact', clash.key, clash.asked, clash.kind, pipeline),
            HINT = 'Give one of the two another name.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_claim(name, text, text[], text[]) IS
    'makes facts belong to a source. Errors: 42804 for one that is of another kind, 42710 for one that belongs to another source';
