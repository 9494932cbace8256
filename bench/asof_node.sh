# The plan node of the as-of join: 1,000,000 invoices with the plan of 20,000 customers, from 400,000 changes. Sourced by
# bench/run.

# lateral LEFT RIGHT: each left row's plan, grouped
lateral() {
    echo "SELECT count(*), sum(n) FROM (SELECT p.plan, count(*) AS n, sum(i.amount) FROM $1 i LEFT JOIN LATERAL
          (SELECT l.plan FROM $2 l WHERE l.customer_id = i.customer_id AND l.at <= i.at ORDER BY l.at DESC LIMIT 1) p ON true
          GROUP BY p.plan) x"
}
grid="SELECT count(*), sum(n) FROM (SELECT d, p.plan, count(*) AS n FROM customers c
      CROSS JOIN generate_series(timestamptz '2024-01-02', '2025-12-31', '1 day') d LEFT JOIN LATERAL
      (SELECT l.plan FROM plan_log l WHERE l.customer_id = c.id AND l.at < d ORDER BY l.at DESC LIMIT 1) p ON true
      GROUP BY d, p.plan) x"
# Every invoice meets one row of plan_log: as many rows on both sides, and as many results.
same_sizes="SELECT count(*), sum(n) FROM (SELECT p.plan, count(*) AS n, sum(i.amount) FROM invoices i LEFT JOIN plan_log p
            ON p.id = i.id % 400000 GROUP BY p.plan) x"
by_customer="SELECT count(*), sum(n) FROM (SELECT p.plan, count(*) AS n, sum(i.amount) FROM invoices i LEFT JOIN plan_log p
             USING (customer_id) GROUP BY p.plan) x"
OFF=csagg.enable_asofjoin=off
HASH='enable_mergejoin=off enable_nestloop=off'
MEMORY=work_mem=262144

echo "results equal:"
rows() {
    echo "SELECT i.id, p.plan FROM invoices i LEFT JOIN LATERAL (SELECT l.plan FROM plan_log l
          WHERE l.customer_id = i.customer_id AND l.at <= i.at ORDER BY l.at DESC, l.id LIMIT 1) p ON true"
}
difference=$(query -c "CREATE TEMP TABLE node AS $(rows)" -c "SET $OFF" -c "CREATE TEMP TABLE plain AS $(rows)" \
    -c "SELECT count(*) FROM ((TABLE node EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE node)) x")
verdict 'rows that differ from LATERAL' "$difference" == 0
verdict 'plans with the node' "$(query -c "EXPLAIN $(lateral invoices plan_log)" | grep -c AsOfJoin)" == 1

echo "invoices with the plan at the time:"
case_ node "$(lateral invoices plan_log)" $MEMORY
case_ node_work_mem_4MB "$(lateral invoices plan_log)" work_mem=4096
case_ lateral "$(lateral invoices plan_log)" $MEMORY $OFF
case_ hash_join_same_sizes "$same_sizes" $MEMORY $HASH
case_ hash_join_customer_id "$by_customer" $MEMORY $HASH
case_ scan 'SELECT count(*), sum(n) FROM (SELECT amount % 5, count(*) AS n, sum(amount) FROM invoices GROUP BY 1) x'
measure
verdict 'LATERAL with its index / node' "$(ratio "${ms[lateral]}" "${ms[node]}")" '>=' 7
printf '  => %-58s %8.3f\n' 'the same with work_mem 4MB, in batches' "$(ratio "${ms[lateral]}" "${ms[node_work_mem_4MB]}")"
verdict 'node / hash join on customer_id' "$(ratio "${ms[node]}" "${ms[hash_join_customer_id]}")" '<=' 1.0
verdict 'node / hash join of the same sizes, one match a row' "$(ratio "${ms[node]}" "${ms[hash_join_same_sizes]}")" '<=' 1.0
node_ms=${ms[node]}

echo "five times both sides:"
case_ node "$(lateral invoices plan_log)" $MEMORY
case_ node5 "$(lateral invoices5 plan_log5)" $MEMORY
measure
verdict 'time of 5 x both sides / time' "$(ratio "${ms[node5]}" "${ms[node]}")" '<=' 6

if [[ -n $lateral ]]; then
    echo "daily grid, 20,000 customers x 730 days:"
    rounds_before=$rounds rounds=1
    case_ grid "$grid" $MEMORY
    case_ grid_lateral "$grid" $MEMORY $OFF
    measure
    verdict 'LATERAL with its index / node' "$(ratio "${ms[grid_lateral]}" "${ms[grid]}")" '>=' 6
    rounds=$rounds_before
fi
if [[ -n $duckdb ]]; then
    echo "DuckDB, its own process, same tables:"
    query -c "COPY (SELECT customer_id, at, amount FROM invoices) TO STDOUT (FORMAT csv)" >"$work/invoices.csv"
    query -c "COPY (SELECT customer_id, at, plan FROM plan_log) TO STDOUT (FORMAT csv)" >"$work/plan_log.csv"
    bench/duckdb asof_node "$work" "$rounds" | tee "$work/duckdb.out"
    if [[ $(cat "$work/duckdb.out") =~ 1\ thread\ +([0-9.]+)\ ms ]]; then
        verdict 'node / ASOF JOIN of DuckDB, 1 thread' "$(ratio "$node_ms" "${BASH_REMATCH[1]}")" '<=' 2
    fi
fi
