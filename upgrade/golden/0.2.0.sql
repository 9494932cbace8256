-- Values of every type of version 0.2.0, in every form that their bytes take, and answers of its functions. The results
-- are in 0.2.0.tsv. See docs/releasing.md.

INSERT INTO golden.cases (name, query) VALUES
-- Timelines: a kind each; then seqs, own decimal places, units of time, a horizon, none, blocks with a directory.
('timeline of booleans', $$SELECT csagg.timeline(at, v) FROM (VALUES ('-infinity'::timestamptz, true), ('2025-01-02 03:04:05.678901+00', NULL), ('2200-01-01 00:00+00', false)) t (at, v)$$),
('timeline of numbers', $$SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, 40), ('2025-01-03 00:00+00', -7), ('2025-02-01 00:00+00', NULL), ('2025-02-02 00:00+00', 40)) t (at, v)$$),
('timeline of texts', $$SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, ''), ('2025-01-02 00:00+00', 'gold'), ('2025-01-03 00:00+00', E'日本 "q" \\ \t\n\r\x01 {}=,#')) t (at, v)$$),
('timeline of dates', $$SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, 'infinity'::date), ('2025-01-02 00:00+00', '0044-03-15 BC'), ('2025-01-03 00:00+00', '5874897-12-31')) t (at, v)$$),
('timeline of times', $$SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, '-infinity'::timestamptz), ('294276-12-31 23:59:59.999999+00', '4713-01-01 00:00+00 BC')) t (at, v)$$),
('timeline with seqs and far numbers', $$SELECT csagg.timeline(at, v, s) FROM (VALUES ('0044-03-15 00:00+00 BC'::timestamptz, 12.345678901234567, 7), ('2025-01-01 00:00+00', -0.000000000000000001, -9223372036854775808), ('2025-01-02 00:00+00', 999999999999999999, 9223372036854775807)) t (at, v, s)$$),
('timeline of prices', $$SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '90 minutes', i * 1.25) FROM generate_series(-20, 20) i$$),
('timeline at microseconds', $$SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * i * interval '1 microsecond', i) FROM generate_series(1, 20) i$$),
('timeline behind a horizon', $$SELECT csagg.forget_before(csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '1 day', i), '2025-01-20 12:00+00') FROM generate_series(1, 30) i$$),
('timeline without entries', $$SELECT csagg.slice(csagg.constant(1), 'infinity', '-infinity')$$),
('timeline that is always absent', $$SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz, NULL::int)$$),
('timeline of many numbers', $$SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '61 seconds', i % 97) FROM generate_series(1, 2100) i$$),
('timeline of many texts', $$SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '3.000001 seconds', 'plan ' || i * 31 % 7, i % 5) FROM generate_series(1, 1100) i$$),

-- Counters.
('counter of events', $$SELECT csagg.counter(at) FROM (VALUES ('-infinity'::timestamptz), ('2025-01-01 00:00+00'), ('2025-01-01 00:00+00'), ('2025-01-05 00:00+00')) t (at)$$),
('counter of amounts', $$SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz + i % 7 * interval '1 day', i - 50.123456789) FROM generate_series(1, 100) i$$),
('counter of wide amounts', $$SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz, v) FROM (VALUES (999999999999999999), (999999999999999999), (0.000000000000000001)) t (v)$$),
('counter with actors', $$SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz + i % 7 * interval '1 day', i % 3, (ARRAY['', 'ann', NULL, E'日"\\'])[1 + i % 4]) FROM generate_series(1, 100) i$$),
('counter with a resolution', $$SELECT csagg.downsample(csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '7 minutes', i, 'actor ' || i % 3), '15 minutes') FROM generate_series(1, 20) i$$),
('counter behind a horizon', $$SELECT csagg.forget_before(csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '1 day', 1), '2025-01-10 00:00+00') FROM generate_series(1, 30) i$$),
('counter without events', $$SELECT csagg.slice(csagg.counter('2025-01-01 00:00+00'::timestamptz), 'infinity', '-infinity')$$),
('counter of many events', $$SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '17 minutes', i % 5, 'actor ' || i % 11) FROM generate_series(1, 1100) i$$),

