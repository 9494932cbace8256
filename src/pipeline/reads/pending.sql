-- What views have to put onto what is stored, so that they are right at any instant: rows that are not folded, and what is beyond the
-- outlook. All is asked by functions, whose statements a session plans once: most reads find nothing there, and each would plan it.

-- Before customers are looked at: nothing else is done while nothing waits.
CREATE FUNCTION csagg.pipeline_moment(pipeline name, as_of timestamptz, OUT unfolded boolean, OUT unstored boolean, OUT through timestamptz)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    -- New rows of users' tables are not among those that views overlay, and who reads here takes no lock on these tables.
    SELECT m.* INTO unfolded, unstored, through FROM csagg.pipeline_read(format($sql$
        SELECT (SELECT id FROM %1$I.log WHERE id > (SELECT upto FROM %1$I.source WHERE name = 'log') ORDER BY id LIMIT 1) IS NOT NULL
                OR EXISTS (SELECT FROM %1$I.hole WHERE source = 'log'),
            $1 <> csagg.pipeline_now() OR (SELECT until_at FROM %1$I.current WHERE until_at <= $1 ORDER BY until_at LIMIT 1) IS NOT NULL,
            least(csagg.pipeline_now(),
                (SELECT min(since) FROM %1$I.todo WHERE why IN ('rules', 'source')),
                (SELECT min(CASE WHEN s.stopped OR s.read_until = '-infinity' THEN s.read_until ELSE greatest(s.read_until, p.last_step) END)
                    FROM %1$I.source s, %1$I.pipeline p WHERE s.kind = 'events'))$sql$, pipeline), as_of)
        m(unfolded boolean, unstored boolean, through timestamptz);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_moment(name, timestamptz) IS
    'whether rows of the log are not folded; whether customers may lack what holds at an instant, since their outlook has ended or, if that is not now, has not begun; and up to when rows count, those of the log aside';

