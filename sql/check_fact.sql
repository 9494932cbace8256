-- check_fact(): what history() would say of a row, as a value
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
\pset format unaligned

SELECT csagg.check_fact('plan', 'text', '2025-01-01', '"gold"') IS NULL AS good, csagg.check_fact('plan', 'text', '2025-01-01', '"gold"', 'ann') IS NULL AS with_actor;
SELECT v.*, csagg.check_fact(key, kind, at, value) FROM (VALUES
    ('seats', 'number', timestamptz '2025-01-01', jsonb '"40"'), ('seats', 'count', '2025-01-01', '40'), (NULL, 'number', '2025-01-01', '40'),
    ('seats', 'number', NULL, '40'), ('seats', 'number', 'infinity', '40'), ('seats', 'number', '2025-01-01', '1e18'),
    ('end', 'date', '2025-01-01', '"2025-02-30"'), ('end', 'date', '2025-01-01', '"2025-02-28 soon"'), ('login', 'counter', '2025-01-01', NULL)) v(key, kind, at, value);

-- Every row that these make: check_fact() is NULL exactly if the aggregate takes it, and else says what the aggregate says
CREATE FUNCTION pg_temp.said(key text, kind text, at timestamptz, value jsonb, actor text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM csagg.history($1, $2, $3, $4, $5, 1);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
CREATE TEMP TABLE said AS
SELECT r.*, pg_temp.said(key, kind, at, value, actor) AS said
FROM (SELECT * FROM
    unnest(ARRAY[NULL, '', 'key', '席数', repeat('k', 1000), repeat('k', 1001), repeat('席', 334)]) key,
    unnest(ARRAY[NULL, '', 'counter', 'boolean', 'number', 'text', 'date', 'time', 'Number', 'text ']) kind,
    unnest(ARRAY[NULL, '-infinity', 'infinity', '4714-11-24 BC', '2025-01-01', '294276-12-31 23:59:59.999999']::timestamptz[]) at,
    unnest(ARRAY[NULL, 'null', 'true', 'false', '[]', '[1]', '{}', '{"a": 1}', '0', '-0.0', '40.5', '999999999999999999', '999999999999999999.4', '999999999999999999.5',
        '1000000000000000000', '-1e18', '1e400', '1e-400', '0.1234567890123456789012345', '""', '"gold"', '"12"', '"true"', '"2025-01-01"', '" 2025-01-01"',
        '"2025-02-30"', '"2025-01-01x"', '"infinity"', '"-infinity"', '"0044-03-15 BC"', '"4714-11-23 BC"', '"5874897-12-31"', '"5874898-01-01"',
        '"294276-12-31 23:59:59.999999+00"', '"294277-01-01"', '"2025-01-01T09:30:00Z"', '"2025-01-01T09:30:00+99:99"', '"2025-01-01 25:00"',
        '"999999999999999999999-01-01"', '"日本"', to_jsonb(repeat('日', 100))::text, to_jsonb(repeat('9', 5000))::text]::jsonb[]) value,
    unnest(ARRAY[NULL, '', repeat('actor', 500)]) actor
    ORDER BY md5(random()::text) LIMIT 20000) r;
SELECT * FROM said WHERE csagg.check_fact(key, kind, at, value, actor) IS DISTINCT FROM said;
SELECT count(*) FILTER (WHERE said IS NULL) > 1000 AS many_good, count(DISTINCT said) > 25 AS many_reasons FROM said;
