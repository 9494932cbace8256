-- Timelines: every function of src/timeline and of grids against look-ups, window functions and counting.

CALL oracle.equal('entries', $$
    SELECT kind, ranked, customer, e.* FROM oracle.ours, csagg.entries(x) e
$$, $$
    SELECT kind, ranked, customer, at, valid_until, value, number, seq FROM oracle.entry
$$);

CALL oracle.equal('changes', $$
    SELECT kind, ranked, customer, c.* FROM oracle.ours, csagg.changes(x) c
$$, $$
    SELECT kind, ranked, customer, at, valid_until, value, number
    FROM (SELECT kind, ranked, customer, at, value, number,
                 lead(at, 1, 'infinity') OVER (PARTITION BY kind, ranked, customer ORDER BY at) AS valid_until
          FROM (SELECT *, value IS NOT DISTINCT FROM lag(value) OVER (PARTITION BY kind, ranked, customer ORDER BY at) AS repeats
                FROM oracle.entry) e
          WHERE NOT repeats) c
    WHERE value IS NOT NULL
$$);

CALL oracle.equal('simplify keeps the changes', $$
    SELECT kind, ranked, customer, e.valid_from, e.value, e.seq FROM oracle.ours, csagg.entries(csagg.simplify(x)) e
$$, $$
    SELECT kind, ranked, customer, at, value, 0
    FROM (SELECT *, value IS NOT DISTINCT FROM lag(value) OVER (PARTITION BY kind, ranked, customer ORDER BY at) AS repeats
          FROM oracle.entry) e
    WHERE NOT repeats
$$);

CALL oracle.equal('same_function', $$
    SELECT kind, ranked, a.customer, b.customer, csagg.same_function(a.x, b.x)
    FROM oracle.ours a JOIN oracle.ours b USING (kind, ranked)
$$, $$
    WITH f AS (SELECT kind, ranked, customer, array_agg(ROW(at, value) ORDER BY at) AS f
               FROM (SELECT *, value IS NOT DISTINCT FROM lag(value) OVER (PARTITION BY kind, ranked, customer ORDER BY at) AS repeats
                     FROM oracle.entry) e
               WHERE NOT repeats GROUP BY kind, ranked, customer)
    SELECT a.kind, a.ranked, a.customer, b.customer, fa.f IS NOT DISTINCT FROM fb.f
    FROM oracle.ours a JOIN oracle.ours b USING (kind, ranked)
         LEFT JOIN f fa ON (fa.kind, fa.ranked, fa.customer) = (a.kind, a.ranked, a.customer)
         LEFT JOIN f fb ON (fb.kind, fb.ranked, fb.customer) = (b.kind, b.ranked, b.customer)
$$);

CALL oracle.equal('text_at, number_at', $$
    SELECT kind, ranked, customer, m.at, csagg.text_at(x, m.at),
           CASE WHEN kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double') THEN csagg.number_at(x, m.at) END
    FROM oracle.ours JOIN oracle.moment m USING (customer)
$$, $$
    SELECT kind, ranked, customer, m.at, v.value, v.number
    FROM oracle.ours JOIN oracle.moment m USING (customer)
         LEFT JOIN LATERAL oracle.at(kind, ranked, customer, m.at) v ON true
$$);

