-- Why a customer's score is what it is, and why it changed: under the rules that held at each instant.

CREATE FUNCTION csagg.why(pipeline name, customer text, a timestamptz DEFAULT NULL, b timestamptz DEFAULT csagg.pipeline_now(), tenant text DEFAULT '',
    OUT at timestamptz, OUT cause text, OUT part text, OUT rule text, OUT points numeric, OUT applies boolean, OUT matched boolean,
    OUT missing boolean, OUT facts jsonb)
    RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF b IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the instant b is NULL';
    ELSIF a > b THEN
        RAISE invalid_parameter_value USING MESSAGE = 'a is after b';
    ELSIF NOT isfinite(b) OR NOT isfinite(a) THEN
        RAISE datetime_field_overflow USING MESSAGE = 'why() needs finite instants';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH %2$s, reign AS MATERIALIZED (%3$s),
        f AS MATERIALIZED (
            SELECT csagg.merge(x.facts) AS facts, greatest(min(x.from_at), max(x.kept_from)) AS from_at FROM (
                SELECT %4$s AS facts, %5$s AS from_at, c.kept_from FROM %1$I.current c WHERE c.tenant = $2 AND c.customer = $1
                UNION ALL SELECT p.facts, p.from_at, NULL FROM pending p WHERE p.tenant = $2 AND p.customer = $1) x),
        part AS (
            SELECT csagg.pipeline_pin(r.rules, s.facts) AS rules, greatest(r.since, s.a) AS a, least(r.until, $4) AS b,
                lag(csagg.pipeline_pin(r.rules, s.facts)) OVER (ORDER BY r.since) AS before
            FROM reign r, (SELECT facts, greatest(from_at, coalesce($3, $4)) AS a FROM f) s
            WHERE r.tenant = CASE WHEN EXISTS (SELECT FROM reign o WHERE o.tenant = $2) THEN $2 ELSE '' END
                AND r.since <= $4 AND r.until > s.a AND s.a <= $4)
        SELECT p.b, NULL::text, e.part, e.rule, e.points, e.applies, e.matched, e.missing, e.facts
        FROM part p, f, csagg.explain(p.rules, f, p.b) e WHERE $3 IS NULL
        UNION ALL (
            SELECT e.at, e.cause, e.part, e.rule, e.points, NULL, NULL, NULL, NULL FROM (
                SELECT p.a, 0 AS place, i, e.at, e.cause, e.part, e.rule, e.points
                FROM part p, f, csagg.explain_change(p.before, f, p.a, p.b, p.rules) WITH ORDINALITY e (at, cause, part, rule, points, i)
                UNION ALL
                SELECT p.a, 0, i, p.a, CASE WHEN p.a = f.from_at THEN 'existence' ELSE 'rule set' END, e.part, e.rule, e.points
                FROM part p, f, csagg.explain(p.rules, f, p.a) WITH ORDINALITY e (part, rule, applies, matched, missing, points, facts, i)
                WHERE p.before IS NULL AND p.a > $3 AND e.points <> 0
                UNION ALL
                SELECT p.a, 1, i, e.at, e.cause, e.part, e.rule, e.points
                FROM part p, f, csagg.explain_change(p.rules, f, p.a, p.b) WITH ORDINALITY e (at, cause, part, rule, points, i)
                WHERE p.before IS NULL) e
            WHERE $3 IS NOT NULL
            ORDER BY e.a, e.place, e.i)$sql$, pipeline, csagg.pipeline_pending(pipeline), csagg.pipeline_reign(pipeline),
        csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'))
        USING customer, tenant, a, b;
END $body$;
COMMENT ON FUNCTION csagg.why(name, text, timestamptz, timestamptz, text) IS
    'without a: the summands of the customer''s score at b, as explain() gives them, cause NULL and at = b. With a: every change of a summand from a to b as explain_change() gives them, each under the rules that held then; a version that takes over has the cause "rule set"; points add up to the difference of the scores, and applies, matched, missing and facts are NULL. No rows for a customer that is not known, or is NULL, or its tenant. Errors: 42704 no such pipeline, 22004 for the pipeline or b NULL, 22008 for infinite instants, 22023 for a after b, and those of explain()';
