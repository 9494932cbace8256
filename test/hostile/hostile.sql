-- What ./run uses: values of each type to do harm to, and procedures that do it. Findings go to hostile.result.

CREATE SCHEMA hostile;
CREATE TABLE hostile.result (id int GENERATED ALWAYS AS IDENTITY, name text, good boolean, note text);

-- A statement must fail with this SQLSTATE, and with words.
CREATE PROCEDURE hostile.fails(state text, statement text) LANGUAGE plpgsql AS $$
DECLARE
    got text := '00000'; said text := '';
BEGIN
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS got = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
    END;
    INSERT INTO hostile.result (name, good, note)
    VALUES (state || ': ' || left(regexp_replace(statement, '\s+', ' ', 'g'), 150), got = state AND (got = '00000' OR length(said) BETWEEN 8 AND 400), got || ' ' || said);
END $$;
CREATE PROCEDURE hostile.passes(statement text) LANGUAGE plpgsql AS $$ BEGIN CALL hostile.fails('00000', statement); END $$;

---------------------------------------------------------------------------------------------------------------------
-- Values: of each type some that are small and one that is long.

CREATE TABLE hostile.value (type text, bytes bytea, form text);
CREATE PROCEDURE hostile.keep(type text, query text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO hostile.value SELECT %L, csagg.%s_send(x), CASE WHEN length(csagg.%2$s_send(x)) < 5000 THEN x::text END FROM (%s) q (x)', type, type, query);
END $$;

CREATE TABLE hostile.log AS
SELECT i % 40 AS customer, '2025-01-01 00:00+00'::timestamptz + i * interval '47 minutes' AS at, i * 7919 % 1000 AS score,
       (ARRAY['gold', 'silver', '', 'ä', NULL])[1 + i % 5] AS plan
FROM generate_series(1, 400) i;

CALL hostile.keep('timeline', $$
    SELECT csagg.timeline(at, v) FROM (VALUES ('-infinity'::timestamptz, true), ('2025-01-02 03:04:05.678901+00', NULL), ('2200-01-01 00:00+00', false)) t (at, v)
    UNION ALL SELECT csagg.timeline(at, v, 7::bigint) FROM (VALUES ('0044-03-15 00:00+00 BC'::timestamptz, 12.345678901234567), ('2025-01-01 00:00+00', -0.000000000000000001), ('2025-01-02 00:00+00', 999999999999999999)) t (at, v)
    UNION ALL SELECT csagg.timeline(at, v, -9223372036854775808) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, ''), ('2025-01-02 00:00+00', 'gold'), ('2025-01-03 00:00+00', E'日本 "q" \\ \t')) t (at, v)
    UNION ALL SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, 'infinity'::date), ('2025-01-03 00:00+00', '5874897-12-31')) t (at, v)
    UNION ALL SELECT csagg.timeline(at, v) FROM (VALUES ('2025-01-01 00:00+00'::timestamptz, '-infinity'::timestamptz), ('294276-12-31 23:59:59.999999+00', '4713-01-01 00:00+00 BC')) t (at, v)
    UNION ALL SELECT csagg.forget_before(csagg.timeline(at, score), '2025-01-05 00:00+00') FROM hostile.log
    UNION ALL SELECT csagg.timeline(at, plan, customer::bigint) FROM hostile.log
    UNION ALL SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '61 seconds', i % 97 * 0.5) FROM generate_series(1, 3000) i
    UNION ALL SELECT csagg.timeline('2025-01-01 00:00+00'::timestamptz + i * interval '61 seconds', md5((i % 500)::text), i % 3) FROM generate_series(1, 2500) i
    UNION ALL SELECT csagg.slice(csagg.constant(1), 'infinity', '-infinity')
