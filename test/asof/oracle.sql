-- csagg.asof_join against LATERAL, on random tables. asof.compare(seed) makes two tables whose types, sizes, keys and
-- options depend on the seed, and tells how many rows differ, in either direction.

CREATE SCHEMA asof;
CREATE COLLATION asof.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

-- Pairs of types of keys, and how an integer becomes such a value.
CREATE TABLE asof.key_type (n int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0), l text, r text, l_value text, r_value text);
INSERT INTO asof.key_type (l, r, l_value, r_value) VALUES
    ('int', 'int', '%s', '%s'),
    ('bigint', 'smallint', '%s', '%s'),
    ('text', 'text', '''key '' || %s', '''key '' || %s'),
    ('text', 'varchar(20)', '''k'' || %s', '''k'' || %s'),
    ('numeric', 'int', '%s + 0.00', '%s'),
    ('int', 'numeric(10,2)', '%s', '%s'),
    ('uuid', 'uuid', 'lpad(%s::text, 32, ''7'')::uuid', 'lpad(%s::text, 32, ''7'')::uuid'),
    ('char(12)', 'char(7)', '''k'' || %s', '''k'' || %s'),
    ('char(12)', 'text', '''k'' || %s', '''k'' || %s'),
    ('text COLLATE asof.any_case', 'text COLLATE asof.any_case', '''Key'' || %s', '''kEY'' || %s'),
    ('text COLLATE "C"', 'text', '''k'' || %s', '''k'' || %s'),
    ('float8', 'float4', '(%s - 1) * -0.0', '(%s - 1) * 0.0'),
    ('numeric', 'float8', '%s', '%s'),
    ('date', 'date', 'date ''2025-01-01'' + %s', 'date ''2025-01-01'' + %s'),
    ('int[]', 'int[]', 'ARRAY[%s, 1]', 'ARRAY[%s, 1]'),
    ('jsonb', 'jsonb', 'to_jsonb(%s)', 'to_jsonb(%s)'),
    ('name', 'text', '(''k'' || %s)::name', '''k'' || %s'),
    ('bytea', 'bytea', '(''k'' || %s)::bytea', '(''k'' || %s)::bytea'),
    ('boolean', 'boolean', '%s %% 2 = 0', '%s %% 2 = 0'),
    ('int4range', 'int4range', 'int4range(%s, 9999)', 'int4range(%s, 9999)');

CREATE TABLE asof.at_type (n int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0), l text, r text, l_value text, r_value text, tolerance text);
INSERT INTO asof.at_type (l, r, l_value, r_value, tolerance) VALUES
    ('timestamptz', 'timestamptz', 'timestamptz ''2025-03-27 00:00+00'' + %s * interval ''3 hours''', 'timestamptz ''2025-03-27 00:00+00'' + %s * interval ''3 hours''', '1 day 3 hours'),
    ('int', 'int', '%s', '%s', '4'),
    ('timestamp', 'timestamp', 'timestamp ''2025-01-30'' + %s * interval ''1 day''', 'timestamp ''2025-01-30'' + %s * interval ''1 day''', '1 month'),
    ('date', 'date', 'date ''2025-01-01'' + %s', 'date ''2025-01-01'' + %s', '5'),
    ('bigint', 'smallint', '%s', '%s', '3.5'),
    ('numeric', 'numeric', '%s / 4.0', '%s / 4.0', '1.25'),
    ('numeric', 'int', '%s / 4.0', '%s', '2.5'),
    ('float8', 'float4', '%s / 4.0', '%s / 4.0', '1.25'),
    ('date', 'timestamptz', 'date ''2025-03-20'' + %s / 4', 'timestamptz ''2025-03-20 00:00+00'' + %s * interval ''7 hours''', '1 day'),
    ('timestamp', 'date', 'timestamp ''2025-01-01'' + %s * interval ''9 hours''', 'date ''2025-01-01'' + %s / 4', '40 hours'),
    ('date', 'date', 'date ''2025-01-01'' + %s', 'date ''2025-01-01'' + %s', '36 hours'),
    ('timestamptz', 'timestamp', 'timestamptz ''2025-03-27 00:00+00'' + %s * interval ''3 hours''', 'timestamp ''2025-03-27'' + %s * interval ''5 hours''', '1 day 3 hours'),
    ('int', 'float8', '%s', '%s / 4.0', '2.5'),
    ('float4', 'numeric', '%s / 4.0', '%s / 2.0', '1.25');

-- The row of r for one row of l, as one would write it.
CREATE FUNCTION asof.one_way(backward bool, conditions text, exact bool, tolerance text, tie bool, r_at text, l_at text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT r AS m FROM asof.r r WHERE %s AND %s %s %s%s ORDER BY %s%s%s, r USING OPERATOR(pg_catalog.%s) LIMIT 1',
        conditions, r_at, CASE WHEN backward THEN '<' ELSE '>' END || CASE WHEN exact THEN '=' ELSE '' END, l_at,
        CASE WHEN tolerance IS NULL THEN '' WHEN backward THEN format(' AND %s >= %s - %s', r_at, l_at, tolerance) ELSE format(' AND %s <= %s + %s', r_at, l_at, tolerance) END,
        r_at, CASE WHEN backward THEN ' DESC' ELSE '' END, CASE WHEN tie THEN ', r.tie' || CASE WHEN backward THEN ' DESC' ELSE '' END ELSE '' END,
        CASE WHEN backward THEN '*>' ELSE '*<' END)
$$;

CREATE FUNCTION asof.compare(seed int, OUT matched bigint, OUT unmatched bigint, OUT different bigint, OUT what text) LANGUAGE plpgsql AS $$
DECLARE
    k1 asof.key_type; k2 asof.key_type; a asof.at_type;
    key_count int := seed % 4;  -- 3: one key again, of another name on the right
    l_rows int := CASE WHEN seed % 17 = 3 THEN 0 WHEN seed % 23 = 0 THEN 4000 ELSE 150 END;
    r_rows int := CASE WHEN seed % 19 = 5 THEN 0 WHEN seed % 23 = 0 THEN 4000 ELSE 200 END;
    keys int := CASE WHEN seed % 5 = 0 THEN 1 WHEN seed % 23 = 0 THEN 1500 ELSE 8 END;
    direction text := (ARRAY['backward', 'forward', 'nearest'])[seed / 3 % 3 + 1];
    exact bool := seed % 3 <> 0;
    tie bool := seed % 2 = 0;
    keep bool := seed % 7 <> 1;
    until bool := seed % 5 >= 3;
    known bool := seed % 11 % 3 = 1;
    equals text := CASE WHEN seed % 13 % 3 = 1 THEN 'IS NOT DISTINCT FROM' ELSE '=' END;
    tolerance text; bound text; back text; ahead text; twin text; ours text; conditions text; by_keys text; l_at text := 'l.at'; r_at text := 'r.at2';
BEGIN
    PERFORM setseed(seed / 100000.0);
    SELECT * INTO k1 FROM asof.key_type WHERE n = seed % (SELECT count(*) FROM asof.key_type);
    SELECT * INTO k2 FROM asof.key_type WHERE n = seed / 2 % (SELECT count(*) FROM asof.key_type);
    SELECT * INTO a FROM asof.at_type WHERE n = seed / 4 % (SELECT count(*) FROM asof.at_type);
    DROP TABLE IF EXISTS asof.l, asof.r;
    -- Dropped and added columns: rows are not always as their table's.
    EXECUTE format('CREATE TABLE asof.l (gone int, k1 %s, id int, at %s, k2 %s, pad text, known %s) %s', k1.l, a.l, k2.l, a.l, CASE WHEN seed % 6 = 5 THEN 'PARTITION BY RANGE (id)' ELSE '' END);
    IF seed % 6 = 5 THEN
        EXECUTE format('CREATE TABLE asof.l1 (at %s, k2 %s, k1 %s, gone int, known %s, pad text, id int)', a.l, k2.l, k1.l, a.l);
        ALTER TABLE asof.l ATTACH PARTITION asof.l1 FOR VALUES FROM (MINVALUE) TO (50);
        CREATE TABLE asof.l2 PARTITION OF asof.l DEFAULT;
    END IF;
    EXECUTE format('CREATE TABLE asof.r (k1%s %s, at2 %s, gone text, tie int, until %s, k2 %s, pad text, known %s)', CASE WHEN key_count = 3 THEN '_there' ELSE '' END, k1.r, a.r, a.r, k2.r, a.r);
    IF seed % 8 >= 6 THEN ALTER TABLE asof.l DROP COLUMN gone; END IF;
    IF seed % 16 >= 12 THEN ALTER TABLE asof.r DROP COLUMN gone; END IF;
    EXECUTE format('INSERT INTO asof.l (k1, id, at, known, k2, pad) SELECT CASE WHEN random() > 0.05 THEN %s END, i, CASE WHEN random() > 0.05 THEN %s END,
                        CASE WHEN random() > 0.05 THEN %s END, CASE WHEN random() > 0.05 THEN %s END, %s
                    FROM (SELECT i, (random() * %s)::int AS k, (random() * 40)::int AS t FROM generate_series(1, %s) i) s',
        format(k1.l_value, 'k'), format(a.l_value, 't'), format(a.l_value, '(t + (random() * 10)::int)'), format(k2.l_value, '(random() * 2)::int'),
        CASE WHEN seed % 23 = 0 THEN 'repeat(''x'', 100)' ELSE 'CASE WHEN random() > 0.5 THEN ''p'' || i END' END, keys, l_rows);
    EXECUTE format('INSERT INTO asof.r (k1%s, at2, until, known, tie, k2, pad) SELECT CASE WHEN random() > 0.05 THEN %s END, CASE WHEN random() > 0.05 THEN %s END,
                        CASE WHEN random() > 0.3 THEN %s END, CASE WHEN random() > 0.05 THEN %s END,
                        CASE WHEN random() > 0.2 THEN (random() * 3)::int END, CASE WHEN random() > 0.05 THEN %s END, %s
                    FROM (SELECT i, (random() * %s)::int AS k, (random() * 40)::int AS t FROM generate_series(1, %s) i) s',
        CASE WHEN key_count = 3 THEN '_there' ELSE '' END, format(k1.r_value, 'k'), format(a.r_value, 't'),
        format(a.r_value, '(t - 2 + (random() * 15)::int)'), format(a.r_value, '(t - 2 + (random() * 10)::int)'), format(k2.r_value, '(random() * 2)::int'),
        CASE WHEN seed % 23 = 0 THEN 'repeat(''y'', 100)' ELSE 'CASE WHEN random() > 0.5 THEN md5((i % 3)::text) END' END, keys, r_rows);
    IF seed % 10 = 4 THEN
        ALTER TABLE asof.r ADD COLUMN late int DEFAULT 7;
        ALTER TABLE asof.l ADD COLUMN late text DEFAULT 'since then';
    END IF;

    IF seed % 4 < 2 THEN tolerance := a.tolerance; END IF;
    bound := CASE WHEN tolerance IS NULL THEN NULL WHEN a.tolerance ~ '[a-z]' THEN format('interval %L', tolerance) ELSE tolerance END;
    IF a.l = 'date' AND a.r = 'timestamptz' THEN l_at := 'l.at::timestamptz'; END IF;
    IF a.l = 'timestamptz' AND a.r = 'timestamp' THEN r_at := 'r.at2::timestamptz'; END IF;
    IF a.l = 'timestamp' AND a.r = 'date' THEN r_at := 'r.at2::timestamp'; END IF;
    conditions := CASE key_count WHEN 0 THEN 'true' WHEN 1 THEN 'l.k1 = r.k1' WHEN 2 THEN 'l.k1 = r.k1 AND l.k2 = r.k2' ELSE 'l.k1 = r.k1_there' END;
    by_keys := (ARRAY['{}', '{k1}', '{k1,k2}', '{k1=k1_there}'])[key_count + 1];
    conditions := replace(conditions, '=', equals);
    IF equals <> '=' THEN by_keys := regexp_replace(by_keys, '([a-z0-9])([,}])', '\1?\2', 'g'); END IF;
    IF until THEN conditions := conditions || ' AND (r.until IS NULL OR r.until > l.at)'; END IF;
    IF known THEN conditions := conditions || ' AND r.known <= l.known'; END IF;
    back := asof.one_way(true, conditions, exact, bound, tie, r_at, l_at);
    ahead := asof.one_way(false, conditions, exact, bound, tie, r_at, l_at);
    twin := CASE direction
        WHEN 'backward' THEN format('SELECT l, t.m AS r FROM asof.l l LEFT JOIN LATERAL (%s) t ON true', back)
        WHEN 'forward' THEN format('SELECT l, t.m AS r FROM asof.l l LEFT JOIN LATERAL (%s) t ON true', ahead)
        ELSE format('SELECT l, CASE WHEN (b.m).at2 IS NULL THEN f.m WHEN (f.m).at2 IS NULL THEN b.m WHEN %1$s - %2$s <= %3$s - %1$s THEN b.m ELSE f.m END AS r
                     FROM asof.l l LEFT JOIN LATERAL (%4$s) b ON true LEFT JOIN LATERAL (%5$s) f ON true',
                     l_at, replace(r_at, 'r.at2', '(b.m).at2'), replace(r_at, 'r.at2', '(f.m).at2'), back, ahead) END;
    ours := format('SELECT left_row AS l, right_row AS r FROM csagg.asof_join(NULL::asof.l, NULL::asof.r, ''at'', ''at2'', %L, tolerance => %L, direction => %L, allow_exact => %L, tie_break => %L, keep_unmatched => %L, r_until => %L, l_known => %L, r_known => %L)',
        by_keys, tolerance, direction, exact, CASE WHEN tie THEN 'tie' END, keep,
        CASE WHEN until THEN 'until' END, CASE WHEN known THEN 'known' END, CASE WHEN known THEN 'known' END);
    what := format('seed %s: %s on %s = %s, at %s = %s, %s', seed, by_keys, k1.l, k1.r, a.l, a.r, ours);
    -- Values are compared as they are written, and as they are: a composite value that is damaged says so.
    EXECUTE format('WITH twin AS MATERIALIZED (SELECT l::text, r::text, md5(record_send(l)) AS a, md5(record_send(r)) AS b FROM (%s) t WHERE %L OR (t.r).at2 IS NOT NULL),
                    ours AS MATERIALIZED (SELECT l::text, r::text, md5(record_send(l)) AS a, md5(record_send(r)) AS b FROM (%s) o)
                    SELECT (SELECT count(r) FROM ours), (SELECT count(*) - count(r) FROM ours),
                           (SELECT count(*) FROM (TABLE twin EXCEPT ALL TABLE ours) d) + (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE twin) d)', twin, keep, ours)
        INTO matched, unmatched, different;
END $$;
