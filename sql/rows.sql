-- Rows of facts whose type changes while a transaction goes on: what score() sees is what to_jsonb() shows.
SET TimeZone = 'UTC';
SET search_path = public, csagg;
CREATE TABLE r AS SELECT '{"timezone": "UTC", "facts": {"a": {"kind": "number", "optional": true}}, "exists": "true",
    "rules": [{"name": "a", "points": "a", "missing": -1}]}'::ruleset AS rules;
-- The same from what to_jsonb() shows: -1 where there is no a.
CREATE FUNCTION shown(x anyelement) RETURNS numeric LANGUAGE sql AS $$ SELECT coalesce((to_jsonb(x)->>'a')::numeric, -1) $$;

-- a loop: one call site, a variable of the table's type
CREATE TABLE cust (a int, b int);
INSERT INTO cust VALUES (5, 0);
CREATE FUNCTION follow(changes text[]) RETURNS TABLE (change text, score numeric, shown numeric) LANGUAGE plpgsql AS $$
DECLARE
    given ruleset := rules FROM r;
    x cust;
BEGIN
    FOREACH change IN ARRAY changes LOOP
        EXECUTE change;
        FOR x IN EXECUTE 'SELECT * FROM cust' LOOP
            score := csagg.score(given, x, '2025-01-01');
            shown := public.shown(x);
            RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;
SELECT * FROM follow(ARRAY[
    'SELECT 1',
    'ALTER TABLE cust RENAME a TO c; ALTER TABLE cust RENAME b TO a; ALTER TABLE cust RENAME c TO b',
    'ALTER TABLE cust ALTER a TYPE numeric USING a + 7.25',
    'ALTER TABLE cust ADD c text DEFAULT ''x''',
    'ALTER TABLE cust DROP a',
    'ALTER TABLE cust ADD a float8 DEFAULT 2.5',
    'ALTER TABLE cust ALTER a TYPE bigint',
    'ALTER TABLE cust RENAME a TO d',
    'ALTER TABLE cust RENAME b TO a']);

-- a prepared statement
DROP TABLE cust;
CREATE TABLE cust (a int, b int);
INSERT INTO cust VALUES (5, 0);
PREPARE ask AS SELECT score(rules, x, '2025-01-01'), shown(x) FROM r, cust x;
BEGIN;
EXECUTE ask;
ALTER TABLE cust RENAME a TO c;
ALTER TABLE cust ADD a int DEFAULT 3;
EXECUTE ask;
ALTER TABLE cust ALTER a TYPE numeric USING a / 8.0;
EXECUTE ask;
ALTER TABLE cust DROP c, DROP b;
EXECUTE ask;
ROLLBACK;
EXECUTE ask;

-- values of a composite type, made before it changes and read afterwards
CREATE TYPE pair AS (a int, b int);
CREATE FUNCTION keep(changes text[]) RETURNS TABLE (change text, value jsonb, score numeric, shown numeric) LANGUAGE plpgsql AS $$
DECLARE
    given ruleset := rules FROM r;
    old pair[] := ARRAY[ROW(1, 2)::pair];
BEGIN
    FOREACH change IN ARRAY changes LOOP
        EXECUTE change;
        value := to_jsonb(old[1]);
        score := csagg.score(given, old[1], '2025-01-01');
        shown := public.shown(old[1]);
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM keep(ARRAY[
    'SELECT 1',
    'ALTER TYPE pair RENAME ATTRIBUTE a TO c; ALTER TYPE pair RENAME ATTRIBUTE b TO a',
    'ALTER TYPE pair ADD ATTRIBUTE d int',
    'ALTER TYPE pair RENAME ATTRIBUTE a TO e; ALTER TYPE pair RENAME ATTRIBUTE d TO a',
    'ALTER TYPE pair DROP ATTRIBUTE a',
    'ALTER TYPE pair RENAME ATTRIBUTE c TO a']);
SELECT * FROM keep(ARRAY['SELECT 2']);

-- a view that is replaced; another row type at the same call site
CREATE VIEW seen AS SELECT 1 AS b;
CREATE FUNCTION replace_view(OUT before numeric, OUT after numeric, OUT other numeric) LANGUAGE plpgsql AS $$
DECLARE
    given ruleset := rules FROM r;
    x record;
    found numeric[];
BEGIN
    FOR i IN 1..3 LOOP
        IF i = 2 THEN CREATE OR REPLACE VIEW seen AS SELECT 1 AS b, 6 AS a; END IF;
        IF i = 3 THEN SELECT 4.5 AS a, 'x' AS c INTO x; ELSE EXECUTE 'SELECT * FROM seen' INTO x; END IF;
        found[i] := score(given, x, '2025-01-01');
    END LOOP;
    before := found[1]; after := found[2]; other := found[3];
END $$;
SELECT * FROM replace_view();

-- more row types by turns than are remembered of a rule set
SELECT sum(score(rules, x, '2025-01-01')) AS one, sum(score(rules, y, '2025-01-01')) AS two, sum(score(rules, z, '2025-01-01')) AS three,
       sum(score(rules, v, '2025-01-01')) AS four, sum(score(rules, w, '2025-01-01')) AS five, sum(score(rules, u, '2025-01-01')) AS six
FROM r, generate_series(1, 100) g, LATERAL (SELECT 1 AS a) x, LATERAL (SELECT 2.0 AS a) y, LATERAL (SELECT 3::bigint AS a) z,
     LATERAL (SELECT g, 4::float8 AS a) v, LATERAL (SELECT 'x' AS b, 5 AS a) w, LATERAL (SELECT timeline(timestamptz '2024-01-01', 6) AS a) u;

-- histories with other facts than the one before: each fact has its own digit
CREATE TABLE many AS
    SELECT n, (SELECT csagg.history(key, 'number', '-infinity', to_jsonb(digit)) FROM (VALUES ('a', 1), ('b', 2), ('c', 4)) f (key, digit) WHERE n & digit <> 0) AS facts
    FROM generate_series(0, 7) n;
SELECT count(*) FILTER (WHERE score = n) AS known, count(*) FROM (
    SELECT n, score('{"timezone": "UTC", "facts": {"c": "number", "a": "number", "b": "number"}, "exists": "true",
        "rules": [{"name": "digits", "points": "coalesce(a, 0) + coalesce(b, 0) + coalesce(c, 0)"}]}', many, '2025-01-01')
    FROM generate_series(0, 63) i JOIN many ON n = (i * 5 + i / 8) % 8) s;

-- by turns one history and two, which have the same facts at other places
CREATE TABLE pairs (n integer, one csagg.history, two csagg.history);
INSERT INTO pairs SELECT n, one, CASE WHEN n = 2 THEN two END
FROM (SELECT csagg.history(key, 'number', '-infinity', to_jsonb(digit)) AS two FROM (VALUES ('c', 300)) f (key, digit)) t,
    (SELECT n, csagg.history(key, 'number', '-infinity', to_jsonb(digit * CASE n WHEN 2 THEN 10 ELSE 1 END)) AS one
     FROM generate_series(1, 3) n, (VALUES ('a', 1), ('b', 2)) f (key, digit) WHERE n <> 2 OR key = 'b' GROUP BY n) o;
SELECT n, score('{"timezone": "UTC", "facts": {"b": "number"}, "exists": "true", "rules": [{"name": "b", "points": "coalesce(b, -1)"}]}', pairs, '2025-01-01')
FROM pairs ORDER BY n;

DROP FUNCTION follow(text[]), keep(text[]), replace_view(), shown(anyelement);
DROP TABLE r, cust, many, pairs;
DROP VIEW seen;
DROP TYPE pair;
