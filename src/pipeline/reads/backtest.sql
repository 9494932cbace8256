-- What other rules would have said of the past.

CREATE FUNCTION csagg.pipeline_known_now() RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT 'subject AS (
        SELECT l.tenant, l.customer, l.facts, greatest(b.since, l.from_at) AS since, b.until
        FROM live l, (SELECT min(starts_at) AS since, max(ends_at) AS until FROM csagg.buckets($2)) b WHERE $3 IS NULL OR l.tenant = $3)'
$body$;
COMMENT ON FUNCTION csagg.pipeline_known_now() IS
    'part of a query: "subject", each customer''s facts for the whole grid';

-- Known then: a row counts in a bucket if it was recorded before the bucket's end. Only rows that came after the end of the
-- bucket in which they happened make a difference: where such rows came, a customer is assessed anew. Before its first row
-- came, nobody knew of it. Rows that are not folded count as the views have them: of those with one event_id the first, and none of
-- forgotten customers, who are neither in `current` nor pending.
CREATE FUNCTION csagg.pipeline_known_then(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
        bucket AS MATERIALIZED (SELECT starts_at, ends_at, row_number() OVER (ORDER BY starts_at) AS i FROM csagg.buckets($2) b),
        edge AS MATERIALIZED (SELECT array_agg(ends_at ORDER BY i) AS ends FROM bucket),
        came AS MATERIALIZED (
            SELECT l.tenant, l.customer, l.key, f.kind, l.at, csagg.pipeline_value(f.kind, l.value) AS value, coalesce(n.actor, l.actor) AS actor,
                l.id, l.event_id,
                CASE WHEN width_bucket(l.recorded_at, ends) > width_bucket(l.at, ends) THEN width_bucket(l.recorded_at, ends) + 1 ELSE 1 END AS i,
                width_bucket(l.recorded_at, ends) + 1 AS known
            FROM edge, %1$I.log l JOIN %1$I.fact f ON f.key = l.key AND coalesce(f.source, 'log') = 'log' LEFT JOIN %1$I.replaced() n ON n.id = l.id
            WHERE ($3 IS NULL OR l.tenant = $3)
                AND csagg.pipeline_reason(l.tenant, l.customer, l.key, f.kind, NULL, l.at, l.value, l.actor, l.event_id, f.source, 'log') IS NULL
                AND NOT EXISTS (SELECT FROM %1$I.seen s WHERE s.tenant = l.tenant AND s.event_id = l.event_id AND (s.source, s.id) <> ('log', l.id))),
        repeated AS (
            SELECT id
            FROM (SELECT id, row_number() OVER (PARTITION BY tenant, event_id ORDER BY id) AS nth FROM came WHERE event_id IS NOT NULL) e
            WHERE nth > 1),
        entry AS MATERIALIZED (SELECT * FROM came WHERE id NOT IN (SELECT id FROM repeated)),
        epoch AS (
            SELECT tenant, customer, i, lead(i) OVER (PARTITION BY tenant, customer ORDER BY i) AS next
            FROM (
                SELECT tenant, customer, i FROM entry
                UNION SELECT tenant, customer, 1 FROM entry
                UNION SELECT tenant, customer, 1 FROM %1$I.current WHERE $3 IS NULL OR tenant = $3) e
            WHERE i <= (SELECT max(i) FROM bucket)),
        logged AS (
            SELECT p.tenant, p.customer, p.i, p.next,
                csagg.history(e.key, e.kind, e.at, e.value, e.actor, e.id) FILTER (WHERE e.key IS NOT NULL) AS facts, min(e.known) AS known
            FROM epoch p LEFT JOIN entry e ON e.tenant = p.tenant AND e.customer = p.customer AND e.i <= p.i GROUP BY p.tenant, p.customer, p.i, p.next),
        subject AS (
            SELECT g.tenant, g.customer, csagg.merge(g.facts, o.facts) AS facts,
                greatest(b.starts_at, CASE WHEN o.facts IS NULL THEN f.starts_at END, c.kept_from) AS since,
                coalesce(n.starts_at, (SELECT max(ends_at) FROM bucket)) AS until
            FROM logged g JOIN bucket b ON b.i = g.i LEFT JOIN bucket n ON n.i = g.next LEFT JOIN bucket f ON f.i = g.known
                LEFT JOIN %1$I.current c ON c.tenant = g.tenant AND c.customer = g.customer
                LEFT JOIN LATERAL (
                    SELECT d.facts FROM csagg.drop_facts(%2$s, ARRAY(SELECT key FROM %1$I.fact WHERE coalesce(source, 'log') = 'log')) d (facts)
                    WHERE EXISTS (SELECT FROM csagg.facts(d.facts))) o ON true
            WHERE (o.facts IS NOT NULL OR f.i IS NOT NULL)
                AND (c.customer IS NOT NULL OR (g.tenant, g.customer) IN (SELECT p.tenant, p.customer FROM pending p)))$sql$,
                pipeline, csagg.pipeline_whole(pipeline, 'facts'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_known_then(name) IS
    'part of a query, beside pipeline_live(): "subject", each customer''s facts as they were known from one bucket to another; facts of other sources than the log as they are known now';

CREATE FUNCTION csagg.backtest(pipeline name, rules csagg.ruleset, over csagg.grid, tenant text DEFAULT NULL, known text DEFAULT 'now',
    OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT band text, OUT actual bigint, OUT tested bigint,
    OUT failed bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    begun csagg.grid := csagg.pipeline_grid(over, csagg.pipeline_now());
    subject text;
    lost timestamptz;
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF rules IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'the rules are NULL';
    END IF;
    PERFORM csagg.pipeline_same_kinds(pipeline, rules);
    subject := CASE known WHEN 'now' THEN csagg.pipeline_known_now() WHEN 'then' THEN csagg.pipeline_known_then(pipeline) END;
    IF subject IS NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('known is "now" or "then", not "%s"', known),
            HINT = 'then: only rows that had been recorded by the end of each bucket.';
    END IF;
    EXECUTE format('SELECT log_from FROM %I.pipeline', pipeline) INTO lost;
    IF known = 'then' AND lost IS NOT NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('rows of the log recorded up to %s have been deleted', lost),
            HINT = 'What was known then can no longer be told: take known => ''now''.';
    END IF;
    IF begun IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format($sql$
        %s, %s,
        outcome AS MATERIALIZED (
            SELECT csagg.overlay(a.band ORDER BY s.since) AS band, bool_or(a.error IS NOT NULL) AS failed
            FROM subject s CROSS JOIN LATERAL (SELECT s.facts) f CROSS JOIN LATERAL csagg.try_assess_over($4, f, s.since, s.until) a
            WHERE s.facts IS NOT NULL AND s.since < s.until GROUP BY s.tenant, s.customer),
        told AS (SELECT csagg.distribution(l.band, $2) AS counts FROM live l WHERE $3 IS NULL OR l.tenant = $3),
        tested AS (SELECT csagg.distribution(o.band, $2) AS counts FROM outcome o WHERE NOT o.failed),
        laid AS (
            SELECT starts_at, value, coalesce(t.n, 0) AS actual, coalesce(e.n, 0) AS tested
            FROM (SELECT b.* FROM told, csagg.buckets(counts) b) t FULL JOIN (SELECT b.* FROM tested, csagg.buckets(counts) b) e USING (starts_at, value)),
        shown AS (
            TABLE laid
            UNION ALL SELECT starts_at, NULL, 0, 0
            FROM csagg.buckets($2)
            WHERE EXISTS (SELECT FROM outcome o WHERE o.failed) AND starts_at NOT IN (SELECT starts_at FROM laid))
        SELECT g.bucket, g.starts_at, g.ends_at, b.value, b.actual, b.tested, (SELECT count(*) FROM outcome o WHERE o.failed)
        FROM shown b JOIN csagg.buckets($1) g ON g.starts_at = b.starts_at AND g.starts_at < g.ends_at
        ORDER BY g.starts_at, b.value$sql$, csagg.pipeline_live(pipeline), subject)
        USING over, begun, tenant, rules;
END $body$;
COMMENT ON FUNCTION csagg.backtest(name, csagg.ruleset, csagg.grid, text, text) IS
    'how many customers were in each band at the end of each bucket: actual, as the pipeline has it; tested, as these rules would have had it; failed, how many customers they could not be evaluated for at some time in the grid, who are not in tested; a bucket without any band has a row for them, with band NULL. tenant NULL: of all tenants. known: "now", with all rows; "then", with the rows of the log that had been recorded before the end of the bucket, as far as the log is kept. The bucket that holds now is as of now. Errors: 42704 no such pipeline, 22004 for a NULL pipeline, rules or grid, 22023 for another word in known, or NULL, 42804 for rules that declare a fact as another kind than the pipeline has, 55000 for "then" after retain() has deleted rows of the log';
