-- Calendar buckets: csagg.grid
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';

-- Text form, defaults, canonical zone names
SELECT csagg.grid('2025-01-01', '2027-01-01', '1 day', 'asia/tokyo');
SELECT csagg.grid('2025-01-01', '2025-02-01', timezone => 'Europe/Berlin', snapshot => 'start');
SELECT csagg.grid('2025-01-01', '2025-02-01');
SET TimeZone = 'America/Sao_Paulo';
SELECT csagg.grid('2025-01-01', '2025-02-01');
SET TIME ZONE -7;
SELECT csagg.default_timezone(), bool_and(starts_at = bucket::timestamptz) AS at_local_midnight FROM csagg.buckets(csagg.grid('2025-01-01', '2025-02-01'));
SET TIME ZONE INTERVAL '+05:45' HOUR TO MINUTE;
SELECT csagg.default_timezone(), bool_and(starts_at = bucket::timestamptz) AS at_local_midnight FROM csagg.buckets(csagg.grid('2025-01-01', '2025-02-01'));
SET TimeZone = 'UTC';
SET DateStyle = 'German';
SELECT csagg.grid('2025-01-31', '2025-06-01 12:34:56.789', '1 month', 'Europe/Berlin', 'start');
SET DateStyle = 'ISO, MDY';
SELECT '[2025-01-01, 2025-06-01 12:30) every 2 weeks in europe/berlin at start'::csagg.grid;
SELECT csagg.grid('0044-03-15 BC', '0044-03-17 BC', '36 hours', 'UTC');

-- Every text form reads back as the same value
SELECT count(*) AS grids, bool_and(g::text::csagg.grid::text = g::text) AS same_text,
       bool_and(csagg.grid_send(g::text::csagg.grid) = csagg.grid_send(g)) AS same_bytes
FROM (VALUES ('UTC'), ('Europe/Berlin'), ('Pacific/Apia'), ('<+0330>-3:30'), ('EST5EDT,M3.2.0,M11.1.0')) z(zone),
     (VALUES (interval '1 day'), ('7 days'), ('1 month'), ('1 year'), ('15 minutes'), ('36 hours'), ('1.5 seconds')) s(step),
     (VALUES ('start'), ('end')) m(snapshot),
     csagg.grid('2025-10-25 00:00', '2025-10-27 12:00', step, zone, snapshot) g;

-- Steps of months count from the start
SELECT * FROM csagg.buckets(csagg.grid('2025-01-31', '2025-06-01', '1 month', 'UTC'));
SELECT * FROM csagg.buckets(csagg.grid('2024-02-29', '2029-01-01', '1 year', 'UTC'));
-- The last bucket is a whole step; an empty range has none
SELECT * FROM csagg.buckets(csagg.grid('2025-01-01', '2025-01-09', '7 days', 'UTC'));
SELECT count(*) FROM csagg.buckets(csagg.grid('2025-01-01', '2025-01-01', '1 day', 'UTC'));
SELECT count(*) FROM csagg.buckets(NULL::csagg.grid);

-- Days on which the clocks change
SELECT *, lead(starts_at) OVER (ORDER BY bucket) - starts_at AS lasts
FROM csagg.buckets(csagg.grid('2025-03-29', '2025-04-01', '1 day', 'Europe/Berlin'));
SELECT *, lead(starts_at) OVER (ORDER BY bucket) - starts_at AS lasts
FROM csagg.buckets(csagg.grid('2018-11-03', '2018-11-06', '1 day', 'America/Sao_Paulo'));
SELECT *, lead(starts_at) OVER (ORDER BY bucket) - starts_at AS lasts
FROM csagg.buckets(csagg.grid('2018-02-16', '2018-02-20', '1 day', 'America/Sao_Paulo'));
SELECT *, lead(starts_at) OVER (ORDER BY bucket) - starts_at AS lasts
FROM csagg.buckets(csagg.grid('2025-10-04', '2025-10-07', '1 day', 'Australia/Lord_Howe'));
-- Samoa had no 2011-12-30
SELECT *, lead(starts_at) OVER (ORDER BY bucket) - starts_at AS lasts
FROM csagg.buckets(csagg.grid('2011-12-28', '2012-01-02', '1 day', 'Pacific/Apia'));
-- Hours are elapsed time: in the hour that comes twice the label does, the instant does not
SELECT * FROM csagg.buckets(csagg.grid('2025-10-26 01:30', '2025-10-26 03:30', '30 minutes', 'Europe/Berlin'));
SELECT count(*) FROM csagg.buckets(csagg.grid('2025-03-30', '2025-03-31', '1 hour', 'Europe/Berlin'));