-- Typed look-ups, compared as the log's own types: the row in force is found by seq and id.
CALL oracle.equal('value_at of each type, bool_at, time_at', $$
    SELECT m.customer, m.at, csagg.value_at(i2.x, m.at, NULL::smallint), csagg.value_at(i4.x, m.at, NULL::int),
           csagg.value_at(i8.x, m.at, NULL::bigint), csagg.value_at(n.x, m.at, NULL::numeric), csagg.value_at(r.x, m.at, NULL::real),
           csagg.value_at(d.x, m.at, NULL::float8), csagg.value_at(t.x, m.at, NULL::text), csagg.value_at(dt.x, m.at, NULL::date),
           csagg.value_at(ts.x, m.at, NULL::timestamptz), csagg.value_at(b.x, m.at, NULL::boolean),
           csagg.bool_at(b.x, m.at), csagg.time_at(ts.x, m.at)
    FROM oracle.moment m
         JOIN oracle.ours i2 ON (i2.customer, i2.kind, i2.ranked) = (m.customer, 'smallint', true)
         JOIN oracle.ours i4 ON (i4.customer, i4.kind, i4.ranked) = (m.customer, 'integer', true)
         JOIN oracle.ours i8 ON (i8.customer, i8.kind, i8.ranked) = (m.customer, 'bigint', true)
         JOIN oracle.ours n ON (n.customer, n.kind, n.ranked) = (m.customer, 'numeric', true)
         JOIN oracle.ours r ON (r.customer, r.kind, r.ranked) = (m.customer, 'real', true)
         JOIN oracle.ours d ON (d.customer, d.kind, d.ranked) = (m.customer, 'double', true)
         JOIN oracle.ours t ON (t.customer, t.kind, t.ranked) = (m.customer, 'text', true)
         JOIN oracle.ours dt ON (dt.customer, dt.kind, dt.ranked) = (m.customer, 'date', true)
         JOIN oracle.ours ts ON (ts.customer, ts.kind, ts.ranked) = (m.customer, 'timestamptz', true)
         JOIN oracle.ours b ON (b.customer, b.kind, b.ranked) = (m.customer, 'boolean', true)
$$, $$
    WITH l AS (SELECT *, lower(valid) AS since FROM (SELECT *, tstzrange(at, 'infinity') AS valid FROM oracle.log) x)
    SELECT m.customer, m.at, i2.v, i4.v, i8.v, n.v, r.v, d.v, t.v, dt.v, ts.v, b.v, b.v, ts.v
    FROM oracle.moment m
         LEFT JOIN LATERAL (SELECT l.i2 AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.i2 DESC NULLS LAST LIMIT 1) i2 ON true
         LEFT JOIN LATERAL (SELECT l.i4 AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.i4 DESC NULLS LAST LIMIT 1) i4 ON true
         LEFT JOIN LATERAL (SELECT l.i8 AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.i8 DESC NULLS LAST LIMIT 1) i8 ON true
         LEFT JOIN LATERAL (SELECT oracle.digits18(l.n) AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.n DESC NULLS LAST LIMIT 1) n ON true
         LEFT JOIN LATERAL (SELECT l.r AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.r DESC NULLS LAST LIMIT 1) r ON true
         LEFT JOIN LATERAL (SELECT l.d AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.d DESC NULLS LAST LIMIT 1) d ON true
         LEFT JOIN LATERAL (SELECT l.t AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.t COLLATE "C" DESC NULLS LAST LIMIT 1) t ON true
         LEFT JOIN LATERAL (SELECT l.day AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.day DESC NULLS LAST LIMIT 1) dt ON true
         LEFT JOIN LATERAL (SELECT l.ts AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.ts DESC NULLS LAST LIMIT 1) ts ON true
         LEFT JOIN LATERAL (SELECT l.b AS v FROM oracle.log l WHERE l.customer = m.customer AND l.at <= m.at
                            ORDER BY l.at DESC, l.seq DESC, l.b DESC NULLS LAST LIMIT 1) b ON true
$$);

---------------------------------------------------------------------------------------------------------------------
-- Grids and snapshots.

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

---------------------------------------------------------------------------------------------------------------------
-- Lifted operations: neighbours by number, looked at at every instant where one of them may change.

CREATE TEMP TABLE pair AS
SELECT a.customer, l.kind AS kind_a, r.kind AS kind_b, a.x AS a, b.x AS b, a.customer % 16 + 1 AS other
FROM oracle.ours a JOIN oracle.ours b ON b.customer = a.customer % 16 + 1
     JOIN (VALUES ('numeric', 'smallint'), ('integer', 'numeric'), ('real', 'smallint'), ('smallint', 'double')) k (ka, kb)
       ON a.kind = ka AND b.kind = kb,
     LATERAL (SELECT a.kind) l, LATERAL (SELECT b.kind) r
