-- The naive side: random logs, what each row of them means, and the comparison with csagg.
--
-- Everything here is written for being obviously right and knows nothing of csagg but the two places where csagg's
-- values are made (oracle.ours, oracle.counted) or where its grids are (oracle.grid).

CREATE SCHEMA oracle;

-- One row per comparison: how many rows were compared and how many of them differ, with examples or the error; and how
-- long it took.
CREATE TABLE oracle.result (
    id       int GENERATED ALWAYS AS IDENTITY,
    seed     int,
    name     text,
    compared bigint,
    differ   bigint,
    examples text,
    took     interval
);

-- Compares two queries as bags of rows: by the sums of their rows' hashes, and where those differ, or cannot be had, by
-- EXCEPT ALL both ways. Nothing to compare is a difference too. Rows are hashed twice since hash_record_extended adds up
-- multiples of its columns' hashes: sums of that would not notice if two rows exchanged a column.
CREATE PROCEDURE oracle.equal(name text, ours text, naive text) LANGUAGE plpgsql AS $$
DECLARE
    begun timestamptz := clock_timestamp();
    n_ours bigint; n_naive bigint; differ bigint; examples text;
BEGIN
    BEGIN
        EXECUTE format($q$
            SELECT a.n, b.n, CASE WHEN a IS NOT DISTINCT FROM b THEN 0 END
            FROM (SELECT count(*) AS n, sum(hashint8extended(hash_record_extended(o, 1), 2)) FROM (%s) o) a,
                 (SELECT count(*) AS n, sum(hashint8extended(hash_record_extended(o, 1), 2)) FROM (%s) o) b
            $q$, ours, naive)
        INTO n_ours, n_naive, differ;
    EXCEPTION WHEN undefined_function OR indeterminate_collation THEN
        NULL;
    END;
    IF differ IS NULL THEN
        EXECUTE format($q$
            WITH ours AS MATERIALIZED (%s), naive AS MATERIALIZED (%s),
            difference AS MATERIALIZED (
                (SELECT 'ours' AS side, o FROM (TABLE ours EXCEPT ALL TABLE naive) o)
                UNION ALL
                (SELECT 'naive', o FROM (TABLE naive EXCEPT ALL TABLE ours) o))
            SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM naive), (SELECT count(*) FROM difference),
                   (SELECT string_agg(side || ' ' || left(o::text, 300), E'\n')
                    FROM (SELECT side, o FROM difference ORDER BY o::text, side LIMIT 6) s)
            $q$, ours, naive)
        INTO n_ours, n_naive, differ, examples;
    END IF;
    IF examples IS NULL AND least(n_ours, n_naive) = 0 THEN
        differ := 1;
        examples := 'nothing to compare';
    END IF;
    INSERT INTO oracle.result (seed, name, compared, differ, examples, took)
    VALUES (current_setting('oracle.seed')::int, name, n_naive, differ, examples, clock_timestamp() - begun);
EXCEPTION WHEN OTHERS THEN
    INSERT INTO oracle.result (seed, name, compared, differ, examples, took)
    VALUES (current_setting('oracle.seed')::int, name, 0, 1, SQLSTATE || ': ' || SQLERRM, clock_timestamp() - begun);
END $$;

---------------------------------------------------------------------------------------------------------------------
-- What values look like. None of these is STRICT, though NULL gives NULL: a strict function's body would not be put in its place.

