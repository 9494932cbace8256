# The as-of join: 1,000,000 invoices with the plan at the time. Sourced by bench/run.

# lateral LEFT RIGHT, function LEFT RIGHT: rows (left_row's columns, plan)
lateral() {
    echo "SELECT i.*, p.plan FROM $1 i LEFT JOIN LATERAL (SELECT plan FROM $2 p WHERE p.customer_id = i.customer_id AND p.at <= i.at ORDER BY p.at DESC LIMIT 1) p ON true"
}
function_() {
    echo "SELECT (left_row).*, (right_row).plan FROM csagg.asof_join(NULL::$1, NULL::$2, 'at', 'at', '{customer_id}')"
}
# The latest that has started and not ended.
lateral_until() {
    echo "SELECT i.*, p.plan FROM $1 i LEFT JOIN LATERAL (SELECT plan FROM plan_terms p WHERE p.customer_id = i.customer_id AND p.at <= i.at AND p.until > i.at ORDER BY p.at DESC LIMIT 1) p ON true"
}
# subselect LEFT RIGHT: the same rows as lateral
subselect() {
    echo "SELECT i.*, (SELECT plan FROM $2 p WHERE p.customer_id = i.customer_id AND p.at <= i.at ORDER BY p.at DESC LIMIT 1) AS plan FROM $1 i"
}
# The latest that was recorded by then.
lateral_known() {
    echo "SELECT i.*, p.plan FROM $1 i LEFT JOIN LATERAL (SELECT plan FROM plan_terms p WHERE p.customer_id = i.customer_id AND p.at <= i.at AND p.recorded <= i.at ORDER BY p.at DESC LIMIT 1) p ON true"
}
FUNCTION_UNTIL="SELECT (left_row).*, (right_row).plan FROM csagg.asof_join(NULL::invoices, NULL::plan_terms, 'at', 'at', '{customer_id}', r_until => 'until')"
# The library is preloaded here: lateral() runs as the plan node, unless the case says OFF.
OFF=csagg.enable_asofjoin=off
MEMORY=work_mem=262144
# Each answer is grouped, so that every row counts and none is sent.
by_plan() { echo "SELECT count(*), sum(n) FROM (SELECT plan, count(*) AS n FROM ($1) j GROUP BY plan) g"; }
TIMELINE="SELECT i.*, csagg.value_at(t.plan, i.at, NULL::int) AS plan FROM invoices i LEFT JOIN timelines t USING (customer_id)"
HASH_JOIN='SELECT i.*, p.plan FROM invoices i JOIN plan_log p USING (customer_id)'
# The least that a join of these sizes can be: one right row a key.
HASH_JOIN_ONE='SELECT i.*, p.plan FROM invoices i LEFT JOIN (SELECT DISTINCT ON (customer_id) * FROM plan_log) p USING (customer_id)'
# What two workers give where PostgreSQL does all the work.
GROUPED='SELECT count(*), sum(n) FROM (SELECT customer_id % 5, count(*) AS n FROM invoices GROUP BY 1) g'
WINDOW_SQL="SELECT id, plan FROM (
    SELECT id, max(plan) OVER (PARTITION BY customer_id, n) AS plan FROM (
        SELECT *, count(plan) OVER (PARTITION BY customer_id ORDER BY at, id NULLS FIRST) AS n FROM (
            SELECT id, customer_id, at, NULL::int AS plan FROM invoices UNION ALL SELECT NULL, customer_id, at, plan FROM plan_log) u) c) w
    WHERE id IS NOT NULL"

