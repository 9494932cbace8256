-- Timelines from function to function, without bytes between: as if each had been stored
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET search_path = public, csagg;
\pset format unaligned

CREATE FUNCTION pg_temp.die(i int, salt text, sides int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$SELECT ('x' || substr(md5(salt || i), 1, 7))::bit(28)::int % sides$$;
-- Absent values, seqs, numbers of several scales, entries since ever, horizons, none at all
CREATE TEMP TABLE x AS
SELECT c, CASE WHEN c % 4 = 0 THEN csagg.forget_before(n, '2025-01-03') ELSE n END AS n,
       CASE WHEN c % 7 > 0 THEN n2 END AS n2, b, d, z, t, counter
FROM (SELECT c, csagg.timeline(at, n, seq) AS n, csagg.timeline(at, n2) AS n2, csagg.timeline(at, b) AS b, csagg.timeline(at, d) AS d, csagg.timeline(at, z) AS z,
             csagg.timeline(at, t) AS t, csagg.counter(at, n) FILTER (WHERE n > 0) AS counter
      FROM (SELECT pg_temp.die(i, 'c', 40) AS c, (pg_temp.die(i, 's', 3) - 1)::bigint AS seq,
                   CASE WHEN pg_temp.die(i, 'e', 20) = 0 THEN '-infinity' ELSE timestamptz '2025-01-01' + pg_temp.die(i, 'at', 240) * interval '37 minutes' END AS at,
                   (ARRAY[1, 2.5, -7, 0.125, 100, NULL])[pg_temp.die(i, 'n', 6) + 1] AS n, (ARRAY[3, 0.333, NULL])[pg_temp.die(i, 'n2', 3) + 1] AS n2,
                   (ARRAY[true, false, NULL])[pg_temp.die(i, 'b', 3) + 1] AS b, (ARRAY['infinity', '2025-01-01', NULL]::date[])[pg_temp.die(i, 'd', 3) + 1] AS d,
                   (ARRAY['-infinity', '2025-01-01', NULL]::timestamptz[])[pg_temp.die(i, 'z', 3) + 1] AS z, (ARRAY['gold', '', NULL])[pg_temp.die(i, 't', 3) + 1] AS t
            FROM generate_series(1, 1200) i) s
      GROUP BY c) s;

-- What is nested, by name
CREATE TEMP VIEW nested AS
SELECT c, f.* FROM x, LATERAL (VALUES
    ('plus', csagg.plus(n, n2)), ('times', csagg.times(n, n2)), ('negate', csagg.negate(csagg.gt(n, n2))), ('eq', csagg.eq(d, d)), ('overlay number', csagg.overlay(n, n2)),
    ('overlay boolean', csagg.overlay(b, csagg.negate(b))), ('overlay date', csagg.overlay(d, d)), ('overlay time', csagg.overlay(z, z)), ('overlay text', csagg.overlay(t, t)),
    ('merge', csagg.merge(n, n2)), ('slice', csagg.slice(n, '2025-01-02 03:00+00', '2025-01-05')), ('empty slice', csagg.slice(n, '2025-01-02', '2025-01-02')),
    ('forget', csagg.forget_before(n, '2025-01-04 00:00+00')), ('choose', csagg.choose(b, n, n2)), ('bin', csagg.bin(n, ARRAY[0, 2])), ('simplify', csagg.simplify(n)),
    ('trailing', csagg.trailing(counter, '36 hours', 'Europe/Berlin')), ('trailing_events', csagg.trailing_events(counter, '2 days', 'UTC'))) f (name, made);
-- A table holds bytes
CREATE TEMP TABLE stored AS SELECT * FROM nested;
SELECT count(*), count(DISTINCT name) AS names, count(made) AS made FROM stored;

-- The bytes of what is nested are those of what is stored, and were they written by hand
SELECT count(*) AS bytes_differ FROM nested n JOIN stored s USING (c, name)
WHERE csagg.timeline_send(n.made) <> csagg.timeline_send(s.made) OR n.made::text <> s.made::text OR n.made <> s.made OR s.made <> s.made::text::csagg.timeline;

-- Counted without bytes: the aggregate sees what the inner function made
CREATE TEMP VIEW counted AS
SELECT f.* FROM csagg.grid('2025-01-01', '2025-01-08', '6 hours', 'Europe/Berlin') g, LATERAL (
    SELECT 'plus', csagg.distribution(csagg.plus(n, n2), g), csagg.flows(csagg.plus(n, n2), g), csagg.summary(csagg.plus(n, n2), g) FROM x
    UNION ALL SELECT 'times', csagg.distribution(csagg.times(n, n2), g), csagg.flows(csagg.times(n, n2), g), csagg.summary(csagg.times(n, n2), g) FROM x
    UNION ALL SELECT 'merge', csagg.distribution(csagg.merge(n, n2), g), csagg.flows(csagg.merge(n, n2), g), csagg.summary(csagg.merge(n, n2), g) FROM x
    UNION ALL SELECT 'slice', csagg.distribution(csagg.slice(n, '2025-01-02 03:00+00', '2025-01-05'), g), csagg.flows(csagg.slice(n, '2025-01-02 03:00+00', '2025-01-05'), g),
                              csagg.summary(csagg.slice(n, '2025-01-02 03:00+00', '2025-01-05'), g) FROM x
    UNION ALL SELECT 'forget', csagg.distribution(csagg.forget_before(n, '2025-01-04 00:00+00'), g), csagg.flows(csagg.forget_before(n, '2025-01-04 00:00+00'), g),
                               csagg.summary(csagg.forget_before(n, '2025-01-04 00:00+00'), g) FROM x
    UNION ALL SELECT 'trailing', csagg.distribution(csagg.trailing(counter, '36 hours', 'Europe/Berlin'), g), csagg.flows(csagg.trailing(counter, '36 hours', 'Europe/Berlin'), g),
                                 csagg.summary(csagg.trailing(counter, '36 hours', 'Europe/Berlin'), g) FROM x
    UNION ALL SELECT 'overlay boolean', csagg.distribution(csagg.overlay(b, csagg.negate(b)), g), csagg.flows(csagg.overlay(b, csagg.negate(b)), g), NULL FROM x
    UNION ALL SELECT 'overlay date', csagg.distribution(csagg.overlay(d, d), g), csagg.flows(csagg.overlay(d, d), g), NULL FROM x
    UNION ALL SELECT 'overlay time', csagg.distribution(csagg.overlay(z, z), g), csagg.flows(csagg.overlay(z, z), g), NULL FROM x
    UNION ALL SELECT 'bin', csagg.distribution(csagg.bin(n, ARRAY[0, 2]), g), csagg.flows(csagg.bin(n, ARRAY[0, 2]), g), NULL FROM x) f (name, distribution, flows, summary);
SELECT name, c.distribution = csagg.distribution(s.made, g) AS distribution, c.flows = csagg.flows(s.made, g) AS flows,
       c.summary = csagg.summary(s.made, g) FILTER (WHERE c.summary IS NOT NULL) AS summary, (SELECT sum(n) > 100 FROM csagg.buckets(c.distribution)) AS many
FROM counted c JOIN stored s USING (name), csagg.grid('2025-01-01', '2025-01-08', '6 hours', 'Europe/Berlin') g
GROUP BY name, g, c.distribution, c.flows, c.summary ORDER BY name COLLATE "C";
SELECT csagg.distribution(ARRAY[csagg.plus(n, n2), csagg.merge(n, n2)], g) = csagg.distribution(ARRAY[p.made, m.made], g) AS joint
FROM x JOIN stored p USING (c) JOIN stored m USING (c), csagg.grid('2025-01-01', '2025-01-08', '6 hours', 'Europe/Berlin') g WHERE p.name = 'plus' AND m.name = 'merge';
SELECT count(*) AS read_differ FROM x JOIN stored s USING (c)
WHERE s.name = 'plus' AND (csagg.slice(csagg.plus(n, n2), '2025-01-02', '2025-01-06') <> csagg.slice(s.made, '2025-01-02', '2025-01-06')
    OR csagg.overlay(csagg.plus(n, n2), csagg.times(n, n2)) <> csagg.overlay(s.made, csagg.times(n, n2))
    OR csagg.number_at(csagg.plus(n, n2), '2025-01-03') IS DISTINCT FROM csagg.number_at(s.made, '2025-01-03'));
SELECT count(*) FILTER (WHERE e IS DISTINCT FROM f) AS entries_differ, count(*) > 1000 AS many
FROM (SELECT c, name, e FROM nested, csagg.entries(made) e) n
FULL JOIN (SELECT c, name, e AS f FROM stored, csagg.entries(made) e) s ON (n.c, n.name, (n.e).valid_from) = (s.c, s.name, (s.f).valid_from);
-- Wherever PostgreSQL may carry a value: rows, arrays, sorting, hashing, joins, windows, cursors, variables, aggregates of the user's own
CREATE AGGREGATE pg_temp.overlay_all (csagg.timeline) (SFUNC = csagg.overlay, STYPE = csagg.timeline);
CREATE FUNCTION pg_temp.through_variables(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline LANGUAGE plpgsql AS $$
DECLARE
    v csagg.timeline := csagg.plus(a, b);
    w csagg.timeline;
    r record;
BEGIN
    FOR i IN 1 .. 3 LOOP
        w := v;
        v := csagg.overlay(v, csagg.slice(w, '2025-01-02', '2025-01-03'));
        r := (i, v);
    END LOOP;
    BEGIN
        v := csagg.minus(v, a);
        PERFORM 1 / 0;
    EXCEPTION WHEN division_by_zero THEN
        RETURN CASE WHEN true THEN r.f2 ELSE v END;
    END;
END $$;
SELECT count(*) AS variables_differ FROM x WHERE n2 IS NOT NULL AND pg_temp.through_variables(n, n2) <> csagg.plus(n, n2);
SELECT bool_and(a = b) AS own_aggregate FROM (SELECT pg_temp.overlay_all(n.made ORDER BY c) AS a, pg_temp.overlay_all(s.made ORDER BY c) AS b FROM nested n JOIN stored s USING (c, name) GROUP BY name) s;
SELECT bool_and(a = b) AS arrays FROM (SELECT array_agg(n.made ORDER BY c) AS a, array_agg(s.made ORDER BY c) AS b FROM nested n JOIN stored s USING (c, name) GROUP BY name) s;
SELECT count(*) AS groups_differ FROM (SELECT made, count(*) FROM nested WHERE made IS NOT NULL GROUP BY made) n FULL JOIN (SELECT made, count(*) FROM stored WHERE made IS NOT NULL GROUP BY made) s
    ON n.made = s.made AND n.count = s.count WHERE n.made IS NULL OR s.made IS NULL;
SET enable_hashjoin = off; SET enable_hashagg = off;
WITH m AS MATERIALIZED (SELECT * FROM nested)
SELECT count(*) AS windows_differ FROM (SELECT s.made, lag(m.made) OVER w AS before, lag(s.made) OVER w AS stored_before, row(m.made, c)::text = row(s.made, c)::text AS same_row
                                        FROM m JOIN stored s USING (c, name) WINDOW w AS (PARTITION BY name ORDER BY c)) s
WHERE before <> stored_before OR NOT same_row;
RESET enable_hashjoin; RESET enable_hashagg;
BEGIN;
DECLARE cur SCROLL CURSOR FOR SELECT csagg.plus(n, n2) = p AS same FROM (SELECT c, n, n2, csagg.plus(n, n2) AS p FROM x OFFSET 0) s WHERE n2 IS NOT NULL ORDER BY c LIMIT 2;
FETCH 2 FROM cur;
FETCH BACKWARD 1 FROM cur;
COMMIT;
PREPARE constant_folded AS SELECT csagg.times(csagg.plus(csagg.constant(2.5), csagg.constant(1)), csagg.constant(2));
EXECUTE constant_folded;
EXECUTE constant_folded;
SELECT pg_column_size(csagg.plus(n, n2)) = pg_column_size(csagg.plus(n, n2)::text::csagg.timeline) AS size FROM x WHERE n2 IS NOT NULL ORDER BY c LIMIT 1;
