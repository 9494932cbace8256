-- Chance, and the comparison of a pipeline's facts with those that plain SQL finds.
CREATE EXTENSION csagg;

CREATE FUNCTION pick(VARIADIC choice text[]) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT choice[1 + floor(random() * cardinality(choice))::int]';
CREATE FUNCTION chance(p float8) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT random() < p';

-- An entry of a log, in any order; where one is bad it is left out, as csagg.check_fact() says, which has its own tests.
CREATE TYPE entry AS (tenant text, customer text, key text, kind text, at timestamptz, value jsonb, actor text, seq bigint);

CREATE FUNCTION differs(pipeline name, VARIADIC truth entry[]) RETURNS TABLE (tenant text, customer text, kept text, plain text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($sql$
        SELECT tenant, customer, c.facts::text, p.facts::text
        FROM %I.current c FULL JOIN (
            SELECT tenant, customer, csagg.history(key, kind, at, value, actor, seq) AS facts FROM unnest($1)
            WHERE octet_length(tenant) + octet_length(customer) <= 2000 AND csagg.check_fact(key, kind, at, value, actor) IS NULL
            GROUP BY tenant, customer) p USING (tenant, customer)
        WHERE csagg.pipeline_differ(c.facts, p.facts)$sql$, pipeline) USING truth;
END $$;

-- What two histories say at every instant, whatever entries they have.
CREATE FUNCTION says(facts csagg.history) RETURNS TABLE (key text, valid_from timestamptz, value text) LANGUAGE sql AS $$
    SELECT f.key, c.valid_from, c.value FROM csagg.facts(facts) f, csagg.changes(csagg.timeline_of(facts, f.key)) c WHERE f.kind <> 'counter'
$$;

-- Statements of which some are rolled back.
CREATE PROCEDURE life(statement text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    IF chance(0.1) THEN
        RAISE EXCEPTION USING ERRCODE = 'YYYYY';
    END IF;
EXCEPTION WHEN SQLSTATE 'YYYYY' THEN
    NULL;
END $$;
