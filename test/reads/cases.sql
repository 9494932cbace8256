-- All reads of one pipeline at the instant naive.now, against the naive twin.
CREATE PROCEDURE naive.compare_all(p name, seed int, reads_at timestamptz, over csagg.grid, zone text) LANGUAGE plpgsql AS $$
DECLARE
    -- A bucket's closing instant, of the one that holds now: now.
    closing text := format('(SELECT bucket, starts_at, ends_at, CASE WHEN %2$L THEN starts_at ELSE least(ends_at - interval ''1us'', %3$L::timestamptz) END AS at
        FROM csagg.buckets(%1$L::csagg.grid) b WHERE starts_at <= %3$L::timestamptz)', over, over::text LIKE '%at start', reads_at);
    instant text := format('(SELECT %L::timestamptz + d * interval ''1 day'' AS at FROM unnest(''{-200,0.4}''::float8[]) d)', reads_at);
    changed csagg.ruleset := naive.rules(zone, seed + 5);
BEGIN
    PERFORM set_config('naive.now', reads_at::text, false);
    CALL naive.compare('health_daily', seed, format('SELECT * FROM %I.health_daily WHERE (day - date ''2000-01-01'' + %s) %% 9 = 0', p, seed), format($sql$
        SELECT tenant, day, (a).band, (a).stage, count(*) FROM (
            SELECT tenant, day, naive.assess(tenant, customer, least((day + 1)::timestamp AT TIME ZONE zone - interval '1us', %1$L)) AS a
            FROM (SELECT tenant, csagg.jsonb(naive.rules_at(tenant, %1$L)) ->> 'timezone' AS zone FROM naive.customer GROUP BY 1) z JOIN naive.customer USING (tenant),
                LATERAL (SELECT (%1$L AT TIME ZONE zone)::date - i AS day FROM generate_series(0, 399) i) d
            WHERE (day - date '2000-01-01' + %2$s) %% 9 = 0) x
        WHERE (a).band IS NOT NULL GROUP BY 1, 2, 3, 4$sql$, reads_at, seed));
    CALL naive.compare('today in health_daily is health', seed, format('SELECT tenant, band, stage, customers FROM %I.health_daily
            WHERE day = (%L::timestamptz AT TIME ZONE (csagg.jsonb(naive.rules_at(tenant, %L)) ->> ''timezone''))::date', p, reads_at, reads_at),
        format('SELECT tenant, band, stage, count(*) FROM %I.health WHERE band IS NOT NULL GROUP BY 1, 2, 3', p));
    CALL naive.compare('health_at', seed, format('SELECT h.tenant, h.customer, at, jsonb_build_array(h.score, h.band, h.stage, h.coverage, h.alerts), h.score_30_days_ago
            FROM %s i, naive.tenant t, csagg.health_at(%L, at, tenant => t.tenant) h WHERE score IS NOT NULL', instant, p),
        format('SELECT tenant, customer, at, naive.shown(tenant, customer, at), (naive.assess(tenant, customer, at - interval ''720 hours'')).score
            FROM %s i, naive.customer WHERE (naive.assess(tenant, customer, at)).score IS NOT NULL', instant));
    -- A band began when it says, and the one before held until then, or had ended before; nothing changes up to next_change, or for a week.
    CALL naive.compare('health_at: changes', seed, format($sql$
        SELECT h.tenant, h.customer, at, band, previous_band, true, true, next_change IS NULL OR naive.shown(h.tenant, h.customer, next_change) <> naive.shown(h.tenant, h.customer, at)
        FROM %s i, naive.tenant t, csagg.health_at(%L, at, tenant => t.tenant) h WHERE band_since > at - interval '300 days'$sql$, instant, p), format($sql$
        SELECT h.tenant, h.customer, at, (naive.assess(h.tenant, h.customer, band_since)).band, coalesce((naive.assess(h.tenant, h.customer, band_since - interval '1us')).band, previous_band),
            (SELECT bool_and(band IS NOT DISTINCT FROM (naive.assess(h.tenant, h.customer, s)).band) FROM generate_series(band_since, at, (at - band_since) / 6 + interval '1us') s),
            (SELECT bool_and(naive.shown(h.tenant, h.customer, at) = naive.shown(h.tenant, h.customer, s)) FROM generate_series(at, until - interval '1us', (until - at) / 6) s), true
        FROM %s i, naive.tenant t, csagg.health_at(%L, at, tenant => t.tenant) h, LATERAL (SELECT coalesce(next_change, at + interval '7 days') AS until) u WHERE band_since > at - interval '300 days'$sql$, instant, p));
    CALL naive.compare('trend', seed, format('SELECT * FROM csagg.trend(%L, %L, ''{band,tenant,plan,seats,stage}'')', p, over), format($sql$
        SELECT bucket, starts_at, ends_at, members, count(*) FROM (
            SELECT b.*, ARRAY[(a).band, c.tenant, naive.state(tenant, customer, 'plan', at), naive.state(tenant, customer, 'seats', at), (a).stage] AS members, (a).score
            FROM %s b, naive.customer c, LATERAL (SELECT naive.assess(tenant, customer, at) AS a) x) x
        WHERE score IS NOT NULL GROUP BY 1, 2, 3, 4$sql$, closing));
    CALL naive.compare('trend with a filter', seed, format('SELECT * FROM csagg.trend(%L, %L, filter => %L)', p, over,
        'coalesce(plan, ''none'') <> ''gold'' and score between 20 and 70 and tenant <> ''c'' and stage = ''large'''), format($sql$
        SELECT bucket, starts_at, ends_at, ARRAY[(a).band], count(*)
        FROM (SELECT b.*, c.*, naive.assess(tenant, customer, at) AS a FROM %s b, naive.customer c) x
        WHERE coalesce(naive.state(tenant, customer, 'plan', at), 'none') <> 'gold' AND (a).score BETWEEN 20 AND 70 AND tenant <> 'c' AND (a).stage = 'large'
        GROUP BY 1, 2, 3, 4$sql$, closing));
    CALL naive.compare('trend of whom a filter names nothing of', seed, format('SELECT * FROM csagg.trend(%L, %L, ''{}'', filter => ''seats is null'')', p, over), format($sql$
        SELECT bucket, starts_at, ends_at, '{}'::text[], count(*)
        FROM (SELECT b.*, c.*, naive.assess(tenant, customer, at) AS a FROM %s b, naive.customer c) x
        WHERE naive.state(tenant, customer, 'seats', at) IS NULL AND (a).score IS NOT NULL GROUP BY 1, 2, 3, 4$sql$, closing));
    CALL naive.compare('backtest', seed, format('SELECT * FROM csagg.backtest(%L, %L, %L)', p, changed, over), format($sql$
        SELECT bucket, starts_at, ends_at, band, count(*) FILTER (WHERE NOT tested), count(*) FILTER (WHERE tested), 0::bigint FROM (
            SELECT b.*, false AS tested, (naive.assess(tenant, customer, at)).band FROM %1$s b, naive.customer c
            UNION ALL SELECT b.*, true, (csagg.assess(%2$L, c, at)).band FROM %1$s b, naive.customer c) x
        WHERE band IS NOT NULL GROUP BY 1, 2, 3, 4$sql$, closing, changed));
    IF over::text LIKE '%at start' THEN
        RETURN;
    END IF;
    CALL naive.compare('backtest, known then', seed, format('SELECT bucket, band, tested FROM csagg.backtest(%L, %L, %L, %L, ''then'') WHERE tested > 0', p, changed, over, ''), format($sql$
        SELECT bucket, (a).band, count(*) FROM (
            SELECT bucket, customer, csagg.assess(%2$L, f, at) AS a FROM (
                SELECT b.*, customer, csagg.history(key, kind, e.at, value, NULL, id) AS facts FROM %1$s b, naive.entry e
                WHERE tenant = '' AND recorded_at <= b.at GROUP BY b.bucket, b.starts_at, b.ends_at, b.at, customer) f) x
        WHERE (a).band IS NOT NULL GROUP BY 1, 2$sql$, closing, changed));
    CALL naive.compare('moves', seed, format('SELECT * FROM csagg.moves(%L, %L)', p, over), format($sql$
        SELECT bucket, starts_at, ends_at, old, new, count(*) FROM (
            SELECT b.*, (naive.assess(tenant, customer, starts_at - interval '1us')).band AS old, (naive.assess(tenant, customer, at)).band AS new
            FROM %s b, naive.customer c) x
        WHERE old IS DISTINCT FROM new GROUP BY 1, 2, 3, 4, 5$sql$, closing));
    CALL naive.compare('why', seed, format('SELECT tenant, customer, w.* FROM naive.customer c, csagg.why(%L, customer, tenant => tenant) w', p), format($sql$
        SELECT tenant, customer, %1$L::timestamptz, NULL::text, e.part, e.rule, e.points, applies, matched, missing, e.facts
        FROM naive.customer c, csagg.explain(naive.rules_at(tenant, %1$L), c, %1$L) e$sql$, reads_at));
    -- After each instant of the changes, what they add up to is the score then.
    CALL naive.compare('why it changed', seed, format($sql$
        SELECT tenant, customer, at, (sum(sum(points)) OVER (PARTITION BY tenant, customer ORDER BY at))
        FROM naive.customer c, csagg.why(%L, customer, %L, tenant => tenant) w GROUP BY 1, 2, 3$sql$, p, reads_at - interval '300 days'), format($sql$
        SELECT tenant, customer, at, coalesce((naive.assess(tenant, customer, at)).score, 0) - coalesce((naive.assess(tenant, customer, %2$L)).score, 0)
        FROM naive.customer c, LATERAL (SELECT DISTINCT at FROM csagg.why(%1$L, customer, %2$L, tenant => tenant)) w$sql$, p, reads_at - interval '300 days'));
    CALL naive.compare('why it changed, in all', seed, format($sql$
        SELECT tenant, customer, coalesce((SELECT sum(points) FROM csagg.why(%L, customer, %L, tenant => tenant)), 0) FROM naive.customer c$sql$, p, reads_at - interval '300 days'), format($sql$
        SELECT tenant, customer, coalesce((naive.assess(tenant, customer, %L)).score, 0) - coalesce((naive.assess(tenant, customer, %L)).score, 0)
        FROM naive.customer c$sql$, reads_at, reads_at - interval '300 days'));
END $$;
