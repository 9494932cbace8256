-- Grids, and timelines in them, against date arithmetic and counting.

CALL oracle.equal('buckets of a grid', $$
    SELECT id, b.* FROM oracle.grid, csagg.buckets(g) b
$$, $$
    SELECT grid, bucket, starts_at, ends_at FROM oracle.bucket
$$);

-- The last bucket of all holds as_of; months count from January 2000, days from Monday 2000-01-03, hours from the local
-- midnight of the day of as_of.
CALL oracle.equal('last_buckets', $$
    SELECT step, m.at, snapshot, b.*
    FROM oracle.now, (VALUES ('1 day'::interval), ('7 days'), ('1 month'), ('3 months'), ('1 hour'), ('15 minutes')) s (step),
         (VALUES ('end'), ('start')) e (snapshot),
         (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '2000-01-03' AND at < 'infinity') m,
         csagg.buckets(csagg.last_buckets(5, step, zone, m.at, snapshot)) b
$$, $$
    SELECT step, m.at, snapshot, b.bucket, b.starts_at, b.ends_at
    FROM oracle.now, (VALUES ('1 day'::interval), ('7 days'), ('1 month'), ('3 months'), ('1 hour'), ('15 minutes')) s (step),
         (VALUES ('end'), ('start')) e (snapshot),
         (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '2000-01-03' AND at < 'infinity') m,
         LATERAL (SELECT m.at AT TIME ZONE zone AS local, date_trunc('day', m.at AT TIME ZONE zone) AT TIME ZONE zone AS midnight) l,
         generate_series(-4, 0) i,
         LATERAL (SELECT bucket, bucket AT TIME ZONE zone AS starts_at, (bucket + step) AT TIME ZONE zone AS ends_at
                  FROM (SELECT CASE WHEN step >= interval '1 month' THEN
                                   timestamp '2000-01-01' + (i + div(((extract(year FROM local) - 2000) * 12 + extract(month FROM local) - 1)::int,
                                       (extract(epoch FROM step) / extract(epoch FROM interval '1 month'))::int)::int) * step
                               ELSE timestamp '2000-01-03' + (i + floor((local::date - date '2000-01-03') / extract(day FROM step))::int) * step
                               END AS bucket) c
                  WHERE step >= interval '1 day'
                  UNION ALL
                  SELECT starts_at AT TIME ZONE zone, starts_at, starts_at + step
                  FROM (SELECT midnight + (i + floor(extract(epoch FROM m.at - midnight) / extract(epoch FROM step))::int) * step AS starts_at) c
                  WHERE step < interval '1 day') b
$$);

