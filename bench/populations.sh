# Timelines and populations: the headline question, and what it costs. Sourced by bench/run.

GRID="csagg.grid('2025-01-01', '2027-01-01', '1 day', 'UTC')"
DELTA=$(grep -v '^--' bench/populations-delta.sql)
LATERAL=$(grep -v '^--' bench/populations-lateral.sql)
FROM_LOG="SELECT csagg.distribution(score, $GRID) AS d
          FROM (SELECT customer_id, csagg.timeline(at, score) AS score FROM log GROUP BY customer_id) t"
ONE_PASS="SELECT csagg.distribution(customer_id, at, score, $GRID) AS d FROM log"
STORED="SELECT csagg.distribution(score, $GRID) AS d FROM timelines"

echo "results equal:"
difference=$(query -c "
    WITH ours AS (SELECT b.bucket::date AS day, b.number AS value, b.n::numeric FROM ($FROM_LOG) s, csagg.buckets(s.d) b),
    stored AS (SELECT b.bucket::date AS day, b.number AS value, b.n::numeric FROM ($STORED) s, csagg.buckets(s.d) b),
    pass AS (SELECT b.bucket::date AS day, b.number AS value, b.n::numeric FROM ($ONE_PASS) s, csagg.buckets(s.d) b),
    plain AS ($DELTA)
    SELECT (SELECT count(*) FROM (TABLE ours EXCEPT ALL SELECT day, value::numeric, n FROM plain) x)
         + (SELECT count(*) FROM (SELECT day, value::numeric, n FROM plain EXCEPT ALL TABLE ours) x)
         + (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE stored) x)
         + (SELECT count(*) FROM (TABLE stored EXCEPT ALL TABLE ours) x)
         + (SELECT count(*) FROM (TABLE pass EXCEPT ALL TABLE ours) x) + (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE pass) x) + (SELECT (count(*) = 0)::int FROM ours)")
verdict 'rows that differ from plain SQL' "$difference" == 0

echo "a. distribution from stored timelines:"
case_ scan 'SELECT count(*), max(at), max(score) FROM log'
case_ stored "SELECT count(d) FROM ($STORED) s"
case_ stored_with_rows "SELECT count(*), sum(b.n) FROM ($STORED) s, csagg.buckets(s.d) b"
measure
verdict 'distribution / scan of the log' "$(ratio "${ms[stored]}" "${ms[scan]}")" '<=' 0.35
printf '  => %-58s %8.3f\n' 'with all rows of buckets() / scan of the log' "$(ratio "${ms[stored_with_rows]}" "${ms[scan]}")"

echo "b. distribution straight from the log:"
ARRAY_AGG='SELECT count(a) FROM (SELECT customer_id, array_agg(at) a FROM log GROUP BY 1) s'
case_ array_agg "$ARRAY_AGG"
case_ from_log "SELECT count(d) FROM ($FROM_LOG) s"
FORCED='parallel_setup_cost=0 parallel_tuple_cost=0 min_parallel_table_scan_size=0'
case_ from_log_1_worker "SELECT count(d) FROM ($FROM_LOG) s" max_parallel_workers_per_gather=1 $FORCED
case_ from_log_2_workers "SELECT count(d) FROM ($FROM_LOG) s" max_parallel_workers_per_gather=2 $FORCED
# What forcing them costs any aggregate of many groups: all workers have all customers.
case_ array_agg_1_worker "$ARRAY_AGG" max_parallel_workers_per_gather=1 $FORCED
case_ array_agg_2_workers "$ARRAY_AGG" max_parallel_workers_per_gather=2 $FORCED
case_ from_log_with_rows "SELECT count(*), sum(b.n) FROM ($FROM_LOG) s, csagg.buckets(s.d) b"
case_ delta_sql "SELECT count(*), sum(n) FROM ($DELTA) s"
measure
verdict 'distribution / array_agg' "$(ratio "${ms[from_log]}" "${ms[array_agg]}")" '<=' 1.3
verdict 'delta SQL / distribution' "$(ratio "${ms[delta_sql]}" "${ms[from_log]}")" '>=' 4
printf '  => %-58s %8.3f\n' 'delta SQL / distribution, all rows on both sides' "$(ratio "${ms[delta_sql]}" "${ms[from_log_with_rows]}")"
verdict 'parallel forced, leader and 1 worker / serial' "$(ratio "${ms[from_log_1_worker]}" "${ms[from_log]}")" '<=' 1.0
verdict 'parallel forced, leader and 2 workers / serial' "$(ratio "${ms[from_log_2_workers]}" "${ms[from_log]}")" '<=' 1.0
printf '  => %-58s %8.3f\n' 'array_agg, leader and 1 worker / serial' "$(ratio "${ms[array_agg_1_worker]}" "${ms[array_agg]}")"
printf '  => %-58s %8.3f\n' 'array_agg, leader and 2 workers / serial' "$(ratio "${ms[array_agg_2_workers]}" "${ms[array_agg]}")"

