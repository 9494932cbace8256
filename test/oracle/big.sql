-- A log that is big enough to spill, for workers, for the TOAST table, and for values of several blocks; and what is
-- stored of it. The first customers have thousands of rows, the last ones few.

CREATE UNLOGGED TABLE oracle.big (
    id bigint, customer int, at timestamptz, seq bigint, whole int, price numeric, plan text, amount numeric, actor text
);
CREATE UNLOGGED TABLE oracle.kept (
    customer int, region int, whole csagg.timeline, price csagg.timeline, plan csagg.timeline, counter csagg.counter, history csagg.history
);

CREATE PROCEDURE oracle.generate_big(a_seed int) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(1.0 / (a_seed + 3));
    TRUNCATE oracle.big, oracle.kept;
    INSERT INTO oracle.big
    SELECT i, floor(random() ^ 3 * 200),
           CASE WHEN random() < 0.3 THEN timestamptz '2025-01-01' + floor(random() * 300) * interval '1 hour'
                ELSE timestamptz '2025-01-01' + random() * interval '300 days' END,
           floor(random() * 3), nullif(floor(random() * 20), 0), round((random() * 100)::numeric, floor(random() * 4)::int),
           oracle.pick(NULL, 'gold', 'silver', 'bronze', md5(random()::text)), round((random() * 3)::numeric, 2), oracle.pick(NULL, 'ann', 'bob', md5(random()::text))
    FROM generate_series(1, 20000) i;
    INSERT INTO oracle.kept
    SELECT customer, customer % 8, csagg.timeline(at, whole), csagg.timeline(at, price, seq), csagg.timeline(at, plan, seq), csagg.counter(at, amount, actor),
           csagg.merge(csagg.history('plan', 'text', at, to_jsonb(plan), NULL, seq), csagg.history('login', 'counter', at, to_jsonb(amount), actor, seq))
    FROM oracle.big GROUP BY customer;
    ANALYZE oracle.big, oracle.kept;
END $$;

-- total() in two steps, as it goes between servers.
CREATE AGGREGATE oracle.total_state(csagg.timeline) (SFUNC = csagg.total_add, STYPE = csagg.total_state);
CREATE AGGREGATE oracle.total_of(csagg.total_state) (SFUNC = csagg.total_combine, STYPE = csagg.total_state, FINALFUNC = csagg.total_final);

-- To be split anew each time it is read.
CREATE VIEW oracle.split AS SELECT *, floor(random() * 4)::int AS piece FROM oracle.big OFFSET 0;
CREATE VIEW oracle.kept_split AS SELECT *, floor(random() * 4)::int AS piece FROM oracle.kept OFFSET 0;
CREATE VIEW oracle.shuffled AS SELECT * FROM oracle.big ORDER BY random() OFFSET 0;
CREATE VIEW oracle.kept_shuffled AS SELECT * FROM oracle.kept ORDER BY random() OFFSET 0;
