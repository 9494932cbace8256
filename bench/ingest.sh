# Pipelines: what comes in. Sourced by bench/run.

columns='customer, key, at, value, actor, recorded_at'
query -c "COPY (SELECT $columns FROM cs.log ORDER BY id) TO STDOUT" >"$work/rows"

# spent NAME COMMAND ...: its ms, one more of NAME's.
spent() {
    local from=$EPOCHREALTIME
    "${@:2}" >/dev/null
    awk -v a="$from" -v b="$EPOCHREALTIME" -v name="$1" 'BEGIN {print name, (b - a) * 1000}' >>"$work/spent"
}
# median NAME: in ms, and into ms[NAME].
median() {
    ms[$1]=$(awk -v name="$1" '$1 == name {print $2}' "$work/spent" | sort -n | awk '{t[NR] = $1} END {print t[int((NR + 1) / 2)]}')
    printf '  %-34s %10.2f ms\n' "$1" "${ms[$1]}"
}
bare() { query -c "COPY bare ($columns) FROM STDIN" <"$work/rows"; }
log() { query -c "COPY ci.log ($columns) FROM STDIN" <"$work/rows"; }
fold() { query -c "SELECT csagg.step('ci', 1000000)"; }  # the first step of a refresh
whole() {
    spent its_copy log
    spent its_fold fold
    spent its_assessment refresh
}
some() { echo "INSERT INTO ci.log (customer, key) SELECT (1 + (i * 97 + $RANDOM) % 20000)::text, 'login' FROM generate_series(1, $1) i"; }
refresh() { query -c "CALL csagg.refresh('ci')"; }

# made NAME: an empty pipeline of this name, in place of the one before.
made() {
    query -c "DO \$\$ BEGIN IF to_regnamespace('$1') IS NOT NULL THEN PERFORM csagg.drop_pipeline('$1'); END IF; END \$\$" \
        -c "SELECT csagg.create_pipeline('$1', rules => (SELECT rules FROM cs.rules))" >/dev/null
}

echo "a. $(query -c 'SELECT count(*) FROM cs.log') rows of 20,000 customers; all assessed anew; 200 and 1 of them with a new row:"
for ((i = 0; i < rounds; i++)); do
    query -c 'TRUNCATE bare'
    made ci
    spent copy bare
    spent copy_and_refresh whole
    query -c 'VACUUM ANALYZE ci.current'
    query -c 'UPDATE ci.rules SET rules = rules'
    spent rebuild refresh
    query -c "$(some 200)"
    spent refresh_of_1_percent refresh
    for ((j = 0; j < 9; j++)); do
        query -c "$(some 1)"
        spent refresh_of_one_row refresh
    done
    made ce
    query -c "SELECT csagg.add_events('ce', 'visit', customer => 'customer', key => 'key', at => 'at', actor => 'actor')" >/dev/null
    spent events_table query -c "CALL csagg.refresh('ce')"
done
read -r one_row idle < <(query -F ' ' -c "SELECT * FROM step_times('ci')")
query -c 'VACUUM ANALYZE ci.current' -c "SELECT pg_stat_reset_single_table_counters('ci.current'::regclass)" >/dev/null
read -r written folded < <(for i in 1 2 3 4 5; do query -F ' ' -c "SELECT * FROM wal_of('ci', 1000)"; done | awk '{w += $1; f += $2} END {print w / NR, f / NR}')
alone=$(query -c "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY folded) FROM generate_series(1, 15) i, wal_of('ci', 1 + 0 * i)")
hot=$(query -c "SELECT n_tup_hot_upd / n_tup_upd::numeric FROM (SELECT pg_sleep(2)) s, pg_stat_user_tables WHERE relid = 'ci.current'::regclass")
for name in copy copy_and_refresh its_copy its_fold its_assessment events_table rebuild refresh_of_1_percent refresh_of_one_row; do median "$name"; done
verdict 'what verify finds with 500 customers' "$(query -c "SELECT count(*) FROM csagg.verify('ci', 500)")" == 0
verdict 'COPY / COPY into the log, folded and assessed' "$(ratio "${ms[copy]}" "${ms[copy_and_refresh]}")" '>=' 0.25
verdict 'refresh of 1 % of the customers / rebuild' "$(ratio "${ms[refresh_of_1_percent]}" "${ms[rebuild]}")" '<=' 0.03
verdict 'WAL of a folded event, of 1,000 at once / of its log row' "$(ratio "$folded" "$written")" '<=' 10
verdict 'WAL of an event folded alone, bytes' "$alone" '<=' 4000
verdict 'HOT share of the updates of current' "$hot" '>' 0.9
printf '  => %-58s %8.2f\n' 'step of one row, ms' "$one_row" 'step that finds nothing, ms' "$idle"
printf '  => %-58s %8.1f\n' 'refresh of one row, psql and its connection included, ms' "${ms[refresh_of_one_row]}"

# A row of the pipeline's own is written where a fact changes, and none else.
query -c "SELECT csagg.create_pipeline('cu'), csagg.add_states('cu', 'account', 'id', '{plan,seats}')" >/dev/null
echo "b. an UPDATE of 20,000 rows that changes no fact, of a table of states and of one like it:"
case_ of_no_source 'UPDATE account_alike SET note = note + 1'
case_ of_a_source 'UPDATE account SET note = note + 1'
measure
verdict 'UPDATE of an untracked column / without the trigger' "$(ratio "${ms[of_a_source]}" "${ms[of_no_source]}")" '<=' 1.25
verdict 'rows that it has put into the log' "$(query -c 'SELECT count(*) - 40000 FROM cu.log')" == 0
