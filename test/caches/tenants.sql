-- A rule set for each tenant, and customers of them by turns.
CREATE EXTENSION csagg;

CREATE TABLE customer AS
    SELECT i AS customer, i % :tenants AS tenant, i % 50 AS seats, (ARRAY['free', 'silver', 'gold'])[1 + i % 3] AS plan,
           csagg.counter(timestamptz '2025-06-01 12:00+00' + i % 30 * interval '1 day') AS login
    FROM generate_series(1, :customers) i GROUP BY i;
CREATE TABLE tenant AS
    SELECT i AS tenant, jsonb_build_object('timezone', 'Asia/Tokyo', 'base', i, 'facts', '{"seats": "number", "plan": "text", "login": "counter"}'::jsonb,
        'stages', '[{"name": "small", "when": "seats < 10"}, {"name": "large"}]'::jsonb,
        'rules', '[{"name": "seats", "points": "2 * seats"}, {"name": "gold", "when": "plan = ''gold''", "points": 5, "stages": ["large"]},
                   {"name": "logs in", "when": "count(login, 14 days) > 0", "points": 10}]'::jsonb)::csagg.ruleset AS r
    FROM generate_series(0, :tenants - 1) i;

-- Of 12 kB, in each way that PostgreSQL stores a value.
CREATE TABLE long_external AS
    SELECT tenant, jsonb_build_object('timezone', 'UTC', 'base', tenant, 'facts', '{"seats": "number"}'::jsonb, 'rules',
        jsonb_build_array(jsonb_build_object('name', 'x', 'points', 'if(seats > 1000, ' || (SELECT string_agg('seats * ' || i, ' + ') FROM generate_series(1, 400) i) || ', 0)')))::csagg.ruleset AS r
    FROM generate_series(0, 49) tenant;
ALTER TABLE long_external ALTER r SET STORAGE external;
CREATE TABLE long_extended (LIKE long_external);
CREATE TABLE long_main (LIKE long_external);
ALTER TABLE long_extended ALTER r SET STORAGE extended;
ALTER TABLE long_main ALTER r SET STORAGE main;
INSERT INTO long_extended TABLE long_external;
INSERT INTO long_main TABLE long_external;
UPDATE long_external SET tenant = tenant, r = r::text::csagg.ruleset;

CREATE TABLE large AS
    SELECT i AS base, jsonb_build_object('timezone', 'UTC', 'base', i, 'facts', '{"n": "number"}'::jsonb, 'rules',
        (SELECT jsonb_agg(jsonb_build_object('name', 'rule ' || j, 'when', 'n > ' || j, 'points', j)) FROM generate_series(1, 150) j))::csagg.ruleset AS r
    FROM generate_series(1, 1500) i;

CREATE TABLE grid AS
    SELECT zone, csagg.grid('2025-01-01', '2025-03-01', '1 day', zone) AS g
    FROM generate_series(1, 12) i, LATERAL (VALUES ('Etc/GMT+' || i), ('Etc/GMT-' || i)) z (zone);
VACUUM ANALYZE;

-- Of all memory contexts, in bytes; of the process, in kB.
CREATE FUNCTION memory(bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts $$;
CREATE FUNCTION resident() RETURNS bigint LANGUAGE sql VOLATILE AS
    $$ SELECT (regexp_match(pg_read_file('/proc/self/status', 0, 8192), 'RssAnon:\s+(\d+)'))[1]::bigint $$;

CREATE PROCEDURE fail(times int) LANGUAGE plpgsql AS $$
DECLARE
    given csagg.ruleset := r FROM tenant LIMIT 1;
    failed int := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            PERFORM csagg.score(given, x, '2025-06-20') FROM (SELECT i AS seats) x;
        EXCEPTION WHEN undefined_column THEN failed := failed + 1;
        END;
    END LOOP;
    IF failed <> times THEN RAISE 'only % failed', failed; END IF;
END $$;