-- Histories.
('history of every kind', $$SELECT csagg.history(k, kind, '2025-01-01 00:00+00'::timestamptz, v, 'ann'::text, 3::bigint) FROM (VALUES ('logins', 'counter', '2.5'::jsonb), ('', 'boolean', 'true'), ('席数', 'number', '40'), ('plan', 'text', '"gold"'), ('end', 'date', '"infinity"'), ('seen', 'time', '"2025-01-01 00:00Z"'), ('gone', 'text', 'null')) t (k, kind, v)$$),
('history behind a horizon', $$SELECT csagg.forget_before(csagg.history_of('x', csagg.constant(1)), '2025-01-01 00:00+00')$$),
('history without entries', $$SELECT csagg.slice(csagg.history_of('x', csagg.constant(1)), 'infinity', '-infinity')$$),
('history with facts replaced', $$SELECT csagg.replace_facts(csagg.forget_before('{"a": counter {2025-01-01, 2025-03-01}, "b": number {2025-01-01 = 1}, "c": text {}}'::csagg.history, '2025-02-01'), '{"b": text {2025-01-01 = "x"}, "d": date {2025-03-01 = infinity}}')$$),
('history with facts dropped', $$SELECT csagg.drop_facts('{"a": counter {2025-01-01, 2025-03-01}, "b": number {2025-01-01 = 1}, "c": text {}}', '{a,c}')$$),
('rows that are checked', $$SELECT string_agg(csagg.check_fact('end', kind, '2025-01-01', v), E'\n') FROM (VALUES ('date', '"2025-02-30"'::jsonb), ('text', '1'), ('plan', '1'), ('number', '1e18')) t (kind, v)$$),

-- Grids.
('grid of days', $$SELECT csagg.grid('2025-01-01', '2027-01-01', '1 day', 'Asia/Tokyo')$$),
('grid of months at their start', $$SELECT csagg.grid('2025-01-31', '2025-12-31', '1 month', 'Europe/Berlin', 'start')$$),
('grid of minutes over a repeated hour', $$SELECT csagg.grid('2025-10-26 00:00', '2025-10-26 06:00', '15 minutes', 'Europe/Berlin')$$),
('grid that starts within a repeated hour', $$SELECT csagg.last_buckets(3, '30 minutes', 'Europe/Berlin', '2025-10-26 01:45+00')$$),
('grid without buckets', $$SELECT csagg.grid('2025-01-01', '2025-01-01', '7 days', 'UTC')$$),
('grid of irregular buckets', $$SELECT csagg.grid_of('{2024-12-29,2025-01-26,2025-02-23,2025-03-30}', 'Europe/Berlin', 'start')$$),
('grid of quarters', $$SELECT csagg.last_buckets(3, '3 months', 'Pacific/Apia', '2012-01-01 00:00+00')$$),
('grid in a zone of its own rules', $$SELECT csagg.grid('0044-03-15 BC', '0044-03-17 BC', '36 hours', 'EST5EDT,M3.2.0,M11.1.0')$$),

-- Populations: the distribution of each kind, of tuples and of none; summary; flows.
('distribution of booleans', $$SELECT csagg.distribution(csagg.gt(score, 2), g) FROM golden.people, golden.days$$),
('distribution over irregular buckets', $$SELECT csagg.distribution(score, csagg.grid_of('{2025-01-01,2025-01-03,2025-01-10}', 'Asia/Tokyo')) FROM golden.people$$),
('distribution of numbers', $$SELECT csagg.distribution(score, g) FROM golden.people, golden.days$$),
('distribution of texts', $$SELECT csagg.distribution(plan, g) FROM golden.people, golden.days$$),
('distribution of dates', $$SELECT csagg.distribution(csagg.choose(csagg.gt(score, 2), '2025-01-01'::date, 'infinity'::date), g) FROM golden.people, golden.days$$),
('distribution of times', $$SELECT csagg.distribution(csagg.choose(csagg.gt(score, 2), '2025-01-01 00:00+00'::timestamptz, '-infinity'::timestamptz), g) FROM golden.people, golden.days$$),
('joint distribution', $$SELECT csagg.distribution(ARRAY[plan, score], g) FROM golden.people, golden.days$$),
('distribution of nobody', $$SELECT csagg.distribution(NULL::csagg.timeline, g) FROM golden.days$$),
('joint distribution of nobody', $$SELECT csagg.distribution(NULL::csagg.timeline[], g) FROM golden.days$$),
('summary', $$SELECT csagg.summary(csagg.times(score, 1.5), g) FROM golden.people, golden.days$$),
('summary of nobody', $$SELECT csagg.summary(NULL, g) FROM golden.days$$),
('flows', $$SELECT csagg.flows(plan, g) FROM golden.people, golden.days$$),
('flows of nobody', $$SELECT csagg.flows(NULL, g) FROM golden.days$$),

