-- Large customers: entries of long ago, and score and coverage of then, are in `past`, so that a step reads and writes the recent part
-- only. Stage, band and alerts change seldom and stay whole. Whatever asks for the whole, from a late row to new rules, puts it together again.

CREATE FUNCTION csagg.pipeline_large() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 65536';
COMMENT ON FUNCTION csagg.pipeline_large() IS
    'from how many stored bytes of facts on a customer is large: some 10,000 events';

CREATE FUNCTION csagg.pipeline_split(facts csagg.history, at timestamptz, OUT before csagg.history, OUT after csagg.history)
    AS 'MODULE_PATHNAME', 'csagg_pipeline_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION csagg.pipeline_split(csagg.history, timestamptz) IS
    'a history in two parts: what lies before an instant; and the rest, which is forgotten before it, where it has lost something. Error 22008 for infinite instants';

CREATE FUNCTION csagg.pipeline_unite(before csagg.history, after csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_pipeline_unite' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION csagg.pipeline_unite(csagg.history, csagg.history) IS
    'what pipeline_split() has parted, together again; NULL is a part without anything. Error 42804 for a key of two kinds';

CREATE FUNCTION csagg.pipeline_scores() RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT 'CASE WHEN c.score_before IS NULL THEN c.score ELSE csagg.overlay(c.score_before, c.score) END'
$body$;
COMMENT ON FUNCTION csagg.pipeline_scores() IS
    'an expression for the score of c, a row of `current`, from from_at on';

CREATE FUNCTION csagg.pipeline_whole(pipeline name, what text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    here constant text := CASE what WHEN 'score' THEN csagg.pipeline_scores() ELSE 'c.' || what END;
BEGIN
    RETURN format('CASE WHEN c.past_until IS NULL THEN %3$s ELSE ' || CASE what
        WHEN 'facts' THEN 'csagg.pipeline_unite((SELECT csagg.merge(p.facts) FROM %1$I.past p WHERE p.tenant = c.tenant AND p.customer = c.customer), c.facts)'
        WHEN 'from_at' THEN '(SELECT least(c.from_at, min(p.from_at)) FROM %1$I.past p WHERE p.tenant = c.tenant AND p.customer = c.customer)'
        ELSE '(SELECT csagg.overlay(o.said ORDER BY o.starts) FROM (
            SELECT p.starts, p.%2$I AS said FROM %1$I.past p WHERE p.tenant = c.tenant AND p.customer = c.customer UNION ALL SELECT c.past_until, %3$s) o)' END || ' END',
        pipeline, what, here);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_whole(name, text) IS
    'an expression for facts, from_at, score or coverage of c, a row of `current`, with what is in `past`';

CREATE FUNCTION csagg.pipeline_rejoined(pipeline name) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('CASE WHEN c.past_until IS NULL THEN c.score_before ELSE csagg.pipeline_slice(%s, ''-infinity'', c.score_from) END',
        csagg.pipeline_whole(pipeline, 'score'))
$body$;
COMMENT ON FUNCTION csagg.pipeline_rejoined(name) IS
    'an expression for score_before of c, a row of `current`, with what is in `past`';

-- What is said of a customer whose past is apart begins at from_at: what was said before stays before it.
CREATE FUNCTION csagg.pipeline_onto(before csagg.timeline, said csagg.timeline, from_at timestamptz) RETURNS csagg.timeline
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN before IS NULL OR said IS NULL THEN said ELSE csagg.overlay(csagg.slice(before, '-infinity', from_at), said) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_onto(csagg.timeline, csagg.timeline, timestamptz) IS
    'the first up to an instant, the second from there on';

CREATE FUNCTION csagg.pipeline_onto(before csagg.history, said csagg.history, from_at timestamptz) RETURNS csagg.history
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN before IS NULL OR said IS NULL THEN said ELSE csagg.overlay(csagg.slice(before, '-infinity', from_at), said) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_onto(csagg.history, csagg.history, timestamptz) IS
    'the first up to an instant, the second from there on';

-- What was said before stays where the rules cannot be evaluated, also beyond its end.
CREATE FUNCTION csagg.pipeline_stays(before csagg.timeline, until_at timestamptz, said csagg.timeline, at timestamptz) RETURNS csagg.timeline
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN said IS NULL THEN csagg.pipeline_held(before, until_at) ELSE csagg.pipeline_onto(csagg.pipeline_held(before, until_at), said, at) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_stays(csagg.timeline, timestamptz, csagg.timeline, timestamptz) IS
    'what was said before, up to until_at, and its last value from there on; from an instant on what is said anew, if that is not NULL';

