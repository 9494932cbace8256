# Pipelines: from an event to its alert, while run() works at its defaults. Sourced by bench/run.
seconds=30
printf '%s\n' '\set c random(1, 20000)' '\set seats random(51, 70)' \
    "INSERT INTO cs.log (customer, key, value) VALUES ((:c)::text, 'seats', to_jsonb(:seats::int));" >"$work/event.sql"
query -c "CALL csagg.run('cs', $((seconds + 5)))" &
runner=$!
echo "a. 1,000 events a second for $seconds s, a transaction each; every second one moves an alert:"
pgbench -n -R 1000 -c 4 -T "$seconds" -f "$work/event.sql" | sed -n 's/^tps = /  events a second: /p'
wait "$runner"
# An alert's instant is its event's; both rows tell when their transactions committed.
latencies="SELECT 1000 * extract(epoch FROM pg_xact_commit_timestamp(f.xmin) - pg_xact_commit_timestamp(l.xmin)) AS ms
    FROM cs.alert_feed f JOIN cs.log l ON l.customer = f.customer AND l.at = f.at AND l.key = 'seats' WHERE f.alert = 'large' AND f.kind IN ('fired', 'resolved')"
read -r alerts median p99 worst < <(query -F ' ' -c "
    SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY ms), percentile_cont(0.99) WITHIN GROUP (ORDER BY ms), max(ms) FROM ($latencies) l")
printf '  %s alerts, median %.0f ms, worst %.0f ms\n' "$alerts" "$median" "$worst"
verdict 'alerts with their event' "$alerts" '>=' $((seconds * 100))
verdict "from the event's commit to its alert's, p99, ms" "$p99" '<=' 500
