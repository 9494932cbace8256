-- A table for each type, with values short and long, of every kind and shape, and what a user builds on them.

CREATE TABLE kinds (id int PRIMARY KEY, x csagg.timeline);
INSERT INTO kinds
SELECT 1, csagg.timeline(at, v) FROM (VALUES ('-infinity'::timestamptz, true), ('2025-01-02 03:04:05.678901+00', NULL), ('2200-01-01 00:00+00', false)) t (at, v)
UNION ALL SELECT 2, csagg.timeline(at, v, 7::bigint) FROM (VALUES ('0044-03-15 00:00+00 BC'::timestamptz, 12.345678901234567), ('2025-01-01 00:00+00', -0.000000000000000001), ('2025-01-02 00:00+00', 999999999999999999)) t (at, v)
UNION ALL SELECT 3, csagg.timeline(at, v, -9223372036854775808) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, ''), ('2025-01-02 00:00+00', 'gold'), ('2025-01-03 00:00+00', E'日本 "q" \\ \t\n\r\x01 {}=,#')) t (at, v)
UNION ALL SELECT 4, csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, 'infinity'::date), ('2025-01-02 00:00+00', '0044-03-15 BC'), ('2025-01-03 00:00+00', '5874897-12-31')) t (at, v)
UNION ALL SELECT 5, csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, '-infinity'::timestamptz), ('294276-12-31 23:59:59.999999+00', '4713-01-01 00:00+00 BC')) t (at, v)
UNION ALL SELECT 6, csagg.timeline(at, NULL::int) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz)) t (at)
UNION ALL SELECT 7, csagg.slice(csagg.constant(1), 'infinity', '-infinity')
UNION ALL SELECT 8, csagg.forget_before(csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '1 day', i), '2025-01-20 12:00+00') FROM generate_series(1, 30) i
UNION ALL SELECT 9, NULL;
INSERT INTO kinds
SELECT 10, csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '61 seconds', i % 97) FROM generate_series(1, 60000) i
UNION ALL SELECT 11, csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '3.000001 seconds', md5(i::text), i) FROM generate_series(1, 5000) i
UNION ALL SELECT 12, csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '1 hour', repeat('x', 50000) || i) FROM generate_series(1, 20) i
UNION ALL SELECT 13, csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '1 hour', (i * i * 1.25)::double precision) FROM generate_series(1, 3000) i
UNION ALL SELECT 14, csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '1 hour', i % 3 = 0) FROM generate_series(1, 3000) i;

CREATE TABLE counters (id int PRIMARY KEY, x csagg.counter);
INSERT INTO counters
SELECT 1, csagg.counter(at) FROM (VALUES ('-infinity'::timestamptz), ('2025-01-01 00:00+00'), ('2025-01-01 00:00+00')) t (at)
UNION ALL SELECT 2, csagg.counter('2025-01-01 00:00+00'::timestamptz + i % 7 * interval '1 day', i - 50.123456789) FROM generate_series(1, 100) i
UNION ALL SELECT 3, csagg.counter('2025-01-01 00:00+00'::timestamptz + i % 7 * interval '1 day', 0::numeric, (ARRAY['', 'ann', NULL, E'日"\\'])[1 + i % 4]) FROM generate_series(1, 100) i
UNION ALL SELECT 4, csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '17 minutes', 1, md5(i::text)) FROM generate_series(1, 8000) i
UNION ALL SELECT 5, csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '17 minutes', i) FROM generate_series(1, 8000) i
UNION ALL SELECT 6, csagg.forget_before(csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '1 day', 1), '2025-01-10 00:00+00') FROM generate_series(1, 30) i
UNION ALL SELECT 7, csagg.slice(csagg.counter('2025-01-01 00:00+00'::timestamptz), 'infinity', '-infinity');