WHERE a.ranked AND NOT b.ranked;
CREATE TEMP TABLE watch AS
SELECT DISTINCT p.customer, m.at FROM (SELECT DISTINCT customer, other FROM pair) p
     JOIN oracle.moment m ON m.customer IN (p.customer, p.other);
CREATE TEMP TABLE looked AS
SELECT p.customer, p.kind_a, p.kind_b, w.at, va.number AS a, vb.number AS b
FROM pair p JOIN watch w USING (customer)
     LEFT JOIN LATERAL oracle.at(kind_a, true, p.customer, w.at) va ON true
     LEFT JOIN LATERAL oracle.at(kind_b, false, p.other, w.at) vb ON true;
ANALYZE pair; ANALYZE watch; ANALYZE looked;

CALL oracle.equal('lifted + - *', $$
    SELECT p.customer, kind_a, kind_b, at, csagg.number_at(s, at), csagg.number_at(d, at), csagg.number_at(m, at),
           csagg.number_at(c1, at), csagg.number_at(c2, at)
    FROM (SELECT *, a OPERATOR(csagg.+) b AS s, a OPERATOR(csagg.-) b AS d, a OPERATOR(csagg.*) b AS m,
                 a OPERATOR(csagg.*) 2.5 AS c1, 100.0 OPERATOR(csagg.-) b AS c2 FROM pair) p
         JOIN watch w USING (customer)
$$, $$
    SELECT customer, kind_a, kind_b, at, oracle.digits18(a + b), oracle.digits18(a - b), oracle.digits18(a * b),
           oracle.digits18(a * 2.5), oracle.digits18(100.0 - b) FROM looked
$$);

-- A division by zero is an error; so divisors are chosen first.
CALL oracle.equal('lifted /', $$
    SELECT p.customer, kind_a, kind_b, at, csagg.number_at(q, at), csagg.number_at(v, at), csagg.number_at(c1, at)
    FROM (SELECT *, a OPERATOR(csagg./) csagg.choose(csagg.ge(b, 0.1), b, 7) AS q,
                 csagg.choose(csagg.le(a, -0.1), b, 7) OPERATOR(csagg./) csagg.choose(csagg.le(a, -0.1), a, 13) AS v,
                 a OPERATOR(csagg./) 3 AS c1 FROM pair) p
         JOIN watch w USING (customer)
$$, $$
    SELECT customer, kind_a, kind_b, at, oracle.quotient(a, CASE WHEN b >= 0.1 THEN b ELSE 7 END),
           oracle.quotient(CASE WHEN a <= -0.1 THEN b ELSE 7 END, CASE WHEN a <= -0.1 THEN a ELSE 13 END), oracle.quotient(a, 3) FROM looked
$$);

CALL oracle.equal('comparisons of numbers', $$
    SELECT p.customer, kind_a, kind_b, at, csagg.bool_at(eq, at), csagg.bool_at(ne, at), csagg.bool_at(lt, at),
           csagg.bool_at(le, at), csagg.bool_at(gt, at), csagg.bool_at(ge, at), csagg.bool_at(c, at)
    FROM (SELECT *, csagg.eq(a, b) AS eq, csagg.ne(a, b) AS ne, csagg.lt(a, b) AS lt, csagg.le(a, b) AS le,
                 csagg.gt(a, b) AS gt, csagg.ge(a, b) AS ge, csagg.ge(a, 5) AS c FROM pair) p
         JOIN watch w USING (customer)
$$, $$
    SELECT customer, kind_a, kind_b, at, a = b, a <> b, a < b, a <= b, a > b, a >= b, a >= 5 FROM looked
$$);

