-- Counters: every function of src/counter against counting the log's rows.

CALL oracle.equal('events of counter(at, amount, actor)', $$
    SELECT customer, e.* FROM oracle.counted, csagg.events(c) e
$$, $$
    SELECT customer, at, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event GROUP BY customer, at
$$);

CALL oracle.equal('events of counter(at) and counter(at, amount)', $$
    SELECT 1, customer, e.* FROM oracle.counted, csagg.events(plain) e
    UNION ALL
    SELECT 2, customer, e.* FROM oracle.counted, csagg.events(amounts) e
$$, $$
    SELECT 1, customer, at, count(*), count(*)::numeric, '{}'::text[] FROM oracle.event GROUP BY customer, at
    UNION ALL
    SELECT 2, customer, at, count(*), sum(amount), '{}' FROM oracle.event GROUP BY customer, at
$$);

CALL oracle.equal('counter(at, amount) of each type', $$
    SELECT customer, t, e.at, e.events, e.total, e.actors
    FROM (SELECT customer, csagg.counter(at, round(amount)::smallint) AS i2, csagg.counter(at, round(amount)::int) AS i4,
                 csagg.counter(at, round(amount)::bigint) AS i8, csagg.counter(at, (amount / 4)::real) AS r,
                 csagg.counter(at, (amount / 4)::float8) AS d, csagg.counter(at, round(amount)::smallint, actor) AS ai2,
                 csagg.counter(at, round(amount)::int, actor) AS ai4, csagg.counter(at, round(amount)::bigint, actor) AS ai8,
                 csagg.counter(at, (amount / 4)::real, actor) AS ar, csagg.counter(at, (amount / 4)::float8, actor) AS ad
          FROM oracle.event WHERE abs(amount) < 30000 GROUP BY customer) c,
         LATERAL (VALUES (1, i2), (2, i4), (3, i8), (4, r), (5, d), (6, ai2), (7, ai4), (8, ai8), (9, ar), (10, ad)) v (t, c), csagg.events(v.c) e
$$, $$
    SELECT customer, t, at, count(*),
           sum(CASE WHEN t IN (1, 2, 3, 6, 7, 8) THEN round(amount)
                    WHEN t IN (4, 9) THEN oracle.digits18((amount / 4)::real::text::numeric)
                    ELSE oracle.digits18((amount / 4)::float8::text::numeric) END),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL AND t > 5), '{}')
    FROM oracle.event, generate_series(1, 10) t WHERE abs(amount) < 30000 GROUP BY customer, t, at
$$);

CALL oracle.equal('first, last, known_from', $$
    SELECT customer, csagg.first(c), csagg.last(c), csagg.known_from(c) FROM oracle.counted
$$, $$
    SELECT customer, min(at), max(at), NULL::timestamptz FROM oracle.event GROUP BY customer
$$);

CALL oracle.equal('totals', $$
    SELECT customer, g.id, t.* FROM oracle.counted, oracle.grid g, csagg.totals(c, g.g) t
$$, $$
    SELECT c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, count(e.at), coalesce(sum(e.amount), 0)
    FROM oracle.counted c CROSS JOIN oracle.bucket b
         LEFT JOIN oracle.event e ON e.customer = c.customer AND e.at >= b.starts_at AND e.at < b.ends_at
    GROUP BY c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, b.i
$$);

CALL oracle.equal('actors', $$
    SELECT customer, g.id, t.* FROM oracle.counted, oracle.grid g, csagg.actors(c, g.g) t
$$, $$
    SELECT c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, count(DISTINCT e.actor)
    FROM oracle.counted c CROSS JOIN oracle.bucket b
         LEFT JOIN oracle.event e ON e.customer = c.customer AND e.at >= b.starts_at AND e.at < b.ends_at
    GROUP BY c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, b.i
$$);

