-- Everything the catalogs say of the extension csagg and of its objects, one line each, without oids: the same lines
-- mean the same objects. What an object is named by, columns that hold oids are printed as.
SET search_path = '';
SET jit = off;

CREATE FUNCTION pg_temp.name_of(catalog regclass, object oid) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN object <> 0 THEN type || ' ' || identity END FROM pg_identify_object(catalog, object, 0)
$$;
CREATE FUNCTION pg_temp.named(catalog regclass, value jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'array'
                THEN (SELECT jsonb_agg(pg_temp.named(catalog, v) ORDER BY n) FROM jsonb_array_elements(value) WITH ORDINALITY e (v, n))
                WHEN value #>> '{}' ~ '^\d+$' THEN to_jsonb(pg_temp.name_of(catalog, (value #>> '{}')::oid))
                ELSE value END
$$;
CREATE TEMP TABLE reference AS
SELECT fktable, fkcols[1] AS field, pktable FROM pg_get_catalog_foreign_keys() WHERE cardinality(fkcols) = 1;
-- Attributes' options have a counter in newer minor versions. Expression trees hold oids too; functions' are printed apart.
CREATE FUNCTION pg_temp.without_oids(catalog regclass, entry jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT entry - '{oid,attoptions,proargdefaults,prosqlbody,typdefaultbin}'::text[]
           || coalesce((SELECT jsonb_object_agg(field, pg_temp.named(pktable, entry -> field)) FROM pg_temp.reference WHERE fktable = catalog), '{}')
$$;
CREATE FUNCTION pg_temp.entries_of(catalog regclass, key text, object oid) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT pg_temp.without_oids($1, to_jsonb(c))::text FROM %s c WHERE c.%I = $2', catalog, key) USING catalog, object;
END $$;

CREATE TEMP TABLE own AS
WITH RECURSIVE own AS (
    SELECT 'pg_extension'::regclass::oid AS classid, oid AS objid FROM pg_extension WHERE extname = 'csagg'
    UNION SELECT d.classid, d.objid FROM own o JOIN pg_depend d ON (d.refclassid, d.refobjid) = (o.classid, o.objid) AND d.deptype IN ('e', 'i', 'a'))
SELECT classid, objid, pg_temp.name_of(classid, objid) AS name FROM own;

SELECT name || ': ' || line
FROM own, LATERAL (
    SELECT pg_temp.entries_of(classid, 'oid', objid)
    UNION ALL SELECT pg_temp.entries_of('pg_aggregate', 'aggfnoid', objid) WHERE classid = 'pg_proc'::regclass
    UNION ALL SELECT pg_get_function_arguments(objid) || coalesce(pg_get_function_sqlbody(objid), '') WHERE classid = 'pg_proc'::regclass
    UNION ALL SELECT pg_temp.entries_of('pg_attribute', 'attrelid', objid) WHERE classid = 'pg_class'::regclass
    UNION ALL SELECT 'comment: ' || d.description FROM pg_description d WHERE (d.classoid, d.objoid) = (classid, own.objid)
    UNION ALL SELECT 'depends: ' || d.deptype::text || ' ' || pg_temp.name_of(d.refclassid, d.refobjid) FROM pg_depend d WHERE (d.classid, d.objid) = (own.classid, own.objid)
    UNION ALL SELECT 'initially: ' || p.privtype::text || ' ' || p.initprivs::text FROM pg_init_privs p WHERE (p.classoid, p.objoid) = (classid, own.objid)
) l (line)
ORDER BY (name || ': ' || line) COLLATE "C";