CREATE FUNCTION csagg.pipeline_stays(before csagg.history, until_at timestamptz, said csagg.history, at timestamptz) RETURNS csagg.history
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN said IS NULL THEN csagg.pipeline_held(before, until_at) ELSE csagg.pipeline_onto(csagg.pipeline_held(before, until_at), said, at) END
$body$;
COMMENT ON FUNCTION csagg.pipeline_stays(csagg.history, timestamptz, csagg.history, timestamptz) IS
    'the same for alerts';

-- Of what was said before retain() only episodes are left that go on, each with its beginning.
CREATE FUNCTION csagg.pipeline_alerts_onto(before csagg.history, said csagg.history, kept_from timestamptz) RETURNS csagg.history
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN before IS NULL OR said IS NULL THEN said ELSE coalesce(csagg.merge(csagg.history_of(f.key,
        CASE WHEN csagg.bool_at(n.alert, kept_from) AND csagg.bool_at(b.alert, kept_from - interval '1 microsecond')
            THEN csagg.overlay(csagg.slice(b.alert, csagg.pipeline_since(b.alert, kept_from - interval '1 microsecond'), kept_from), n.alert)
            ELSE n.alert END)), '{}') END
    FROM csagg.facts(said) f
        CROSS JOIN LATERAL (SELECT csagg.timeline_of(said, f.key) AS alert) n
        CROSS JOIN LATERAL (SELECT csagg.timeline_of(before, f.key) AS alert) b
    WHERE f.entries > 0  -- others may be of rules that held before
$body$;
COMMENT ON FUNCTION csagg.pipeline_alerts_onto(csagg.history, csagg.history, timestamptz) IS
    'alerts said from an instant on; one that is firing there, and was just before, from when it began before';

-- Stage, band and alerts stay whole, where the past is apart: they go on in what was said before.
CREATE FUNCTION csagg.pipeline_said(what text) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN format('CASE WHEN excluded.error IS NOT NULL THEN csagg.pipeline_stays(c.%1$I, c.until_at, excluded.%1$I, $2)'
        || CASE WHEN what IN ('stage', 'band', 'alerts')
            THEN ' WHEN excluded.past_until IS NOT NULL THEN csagg.pipeline_onto(c.%1$I, excluded.%1$I, excluded.from_at)'
            ELSE '' END
        || CASE what
            WHEN 'alerts' THEN ' WHEN c.kept_from IS NOT NULL THEN csagg.pipeline_alerts_onto(c.alerts, excluded.alerts, c.kept_from)'
            ELSE '' END
        || ' ELSE excluded.%1$I END',
        what);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_said(text) IS
    'an expression for score, stage, band, coverage or alerts of c, a row of `current`, with what is said anew of it, a row "excluded", at the instant $2: where the rules could not be evaluated for all of the time, what was said before stays, up to then if they can be evaluated from there on';

