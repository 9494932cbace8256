-- The extension is trusted: this script runs with a superuser's rights, in a schema that somebody else may have made beforehand, and
-- filled with functions and operators that fit better than PostgreSQL's own.

SET LOCAL search_path = pg_catalog, pg_temp;

DO $$
DECLARE
    theirs text := (
        SELECT pg_describe_object(classid, objid, 0) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'csagg'::regnamespace
            AND deptype = 'n' AND classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_class'::regclass) LIMIT 1);
    owner oid := (SELECT nspowner FROM pg_namespace WHERE nspname = 'csagg');
BEGIN
    IF theirs IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = 'schema csagg has objects already: ' || theirs, HINT = 'DROP SCHEMA csagg CASCADE, or ALTER SCHEMA csagg RENAME TO another name.';
    ELSIF owner <> (SELECT extowner FROM pg_extension WHERE extname = 'csagg') AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = owner) THEN
        RAISE WARNING 'schema csagg belongs to role %, who can put functions of its own there', (SELECT rolname FROM pg_roles WHERE oid = owner)
            USING HINT = 'ALTER SCHEMA csagg OWNER TO CURRENT_USER;';
    END IF;
END $$;
