-- What stands in upgrade/golden: cases, by name, and what they give.
CREATE SCHEMA golden;
CREATE TABLE golden.cases (id serial, name text UNIQUE, query text);
CREATE TABLE golden.kept (id serial, name text UNIQUE, type text, bytes bytea, form text);

-- A type's bytes and text; of a long text its hash.
CREATE FUNCTION golden.form(value anyelement) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN length(value::text) > 2000 THEN 'md5 ' || md5(value::text) ELSE value::text END
$$;
CREATE FUNCTION golden.bytes(value anyelement) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE sent bytea;
BEGIN
    EXECUTE (SELECT format('SELECT %s($1)', typsend) FROM pg_type WHERE oid = pg_typeof(value)) INTO sent USING value;
    RETURN sent;
END $$;

-- What the cases give now. Other types' bytes are PostgreSQL's own.
CREATE FUNCTION golden.results() RETURNS TABLE (name text, type text, bytes bytea, form text) LANGUAGE plpgsql AS $$
DECLARE c record;
BEGIN
    FOR c IN SELECT * FROM golden.cases ORDER BY id LOOP
        RETURN QUERY EXECUTE format('SELECT %L, pg_typeof(x)::text, CASE WHEN pg_typeof(x)::text LIKE ''csagg.%%'' THEN golden.bytes(x) END, golden.form(x) FROM (%s) q (x)', c.name, c.query);
    END LOOP;
END $$;

-- golden.read_TYPE holds what is kept, as it is stored: a cast without a function changes no byte.
CREATE FUNCTION golden.store() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
    FOR t IN SELECT DISTINCT type FROM golden.kept WHERE type LIKE 'csagg.%' LOOP
        CREATE TYPE golden.raw;
        CREATE FUNCTION golden.raw_in(cstring) RETURNS golden.raw LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
        CREATE FUNCTION golden.raw_out(golden.raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
        EXECUTE format('CREATE TYPE golden.raw (INPUT = golden.raw_in, OUTPUT = golden.raw_out, LIKE = %s)', t);
        EXECUTE format('CREATE CAST (golden.raw AS %s) WITHOUT FUNCTION', t);
        EXECUTE format('CREATE TABLE %s AS SELECT name, bytes::text::golden.raw::%s AS x FROM golden.kept WHERE type = %L', golden.reader(t), t, t);
        EXECUTE format('CREATE INDEX ON %s USING hash (x)', golden.reader(t));
        DROP TYPE golden.raw CASCADE;
    END LOOP;
END $$;
CREATE FUNCTION golden.reader(type text) RETURNS text LANGUAGE sql AS $$ SELECT replace(type, 'csagg.', 'golden.read_') $$;

-- What is read there: by name, with the bytes it is sent as.
CREATE FUNCTION golden.readings() RETURNS TABLE (name text, type text, bytes bytea, form text) LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
    FOR t IN SELECT DISTINCT k.type FROM golden.kept k WHERE k.type LIKE 'csagg.%' LOOP
        RETURN QUERY EXECUTE format('SELECT name, pg_typeof(x)::text, golden.bytes(x), golden.form(x) FROM %s', golden.reader(t));
    END LOOP;
END $$;

-- What the text forms of these give when they are read.
CREATE FUNCTION golden.reread() RETURNS TABLE (name text, type text, bytes bytea, form text) LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
    FOR t IN SELECT DISTINCT k.type FROM golden.kept k WHERE k.type LIKE 'csagg.%' LOOP
        RETURN QUERY EXECUTE format('SELECT name, pg_typeof(x)::text, golden.bytes(x), golden.form(x) FROM (SELECT name, x::text::%s AS x FROM %s) r', t, golden.reader(t));
    END LOOP;
END $$;

-- A view for each function: whatever of them an update drops, somebody's view needs.
CREATE FUNCTION golden.lean_on() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE f record; views bigint := 0;
BEGIN
    FOR f IN SELECT p.oid::regproc AS name, CASE WHEN prokind <> 'a' THEN 'count(*) FROM' END AS rows, (SELECT string_agg(format('%s NULL::%s', CASE WHEN provariadic <> 0 AND n = pronargs THEN 'VARIADIC' END, a::regtype), ', ' ORDER BY n)
                                          FROM unnest(proargtypes) WITH ORDINALITY u (a, n)) AS arguments
             FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid
             WHERE extname = 'csagg' AND NOT EXISTS (SELECT FROM unnest(proargtypes || prorettype) a JOIN pg_type t ON t.oid = a WHERE typtype = 'p' AND typname <> 'record')
                 AND NOT (prorettype = 'record'::regtype AND proargmodes IS NULL) LOOP  -- a row of unknown columns
        views := views + 1;
        EXECUTE format('CREATE VIEW golden.leaning_%s AS SELECT %s %s(%s)', views, f.rows, f.name, f.arguments);
    END LOOP;
    RETURN views;
END $$;
