-- What the rules say of customers, from their first row to some weeks ahead, so that reads stay exact while nothing runs.

CREATE FUNCTION csagg.pipeline_edge(alerts csagg.history, after timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_pipeline_edge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_edge(csagg.history, timestamptz) IS
    'the first instant after that one at which an alert begins or ceases to fire, NULL if there is none; error 42804 for a fact that is not boolean';

CREATE FUNCTION csagg.pipeline_stirred(before csagg.history, after csagg.history, through timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_pipeline_stirred' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_stirred(csagg.history, csagg.history, timestamptz) IS
    'whether alerts said before and after have different episodes, as they are known at an instant; NULL: none is firing. Errors: 42804 for a fact that is not boolean, 22004 without the instant';

CREATE FUNCTION csagg.pipeline_next(alerts csagg.history, through timestamptz, settle interval, until_at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$ SELECT LEAST(until_at, csagg.pipeline_edge(alerts, through) OPERATOR(pg_catalog.+) settle) $body$;
COMMENT ON FUNCTION csagg.pipeline_next(csagg.history, timestamptz, interval, timestamptz) IS
    'where an alert begins or ends next after `through`, with the time to settle, or the assessment ends';

-- What lies far ahead moves with every event, and each would leave a row in `due`: instants on the way there are few.
CREATE FUNCTION csagg.pipeline_halfway(at timestamptz, now timestamptz, until_at timestamptz, put_down timestamptz DEFAULT '-infinity') RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_pipeline_halfway' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_halfway(timestamptz, timestamptz, timestamptz, timestamptz) IS
    'when to look for what comes at an instant: at put_down, where `due` has it already, if that is after now and not after the instant; else then; or, if it is two minutes off or more, between half of the way and there, at one of few instants, which depend on until_at so that customers do not come all at once; at until_at for what comes then or later, of which `due` needs nothing';

-- Where next_at is that of before, `due` mostly has it already: not where the assessment ended there and goes on now.
CREATE FUNCTION csagg.pipeline_put_down(pipeline name, written text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format('INSERT INTO %I.due (at, tenant, customer) SELECT next_at, tenant, customer FROM %s WHERE next_at < until_at ON CONFLICT DO NOTHING',
        pipeline, written)
$body$;
COMMENT ON FUNCTION csagg.pipeline_put_down(name, text) IS
    'a statement that puts rows (tenant, customer, next_at, until_at) of a table into `due`, unless their assessment ends before';

-- Volatile, so that a query in a WITH that calls it is run, whatever is read of it.
CREATE FUNCTION csagg.pipeline_lost(pipeline name, lost boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF lost THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = format('customers of %I were changed while a step wrote them', pipeline),
            HINT = 'Only functions of csagg may write a pipeline''s table "current". The next step tries again.';
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_lost(name, boolean) IS
    'an error, 55000, if rows of `current` are not where they were found, and so were not written';

-- While more rows are waiting, facts only: what is assessed before all are there would be assessed again. An outlook that ends where
-- it begins is none, so that views compute it.
-- A row that is there is found by a query and written by its place; `merged` looks whether all were.
CREATE FUNCTION csagg.pipeline_merging(pipeline name, changes text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN format($sql$
        coming AS MATERIALIZED (
            SELECT n.*, c.place
            FROM (
                SELECT tenant, customer, csagg.merge(facts) AS facts, min(from_at) AS from_at
                FROM (%2$s) x GROUP BY tenant, customer ORDER BY tenant, customer) n
                LEFT JOIN LATERAL %7$s c ON true),
        known AS (
            UPDATE %1$I.current c SET facts = csagg.merge(%3$s, n.facts), past_until = NULL, score_before = %5$s, coverage = %6$s,
                from_at = greatest(least(%4$s, n.from_at), c.kept_from), until_at = greatest(least(%4$s, n.from_at), c.kept_from),
                seed = csagg.pipeline_kept_seed(c.seed, n.facts, c.kept_from), moved = c.moved + csagg.pipeline_crowded(c.tableoid, c.ctid)::integer
            FROM coming n WHERE c.ctid = n.place RETURNING 1),
        added AS (
            INSERT INTO %1$I.current (tenant, customer, facts, from_at, until_at, next_at)
            SELECT tenant, customer, facts, from_at, from_at, $2
            FROM coming WHERE place IS NULL RETURNING 1),
        merged AS (
            SELECT csagg.pipeline_lost(%1$L,
                (SELECT count(*) FROM coming) <> (SELECT count(*) FROM known) + (SELECT count(*) FROM added)) AS nothing)$sql$,
        pipeline, changes, csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_rejoined(pipeline),
        csagg.pipeline_whole(pipeline, 'coverage'), csagg.pipeline_newest(pipeline, 'n'));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_merging(name, text) IS
    'queries of a WITH that merge the rows (tenant, customer, facts, from_at) of a query into customers, whose outlook then ends where it begins, so that a step has to look at them; the last, merged, is to be read and has a row without a value';

CREATE FUNCTION csagg.pipeline_merge(pipeline name, changes csagg.pipeline_change[], now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_execute(format('WITH %s SELECT FROM merged', csagg.pipeline_merging(pipeline, 'SELECT * FROM unnest($1)')), changes, now);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_merge(name, csagg.pipeline_change[], timestamptz) IS
    'merges facts into customers, which then have to be assessed; what they have in `past` is to be removed there';

-- PostgreSQL leaves it where it is in the TOAST table, when it is the same Datum.
CREATE FUNCTION csagg.pipeline_stored(stored csagg.timeline, said csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_pipeline_stored' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_stored(csagg.timeline, csagg.timeline) IS
    'the second, NULL too; as it is stored, if that is the first and the same byte by byte';

CREATE FUNCTION csagg.pipeline_stored(stored csagg.history, said csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_pipeline_stored' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.pipeline_stored(csagg.history, csagg.history) IS
    'the second, NULL too; as it is stored, if that is the first and the same byte by byte';

-- Facts that are as they were are not carried along: they may lie in the TOAST table. Rules that cannot be evaluated now may be so tomorrow, as
-- time passes: then the outlook ends within a day.
CREATE FUNCTION csagg.pipeline_assessed(reigns text) RETURNS text
    LANGUAGE sql STABLE AS $body$
    SELECT pg_catalog.format($sql$
            SELECT s.place, s.tenant, s.customer, CASE WHEN NOT s.same THEN s.facts END AS facts, s.from_at, u.until_at, s.past_until, s.asked,
                s.said_before, s.look_at, s.kept_seed AS seed, s.score_from, csagg.pipeline_slice(o.score, '-infinity', s.score_from) AS score_before,
                csagg.slice(o.score, s.score_from, 'infinity') AS score,
                o.stage, o.band, o.coverage, o.alerts, o.error, csagg.pipeline_next(o.alerts, $2 - $3, $3, u.until_at) AS next_at
            FROM subject s
                CROSS JOIN LATERAL (SELECT %s AS reigns OFFSET 0) r,
                csagg.pipeline_over(s.facts, csagg.pipeline_pin(r.reigns, s.facts), s.from_at, s.until_at, $2, s.seed) o
                CROSS JOIN LATERAL (
                    SELECT coalesce(o.until_at,
                        CASE WHEN s.ends_at > $2 AND s.ends_at <= $2 + interval '1 day' THEN s.ends_at
                            ELSE $2 + (s.until_at - $2) / 35 END) AS until_at) u
            WHERE s.facts IS NOT NULL$sql$,
        reigns)
$body$;
COMMENT ON FUNCTION csagg.pipeline_assessed(text) IS
    'the query of pipeline_assess() for what is said of its subjects, to be narrowed down by AND; facts are NULL where they are those of before';

-- New customers seldom come: a statement of their own spares the other one their part.
CREATE FUNCTION csagg.pipeline_assessing(pipeline name, known boolean) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN format($sql$
        WITH change AS MATERIALIZED (
            SELECT tenant, customer, csagg.merge(facts) FILTER (WHERE source IS NULL) AS facts, min(from_at) AS from_at,
                csagg.merge(facts) FILTER (WHERE source IS NOT NULL) AS fresh, array_agg(source) FILTER (WHERE source IS NOT NULL) AS sources,
                bool_or(quiet_before IS NOT NULL) AS asked
            FROM unnest($1) GROUP BY tenant, customer),
        reign AS MATERIALIZED (%2$s),
        subject AS MATERIALIZED (
            SELECT n.tenant, n.customer, CASE WHEN n.sources IS NULL THEN csagg.merge(c.facts, n.facts)
                ELSE csagg.forget_before(
                    csagg.replace_facts(
                        csagg.drop_facts(csagg.merge(c.facts, n.facts), ARRAY(SELECT key FROM %1$I.fact WHERE source = ANY (n.sources))), n.fresh),
                    coalesce(c.facts_from, '-infinity')) END AS facts,
                CASE WHEN c.past_until IS NULL THEN greatest(least(c.from_at, n.from_at), c.kept_from) ELSE c.from_at END AS from_at, c.place,
                n.facts IS NULL AND n.sources IS NULL AS same, c.past_until, n.asked, c.until_at AS ends_at, c.alerts AS said_before,
                c.next_at AS look_at, k.seed AS kept_seed, csagg.pipeline_score_from(c.score_from, $2) AS score_from,
                CASE WHEN c.past_until IS NOT NULL
                    THEN (SELECT p.seed FROM %1$I.past p WHERE p.tenant = n.tenant AND p.customer = n.customer ORDER BY p.starts DESC LIMIT 1)
                    ELSE k.seed END AS seed,
                CASE WHEN c.until_at BETWEEN $2 + interval '7 days' AND $2 + interval '35 days' THEN c.until_at
                    ELSE $2 + interval '35 days' * (0.5 + random() / 2) END AS until_at
            FROM change n LEFT JOIN LATERAL %4$s c ON true CROSS JOIN LATERAL (SELECT csagg.pipeline_kept_seed(c.seed, n.facts, c.kept_from) AS seed) k
            ORDER BY n.tenant, n.customer),
        said AS (
            $sql$ || CASE WHEN known THEN $sql$
            UPDATE %1$I.current c SET facts = coalesce(excluded.facts, c.facts), from_at = excluded.from_at, until_at = excluded.until_at,
                score_from = CASE WHEN excluded.error IS NULL THEN excluded.score_from ELSE c.score_from END,
                score_before = CASE WHEN excluded.error IS NULL THEN csagg.pipeline_stored(c.score_before, excluded.score_before) ELSE c.score_before END,
                score = csagg.pipeline_stored(c.score, %5$s),
                stage = csagg.pipeline_stored(c.stage, %6$s),
                band = csagg.pipeline_stored(c.band, %7$s),
                coverage = csagg.pipeline_stored(c.coverage, %8$s),
                alerts = csagg.pipeline_stored(c.alerts, %9$s),
                error = excluded.error, past_until = excluded.past_until, seed = excluded.seed,
                moved = c.moved + csagg.pipeline_crowded(c.tableoid, c.ctid)::integer,
                next_at = csagg.pipeline_halfway(CASE WHEN excluded.error IS NULL AND excluded.from_at <= $2 - $3 THEN excluded.next_at
                    ELSE csagg.pipeline_next(%9$s, $2 - $3, $3, excluded.until_at) END, $2, excluded.until_at, c.next_at)
            FROM (%3$s AND %11$s OFFSET 0) excluded WHERE c.ctid = excluded.place
            RETURNING c.tenant, c.customer, c.next_at, c.until_at,
                excluded.asked OR excluded.look_at <= $2 OR csagg.pipeline_stirred(excluded.said_before, c.alerts, $2) AS stirred,
                pg_column_size(c.facts) > csagg.pipeline_large() AS large$sql$
            ELSE $sql$
            INSERT INTO %1$I.current (tenant, customer, facts, from_at, until_at, past_until, seed,
                score_from, score_before, score, stage, band, coverage, alerts, error, next_at)
            SELECT tenant, customer, facts, from_at, until_at, past_until, seed,
                score_from, score_before, score, stage, band, coverage, alerts, error, csagg.pipeline_halfway(next_at, $2, until_at)
            FROM (%3$s AND %11$s) new
            RETURNING tenant, customer, next_at, until_at, true AS stirred, pg_column_size(facts) > csagg.pipeline_large() AS large$sql$ END || $sql$),
        put_down AS (%10$s)
        SELECT (SELECT count(*) FROM subject WHERE facts IS NOT NULL AND %11$s) <> count(*), array_agg(who) FILTER (WHERE stirred),
            array_agg(who) FILTER (WHERE large),
            (SELECT array_agg(c) FROM unnest($1) c
                WHERE (c.tenant, c.customer) IN (SELECT tenant, customer FROM subject WHERE NOT (%11$s) AND facts IS NOT NULL))
        FROM (SELECT ROW(tenant, customer, NULL, NULL, NULL, NULL)::csagg.pipeline_change AS who, stirred, large FROM said) s$sql$,
            pipeline, csagg.pipeline_reigns_by_tenant(pipeline), csagg.pipeline_assessed(csagg.pipeline_reigns('s.tenant')),
            csagg.pipeline_newest(pipeline, 'n'),
            csagg.pipeline_said('score'), csagg.pipeline_said('stage'), csagg.pipeline_said('band'), csagg.pipeline_said('coverage'),
            csagg.pipeline_said('alerts'), csagg.pipeline_put_down(pipeline, 'said'),
            CASE WHEN known THEN 'place IS NOT NULL' ELSE 'place IS NULL' END);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_assessing(name, boolean) IS
    'the statement of pipeline_assess() for customers that have a row in `current`, or for the others; it gives whether it has lost some, whose alerts are to be booked, who may be large, and the changes of those that it is not for';

CREATE FUNCTION csagg.pipeline_assess(pipeline name, changes csagg.pipeline_change[], now timestamptz, settle interval,
    OUT stirred csagg.pipeline_change[], OUT large csagg.pipeline_change[])
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    lost boolean;
    fresh csagg.pipeline_change[];
    added record;
BEGIN
    IF cardinality(changes) = 0 THEN
        RETURN;
    END IF;
    PERFORM csagg.pipeline_rejoin(pipeline, changes, now);
    SELECT q.lost, q.stirred, q.large, q.others INTO lost, stirred, large, fresh
    FROM csagg.pipeline_query(csagg.pipeline_assessing(pipeline, true), changes, now, settle)
        q(lost boolean, stirred csagg.pipeline_change[], large csagg.pipeline_change[], others csagg.pipeline_change[]);
    PERFORM csagg.pipeline_lost(pipeline, lost);
    IF fresh IS NOT NULL THEN
        SELECT q.* INTO added
        FROM csagg.pipeline_query(csagg.pipeline_assessing(pipeline, false), fresh, now, settle)
            q(lost boolean, stirred csagg.pipeline_change[], large csagg.pipeline_change[], others csagg.pipeline_change[]);
        PERFORM csagg.pipeline_lost(pipeline, added.lost OR added.others IS NOT NULL);
        stirred := stirred || added.stirred;
        large := large || added.large;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_assess(name, csagg.pipeline_change[], timestamptz, interval) IS
    'merges facts into customers, or puts them in place of what their source said before, and assesses these up to 7 to 35 days ahead: where their assessment ended before, if it may, so that what rows do not change stays as it was, and is not written again. next_at goes by the alerts that are stored, and stays that of before, if it is ahead and nothing has to be booked before it, so that `due` grows little. Where the rules cannot be evaluated for all of the time, what was said before stays, up to now if they can from now on. Gives whose episodes have to be booked: those that are other ones than before, or whose time to look has come, or who were asked for; and who may be large';