CALL oracle.equal('comparisons of text, dates, instants and booleans', $$
    SELECT t.customer, at, csagg.bool_at(csagg.lt(t.x, u.x), at), csagg.bool_at(csagg.eq(t.x, 'silver'::text), at),
           csagg.bool_at(csagg.ge(d.x, e.x), at), csagg.bool_at(csagg.le(d.x, date '2025-12-01'), at),
           csagg.bool_at(csagg.gt(f.x, g.x), at), csagg.bool_at(csagg.ne(f.x, timestamptz 'infinity'), at),
           csagg.bool_at(csagg.le(b.x, c.x), at), csagg.bool_at(csagg.eq(b.x, true), at)
    FROM oracle.ours t JOIN watch w USING (customer)
         JOIN oracle.ours u ON u.customer = t.customer % 16 + 1 AND u.kind = 'text' AND NOT u.ranked
         JOIN oracle.ours d ON d.customer = t.customer AND d.kind = 'date' AND d.ranked
         JOIN oracle.ours e ON e.customer = u.customer AND e.kind = 'date' AND NOT e.ranked
         JOIN oracle.ours f ON f.customer = t.customer AND f.kind = 'timestamptz' AND f.ranked
         JOIN oracle.ours g ON g.customer = u.customer AND g.kind = 'timestamptz' AND NOT g.ranked
         JOIN oracle.ours b ON b.customer = t.customer AND b.kind = 'boolean' AND b.ranked
         JOIN oracle.ours c ON c.customer = u.customer AND c.kind = 'boolean' AND NOT c.ranked
    WHERE t.kind = 'text' AND t.ranked
$$, $$
    SELECT w.customer, w.at, t.value COLLATE "C" < u.value, t.value = 'silver',
           d.value::date >= e.value::date, d.value::date <= date '2025-12-01',
           f.value::timestamptz > g.value::timestamptz, f.value::timestamptz <> 'infinity',
           b.value::boolean <= c.value::boolean, b.value::boolean
    FROM watch w LEFT JOIN LATERAL oracle.at('text', true, customer, w.at) t ON true
         LEFT JOIN LATERAL oracle.at('text', false, customer % 16 + 1, w.at) u ON true
         LEFT JOIN LATERAL oracle.at('date', true, customer, w.at) d ON true
         LEFT JOIN LATERAL oracle.at('date', false, customer % 16 + 1, w.at) e ON true
         LEFT JOIN LATERAL oracle.at('timestamptz', true, customer, w.at) f ON true
         LEFT JOIN LATERAL oracle.at('timestamptz', false, customer % 16 + 1, w.at) g ON true
         LEFT JOIN LATERAL oracle.at('boolean', true, customer, w.at) b ON true
         LEFT JOIN LATERAL oracle.at('boolean', false, customer % 16 + 1, w.at) c ON true
$$);

CALL oracle.equal('all_of, any_of, negate, choose', $$
    SELECT p.customer, kind_a, kind_b, at, csagg.bool_at(ao, at), csagg.bool_at(oo, at), csagg.bool_at(neg, at),
           csagg.number_at(ch, at), csagg.text_at(lit, at), csagg.number_at(mix, at)
    FROM (SELECT *, csagg.all_of(c1, c2, c3) AS ao, csagg.any_of(c1, c2, c3) AS oo, csagg.negate(c1) AS neg,
                 csagg.choose(c1, a, b) AS ch, csagg.choose(c2, 'yes'::text, 'no'::text) AS lit, csagg.choose(c1, 0, b) AS mix
          FROM (SELECT *, csagg.gt(a, 3) AS c1, csagg.lt(b, 6) AS c2, csagg.ne(a, b) AS c3 FROM pair) c) p
         JOIN watch w USING (customer)
$$, $$
    SELECT customer, kind_a, kind_b, at, a > 3 AND b < 6 AND a <> b, a > 3 OR b < 6 OR a <> b, NOT a > 3,
           CASE WHEN a > 3 THEN a ELSE b END, CASE WHEN b < 6 THEN 'yes' ELSE 'no' END, CASE WHEN a > 3 THEN 0 ELSE b END
    FROM looked
$$);

CALL oracle.equal('bin', $$
    SELECT p.customer, kind_a, kind_b, at, csagg.number_at(n, at), csagg.text_at(l, at)
    FROM (SELECT *, csagg.bin(a, '{0,2.5,7}') AS n, csagg.bin(a, '{0,2.5,7}', '{minus,low,mid,high}') AS l FROM pair) p
         JOIN watch w USING (customer)
$$, $$
    SELECT customer, kind_a, kind_b, at, width_bucket(a, '{0,2.5,7}'::numeric[])::numeric,
           ('{minus,low,mid,high}'::text[])[1 + width_bucket(a, '{0,2.5,7}'::numeric[])] FROM looked
$$);