-- A zone, and not an abbreviation of AT TIME ZONE
SELECT csagg.grid('2025-06-01', '2025-06-02', '1 day', 'JST');

-- The last buckets
SELECT csagg.last_buckets(3, '1 day', 'Asia/Tokyo', '2025-06-15 14:59:59.999999+00');
SELECT csagg.last_buckets(3, '1 day', 'Asia/Tokyo', '2025-06-15 15:00+00', 'start');
SELECT csagg.last_buckets(2, '7 days', 'Europe/Berlin', '2025-06-15 12:00+00');
SELECT csagg.last_buckets(4, '3 months', 'Europe/Berlin', '2025-06-30 22:00+00');
SELECT csagg.last_buckets(2, '1 year', 'Europe/Berlin', '1998-06-30 22:00+00');
SELECT csagg.last_buckets(2, '5 hours', 'UTC', '2025-06-15 12:00+00');
SELECT csagg.last_buckets(2, '7 days', 'UTC', '2025-03-05 12:00+00', origin => '2000-01-02'), csagg.last_buckets(3, '3 months', 'UTC', '2025-03-05 12:00+00', origin => '2000-02-01');
SELECT csagg.last_buckets(2, '7 hours', 'Europe/Berlin', '2025-06-15 12:00+00', 'start', '2030-01-01 01:00');
SELECT csagg.last_buckets(4, '15 minutes', 'Europe/Berlin', '2025-10-26 00:50+00');
SELECT * FROM csagg.buckets(csagg.last_buckets(4, '15 minutes', 'Europe/Berlin', '2025-10-26 00:50+00'));
-- They hold now()
SELECT step, count(*) AS n, max(starts_at) <= now() AS begun
FROM (VALUES (interval '1 month'), ('7 days'), ('10 minutes')) s(step),
     LATERAL csagg.buckets(csagg.last_buckets(10, step, 'America/Sao_Paulo'))
GROUP BY step ORDER BY step;

-- jsonb
SELECT csagg.grid('2025-01-01', '2027-01-01', '3 months', 'Asia/Tokyo')::jsonb;
SELECT csagg.jsonb(csagg.last_buckets(4, '15 minutes', 'Europe/Berlin', '2025-10-26 00:50+00', 'start'));

-- The buckets are those of naive SQL
CREATE TEMP TABLE zones AS
SELECT unnest(ARRAY['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Tokyo', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia',
                    'Africa/Casablanca', 'America/St_Johns', 'Asia/Gaza', 'Antarctica/Troll', 'Pacific/Kwajalein',
                    '<-03>3<-02>,M3.5.0/-2,M10.5.0/-1']) AS zone;
CREATE TEMP TABLE calendar_steps AS
SELECT * FROM (VALUES (timestamp '1992-12-31 00:00', timestamp '2013-01-01', interval '1 day'), ('2009-01-01 02:30', '2030-01-01', '1 day'),
                      ('1880-01-05 00:00', '2040-01-01', '7 days'), ('1990-01-31 23:45', '2040-01-01', '1 month'),
                      ('1899-11-30 00:00', '2300-01-01', '3 months'), ('0096-02-29 12:00', '9999-01-01', '4 years')) s(start, until, step);
CREATE TEMP TABLE naive AS
SELECT zone, start, until, step, start + i * step AS bucket, (start + i * step) AT TIME ZONE zone AS starts_at,
       (start + (i + 1) * step) AT TIME ZONE zone AS ends_at
FROM zones, calendar_steps, generate_series(0, 10000) i WHERE start + i * step < until;
CREATE TEMP VIEW ours AS
SELECT zone, start, until, step, b.* FROM zones, calendar_steps, csagg.buckets(csagg.grid(start, until, step, zone)) b;
SELECT count(*) > 200000 AS many FROM ours;
(TABLE naive EXCEPT ALL TABLE ours) UNION ALL (TABLE ours EXCEPT ALL TABLE naive);
-- and of elapsed steps
CREATE TEMP TABLE elapsed_steps AS
SELECT * FROM (VALUES (timestamp '2010-06-01 00:00', timestamp '2012-06-01', interval '6 hours'), ('2024-01-01 00:30', '2026-01-01', '5 hours 10 minutes'),
                      ('1993-08-19 00:00', '1993-08-24', '15 minutes'), ('2025-10-25 12:00', '2025-10-26 12:00', '1 minute')) s(start, until, step);
