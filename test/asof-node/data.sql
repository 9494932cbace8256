-- Random logs for the query shapes: few keys and instants, so that there are ties; NULLs in every column but id.
CREATE EXTENSION csagg;
CREATE SCHEMA shapes;
SET search_path = shapes;

CREATE TABLE l (id int, k int, k2 text, i8 bigint, at timestamptz, d date, n numeric, f float8, i int, active boolean, ts timestamp, known timestamptz);
CREATE TABLE r (id int, k int, k2 text, kn numeric, at timestamptz, d date, n numeric, f float8, i bigint, plan int,
                note text, tags int[], ts timestamp, until timestamptz, seen timestamptz);
CREATE TABLE names (k int, name text);
CREATE TABLE parts (LIKE r) PARTITION BY LIST (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (0, 1, 2);
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (3, 4, NULL);
CREATE TABLE parts_3 PARTITION OF parts DEFAULT;
CREATE TABLE parent (LIKE r);
CREATE TABLE child (extra int) INHERITS (parent);
CREATE VIEW r_view AS SELECT id, k, at, plan, note FROM r WHERE plan IS NOT NULL;
CREATE VIEW r_barrier WITH (security_barrier) AS SELECT id, k, at, plan, note FROM r WHERE plan > 0;
CREATE VIEW l_barrier WITH (security_barrier) AS SELECT * FROM l WHERE active;
CREATE FUNCTION pick(r_plan int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT r_plan * 2 + 1';
CREATE FUNCTION noisy(n int) RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN n; END';

-- Seeds ending in 7 have no left rows, in 8 no right rows, in 9 keys that meet nowhere, in 0 more rows than work_mem.
CREATE PROCEDURE generate(seed int) LANGUAGE plpgsql AS $$
DECLARE
    lefts int := CASE WHEN seed % 10 = 7 THEN 0 WHEN seed % 10 = 0 THEN 120 ELSE 60 END;
    rights int := CASE WHEN seed % 10 = 8 THEN 0 WHEN seed % 10 = 0 THEN 2500 ELSE 20 + seed % 3 * 60 END;
    keys int := CASE WHEN seed % 10 = 0 THEN 40 ELSE 3 + seed % 5 END;
    instants int := 4 + seed % 4 * 10;
    apart int := CASE WHEN seed % 10 = 9 THEN 1000 ELSE 0 END;
BEGIN
    PERFORM setseed(seed / 1000.0);
    TRUNCATE l, r, names, parts, parent, child;
    INSERT INTO l
        SELECT id, nullif(k, 0), nullif('K' || k2, 'K0'), k, t0 + t * interval '6 hours', date '2025-01-01' + t,
               t / 3.0, CASE WHEN t % 11 = 0 THEN 'NaN' ELSE t * 0.5 END, t, nullif(random() < 0.8, random() < 0.1),
               timestamp '2025-01-01' + t * interval '5 hours', t0 + (t + random() * 3) * interval '6 hours'
        FROM (SELECT id, floor(random() * keys)::int AS k, floor(random() * keys)::int AS k2,
                     nullif(floor(random() * instants)::int, 1) AS t, timestamptz '2025-01-01' AS t0
              FROM generate_series(1, lefts) id OFFSET 0) x;
    INSERT INTO r
        SELECT id, nullif(k, 0) + apart, nullif('k' || k2, 'k0'), k + apart, t0 + t * interval '6 hours',
               date '2025-01-01' + t, t / 3.0, CASE WHEN t % 11 = 0 THEN 'NaN' ELSE t * 0.5 END, t,
               nullif(floor(random() * 6)::int, 5), nullif(repeat('n' || id % 7, 1 + id % 40), 'n3'), ARRAY[k, id % 3],
               timestamp '2025-01-01' + t * interval '5 hours', CASE WHEN random() < 0.8 THEN t0 + (t - 1 + random() * 9) * interval '6 hours' END,
               CASE WHEN random() < 0.9 THEN t0 + (t - 2 + random() * 6) * interval '6 hours' END
        FROM (SELECT id, floor(random() * keys)::int AS k, floor(random() * keys)::int AS k2,
                     nullif(floor(random() * instants)::int, 1) AS t, timestamptz '2025-01-01' AS t0
              FROM generate_series(1, rights) id OFFSET 0) x;
    INSERT INTO names SELECT k, 'name ' || k FROM generate_series(0, keys, 2) k;
    INSERT INTO parts SELECT * FROM r;
    INSERT INTO parent SELECT * FROM r WHERE id % 2 = 0;
    INSERT INTO child SELECT *, id FROM r WHERE id % 2 = 1;
END $$;

CREATE TABLE shape (id serial, name text, touched boolean, query text, allowed text, one_batch boolean DEFAULT false);
CREATE TABLE result (name text, seed int, touched boolean, parallel boolean, rows int, differ int, examples text);

-- The rows of a query, as text. EXECUTE ... INTO would have no workers.
CREATE FUNCTION row_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT x::text FROM (%s) x', query);
END $$;
CREATE FUNCTION rows_of(query text) RETURNS text[] LANGUAGE sql AS $$ SELECT coalesce(array_agg(r), '{}') FROM row_of(query) r $$;
-- Whether the node is in its plan, and whether in that of workers: below a Gather, which is indented less.
CREATE FUNCTION node_of(query text, OUT touched boolean, OUT parallel boolean) LANGUAGE plpgsql AS $$
DECLARE line text; gather int; depth int;
BEGIN
    SELECT false, false INTO touched, parallel;
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        depth := length(substring(line FROM '^ *'));
        gather := CASE WHEN line ~ '^ *(->  )?Gather' THEN depth WHEN depth > gather THEN gather END;
        touched := touched OR line LIKE '%Custom Scan (AsOfJoin)%';
        parallel := parallel OR line LIKE '%Custom Scan (AsOfJoin)%' AND gather IS NOT NULL;
    END LOOP;
END $$;

CREATE FUNCTION is_touched(query text) RETURNS boolean LANGUAGE sql AS 'SELECT touched FROM node_of(query)';

-- Every shape with the node and without it. Nested loops are made dear, so that every as-of join that the planner has
-- seen runs: of the other shapes it is proven all the more that it sees none.
CREATE PROCEDURE compare(seed int) LANGUAGE plpgsql AS $$
DECLARE s record; node text[]; plain text[]; touched boolean; parallel boolean; differ int; examples text;
BEGIN
    CALL generate(seed);
    -- Every third time workers cost nothing.
    PERFORM set_config('parallel_setup_cost', c, false), set_config('parallel_tuple_cost', c, false), set_config('min_parallel_table_scan_size', c, false), set_config('min_parallel_index_scan_size', c, false)
        FROM (SELECT CASE WHEN seed % 3 = 0 THEN '0' ELSE '10000' END) x(c);
    PERFORM set_config('work_mem', CASE WHEN seed % 2 = 0 THEN '64kB' ELSE '4MB' END, false);
    FOR s IN SELECT * FROM shape ORDER BY id LOOP
        -- One sequence cannot be split into batches, and is left alone where it does not fit.
        PERFORM set_config('hash_mem_multiplier', CASE WHEN s.one_batch THEN '64' ELSE '1' END, false);
        PERFORM set_config('csagg.enable_asofjoin', 'on', false), set_config('enable_nestloop', 'off', false);
        SELECT * INTO touched, parallel FROM node_of(s.query);
        node := rows_of(s.query);
        PERFORM set_config('csagg.enable_asofjoin', 'off', false), set_config('enable_nestloop', 'on', false);
        plain := rows_of(s.query);
        IF s.allowed IS NOT NULL THEN
            -- ORDER BY does not decide: as many rows, and only such as LATERAL may give.
            differ := abs(cardinality(node) - cardinality(plain));
            plain := rows_of(s.allowed);
            SELECT differ + count(*), string_agg(x, E'\n') INTO differ, examples
            FROM (SELECT unnest(node) EXCEPT SELECT unnest(plain)) y(x);
        ELSE
            SELECT count(*), string_agg(x, E'\n') INTO differ, examples
            FROM ((SELECT '+ ' || unnest(node) EXCEPT ALL SELECT '+ ' || unnest(plain)) UNION ALL
                  (SELECT '- ' || unnest(plain) EXCEPT ALL SELECT '- ' || unnest(node))) y(x);
        END IF;
        INSERT INTO result VALUES (s.name, seed, touched, parallel, cardinality(node), differ, left(examples, 500));
    END LOOP;
END $$;

CREATE PROCEDURE touched(name text, query text, allowed text DEFAULT NULL) LANGUAGE sql AS
    'INSERT INTO shape (name, touched, query, allowed) VALUES (name, true, query, allowed)';
CREATE PROCEDURE touched_in_one_batch(name text, query text) LANGUAGE sql AS
    'INSERT INTO shape (name, touched, query, one_batch) VALUES (name, true, query, true)';
CREATE PROCEDURE untouched(name text, query text) LANGUAGE sql AS
    'INSERT INTO shape (name, touched, query) VALUES (name, false, query)';