CALL oracle.equal('results of lifted operations are simplified', $$
    SELECT customer, kind_a, kind_b, f, v = csagg.simplify(v)
    FROM (SELECT *, csagg.gt(a, 3) AS c FROM pair) p,
         LATERAL (VALUES (1, a OPERATOR(csagg.+) b), (2, a OPERATOR(csagg.-) b), (3, a OPERATOR(csagg.*) 0), (4, csagg.lt(a, b)), (5, csagg.negate(c)),
                         (6, csagg.all_of(c, csagg.negate(c))), (7, csagg.any_of(c, c)), (8, csagg.choose(c, 1, a)),
                         (9, csagg.bin(a, '{3}')), (10, csagg.overlay(a, b))) r (f, v)
$$, $$
    SELECT customer, kind_a, kind_b, f, true FROM pair, generate_series(1, 10) f
$$);

-- Three customers at once: the last in order that has a value.
CALL oracle.equal('overlay(x ORDER BY rank)', $$
    SELECT kind, g, m.at, csagg.text_at(o.x, m.at)
    FROM (SELECT kind, customer % 5 AS g, csagg.overlay(x ORDER BY customer * 7 % 16) AS x FROM oracle.ours WHERE ranked GROUP BY kind, customer % 5) o
         JOIN oracle.moment m ON m.customer % 5 = o.g
$$, $$
    SELECT k.kind, customer % 5, m.at, v.value
    FROM (SELECT DISTINCT kind FROM oracle.entry) k CROSS JOIN oracle.moment m
         LEFT JOIN LATERAL (SELECT a.value FROM generate_series(1, 16) c, LATERAL oracle.at(k.kind, true, c, m.at) a
                            WHERE c % 5 = m.customer % 5 AND a.value IS NOT NULL ORDER BY c * 7 % 16 DESC LIMIT 1) v ON true
$$);

CALL oracle.equal('overlay', $$
    SELECT a.kind, a.customer, w.at, csagg.text_at(csagg.overlay(a.x, b.x), w.at)
    FROM oracle.ours a JOIN oracle.ours b ON b.kind = a.kind AND NOT b.ranked AND b.customer = a.customer % 16 + 1
         JOIN watch w ON w.customer = a.customer
    WHERE a.ranked
$$, $$
    SELECT kind, w.customer, w.at, coalesce(b.value, a.value)
    FROM watch w CROSS JOIN (SELECT DISTINCT kind FROM oracle.entry) k
         LEFT JOIN LATERAL oracle.at(kind, true, customer, w.at) a ON true
         LEFT JOIN LATERAL oracle.at(kind, false, customer % 16 + 1, w.at) b ON true
$$);

---------------------------------------------------------------------------------------------------------------------
-- Parts and pieces.

CALL oracle.equal('merge of two customers is the timeline of both logs', $$
    SELECT a.kind, a.customer, e.valid_from, e.value, e.seq
    FROM oracle.ours a JOIN oracle.ours b ON b.kind = a.kind AND b.ranked AND b.customer = a.customer % 16 + 1,
         csagg.entries(csagg.merge(a.x, b.x)) e
    WHERE a.ranked
$$, $$
    SELECT DISTINCT ON (kind, c, at) kind, c, at, value, seq
    FROM oracle.state s, generate_series(1, 16) c
    WHERE s.customer IN (c, c % 16 + 1)
    ORDER BY kind, c, at, seq DESC, sort_number DESC NULLS LAST, sort_day DESC NULLS LAST, sort_time DESC NULLS LAST,
             CASE WHEN kind = 'text' THEN value COLLATE "C" END DESC NULLS LAST
$$);

