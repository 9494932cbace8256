-- Questions as users ask them, each with one answer. Tables are those of data.sql.

-- The headline, by plan, and from stored timelines.
SELECT b.* FROM (SELECT csagg.distribution(t, csagg.grid('2025-01-01', '2026-01-01', '1 day', 'Europe/Berlin')) AS d
                 FROM (SELECT customer, csagg.timeline(at, seats, id) AS t FROM soak.log GROUP BY customer) l) s, csagg.buckets(d) b ORDER BY 1, 4, 6 LIMIT 2000;
SELECT customer % 3, md5(csagg.distribution(ARRAY[p, a], csagg.grid('2025-01-01', '2026-01-01', '7 days', 'UTC'))::text)
FROM (SELECT customer, csagg.timeline(at, plan, id) AS p, csagg.timeline(at, active) AS a FROM soak.log GROUP BY customer) l GROUP BY 1 ORDER BY 1;
SELECT csagg.rollup(d)::text = (SELECT csagg.distribution(seats, csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC'))::text FROM soak.customer)
FROM (SELECT csagg.distribution(seats, csagg.grid('2025-01-01', '2025-03-01', '1 day', 'UTC')) AS d FROM soak.customer GROUP BY id % 5) x;
SELECT b.starts_at, b.n, b.sum, b.mean, b.stddev FROM (SELECT csagg.summary(seats, csagg.grid('2025-01-31', '2026-01-31', '1 month', 'Asia/Tokyo')) AS s FROM soak.customer) x, csagg.buckets(s) b ORDER BY 1;
SELECT b.* FROM (SELECT csagg.flows(plan, csagg.grid('2025-01-01', '2025-04-01', '1 month', 'UTC')) AS f FROM soak.customer) x, csagg.buckets(f) b ORDER BY 1, 2, 4, 5;
-- Sums, merges, counters.
SELECT md5(csagg.total(t)::text), count(*) FROM (SELECT csagg.timeline(at, score) AS t FROM soak.log GROUP BY customer, id % 2) x;
SELECT csagg.same_function(csagg.merge(t), (SELECT csagg.timeline(at, seats, id) FROM soak.log WHERE customer = 0)) FROM (SELECT csagg.timeline(at, seats, id) AS t FROM soak.log WHERE customer = 0 GROUP BY id % 11) x;
SELECT customer, md5(csagg.counter(at, score, actor)::text) FROM soak.log WHERE score IS NOT NULL GROUP BY customer ORDER BY 1;
SELECT customer, md5(csagg.merge(h)::text) FROM (SELECT customer, csagg.history(key, kind, at, value, actor, id) AS h FROM soak.log GROUP BY customer, id % 4) x GROUP BY customer ORDER BY 1;
SELECT id, t.bucket, t.events, t.total FROM soak.customer, csagg.totals(logins, csagg.grid('2025-01-01', '2025-03-01', '7 days', timezone)) t WHERE id < 20 ORDER BY 1, 2;
SELECT id, md5(csagg.trailing(logins, "window", timezone)::text), md5(csagg.trailing_actors(logins, "window", timezone)::text) FROM soak.customer ORDER BY 1;
SELECT id, md5(csagg.minus(csagg.plus(seats, csagg.times(users, 2)), score)::text), md5(csagg.choose(active, seats, users)::text) FROM soak.customer ORDER BY 1;
SELECT csagg.total(csagg.constant(g)) FROM soak.costly(20) g;
-- Rules: a rule set a row.
SELECT id, csagg.score(rules, customer, as_of), (csagg.assess(rules, customer, as_of)).* FROM soak.customer ORDER BY 1;
SELECT c.id, md5(o::text) FROM soak.customer c, csagg.assess_over(c.rules, c, since, as_of) o ORDER BY 1;
SELECT c.id, e.* FROM soak.customer c, csagg.explain(c.rules, c, c.as_of) e WHERE c.id < 20 ORDER BY 1, 2;
SELECT c.id, sum(points) = csagg.score(c.rules, c, c.as_of) - csagg.score(c.rules, c, c.since) FROM soak.customer c, csagg.explain_change(c.rules, c, c.since, c.as_of) e WHERE c.id < 30 GROUP BY c.id, c.rules, c.*, c.as_of, c.since ORDER BY 1;
-- As-of joins: the function, the idiom, and both with the same rows.
SELECT (l).id, (r).id FROM csagg.asof_join(NULL::soak.log, NULL::soak.log, 'at', 'at', '{customer}', tie_break => 'id', allow_exact => false) j (l, r) WHERE (l).id < 2000 ORDER BY 1;
SELECT l.id, r.id FROM soak.log l LEFT JOIN LATERAL (SELECT r.id FROM soak.log r WHERE r.customer = l.customer AND r.at < l.at ORDER BY r.at DESC, r.id DESC LIMIT 1) r ON true WHERE l.id < 2000 ORDER BY 1;
SELECT l.customer, count(r.id), sum(r.seats) FROM soak.log l JOIN LATERAL (SELECT r.id, r.seats FROM soak.log r WHERE r.customer = l.customer AND r.at >= l.at + interval '1 day' ORDER BY r.at, r.id LIMIT 1) r ON true
WHERE l.id < 2000 GROUP BY 1 ORDER BY 1;
SELECT (l).customer, count(r), max((r).seats) FROM csagg.asof_join(NULL::soak.log, NULL::soak.log, 'at', 'at', '{customer}', tolerance => '3 days', direction => 'nearest', tie_break => 'id') j (l, r) GROUP BY 1 ORDER BY 1;
