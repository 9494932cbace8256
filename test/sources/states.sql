-- States: after each transaction the table is copied; of every such instant the facts must say what the copy says.
\set QUIET on
\o /dev/null
DROP SCHEMA IF EXISTS "cs ""x"" 'y'" CASCADE;
DROP TABLE IF EXISTS "a ""b"" 'c'", trail;
DROP TYPE IF EXISTS mood;
SELECT setseed(:seed / 1e9);
CREATE TYPE mood AS ENUM ('glad', 'so "so"', 'it''s bad');
SELECT :'by' <> '' AS partitioned \gset
\if :partitioned
CREATE TABLE "a ""b"" 'c'" (dropped int, id int, "te nant" int, found boolean DEFAULT true, plan text, "se""ats" numeric(9, 2), m mood, until date, at timestamp, untracked int, region int, created timestamptz,
    UNIQUE (id, region)) PARTITION BY LIST (region);
CREATE TABLE leaf0 PARTITION OF "a ""b"" 'c'" FOR VALUES IN (0);
CREATE TABLE leaf1 PARTITION OF "a ""b"" 'c'" FOR VALUES IN (1);
\set tenant region
\else
CREATE TABLE "a ""b"" 'c'" (dropped int, id int, "te nant" int, found boolean DEFAULT true, plan text, "se""ats" numeric(9, 2), m mood, until date, at timestamp, untracked int, region int, created timestamptz,
    CONSTRAINT one UNIQUE (id, "te nant") DEFERRABLE);
\set tenant 'te nant'
\endif
ALTER TABLE "a ""b"" 'c'" DROP dropped;
CREATE TABLE trail (at timestamptz, tenant text, customer text, key text, value text);

CREATE OR REPLACE FUNCTION some_row() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format('(%s, %s, %L, %L, %s, %L, %L, %L, %s, %s)', coalesce(CASE WHEN chance(0.97) THEN 1 + (random() * 30)::int END::text, 'NULL'), pick('1', '1', '2', 'NULL'), chance(0.8),
        pick('gold', 'si''lver', '"', '', '{"a": 1}', NULL), coalesce(nullif((random() * 8)::int, 0)::text, 'NULL'), pick('glad', 'so "so"', 'it''s bad', NULL),
        date '2026-01-01' + (random() * 3)::int, timestamp '2026-01-01' + (random() * 3)::int * interval '1 hour', (random() * 9)::int, (random() * 1)::int)
$$;
CREATE OR REPLACE FUNCTION some_statement() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    t constant text := '"a ""b"" ''c''"';
    columns constant text := '(id, "te nant", found, plan, "se""ats", m, until, at, untracked, region)';
    rows text := (SELECT string_agg(some_row(), ', ') FROM generate_series(1, 1 + (random() * 5)::int));
