-- Operations on timelines, of one, two or many, against look-ups at every instant where something may change.

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