CALL oracle.equal('totals and actors after forget_before', $$
    SELECT customer, g.id, t.*, a.actors
    FROM oracle.counted, oracle.now, LATERAL (SELECT csagg.forget_before(c, since + interval '20 days 01:23') AS f) f,
         oracle.grid g, csagg.totals(f, g.g) t, csagg.actors(f, g.g) a
    WHERE g.id IN (1, 3, 4, 5) AND t.bucket = a.bucket AND t.starts_at = a.starts_at
$$, $$
    SELECT c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, CASE WHEN known THEN count(e.at) END, CASE WHEN known THEN coalesce(sum(e.amount), 0) END,
           CASE WHEN known THEN count(DISTINCT e.actor) END
    FROM oracle.counted c CROSS JOIN oracle.now
         CROSS JOIN LATERAL (SELECT *, starts_at >= since + interval '20 days 01:23' AS known FROM oracle.bucket WHERE grid IN (1, 3, 4, 5)) b
         LEFT JOIN oracle.event e ON e.customer = c.customer AND e.at >= b.starts_at AND e.at < b.ends_at
    GROUP BY c.customer, b.grid, b.bucket, b.starts_at, b.ends_at, b.i, known
$$);

CALL oracle.equal('merge, overlay', $$
    SELECT f, a.customer, e.*
    FROM oracle.counted a JOIN oracle.counted b ON b.customer = a.customer % 12 + 1,
         LATERAL (VALUES ('merge', csagg.merge(a.c, b.c)), ('overlay', csagg.overlay(a.c, b.c))) r (f, x), csagg.events(x) e
$$, $$
    SELECT f, c, at, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM generate_series(1, 12) c JOIN oracle.event e ON e.customer IN (c, c % 12 + 1), (VALUES ('merge'), ('overlay')) f (f)
    WHERE f = 'merge' OR e.customer = c % 12 + 1
       OR NOT EXISTS (SELECT FROM oracle.event o WHERE o.customer = c % 12 + 1 AND o.at = e.at)
    GROUP BY f, c, at
$$);

CALL oracle.equal('overlay(x ORDER BY rank)', $$
    SELECT g, e.* FROM (SELECT customer % 4 AS g, csagg.overlay(c ORDER BY customer * 5 % 12) AS x FROM oracle.counted GROUP BY customer % 4) o, csagg.events(x) e
$$, $$
    SELECT customer % 4, at, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event e
    WHERE NOT EXISTS (SELECT FROM oracle.event o WHERE o.at = e.at AND o.customer % 4 = e.customer % 4 AND o.customer * 5 % 12 > e.customer * 5 % 12)
    GROUP BY customer, at
$$);

CALL oracle.equal('slice, forget_before', $$
    SELECT c.customer, m.at, f, csagg.known_from(x), csagg.first(x), csagg.last(x), e.*
    FROM oracle.counted c JOIN oracle.moment m ON m.customer = 5 AND m.at < 'infinity', oracle.now,
         LATERAL (VALUES ('slice', csagg.slice(c.c, m.at, until)), ('forget', csagg.forget_before(c.c, m.at))) r (f, x), csagg.events(x) e
$$, $$
    SELECT e.customer, m, f, CASE f WHEN 'forget' THEN nullif(m, '-infinity') END,
           CASE WHEN f = 'slice' OR NOT EXISTS (SELECT FROM oracle.event o WHERE o.customer = e.customer AND o.at < m) THEN min(min(at)) OVER w END,
           max(max(at)) OVER w, at, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event e CROSS JOIN oracle.now
         JOIN (SELECT at AS m FROM oracle.moment WHERE customer = 5 AND at < 'infinity') m ON true, (VALUES ('slice'), ('forget')) f (f)
    WHERE at >= m AND (f = 'forget' OR at < until)
    GROUP BY e.customer, m, f, at WINDOW w AS (PARTITION BY e.customer, m, f)
$$);

CALL oracle.equal('adjacent slices and forgotten pieces merge', $$
    SELECT c.customer, m.at, csagg.merge(csagg.slice(c.c, '-infinity', m.at), csagg.slice(c.c, m.at, 'infinity')),
           csagg.merge(csagg.forget_before(c.c, m.at), d.c)
    FROM oracle.counted c JOIN oracle.counted d ON d.customer = c.customer % 12 + 1 JOIN oracle.moment m ON m.customer = 6 AND m.at < 'infinity'
$$, $$
    SELECT c.customer, m.at, c.c, csagg.forget_before(csagg.merge(c.c, d.c), m.at)
    FROM oracle.counted c JOIN oracle.counted d ON d.customer = c.customer % 12 + 1 JOIN oracle.moment m ON m.customer = 6 AND m.at < 'infinity'
$$);