$$);
CALL hostile.keep('counter', $$
    SELECT csagg.counter(at) FROM (VALUES ('-infinity'::timestamptz), ('2025-01-01 00:00+00'), ('2025-01-01 00:00+00')) t (at)
    UNION ALL SELECT csagg.counter(at, score - 500.123456789) FROM hostile.log
    UNION ALL SELECT csagg.counter(date_trunc('day', at), 0, plan) FROM hostile.log
    UNION ALL SELECT csagg.forget_before(csagg.counter(at, 1, plan), '2025-01-05 00:00+00') FROM hostile.log
    UNION ALL SELECT csagg.counter('2025-01-01 00:00+00'::timestamptz + i * interval '17 minutes', i, md5((i % 300)::text)) FROM generate_series(1, 2500) i
    UNION ALL SELECT csagg.counter(at, 1) FROM hostile.log WHERE false
$$);
CALL hostile.keep('history', $$
    SELECT csagg.history(k, kind, '2025-01-01 00:00+00'::timestamptz, v, 'ann'::text, 3::bigint)
    FROM (VALUES ('logins', 'counter', '2.5'::jsonb), ('', 'boolean', 'true'), ('席数', 'number', '40'), ('plan', 'text', '"gold"'), ('end', 'date', '"infinity"'), ('seen', 'time', '"2025-01-01 00:00Z"'), ('gone', 'text', 'null')) t (k, kind, v)
    UNION ALL SELECT csagg.history('key ' || i % 40, CASE i % 40 % 2 WHEN 0 THEN 'counter' ELSE 'number' END, '2025-01-01 00:00+00'::timestamptz + i * interval '1 hour', to_jsonb(i), NULL, i) FROM generate_series(1, 2000) i
    UNION ALL SELECT csagg.forget_before(csagg.history_of('x', csagg.constant(1)), '2025-01-01 00:00+00')
$$);
CALL hostile.keep('grid', $$
    SELECT csagg.grid('2025-01-01', '2027-01-01', '1 day', 'Asia/Tokyo') UNION ALL SELECT csagg.grid('2025-01-31', '2025-12-31', '1 month', 'Europe/Berlin', 'start')
    UNION ALL SELECT csagg.grid('2025-10-26 00:00', '2025-10-27 00:00', '15 minutes', 'Europe/Berlin') UNION ALL SELECT csagg.grid('2025-01-01', '2025-01-01', '7 days', 'UTC')
    UNION ALL SELECT csagg.last_buckets(10, '1 hour', 'Europe/Berlin', '2025-10-26 00:30+00')
$$);
CALL hostile.keep('distribution', $$
    SELECT csagg.distribution(f, g)
    FROM (SELECT csagg.timeline(at, score % 7) AS f FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 day', 'Europe/Berlin') g
    UNION ALL SELECT csagg.distribution(ARRAY[p, f], g)
    FROM (SELECT csagg.timeline(at, score % 3) AS f, csagg.timeline(at, plan) AS p FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 day', 'Europe/Berlin') g
    UNION ALL SELECT csagg.distribution(f, g)
    FROM (SELECT csagg.timeline(at, score) AS f FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 hour', 'UTC') g
    UNION ALL SELECT csagg.distribution(NULL::csagg.timeline, csagg.grid('2025-01-01', '2025-02-01', '1 day', 'UTC'))
$$);
CALL hostile.keep('summary', $$
    SELECT csagg.summary(f, g)
    FROM (SELECT csagg.timeline(at, score * 1.25) AS f FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 day', 'Europe/Berlin') g
    UNION ALL SELECT csagg.summary(csagg.constant(v), csagg.grid('2025-01-01', '2025-02-01', '1 day', 'UTC')) FROM (VALUES (-999999999999999999), (0), (0.000000000000000001)) t (v)
    UNION ALL SELECT csagg.summary(NULL, csagg.grid('2025-01-01', '2025-02-01', '1 day', 'UTC'))
$$);
CALL hostile.keep('flows', $$
    SELECT csagg.flows(f, g)
    FROM (SELECT csagg.timeline(at, plan) AS f FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 day', 'Europe/Berlin') g
    UNION ALL SELECT csagg.flows(f, g)
    FROM (SELECT csagg.timeline(at, score) AS f FROM hostile.log GROUP BY customer) t, csagg.grid('2024-12-30', '2025-01-20', '1 hour', 'UTC') g
$$);
CALL hostile.keep('ruleset', $$
    SELECT d::csagg.ruleset FROM (VALUES ('{"timezone": "UTC"}'),
        ('{"timezone": "Europe/Berlin", "optional": true, "facts": {"logins": "counter", "席数": "number", "plan": {"kind": "text", "optional": true}, "end": "date", "pinned": "boolean"},
           "stages": [{"name": "renewal", "when": "end within 60 days"}, {"name": "use"}], "exists": "plan is not null", "base": 20, "min": 0, "max": 1e2,
           "override": {"when": "pinned", "score": "50.5"},
           "rules": [{"name": "often", "when": "count(logins, 14 days) >= 5 and not \"席数\" in (1, 2.5)", "points": 40},
                     {"name": "shares", "stages": ["use"], "points": "40 * least(1, distinct(logins, 1 month, 14 days ago) / nullif(\"席数\", 0))", "missing": -0.25},
                     {"name": "日 \"q\"", "when": "plan @ 36 hours ago = ''gold'' or changed_within(plan, 2 weeks)", "points": -10}],
           "bands": [{"name": "red"}, {"name": "green", "from": 70}],
           "alerts": [{"name": "drop", "when": "count(logins, 14 days) < 0.5 * count(logins, 14 days, 14 days ago)", "for": "2 days", "keep_firing_for": "36 hours"}]}'),
        ('{"timezone": "Asia/Tokyo", "facts": {"a": "number"}, "rules": [' || (SELECT string_agg(format('{"name": "r%s", "when": "a > %1$s", "points": "abs(a - %1$s)"}', i), ', ') FROM generate_series(1, 200) i) || ']}')) v (d)
$$);
-- The state of total() is seen between servers only, and by an aggregate that does not finish.
CREATE AGGREGATE hostile.total_state(csagg.timeline) (SFUNC = csagg.total_add, STYPE = csagg.total_state);
CALL hostile.keep('total_state', $$
    SELECT hostile.total_state(f) FROM (SELECT csagg.timeline(at, score * 1.25) AS f FROM hostile.log GROUP BY customer) t
    UNION ALL SELECT hostile.total_state(csagg.forget_before(csagg.constant(v), '2025-01-01 00:00+00')) FROM (VALUES (-999999999999999999), (0), (0.000000000000000001)) t (v)
    UNION ALL SELECT hostile.total_state(csagg.constant(1))
$$);
DELETE FROM hostile.value WHERE bytes IS NULL;

CREATE FUNCTION hostile.number(n int) RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT floor(random() * n)::int $$;

---------------------------------------------------------------------------------------------------------------------
-- Foreign bytes. COPY BINARY does not say of which type a column is: so bytes written as bytea are read as any type.

-- Reads a value whole, in other ways than printing it: what is accepted must be of use.
CREATE FUNCTION hostile.used(type text, x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE type
        WHEN 'timeline' THEN format('SELECT count(*) FROM csagg.entries(%1$s), csagg.snapshots(%1$s, csagg.grid(''2025-01-01'', ''2025-01-05'', ''1 day'', ''UTC''))', x)
        WHEN 'counter' THEN format('SELECT count(*), csagg.first(%1$s), csagg.last(%1$s) FROM csagg.events(%1$s), csagg.totals(%1$s, csagg.grid(''2025-01-01'', ''2025-01-05'', ''1 day'', ''UTC''))', x)
        WHEN 'history' THEN format('SELECT count(*) FROM csagg.facts(%1$s), csagg.jsonb(%1$s)', x)
        WHEN 'summary' THEN format('SELECT count(*) FROM csagg.buckets(%1$s) b, csagg.quantile(%1$s, 0.5) q WHERE b.starts_at = q.starts_at', x)
        WHEN 'total_state' THEN format('SELECT csagg.total_final(%s)::text', x)
        WHEN 'ruleset' THEN format('SELECT %1$s OPERATOR(csagg.=) %1$s::jsonb::csagg.ruleset, csagg.assess(%1$s, y, ''2025-01-03 00:00+00'') FROM (SELECT 1 AS a) y', x)
        ELSE format('SELECT count(*) FROM csagg.buckets(%s)', x) END
$$;

-- Hands the bytes to the type's receive function. They are refused with 22P03, or else they are a value: which is sent
-- as the same bytes (but the name of a grid's zone takes its usual spelling, and a rule set its canonical form), prints, and
-- comes back from its text. Of a rule set that is accepted, the facts it declares may lack their columns (42703).
CREATE FUNCTION hostile.receive(type text, bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file text := format('%s/csagg_%s.bin', current_setting('data_directory'), pg_backend_pid()); same boolean; got text; said text;
BEGIN
    EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, file);
    EXECUTE format('TRUNCATE hostile.received_%s', type);
    BEGIN
        EXECUTE format('COPY hostile.received_%s FROM %L (FORMAT binary)', type, file);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS got = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
        RETURN CASE got WHEN '22P03' THEN 'refused' ELSE got || ' ' || said END;
    END;
    BEGIN
        EXECUTE format('SELECT (csagg.%s_send(x) = %L OR %1$L IN (''grid'', ''ruleset'')) AND csagg.%1$s_send(x::text::csagg.%1$s) = csagg.%1$s_send(x) FROM hostile.received_%1$s', type, bytes) INTO same;
        EXECUTE hostile.used(type, format('(SELECT x FROM hostile.received_%s)', type));
    EXCEPTION WHEN OTHERS THEN
        -- Numbers that are sound one by one may still lead out of range together, and a time zone may be unknown here.
        RETURN CASE WHEN same IS NOT TRUE THEN 'accepted, but another value: ' || SQLERRM WHEN SQLSTATE ~ '^22' OR (type = 'ruleset' AND SQLSTATE = '42703') THEN 'accepted' ELSE 'accepted, but ' || SQLSTATE || ' ' || SQLERRM END;
    END;
    RETURN CASE WHEN same THEN 'accepted' ELSE 'accepted, but another value' END;
END $$;

CREATE FUNCTION hostile.mutant(bytes bytea, other bytea) RETURNS bytea LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n int := length(bytes); i int := hostile.number(n); how int := hostile.number(11);
BEGIN
    RETURN CASE
        WHEN n = 0 THEN '\x00'
        WHEN how = 0 THEN set_byte(bytes, i, get_byte(bytes, i) # 1)
        WHEN how = 1 THEN set_byte(bytes, i, get_byte(bytes, i) # 128)
        WHEN how = 2 THEN set_byte(bytes, i, hostile.number(256))
        WHEN how = 3 THEN set_byte(set_byte(bytes, i, 255), hostile.number(n), 255)
        WHEN how = 4 THEN set_byte(bytes, i, (get_byte(bytes, i) + 1) % 256)
        WHEN how = 5 THEN set_byte(bytes, i % least(n, 24), hostile.number(256))
        WHEN how = 6 THEN substr(bytes, 1, i)
        WHEN how = 7 THEN bytes || set_byte('\x00', 0, hostile.number(256))
        WHEN how = 8 THEN substr(bytes, 1, i) || substr(bytes, i + 2 + hostile.number(8))
        WHEN how = 9 THEN substr(bytes, 1, i) || decode(md5(random()::text), 'hex') || substr(bytes, i + 17)
        ELSE substr(bytes, 1, i) || substr(other, hostile.number(length(other)) + 1)
    END;
END $$;

CREATE PROCEDURE hostile.mutate(a_type text, n int) LANGUAGE plpgsql AS $$
DECLARE
    v record; m bytea; said text; refused int := 0; accepted int := 0; bad text; bad_count int := 0;
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS hostile.received_%s (x csagg.%1$s)', a_type);
    FOR v IN SELECT bytes FROM hostile.value WHERE type = a_type LOOP
        IF hostile.receive(a_type, v.bytes) <> 'accepted' THEN
            bad := 'a sound value: ' || v.bytes::text || ': ' || hostile.receive(a_type, v.bytes);
        END IF;
    END LOOP;
    FOR v IN SELECT bytes, other FROM generate_series(1, n / (SELECT count(*) FROM hostile.value WHERE type = a_type) + 1) i,
             LATERAL (SELECT bytes, (SELECT o.bytes FROM hostile.value o WHERE i > 0 ORDER BY random() LIMIT 1) AS other
                      FROM hostile.value WHERE type = a_type) o LOOP
        m := hostile.mutant(v.bytes, v.other);
        IF hostile.number(4) = 0 THEN
            m := hostile.mutant(m, v.other);
        END IF;
        CONTINUE WHEN m = v.bytes;
        said := hostile.receive(a_type, m);
        IF said = 'refused' THEN
            refused := refused + 1;
        ELSIF said = 'accepted' THEN
            accepted := accepted + 1;
        ELSE
            bad_count := bad_count + 1;
            bad := coalesce(bad, left(m::text, 400) || ': ' || said);
        END IF;
    END LOOP;
    -- Both must happen: else the mutations are too wild or the type takes anything.
    INSERT INTO hostile.result (name, good, note)
    VALUES (format('foreign bytes for %s: %s refused, %s are other values', a_type, refused, accepted),
            bad IS NULL AND refused > n / 4, format('%s neither: %s', bad_count, bad));
END $$;

---------------------------------------------------------------------------------------------------------------------
-- Foreign texts: refused with an error of class 22 (bad data) or 54 (too large), or read as a value that prints and
-- comes back.

CREATE FUNCTION hostile.mutant(form text, other text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n int := length(form); i int := hostile.number(n); how int := hostile.number(8);
    bits text[] := '{"","{","}","(",")","\"","\\","\\u0000","\\ud800","#","=",",","->","@","+","-","0","9","99999999999999999999","1e9","infinity","-infinity","null","true","BC","24:00:00","+15:59:59"," known from ","日"," ","2025-02-30","UTC"}';
    bit text := bits[1 + hostile.number(cardinality(bits))];
BEGIN
    RETURN CASE
        WHEN how = 0 THEN left(form, i)
        WHEN how = 1 THEN left(form, i) || substr(form, i + 2)
        WHEN how = 2 THEN left(form, i) || bit || substr(form, i + 2)
        WHEN how = 3 THEN left(form, i) || bit || substr(form, i + 1)
        WHEN how = 4 THEN left(form, i) || chr(33 + hostile.number(94)) || substr(form, i + 2)
        WHEN how = 5 THEN left(form, i) || substr(form, i + 1 + hostile.number(10))
        WHEN how = 6 THEN left(form, i) || substr(form, hostile.number(n) + 1)
        ELSE left(form, i) || substr(other, hostile.number(length(other)) + 1)
    END;
END $$;

CREATE PROCEDURE hostile.garble(a_type text, n int) LANGUAGE plpgsql AS $$
DECLARE
    v record; m text; back boolean; refused int := 0; accepted int := 0; bad text; state text;
BEGIN
    FOR v IN SELECT form, other FROM generate_series(1, n / (SELECT count(form) FROM hostile.value WHERE type = a_type) + 1) i,
             LATERAL (SELECT form, (SELECT o.form FROM hostile.value o WHERE i > 0 AND form IS NOT NULL ORDER BY random() LIMIT 1) AS other
                      FROM hostile.value WHERE type = a_type AND form IS NOT NULL) o LOOP
        m := hostile.mutant(v.form, v.other);
        CONTINUE WHEN m IS NULL OR m = v.form;
        state := NULL;
        BEGIN
            EXECUTE format('SELECT csagg.%s_send(x::text::csagg.%1$s) = csagg.%1$s_send(x) FROM (SELECT %L::csagg.%1$s OFFSET 0) t (x)', a_type, m) INTO back;
            EXECUTE hostile.used(a_type, format('%L::csagg.%s', m, a_type));
        EXCEPTION WHEN OTHERS THEN
            state := SQLSTATE;
            IF state !~ '^(22|54)' OR state = '22P03' THEN
                bad := coalesce(bad, m || ': ' || state || ' ' || SQLERRM);
            END IF;
        END;
        IF state IS NOT NULL THEN
            refused := refused + 1;
        ELSIF back THEN
            accepted := accepted + 1;
        ELSE
            bad := coalesce(bad, m || ': comes back as another value');
        END IF;
    END LOOP;
    INSERT INTO hostile.result (name, good, note)
    VALUES (format('foreign texts for %s: %s refused, %s are values', a_type, refused, accepted), bad IS NULL AND refused > n / 4 AND (accepted > 0 OR n < 200), bad);
END $$;

---------------------------------------------------------------------------------------------------------------------
-- Every function of the extension with arguments that fit its types and nothing else: it may answer or fail, but never
-- with an internal error, and never take the server down.

CREATE TABLE hostile.argument (type text, literal text);
INSERT INTO hostile.argument
SELECT t, format('%L::%s', v, t) FROM (VALUES
    ('timestamp with time zone', '{NULL,infinity,-infinity,2025-01-05 00:00+00,2025-10-26 01:30+00,294276-12-31 23:59:59.999999+00,4713-01-01 00:00+00 BC,2025-01-01 00:00+00}'::text[]),
    ('timestamp without time zone', '{NULL,infinity,-infinity,2025-01-05 00:00,2025-10-26 02:30,294276-12-31 23:59:59.999999,4713-01-01 00:00 BC}'),
    ('interval', '{NULL,0,1 day,-1 day,1 month,15 minutes,1 month 1 day,1 day 1 hour,178000000 years,2147483647 days,0.000001 seconds,-2147483648 months}'),
    ('numeric', '{NULL,NaN,Infinity,-Infinity,0,1,-1,999999999999999999,1e18,1e-36,1e-40,1e1000,0.5,123456789.123456789123456789}'),
    ('double precision', '{NULL,NaN,Infinity,-Infinity,0,-0,0.5,1,1.0000001,-1e-9,1e308,5e-324}'),
    ('real', '{NULL,NaN,Infinity,0,0.1,1e38,1e-45}'),
    ('bigint', '{NULL,0,1,-1,9223372036854775807,-9223372036854775808,999999999999999999}'),
    ('integer', '{NULL,0,1,-1,2147483647,-2147483648,1000000,1000001}'),
    ('smallint', '{NULL,0,1,-32768,32767}'), ('boolean', '{NULL,true,false}'),
    ('date', '{NULL,infinity,-infinity,4713-01-01 BC,5874897-12-31,2025-01-01}'),
    ('text', '{NULL,"",gold,UTC,Europe/Berlin,EST5EDT,<+02>-2,../../etc/passwd,No/Where,end,start,counter,number,logins,日本,"key 1"}'),
    ('jsonb', '{NULL,null,1,"\"x\"","{}","[[[]]]",true,1e400,"\"infinity\""}'),
    ('text[]', '{NULL,"{}","{a}","{a,NULL}","{a,b,c}","{{a,b},{c,d}}"}'), ('numeric[]', '{NULL,"{}","{1}","{1,2}","{2,1}","{NaN}","{NULL}","{{1,2},{3,4}}"}'),
    ('timestamp without time zone[]', '{NULL,"{}","{2025-01-01}","{2025-01-01,2025-01-29,2025-02-28}","{2025-01-02,2025-01-01}","{2025-01-01,NULL}","{2025-01-01,infinity}","{4713-01-01 BC,294276-12-31}","{{2025-01-01,2025-01-02},{2025-01-03,2025-01-04}}"}'),
    ('cstring', '{NULL,"","{",number}')) a (t, vs), unnest(vs) v
UNION ALL SELECT t, 'NULL::' || t FROM unnest('{timestamp with time zone,timestamp without time zone,interval,numeric,double precision,real,bigint,integer,smallint,boolean,date,text,jsonb,text[],numeric[],timestamp without time zone[],cstring,csagg.timeline[]}'::text[]) t
UNION ALL SELECT 'text', 'repeat(''x'', 2000)'
UNION ALL SELECT 'csagg.' || type, CASE WHEN form IS NULL THEN 'NULL' ELSE quote_literal(form) END || '::csagg.' || type FROM hostile.value
UNION ALL SELECT 'csagg.' || type, 'NULL::csagg.' || type FROM (SELECT DISTINCT type FROM hostile.value) t
UNION ALL SELECT 'csagg.ruleset', format('%L::csagg.ruleset', v) FROM unnest(ARRAY[NULL,
    '{"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "much", "when": "n > 3", "points": 40}]}',
    '{"timezone": "Europe/Berlin", "facts": {"n": "counter"}, "rules": [{"name": "often", "points": "count(n, 14 days)"}]}']) v
UNION ALL SELECT 'record', r FROM (VALUES ('NULL::record'), ('ROW(1)'), ('(SELECT x FROM (SELECT csagg.constant(1) AS n) x)'), ('(SELECT x FROM (SELECT 5 AS n) x)'),
    ('(SELECT x FROM (SELECT ''counter {2025-01-01}''::csagg.counter AS n) x)'), ('(SELECT x FROM (SELECT NULL::csagg.timeline AS n) x)'), ('(SELECT x FROM (SELECT 1 AS other) x)')) v (r)
UNION ALL SELECT 'csagg.timeline[]', a FROM (VALUES ('ARRAY[]::csagg.timeline[]'), ('ARRAY[NULL]::csagg.timeline[]'), ('ARRAY[csagg.constant(1)]'), ('ARRAY[csagg.constant(true), NULL]'),
    ('ARRAY[csagg.constant(true), csagg.constant(false)]'), ('ARRAY[csagg.constant(1), csagg.constant(''x''::text)]'), ('array_fill(csagg.constant(1), ARRAY[20])'), ('array_fill(csagg.constant(1), ARRAY[2, 2])')) v (a)
UNION ALL SELECT 'anyelement', a FROM (VALUES ('NULL::int'), ('NULL::text'), ('NULL::csagg.timeline'), ('NULL::int[]'), ('NULL::pg_class'), ('NULL::point'), ('1::bigint'), ('NULL::regclass')) v (a)
UNION ALL SELECT 'anycompatible', a FROM (VALUES ('NULL::int'), ('NULL::pg_class'), ('NULL::pg_am'), ('NULL::record'), ('NULL::int[]')) v (a)
UNION ALL SELECT 'name', quote_nullable(v) || '::name' FROM unnest(ARRAY['hostile pipeline', 'nowhere', 'a "b" ''c''', repeat('x', 63), NULL]) v
UNION ALL SELECT 'regtype', v FROM unnest(ARRAY['''integer''::regtype', '0::regtype', 'NULL::regtype']) v
UNION ALL SELECT 'regclass', v FROM unnest(ARRAY['''pg_class''::regclass', '0::regclass', 'NULL::regclass']) v
UNION ALL SELECT 'oid', v FROM unnest(ARRAY['1259::oid', '0::oid', 'NULL::oid']) v
UNION ALL SELECT 'tid', v FROM unnest(ARRAY['''(0,1)''::tid', '''(0,0)''::tid', '''(0,65535)''::tid', '''(4294967295,65535)''::tid', 'NULL::tid']) v
UNION ALL SELECT 'regtype[]', v FROM unnest(ARRAY['ARRAY[''text'']::regtype[]', 'ARRAY[0]::regtype[]', 'ARRAY[NULL]::regtype[]', 'NULL::regtype[]']) v
UNION ALL SELECT 'tstzmultirange', v FROM unnest(ARRAY['''{}''::tstzmultirange', '''{(,)}''::tstzmultirange', '''{[2025-01-01,2025-02-01),[2025-03-01,infinity)}''::tstzmultirange', 'NULL::tstzmultirange']) v
UNION ALL SELECT 'bigint[]', v FROM unnest(ARRAY['''{}''::bigint[]', '''{1,NULL,-1}''::bigint[]', 'NULL::bigint[]']) v
UNION ALL SELECT 'uuid', v FROM unnest(ARRAY['''00000000-0000-0000-0000-000000000000''::uuid', 'NULL::uuid']) v
UNION ALL SELECT 'name[]', v FROM unnest(ARRAY['''{}''::name[]', '''{oid,"a \"b\" ''''c''''"}''::name[]', 'ARRAY[NULL]::name[]', 'NULL::name[]']) v
UNION ALL SELECT 'int8multirange', v FROM unnest(ARRAY['''{}''::int8multirange', '''{[1,5),[7,)}''::int8multirange', 'NULL::int8multirange']) v
UNION ALL SELECT 'csagg.pipeline_change[]', v || '::csagg.pipeline_change[]' FROM unnest(ARRAY['''{}''', 'NULL', 'ARRAY[NULL]', 'ARRAY[(NULL, NULL, NULL, NULL, NULL, NULL)::csagg.pipeline_change]',
    'ARRAY[('''', ''a'', ''{}'', ''2025-01-01'', NULL, NULL)::csagg.pipeline_change]']) v
UNION ALL SELECT 'csagg.pipeline_change', v || '::csagg.pipeline_change' FROM unnest(ARRAY['NULL', '(NULL, NULL, NULL, NULL, NULL, NULL)', '('''', ''a'', ''{}'', ''2025-01-01'', NULL, NULL)']) v
UNION ALL SELECT 'csagg.pipeline_episode[]', v || '::csagg.pipeline_episode[]' FROM unnest(ARRAY['''{}''', 'NULL', 'ARRAY[NULL]', 'ARRAY[(NULL, NULL, NULL, NULL)::csagg.pipeline_episode]',
    'ARRAY[(1, ''a'', ''-infinity'', NULL), (1, ''a'', ''infinity'', ''-infinity''), (2, ''b'', ''2025-01-01'', ''2025-01-01'')]']) v
UNION ALL SELECT 'csagg.pipeline_reign[]', v || '::csagg.pipeline_reign[]' FROM unnest(ARRAY['''{}''', 'NULL', 'ARRAY[NULL]', 'ARRAY[(NULL, NULL, NULL)::csagg.pipeline_reign]',
    'ARRAY[(''{"timezone": "UTC"}'', ''-infinity'', ''infinity'')::csagg.pipeline_reign]']) v
UNION ALL SELECT 'text', a FROM unnest('{''relnatts'',''relpages'',''reltuples'',''backward''}'::text[]) a
UNION ALL SELECT '"any"', a FROM unnest('{1,NULL::text,''x''}'::text[]) a
UNION ALL SELECT 'text[]', 'ARRAY[''relkind'', ''relam=relam'']';

CREATE PROCEDURE hostile.call_all(n int) LANGUAGE plpgsql AS $$
DECLARE
    f record; a record; statement text; ran int := 0; failed int := 0; bad text; missing text;
BEGIN
    FOR f IN SELECT p.oid, p.oid::regprocedure::text AS signature, proname, prokind, proretset, proargtypes::oid[] AS types FROM pg_proc p
             WHERE pronamespace = 'csagg'::regnamespace AND NOT 'internal'::regtype = ANY (proargtypes::oid[]) AND prokind <> 'p'
             AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typinput = p.oid) LOOP
        SELECT string_agg(format_type(t, NULL), ', ') INTO missing FROM unnest(f.types) t
        WHERE NOT EXISTS (SELECT FROM hostile.argument WHERE type::regtype = t);
        IF missing IS NOT NULL THEN
            bad := concat_ws('; ', bad, f.signature || ' takes ' || missing || ', of which there is no value here');
            CONTINUE;
        END IF;
        FOR a IN SELECT i, (SELECT string_agg((SELECT literal FROM hostile.argument WHERE type::regtype = t AND i > 0 ORDER BY random() LIMIT 1), ', ' ORDER BY o)
                            FROM unnest(f.types) WITH ORDINALITY u (t, o)) AS list FROM generate_series(1, CASE WHEN cardinality(f.types) = 1 THEN 3 + n / 4 ELSE n END) i LOOP
            statement := CASE WHEN f.proretset THEN format('SELECT count(*) FROM (SELECT * FROM csagg.%I(%s) LIMIT 20000) s', f.proname, a.list)
                              WHEN f.prokind = 'a' THEN format('SELECT csagg.%I(%s)::text FROM generate_series(1, 3)', f.proname, a.list)
                              ELSE format('SELECT csagg.%I(%s)::text', f.proname, a.list) END;
            BEGIN
                EXECUTE statement;
                ran := ran + 1;
            EXCEPTION WHEN OTHERS THEN
                failed := failed + 1;
                -- Pipelines that are not there, or there already; and their parts, which work on any row of theirs.
                IF SQLSTATE !~ '^(22|54|0A|42703|42809|42804|42883|42P18|42725|42704|42P01|42P06|3F000)' AND (f.proname !~ '^pipeline_' OR SQLSTATE !~ '^(23|42|40001|55000)') THEN
                    bad := left(concat_ws('; ', bad, left(statement, 600) || ': ' || SQLSTATE || ' ' || SQLERRM), 20000);
                END IF;
            END;
        END LOOP;
    END LOOP;
    INSERT INTO hostile.result (name, good, note)
    VALUES (format('every function with any arguments: %s answers, %s errors', ran, failed), bad IS NULL AND ran > 100 AND failed > 100, bad);
END $$;