-- From another origin: weeks from Sunday, months and quarters from February's second day, days from 4 in the morning, hours from one instant.
CALL oracle.equal('last_buckets from an origin', $$
    SELECT step, m.at, b.*
    FROM oracle.now, (VALUES ('7 days'::interval, timestamp '2000-01-02'), ('1 month', '2000-02-02'), ('3 months', '2031-02-02'), ('1 day', '1999-12-31 04:00')) s (step, origin),
         (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '1900-01-01' AND at < 'infinity') m,
         csagg.buckets(csagg.last_buckets(3, step, zone, m.at, origin => origin)) b
    UNION ALL
    SELECT '7 hours', m.at, b.*
    FROM oracle.now, (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '1900-01-01' AND at < 'infinity') m,
         csagg.buckets(csagg.last_buckets(3, '7 hours', zone, m.at, origin => since AT TIME ZONE zone)) b
$$, $$
    SELECT step, m.at, bucket, bucket AT TIME ZONE zone, (bucket + step) AT TIME ZONE zone
    FROM oracle.now, (VALUES ('7 days'::interval, 'week', '1 day'::interval), ('1 month', 'month', '-1 day'), ('3 months', 'quarter', '-1 month -1 day'), ('1 day', 'day', '-4 hours')) s (step, field, ahead),
         (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '1900-01-01' AND at < 'infinity') m, generate_series(-2, 0) i,
         LATERAL (SELECT date_trunc('month', m.at AT TIME ZONE zone + CASE WHEN field = 'quarter' THEN '-1 day'::interval ELSE '0' END) AS month) l,
         LATERAL (SELECT CASE field WHEN 'quarter' THEN date_trunc('quarter', month - interval '1 month') + interval '1 month 1 day'
                                    ELSE date_trunc(field, m.at AT TIME ZONE zone + ahead) - ahead END AS shown) c,
         -- one that the clocks skip may start later than they show
         LATERAL (SELECT shown - CASE WHEN shown AT TIME ZONE zone > m.at THEN step ELSE '0' END + i * step AS bucket) b
    UNION ALL
    SELECT '7 hours', m.at, starts_at AT TIME ZONE zone, starts_at, starts_at + interval '7 hours'
    FROM oracle.now, (SELECT at FROM oracle.moment WHERE customer = 16 AND at > '1900-01-01' AND at < 'infinity') m, generate_series(-2, 0) i,
         LATERAL (SELECT since AT TIME ZONE zone AT TIME ZONE zone AS start) s,
         LATERAL (SELECT start + (i + floor(extract(epoch FROM m.at - start) / 25200)) * interval '7 hours' AS starts_at) b
$$);

CALL oracle.equal('snapshots', $$
    SELECT g.id, kind, customer, s.* FROM oracle.ours, oracle.grid g, csagg.snapshots(x, g.g) s WHERE ranked
$$, $$
    SELECT grid, kind, customer, bucket, starts_at, ends_at, value, number FROM oracle.snapshot
$$);

-- The stretches of each bucket that one entry holds.
CREATE TEMP TABLE stretch AS
SELECT b.grid, b.i, e.kind, e.customer, e.value, e.number, least(e.valid_until, b.ends_at) - greatest(e.at, b.starts_at) AS spent,
       e.at <= b.starts_at AS is_first, e.valid_until >= b.ends_at AS is_last
FROM oracle.bucket b JOIN oracle.entry e ON e.at < b.ends_at AND e.valid_until > b.starts_at AND b.starts_at < b.ends_at
WHERE e.ranked AND e.value IS NOT NULL AND b.grid NOT IN (2, 3);
ANALYZE stretch;