CALL oracle.equal('slice', $$
    SELECT kind, ranked, customer, since, m.at, csagg.text_at(csagg.slice(x, since, until), m.at)
    FROM oracle.ours JOIN oracle.moment m USING (customer), oracle.now
    WHERE kind IN ('numeric', 'text', 'boolean')
    UNION ALL
    SELECT kind, ranked, o.customer, f.at, m.at, csagg.text_at(csagg.slice(x, f.at, t.at), m.at)
    FROM oracle.ours o JOIN oracle.moment m USING (customer) JOIN oracle.moment f ON f.customer = 4 JOIN oracle.moment t ON t.customer = 1
    WHERE kind = 'date' AND o.customer = 4
$$, $$
    SELECT kind, ranked, customer, since, m.at, CASE WHEN m.at >= since AND m.at < until THEN v.value END
    FROM oracle.ours JOIN oracle.moment m USING (customer) CROSS JOIN oracle.now
         LEFT JOIN LATERAL oracle.at(kind, ranked, customer, m.at) v ON true
    WHERE kind IN ('numeric', 'text', 'boolean')
    UNION ALL
    SELECT kind, ranked, o.customer, f.at, m.at, CASE WHEN f.at < t.at AND m.at >= f.at AND (m.at < t.at OR t.at = 'infinity') THEN v.value END
    FROM oracle.ours o JOIN oracle.moment m USING (customer) JOIN oracle.moment f ON f.customer = 4 JOIN oracle.moment t ON t.customer = 1
         LEFT JOIN LATERAL oracle.at(kind, ranked, o.customer, m.at) v ON true
    WHERE kind = 'date' AND o.customer = 4
$$);

CALL oracle.equal('adjacent slices merge to the function', $$
    SELECT kind, ranked, o.customer, m.at,
           csagg.same_function(x, csagg.merge(csagg.slice(x, '-infinity', m.at), csagg.slice(x, m.at, 'infinity')))
    FROM oracle.ours o JOIN oracle.moment m USING (customer)
$$, $$
    SELECT kind, ranked, o.customer, m.at, true FROM oracle.ours o JOIN oracle.moment m USING (customer)
$$);

CALL oracle.equal('forget_before keeps what is in force', $$
    SELECT kind, ranked, o.customer, h.at, csagg.known_from(f), e.valid_from, e.value, e.seq
    FROM oracle.ours o JOIN oracle.moment h ON h.customer = o.customer AND h.at < 'infinity',
         LATERAL (SELECT csagg.forget_before(x, h.at) AS f) f, csagg.entries(f) e
    WHERE o.customer < 10
$$, $$
    SELECT o.kind, o.ranked, o.customer, h.at, nullif(h.at, '-infinity'), e.at, e.value, e.seq
    FROM oracle.ours o JOIN oracle.moment h ON h.customer = o.customer AND h.at < 'infinity'
         JOIN oracle.entry e ON (e.kind, e.ranked, e.customer) = (o.kind, o.ranked, o.customer)
    WHERE o.customer < 10 AND e.valid_until > h.at
$$);

CALL oracle.equal('after forget_before: NULL before the horizon, the same from it on', $$
    SELECT kind, o.customer, since, m.at, csagg.text_at(csagg.forget_before(x, since), m.at)
    FROM oracle.ours o JOIN oracle.moment m USING (customer), oracle.now
    WHERE ranked
    UNION ALL
    SELECT 'snapshot ' || kind, o.customer, s.starts_at, NULL, s.value
    FROM oracle.ours o, oracle.now, LATERAL (SELECT csagg.forget_before(x, since + interval '10 days 01:23:45') AS f) f,
         oracle.grid g, csagg.snapshots(f, g.g) s WHERE g.id <= 2 AND ranked
$$, $$
    SELECT kind, o.customer, since, m.at, CASE WHEN m.at >= since THEN v.value END
    FROM oracle.ours o JOIN oracle.moment m USING (customer) CROSS JOIN oracle.now
         LEFT JOIN LATERAL oracle.at(kind, true, customer, m.at) v ON true
    WHERE ranked
    UNION ALL
    SELECT 'snapshot ' || kind, o.customer, b.starts_at, NULL, CASE WHEN closing >= since + interval '10 days 01:23:45' THEN v.value END
    FROM oracle.ours o CROSS JOIN oracle.now CROSS JOIN (SELECT *, CASE snapshot WHEN 'end' THEN ends_at - interval '1 microsecond' ELSE starts_at END AS closing
                                 FROM oracle.bucket WHERE grid <= 2) b
         LEFT JOIN LATERAL oracle.at(kind, true, customer, closing) v ON true
    WHERE ranked
$$);