-- Rule sets.
('least rule set', $$SELECT '{"timezone": "UTC"}'::csagg.ruleset$$),
('rule set', $$SELECT r FROM golden.rules$$),
('rule set of a weighted mean', $$SELECT r FROM golden.mean$$),
('weighted mean', $$SELECT concat_ws(' ', csagg.score(r, p, at), csagg.assess(r, p, at)) FROM golden.mean, golden.people p, golden.instant WHERE id = 2$$),
('explanation of a weighted mean', $$SELECT string_agg(e::text, ' ') FROM golden.mean, golden.people p, golden.instant, csagg.explain(r, p, at) e WHERE id = 2$$),

-- What functions say of them.
('values at an instant', $$SELECT concat_ws(' ', csagg.number_at(score, at), csagg.text_at(plan, at), csagg.bool_at(csagg.gt(score, 2), at), csagg.value_at(score, at, NULL::int)) FROM golden.people, golden.instant WHERE id = 2$$),
('entries', $$SELECT string_agg(e::text, ' ') FROM golden.people, csagg.entries(plan) e WHERE id = 2$$),
('changes', $$SELECT string_agg(e::text, ' ') FROM golden.people, csagg.changes(plan) e WHERE id = 2$$),
('snapshots', $$SELECT string_agg(s::text, ' ') FROM golden.people, golden.days, csagg.snapshots(score, g) s WHERE id = 2$$),
('arithmetic', $$SELECT csagg.divided_by(csagg.plus(score, csagg.minus(10, score)), csagg.plus(csagg.times(score, 3), 1)) FROM golden.people WHERE id = 2$$),
('logic', $$SELECT csagg.all_of(csagg.ge(score, 1), csagg.negate(csagg.eq(plan, 'plan 1')), csagg.any_of(csagg.lt(score, 4), csagg.ne(score, 0))) FROM golden.people WHERE id = 2$$),
('bands', $$SELECT csagg.bin(score, '{2,4}', '{low,middle,high}') FROM golden.people WHERE id = 2$$),
('overlay of slices', $$SELECT csagg.overlay(csagg.slice(score, '2025-01-02 00:00+00', '2025-01-05 00:00+00'), csagg.slice(score, '2025-01-04 00:00+00', '2025-01-06 00:00+00')) FROM golden.people WHERE id = 2$$),
('figures within buckets', $$SELECT string_agg(s::text, ' ') FROM golden.people, golden.days, csagg.stats(score, g) s WHERE id = 2$$),
('time in each state', $$SELECT string_agg(d::text, ' ') FROM golden.people, golden.days, csagg.durations(plan, g) d WHERE id = 2$$),
('merged timelines', $$SELECT csagg.merge(score) FROM golden.people$$),
('total', $$SELECT csagg.total(score) FROM golden.people$$),
('time true', $$SELECT csagg.time_true(csagg.gt(score, 2), '2025-01-01 00:00+00', '2025-02-01 00:00+00')::text FROM golden.people WHERE id = 2$$),
('events of a counter', $$SELECT string_agg(e::text, ' ') FROM golden.people, csagg.events(logins) e WHERE id = 2$$),
('totals', $$SELECT string_agg(t::text, ' ') FROM golden.people, golden.days, csagg.totals(logins, g) t WHERE id = 2$$),
('trailing sum', $$SELECT csagg.trailing(logins, '3 days', 'Asia/Tokyo') FROM golden.people WHERE id = 2$$),
('trailing events', $$SELECT csagg.trailing_events(logins, '36 hours', 'Asia/Tokyo') FROM golden.people WHERE id = 2$$),
('trailing actors', $$SELECT csagg.trailing_actors(logins, '3 days', 'Asia/Tokyo') FROM golden.people WHERE id = 2$$),
('period to date', $$SELECT csagg.period_to_date(logins, '7 days', 'Asia/Tokyo') FROM golden.people WHERE id = 2$$),
('on a clock of its own', $$SELECT concat_ws(' ', csagg.aligned(score, '2025-01-02 07:00+00', 'Asia/Tokyo'), csagg.aligned(logins, '2025-01-02 07:00+00', 'Asia/Tokyo')) FROM golden.people WHERE id = 2$$),
('merged counters', $$SELECT csagg.merge(logins) FROM golden.people$$),
('facts', $$SELECT string_agg(f::text, ' ') FROM golden.people, csagg.facts(csagg.merge(csagg.history_of('score', score), csagg.history_of('logins', logins))) f WHERE id = 2$$),
('buckets of a grid', $$SELECT string_agg(b::text, ' ') FROM csagg.buckets(csagg.grid('2025-10-25', '2025-10-28', '1 day', 'Europe/Berlin')) b$$),
('buckets of a distribution', $$SELECT string_agg(b::text, ' ') FROM (SELECT csagg.distribution(plan, g) d FROM golden.people, golden.days) p, csagg.buckets(d) b$$),
('buckets of a joint distribution', $$SELECT string_agg(b::text, ' ') FROM (SELECT csagg.distribution(ARRAY[plan, score], g) d FROM golden.people, golden.days) p, csagg.joint_buckets(d) b$$),
('buckets of a summary', $$SELECT string_agg(b::text, ' ') FROM (SELECT csagg.summary(score, g) s FROM golden.people, golden.days) p, csagg.buckets(s) b$$),
('quantile', $$SELECT string_agg(b::text, ' ') FROM (SELECT csagg.summary(score, g) s FROM golden.people, golden.days) p, csagg.quantile(s, 0.5) b$$),
('buckets of flows', $$SELECT string_agg(b::text, ' ') FROM (SELECT csagg.flows(plan, g) f FROM golden.people, golden.days) p, csagg.buckets(f) b$$),
('rollup', $$SELECT csagg.rollup(d) FROM (SELECT csagg.distribution(plan, g) d FROM golden.people, golden.days GROUP BY id) p$$),
('scores', $$SELECT string_agg(csagg.score(r, p, at)::text, ' ' ORDER BY id) FROM golden.rules, golden.people p, golden.instant$$),
('assessments', $$SELECT string_agg(csagg.assess(r, p, at)::text, ' ' ORDER BY id) FROM golden.rules, golden.people p, golden.instant$$),
('score over time', $$SELECT csagg.score_over(r, p, '2025-01-01 00:00+00', '2025-02-01 00:00+00') FROM golden.rules, golden.people p WHERE id = 2$$),
('assessment over time', $$SELECT csagg.assess_over(r, p, '2025-01-01 00:00+00', '2025-02-01 00:00+00')::text FROM golden.rules, golden.people p WHERE id = 2$$),
('assessment over time, or its error', $$SELECT string_agg(csagg.try_assess_over(rules::csagg.ruleset, p, '2025-01-01 00:00+00', '2025-02-01 00:00+00')::text, ' ') FROM golden.people p, (VALUES ('{"timezone": "UTC", "facts": {"score": "number"}, "rules": [{"name": "r", "points": "1 / score"}]}'), ('{"timezone": "UTC", "facts": {"score": "number"}, "rules": [{"name": "r", "points": "1 / (score - score)"}]}')) v (rules) WHERE id = 2$$),
('explanation', $$SELECT string_agg(e::text, ' ') FROM golden.rules, golden.people p, golden.instant, csagg.explain(r, p, at) e WHERE id = 2$$),
('explanation of a change', $$SELECT string_agg(e::text, ' ') FROM golden.rules, golden.people p, csagg.explain_change(r, p, '2025-01-03 00:00+00', '2025-01-12 00:00+00') e WHERE id = 2$$),
('values as JSON', $$SELECT concat_ws(' ', csagg.jsonb(score), csagg.jsonb(logins), csagg.jsonb(g)) FROM golden.people, golden.days WHERE id = 2$$),
('hashes, which indexes and partitions hold', $$SELECT concat_ws(' ', csagg.timeline_hash(score), csagg.timeline_hash_extended(score, 7), csagg.counter_hash(logins), csagg.counter_hash_extended(logins, 7),
    csagg.history_hash(csagg.history_of('x', score)), csagg.history_hash_extended(csagg.history_of('x', score), 7), csagg.grid_hash(g), csagg.grid_hash_extended(g, 7), csagg.ruleset_hash(r), csagg.ruleset_hash_extended(r, 7))
    FROM golden.people, golden.days, golden.rules WHERE id = 2$$),
