-- A pipeline with sources and tenants; everything about it that is not data; and one whose every part is another version's.
CREATE SCHEMA up;
CREATE TABLE up.account (id text PRIMARY KEY, vendor text, plan text, active boolean);
CREATE TABLE up.contract (customer text, seats int, since date, until date) PARTITION BY RANGE (since);
CREATE TABLE up.contracts PARTITION OF up.contract DEFAULT;
INSERT INTO up.account VALUES ('ada', 't', 'gold', true), ('bell', 't', 'basic', true);
INSERT INTO up.contract VALUES ('ada', 5, '2025-01-01', NULL);
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"plan": "text", "seats": "number"}, "rules": [{"name": "large", "when": "seats > 4", "points": 5}]}');
SELECT csagg.add_states('cs', 'up.account', 'id', '{plan}', tenant => 'vendor', filter => 'active'), csagg.add_intervals('cs', 'up.contract', 'customer', '{seats}', 'since', 'until');
SELECT csagg.isolate('cs', $$current_setting('app.tenant')$$);
CREATE VIEW up.on_health AS SELECT customer, score FROM cs.health;
GRANT SELECT ON cs.health TO pg_monitor;

CREATE FUNCTION up.parts() RETURNS TABLE (part text) LANGUAGE sql SET search_path = '' AS $$
    SELECT format('view %s %s %s %s', c.relname, c.reloptions, c.relacl, pg_get_viewdef(c.oid)) FROM pg_class c WHERE c.relnamespace = 'cs'::regnamespace AND c.relkind = 'v'
    UNION ALL SELECT format('function %s %s', p.proacl, pg_get_functiondef(p.oid)) FROM pg_proc p WHERE p.pronamespace = 'cs'::regnamespace
    UNION ALL SELECT format('trigger %s %s %s', t.tgrelid::regclass, t.tgenabled, pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.pronamespace IN ('cs'::regnamespace, 'csagg'::regnamespace)
    UNION ALL SELECT format('policy %s', p) FROM pg_policies p WHERE p.schemaname = 'cs'
    UNION ALL SELECT format('table %s %s', c.relname, c.relrowsecurity) FROM pg_class c WHERE c.relnamespace = 'cs'::regnamespace AND c.relkind = 'r'
    UNION ALL SELECT format('comment %s %s', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description) FROM pg_description d
        WHERE d.objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'cs'::regnamespace UNION ALL SELECT oid FROM pg_proc WHERE pronamespace = 'cs'::regnamespace)
    ORDER BY 1
$$;

CREATE FUNCTION up.make_old() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    o record;
BEGIN
    FOR o IN SELECT c.oid::regclass AS name, rtrim(pg_get_viewdef(c.oid), ';') AS body FROM pg_class c WHERE c.relnamespace = 'cs'::regnamespace AND c.relkind = 'v' LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT * FROM (%s) old; ALTER VIEW %1$s RESET (security_invoker); COMMENT ON VIEW %1$s IS NULL', o.name, o.body);
    END LOOP;
    FOR o IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'cs'::regnamespace AND p.prorettype = 'trigger'::regtype LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION %s RETURNS trigger LANGUAGE plpgsql AS $body$BEGIN RETURN NULL; END$body$; GRANT EXECUTE ON FUNCTION %1$s TO PUBLIC', o.name);
    END LOOP;
    FOR o IN SELECT t.tgname AS name, t.tgrelid::regclass AS relation FROM pg_trigger t WHERE t.tgrelid IN ('up.account'::regclass, 'up.contract'::regclass, 'cs.rules'::regclass) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', o.name, o.relation);
    END LOOP;
    CREATE OR REPLACE FUNCTION cs.forgotten() RETURNS SETOF bigint LANGUAGE sql AS 'SELECT 1::bigint';
    CREATE OR REPLACE FUNCTION cs.replaced(OUT id bigint, OUT actor text) RETURNS SETOF record LANGUAGE sql AS 'SELECT 1::bigint, ''old''';
    DROP POLICY tenant ON cs.current;
    ALTER POLICY tenant ON cs.log USING (true);
    ALTER TABLE cs.past DISABLE ROW LEVEL SECURITY;
    COMMENT ON COLUMN cs.current.facts IS 'old';
END $$;