CALL oracle.equal('forgetting pieces and merging is merging and forgetting', $$
    SELECT kind, o.customer, h.at, csagg.merge(csagg.forget_before(o.x, h.at), p.x)
    FROM oracle.ours o JOIN oracle.ours p USING (kind, customer) JOIN oracle.moment h ON h.customer = o.customer AND h.at < 'infinity'
    WHERE o.ranked AND NOT p.ranked
$$, $$
    SELECT kind, o.customer, h.at, csagg.forget_before(csagg.merge(o.x, p.x), h.at)
    FROM oracle.ours o JOIN oracle.ours p USING (kind, customer) JOIN oracle.moment h ON h.customer = o.customer AND h.at < 'infinity'
    WHERE o.ranked AND NOT p.ranked
$$);

---------------------------------------------------------------------------------------------------------------------
-- Sums of time and of timelines.

CALL oracle.equal('time_in', $$
    SELECT o.kind, o.ranked, o.customer, v.value,
           csagg.time_in(x, v.value, since, until) AS spent, csagg.time_in(x, v.value, since, until)::text
    FROM oracle.ours o, oracle.now, (SELECT DISTINCT value FROM oracle.entry WHERE kind = 'text' AND value IS NOT NULL) v
    WHERE kind = 'text'
    UNION ALL
    SELECT o.kind, o.ranked, o.customer, n.value, spent, spent::text
    FROM oracle.ours o, oracle.now, (VALUES ('true'), ('false')) n (value), LATERAL (SELECT csagg.time_in(x, n.value::boolean, since, until) AS spent) s
    WHERE kind = 'boolean'
    UNION ALL
    SELECT o.kind, o.ranked, o.customer, n.value, spent, spent::text
    FROM oracle.ours o, oracle.now, (VALUES ('1'), ('2'), ('3'), ('4.0')) n (value), LATERAL (SELECT csagg.time_in(x, n.value::numeric, since, until) AS spent) s
    WHERE kind = 'integer'
    UNION ALL
    SELECT o.kind, o.ranked, o.customer, n.value, spent, spent::text
    FROM oracle.ours o, oracle.now, (VALUES ('infinity'), ('2025-12-01')) n (value), LATERAL (SELECT csagg.time_in(x, n.value::date, since, until) AS spent) s
    WHERE kind = 'date'
    UNION ALL
    SELECT o.kind, o.ranked, o.customer, n.value, spent, spent::text
    FROM oracle.ours o, oracle.now, (VALUES ('infinity'), ('2025-12-01 00:00:00+00')) n (value), LATERAL (SELECT csagg.time_in(x, n.value::timestamptz, since, until) AS spent) s
    WHERE kind = 'timestamptz'
$$, $$
    SELECT o.kind, o.ranked, o.customer, v.value, spent, spent::text
    FROM oracle.ours o CROSS JOIN oracle.now
         JOIN (SELECT DISTINCT 'text' AS kind, value FROM oracle.entry WHERE kind = 'text' AND value IS NOT NULL
               UNION ALL
               VALUES ('boolean', 'true'), ('boolean', 'false'), ('integer', '1'), ('integer', '2'), ('integer', '3'), ('integer', '4.0'),
                      ('date', 'infinity'), ('date', '2025-12-01'), ('timestamptz', 'infinity'), ('timestamptz', '2025-12-01 00:00:00+00')) v USING (kind)
         CROSS JOIN LATERAL (SELECT coalesce(justify_hours(sum(least(e.valid_until, until) - greatest(e.at, since))), '0') AS spent
                             FROM oracle.entry e
                             WHERE (e.kind, e.ranked, e.customer) = (o.kind, o.ranked, o.customer)
                               AND CASE WHEN v.kind = 'integer' THEN e.number = v.value::numeric ELSE e.value = v.value END
                               AND e.at < until AND e.valid_until > since) s
$$);