echo "c. distribution of the log in one pass:"
case_ array_agg "$ARRAY_AGG"
case_ one_pass "SELECT count(d) FROM ($ONE_PASS) s"
case_ one_pass_texts "SELECT count(d) FROM (${ONE_PASS/customer_id, at, score/customer_id::text, at, score::text}) s"
case_ array_agg_texts "${ARRAY_AGG/customer_id, array_agg(at)/customer_id::text, array_agg(score::text)}"
case_ one_pass_1_worker "SELECT count(d) FROM ($ONE_PASS) s" max_parallel_workers_per_gather=1 $FORCED
case_ one_pass_2_workers "SELECT count(d) FROM ($ONE_PASS) s" max_parallel_workers_per_gather=2 $FORCED
case_ one_pass5 "SELECT count(d) FROM (${ONE_PASS/FROM log/FROM log5}) s"
case_ one_pass_with_rows "SELECT count(*), sum(b.n) FROM ($ONE_PASS) s, csagg.buckets(s.d) b"
case_ one_pass_with_rows_2_workers "SELECT count(*), sum(b.n) FROM ($ONE_PASS) s, csagg.buckets(s.d) b" max_parallel_workers_per_gather=2 $FORCED
measure
one_pass_with_rows=${ms[one_pass_with_rows]} one_pass_with_rows_2_workers=${ms[one_pass_with_rows_2_workers]}
verdict 'one pass / array_agg' "$(ratio "${ms[one_pass]}" "${ms[array_agg]}")" '<=' 0.7
verdict 'texts for keys and values: one pass / array_agg' "$(ratio "${ms[one_pass_texts]}" "${ms[array_agg_texts]}")" '<=' 0.7
verdict 'parallel forced, leader and 1 worker / serial' "$(ratio "${ms[one_pass_1_worker]}" "${ms[one_pass]}")" '<=' 1.0
verdict 'time of 5 x the customers / time' "$(ratio "${ms[one_pass5]}" "${ms[one_pass]}")" '<=' 5.5

echo "d. one value of all 400,000 rows:"
case_ array_agg_all 'SELECT cardinality(array_agg(at)) FROM log'
case_ timeline_all 'SELECT csagg.known_from(csagg.timeline(at, score)) FROM log'
case_ timeline_shuffled 'SELECT csagg.known_from(csagg.timeline(at, score)) FROM log_shuffled'
case_ timeline_texts 'SELECT csagg.known_from(csagg.timeline(at, score::text)) FROM log'
case_ counter_shuffled 'SELECT csagg.known_from(csagg.counter(at)) FROM log_shuffled'
measure
for name in timeline_all timeline_shuffled timeline_texts counter_shuffled; do verdict "$name / array_agg" "$(ratio "${ms[$name]}" "${ms[array_agg_all]}")" '<=' 2.5; done

echo "e. size, heap of the log / heap of the timelines:"
size() { query -c "SELECT pg_relation_size('$1')::numeric / pg_relation_size('$2')"; }
verdict 'random microseconds' "$(size log timelines)" '>=' 5
verdict 'whole seconds' "$(size log_seconds timelines_seconds)" '>=' 8

echo "f. five times the customers:"
case_ stored "SELECT count(d) FROM ($STORED) s"
case_ stored5 "SELECT count(d) FROM (SELECT csagg.distribution(score, $GRID) AS d FROM timelines5) s"
case_ from_log "SELECT count(d) FROM ($FROM_LOG) s"
case_ from_log5 "SELECT count(d) FROM (${FROM_LOG/FROM log/FROM log5}) s"
measure
verdict 'stored: time of 5 x the customers / time' "$(ratio "${ms[stored5]}" "${ms[stored]}")" '<=' 5.5
verdict 'from the log: time of 5 x the customers / time' "$(ratio "${ms[from_log5]}" "${ms[from_log]}")" '<=' 5.5
# Private memory of a fresh server process at its peak: all it ever had resident, less what is shared.
peak() {
    query -c "SELECT count(d) FROM (${STORED/FROM timelines/FROM $1}) s" \
          -c "SELECT regexp_replace(pg_read_file('/proc/self/status'), '.*VmHWM:\s+(\d+) kB.*', '\1')::int
                   - regexp_replace(pg_read_file('/proc/self/status'), '.*RssShmem:\s+(\d+) kB.*', '\1')::int" | tail -n 1
}
verdict 'private memory at the peak: 5 x the customers / memory' "$(ratio "$(peak timelines5)" "$(peak timelines)")" '<=' 1.05

echo "g. look-ups:"
case_ probes_alone 'SELECT count(p.at) FROM long, probes p'
case_ probes "SELECT count(csagg.value_at(score, p.at, NULL::int)) FROM long, probes p"
case_ rows_alone 'SELECT count(score) FROM timelines'
case_ rows "SELECT count(csagg.value_at(score, '2026-01-01 00:00+00', NULL::int)) FROM timelines"
measure
printf '  %-34s %10s bytes\n' 'timeline of 1,000,000 entries' "$(query -c 'SELECT pg_column_size(score) FROM long')"
verdict 'value_at, 1,000,000 entries, ms a call' "$(ratio "$(awk "BEGIN {print ${ms[probes]} - ${ms[probes_alone]}}")" 1000)" '<=' 0.1
verdict 'value_at, 20 entries, us a call of its own' "$(ratio "$(awk "BEGIN {print 1000 * (${ms[rows]} - ${ms[rows_alone]})}")" 20000)" '<=' 0.3

if [[ -n $lateral ]]; then
    echo "a look-up per customer and day:"
    query -c 'CREATE INDEX ON log (customer_id, at)' -c 'VACUUM ANALYZE log'
    case_ lateral "SELECT count(*), sum(n) FROM ($LATERAL) s"
    rounds=1 measure
    printf '  => %-58s %8.0f\n' 'LATERAL / distribution from stored timelines, all rows' "$(ratio "${ms[lateral]}" "${ms[stored_with_rows]}")"
fi
if [[ -n $duckdb ]]; then
    echo "DuckDB, its own process, same log:"
    query -c "COPY log TO STDOUT (FORMAT csv, HEADER)" >"$work/log.csv"
    bench/duckdb populations "$work/log.csv" "$rounds" | tee "$work/duckdb.out"
    beside_duckdb 'one pass, all rows' "$one_pass_with_rows" 'changes, 1 thread' 0.6
    beside_duckdb 'one pass, all rows, two workers' "$one_pass_with_rows_2_workers" 'changes, 2 threads' 0.9
fi
