-- postgres_fdw sends what belongs to an extension. From some version of PostgreSQL on the arrays of an extension's types do, too.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = 'csagg.timeline[]'::regtype AND deptype = 'e') THEN
        ALTER EXTENSION csagg ADD TYPE csagg.timeline[];
    END IF;
END $$;