CREATE TEMP VIEW naive_elapsed AS
SELECT zone, start, until, step, (start AT TIME ZONE zone + i * step) AT TIME ZONE zone AS bucket, start AT TIME ZONE zone + i * step AS starts_at,
       start AT TIME ZONE zone + (i + 1) * step AS ends_at
FROM zones, elapsed_steps, generate_series(0, 4000) i WHERE start AT TIME ZONE zone + i * step < until AT TIME ZONE zone;
CREATE TEMP VIEW ours_elapsed AS
SELECT zone, start, until, step, b.* FROM zones, elapsed_steps, csagg.buckets(csagg.grid(start, until, step, zone)) b;
SELECT count(*) > 80000 AS many FROM ours_elapsed;
(TABLE naive_elapsed EXCEPT ALL TABLE ours_elapsed) UNION ALL (TABLE ours_elapsed EXCEPT ALL TABLE naive_elapsed);
-- Weeks and quarters of the last buckets are date_trunc's
SELECT zone, step, at, csagg.last_buckets(1, step, zone, at)
FROM zones, (VALUES (interval '1 day', 'day'), ('7 days', 'week'), ('1 month', 'month'), ('3 months', 'quarter'), ('1 year', 'year')) s(step, field),
     generate_series(timestamptz '1999-06-01', '2026-01-01', '97 days 05:17') at,
     LATERAL (SELECT (csagg.last_buckets(1, step, zone, at)::jsonb ->> 'start')::timestamp AS start) l
WHERE start <> date_trunc(field, at AT TIME ZONE zone);
-- and from another origin: weeks from Sunday, quarters from February, days from 4 in the morning
SELECT zone, step, at, csagg.last_buckets(1, step, zone, at, origin => origin)
FROM zones, (VALUES (interval '7 days', 'week', timestamp '2000-01-02', interval '1 day'), ('7 days', 'week', '2030-12-29', '1 day'),
                    ('3 months', 'quarter', '2000-02-01', '-1 month'), ('1 day', 'day', '1987-06-05 04:00', '-4 hours')) s(step, field, origin, ahead),
     generate_series(timestamptz '1999-06-01', '2026-01-01', '97 days 05:17') at,
     LATERAL (SELECT (csagg.last_buckets(1, step, zone, at, origin => origin)::jsonb ->> 'start')::timestamp AS start) l
WHERE start <> date_trunc(field, at AT TIME ZONE zone + ahead) - ahead;

-- A constant call is folded; a changing one gives each row its own grid
EXPLAIN (VERBOSE, COSTS OFF) SELECT csagg.grid('2025-01-01', '2025-01-02', '1 day', 'Asia/Tokyo');
EXPLAIN (VERBOSE, COSTS OFF) SELECT csagg.grid('2025-01-01', '2025-01-02', '1 day');
SELECT i, csagg.grid('2025-01-01', timestamp '2025-01-02' + i / 2 * interval '1 day') FROM generate_series(0, 3) i;
-- More grids than are kept, in turns, two at a time
SELECT count(*), count(DISTINCT n)
FROM (SELECT (SELECT count(*) FROM csagg.buckets(csagg.grid('2025-01-01', timestamp '2025-01-02' + (i % 20) * interval '1 day'))) AS n
      FROM generate_series(0, 199) i) s;

-- NULL gives NULL
SELECT csagg.grid(NULL, '2025-01-01') IS NULL AS a, csagg.grid('2025-01-01', '2025-02-01', NULL) IS NULL AS b,
       csagg.grid('2025-01-01', '2025-02-01', '1 day', NULL) IS NULL AS c, csagg.last_buckets(NULL, '1 day', 'UTC') IS NULL AS d, csagg.last_buckets(1, '1 day', 'UTC', now(), NULL) IS NULL AS e;

-- The last months that there are
SELECT csagg.grid('294276-10-01', '294276-12-01', '1 month', 'UTC');

