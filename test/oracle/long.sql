-- Long values, read from their table: as short ones, against naive SQL.

CALL oracle.equal('long values lie in the TOAST table and have several blocks', $$
    SELECT every(t.n > 0), max(pg_column_size(whole)) > 2000, (SELECT max(n) > 1024 FROM (SELECT count(*) AS n FROM oracle.big GROUP BY customer) b)
    FROM oracle.kept, (SELECT pg_relation_size(reltoastrelid) AS n FROM pg_class WHERE oid = 'oracle.kept'::regclass) t
$$, $$ VALUES (true, true, true) $$);

CALL oracle.equal('entries of long timelines', $$
    SELECT customer, e.valid_from, e.value, e.seq FROM oracle.kept, csagg.entries(plan) e
    UNION ALL
    SELECT customer, e.valid_from, e.number::text, e.seq FROM oracle.kept, csagg.entries(whole) e
$$, $$
    SELECT customer, at, plan, seq FROM (SELECT DISTINCT ON (customer, at) * FROM oracle.big ORDER BY customer, at, seq DESC, plan COLLATE "C" DESC NULLS LAST) w
    UNION ALL
    SELECT customer, at, max(whole)::text, 0 FROM oracle.big GROUP BY customer, at
$$);

CREATE TEMP TABLE probe AS
SELECT customer, at + oracle.pick(-1, 0, 1) * interval '1 microsecond' AS at
FROM (SELECT * FROM oracle.big ORDER BY md5(id::text) LIMIT 400) b;
CREATE TEMP TABLE known AS
SELECT customer, at, (array_agg(whole ORDER BY whole DESC NULLS LAST))[1] AS whole, (array_agg(price ORDER BY seq DESC, price DESC NULLS LAST))[1] AS price,
       (array_agg(plan ORDER BY seq DESC, plan COLLATE "C" DESC NULLS LAST))[1] AS plan
FROM oracle.big GROUP BY customer, at;
CREATE INDEX ON known (customer, at);
ANALYZE known;

CALL oracle.equal('look-ups in long timelines', $$
    SELECT p.*, csagg.value_at(whole, at, NULL::int), csagg.number_at(price, at), csagg.text_at(plan, at),
           csagg.text_at(csagg.timeline_of(history, 'plan'), at)
    FROM probe p JOIN oracle.kept USING (customer)
$$, $$
    SELECT p.*, k.whole, k.price, k.plan, k.plan FROM probe p LEFT JOIN LATERAL
        (SELECT * FROM known k WHERE k.customer = p.customer AND k.at <= p.at ORDER BY k.at DESC LIMIT 1) k ON true
$$);

CALL oracle.equal('slices of long timelines and counters', $$
    SELECT customer, e.valid_from, e.value, 0, 0 FROM oracle.kept, csagg.entries(csagg.slice(plan, '2025-03-01', '2025-04-01')) e WHERE customer < 5 AND e.valid_from > '2025-03-01' AND e.valid_from < '2025-04-01'
    UNION ALL
    SELECT customer, e.at, e.actors::text, e.events, e.total FROM oracle.kept, csagg.events(csagg.slice(counter, '2025-03-01', '2025-04-01')) e WHERE customer < 5
    UNION ALL
    SELECT customer, e.at, e.actors::text, e.events, e.total FROM oracle.kept, csagg.events(csagg.counter_of(csagg.forget_before(history, '2025-06-01'), 'login')) e WHERE customer < 5
$$, $$
    SELECT customer, at, plan, 0, 0 FROM known WHERE customer < 5 AND at > '2025-03-01' AND at < '2025-04-01'
    UNION ALL
    SELECT customer, at, coalesce(array_agg(DISTINCT actor ORDER BY actor) FILTER (WHERE actor IS NOT NULL), '{}')::text, count(*), sum(amount)
    FROM oracle.big WHERE customer < 5 AND at >= '2025-03-01' AND at < '2025-04-01' GROUP BY customer, at
    UNION ALL
    SELECT customer, at, coalesce(array_agg(DISTINCT actor ORDER BY actor) FILTER (WHERE actor IS NOT NULL), '{}')::text, count(*), sum(amount)
    FROM oracle.big WHERE customer < 5 AND at >= '2025-06-01' GROUP BY customer, at
$$);

CALL oracle.equal('distribution of long timelines', $$
    SELECT b.bucket, b.value, b.n
    FROM (SELECT csagg.distribution(plan, csagg.grid('2024-12-25', '2025-11-10', '1 day', 'Asia/Tokyo')) AS d FROM oracle.kept) d, csagg.buckets(d) b
$$, $$
    SELECT day, v.plan, count(*)
    FROM generate_series(timestamp '2024-12-25', '2025-11-09', interval '1 day') day CROSS JOIN oracle.kept c CROSS JOIN LATERAL
         (SELECT plan FROM known k WHERE k.customer = c.customer AND k.at < (day + interval '1 day') AT TIME ZONE 'Asia/Tokyo' ORDER BY k.at DESC LIMIT 1) v
    WHERE v.plan IS NOT NULL GROUP BY day, v.plan
$$);

CALL oracle.equal('distribution of long timelines by irregular buckets', $$
    SELECT b.bucket, b.value, b.n
    FROM (SELECT csagg.distribution(plan, csagg.grid_of('{2024-12-20, 2024-12-29, 2025-03-30 02:30, 2025-03-30 12:00, 2025-06-29, 2025-10-26 02:30, 2025-12-28}', 'Europe/Berlin')) AS d FROM oracle.kept) d, csagg.buckets(d) b
$$, $$
    SELECT since, v.plan, count(*)
    FROM (VALUES (timestamp '2024-12-20', timestamp '2024-12-29'), ('2024-12-29', '2025-03-30 02:30'), ('2025-03-30 02:30', '2025-03-30 12:00'),
                 ('2025-03-30 12:00', '2025-06-29'), ('2025-06-29', '2025-10-26 02:30'), ('2025-10-26 02:30', '2025-12-28')) b (since, until) CROSS JOIN oracle.kept c CROSS JOIN LATERAL
         (SELECT plan FROM known k WHERE k.customer = c.customer AND k.at < until AT TIME ZONE 'Europe/Berlin' ORDER BY k.at DESC LIMIT 1) v
    WHERE v.plan IS NOT NULL GROUP BY since, v.plan
$$);