-- An instant between two slots stays, all others move up to the end of their slot.
CALL oracle.equal('downsample', $$
    SELECT customer, r, e.* FROM oracle.counted, (VALUES ('15 minutes'::interval), ('1 hour'), ('7 minutes'), ('1 day')) r (r), csagg.events(csagg.downsample(c, r)) e
$$, $$
    SELECT customer, r, moved, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event, (VALUES ('15 minutes'::interval), ('1 hour'), ('7 minutes'), ('1 day')) r (r),
         LATERAL (SELECT CASE WHEN NOT isfinite(at) OR at = slot THEN at ELSE slot + make_interval(secs => extract(epoch FROM r)::int) END AS moved
                  FROM (SELECT CASE WHEN isfinite(at) THEN date_bin(r, at, '2000-01-01 00:00+00') END AS slot) s) m
    GROUP BY customer, r, moved
$$);

-- A clock of their own: nothing that the clocks show again is past, so an event lies at the least reading still to come.
CREATE TEMP TABLE own_event AS
SELECT e.id, s.start, CASE WHEN isfinite(e.at) THEN (timestamp '2000-01-01' + (r.reading - f.reading)) AT TIME ZONE 'UTC' ELSE e.at END AS own
FROM oracle.now n JOIN oracle.scene c ON (c.zone, c.since) = (n.zone, n.since) CROSS JOIN oracle.event e
     CROSS JOIN LATERAL (SELECT n.since AS start UNION SELECT t - interval '20 minutes' FROM oracle.transitions(c) t) s,
     LATERAL (SELECT least(e.at AT TIME ZONE n.zone, min(t AT TIME ZONE n.zone)) AS reading FROM oracle.transitions(c) t WHERE t > e.at AND t < e.at + interval '1 day') r,
     LATERAL (SELECT least(s.start AT TIME ZONE n.zone, min(t AT TIME ZONE n.zone)) AS reading FROM oracle.transitions(c) t WHERE t > s.start AND t < s.start + interval '1 day') f;

CALL oracle.equal('aligned', $$
    SELECT customer, start, e.* FROM oracle.counted, oracle.now, (SELECT DISTINCT start FROM own_event) s, csagg.events(csagg.aligned(c, start, zone)) e
$$, $$
    SELECT customer, start, own, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event JOIN own_event USING (id) GROUP BY customer, start, own
$$);

CALL oracle.equal('aligned after forget_before', $$
    SELECT customer, start, e.*
    FROM oracle.counted, oracle.now, (SELECT DISTINCT start FROM own_event) s,
         csagg.events(csagg.aligned(csagg.forget_before(c, since + interval '20 days 01:23'), start, zone)) e
$$, $$
    SELECT customer, start, own, count(*), sum(amount),
           coalesce(array_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL), '{}')
    FROM oracle.event JOIN own_event USING (id), oracle.now WHERE at >= since + interval '20 days 01:23' GROUP BY customer, start, own
$$);

---------------------------------------------------------------------------------------------------------------------
-- Period to date: what happened since the period of an instant began, by date_trunc. One that the clocks skip may begin
-- later than they show.

CREATE TEMP TABLE period AS
SELECT p.*, c.customer, m.at, m.at >= (SELECT min(at) FROM oracle.event e WHERE e.customer = c.customer) AS begun, (shown - CASE WHEN shown AT TIME ZONE zone > m.at THEN step ELSE '0' END) AT TIME ZONE zone AS begins
FROM oracle.now, (VALUES (1, '1 day'::interval, 'day', NULL::timestamp, '0'::interval), (2, '7 days', 'week', NULL, '0'), (3, '1 month', 'month', NULL, '0'),
                         (4, '3 months', 'quarter', NULL, '0'), (5, '1 year', 'year', NULL, '0'), (6, '7 days', 'week', '2000-01-02', '1 day'),
                         (7, '1 day', 'day', '2000-01-01 04:00', '-4 hours')) p (id, step, field, origin, ahead),
     oracle.counted c,
     LATERAL (SELECT at + d AS at FROM oracle.event e, unnest('{-1 us, 0}'::interval[]) d WHERE e.customer = c.customer AND isfinite(at)
              UNION SELECT t FROM generate_series(since, until, '31 hours') t) m,
     LATERAL (SELECT date_trunc(field, m.at AT TIME ZONE zone + ahead) - ahead AS shown) s;
ANALYZE period;

