-- Populations: distribution, summary and flows against counting snapshots.

CALL oracle.equal('distribution', $$
    SELECT g.id, kind, d.*
    FROM (SELECT g.id, kind, csagg.distribution(x, g.g) AS d FROM oracle.ours, oracle.grid g WHERE ranked GROUP BY g.id, kind) g,
         csagg.buckets(d) d
$$, $$
    SELECT grid, kind, bucket, starts_at, ends_at, value, number, count(*) FROM oracle.snapshot
    WHERE value IS NOT NULL GROUP BY grid, i, kind, bucket, starts_at, ends_at, value, number
$$);

CALL oracle.equal('distribution by group and filter', $$
    SELECT g.id, plan, d.*
    FROM (SELECT g.id, customer % 3 AS plan, csagg.distribution(x, g.g) FILTER (WHERE customer <> 7) AS d FROM oracle.ours, oracle.grid g
          WHERE ranked AND kind = 'text' GROUP BY g.id, plan) g,
         csagg.buckets(d) d
$$, $$
    SELECT grid, customer % 3, bucket, starts_at, ends_at, value, NULL::numeric, count(*) FROM oracle.snapshot
    WHERE value IS NOT NULL AND kind = 'text' AND customer <> 7 GROUP BY grid, i, customer % 3, bucket, starts_at, ends_at, value
$$);

CALL oracle.equal('distribution with a row for every value in every bucket', $$
    SELECT g.id, kind, d.*
    FROM (SELECT g.id, kind, csagg.distribution(x, g.g) AS d FROM oracle.ours, oracle.grid g WHERE ranked GROUP BY g.id, kind) g,
         csagg.buckets(d, zeros => true) d
$$, $$
    SELECT b.grid, v.kind, b.bucket, b.starts_at, b.ends_at, v.value, v.number, coalesce(s.n, 0)
    FROM oracle.bucket b JOIN (SELECT DISTINCT grid, kind, value, number FROM oracle.snapshot WHERE value IS NOT NULL) v USING (grid)
         LEFT JOIN (SELECT grid, i, kind, value, count(*) AS n FROM oracle.snapshot GROUP BY 1, 2, 3, 4) s USING (grid, i, kind, value)
$$);

CREATE TEMP TABLE joint AS
SELECT b.grid, b.i, b.bucket, b.starts_at, b.ends_at, b.customer, b.value AS b, n.value AS n, t.value AS t
FROM oracle.snapshot b JOIN oracle.snapshot n USING (grid, i, customer) JOIN oracle.snapshot t USING (grid, i, customer)
WHERE (b.kind, n.kind, t.kind) = ('boolean', 'integer', 'text');
CREATE TEMP TABLE trio AS
SELECT customer, ARRAY[b.x, n.x, t.x] AS members
FROM oracle.ours b JOIN oracle.ours n USING (customer) JOIN oracle.ours t USING (customer)
WHERE (b.kind, n.kind, t.kind) = ('boolean', 'integer', 'text') AND b.ranked AND n.ranked AND t.ranked;

CALL oracle.equal('joint distribution', $$
    SELECT g.id, d.*
    FROM (SELECT g.id, csagg.distribution(members, g.g) AS d FROM trio, oracle.grid g GROUP BY g.id) g, csagg.joint_buckets(d) d
$$, $$
    SELECT grid, bucket, starts_at, ends_at, ARRAY[b, n, t], count(*) FROM joint
    WHERE coalesce(b, n, t) IS NOT NULL GROUP BY grid, i, bucket, starts_at, ends_at, b, n, t
$$);

CALL oracle.equal('joint distribution with a NULL member; joint_buckets of a plain one', $$
    SELECT g.id, d.*
    FROM (SELECT g.id, csagg.distribution(ARRAY[members[1], CASE WHEN customer % 2 = 0 THEN members[3] END], g.g) AS d
          FROM trio, oracle.grid g GROUP BY g.id) g, csagg.joint_buckets(d) d
    UNION ALL
    SELECT g.id, d.*
    FROM (SELECT g.id, csagg.distribution(members[3], g.g) AS d FROM trio, oracle.grid g GROUP BY g.id) g, csagg.joint_buckets(d) d
$$, $$
    SELECT grid, bucket, starts_at, ends_at, ARRAY[b, u], count(*) FROM (SELECT *, CASE WHEN customer % 2 = 0 THEN t END AS u FROM joint) j
    WHERE coalesce(b, u) IS NOT NULL GROUP BY grid, i, bucket, starts_at, ends_at, b, u
    UNION ALL
    SELECT grid, bucket, starts_at, ends_at, ARRAY[t], count(*) FROM joint WHERE t IS NOT NULL GROUP BY grid, i, bucket, starts_at, ends_at, t
$$);