CALL oracle.equal('total', $$
    SELECT kind, ranked, m.at, csagg.number_at(x, m.at)
    FROM (SELECT kind, ranked, csagg.total(x) AS x FROM oracle.ours
          WHERE kind IN ('smallint', 'integer', 'numeric', 'real', 'double') GROUP BY kind, ranked) t,
         (SELECT DISTINCT at FROM oracle.moment) m
$$, $$
    SELECT kind, ranked, m.at, oracle.digits18(sum(v.number))
    FROM oracle.ours CROSS JOIN (SELECT DISTINCT at FROM oracle.moment) m
         LEFT JOIN LATERAL oracle.at(kind, ranked, customer, m.at) v ON true
    WHERE kind IN ('smallint', 'integer', 'numeric', 'real', 'double')
    GROUP BY kind, ranked, m.at
$$);

CALL oracle.equal('total is simplified', $$
    SELECT kind, x = csagg.simplify(x) FROM (SELECT kind, csagg.total(x) AS x FROM oracle.ours WHERE kind IN ('integer', 'numeric') GROUP BY kind) t
$$, $$
    VALUES ('integer', true), ('numeric', true)
$$);

---------------------------------------------------------------------------------------------------------------------
-- Forms.

CALL oracle.equal('text form, whatever DateStyle and TimeZone are', $$
    SELECT kind, ranked, customer, x::text::csagg.timeline = x, x::text
    FROM oracle.ours
$$, $$
    SELECT kind, ranked, customer, true,
           CASE WHEN kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double') THEN 'number' WHEN kind = 'timestamptz' THEN 'time' ELSE kind END
           || ' {' || string_agg(oracle.iso(at) || CASE WHEN seq <> 0 THEN ' #' || seq ELSE '' END || ' = ' ||
              CASE WHEN value IS NULL THEN 'null' WHEN kind IN ('text') THEN to_json(value)::text WHEN kind IN ('date', 'timestamptz') THEN value ELSE value END,
              ', ' ORDER BY at) || '}'
    FROM oracle.entry GROUP BY kind, ranked, customer
$$);

CALL oracle.equal('jsonb', $$
    SELECT kind, ranked, customer, csagg.jsonb(x) FROM oracle.ours
$$, $$
    SELECT kind, ranked, customer, jsonb_build_object('kind',
               CASE WHEN kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double') THEN 'number' WHEN kind = 'timestamptz' THEN 'time' ELSE kind END,
               'entries', jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', oracle.iso(at), 'seq', nullif(seq, 0))) ||
               jsonb_build_object('value', CASE WHEN kind = 'boolean' THEN to_jsonb(value::boolean) WHEN number IS NOT NULL THEN to_jsonb(number) ELSE to_jsonb(value) END) ORDER BY at))
    FROM oracle.entry GROUP BY kind, ranked, customer
$$);

CALL oracle.equal('text and JSON forms of a grid', $$
    SELECT id, g::text::csagg.grid::text, csagg.jsonb(g) - 'step' FROM oracle.grid
$$, $$
    SELECT id, g::text, CASE WHEN boundaries IS NULL THEN jsonb_build_object('start', ends[1], 'until', ends[2], 'timezone', zone, 'snapshot', snapshot)
                             ELSE jsonb_build_object('start', start, 'until', until, 'boundaries', boundaries, 'timezone', zone, 'snapshot', snapshot) END
    FROM (SELECT *, ARRAY(  -- local times, but instants where steps are elapsed time
              SELECT CASE WHEN extract(day FROM step) = 0 AND extract(month FROM step) = 0 AND extract(year FROM step) = 0
                          THEN to_char(t AT TIME ZONE zone AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00"') ELSE to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS') END
              FROM unnest(ARRAY[start, until]) WITH ORDINALITY u(t, n) ORDER BY n) AS ends
          FROM oracle.grid) g
$$);