CALL oracle.equal('stats', $$
    SELECT g.id, kind, customer, s.*
    FROM oracle.ours, oracle.grid g, csagg.stats(x, g.g) s
    WHERE ranked AND g.id NOT IN (2, 3) AND kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double')
$$, $$
    SELECT b.grid, kind, customer, b.bucket, b.starts_at, b.ends_at, s.first, s.last, s.min, s.max, s.mean, coalesce(s.present, '0')
    FROM oracle.bucket b CROSS JOIN (SELECT DISTINCT kind, customer FROM oracle.entry WHERE kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double')) c
         LEFT JOIN (SELECT grid, i, kind, customer, min(number) FILTER (WHERE is_first) AS first, min(number) FILTER (WHERE is_last) AS last, min(number) AS min, max(number) AS max,
                           sum(spent) AS present, oracle.quotient(sum(number * extract(epoch FROM spent) * 1000000), sum(extract(epoch FROM spent) * 1000000)) AS mean
                    FROM stretch GROUP BY grid, i, kind, customer) s USING (grid, i, kind, customer)
    WHERE b.grid NOT IN (2, 3)
$$);

CALL oracle.equal('durations', $$
    SELECT g.id, kind, customer, d.* FROM oracle.ours, oracle.grid g, csagg.durations(x, g.g) d WHERE ranked AND g.id NOT IN (2, 3)
$$, $$
    SELECT grid, kind, customer, bucket, starts_at, ends_at, value, number, sum(spent)
    FROM stretch JOIN oracle.bucket b USING (grid, i) GROUP BY grid, i, kind, customer, bucket, starts_at, ends_at, value, number
$$);

CALL oracle.equal('stats and durations of timelines of which something was forgotten', $$
    SELECT g.id, customer, s.starts_at, s.first, s.present, d.spent
    FROM oracle.ours, oracle.now, LATERAL (SELECT csagg.forget_before(x, since + interval '10 days 01:23:45') AS f) f, oracle.grid g,
         csagg.stats(f, g.g) s, LATERAL (SELECT sum(spent) AS spent FROM csagg.durations(f, g.g) d WHERE d.bucket = s.bucket AND d.starts_at = s.starts_at) d
    WHERE ranked AND kind = 'numeric' AND g.id IN (1, 4)
$$, $$
    SELECT b.grid, customer, b.starts_at, CASE WHEN known AND b.starts_at < b.ends_at THEN f.number END,
           CASE WHEN known THEN coalesce(s.present, '0') END, CASE WHEN known THEN s.present END
    FROM oracle.now CROSS JOIN (SELECT DISTINCT customer FROM oracle.entry WHERE ranked AND kind = 'numeric') c
         CROSS JOIN LATERAL (SELECT *, starts_at >= since + interval '10 days 01:23:45' AS known FROM oracle.bucket WHERE grid IN (1, 4)) b
         LEFT JOIN LATERAL oracle.at('numeric', true, customer, b.starts_at) f ON true
         LEFT JOIN (SELECT grid, i, customer, sum(spent) AS present FROM stretch WHERE kind = 'numeric' GROUP BY grid, i, customer) s USING (grid, i, customer)
$$);

-- A clock of their own: nothing that the clocks show again is past, so an entry holds from the least reading still to come.
CREATE TEMP TABLE own AS
SELECT m.customer, m.at, s.start, (timestamp '2000-01-01' + (r.reading - f.reading)) AT TIME ZONE 'UTC' AS own
FROM oracle.now n JOIN oracle.scene c ON (c.zone, c.since) = (n.zone, n.since)
     CROSS JOIN (SELECT customer, at FROM oracle.moment WHERE isfinite(at)) m
     CROSS JOIN LATERAL (SELECT n.since AS start UNION SELECT t - interval '20 minutes' FROM oracle.transitions(c) t) s,
     LATERAL (SELECT least(m.at AT TIME ZONE n.zone, min(t AT TIME ZONE n.zone)) AS reading FROM oracle.transitions(c) t WHERE t > m.at AND t < m.at + interval '1 day') r,
     LATERAL (SELECT least(s.start AT TIME ZONE n.zone, min(t AT TIME ZONE n.zone)) AS reading FROM oracle.transitions(c) t WHERE t > s.start AND t < s.start + interval '1 day') f;
CREATE INDEX ON own (customer, start, at);
ANALYZE own;

CALL oracle.equal('aligned', $$
    SELECT o.kind, o.customer, w.start, w.own, csagg.text_at(a, w.own)
    FROM oracle.ours o JOIN own w USING (customer), oracle.now, LATERAL (SELECT csagg.aligned(x, w.start, zone) AS a) a
    WHERE ranked AND kind IN ('numeric', 'text', 'boolean')
$$, $$
    SELECT k.kind, w.customer, w.start, w.own, v.value
    FROM (SELECT DISTINCT kind, customer FROM oracle.entry WHERE ranked AND kind IN ('numeric', 'text', 'boolean')) k JOIN own w USING (customer)
         LEFT JOIN LATERAL (SELECT value FROM oracle.entry e LEFT JOIN own x ON (x.customer, x.at, x.start) = (e.customer, e.at, w.start)
                            WHERE e.ranked AND (e.kind, e.customer) = (k.kind, w.customer) AND (NOT isfinite(e.at) OR x.own <= w.own) ORDER BY e.at DESC LIMIT 1) v ON true
$$);