CREATE TABLE histories (id int PRIMARY KEY, x csagg.history);
INSERT INTO histories
SELECT 1, csagg.history(k, kind, '2025-01-01 00:00+00'::timestamptz, v, 'ann'::text, 3::bigint)
FROM (VALUES ('logins', 'counter', '2.5'::jsonb), ('', 'boolean', 'true'), ('席数', 'number', '40'), ('plan', 'text', '"gold"'), ('end', 'date', '"infinity"'), ('seen', 'time', '"2025-01-01 00:00Z"'), ('gone', 'text', 'null')) t (k, kind, v)
UNION ALL SELECT 2, csagg.history('key ' || i % 40, CASE i % 40 % 2 WHEN 0 THEN 'counter' ELSE 'number' END, '2025-01-01 00:00+00'::timestamptz + i * interval '1 hour', to_jsonb(i), NULL, i) FROM generate_series(1, 20000) i
UNION ALL SELECT 3, csagg.forget_before(csagg.history_of('x', csagg.constant(1)), '2025-01-01 00:00+00');

CREATE TABLE grids (id int PRIMARY KEY, x csagg.grid);
INSERT INTO grids VALUES
    (1, csagg.grid('2025-01-01', '2027-01-01', '1 day', 'Asia/Tokyo')), (2, csagg.grid('2025-01-31', '2025-12-31', '1 month', 'Europe/Berlin', 'start')),
    (3, csagg.grid('2025-10-26 00:00', '2025-10-27 00:00', '15 minutes', 'Europe/Berlin')), (4, csagg.grid('2025-01-01', '2025-01-01', '7 days', 'UTC')),
    (5, csagg.last_buckets(10, '1 hour', 'Europe/Berlin', '2025-10-26 01:30+00')), (6, csagg.last_buckets(3, '3 months', 'Pacific/Apia', '2012-01-01 00:00+00'));

CREATE TABLE rulesets (id int PRIMARY KEY, x csagg.ruleset);
INSERT INTO rulesets VALUES (1, '{"timezone": "UTC"}'), (2, NULL),
    (3, '{"timezone": "Europe/Berlin", "facts": {"logins": "counter", "席数": {"kind": "number", "optional": true}, "end": "date"}, "stages": [{"name": "renewal", "when": "end within 60 days"}, {"name": "use"}],
          "base": 2e1, "min": -0.0, "rules": [{"name": "日 \"q\" \\ \u0001", "when": "count(logins, 14  days) >= 5", "points": "40 * least(1, \"席数\" / 2)", "missing": 1.50}], "bands": [{"name": "red"}, {"name": "green", "from": 70}],
          "alerts": [{"name": "quiet", "when": "count(logins, 36 hours) = 0", "for": "2 days"}]}');
INSERT INTO rulesets
SELECT 4, ('{"timezone": "Asia/Tokyo", "facts": {"a": "number"}, "rules": [' || string_agg(format('{"name": "%s", "when": "a > %s", "points": "abs(a - %2$s)"}', md5(i::text), i), ', ') || ']}')::csagg.ruleset
FROM generate_series(1, 1000) i;

CREATE TABLE log AS
SELECT i % 500 AS customer, '2025-01-01 00:00+00'::timestamptz + i * interval '47 minutes' AS at, i * 7919 % 1000 AS score, 'plan ' || i * 31 % 300 AS plan
FROM generate_series(1, 20000) i;
CREATE TABLE populations (id int PRIMARY KEY, d csagg.distribution, j csagg.distribution, s csagg.summary, f csagg.flows);
INSERT INTO populations
SELECT g.id, csagg.distribution(plan, g.x), csagg.distribution(ARRAY[plan, score], g.x), csagg.summary(score, g.x), csagg.flows(plan, g.x)
FROM grids g, (SELECT customer, csagg.timeline(at, score) AS score, csagg.timeline(at, plan) AS plan FROM log GROUP BY customer) t GROUP BY g.id;
INSERT INTO populations VALUES (0, NULL, NULL, NULL, NULL);