-- A number as csagg holds it: 18 significant digits, at most 36 of the fraction, half away from zero.
CREATE FUNCTION oracle.digits18(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN x = 0 THEN 0
        WHEN abs(x) >= 1 THEN round(x, 18 - length(trunc(abs(x))::text))
        ELSE round(x, least(36, 18 + length((regexp_match(abs(x)::text, '^0?\.(0*)'))[1])))
    END
$$;

-- a / b, all the digits that rounding needs. What is cut off behind them never decides: it is below a half.
CREATE FUNCTION oracle.quotient(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT oracle.digits18(div(a * 10::numeric ^ 70, b) * ('1e-70')::numeric)
$$;

-- Rounded half away from zero to three significant digits, as summaries count; but not up to 10^18.
CREATE FUNCTION oracle.digits3(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN x = 0 THEN 0
        WHEN abs(x) >= 999500000000000000 THEN sign(x) * 999000000000000000
        WHEN abs(x) >= 1 THEN round(x, 3 - length(trunc(abs(x))::text))
        ELSE round(x, 3 + length((regexp_match(abs(x)::text, '^0?\.(0*)'))[1]))
    END
$$;

CREATE FUNCTION oracle.iso(at timestamptz) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$ SELECT at::text $$;
CREATE FUNCTION oracle.iso(day date) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET DateStyle = 'ISO' AS $$ SELECT day::text $$;

-- f(s): s - w on the wall clock of the zone.
CREATE FUNCTION oracle.before(s timestamptz, w interval, zone text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN extract(hour FROM w) + extract(minute FROM w) > 0 THEN s - w
                ELSE ((s AT TIME ZONE zone) - w) AT TIME ZONE zone END
$$;

CREATE FUNCTION oracle.pick(VARIADIC choices anycompatiblearray) RETURNS anycompatible LANGUAGE sql VOLATILE AS $$
    SELECT choices[1 + floor(random() * cardinality(choices))::int]
$$;

---------------------------------------------------------------------------------------------------------------------
-- A scene: where and when the log plays. Each holds days on which the clocks do something.

CREATE TABLE oracle.scene (id int, zone text, since timestamptz, until timestamptz);
INSERT INTO oracle.scene VALUES
    (0, 'Europe/Berlin',       '2025-02-25', '2025-04-20'),
    (1, 'America/Sao_Paulo',   '2018-10-10', '2018-12-01'),  -- forward at midnight
    (2, 'Asia/Tokyo',          '2024-02-01', '2024-03-25'),  -- 29 February
    (3, 'Australia/Lord_Howe', '2025-03-10', '2025-05-01'),  -- half an hour back
    (4, 'Pacific/Apia',        '2011-12-05', '2012-01-20'),  -- no 30 December
    (5, 'Europe/Berlin',       '2025-10-01', '2025-11-20'),
    (6, 'America/Sao_Paulo',   '2019-01-25', '2019-03-10'),  -- back at midnight
    (7, 'Australia/Lord_Howe', '2025-09-10', '2025-11-01'),
    (8, 'America/New_York',    '2025-01-15', '2025-04-05'),
    (9, 'Africa/Casablanca',   '2025-02-10', '2025-04-20');

-- Every change of the clocks in a scene.
CREATE TABLE oracle.transition AS
SELECT s.id AS scene, t AS at
FROM oracle.scene s, generate_series(since, until, interval '15 minutes') t
WHERE (t AT TIME ZONE zone) - (t - interval '1 second') AT TIME ZONE zone <> interval '1 second';
CREATE FUNCTION oracle.transitions(a_scene oracle.scene) RETURNS SETOF timestamptz LANGUAGE sql STABLE AS $$
    SELECT at FROM oracle.transition WHERE scene = a_scene.id
$$;

---------------------------------------------------------------------------------------------------------------------
-- The log.

CREATE TABLE oracle.now (seed int, zone text, since timestamptz, until timestamptz);
CREATE UNLOGGED TABLE oracle.log (
    id bigint, customer int, at timestamptz, seq bigint,
    b boolean, i2 smallint, i4 int, i8 bigint, n numeric, r real, d double precision, t text, day date, ts timestamptz
);
CREATE UNLOGGED TABLE oracle.event (id bigint, customer int, at timestamptz, amount numeric, actor text);
CREATE INDEX ON oracle.event (customer, at);

-- Instants that hurt: ties, midnights, the hours around a change of the clocks, long before, long after.
CREATE FUNCTION oracle.instants(n int, scene oracle.scene) RETURNS SETOF timestamptz LANGUAGE sql VOLATILE AS $$
    WITH change AS MATERIALIZED (
        SELECT array_agg(t) || scene.since AS at FROM oracle.transitions(scene) t)
    SELECT CASE
        WHEN kind < 0.25 THEN date_trunc('day', scene.since + random() * (scene.until - scene.since))
        WHEN kind < 0.35 THEN (date_trunc('day', (scene.since + random() * (scene.until - scene.since)) AT TIME ZONE scene.zone))
                              AT TIME ZONE scene.zone
        WHEN kind < 0.60 THEN at[1 + floor(random() * cardinality(at))::int]
                              + floor(random() * 5 - 2) * oracle.pick('1 day', '1 hour', '30 minutes', '1 microsecond', '0'::interval)
        WHEN kind < 0.85 THEN scene.since + random() * (scene.until - scene.since)
        WHEN kind < 0.88 THEN '-infinity'
        WHEN kind < 0.94 THEN oracle.pick('1950-06-01 12:00:00.5+00', '2001-02-28 23:00+00', '0044-03-15 00:00+00 BC'::timestamptz)
        ELSE oracle.pick('2031-12-31 12:00+00', '2199-01-01 00:00+00'::timestamptz)
    END
    FROM change, (SELECT random() AS kind FROM generate_series(1, n)) k
$$;

CREATE PROCEDURE oracle.generate(a_seed int) LANGUAGE plpgsql AS $$
DECLARE
    scene oracle.scene;
BEGIN
    SELECT s.* INTO scene FROM oracle.scene s WHERE id = a_seed % (SELECT count(*) FROM oracle.scene);
    PERFORM setseed(1.0 / (a_seed + 2));
    TRUNCATE oracle.now, oracle.log, oracle.event;
    INSERT INTO oracle.now VALUES (a_seed, scene.zone, scene.since, scene.until);

    -- Customers 1 to 3 have one row, the others up to 24; customer 4 changed last long before the scene.
    INSERT INTO oracle.log
    SELECT row_number() OVER (), customer, at, floor(random() * 4 - 1),
           nullif(floor(random() * 5)::int, 0) > 2,
           nullif(floor(random() * 8)::int, 0) * oracle.pick(1, 1, 1, -1) + oracle.pick(0, 0, 0, 0, 1000),
           nullif(floor(random() * 10)::int, 0) + oracle.pick(0, 0, 0, 0, 0, 0, 0, -2147483648, 2147483637),
           nullif(floor(random() * 10)::bigint, 0) + oracle.pick(0, 0, 0, 0, 0, 0, 0, -999999999999999999, 999999999999999990),
           CASE floor(random() * 12)
               WHEN 0 THEN NULL
               WHEN 1 THEN oracle.pick(0.000000000000000001, -0.00000000000000000123, 123456.123456789012, -987654.000000000001,
                                       12.3456789012345678949999, 0.1234567890123456785, -1.2345678901234567850)
               WHEN 2 THEN round((random() * 1000)::numeric, 9)
               WHEN 3 THEN -round((random() * 10)::numeric, 1)
               WHEN 4 THEN 0
               ELSE round((random() * 20)::numeric, floor(random() * 3)::int)
           END,
           oracle.pick(NULL, 0.1, 0.2, 1e-10, 16777216, -3.4028e11, 0.30000001, (random() * 10)::real),
           oracle.pick(NULL, 0.1 + 0.2, 1e13, -1e-17, 5e-30, -0.0, random() * 10, round(random() * 10)),
           oracle.pick(NULL, 'gold', 'silver', 'silver', '', 'Ωmega', '日本語', 'a b"c', 'null', '{x = 1}', E'back\\slash', 'Zebra', 'ähm', repeat('long ', 60)),
           oracle.pick(NULL, '2025-12-01', '2025-12-02', 'infinity', '-infinity', '0044-03-15 BC', '1999-12-31', '5874897-12-31'::date),
           oracle.pick(NULL, '2025-12-01 00:00+00', '2025-12-01 00:00:00.000001+00', 'infinity', '-infinity', '0044-03-15 BC', '294276-12-31 23:59:59.999999+00'::timestamptz)
    FROM generate_series(1, 16) customer,
         LATERAL (SELECT CASE customer WHEN 1 THEN 1 WHEN 2 THEN 1 WHEN 3 THEN 1 ELSE 2 + customer * 3 / 2 END AS n) k,
         LATERAL (SELECT CASE customer WHEN 4 THEN timestamptz '2001-01-01' + floor(random() * 900) * interval '1 day'
                                       WHEN 3 THEN '-infinity' ELSE i END AS at
                  FROM oracle.instants(n, scene) i) a;

    INSERT INTO oracle.event
    SELECT row_number() OVER (), customer, at,
           CASE floor(random() * 8)
               WHEN 0 THEN -round((random() * 10)::numeric, 3)
               WHEN 1 THEN 0
               WHEN 2 THEN oracle.pick(123456789.123456789, 0.000000000000000001, -99999999999999.9, 2.5)
               ELSE 1 + floor(random() * 3)
           END,
           oracle.pick(NULL, 'ann', 'bob', 'cid', '', '日本', 'ann')
    FROM generate_series(1, 12) customer,
         LATERAL (SELECT i AS at FROM oracle.instants(CASE WHEN customer < 3 THEN 1 ELSE 3 * customer END, scene) i) a;

    CALL oracle.derive();
END $$;

---------------------------------------------------------------------------------------------------------------------
-- What the log means: the winner of each instant, by kind; with seq ("ranked") and without.

CREATE UNLOGGED TABLE oracle.entry (
    kind text, ranked boolean, customer int, at timestamptz, valid_until timestamptz, seq bigint, value text, number numeric,
    PRIMARY KEY (kind, ranked, customer, at)
);
CREATE UNLOGGED TABLE oracle.ours (kind text, ranked boolean, customer int, x csagg.timeline, PRIMARY KEY (kind, ranked, customer));
CREATE UNLOGGED TABLE oracle.counted (customer int PRIMARY KEY, c csagg.counter, plain csagg.counter, amounts csagg.counter);
-- The instants at which functions of a customer's time are looked at.
CREATE UNLOGGED TABLE oracle.moment (customer int, at timestamptz, PRIMARY KEY (customer, at));

CREATE UNLOGGED TABLE oracle.grid (
    id int PRIMARY KEY, start timestamp, until timestamp, step interval, boundaries timestamp[], zone text, snapshot text, g csagg.grid
);
CREATE UNLOGGED TABLE oracle.bucket (
    grid int, i int, bucket timestamp, starts_at timestamptz, ends_at timestamptz, snapshot text, PRIMARY KEY (grid, i)
);

-- What each customer has in each bucket, by looking it up there; "before" is what it had in the bucket before, or just
-- before the first.
CREATE UNLOGGED TABLE oracle.snapshot (
    grid int, i int, bucket timestamp, starts_at timestamptz, ends_at timestamptz, kind text, customer int, value text, number numeric, before text
);

CREATE VIEW oracle.state AS
SELECT l.id, l.customer, l.at, l.seq, v.*
FROM oracle.log l, LATERAL (VALUES
    ('boolean',     b::text,                      b::int::numeric, false, NULL::date, NULL::timestamptz),
    ('smallint',    trim_scale(i2)::text,         i2::numeric, true, NULL, NULL),
    ('integer',     i4::text,                     i4::numeric, true, NULL, NULL),
    ('bigint',      i8::text,                     i8::numeric, true, NULL, NULL),
    ('numeric',     trim_scale(oracle.digits18(n))::text,               oracle.digits18(n), true, NULL, NULL),
    ('real',        trim_scale(oracle.digits18(r::text::numeric))::text, oracle.digits18(r::text::numeric), true, NULL, NULL),
    ('double',      trim_scale(oracle.digits18(d::text::numeric))::text, oracle.digits18(d::text::numeric), true, NULL, NULL),
    ('text',        t,                            NULL, false, NULL, NULL),
    ('date',        oracle.iso(day),              NULL, false, day, NULL),
    ('timestamptz', oracle.iso(ts),               NULL, false, NULL, ts)
) v (kind, value, sort_number, is_number, sort_day, sort_time);

CREATE PROCEDURE oracle.derive() LANGUAGE plpgsql AS $$
DECLARE
    here oracle.scene; start timestamp; turn timestamp;
BEGIN
    SELECT s.* INTO here FROM oracle.scene s JOIN oracle.now n ON (s.zone, s.since) = (n.zone, n.since);
    start := date_trunc('day', here.since AT TIME ZONE here.zone);
    SELECT date_trunc('day', coalesce(min(t), here.since + interval '20 days') AT TIME ZONE here.zone) INTO turn
    FROM oracle.transitions(here) t;

    TRUNCATE oracle.entry, oracle.ours, oracle.counted, oracle.moment, oracle.grid, oracle.bucket, oracle.snapshot;

    INSERT INTO oracle.entry
    SELECT kind, ranked, customer, at,
           lead(at, 1, 'infinity') OVER (PARTITION BY kind, ranked, customer ORDER BY at), seq, value, number
    FROM (SELECT DISTINCT ON (kind, ranked, customer, at)
                 kind, ranked, customer, at, CASE WHEN ranked THEN seq ELSE 0 END AS seq, value,
                 CASE WHEN is_number THEN sort_number END AS number
          FROM oracle.state, (VALUES (false), (true)) r (ranked)
          ORDER BY kind, ranked, customer, at, CASE WHEN ranked THEN seq END DESC,
                   sort_number DESC NULLS LAST, sort_day DESC NULLS LAST, sort_time DESC NULLS LAST,
                   CASE WHEN kind = 'text' THEN value COLLATE "C" END DESC NULLS LAST) winners;

    INSERT INTO oracle.ours
    SELECT kind, ranked, customer, x
    FROM (SELECT customer,
                 csagg.timeline(at, b) AS b, csagg.timeline(at, i2) AS i2, csagg.timeline(at, i4) AS i4,
                 csagg.timeline(at, i8) AS i8, csagg.timeline(at, n) AS n, csagg.timeline(at, r) AS r,
                 csagg.timeline(at, d) AS d, csagg.timeline(at, t) AS t, csagg.timeline(at, day) AS day,
                 csagg.timeline(at, ts) AS ts,
                 csagg.timeline(at, b, seq) AS sb, csagg.timeline(at, i2, seq) AS si2, csagg.timeline(at, i4, seq) AS si4,
                 csagg.timeline(at, i8, seq) AS si8, csagg.timeline(at, n, seq) AS sn, csagg.timeline(at, r, seq) AS sr,
                 csagg.timeline(at, d, seq) AS sd, csagg.timeline(at, t, seq) AS st, csagg.timeline(at, day, seq) AS sday,
                 csagg.timeline(at, ts, seq) AS sts
          FROM oracle.log GROUP BY customer) c,
         LATERAL (VALUES ('boolean', false, b), ('smallint', false, i2), ('integer', false, i4), ('bigint', false, i8),
                         ('numeric', false, n), ('real', false, r), ('double', false, d), ('text', false, t),
                         ('date', false, day), ('timestamptz', false, ts),
                         ('boolean', true, sb), ('smallint', true, si2), ('integer', true, si4), ('bigint', true, si8),
                         ('numeric', true, sn), ('real', true, sr), ('double', true, sd), ('text', true, st),
                         ('date', true, sday), ('timestamptz', true, sts)) v (kind, ranked, x);

    INSERT INTO oracle.moment
    SELECT DISTINCT e.customer, t.at
    FROM oracle.log e, LATERAL (VALUES (e.at), (e.at - interval '1 microsecond'), (e.at + interval '1 microsecond')) t (at)
    UNION
    SELECT customer, at FROM generate_series(1, 16) customer,
         LATERAL (VALUES ('-infinity'::timestamptz), ('infinity'), (here.since + random() * (here.until - here.since)), ('2500-01-01')) t (at);

    INSERT INTO oracle.counted
    SELECT customer, csagg.counter(at, amount, actor), csagg.counter(at), csagg.counter(at, amount)
    FROM oracle.event GROUP BY customer;

    INSERT INTO oracle.grid (id, start, until, step, zone, snapshot)
    SELECT row_number() OVER (), g.start, g.until, g.step::interval, here.zone, g.snapshot
    FROM (VALUES (start, start + interval '40 days', '1 day', 'end'),
                 (start, start + interval '40 days', '1 day', 'start'),
                 (start + interval '09:30', start + interval '35 days', '7 days', 'end'),
                 (timestamp '2011-10-31', timestamp '2012-04-30', '1 month', 'end'),
                 (date_trunc('year', start) + interval '30 days', date_trunc('year', start) + interval '1 year', '1 month', 'start'),
                 (date_trunc('year', start) - interval '3 years 1 day', start + interval '1 year', '3 months', 'end'),
                 (turn - interval '1 day', turn + interval '2 days', '15 minutes', 'end'),
                 (turn - interval '1 day', turn + interval '2 days', '90 minutes', 'start'),
                 (turn - interval '10 days', turn + interval '10 days', '6 hours', 'end'),
                 (turn, turn + interval '1 day', '1 day', 'end')) g (start, until, step, snapshot);
    -- Buckets of any lengths: boundaries near the changes of the clocks, midnights, any time of the weeks, and years away.
    INSERT INTO oracle.grid (id, start, until, boundaries, zone, snapshot)
    SELECT id, min(b), max(b), array_agg(b ORDER BY b), here.zone, CASE id WHEN 11 THEN 'end' ELSE 'start' END
    FROM (SELECT DISTINCT id, CASE n % 4 WHEN 0 THEN turn + random() * interval '1 day' WHEN 1 THEN turn + floor(random() * 97) * interval '15 minutes'
                                         WHEN 2 THEN start + floor(random() * 40) * interval '1 day' ELSE start + (random() ^ 9 * 4000 - 300) * interval '1 day' END AS b
          FROM generate_series(11, 12) id, generate_series(1, 40) n) b
    GROUP BY id;
    UPDATE oracle.grid g SET g = CASE WHEN boundaries IS NULL THEN csagg.grid(g.start, g.until, g.step, g.zone, g.snapshot)
                                      ELSE csagg.grid_of(boundaries, g.zone, g.snapshot) END;

    -- Calendar steps count from the start on the wall clock, elapsed ones are added to its instant.
    INSERT INTO oracle.bucket
    SELECT g.id, i, b.bucket, b.starts_at, b.ends_at, g.snapshot
    FROM oracle.grid g, generate_series(0, 400) i,
         LATERAL (SELECT g.start + i * g.step AS bucket, (g.start + i * g.step) AT TIME ZONE g.zone AS starts_at,
                         (g.start + (i + 1) * g.step) AT TIME ZONE g.zone AS ends_at
                  WHERE g.step >= interval '1 day' AND g.start + i * g.step < g.until
                  UNION ALL
                  SELECT (g.start AT TIME ZONE g.zone + i * g.step) AT TIME ZONE g.zone, g.start AT TIME ZONE g.zone + i * g.step,
                         g.start AT TIME ZONE g.zone + (i + 1) * g.step
                  WHERE g.step < interval '1 day'
                    AND g.start AT TIME ZONE g.zone + i * g.step < g.until AT TIME ZONE g.zone) b;
    -- A boundary that the clocks skip may lie behind the next one: no bucket ends before it starts.
    INSERT INTO oracle.bucket
    SELECT id, n - 1, b, at, ends_at, snapshot
    FROM (SELECT id, n, b, at, lead(at) OVER (PARTITION BY id ORDER BY n) AS ends_at, snapshot
          FROM (SELECT id, n, b, max(b AT TIME ZONE zone) OVER (PARTITION BY id ORDER BY n) AS at, snapshot FROM oracle.grid, unnest(boundaries) WITH ORDINALITY u (b, n)) x) x
    WHERE ends_at IS NOT NULL;

    ANALYZE oracle.entry, oracle.ours, oracle.moment, oracle.bucket, oracle.event, oracle.log;

    INSERT INTO oracle.snapshot
    SELECT grid, i, bucket, starts_at, ends_at, kind, customer, v.value, v.number,
           CASE WHEN i > 0 THEN lag(v.value) OVER (PARTITION BY grid, kind, customer ORDER BY i) ELSE f.value END
    FROM (SELECT DISTINCT kind, customer FROM oracle.entry) c CROSS JOIN oracle.bucket b
         LEFT JOIN LATERAL oracle.at(kind, true, customer, CASE snapshot WHEN 'end' THEN ends_at - interval '1 microsecond' ELSE starts_at END) v ON true
         LEFT JOIN LATERAL (SELECT value FROM oracle.at(kind, true, customer, starts_at - interval '1 microsecond') WHERE i = 0) f ON true;
    ANALYZE oracle.snapshot;
END $$;

-- The value of a kind in force at an instant: the plain look-up that all the rest is compared with.
CREATE FUNCTION oracle.at(a_kind text, a_ranked boolean, a_customer int, t timestamptz) RETURNS TABLE (value text, number numeric)
LANGUAGE sql STABLE AS $$
    SELECT e.value, e.number FROM oracle.entry e
    WHERE kind = a_kind AND ranked = a_ranked AND customer = a_customer AND at <= t ORDER BY at DESC LIMIT 1
$$;
