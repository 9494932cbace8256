-- Timelines against look-ups and window functions; of two of them and of sums see lifted.sql, of grids grid.sql.

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