-- Values in a time zone that this server does not know, as if it had gone with an upgrade of the operating system.
INSERT INTO grids VALUES (101, '[2025-01-31 00:00:00, 2025-06-01 00:00:00) every 1 month in Mars/Olympus'),
    (102, '[2025-01-01 00:00:00+00, 2025-01-02 00:00:00+00) every 6 hours in Mars/Olympus at start');
INSERT INTO rulesets VALUES (101, '{"timezone": "Mars/Olympus", "facts": {"a": "number"}, "rules": [{"name": "r", "when": "a @ 3 days ago > 1", "points": "a"}]}');
INSERT INTO populations
SELECT id, ('distribution of text over ' || x || ' {"gold" = +2@0 -1@3}')::csagg.distribution,
       ('joint distribution of (text, number) over ' || x || ' {("gold", 1) = +2@0 -1@3}')::csagg.distribution,
       ('summary over ' || x || ' {42.1 = +1@0} sums {0 = 42.12 1774.0944}')::csagg.summary, ('flows of text over ' || x || ' {null -> "gold" = +2@3}')::csagg.flows
FROM grids WHERE id > 100;

-- What aggregates of a user's own leave, which have no final function: states in place of values, short and long.
CREATE AGGREGATE timeline_state(timestamptz, text) (SFUNC = csagg.timeline_add, STYPE = csagg.timeline);
CREATE AGGREGATE counter_state(timestamptz, integer, text) (SFUNC = csagg.counter_add, STYPE = csagg.counter);
CREATE AGGREGATE history_state(text, text, timestamptz, jsonb) (SFUNC = csagg.history_add, STYPE = csagg.history);
CREATE AGGREGATE distribution_state(csagg.timeline, csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution);
CREATE AGGREGATE distribution_state(csagg.timeline[], csagg.grid) (SFUNC = csagg.distribution_add, STYPE = csagg.distribution);
CREATE AGGREGATE summary_state(csagg.timeline, csagg.grid) (SFUNC = csagg.summary_add, STYPE = csagg.summary);
CREATE AGGREGATE flows_state(csagg.timeline, csagg.grid) (SFUNC = csagg.flows_add, STYPE = csagg.flows);
CREATE AGGREGATE total_state(csagg.timeline) (SFUNC = csagg.total_add, STYPE = csagg.total_state);
CREATE TABLE states (id int PRIMARY KEY, x csagg.timeline, c csagg.counter, h csagg.history, d csagg.distribution, j csagg.distribution, s csagg.summary, f csagg.flows, t csagg.total_state);
INSERT INTO states
SELECT n, a.x, c, h, distribution_state(plan, g.x), distribution_state(ARRAY[plan, score], g.x), summary_state(score, g.x), flows_state(plan, g.x), total_state(score)
FROM grids g, (VALUES (0), (3), (500)) v(n),
     LATERAL (SELECT timeline_state(at, plan) AS x, counter_state(at, score, plan) AS c, history_state(plan, 'number', at, to_jsonb(score)) AS h FROM log WHERE customer < n) a
     LEFT JOIN LATERAL (SELECT customer, csagg.timeline(at, score) AS score, csagg.timeline(at, plan) AS plan FROM log WHERE customer < n GROUP BY customer) b ON true
WHERE g.id = 1 GROUP BY n, a.x, c, h;