-- At most 5000 rows. Not in users' tables, on which a view would stand in the way of changes, and ask its readers for rights.
CREATE FUNCTION csagg.pipeline_unfolded(pipeline name, now timestamptz,
    OUT tenant text, OUT customer text, OUT facts csagg.history, OUT from_at timestamptz, OUT recorded_at timestamptz, OUT n bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
BEGIN
    RETURN QUERY SELECT u.* FROM csagg.pipeline_read(format($sql$
        SELECT * FROM (
            SELECT tenant, customer, csagg.history(key, kind, at, csagg.pipeline_value(kind, value), actor, id) AS facts,
                min(csagg.pipeline_from(at, $1)) AS from_at, max(recorded_at) AS recorded_at, max(n) AS n
            FROM (
                SELECT r.id, r.tenant, r.customer, r.key, f.kind, r.at, r.value, coalesce(n.actor, r.actor) AS actor, r.event_id, r.recorded_at, r.n,
                    row_number() OVER (PARTITION BY r.tenant, r.event_id ORDER BY r.id) AS nth FROM (
                    SELECT l.*, count(*) OVER () AS n FROM (
                        (SELECT l.* FROM (%2$s) l WHERE l.id > (SELECT upto FROM %1$I.source WHERE name = 'log') ORDER BY l.id LIMIT 5000)
                        UNION ALL SELECT l.*
                        FROM %1$I.hole h, unnest(h.ids) i, LATERAL (SELECT * FROM (%2$s) l WHERE l.id >= lower(i) AND l.id < upper(i)) l
                        WHERE h.source = 'log'
                        LIMIT 5000) l) r
                JOIN %1$I.fact f ON f.key = r.key LEFT JOIN %1$I.replaced() n ON n.id = r.id
                WHERE csagg.pipeline_reason(r.tenant, r.customer, r.key, f.kind, r.kind, r.at, r.value, r.actor, r.event_id, f.source, r.owner) IS NULL
                    AND NOT EXISTS (SELECT FROM %1$I.seen s WHERE s.tenant = r.tenant AND s.event_id = r.event_id)) r
            WHERE event_id IS NULL OR nth = 1
            GROUP BY tenant, customer) x
        WHERE NOT %3$s$sql$, pipeline, csagg.pipeline_rows_log(pipeline, 'log', true), csagg.pipeline_forgotten(pipeline)), now)
        u(tenant text, customer text, facts csagg.history, from_at timestamptz, recorded_at timestamptz, n bigint);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unfolded(name, timestamptz) IS
    'what is visible in the log and a step would fold now: histories by customer, the last time of recording, and how many rows were read';

CREATE FUNCTION csagg.pipeline_pending(pipeline name, as_of text DEFAULT 'csagg.pipeline_now()') RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$
    moment AS MATERIALIZED (SELECT * FROM csagg.pipeline_moment(%1$L, %2$s)),
    pending AS MATERIALIZED (SELECT * FROM csagg.pipeline_unfolded(%1$L, %2$s) WHERE (SELECT unfolded FROM moment))$sql$, pipeline, as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_pending(name, text) IS
    'queries of a WITH, as of an instant that is an SQL expression: "moment", what pipeline_moment() says, and "pending", what is visible in the log and not folded';

-- Of a customer whose past is apart, the score of 30 days before may be there.
CREATE FUNCTION csagg.pipeline_begun(as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format('CASE WHEN past_until IS NULL THEN %1$s ELSE %1$s - interval ''720 hours'' END', as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_begun(text) IS
    'an expression for the instant at which `current` must say something, for `health` as of an instant, which is an expression, too';

-- Customers of whom nothing is stored for this instant: they have new rows, or their outlook has ended or not begun.
CREATE FUNCTION csagg.pipeline_unstored(pipeline name, as_of timestamptz, pending csagg.pipeline_change[],
    OUT tenant text, OUT customer text, OUT stored csagg.history, OUT added csagg.history, OUT from_at timestamptz, OUT kept_from timestamptz,
    OUT seed jsonb, OUT reigns csagg.pipeline_reign[]) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp SET jit = off AS $body$
BEGIN
    -- Between two instants, so that the planner, who does not know $1, expects few.
    RETURN QUERY SELECT u.* FROM csagg.pipeline_read(format($sql$
        WITH pending AS MATERIALIZED (SELECT * FROM unnest($2)), reign AS MATERIALIZED (%2$s),
        customer (tenant, customer, stored, added, from_at, kept_from, seed) AS (
            SELECT c.tenant, c.customer, %3$s, NULL::csagg.history, %4$s, c.kept_from, c.seed FROM %1$I.current c WHERE until_at BETWEEN '-infinity' AND $1
            UNION ALL SELECT c.tenant, c.customer, %3$s, NULL, %4$s, c.kept_from, c.seed
            FROM %1$I.current c WHERE from_at > %5$s AND $1 < (SELECT last_step FROM %1$I.pipeline))
        SELECT s.*, %6$s FROM (
            SELECT * FROM customer WHERE (tenant, customer) NOT IN (SELECT p.tenant, p.customer FROM pending p)
            UNION ALL
            SELECT p.tenant, p.customer, %3$s, p.facts, greatest(least(%4$s, p.from_at), c.kept_from), c.kept_from,
                csagg.pipeline_kept_seed(c.seed, p.facts, c.kept_from)
            FROM pending p LEFT JOIN %1$I.current c ON c.tenant = p.tenant AND c.customer = p.customer) s
        WHERE kept_from IS NULL OR kept_from <= $1$sql$,
        pipeline, csagg.pipeline_reigns_by_tenant(pipeline), csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'),
        csagg.pipeline_begun('$1'), csagg.pipeline_reigns('s.tenant')), as_of, pending)
        u(tenant text, customer text, stored csagg.history, added csagg.history, from_at timestamptz, kept_from timestamptz, seed jsonb,
            reigns csagg.pipeline_reign[]);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_unstored(name, timestamptz, csagg.pipeline_change[]) IS
    'customers of whom nothing is stored that holds at an instant, those with pending facts among them (added), with all that is needed to assess them; not those of whom all before it was removed by retain()';

CREATE FUNCTION csagg.pipeline_computed(pipeline name, as_of text) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT format($sql$(
        SELECT u.tenant, u.customer, f.facts, u.from_at, u.kept_from, u.seed, u.reigns
        FROM csagg.pipeline_unstored(%L, %s,
            ARRAY(SELECT ROW(p.tenant, p.customer, p.facts, p.from_at, NULL, NULL)::csagg.pipeline_change FROM pending p)) u
            CROSS JOIN LATERAL (SELECT csagg.merge(u.stored, u.added) AS facts OFFSET 0) f
        WHERE (SELECT unstored FROM moment) OR EXISTS (SELECT FROM pending))$sql$, pipeline, as_of)
$body$;
COMMENT ON FUNCTION csagg.pipeline_computed(name, text) IS
    'a query for pipeline_unstored() as of an instant that is an SQL expression, which does not ask while nothing waits, and unites facts of those customers only that are wanted; to be used beside pipeline_pending()';

-- In PL/pgSQL, so that views are planned without `current` once more, and only a customer with an error is looked up there.
CREATE FUNCTION csagg.pipeline_overlaid(pipeline name, tenant text, customer text, facts csagg.history, reigns csagg.pipeline_reign[],
    since timestamptz, until timestamptz, as_of timestamptz, seed jsonb,
    OUT score csagg.timeline, OUT stage csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline, OUT alerts csagg.history,
    OUT error jsonb, OUT until_at timestamptz)
    LANGUAGE plpgsql STABLE COST 5000 SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    SELECT o.* INTO score, stage, band, coverage, alerts, error, until_at FROM csagg.pipeline_over(facts, reigns, since, until, as_of, seed) o;
    IF error IS NOT NULL THEN
        EXECUTE format($sql$
            SELECT csagg.pipeline_stays(%2$s, c.until_at, $3, $8), csagg.pipeline_stays(c.stage, c.until_at, $4, $8),
                csagg.pipeline_stays(c.band, c.until_at, $5, $8),
                csagg.pipeline_stays(%3$s, c.until_at, $6, $8), csagg.pipeline_stays(c.alerts, c.until_at, $7, $8)
            FROM (SELECT) one LEFT JOIN %1$I.current c ON c.tenant = $1 AND c.customer = $2$sql$,
                pipeline, csagg.pipeline_whole(pipeline, 'score'), csagg.pipeline_whole(pipeline, 'coverage'))
            INTO score, stage, band, coverage, alerts USING tenant, customer, score, stage, band, coverage, alerts, as_of;
    END IF;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_overlaid(name, text, text, csagg.history, csagg.pipeline_reign[], timestamptz, timestamptz, timestamptz, jsonb) IS
    'what pipeline_over() says of a customer as of an instant; if it has an error, put onto what is stored of the customer, as steps do';
