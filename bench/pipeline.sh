# Pipelines: what people read of them. Sourced by bench/run.

# ---- Reads: results first

NAIVE="SELECT l.customer, csagg.history(l.key, f.kind, l.at, CASE WHEN f.kind = 'counter' THEN coalesce(l.value, '1') ELSE l.value END, l.actor, l.id) AS facts
       FROM cs.log l JOIN cs.fact f USING (key) GROUP BY l.customer"
# Every 57th of the 400 days, today among them; the rest differs in nothing.
DAYS="(SELECT day, least((day + 1)::timestamp AT TIME ZONE 'Europe/Berlin' - interval '1 microsecond', now()) AS at
       FROM generate_series(0, 399, 57) i, LATERAL (SELECT (now() AT TIME ZONE 'Europe/Berlin')::date - i AS day) d) d"
differences() { echo "SELECT (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE plain) x) + (SELECT count(*) FROM (TABLE plain EXCEPT ALL TABLE ours) x) + (SELECT (count(*) = 0)::int FROM ours)"; }

echo "results equal:"
difference=$(query -c "
    WITH naive AS MATERIALIZED ($NAIVE),
    ours AS (SELECT customer, score, band, stage, coverage, score_30_days_ago, alerts FROM cs.health),
    plain AS (
        SELECT n.customer, a.score, a.band, a.stage, a.coverage, csagg.score(rules, n, now() - interval '30 days'),
            ARRAY(SELECT key FROM jsonb_each_text(a.alerts) WHERE value = 'firing' ORDER BY key COLLATE \"C\")
        FROM cs.rules, naive n, csagg.assess(rules, n, now()) a)
    $(differences)")
verdict 'health: rows that differ from assess() of the log' "$difference" == 0
difference=$(query -c "
    WITH naive AS MATERIALIZED ($NAIVE),
    ours AS (SELECT day, band, stage, customers FROM cs.health_daily WHERE day IN (SELECT day FROM $DAYS)),
    plain AS (
        SELECT day, a.band, a.stage, count(*) FROM cs.rules, naive n, $DAYS, csagg.assess(rules, n, d.at) a
        WHERE a.band IS NOT NULL OR a.stage IS NOT NULL GROUP BY 1, 2, 3)
    $(differences)")
verdict 'health_daily: rows that differ from assess() of the log' "$difference" == 0

# ---- Reads: times

# latency MODE [TIMES]: ms of a customer's row, another one each time, by pgbench; prepared: planned once.
latency() {
    printf '\\set c random(1, 20000)\nSELECT * FROM cs.health WHERE customer = (:c)::text;\n' >"$work/one.sql"
    pgbench -n -M "$1" -t "${2-3000}" -f "$work/one.sql" | awk '/^latency average/ {print $4}'
}
echo "a. one customer of 20,000:"
verdict 'health of one customer, statement prepared, ms' "$(latency prepared)" '<=' 1
verdict 'health of one customer, planned each time, ms' "$(latency simple)" '<=' 1
query -c "EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM cs.health WHERE customer = '123'" | grep Time: | sed 's/^/  its plan, of a new session: /'
for waiting in 3 1000; do
    query -c "INSERT INTO cs.log (customer, key) SELECT i::text, 'login' FROM generate_series(1, $waiting) i"
    printf '  => %-58s %8.2f\n' "... planned each time, while $waiting rows wait to be folded, ms" "$(latency simple 200)"
    query -c "DELETE FROM cs.log WHERE id > (SELECT upto FROM cs.source WHERE name = 'log')"
done

page() { echo "SELECT count(h) FROM (SELECT * FROM $1.health ORDER BY score LIMIT 50) h"; }
daily() { echo "SELECT count(*), sum(customers), max(day), max(band), max(stage) FROM $1.health_daily"; }
echo "b. 20,000 customers, 400 days:"
case_ scan_of_log 'SELECT count(*), sum(id), max(tenant), max(customer), max(key), max(at), count(value), max(actor), max(recorded_at) FROM cs.log'
case_ scan_of_log_count 'SELECT count(*), sum(id) FROM cs.log'
case_ page "$(page cs)"
case_ health_daily "$(daily cs)"
case_ page_jit "$(page cs)" jit=on
case_ health_daily_jit "$(daily cs)" jit=on
measure
verdict 'page of the 50 worst, ms' "${ms[page]}" '<=' 20
verdict 'health_daily / scan of the log, all columns' "$(ratio "${ms[health_daily]}" "${ms[scan_of_log]}")" '<=' 0.6
printf '  => %-58s %8.3f\n' 'health_daily / scan of the log, count and sum of ids' "$(ratio "${ms[health_daily]}" "${ms[scan_of_log_count]}")" \
    'page with jit / without' "$(ratio "${ms[page_jit]}" "${ms[page]}")" 'health_daily with jit / without' "$(ratio "${ms[health_daily_jit]}" "${ms[health_daily]}")"

echo "c. five times the customers:"
case_ page "$(page cs)"
case_ page5 "$(page cs5)"
case_ health_daily "$(daily cs)"
case_ health_daily5 "$(daily cs5)"
measure
verdict 'page: time of 5 x the customers / time' "$(ratio "${ms[page5]}" "${ms[page]}")" '<=' 5.5
verdict 'health_daily: time of 5 x the customers / time' "$(ratio "${ms[health_daily5]}" "${ms[health_daily]}")" '<=' 5.5