CALL oracle.equal('period_to_date, its events and its actors', $$
    SELECT p.id, p.customer, p.at, csagg.number_at(v.total, p.at), csagg.number_at(v.events, p.at), csagg.number_at(v.actors, p.at)
    FROM period p JOIN (SELECT id, customer, csagg.period_to_date(c, step, zone, origin) AS total, csagg.period_to_date_events(c, step, zone, origin) AS events,
                               csagg.period_to_date_actors(c, step, zone, origin) AS actors
                        FROM (SELECT DISTINCT id, customer, step, origin FROM period) p JOIN oracle.counted USING (customer), oracle.now) v USING (id, customer)
$$, $$
    SELECT p.id, p.customer, p.at, CASE WHEN begun THEN coalesce(oracle.digits18(sum(e.amount)), 0) END, CASE WHEN begun THEN count(e.at)::numeric END,
           CASE WHEN begun THEN count(DISTINCT e.actor)::numeric END
    FROM period p LEFT JOIN oracle.event e ON e.customer = p.customer AND e.at >= p.begins AND e.at <= p.at
    GROUP BY p.id, p.customer, p.at, begun
$$);

CALL oracle.equal('period_to_date after forget_before', $$
    SELECT p.id, p.customer, p.at, csagg.number_at(v.total, p.at)
    FROM period p JOIN (SELECT id, customer, csagg.period_to_date(csagg.forget_before(c, since + interval '20 days 01:23'), step, zone, origin) AS total
                        FROM (SELECT DISTINCT id, customer, step, origin FROM period) p JOIN oracle.counted USING (customer), oracle.now) v USING (id, customer)
$$, $$
    SELECT p.id, p.customer, p.at, CASE WHEN begun AND known THEN coalesce(oracle.digits18(sum(e.amount)), 0) END
    FROM period p CROSS JOIN oracle.now CROSS JOIN LATERAL (SELECT begins >= since + interval '20 days 01:23' AS known) b
         LEFT JOIN oracle.event e ON e.customer = p.customer AND e.at >= p.begins AND e.at <= p.at
    GROUP BY p.id, p.customer, p.at, begun, known
$$);

---------------------------------------------------------------------------------------------------------------------
-- Trailing windows. The window that ends at t is (L(t), t], L(t) being the greatest of s - w over all s <= t. That
-- greatest is reached at t itself, or just before the clocks or the ends of months take s - w back: at a quarter of an hour.

CREATE TEMP TABLE win AS
SELECT id, w FROM oracle.now, (VALUES (1, '1 day'::interval), (2, '14 days'), (3, '1 month'), (4, '2 months'), (5, '36 hours'), (6, '90 minutes')) v (id, w)
WHERE (id + seed + seed / 10) % 2 = 0;
CREATE TEMP TABLE candidate AS
SELECT id, s, max(oracle.before(s, w, zone)) OVER (PARTITION BY id ORDER BY s) AS most
FROM oracle.now, win, LATERAL (SELECT t - interval '1 microsecond' AS s
                               FROM generate_series(since - interval '15 days', until + interval '70 days', interval '15 minutes') t) c;
CREATE INDEX ON candidate (id, s);
CREATE TEMP TABLE look AS
SELECT DISTINCT win.id, w, customer, t
FROM win, oracle.now, oracle.event e,
     LATERAL (SELECT (at AT TIME ZONE zone + w) AT TIME ZONE zone AS leaves) l,
     LATERAL (VALUES (at), (at - interval '1 microsecond'), (at + interval '1 microsecond'),
                     (leaves), (leaves - interval '1 microsecond'), (at + w), (leaves + interval '1 hour'), (leaves - interval '30 minutes'),
                     (leaves + interval '1 day')) t (t)
WHERE isfinite(at);
INSERT INTO look
SELECT DISTINCT win.id, w, customer, t
FROM win, oracle.now, oracle.counted, csagg.entries(csagg.trailing_events(c, w, zone)) e,
     LATERAL (VALUES (e.valid_from), (e.valid_from - interval '1 microsecond')) t (t) WHERE isfinite(e.valid_from)