-- What a user builds: defaults, a generated column, a view, an index, an aggregate in a materialized view, arrays, a domain.
CREATE DOMAIN plan_timeline AS csagg.timeline CHECK (csagg.text_at(VALUE, 'infinity') <> 'none');
CREATE TABLE built (
    id int PRIMARY KEY, x csagg.timeline DEFAULT csagg.constant(1), g csagg.grid DEFAULT csagg.grid('2025-01-01', '2026-01-01', '1 month', 'UTC'),
    closing numeric GENERATED ALWAYS AS (csagg.number_at(x, '2026-01-01 00:00+00')) STORED, many csagg.timeline[], plan plan_timeline
);
INSERT INTO built (id) VALUES (1);
INSERT INTO built (id, x, g, many, plan)
SELECT id, x, NULL, ARRAY[x, x], csagg.constant('gold'::text) FROM kinds WHERE id IN (2, 10);
CREATE INDEX ON kinds USING hash (x);
CREATE VIEW looked AS SELECT id, csagg.text_at(x, '2025-06-01 00:00+00') AS value FROM kinds;
CREATE MATERIALIZED VIEW counted AS SELECT csagg.distribution(x, csagg.grid('2025-01-01', '2026-01-01', '1 month', 'UTC')) AS d FROM kinds WHERE id IN (10, 13);

-- Every value in the database by its bytes.
CREATE VIEW bytes AS
SELECT 'kinds' AS t, id, 'x' AS c, md5(csagg.timeline_send(x)) AS m, length(csagg.timeline_send(x)) AS n FROM kinds
UNION ALL SELECT 'counters', id, 'x', md5(csagg.counter_send(x)), length(csagg.counter_send(x)) FROM counters
UNION ALL SELECT 'histories', id, 'x', md5(csagg.history_send(x)), length(csagg.history_send(x)) FROM histories
UNION ALL SELECT 'grids', id, 'x', md5(csagg.grid_send(x)), length(csagg.grid_send(x)) FROM grids
UNION ALL SELECT 'rulesets', id, 'x', md5(csagg.ruleset_send(x)), length(csagg.ruleset_send(x)) FROM rulesets
UNION ALL SELECT 'populations', id, 'd', md5(csagg.distribution_send(d)), length(csagg.distribution_send(d)) FROM populations
UNION ALL SELECT 'populations', id, 'j', md5(csagg.distribution_send(j)), length(csagg.distribution_send(j)) FROM populations
UNION ALL SELECT 'populations', id, 's', md5(csagg.summary_send(s)), length(csagg.summary_send(s)) FROM populations
UNION ALL SELECT 'populations', id, 'f', md5(csagg.flows_send(f)), length(csagg.flows_send(f)) FROM populations
UNION ALL SELECT 'states', id, 'x', md5(csagg.timeline_send(x)), length(csagg.timeline_send(x)) FROM states
UNION ALL SELECT 'states', id, 'c', md5(csagg.counter_send(c)), length(csagg.counter_send(c)) FROM states
UNION ALL SELECT 'states', id, 'h', md5(csagg.history_send(h)), length(csagg.history_send(h)) FROM states
UNION ALL SELECT 'states', id, 'd', md5(csagg.distribution_send(d)), length(csagg.distribution_send(d)) FROM states
UNION ALL SELECT 'states', id, 'j', md5(csagg.distribution_send(j)), length(csagg.distribution_send(j)) FROM states
UNION ALL SELECT 'states', id, 's', md5(csagg.summary_send(s)), length(csagg.summary_send(s)) FROM states
UNION ALL SELECT 'states', id, 'f', md5(csagg.flows_send(f)), length(csagg.flows_send(f)) FROM states
UNION ALL SELECT 'states', id, 't', md5(csagg.total_state_send(t)), length(csagg.total_state_send(t)) FROM states
UNION ALL SELECT 'built', id, 'x', md5(csagg.timeline_send(x)), length(csagg.timeline_send(x)) FROM built
UNION ALL SELECT 'built', id, 'many', md5(csagg.timeline_send(many[2])), length(csagg.timeline_send(many[2])) FROM built
UNION ALL SELECT 'built', id, 'plan', md5(csagg.timeline_send(plan)), length(csagg.timeline_send(plan)) FROM built
UNION ALL SELECT 'built', id, 'closing', closing::text, 0 FROM built
UNION ALL SELECT 'looked', id, 'value', value, 0 FROM looked
UNION ALL SELECT 'counted', 1, 'd', md5(csagg.distribution_send(d)), length(csagg.distribution_send(d)) FROM counted;
