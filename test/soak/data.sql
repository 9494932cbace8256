-- What the soak asks its questions of. Every column of soak.log and soak.customer is an argument for the functions that take
-- its type: a type that no column, no literal (arguments.py) and no function can give makes the soak fail.

CREATE EXTENSION csagg;
CREATE SCHEMA soak;

-- Few rows that the planner takes for a hundred million: reaches every cost of jit at its default.
CREATE FUNCTION soak.costly(n int) RETURNS SETOF int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 100000000 AS $$ BEGIN RETURN QUERY SELECT generate_series(1, n); END $$;
CREATE FUNCTION soak.noisy(n int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN n; END $$;
CREATE TABLE soak.number AS SELECT i FROM generate_series(1, 3000) i;

-- Ties, late rows, NULLs, texts from empty to toasted, a customer that has much more than the others.
CREATE TABLE soak.log AS
SELECT i::bigint AS id, CASE WHEN i % 5 = 0 THEN 0 ELSE i * 7919 % 100 END AS customer,
       '2025-01-01 00:00+00'::timestamptz + i * 7127 % 10000 / 3 * interval '1 hour' AS at,
       timestamp '2025-01-01' + i % 400 * interval '1 day' AS bucket, i % 41 * interval '6 hours' AS width,
       nullif(i * 31 % 1000, 7) / 4.0 AS score, i * 7 % 300 AS seats, (i % 100)::smallint AS small, i % 13 * 0.5::real AS share, i % 17 * 0.25::float8 AS part,
       (ARRAY['gold', 'silver', '', 'ä"{,}', NULL, repeat('long ', 500)])[1 + i * 13 % 29 % 6] AS plan,
       (ARRAY[true, false, NULL])[1 + i % 3] AS active, date '2025-01-01' + i % 700 AS signup, 'actor ' || i % 37 AS actor,
       (ARRAY['visits', 'seats', 'plan'])[1 + i % 3] AS key, (ARRAY['counter', 'number', 'text'])[1 + i % 3] AS kind,
       (ARRAY['1', (i % 50)::text, '"gold"'])[1 + i % 3]::jsonb AS value
FROM generate_series(1, 10000) i;
CREATE INDEX ON soak.log (customer, at, id);
-- The same as a log of 200,000 rows of one customer.
CREATE VIEW soak.wide AS
SELECT id * 20 + i AS id, 1000 AS customer, at + i * interval '7 minutes' AS at, bucket, width, score, (seats + i) % 1000 AS seats, small, share, part, left(plan, 20) || i AS plan, active, signup,
       actor || i AS actor, key, kind, value
FROM soak.log, soak.number WHERE i <= 20;

-- Of each customer a value of each type. The facts of a rule set are columns of this table; an argument that is called like a
-- column is mostly given that column.
CREATE TABLE soak.customer AS
SELECT l.*, '2025-06-01 00:00+00'::timestamptz + id * interval '1 day' AS as_of, '2025-02-01 00:00+00'::timestamptz + id * interval '3 hours' AS since,
       counts.*,
       ARRAY[seats, plan, active] AS states, ARRAY[eq, active] AS conditions, grids.g AS over, rules.r AS rules,
       id / 3.0 AS threshold, ARRAY[10, 50 + id]::numeric[] AS thresholds, ARRAY['low', 'middle', 'high'] AS labels, (ARRAY['UTC', 'Europe/Berlin', 'Asia/Tokyo'])[1 + id % 3] AS timezone,
       (1 + id % 30) * interval '1 day' AS "window", to_jsonb(id) AS document
FROM (SELECT customer AS id, csagg.counter(at, score, actor) FILTER (WHERE score IS NOT NULL) AS logins, csagg.timeline(at, seats, id) AS seats, csagg.timeline(at, small) AS users, csagg.timeline(at, score) AS score,
             csagg.timeline(at, plan, id) AS plan, csagg.timeline(at, active) AS active, csagg.timeline(at, signup) AS renewal, min(signup) AS signup,
             csagg.history(key, kind, at, value, actor, id) AS facts
      FROM (TABLE soak.log UNION ALL TABLE soak.wide) log GROUP BY customer) l,
     LATERAL csagg.eq(l.plan, 'gold'::text) eq,
     LATERAL (SELECT (ARRAY[csagg.grid('2025-01-01', '2025-04-01', '1 day', 'Europe/Berlin'), csagg.grid('2025-01-31', '2026-01-31', '1 month', 'UTC'),
                            csagg.grid('2025-03-29', '2025-04-01', '1 hour', 'Europe/Berlin', 'start')])[1 + l.id % 3] AS g) grids,
     LATERAL (SELECT csagg.distribution(x, y) AS distribution, csagg.summary(x, y) AS summary, csagg.flows(p, y) AS flows
              FROM (VALUES (l.seats, l.plan, grids.g)) v (x, p, y)) counts,
     LATERAL (SELECT format('{"timezone": "%s", "base": %s, "facts": {"logins": "counter", "seats": "number", "plan": "text", "active": "boolean", "signup": "date"},
          "stages": [{"name": "new", "when": "days_since(signup) < 90"}, {"name": "use"}], "min": 0, "max": 100,
          "rules": [{"name": "often", "when": "count(logins, 14 days) >= 5", "points": 40}, {"name": "seats", "points": "40 * least(1, seats / nullif(seats @ 30 days ago, 0))", "missing": 3},
                    {"name": "gold", "stages": ["use"], "when": "plan = ''gold'' or changed_within(plan, 2 weeks)", "points": -10}],
          "bands": [{"name": "red"}, {"name": "green", "from": 50}],
          "alerts": [{"name": "drop", "when": "count(logins, 7 days) < 0.5 * count(logins, 7 days, 7 days ago)", "for": "2 days", "keep_firing_for": "36 hours"}]}',
          (ARRAY['UTC', 'Europe/Berlin', 'Asia/Tokyo'])[1 + l.id % 3], l.id % 20)::csagg.ruleset AS r) rules;
CREATE TABLE soak.big AS SELECT * FROM soak.customer WHERE id = 1000;
DELETE FROM soak.customer WHERE id = 1000;

-- There from the start: what a session does with it takes memory once, and would look like a leak if it came later.
SELECT csagg.create_pipeline('soak pipeline');
