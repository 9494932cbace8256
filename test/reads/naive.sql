-- The naive twin: every read from the raw rows, customer by customer and instant by instant.
CREATE SCHEMA naive;

-- The clock of the views is the test's.
CREATE OR REPLACE FUNCTION csagg.pipeline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
    $$SELECT coalesce(nullif(pg_catalog.current_setting('naive.now', true), '')::pg_catalog.timestamptz, pg_catalog.now())$$;

CREATE TABLE naive.result (id serial, name text, seed int, compared bigint, differ bigint, example text);
CREATE TABLE naive.customer (tenant text, customer text, facts csagg.history);
CREATE TABLE naive.tenant (tenant text);

-- A pipeline named p"SEED of three tenants: one has rules of its own from some day on, one has only those of all.
CREATE FUNCTION naive.rules(zone text, seed int) RETURNS csagg.ruleset LANGUAGE sql AS $$
    SELECT jsonb_build_object('timezone', zone,
        'facts', '{"login": "counter", "seats": "number", "plan": "text", "left": "boolean", "end": "date"}'::jsonb,
        'exists', CASE WHEN seed % 3 = 0 THEN 'not coalesce(left, false) and seats is not null' ELSE 'not coalesce(left, false)' END,
        'stages', '[{"name": "renewal", "when": "end within 60 days"}, {"name": "small", "when": "seats < 20"}, {"name": "large"}]'::jsonb,
        'base', 10 + seed % 7, 'min', 0, 'max', 100,
        'rules', jsonb_build_array(
            '{"name": "comes", "when": "count(login, 14 days) >= 2", "points": 40}'::jsonb,
            jsonb_build_object('name', 'seats', 'points', format('least(%s, seats)', 30 + seed % 11)),
            '{"name": "gold", "stages": ["large", "small"], "when": "plan = ''gold''", "points": 15}'::jsonb,
            '{"name": "near", "when": "days_until(end) < 30", "points": -20}'::jsonb),
        'bands', jsonb_build_array('{"name": "red"}'::jsonb, jsonb_build_object('name', 'yellow', 'from', 30 + seed % 3), '{"name": "green", "from": 60}'::jsonb),
        'alerts', '[{"name": "quiet", "when": "count(login, 14 days) = 0"}]'::jsonb)::text::csagg.ruleset
$$;
CREATE FUNCTION naive.zone(n int) RETURNS text LANGUAGE sql AS
    $$SELECT ('{Asia/Tokyo,America/New_York,Australia/Lord_Howe,UTC,Europe/Berlin}'::text[])[1 + abs(n) % 5]$$;

CREATE PROCEDURE naive.rows(pipeline name, many int) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO %I.log (tenant, customer, key, at, value, recorded_at)
        SELECT (ARRAY['', 'b ''x''', 'c'])[1 + floor(random() * 3)::int], 'c"' || floor(random() * 4), key, at,
            CASE key WHEN 'seats' THEN CASE WHEN r < 0.9 THEN to_jsonb(floor(random() * 50)) END
                WHEN 'plan' THEN CASE WHEN r < 0.9 THEN to_jsonb((ARRAY['gold', 'silver'])[1 + floor(random() * 2)::int]) END
                WHEN 'left' THEN to_jsonb(r < 0.4) WHEN 'end' THEN to_jsonb((now() + (random() * 300 - 250) * interval '1 day')::date) END,
            CASE WHEN isfinite(at) THEN least(at + (random() ^ 3 * 200) * interval '1 day', now()) ELSE now() - random() * interval '500 days' END
        FROM (SELECT key, r, CASE WHEN key <> 'login' AND s < 0.1 THEN '-infinity' ELSE now() + (random() * 520 - 500) * interval '1 day' END AS at
              FROM (SELECT (ARRAY['login', 'login', 'login', 'seats', 'plan', 'left', 'end'])[1 + floor(random() * 7 * (n * 0 + 1))::int] AS key, random() AS r, random() AS s
                    FROM generate_series(1, $1) n) k) a$sql$, pipeline) USING many;