BEGIN
    RETURN CASE pick('insert', 'insert', 'insert', 'upsert', 'merge', 'tracked', 'tracked', 'untracked', 'key', 'shift', 'swap', 'filter', 'tenant', 'region', 'delete', 'again', 'many', 'truncate')
        WHEN 'insert' THEN format('INSERT INTO %s %s VALUES %s', t, columns, rows)
        WHEN 'upsert' THEN format('WITH gone AS (DELETE FROM %s WHERE id < 5 RETURNING id) INSERT INTO %1$s (id, plan, "te nant", region) SELECT 60 + id, ''upsert'', 1, 0 FROM gone', t)
        WHEN 'merge' THEN format('MERGE INTO %s t USING (VALUES %s) AS v%s ON t.id = v.id::int WHEN MATCHED AND v.found::boolean THEN UPDATE SET plan = v.plan, m = NULL WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, plan, region) VALUES (v.id::int, v.plan, 1)',
            t, some_row(), columns)
        WHEN 'tracked' THEN format('UPDATE %s SET %s WHERE id %% 4 = %s', t, pick('plan = ''x'', "se""ats" = NULL', 'm = ''glad''', 'until = until + 1', 'at = at + interval ''1 day''', '"se""ats" = "se""ats" + 1'), (random() * 4)::int)
        WHEN 'untracked' THEN format('UPDATE %s SET untracked = 0', t)
        WHEN 'key' THEN format('UPDATE %s SET id = id + 40 WHERE id %% 9 = 0', t)
        WHEN 'shift' THEN format('UPDATE %s SET id = id + 1', t)
        WHEN 'swap' THEN format('UPDATE %s SET id = CASE id WHEN 3 THEN 4 ELSE 3 END WHERE id IN (3, 4)', t)
        WHEN 'filter' THEN format('UPDATE %s SET found = NOT found WHERE id %% 5 = %s', t, (random() * 5)::int)
        WHEN 'tenant' THEN format('UPDATE %s SET "te nant" = 2 WHERE id = %s', t, (random() * 20)::int)
        WHEN 'region' THEN format('UPDATE %s SET region = 1 - region, plan = NULL, m = ''it''''s bad'' WHERE id %% 6 = 1', t)
        WHEN 'delete' THEN format('DELETE FROM %s WHERE id %% 7 = %s', t, (random() * 7)::int)
        WHEN 'again' THEN format('WITH d AS (DELETE FROM %s WHERE id %% 3 = 0 RETURNING *) INSERT INTO %1$s (id, "te nant", plan, region) SELECT id, "te nant", nullif(plan, ''gold''), region FROM d', t)
        WHEN 'many' THEN format('DELETE FROM %s WHERE chance(0.7)', t)
        ELSE CASE WHEN chance(0.3) THEN format('TRUNCATE %s', t) ELSE format('UPDATE %s SET plan = plan', t) END END;
END $$;
CREATE OR REPLACE PROCEDURE keep() LANGUAGE plpgsql AS $$
DECLARE
    now timestamptz := clock_timestamp();
BEGIN
    INSERT INTO trail
    SELECT now, t, id::text, key, value FROM (SELECT coalesce(CASE WHEN (SELECT spec ->> 'tenant' FROM "cs ""x"" 'y'".source WHERE kind = 'states') = 'region' THEN region ELSE "te nant" END::text, 'none') AS t, * FROM "a ""b"" 'c'") a,
        LATERAL (VALUES ('plan', plan), ('se"ats', trim_scale("se""ats")::text), ('mood of it', m::text), ('until', until::text), ('at', (at AT TIME ZONE 'UTC')::text)) f(key, value)
    WHERE a.found AND id IS NOT NULL AND t <> 'none' AND value IS NOT NULL
    UNION ALL SELECT now, NULL, NULL, NULL, NULL;
END $$;

\if :partitioned
INSERT INTO "a ""b"" 'c'" (id, plan, created, region) SELECT i, 'gold', CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN NULL ELSE now() - interval '1 day' * i END, i % 2 FROM generate_series(1, 10) i;
\else
INSERT INTO "a ""b"" 'c'" (id, plan, created, "te nant") SELECT i, 'gold', CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN NULL ELSE now() - interval '1 day' * i END, i % 2 FROM generate_series(1, 10) i;
\endif
SELECT csagg.create_pipeline('cs "x" ''y''', '{"timezone": "UTC", "facts": {"plan": "text"}, "rules": [{"name": "r", "when": "plan = ''gold''", "points": 1}]}');
SELECT csagg.add_states('cs "x" ''y''', '"a ""b"" ''c''"', 'id', '{plan,"se\"ats",m,until,at}', since => 'created', tenant => :'tenant', rename => '{"m": "mood of it"}', filter => 'found -- x');
CALL keep();
DROP PROCEDURE IF EXISTS live();
CREATE PROCEDURE live() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 40 LOOP
        FOR j IN 1 .. 1 + (random() * 1.2)::int LOOP
            BEGIN
                CALL life(some_statement());
            EXCEPTION WHEN integrity_constraint_violation THEN
                NULL;
            END;
        END LOOP;
        BEGIN
            SET CONSTRAINTS ALL IMMEDIATE;
            COMMIT;
        EXCEPTION WHEN integrity_constraint_violation OR invalid_transaction_termination THEN
            NULL;
        END;
        COMMIT;
        IF EXISTS (SELECT FROM "cs ""x"" 'y'".source WHERE error LIKE 'one statement ended%') THEN
            PERFORM csagg.resume('cs "x" ''y''', 'a "b" ''c''');
        END IF;
        CALL keep();
        COMMIT;
        IF chance(0.2) THEN
            PERFORM csagg.step('cs "x" ''y''', 1 + (random() * 100)::int);
            COMMIT;
        END IF;
    END LOOP;
END $$;
CALL live();
CALL csagg.refresh('cs "x" ''y''');
\o
SELECT * FROM (
    SELECT i.at, c.tenant, c.customer, k.key, (SELECT v.value FROM csagg.changes(csagg.timeline_of(c.facts, k.key)) v WHERE v.valid_from <= i.at AND v.valid_until > i.at) AS kept,
        (SELECT t.value FROM trail t WHERE (t.at, t.tenant, t.customer, t.key) = (i.at, c.tenant, c.customer, k.key)) AS plain
    FROM (SELECT DISTINCT at FROM trail) i, "cs ""x"" 'y'".current c, csagg.facts(c.facts) k) d
WHERE CASE WHEN key = 'at' THEN kept::timestamptz IS DISTINCT FROM plain::timestamptz ELSE kept IS DISTINCT FROM plain END ORDER BY at, customer LIMIT 5;
SELECT DISTINCT 'not followed', tenant, customer, key FROM trail t WHERE customer IS NOT NULL
    AND NOT EXISTS (SELECT FROM "cs ""x"" 'y'".current c, csagg.facts(c.facts) f WHERE (c.tenant, c.customer, f.key) = (t.tenant, t.customer, t.key));
SELECT 'since', c.customer, f.first_at FROM "cs ""x"" 'y'".current c, csagg.facts(c.facts) f, "cs ""x"" 'y'".log l
WHERE l.origin = 'a "b" ''c''' AND l.id <= 10 AND l.tenant = c.tenant AND l.customer = c.customer AND f.key = 'plan' AND f.first_at > least(l.at, l.recorded_at);
SELECT 'nothing', count(*) FROM trail HAVING count(*) < 100;
SELECT name, error FROM "cs ""x"" 'y'".source WHERE error IS NOT NULL;
SELECT * FROM "cs ""x"" 'y'".rejected LIMIT 3;
SELECT * FROM csagg.verify('cs "x" ''y''');
SELECT csagg.drop_source('cs "x" ''y''', 'a "b" ''c''') \g /dev/null
CALL csagg.refresh('cs "x" ''y''');
SELECT 'left', * FROM "cs ""x"" 'y'".current;
SELECT 'a trigger is left' FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE proname LIKE 'track%' AND proname <> 'track_override';