('hashes of populations', $$SELECT concat_ws(' ', csagg.distribution_hash(d), csagg.distribution_hash_extended(d, 7), csagg.summary_hash(s), csagg.summary_hash_extended(s, 7), csagg.flows_hash(f), csagg.flows_hash_extended(f, 7))
    FROM (SELECT csagg.distribution(plan, g) d, csagg.summary(score, g) s, csagg.flows(plan, g) f FROM golden.people, golden.days) p$$);

-- Seven people who change their plan and score, and log in.
CREATE TABLE golden.people AS
SELECT id, csagg.timeline(at, i * id % 6) AS score, csagg.timeline(at, CASE WHEN i % 9 < 8 THEN 'plan ' || (i + id) % 3 END) AS plan,
       csagg.counter(at, i, 'actor ' || i % 2) AS logins
FROM generate_series(1, 7) id, generate_series(1, 12) i, LATERAL (SELECT '2025-01-01 00:00+00'::timestamptz + (i * id % 13) * interval '17 hours') t (at)
GROUP BY id ORDER BY id;
CREATE TABLE golden.days AS SELECT csagg.grid('2025-01-01', '2025-01-11', '1 day', 'Asia/Tokyo') AS g;
CREATE TABLE golden.instant AS SELECT '2025-01-07 12:00+00'::timestamptz AS at;
CREATE TABLE golden.rules AS SELECT '{"timezone": "Europe/Berlin", "facts": {"logins": "counter", "score": "number", "plan": {"kind": "text", "optional": true}},
    "stages": [{"name": "new", "when": "age(score) < 3"}, {"name": "use"}], "base": 2e1, "min": -0.0, "max": 100,
    "rules": [{"name": "日 \"q\" \\ \u0001", "when": "count(logins, 3  days) >= 2", "points": "40 * least(1, score / 2)", "missing": 1.50},
              {"name": "gold", "when": "plan in (''plan 1'', ''plan 2'')", "points": 15, "stages": ["use"]}],
    "bands": [{"name": "red"}, {"name": "green", "from": 50}],
    "alerts": [{"name": "quiet", "when": "count(logins, 36 hours) = 0", "for": "2 days"}]}'::csagg.ruleset AS r;
CREATE TABLE golden.mean AS SELECT '{"timezone": "Europe/Berlin", "method": "weighted mean", "facts": {"logins": "counter", "score": "number", "plan": "text"},
    "define": [{"name": "use", "is": "count(logins, this month) + streak(logins)"}],
    "rules": [{"name": "use", "weight": 2.5, "points": "10 * use"}, {"name": "score", "weight": 1, "points": "highest(score, 3 days) - lowest(score, 3 days) + mean(score, 2 days)"},
              {"name": "plan", "weight": 0.5, "when": "plan = ''plan 1''", "points": 100, "missing": 50}],
    "bands": [{"name": "red"}, {"name": "green", "from": 30}],
    "alerts": [{"name": "drop", "when": "score <= score @ 2 days ago - 5 or changed_within(band, 1 day)"}]}'::csagg.ruleset AS r;