-- Errors
CREATE FUNCTION pg_temp.fails(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
    EXECUTE command;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ': ' || SQLERRM || CASE WHEN hint <> '' THEN ' | ' || hint ELSE '' END;
END $$;
SELECT arguments, pg_temp.fails('SELECT csagg.grid(' || arguments || ')')
FROM (VALUES ('''2025-01-02'', ''2025-01-01'''),
             ('''2025-01-01'', ''2025-02-01'', ''0 days'''),
             ('''2025-01-01'', ''2025-02-01'', ''-1 day'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 month -1 day'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day 1 hour'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''Mars/Olympus'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', '''''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''UTC at start'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''<a b>5'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''../../etc/passwd'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', repeat(''x'', 1000)'),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''FOO100'''),
             ('''2025-01-01'', ''2025-02-01'', ''1 day'', ''UTC'', ''middle'''),
             ('''-infinity'', ''2025-02-01'''),
             ('''2025-01-01'', ''infinity'''),
             ('''2025-01-01'', ''2025-02-01'', ''178000000 years'''),
             ('''2025-01-01'', ''2025-02-01'', ''2147483647 days'''),
             ('''2025-01-01'', ''2025-02-01'', ''2562047788 hours'''),
             ('''294276-12-31'', ''294276-12-31 12:00'', ''1 day'''),
             ('''4714-11-24 BC'', ''4714-11-25 BC'', ''1 day'', ''Asia/Tokyo'''),
             ('''2025-01-01'', ''2025-01-02'', ''1 microsecond'''),
             ('''4714-11-24 BC'', ''294276-12-31'', ''1 microsecond'', ''UTC'''),
             ('''4714-11-24 BC'', ''294276-12-31'', ''1 day'', ''UTC'''),
             ('''4714-11-24 BC'', ''294276-12-31'', ''1 month'', ''UTC'''),
             ('''294276-11-01'', ''294276-12-31'', ''1 month'', ''UTC''')) e(arguments);
SELECT arguments, pg_temp.fails('SELECT csagg.last_buckets(' || arguments || ')')
FROM (VALUES ('0, ''1 day'', ''UTC'''),
             ('-1, ''1 day'', ''UTC'''),
             ('1000001, ''1 day'', ''UTC'''),
             ('1, ''1 day 1 hour'', ''UTC'''),
             ('1, ''1 day'', ''Utopia'''),
             ('1, ''1 day'', ''UTC'', ''infinity'''),
             ('1, ''1 day'', ''UTC'', ''-infinity'''),
             ('1000000, ''1 year'', ''UTC'', ''2025-01-01'''),
             ('1, ''1 day'', ''UTC'', ''2025-01-01'', ''''')) e(arguments);
SELECT text, pg_temp.fails(format('SELECT %L::csagg.grid', text))
FROM (VALUES (''), ('[2025-01-01, 2026-01-01)'), ('[2025-01-01, 2026-01-01) every 1 day in UTC at noon'),
             ('[2025-01-01, 2026-02-30) every 1 day in UTC'), ('[2025-01-01, 2026-01-01) every 1 hour in Utopia'),
             ('[2025-01-01 00:00+05, 2026-01-01) every 1 hour in UTC'), ('[2025-01-01 00:00+01, 2026-01-01) every 1 day in Europe/Berlin'),
             ('[2025-01-01, 2024-01-01) every 1 day in UTC'), ('[2025-01-01, 2026-01-01) every 1 day in ''UTC''')) e(text);

-- Binary form: a bytea column in binary COPY is whatever bytes we like for a column of csagg.grid
CREATE TEMP TABLE received (g csagg.grid);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE file text := format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid());
BEGIN
    EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, file);
    TRUNCATE received;
    EXECUTE format('COPY received FROM %L (FORMAT binary)', file);
    RETURN (SELECT g::text FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
CREATE TEMP TABLE sent AS
SELECT csagg.grid_send(csagg.last_buckets(4, '15 minutes', 'Europe/Berlin', '2025-10-26 00:50+00', 'start')) AS b;
SELECT octet_length(b) AS bytes, pg_temp.receive(b) FROM sent;
SELECT what, pg_temp.receive(bytes)
FROM sent, LATERAL (VALUES ('empty', ''::bytea), ('version', set_byte(b, 0, 32)), ('snapshot', set_byte(b, 0, 18)),
                           ('no zone', substr(b, 1, 33)), ('zone that cannot be', b || ' '::bytea), ('unknown zone', b || 'x'::bytea),
                           ('zone spelled otherwise', substr(b, 1, 33) || 'europe/BERLIN'::bytea), ('backwards', set_byte(b, 7, 127)),
                           ('two units', set_byte(b, 21, 1)), ('infinite start', overlay(b PLACING '\x0000000000000080' FROM 2))) v(what, bytes);
-- Cut anywhere in the fixed part, it is refused
SELECT substr(pg_temp.receive(substr(b, 1, n)), 1, 5) AS sqlstate, count(*) FROM sent, generate_series(0, 33) n GROUP BY 1;
SET client_min_messages = error;
-- Changed anywhere, it is refused or a grid that reads its own text
SELECT bool_and(result ~ '^(22|54)' OR pg_temp.fails(format('SELECT %L::csagg.grid', result)) = 'no error') AS sound,
       count(*) FILTER (WHERE result LIKE '[%') > 20 AS some_read, count(*) FILTER (WHERE result ~ '^22P03') > 100 AS many_refused
FROM sent, generate_series(0, 45) i, generate_series(0, 7) bit, pg_temp.receive(set_bit(b, i * 8 + bit, 1 - get_bit(b, i * 8 + bit))) result;
RESET client_min_messages;
DO $$BEGIN EXECUTE format('COPY (SELECT) TO PROGRAM %L', 'cat >/dev/null; rm -f ' || quote_literal(format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()))); END$$;