EXCEPT SELECT * FROM look;
ALTER TABLE look ADD l timestamptz;
UPDATE look SET l = greatest(oracle.before(t, w, zone),
    CASE WHEN t BETWEEN since AND until + interval '70 days'
         THEN (SELECT most FROM candidate c WHERE c.id = look.id AND s <= t ORDER BY s DESC LIMIT 1)
         ELSE (SELECT max(oracle.before(s - interval '1 microsecond', w, zone))
               FROM generate_series(date_trunc('hour', t) - interval '5 days', t, interval '1 hour') s) END)
FROM oracle.now;
ANALYZE look;

CALL oracle.equal('trailing, trailing_events, trailing_actors', $$
    SELECT l.w, l.customer, l.t, csagg.number_at(s, t), csagg.number_at(n, t), csagg.number_at(a, t)
    FROM (SELECT id, customer, csagg.trailing(c, w, zone) AS s, csagg.trailing_events(c, w, zone) AS n, csagg.trailing_actors(c, w, zone) AS a
          FROM win, oracle.counted, oracle.now) x JOIN look l USING (id, customer)
$$, $$
    SELECT l.w, l.customer, l.t, oracle.digits18(e.total), e.events::numeric, e.actors::numeric
    FROM look l, LATERAL (SELECT CASE WHEN count(*) > 0 THEN coalesce(sum(amount) FILTER (WHERE at > l), 0) END AS total,
                                 CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE at > l) END AS events,
                                 CASE WHEN count(*) > 0 THEN count(DISTINCT actor) FILTER (WHERE at > l) END AS actors
                          FROM oracle.event e WHERE e.customer = l.customer AND e.at <= l.t) e
$$);

CALL oracle.equal('trailing after forget_before: NULL until the window is known whole', $$
    SELECT l.w, l.customer, l.t, csagg.number_at(s, t), csagg.number_at(n, t), csagg.number_at(a, t)
    FROM (SELECT id, customer, csagg.trailing(f, w, zone) AS s, csagg.trailing_events(f, w, zone) AS n, csagg.trailing_actors(f, w, zone) AS a
          FROM win, oracle.now, oracle.counted, LATERAL (SELECT csagg.forget_before(c, since + interval '20 days 01:23:45') AS f) f) x
         JOIN look l USING (id, customer)
$$, $$
    SELECT l.w, l.customer, l.t, oracle.digits18(e.total), e.events::numeric, e.actors::numeric
    FROM look l, oracle.now, LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE at > l), 0) AS total,
                                 count(*) FILTER (WHERE at > l) AS events,
                                 count(DISTINCT actor) FILTER (WHERE at > l) AS actors
                          FROM oracle.event e WHERE e.customer = l.customer AND e.at <= l.t
                          HAVING count(*) > 0 AND l + interval '1 microsecond' >= since + interval '20 days 01:23:45') e
    UNION ALL
    SELECT l.w, l.customer, l.t, NULL, NULL, NULL
    FROM look l, oracle.now
    WHERE l + interval '1 microsecond' < since + interval '20 days 01:23:45'
       OR NOT EXISTS (SELECT FROM oracle.event e WHERE e.customer = l.customer AND e.at <= l.t)
$$);

CALL oracle.equal('trailing is simplified', $$
    SELECT customer, w, f, v = csagg.simplify(v)
    FROM win, oracle.now, oracle.counted,
         LATERAL (VALUES (1, csagg.trailing(c, w, zone)), (2, csagg.trailing_events(c, w, zone)), (3, csagg.trailing_actors(c, w, zone))) t (f, v)
$$, $$
    SELECT customer, w, f, true FROM win, oracle.counted, generate_series(1, 3) f
$$);

---------------------------------------------------------------------------------------------------------------------
-- Forms.

CALL oracle.equal('text and JSON forms of a counter', $$
    SELECT customer, c::text::csagg.counter = c, plain::text::csagg.counter = plain, csagg.jsonb(c)
    FROM oracle.counted
$$, $$
    SELECT customer, true, true, jsonb_build_object('events', jsonb_agg(e ORDER BY at))
    FROM (SELECT customer, at, jsonb_strip_nulls(jsonb_build_object('at', oracle.iso(at), 'events', count(*), 'total', sum(amount), 'actors',
                 jsonb_agg(DISTINCT actor COLLATE "C" ORDER BY actor COLLATE "C") FILTER (WHERE actor IS NOT NULL))) AS e
          FROM oracle.event GROUP BY customer, at) x
    GROUP BY customer
$$);