END $$;

CREATE PROCEDURE naive.generate(pipeline name, seed int) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM csagg.create_pipeline(pipeline, naive.rules(naive.zone(seed), seed));
    EXECUTE format($sql$
        INSERT INTO %I.rules (tenant, effective_from, rules)
        SELECT CASE WHEN n < 2 THEN '' ELSE 'b ''x''' END, now() + (random() * 400 - 370) * interval '1 day', naive.rules(naive.zone($1 + n), $1 + n)
        FROM generate_series(0, 1 + $1 %% 3) n$sql$, pipeline) USING seed;
    CALL naive.rows(pipeline, 40 + seed % 5 * 60);
END $$;

-- The rules that hold for a tenant at an instant.
CREATE TABLE naive.version (tenant text, since timestamptz, rules csagg.ruleset);
CREATE FUNCTION naive.rules_at(t text, at timestamptz) RETURNS csagg.ruleset LANGUAGE sql STABLE AS $$
    SELECT rules FROM naive.version v
    WHERE since <= at AND (v.tenant = t OR v.tenant = '' AND NOT EXISTS (SELECT FROM naive.version o WHERE o.tenant = t AND o.since <= at))
    ORDER BY since DESC LIMIT 1
$$;

CREATE TABLE naive.entry (tenant text, customer text, key text, kind text, at timestamptz, value jsonb, id bigint, recorded_at timestamptz);
CREATE PROCEDURE naive.read(pipeline name) LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE naive.entry, naive.customer, naive.version, naive.tenant;
    EXECUTE format('INSERT INTO naive.entry SELECT tenant, customer, key, kind, at, coalesce(value, CASE kind WHEN ''counter'' THEN to_jsonb(1) END), id, recorded_at
        FROM %1$I.log JOIN %1$I.fact USING (key)', pipeline);
    INSERT INTO naive.customer SELECT tenant, customer, csagg.history(key, kind, at, value, NULL, id) FROM naive.entry GROUP BY 1, 2;
    INSERT INTO naive.tenant SELECT DISTINCT tenant FROM naive.entry;
    EXECUTE format('INSERT INTO naive.version SELECT tenant, effective_from, rules FROM %I.rules', pipeline);
END $$;
CREATE FUNCTION naive.state(t text, c text, k text, t_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT value #>> '{}' FROM naive.entry WHERE (tenant, customer, key) = (t, c, k) AND at <= t_at ORDER BY at DESC, id DESC LIMIT 1
$$;
CREATE FUNCTION naive.assess(t text, c text, at timestamptz) RETURNS csagg.assessment LANGUAGE sql STABLE AS $$
    SELECT csagg.assess(naive.rules_at(t, at), f, at) FROM (SELECT facts FROM naive.customer WHERE (tenant, customer) = (t, c)) f
$$;

-- What health shows of a customer at an instant, and changes by itself.
CREATE FUNCTION naive.shown(t text, c text, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(a.score, a.band, a.stage, a.coverage, ARRAY(SELECT key FROM jsonb_each_text(a.alerts) WHERE value = 'firing' ORDER BY key COLLATE "C")) FROM naive.assess(t, c, at) a
$$;

CREATE PROCEDURE naive.compare(name text, seed int, got text, wanted text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        WITH got AS MATERIALIZED (%s), wanted AS MATERIALIZED (%s),
        bad AS (SELECT g::text || ' got' AS row FROM (TABLE got EXCEPT ALL TABLE wanted) g UNION ALL SELECT w::text || ' wanted' FROM (TABLE wanted EXCEPT ALL TABLE got) w)
        INSERT INTO naive.result (name, seed, compared, differ, example)
        SELECT $1, $2, (SELECT count(*) FROM wanted), (SELECT count(*) FROM bad), (SELECT string_agg(row, E'\n' ORDER BY row) FROM (SELECT row FROM bad ORDER BY row LIMIT 6) b)$sql$, got, wanted)
        USING name, seed;
END $$;