echo "results equal:"
# differ A B: rows of A that are not in B, and the other way
differ() { query -c "SET work_mem = '256MB'" -c "SET $OFF" -c "WITH a AS MATERIALIZED ($1), b AS MATERIALIZED ($2)
    SELECT (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x) + (SELECT count(*) FROM (TABLE b EXCEPT ALL TABLE a) x) + (SELECT (count(*) = 0)::int FROM a)"; }
FEW="(SELECT * FROM invoices WHERE customer_id <= 2000)"
some() { echo "SELECT id, plan FROM ($1) s WHERE customer_id <= 2000"; }
verdict 'rows of the function that differ from LATERAL' "$(differ "$(some "$(function_ invoices plan_log)")" "$(some "$(lateral "$FEW" plan_log)")")" == 0
verdict 'rows of the timeline form that differ from LATERAL' "$(differ "$(some "$TIMELINE")" "$(some "$(lateral "$FEW" plan_log)")")" == 0
verdict 'rows of the function with r_until that differ from LATERAL' "$(differ "$(some "$FUNCTION_UNTIL")" "$(some "$(lateral_until "$FEW")")")" == 0
whole() { echo "SELECT id, plan FROM ($(lateral invoices plan_log)) s"; }
verdict 'rows of the plan node that differ from LATERAL' "$(query -c "CREATE TEMP TABLE node AS $(whole)" -c "SET $OFF" -c "CREATE TEMP TABLE plain AS $(whole)" \
    -c 'SELECT count(*) FROM ((TABLE node EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE node)) x')" == 0
node_differs() { query -c "CREATE TEMP TABLE node AS SELECT id, plan FROM ($1) s" -c "SET $OFF" -c "CREATE TEMP TABLE plain AS SELECT id, plan FROM ($1) s" \
    -c 'SELECT count(*) FROM ((TABLE node EXCEPT ALL TABLE plain) UNION ALL (TABLE plain EXCEPT ALL TABLE node)) x'; }
verdict 'rows of the plan node with an end of validity that differ' "$(node_differs "$(lateral_until invoices)")" == 0
verdict 'rows of the plan node with what was known that differ' "$(node_differs "$(lateral_known invoices)")" == 0
verdict 'rows of the subselect that differ' "$(node_differs "$(subselect invoices plan_log)")" == 0
verdict 'plan nodes in the plan of the subselect' "$(query -c "EXPLAIN $(subselect invoices plan_log)" | grep -c AsOfJoin)" == 1
verdict 'plan nodes in the plan of LATERAL' "$(query -c "EXPLAIN $(lateral invoices plan_log)" | grep -c AsOfJoin)" == 1

echo "a. 1,000,000 invoices, 400,000 plan changes, 20,000 customers:"
case_ lateral "$(by_plan "$(lateral invoices plan_log)")" $OFF
case_ node "$(by_plan "$(lateral invoices plan_log)")"
case_ node_in_memory "$(by_plan "$(lateral invoices plan_log)")" $MEMORY
case_ node_two_workers "$(by_plan "$(lateral invoices plan_log)")" $MEMORY max_parallel_workers_per_gather=2
case_ node_one_worker "$(by_plan "$(lateral invoices plan_log)")" $MEMORY max_parallel_workers_per_gather=1
case_ node_at_defaults "$(by_plan "$(lateral invoices plan_log)")" max_parallel_workers_per_gather=2 jit=on
case_ grouped "$GROUPED"
case_ grouped_two_workers "$GROUPED" max_parallel_workers_per_gather=2
case_ window_sql "$(by_plan "$WINDOW_SQL")" $MEMORY
case_ hash_join "$(by_plan "$HASH_JOIN")"
case_ hash_join_one_row "$(by_plan "$HASH_JOIN_ONE")"
case_ function "$(by_plan "$(function_ invoices plan_log)")"
case_ function_in_memory "$(by_plan "$(function_ invoices plan_log)")" $MEMORY
case_ timeline_form "$(by_plan "$TIMELINE")"
measure
verdict 'LATERAL with its index / function' "$(ratio "${ms[lateral]}" "${ms[function]}")" '>=' 3
printf '  => %-58s %8.3f\n' 'LATERAL with its index / function, work_mem 256MB' "$(ratio "${ms[lateral]}" "${ms[function_in_memory]}")"
verdict 'LATERAL with its index / plan node' "$(ratio "${ms[lateral]}" "${ms[node]}")" '>=' 7
verdict 'LATERAL with its index / plan node, all in memory' "$(ratio "${ms[lateral]}" "${ms[node_in_memory]}")" '>=' 7
verdict 'plan node with two workers / serial' "$(ratio "${ms[node_two_workers]}" "${ms[node_in_memory]}")" '<=' 0.65
printf '  => %-58s %8.3f\n' 'the invoices grouped without a join, two workers / serial' "$(ratio "${ms[grouped_two_workers]}" "${ms[grouped]}")"
verdict 'plan node with one worker / serial' "$(ratio "${ms[node_one_worker]}" "${ms[node_in_memory]}")" '<=' 0.75
printf '  => %-58s %8.3f\n' 'plan node at default settings, jit and workers / serial' "$(ratio "${ms[node_at_defaults]}" "${ms[node]}")"
verdict 'plan node / hash join on customer_id' "$(ratio "${ms[node]}" "${ms[hash_join]}")" '<=' 1
printf '  => %-58s %8.3f\n' 'plan node, all in memory / hash join with one row a key' "$(ratio "${ms[node_in_memory]}" "${ms[hash_join_one_row]}")"
printf '  => %-58s %8.3f\n' 'LATERAL with its index / timeline form' "$(ratio "${ms[lateral]}" "${ms[timeline_form]}")"
node_in_memory=${ms[node_in_memory]} node_two_workers=${ms[node_two_workers]}

echo "a2. the same with an end of validity:"
case_ lateral_until "$(by_plan "$(lateral_until invoices)")" $OFF
case_ node_until "$(by_plan "$(lateral_until invoices)")"
case_ function_until "$(by_plan "$FUNCTION_UNTIL")"
case_ lateral_known "$(by_plan "$(lateral_known invoices)")" $OFF
case_ node_known "$(by_plan "$(lateral_known invoices)")"
measure
verdict 'LATERAL with its index / plan node, an end of validity' "$(ratio "${ms[lateral_until]}" "${ms[node_until]}")" '>=' 5
verdict 'LATERAL with its index / plan node, known by then' "$(ratio "${ms[lateral_known]}" "${ms[node_known]}")" '>=' 5
printf '  => %-58s %8.3f\n' 'LATERAL with its index / function, an end of validity' "$(ratio "${ms[lateral_until]}" "${ms[function_until]}")"

echo "a3. the subselect, in the target list and in WHERE:"
WHERE="SELECT count(*), sum(id) FROM invoices i WHERE (SELECT plan FROM plan_log p WHERE p.customer_id = i.customer_id AND p.at <= i.at ORDER BY p.at DESC LIMIT 1) = 3"
FIRST="SELECT count(*), sum(plan) FROM ($(subselect invoices plan_log) ORDER BY amount LIMIT 20) s"
case_ subselect "$(by_plan "$(subselect invoices plan_log)")" $OFF
case_ subselect_node "$(by_plan "$(subselect invoices plan_log)")"
case_ where "$WHERE" $OFF
case_ where_node "$WHERE"
case_ first_20 "$FIRST" $OFF
case_ first_20_node "$FIRST"
measure
verdict 'subselect with its index / plan node' "$(ratio "${ms[subselect]}" "${ms[subselect_node]}")" '>=' 7
verdict 'subselect with its index / plan node, WHERE' "$(ratio "${ms[where]}" "${ms[where_node]}")" '>=' 7
verdict 'subselect of the first 20 rows, with csagg / without' "$(ratio "${ms[first_20_node]}" "${ms[first_20]}")" '<=' 1.1

echo "b. five times both sides:"
case_ function "$(by_plan "$(function_ invoices plan_log)")"
case_ function5 "$(by_plan "$(function_ invoices5 plan_log5)")"
rounds=3 measure
# Not in turn with the function: its temporary files, of some hundred MB, are still being written while the next case runs.
case_ node "$(by_plan "$(lateral invoices plan_log)")"
case_ node5 "$(by_plan "$(lateral invoices5 plan_log5)")"
rounds=3 measure
verdict 'function: time of 5 x both sides / time' "$(ratio "${ms[function5]}" "${ms[function]}")" '<=' 6
verdict 'plan node: time of 5 x both sides / time' "$(ratio "${ms[node5]}" "${ms[node]}")" '<=' 6

if [[ -n $lateral ]]; then
    echo "c. a daily grid, 20,000 customers x 730 days:"
    case_ lateral_grid "$(by_plan "$(lateral days plan_log)")" $OFF
    case_ node_grid "$(by_plan "$(lateral days plan_log)")"
    case_ function_grid "$(by_plan "$(function_ days plan_log)")"
    rounds=1 measure
    verdict 'LATERAL with its index / plan node, daily grid' "$(ratio "${ms[lateral_grid]}" "${ms[node_grid]}")" '>=' 6
    printf '  => %-58s %8.3f\n' 'LATERAL with its index / function, daily grid' "$(ratio "${ms[lateral_grid]}" "${ms[function_grid]}")"
fi
if [[ -n $duckdb ]]; then
    echo "DuckDB, its own process, same tables:"
    query -c "COPY invoices TO STDOUT (FORMAT csv, HEADER)" >"$work/invoices.csv"
    query -c "COPY plan_log TO STDOUT (FORMAT csv, HEADER)" >"$work/plan_log.csv"
    bench/duckdb asof "$work" "$rounds" | tee "$work/duckdb.out"
    beside_duckdb 'plan node, all in memory' "$node_in_memory" 'ASOF JOIN, 1 thread' 2
    beside_duckdb 'plan node, two workers' "$node_two_workers" 'ASOF JOIN, 2 threads' 1.0
fi