-- Whether rows reach back to where the past is apart.
CREATE FUNCTION csagg.pipeline_reaches(facts csagg.history, from_at timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (SELECT FROM csagg.facts(facts) f WHERE f.first_at < from_at)
$body$;
COMMENT ON FUNCTION csagg.pipeline_reaches(csagg.history, timestamptz) IS
    'whether some fact has an entry before an instant';

CREATE FUNCTION csagg.pipeline_kept_seed(seed jsonb, facts csagg.history, kept_from timestamptz) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT CASE WHEN seed IS NOT NULL AND NOT csagg.pipeline_reaches(facts, kept_from) THEN seed END $body$;
COMMENT ON FUNCTION csagg.pipeline_kept_seed(jsonb, csagg.history, timestamptz) IS
    'states of the alerts where retain() has cut, unless new facts reach back beyond that';

-- By whole quarters, so that it seldom moves. What is left answers for the last 40 days, which `health` asks 30 of, and for what rows may be late.
CREATE FUNCTION csagg.pipeline_cut(reigns csagg.pipeline_reign[], now timestamptz, OUT past_until timestamptz, OUT from_at timestamptz)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT q.quarter AT TIME ZONE 'UTC', (q.quarter + l.look_back) AT TIME ZONE 'UTC'
    FROM (SELECT max(csagg.look_back(r.rules)) AS look_back, bool_and(csagg.look_back(r.rules) IS NOT NULL) AS ends
          FROM unnest(reigns) r WHERE r.until > now - interval '3200 hours') l,
        LATERAL (SELECT date_trunc('quarter', (now - interval '960 hours') AT TIME ZONE 'UTC' - l.look_back) AS quarter) q
    WHERE l.ends
$body$;
COMMENT ON FUNCTION csagg.pipeline_cut(csagg.pipeline_reign[], timestamptz) IS
    'before which instant entries are the past, and from when on the rest says all; NULL where rules look back without an end';

-- Where alerts stand depends on all that was before, if they are kept firing.
CREATE FUNCTION csagg.pipeline_seed(reigns csagg.pipeline_reign[], facts csagg.history, since timestamptz, at timestamptz, seed jsonb) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT a.seed FROM unnest(reigns) r, (SELECT facts) f,
        csagg.try_assess_over(csagg.pipeline_pin(r.rules, f.facts), f, greatest(r.since, pipeline_seed.since), at,
            CASE WHEN r.since <= pipeline_seed.since THEN pipeline_seed.seed END) a
    WHERE r.since <= at AND r.until > at
$body$;
COMMENT ON FUNCTION csagg.pipeline_seed(csagg.pipeline_reign[], csagg.history, timestamptz, timestamptz, jsonb) IS
    'states of the alerts before an instant, of the rules that hold there, from those before `since`; NULL where there are no rules, or they cannot be evaluated';

CREATE FUNCTION csagg.pipeline_part(pipeline name, changes csagg.pipeline_change[], now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF changes IS NULL THEN
        RETURN;
    END IF;
    PERFORM csagg.pipeline_execute(format($sql$
        WITH reign AS MATERIALIZED (%2$s),
        large AS MATERIALIZED (
            SELECT c.*, %3$s AS reigns FROM unnest($1) n CROSS JOIN LATERAL %7$s c
            WHERE pg_column_size(c.facts) > csagg.pipeline_large() AND c.error IS NULL AND c.until_at > c.from_at),
        cut AS MATERIALIZED (
            SELECT c.*, k.past_until AS cut, k.from_at AS cut_from, %4$s AS whole, %5$s AS whole_from
            FROM large c CROSS JOIN LATERAL csagg.pipeline_cut(c.reigns, $2) k
            WHERE k.past_until > coalesce(c.past_until, '-infinity') AND k.from_at > c.from_at),
        parted AS MATERIALIZED (
            SELECT c.*, s.before, s.after, csagg.pipeline_seed(c.reigns, c.whole, c.whole_from, c.cut_from, c.seed) AS past_seed
            FROM cut c CROSS JOIN LATERAL csagg.pipeline_split(c.facts, c.cut) s),
        added AS (
            INSERT INTO %1$I.past (tenant, customer, starts, from_at, facts, score, coverage, seed)
            SELECT tenant, customer, coalesce(past_until, '-infinity'), from_at, before, csagg.slice(%6$s, from_at, cut_from),
                csagg.slice(coverage, from_at, cut_from), past_seed
            FROM parted c)
        UPDATE %1$I.current c SET facts = p.after, past_until = p.cut, from_at = p.cut_from, score = csagg.slice(c.score, p.cut_from, 'infinity'),
            score_before = csagg.pipeline_slice(c.score_before, p.cut_from, 'infinity'), coverage = csagg.slice(c.coverage, p.cut_from, 'infinity')
        FROM parted p WHERE c.ctid = p.place$sql$,
        pipeline, csagg.pipeline_reigns_by_tenant(pipeline), csagg.pipeline_reigns('n.tenant'), csagg.pipeline_whole(pipeline, 'facts'),
        csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_scores(), csagg.pipeline_newest(pipeline, 'n')),
        changes, now);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_part(name, csagg.pipeline_change[], timestamptz) IS
    'puts the past of these customers apart, where they are large, assessed, and their rules do not look back without an end; each is there once';

CREATE FUNCTION csagg.pipeline_clear_past(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM csagg.pipeline_execute(format('DELETE FROM %1$I.past p USING %1$I.current c WHERE c.tenant = p.tenant AND c.customer = p.customer AND c.past_until IS NULL',
        pipeline));
END $body$;
COMMENT ON FUNCTION csagg.pipeline_clear_past(name) IS
    'removes from `past` what has been put back into `current`, of all customers';

CREATE FUNCTION csagg.pipeline_rejoin(pipeline name, changes csagg.pipeline_change[], now timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    whole csagg.pipeline_change[];
BEGIN
    whole := (SELECT w FROM csagg.pipeline_query(format($sql$
        SELECT array_agg(ROW(c.tenant, c.customer, '{}', 'infinity', NULL, NULL)::csagg.pipeline_change) FROM unnest($1) n CROSS JOIN LATERAL %2$s c
        WHERE EXISTS (SELECT FROM %1$I.past)
            AND c.past_until IS NOT NULL
            AND (n.source IS NOT NULL OR n.quiet_before IS NOT NULL OR csagg.pipeline_reaches(n.facts, c.from_at))$sql$,
            pipeline, csagg.pipeline_newest(pipeline, 'n')), changes) q(w csagg.pipeline_change[]));
    IF whole IS NOT NULL THEN
        PERFORM csagg.pipeline_merge(pipeline, whole, now),
            csagg.pipeline_execute(format('DELETE FROM %I.past p USING unnest($1) n WHERE p.tenant = n.tenant AND p.customer = n.customer', pipeline), whole);
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_rejoin(name, csagg.pipeline_change[], timestamptz) IS
    'puts the past of customers back into `current`, if these changes reach back to it, or all is read or assessed anew; their assessment ends, so that the next one has another end';