CALL oracle.equal('buckets of a joint distribution', $$
    SELECT g.id, d.*
    FROM (SELECT g.id, csagg.distribution(members, g.g) AS d FROM trio, oracle.grid g WHERE g.id < 3 GROUP BY g.id) g, csagg.buckets(d) d
$$, $$
    SELECT grid, bucket, starts_at, ends_at, format('(%s, %s, %s)', coalesce(b, 'null'), coalesce(n, 'null'), coalesce(to_json(t)::text, 'null')), NULL::numeric, count(*)
    FROM joint WHERE grid < 3 AND coalesce(b, n, t) IS NOT NULL GROUP BY grid, i, bucket, starts_at, ends_at, b, n, t
$$);

-- The root is taken with many digits more than csagg keeps.
CALL oracle.equal('summary: n, sum, mean, stddev', $$
    SELECT g.id, kind, s.*
    FROM (SELECT g.id, kind, csagg.summary(x, g.g) AS s FROM oracle.ours, oracle.grid g
          WHERE ranked AND kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double') GROUP BY g.id, kind) g, csagg.buckets(s) s
$$, $$
    SELECT grid, kind, bucket, starts_at, ends_at, n, sum, oracle.quotient(sum, n),
           CASE WHEN n > 1 THEN oracle.digits18(sqrt((n * squares - sum * sum)::numeric(300, 90) / (n * (n - 1)))) END
    FROM (SELECT grid, i, kind, bucket, starts_at, ends_at, count(number) AS n, sum(number) AS sum, sum(number * number) AS squares
          FROM oracle.snapshot WHERE kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double')
          GROUP BY grid, i, kind, bucket, starts_at, ends_at) s
$$);

CALL oracle.equal('quantile is percentile_disc of values of three digits', $$
    SELECT g.id, kind, f, q.*
    FROM (SELECT g.id, kind, csagg.summary(x, g.g) AS s FROM oracle.ours, oracle.grid g
          WHERE ranked AND g.id IN (1, 9) AND kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double') GROUP BY g.id, kind) g,
         (VALUES (0::float8), (0.1), (0.25), (0.5), (0.75), (0.9), (1)) f (f), csagg.quantile(s, f) q
$$, $$
    SELECT grid, kind, f, bucket, starts_at, ends_at, q
    FROM (SELECT grid, kind, bucket, starts_at, ends_at, '{0,0.1,0.25,0.5,0.75,0.9,1}'::float8[] AS fs,
                 percentile_disc('{0,0.1,0.25,0.5,0.75,0.9,1}'::float8[]) WITHIN GROUP (ORDER BY oracle.digits3(number)) AS qs
          FROM oracle.snapshot WHERE grid IN (1, 9) AND kind IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double')
          GROUP BY grid, i, kind, bucket, starts_at, ends_at) s, unnest(fs, qs) u (f, q)
$$);

CALL oracle.equal('flows', $$
    SELECT g.id, kind, f.*
    FROM (SELECT g.id, kind, csagg.flows(x, g.g) AS f FROM oracle.ours, oracle.grid g WHERE ranked GROUP BY g.id, kind) g, csagg.buckets(f) f
$$, $$
    SELECT grid, kind, bucket, starts_at, ends_at, before, value, count(*) FROM oracle.snapshot
    WHERE value IS DISTINCT FROM before GROUP BY grid, i, kind, bucket, starts_at, ends_at, before, value
$$);

CALL oracle.equal('distribution and flows of the log in one pass', $$
    SELECT g.id, kind, d.bucket, d.starts_at, d.ends_at, d.value, d.number, NULL, d.n
    FROM (SELECT g.id, v.* FROM oracle.grid g, LATERAL (
              SELECT csagg.distribution(customer, at, b, seq, g.g) AS boolean, csagg.distribution(customer::text, at, n, seq, g.g) AS numeric,
                     csagg.distribution(customer::bigint, at, t, seq, g.g) AS text, csagg.distribution(md5(customer::text)::uuid, at, day, seq, g.g) AS date
              FROM oracle.log) d, LATERAL (VALUES ('boolean', boolean), ('numeric', numeric), ('text', text), ('date', date)) v (kind, d)) g,
         csagg.buckets(d) d
    UNION ALL
    SELECT g.id, 'text', f.bucket, f.starts_at, f.ends_at, f.from_value, NULL, f.to_value, f.n
    FROM (SELECT g.id, csagg.flows(customer, at, t, seq, g.g) AS f FROM oracle.log, oracle.grid g GROUP BY g.id) g, csagg.buckets(f) f
$$, $$
    SELECT grid, kind, bucket, starts_at, ends_at, value, number, NULL, count(*) FROM oracle.snapshot
    WHERE value IS NOT NULL AND kind IN ('boolean', 'numeric', 'text', 'date') GROUP BY grid, i, kind, bucket, starts_at, ends_at, value, number
    UNION ALL
    SELECT grid, kind, bucket, starts_at, ends_at, before, NULL, value, count(*) FROM oracle.snapshot
    WHERE value IS DISTINCT FROM before AND kind = 'text' GROUP BY grid, i, kind, bucket, starts_at, ends_at, before, value
$$);

CALL oracle.equal('flows and joint distribution with a row for every move and tuple in every bucket', $$
    SELECT g.id, f.bucket, f.starts_at, f.ends_at, ARRAY[f.from_value, f.to_value], f.n
    FROM (SELECT g.id, csagg.flows(x, g.g) AS f FROM oracle.ours, oracle.grid g WHERE ranked AND kind = 'text' GROUP BY g.id) g, csagg.buckets(f, true) f
    UNION ALL
    SELECT g.id, d.*
    FROM (SELECT g.id, csagg.distribution(members, g.g) AS d FROM trio, oracle.grid g GROUP BY g.id) g, csagg.joint_buckets(d, true) d
$$, $$
    WITH counted AS (
        SELECT 'f' AS form, grid, i, ARRAY[before, value] AS members FROM oracle.snapshot WHERE kind = 'text' AND value IS DISTINCT FROM before
        UNION ALL
        SELECT 'd', grid, i, ARRAY[b, n, t] FROM joint WHERE coalesce(b, n, t) IS NOT NULL)
    SELECT b.grid, b.bucket, b.starts_at, b.ends_at, v.members, coalesce(c.n, 0)
    FROM oracle.bucket b JOIN (SELECT DISTINCT form, grid, members FROM counted) v USING (grid)
         LEFT JOIN (SELECT form, grid, i, members, count(*) AS n FROM counted GROUP BY 1, 2, 3, 4) c USING (form, grid, i, members)
$$);

-- Three groups added up are the whole, to the byte; so is what was aggregated with what is absent throughout.
CREATE TEMP TABLE parts AS
SELECT g.id, kind, customer % 3 AS part, csagg.distribution(x, g.g) AS d, csagg.flows(x, g.g) AS f
FROM oracle.ours, oracle.grid g WHERE ranked GROUP BY g.id, kind, part;

CALL oracle.equal('rollup', $$
    SELECT id, kind, csagg.distribution_send(csagg.rollup(d)), csagg.flows_send(csagg.rollup(f)) FROM parts GROUP BY id, kind
    UNION ALL
    SELECT id, 'joint', csagg.distribution_send(csagg.rollup(d)), NULL
    FROM (SELECT g.id, customer % 3 AS part, csagg.distribution(members, g.g) AS d FROM trio, oracle.grid g GROUP BY g.id, part) p GROUP BY id
    UNION ALL
    SELECT id, 'summary ' || kind, csagg.summary_send(csagg.rollup(s)), NULL
    FROM (SELECT g.id, kind, customer % 3 AS part, csagg.summary(x, g.g) AS s FROM oracle.ours, oracle.grid g
          WHERE ranked AND kind IN ('bigint', 'numeric', 'double') GROUP BY g.id, kind, part) p GROUP BY id, kind
$$, $$
    SELECT g.id, kind, csagg.distribution_send(csagg.distribution(x, g.g)), csagg.flows_send(csagg.flows(x, g.g))
    FROM oracle.ours, oracle.grid g WHERE ranked GROUP BY g.id, kind
    UNION ALL
    SELECT g.id, 'joint', csagg.distribution_send(csagg.distribution(members, g.g)), NULL FROM trio, oracle.grid g GROUP BY g.id
    UNION ALL
    SELECT g.id, 'summary ' || kind, csagg.summary_send(csagg.summary(x, g.g)), NULL
    FROM oracle.ours, oracle.grid g WHERE ranked AND kind IN ('bigint', 'numeric', 'double') GROUP BY g.id, kind
$$);

CALL oracle.equal('distribution and flows of timelines of which something was forgotten', $$
    SELECT 'd' AS f, g.id, d.bucket, d.value, NULL, d.n
    FROM (SELECT g.id, csagg.distribution(csagg.forget_before(x, since + interval '10 days 01:23:45'), g.g) AS d
          FROM oracle.ours, oracle.grid g, oracle.now WHERE ranked AND kind = 'text' AND g.id IN (1, 4) GROUP BY g.id) g, csagg.buckets(d) d
    UNION ALL
    SELECT 'f', g.id, f.bucket, f.from_value, f.to_value, f.n
    FROM (SELECT g.id, csagg.flows(csagg.forget_before(x, since + interval '10 days 01:23:45'), g.g) AS d
          FROM oracle.ours, oracle.grid g, oracle.now WHERE ranked AND kind = 'text' AND g.id IN (1, 4) GROUP BY g.id) g, csagg.buckets(d) f
$$, $$
    WITH known AS (
        SELECT s.grid, s.i, s.bucket, customer,
               CASE WHEN b.ends_at - interval '1 microsecond' >= since + interval '10 days 01:23:45' THEN value END AS value,
               CASE WHEN b.starts_at - interval '1 microsecond' >= since + interval '10 days 01:23:45' THEN before END AS before
        FROM oracle.snapshot s JOIN oracle.bucket b USING (grid, i), oracle.now WHERE kind = 'text' AND s.grid IN (1, 4))
    SELECT 'd', grid, bucket, value, NULL, count(*) FROM known WHERE value IS NOT NULL GROUP BY grid, i, bucket, value
    UNION ALL
    SELECT 'f', grid, bucket, before, value, count(*) FROM known WHERE value IS DISTINCT FROM before GROUP BY grid, i, bucket, before, value
$$);

---------------------------------------------------------------------------------------------------------------------
-- Forms.

CALL oracle.equal('text forms of distribution, summary, flows', $$
    SELECT id, kind, part, d::text::csagg.distribution = d, f::text::csagg.flows = f FROM parts
    UNION ALL
    SELECT id, kind, 0, s::text::csagg.summary = s, csagg.jsonb(s) IS NOT NULL
    FROM (SELECT g.id, 'summary ' || kind AS kind, csagg.summary(x, g.g) AS s FROM oracle.ours, oracle.grid g
          WHERE ranked AND kind IN ('bigint', 'numeric', 'double') GROUP BY g.id, kind) s
    UNION ALL
    SELECT id, 'joint', 0, d::text::csagg.distribution = d, csagg.jsonb(d) IS NOT NULL
    FROM (SELECT g.id, csagg.distribution(members, g.g) AS d FROM trio, oracle.grid g GROUP BY g.id) j
$$, $$
    SELECT id, kind, part, true, true FROM parts
    UNION ALL
    SELECT id, 'summary ' || kind, 0, true, true FROM oracle.grid, (VALUES ('bigint'), ('numeric'), ('double')) k (kind)
    UNION ALL
    SELECT id, 'joint', 0, true, true FROM oracle.grid
$$);

-- The changes that the JSON forms show, counted up.
CALL oracle.equal('JSON form of a distribution', $$
    SELECT id, v->'value', (c->>0)::int, (c->>1)::int
    FROM (SELECT g.id, csagg.jsonb(csagg.distribution(x, g.g)) AS j FROM oracle.ours, oracle.grid g WHERE ranked AND kind = 'text' GROUP BY g.id) d,
         jsonb_array_elements(j->'values') v, jsonb_array_elements(v->'changes') c
$$, $$
    SELECT grid, to_jsonb(value), i, n - before
    FROM (SELECT grid, value, i, n, lag(n, 1, 0::bigint) OVER (PARTITION BY grid, value ORDER BY i) AS before
          FROM (SELECT b.grid, v.value, b.i, count(s.value) AS n
                FROM oracle.bucket b CROSS JOIN (SELECT DISTINCT value FROM oracle.snapshot WHERE kind = 'text' AND value IS NOT NULL) v
                     LEFT JOIN oracle.snapshot s ON (s.grid, s.i, s.value, s.kind) = (b.grid, b.i, v.value, 'text')
                GROUP BY b.grid, v.value, b.i) x) c
    WHERE n <> before
$$);
