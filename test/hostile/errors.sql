-- Bad input, and the SQLSTATE of its error. f is a short timeline of numbers, t of text, c a counter, g a grid.

CREATE SCHEMA good;
SET search_path = good, csagg, public;
CREATE FUNCTION good.f() RETURNS csagg.timeline LANGUAGE sql IMMUTABLE AS $$ SELECT csagg.constant(1) $$;
CREATE FUNCTION good.t() RETURNS csagg.timeline LANGUAGE sql IMMUTABLE AS $$ SELECT csagg.constant('x'::text) $$;
CREATE FUNCTION good.g() RETURNS csagg.grid LANGUAGE sql IMMUTABLE AS $$ SELECT csagg.grid('2025-01-01', '2025-02-01', '1 day', 'UTC') $$;
CREATE FUNCTION good.c() RETURNS csagg.counter LANGUAGE sql IMMUTABLE AS $$ SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz, 1) $$;

CALL hostile.fails('22008', $$SELECT timeline('infinity'::timestamptz, 1)$$);
CALL hostile.fails('22004', $$SELECT timeline(NULL::timestamptz, 1)$$);
CALL hostile.fails('22004', $$SELECT timeline(now(), 1, NULL::bigint)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 1000000000000000000)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), -9223372036854775808)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 999999999999999999.5)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 'NaN'::numeric)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), '-Infinity'::numeric)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 'NaN'::float8)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 'Infinity'::real)$$);
CALL hostile.fails('22003', $$SELECT timeline(now(), 1e18::float8)$$);
CALL hostile.fails('22003', $$SELECT constant(1e18)$$);
CALL hostile.fails('42804', $$SELECT merge(f(), t())$$);
CALL hostile.fails('42804', $$SELECT merge(x) FROM (VALUES (f()), (t())) v (x)$$);
CALL hostile.fails('42804', $$SELECT overlay(f(), t())$$);
CALL hostile.fails('42804', $$SELECT f() + t()$$);
CALL hostile.fails('42804', $$SELECT lt(f(), t())$$);
CALL hostile.fails('42804', $$SELECT choose(constant(true), f(), t())$$);
CALL hostile.fails('42804', $$SELECT choose(f(), f(), f())$$);
CALL hostile.fails('42804', $$SELECT all_of(f())$$);
CALL hostile.fails('42804', $$SELECT any_of(constant(true), t())$$);
CALL hostile.fails('42804', $$SELECT negate(t())$$);
CALL hostile.fails('22004', $$SELECT all_of(constant(true), NULL)$$);
CALL hostile.fails('22012', $$SELECT f() / 0$$);
CALL hostile.fails('22003', $$SELECT constant(1e17) * 100$$);
CALL hostile.fails('22003', $$SELECT constant(999999999999999999) + 1$$);
CALL hostile.fails('22023', $$SELECT bin(f(), '{2,1}')$$);
CALL hostile.fails('22023', $$SELECT bin(f(), '{1,1}')$$);
CALL hostile.fails('22023', $$SELECT bin(f(), '{1,2}', '{a,b}')$$);
CALL hostile.fails('22004', $$SELECT bin(f(), '{1,NULL}')$$);
CALL hostile.fails('22003', $$SELECT bin(f(), '{NaN}')$$);
CALL hostile.fails('42804', $$SELECT bin(t(), '{1}')$$);
CALL hostile.fails('42804', $$SELECT number_at(t(), now())$$);
CALL hostile.fails('42804', $$SELECT bool_at(f(), now())$$);
CALL hostile.fails('42804', $$SELECT time_at(f(), now())$$);
CALL hostile.fails('42804', $$SELECT value_at(f(), now(), NULL::date)$$);
CALL hostile.fails('42804', $$SELECT value_at(t(), now(), NULL::int)$$);
CALL hostile.fails('22003', $$SELECT value_at(constant(40000), now(), NULL::smallint)$$);
CALL hostile.fails('22008', $$SELECT forget_before(f(), 'infinity')$$);
CALL hostile.fails('22008', $$SELECT time_in(f(), 1, now(), 'infinity')$$);
CALL hostile.fails('42804', $$SELECT time_in(f(), 'x'::text, now(), now())$$);
CALL hostile.fails('42804', $$SELECT total(t())$$);
CALL hostile.fails('22003', $$SELECT total(constant(999999999999999999)) FROM generate_series(1, 2)$$);

CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '0', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '-1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 month 1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 day 1 hour', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 month -1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-02-01', '2025-01-01', '1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 day', 'Europe/Bonn')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 day', '../../../etc/passwd')$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 day', repeat('x', 100000))$$);
CALL hostile.fails('22023', $$SELECT grid('2025-01-01', '2025-02-01', '1 day', 'UTC', 'middle')$$);
CALL hostile.fails('22008', $$SELECT grid('2025-01-01', 'infinity', '1 day', 'UTC')$$);
CALL hostile.fails('22008', $$SELECT grid('-infinity', '2025-02-01', '1 day', 'UTC')$$);
CALL hostile.fails('54000', $$SELECT grid('2025-01-01', '2025-02-01', '1 second', 'UTC')$$);
CALL hostile.fails('54000', $$SELECT grid('4713-01-01 BC', '294276-12-31', '1 microsecond', 'UTC')$$);
CALL hostile.passes($$SELECT grid('2025-01-01', '2025-01-01'::timestamp + interval '1000000 seconds', '1 second', 'UTC')$$);
CALL hostile.fails('54000', $$SELECT grid('2025-01-01', '2025-01-01'::timestamp + interval '1000001 seconds', '1 second', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT last_buckets(0, '1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT last_buckets(-2147483648, '1 day', 'UTC')$$);
CALL hostile.fails('54000', $$SELECT last_buckets(1000001, '1 second', 'UTC')$$);
CALL hostile.fails('22008', $$SELECT last_buckets(1, '1 day', 'UTC', 'infinity')$$);
CALL hostile.fails('22008', $$SELECT last_buckets(1000000, '1000 years', 'UTC')$$);

CALL hostile.fails('22004', $$SELECT counter(NULL::timestamptz)$$);
CALL hostile.fails('22004', $$SELECT counter(now(), NULL::numeric)$$);
CALL hostile.fails('22004', $$SELECT counter(now(), NULL::int, 'ann')$$);
CALL hostile.fails('22008', $$SELECT counter('infinity'::timestamptz)$$);
CALL hostile.fails('22003', $$SELECT counter(now(), 'NaN'::numeric)$$);
CALL hostile.fails('22003', $$SELECT counter(now(), 'Infinity'::float8)$$);
CALL hostile.fails('22003', $$SELECT counter(now(), 1e18)$$);
CALL hostile.fails('22023', $$SELECT csagg.trailing(c(), '0', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT csagg.trailing(c(), '-1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT trailing_events(c(), '1 month 1 day', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT trailing_actors(c(), '1 day', 'Europe/Bonn')$$);
CALL hostile.fails('22003', $$SELECT csagg.trailing(counter(now(), 999999999999999999), '1 day', 'UTC') FROM generate_series(1, 2)$$);
CALL hostile.fails('22008', $$SELECT csagg.trailing(counter(timestamptz '294276-12-31 12:00+00'), '10 days', 'UTC')$$);
CALL hostile.fails('22023', $$SELECT downsample(c(), '0')$$);
CALL hostile.fails('22023', $$SELECT downsample(c(), '-1 hour')$$);
CALL hostile.fails('22023', $$SELECT downsample(c(), '2 days')$$);
CALL hostile.fails('22023', $$SELECT downsample(c(), '1 month')$$);
CALL hostile.fails('22008', $$SELECT downsample(counter(timestamptz '294276-12-31 23:59:59.9+00'), '1 day')$$);
CALL hostile.fails('22008', $$SELECT forget_before(c(), 'infinity')$$);

CALL hostile.fails('22004', $$SELECT distribution(f(), NULL::grid)$$);
CALL hostile.fails('22023', $$SELECT distribution(f(), grid(d, d + interval '1 day', '1 day', 'UTC')) FROM generate_series(timestamp '2025-01-01', '2025-01-02', '1 day') d$$);
CALL hostile.fails('42804', $$SELECT distribution(x, g()) FROM (VALUES (f()), (t())) v (x)$$);
CALL hostile.fails('22023', $$SELECT distribution(array_fill(f(), ARRAY[17]), g())$$);
CALL hostile.fails('22023', $$SELECT distribution(array_fill(f(), ARRAY[2, 2]), g())$$);
CALL hostile.fails('22023', $$SELECT distribution(ARRAY[]::timeline[], g())$$);
CALL hostile.fails('22023', $$SELECT distribution(array_fill(f(), ARRAY[i]), g()) FROM generate_series(1, 2) i$$);
CALL hostile.fails('42804', $$SELECT summary(t(), g())$$);
CALL hostile.fails('22004', $$SELECT flows(t(), NULL)$$);
CALL hostile.fails('22023', $$SELECT rollup(x) FROM (SELECT distribution(f(), grid('2025-01-01', '2025-02-01', '1 day', z)) AS x FROM unnest('{UTC,Asia/Tokyo}'::text[]) z GROUP BY z) d$$);
CALL hostile.fails('42804', $$SELECT rollup(x) FROM (SELECT distribution(f(), g()) AS x UNION ALL SELECT distribution(t(), g())) d$$);
CALL hostile.fails('22023', $$SELECT quantile(summary(f(), g()), 1.1)$$);
CALL hostile.fails('22023', $$SELECT quantile(summary(f(), g()), -0.1)$$);
CALL hostile.fails('22023', $$SELECT quantile(summary(f(), g()), 'NaN')$$);

CALL hostile.fails('22004', $$SELECT history(NULL::text, 'text'::text, now(), '"x"'::jsonb)$$);
CALL hostile.fails('22004', $$SELECT history('k'::text, NULL::text, now(), '"x"'::jsonb)$$);
CALL hostile.fails('22004', $$SELECT history('k'::text, 'counter'::text, now(), NULL::jsonb)$$);
CALL hostile.fails('22004', $$SELECT history('k'::text, 'text'::text, now(), '"x"'::jsonb, NULL::text, NULL::bigint)$$);
CALL hostile.fails('22023', $$SELECT history('k'::text, 'colour'::text, now(), '"x"'::jsonb)$$);
CALL hostile.fails('22023', $$SELECT history(repeat('k', 1001), 'text'::text, now(), '"x"'::jsonb)$$);
CALL hostile.fails('22008', $$SELECT history('k'::text, 'text'::text, 'infinity'::timestamptz, '"x"'::jsonb)$$);
CALL hostile.fails('42804', $$SELECT history('k'::text, 'number'::text, now(), '"x"'::jsonb)$$);
CALL hostile.fails('42804', $$SELECT history('k'::text, 'text'::text, now(), '[]'::jsonb)$$);
CALL hostile.fails('42804', $$SELECT history('k'::text, kind, now(), '1'::jsonb) FROM unnest('{counter,number}'::text[]) kind$$);
CALL hostile.fails('22003', $$SELECT history('k'::text, 'number'::text, now(), '1e18'::jsonb)$$);
CALL hostile.fails('22P02', $$SELECT history('k'::text, 'date'::text, now(), '"yesterday-ish"'::jsonb)$$);
CALL hostile.fails('42804', $$SELECT timeline_of(history_of('k', c()), 'k')$$);
CALL hostile.fails('42804', $$SELECT merge(history_of('k', c()), history_of('k', f()))$$);

CALL hostile.fails('22P02', $$SELECT ''::timeline$$);
CALL hostile.fails('22P02', $$SELECT 'number {'::timeline$$);
CALL hostile.fails('22P02', $$SELECT 'number {2025-01-01 00:00:00+00 = x}'::timeline$$);
CALL hostile.fails('22P02', $$SELECT 'colour {}'::timeline$$);
CALL hostile.fails('22P02', $$SELECT 'counter'::counter$$);
CALL hostile.fails('22P02', $$SELECT 'every day'::grid$$);
CALL hostile.fails('22P02', $$SELECT '[]'::history$$);
CALL hostile.fails('22P02', $$SELECT '[]'::distribution$$);
CALL hostile.fails('22P02', $$SELECT '[]'::summary$$);
CALL hostile.fails('22P02', $$SELECT '[]'::flows$$);

-- Transition and combine functions by hand: their state is changed in place, so they are for aggregates only.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT p.oid::regproc AS name, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY o) FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (t, o)) AS nulls,
                    (SELECT string_agg(CASE WHEN t = 'csagg.timeline'::regtype THEN 'good.f()' WHEN t = 'csagg.counter'::regtype THEN 'good.c()' WHEN t = 'csagg.grid'::regtype THEN 'good.g()'
                                            WHEN t = 'csagg.history'::regtype THEN 'csagg.history_of(''k'', good.f())' WHEN t = 'csagg.distribution'::regtype THEN '(SELECT csagg.distribution(good.f(), good.g()))'
                                            WHEN t = 'csagg.summary'::regtype THEN '(SELECT csagg.summary(good.f(), good.g()))' WHEN t = 'csagg.flows'::regtype THEN '(SELECT csagg.flows(good.f(), good.g()))'
                                            WHEN t = 'csagg.total_state'::regtype THEN '(SELECT hostile.total_state(good.f()))' WHEN t = 'timestamptz'::regtype THEN 'now()' WHEN t = 'text'::regtype THEN '''text''::text' WHEN t = 'date'::regtype THEN 'date ''2025-01-01''' WHEN t = 'boolean'::regtype THEN 'true'
                                            WHEN t = 'jsonb'::regtype THEN '''"x"''::jsonb' WHEN t = 'csagg.timeline[]'::regtype THEN 'ARRAY[good.f()]' ELSE '1::' || format_type(t, NULL) END, ', ' ORDER BY o)
                     FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (t, o)) AS values, proisstrict
             FROM pg_proc p WHERE oid IN (SELECT unnest(ARRAY[aggtransfn, aggcombinefn]) FROM pg_aggregate JOIN pg_proc a ON a.oid = aggfnoid WHERE a.pronamespace = 'csagg'::regnamespace)
               AND NOT 'internal'::regtype = ANY (proargtypes::oid[]) LOOP  -- of which SQL has no values
        CALL hostile.fails('0A000', format('SELECT %s(%s)', f.name, f.values));
        IF NOT f.proisstrict THEN
            CALL hostile.fails('0A000', format('SELECT %s(%s)', f.name, f.nulls));
        END IF;
    END LOOP;
    FOR f IN SELECT DISTINCT aggfinalfn AS name FROM pg_aggregate JOIN pg_proc a ON a.oid = aggfnoid WHERE a.pronamespace = 'csagg'::regnamespace AND aggfinalfn <> 0 LOOP
        CALL hostile.passes(format('SELECT %s(NULL)', f.name));
    END LOOP;
END $$;

-- 10 MB of text for every type: nonsense is refused fast, sense is read.
DO $$
DECLARE
    t text; junk text;
BEGIN
    FOREACH t IN ARRAY '{timeline,counter,history,distribution,summary,flows,grid}'::text[] LOOP
        FOREACH junk IN ARRAY ARRAY['(', '[', '{', '"', '\', ' ', 'number {', '{"":', '-', '9', 'history {"a": '] LOOP
            CALL hostile.fails('22P02', format('SELECT repeat(%L, %s)::csagg.%s', junk, 10000000 / length(junk), t));
        END LOOP;
    END LOOP;
END $$;
CALL hostile.passes($$SELECT 1 / (length(number) = 10000000)::int FROM (SELECT text_at(('text {-infinity = "' || repeat('ä"', 0) || repeat('x', 10000000) || '"}')::timeline, now()) AS number) t$$);
CALL hostile.passes($$SELECT 1 / (count(*) = 200000)::int FROM entries((SELECT ('number {' || string_agg('2025-01-01 00:00:00+00 #' || i || ' = 1, ' || (timestamptz '2000-01-01 00:00+00' + i * interval '1 hour') || ' = ' || i, ', ') || '}') FROM generate_series(1, 199999) i)::timeline)$$);
CALL hostile.passes($$SELECT 1 / (length(timeline_of(history('k'::text, 'text'::text, now(), to_jsonb(repeat('x', 10000000))), 'k')::text) > 10000000)::int$$);
CALL hostile.fails('42804', $$SELECT history('k'::text, 'text'::text, now(), (repeat('[', 2000) || repeat(']', 2000))::jsonb)$$);
CALL hostile.passes($$SELECT 1 / (length(timeline_send(timeline(now() + i * interval '1 second', repeat('x', 1000000) || i))) > 60000000)::int FROM generate_series(1, 64) i$$);