-- A zone that is not known here, as when a dump comes from elsewhere: kept, printed and compared; computing needs it
SELECT '[2025-01-01 00:00:00, 2025-02-01 00:00:00) every 1 day in Mars/Olympus'::csagg.grid;
SELECT csagg.grid('[2025-01-01 00:00:00+00, 2025-01-02 00:00:00+00) every 1 hour in Mars/Olympus at start')::jsonb;
SET client_min_messages = error;
CREATE TEMP TABLE foreign_zone AS
SELECT g, d, s, f, r
FROM (VALUES ('[2025-01-31 00:00:00, 2025-06-01 00:00:00) every 1 month in Mars/Olympus'), ('[2025-01-01 00:00:00+00, 2025-01-02 00:00:00+00) every 6 hours in Mars/Olympus')) v (t),
     LATERAL (SELECT t::csagg.grid AS g, ('distribution of text over ' || t || ' {"gold" = +2@0 -1@3}')::csagg.distribution AS d,
                     ('summary over ' || t || ' {42.1 = +1@0} sums {0 = 42.12 1774.0944}')::csagg.summary AS s, ('flows of text over ' || t || ' {null -> "gold" = +2@0}')::csagg.flows AS f,
                     '{"timezone": "Mars/Olympus", "facts": {"a": "number"}, "rules": [{"name": "r", "when": "a > 1", "points": 1}]}'::csagg.ruleset AS r) l;
RESET client_min_messages;
SELECT g, d, csagg.rollup(d) FROM foreign_zone GROUP BY g, d, g::text ORDER BY g::text;
SELECT count(*) AS rows, bool_and(a.g OPERATOR(csagg.=) b.g AND a.d OPERATOR(csagg.=) b.d AND a.s OPERATOR(csagg.=) b.s AND a.f OPERATOR(csagg.=) b.f AND a.r OPERATOR(csagg.=) b.r) AS equal,
       bool_and(a.d::jsonb ->> 'grid' = b.g::text AND a.s::jsonb ->> 'grid' = b.g::text AND a.f::jsonb ->> 'grid' = b.g::text AND a.r::jsonb ->> 'timezone' = 'Mars/Olympus') AS printed
FROM foreign_zone a JOIN foreign_zone b ON csagg.grid_hash(a.g) = csagg.grid_hash(b.g) AND csagg.grid_send(a.g) = csagg.grid_send(b.g);
SELECT what, pg_temp.fails('SELECT ' || what || ' FROM foreign_zone')
FROM unnest('{csagg.buckets(g),csagg.buckets(d),csagg.buckets(s),csagg.buckets(f),"csagg.quantile(s, 0.5)","csagg.snapshots(csagg.constant(1), g)","csagg.distribution(csagg.constant(1), g)",
              "csagg.score(r, (SELECT x FROM (SELECT 1 AS a) x), now())"}'::text[]) what;
-- There is no such bucket, whatever the zone
SELECT pg_temp.fails($$SELECT 'distribution of text over [2025-01-01, 2025-01-03) every 1 day in Mars/Olympus {"a" = +1@2}'::csagg.distribution$$);
SELECT pg_temp.fails($$SELECT '{"timezone": "Mars/Olympus", "rules": [{"name": "r", "points": "1 +"}]}'::csagg.ruleset$$);

-- Nothing public is without a comment
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'csagg'::regnamespace AND p.prosrc ~ '^csagg_(grid|last_buckets)' AND obj_description(p.oid, 'pg_proc') IS NULL;

-- Irregular buckets: fiscal months of 4, 4 and 5 weeks; everything that takes a grid takes them
SELECT * FROM csagg.buckets(csagg.grid_of('{2024-12-29, 2025-01-26, 2025-02-23, 2025-03-30, 2025-04-27}', 'Europe/Berlin'));
SELECT g, g::jsonb, g::text::csagg.grid OPERATOR(csagg.=) g AS same FROM csagg.grid_of('{2024-12-29, 2025-01-26, 2025-03-30}', 'Europe/Berlin', 'start') g;
SELECT csagg.distribution('number {2025-01-01 = 1, 2025-02-24 = 2}'::csagg.timeline, g)::text, csagg.grid_of(NULL, 'UTC') IS NULL AS "null" FROM csagg.grid_of('{2024-12-29, 2025-01-26, 2025-02-23, 2025-03-30}', 'UTC') g;
CREATE TEMP TABLE period AS
SELECT i, timestamp '2024-12-29' + i / 3 * interval '91 days' + i % 3 * interval '28 days' AS since, timestamp '2024-12-29' + (i + 1) / 3 * interval '91 days' + (i + 1) % 3 * interval '28 days' AS until FROM generate_series(0, 11) i;
CREATE TEMP TABLE fiscal AS SELECT csagg.grid_of(array_agg(since ORDER BY since) || max(until), 'America/New_York') AS g FROM period;
CREATE TEMP TABLE plan_log AS
SELECT c AS customer, timestamptz '2024-12-01' + (c * 7919 + i * 104729) % 9000 * interval '1 hour' AS at, (ARRAY['basic', 'gold', NULL])[1 + (c + i * i) % 3] AS plan FROM generate_series(1, 60) c, generate_series(1, 6) i;
DELETE FROM plan_log a USING plan_log b WHERE a.ctid < b.ctid AND a.customer = b.customer AND a.at = b.at;
CREATE TEMP VIEW ours_fiscal AS
SELECT 'closing' AS what, b.bucket, b.value, b.n FROM (SELECT csagg.distribution(x, g) AS d FROM (SELECT csagg.timeline(at, plan) AS x FROM plan_log GROUP BY customer) t, fiscal GROUP BY g) s, csagg.buckets(d) b
UNION ALL SELECT 'events', t.bucket, NULL, t.events FROM fiscal, (SELECT csagg.counter(at) AS c FROM plan_log) c, csagg.totals(c, g) t
UNION ALL SELECT 'actors', a.bucket, NULL, a.actors FROM fiscal, (SELECT csagg.counter(at, 1, customer::text) AS c FROM plan_log) c, csagg.actors(c, g) a;
CREATE TEMP VIEW naive_fiscal AS
SELECT 'closing' AS what, since AS bucket, plan AS value, count(*) AS n
FROM period, LATERAL (SELECT DISTINCT ON (customer) plan FROM plan_log WHERE at < until AT TIME ZONE 'America/New_York' ORDER BY customer, at DESC) x WHERE plan IS NOT NULL GROUP BY since, plan
UNION ALL SELECT 'events', since, NULL, count(at) FROM period LEFT JOIN plan_log ON at >= since AT TIME ZONE 'America/New_York' AND at < until AT TIME ZONE 'America/New_York' GROUP BY since
UNION ALL SELECT 'actors', since, NULL, count(DISTINCT customer) FROM period LEFT JOIN plan_log ON at >= since AT TIME ZONE 'America/New_York' AND at < until AT TIME ZONE 'America/New_York' GROUP BY since;
SELECT count(*) FROM ours_fiscal;
(TABLE naive_fiscal EXCEPT ALL TABLE ours_fiscal) UNION ALL (TABLE ours_fiscal EXCEPT ALL TABLE naive_fiscal);
SELECT pg_temp.fails('SELECT csagg.grid_of(' || arguments || ')')
FROM (VALUES ('''{}'', ''UTC'''), ('''{2025-01-01}'', ''UTC'''), ('''{2025-01-01,NULL}'', ''UTC'''), ('''{2025-01-01,2025-01-01}'', ''UTC'''), ('''{{2025-01-01},{2025-02-01}}'', ''UTC'''),
             ('''{2025-01-01,infinity}'', ''UTC'''), ('''{2025-01-01,2025-02-01}'', ''Mars/Olympus'''), ('''{2025-01-01,2025-02-01}'', ''UTC'', ''middle''')) a (arguments);
