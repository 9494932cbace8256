# Rights, snapshots, errors, and what disturbs the function. Sourced by run.
query <<'SQL'
CREATE TABLE inv (id int, customer_id int, at timestamptz, amount numeric);
CREATE TABLE plans (customer_id int, at timestamptz, plan text);
INSERT INTO inv SELECT i, i % 100, timestamptz '2025-01-01 00:00+00' + i * interval '1 minute', i FROM generate_series(1, 5000) i;
INSERT INTO plans SELECT i % 100, timestamptz '2025-01-01 00:00+00' + i * interval '2 minutes', 'plan ' || i FROM generate_series(1, 2000) i;
CREATE VIEW joined AS SELECT (left_row).id, (right_row).plan FROM csagg.asof_join(NULL::inv, NULL::plans, 'at', 'at', '{customer_id}');
CREATE FUNCTION joined_rows() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(plan) FROM csagg.asof_join(NULL::inv, NULL::plans, 'at', 'at', '{customer_id}') j, LATERAL (SELECT (j.right_row).plan) p); END $$;
CREATE ROLE asof_reader;
GRANT USAGE ON SCHEMA csagg TO asof_reader;
GRANT SELECT ON inv, joined TO asof_reader;
SQL
trap 'drop_own; query -d postgres -c "DROP ROLE IF EXISTS asof_reader"' EXIT
J="csagg.asof_join(NULL::inv, NULL::plans, 'at', 'at', '{customer_id}')"
# state SQL ...: the SQLSTATE of the last statement, or nothing
state() { local args=() s; for s in "$@"; do args+=(-c "$s"); done; psql -XqAt -v VERBOSITY=sqlstate "${args[@]}" 2>&1 >/dev/null | sed -n 's/^ERROR:  //p' | tail -n 1 || true; }
# Temporary files that no session in another database has: the server is others' too.
files_left() {
    query -c "SELECT count(*) FROM pg_ls_tmpdir() f
              WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname <> current_database() AND name LIKE 'pgsql_tmp' || pid || '.%')"
}
message() { psql -XqAt -c "$1" 2>&1 >/dev/null | tr '\n' ' ' || true; }

expected=$(query -c "SELECT count(*), count(plan) FROM (SELECT (SELECT plan FROM plans p WHERE p.customer_id = i.customer_id AND p.at <= i.at ORDER BY at DESC LIMIT 1) AS plan FROM inv i) s")
count='count(*), count(right_row)'
same 'in FROM' "$expected" "$(query -c "SELECT $count FROM $J")"
same 'in the target list' "$expected" "$(query -c "SELECT count(*), count((j).right_row) FROM (SELECT $J AS j) s")"
same 'in a view' "$expected" "$(query -c 'SELECT count(*), count(plan) FROM joined')"
same 'in a CTE' "$expected" "$(query -c "WITH j AS MATERIALIZED (SELECT * FROM $J) SELECT $count FROM j")"
same 'in PL/pgSQL' "${expected#*|}" "$(query -c 'SELECT joined_rows()')"
same 'prepared, six times' "$expected" "$(query -c "PREPARE p AS SELECT $count FROM $J" -c 'EXECUTE p' -c 'EXECUTE p' -c 'EXECUTE p' -c 'EXECUTE p' -c 'EXECUTE p' -c 'EXECUTE p' | uniq)"
same 'in LATERAL, again and again' "$(query -c "SELECT ${expected#*|} * 3")" "$(query -c "SELECT count((j.right_row).plan) FROM (VALUES ('1 year'), ('2 years'), ('3 years')) v(t), LATERAL csagg.asof_join(NULL::inv, NULL::plans, 'at', 'at', '{customer_id}', tolerance => v.t) j")"
same 'LIMIT and a cursor end early' '10 3' "$(query -c "SELECT count(*) FROM (SELECT $J LIMIT 10) s" -c BEGIN -c "DECLARE c CURSOR FOR SELECT (left_row).id FROM $J" -c 'MOVE 3 FROM c' -c 'CLOSE c' -c COMMIT -c 'SELECT 3' | tr '\n' ' ' | sed 's/ $//')"
same 'sees what its own transaction wrote' 1 "$(query -c BEGIN -c "INSERT INTO inv VALUES (-1, 1, '2026-01-01', 1)" -c "SELECT count(*) FROM $J WHERE (left_row).id = -1" -c ROLLBACK)"
same 'stored rows and their text come back' 't|t' "$(query -c "CREATE TEMP TABLE kept AS SELECT * FROM $J" -c "SELECT bool_and(left_row::text::inv IS NOT DISTINCT FROM left_row), bool_and(right_row::text::plans IS NOT DISTINCT FROM right_row) FROM kept")"

# From PostgreSQL 17 on intervals may be infinite.
name='an infinite tolerance of dates reaches infinite ones, as in LATERAL'
if [[ $(query -c 'SHOW server_version_num') -ge 170000 ]]; then
    query -c "CREATE TABLE days (at date)" -c "INSERT INTO days VALUES ('-infinity'), ('2026-01-01'), ('infinity')"
    lateral="SELECT r.at FROM days r WHERE r.at %s date '2026-01-01' %s interval 'infinity' AND r.at %s '2026-01-01' ORDER BY r.at %s LIMIT 1"
    # shellcheck disable=SC2059
    same "$name" "$(query -c "SELECT ($(printf "$lateral" '>=' - '<' DESC)), ($(printf "$lateral" '<=' + '>' ASC))")" \
        "$(query -c "SELECT (b.right_row).at, (f.right_row).at FROM csagg.asof_join(NULL::days, NULL::days, 'at', 'at', tolerance => 'infinity', allow_exact => false) b
            JOIN csagg.asof_join(NULL::days, NULL::days, 'at', 'at', tolerance => 'infinity', allow_exact => false, direction => 'forward') f ON f.left_row = b.left_row WHERE (b.left_row).at = '2026-01-01'")"
else
    skip "$name" 'there are none before PostgreSQL 17'
fi

# More microseconds than there are: as far as there is time, and what is infinite is further.
query -c 'CREATE TABLE ends (at timestamp, n int)' -c "INSERT INTO ends VALUES ('-infinity', 0), ('2025-01-01', 1), ('2026-01-01', 2), ('infinity', 3)"
ends() { query -c "SELECT string_agg(coalesce((right_row).n::text, '-'), ' ' ORDER BY (left_row).at) FROM csagg.asof_join(NULL::ends, NULL::ends, 'at', 'at', tolerance => '200000000 days', allow_exact => false, direction => '$1')"; }
same 'a tolerance that is longer than time' '- - 1 -' "$(ends backward)"
same 'and forward' '- 2 - -' "$(ends forward)"

# Values in TOAST tables, on both sides.
query <<'SQL'
CREATE TABLE wide_l (k int, at int, a text, b text);
CREATE TABLE wide_r (k int, at int, a text);
ALTER TABLE wide_l ALTER a SET STORAGE EXTERNAL;
ALTER TABLE wide_r ALTER a SET STORAGE EXTERNAL;
INSERT INTO wide_l SELECT i % 3, i, repeat(chr(65 + i), 20000), repeat('x', 500) FROM generate_series(1, 20) i;
INSERT INTO wide_r SELECT i % 3, i * 2, repeat(chr(97 + i), 30000) FROM generate_series(1, 10) i;
CREATE VIEW wide_view AS SELECT k, at, a || '' AS a, b FROM wide_l;
SQL
for left in wide_l wide_view; do
    for work_mem in 64MB 64kB; do
        same "TOASTed values of $left, work_mem $work_mem" 'ok 20' "$(query -c "SET work_mem = '$work_mem'" -c "CREATE TEMP TABLE kept AS SELECT * FROM csagg.asof_join(NULL::$left, NULL::wide_r, 'at', 'at', '{k}')" -c "DELETE FROM wide_r WHERE false" \
            -c "SELECT CASE WHEN bool_and((left_row).a = repeat(chr(65 + (left_row).at), 20000) AND coalesce((right_row).a = repeat(chr(97 + (right_row).at / 2), 30000), true)) THEN 'ok' END || ' ' || count(*) FROM kept")"
    done
done

# One key has all rows: no splitting helps, and it is kept in memory beyond the limit.
same 'one giant key with the least work_mem' 20000 "$(query -c "CREATE TEMP TABLE g AS SELECT 1 AS k, i AS at, repeat('x', 50) AS pad FROM generate_series(1, 20000) i" -c "SET work_mem = '64kB'" \
    -c "SELECT count(*) FROM csagg.asof_join(NULL::g, NULL::g, 'at', 'at', '{k}') WHERE (left_row).at = (right_row).at")"
spilled=$(query -c "SET work_mem = '64kB'" -c "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(*) FROM csagg.asof_join(NULL::plans, NULL::inv, 'at', 'at', '{customer_id}', tolerance => '0', allow_exact => false, keep_unmatched => false)")
[[ $spilled == *'temp read='*written=* ]] && tell 0 'what does not fit goes to temporary files' || tell 1 'what does not fit goes to temporary files' "$spilled"
same 'and they are gone at the end' 0 "$(files_left)"

# Rights are the caller's.
same 'no SELECT on the right side' 42501 "$(state 'SET ROLE asof_reader' "SELECT count(*) FROM $J")"
same 'nor through a view of another owner' 42501 "$(state 'SET ROLE asof_reader' 'SELECT count(*) FROM joined')"
query -c 'GRANT SELECT (customer_id, at) ON plans TO asof_reader'
same 'SELECT on some columns is not enough' 42501 "$(state 'SET ROLE asof_reader' "SELECT count(*) FROM $J")"
query -c 'GRANT SELECT ON plans TO asof_reader' -c 'ALTER TABLE plans ENABLE ROW LEVEL SECURITY' -c 'CREATE POLICY few ON plans USING (customer_id < 10)'
same 'row-level security of the right side' "$(query -c "SELECT count(*), count((SELECT plan FROM plans p WHERE p.customer_id = i.customer_id AND p.at <= i.at AND p.customer_id < 10 ORDER BY at DESC LIMIT 1)) FROM inv i")" \
    "$(query -c 'SET ROLE asof_reader' -c "SELECT $count FROM $J")"
query -c 'ALTER TABLE plans DISABLE ROW LEVEL SECURITY'

# Errors name what was wrong.
wrong() { # NAME STATE WORDS ARGUMENTS
    local sql="SELECT * FROM csagg.asof_join($4)" got
    got=$(state "$sql")
    [[ $got == "$2" && $(message "$sql") == *$3* ]] && tell 0 "error: $1" || tell 1 "error: $1" "$got $(message "$sql")"
}
wrong 'column' 42703 'argument "l_at": "inv" has no column "att" HINT:  Perhaps you meant "at". Its columns are: id, customer_id, at, amount.' "NULL::inv, NULL::plans, 'att', 'at'"
wrong 'key' 42703 'argument "by": "plans" has no column "id"' "NULL::inv, NULL::plans, 'at', 'at', '{id}'"
wrong 'key of the right' 42703 'argument "by": "plans" has no column "nope"' "NULL::inv, NULL::plans, 'at', 'at', '{customer_id=nope}'"
wrong 'tie_break' 42703 'argument "tie_break"' "NULL::inv, NULL::plans, 'at', 'at', tie_break => 'x'"
wrong 'types of keys' 42804 '"inv"."customer_id" (integer) and "plans"."plan" (text) cannot be compared' "NULL::inv, NULL::plans, 'at', 'at', '{customer_id=plan}'"
wrong 'types of instants' 42804 'instants "inv"."id" (integer) and "plans"."at" (timestamp with time zone) cannot be compared' "NULL::inv, NULL::plans, 'id', 'at'"
wrong 'instants of text' 42804 '"plans"."plan" (text) cannot be compared' "NULL::plans, NULL::plans, 'plan', 'plan'"
wrong 'negative tolerance' 22023 'tolerance "-1 day" is negative' "NULL::inv, NULL::plans, 'at', 'at', tolerance => '-1 day'"
wrong 'negative number' 22023 'tolerance "-1" is negative' "NULL::inv, NULL::inv, 'id', 'id', tolerance => '-1'"
wrong 'NaN' 22023 'not a finite number' "NULL::inv, NULL::inv, 'amount', 'amount', tolerance => 'NaN'"
wrong 'tolerance of another kind' 22P02 'argument "tolerance"' "NULL::inv, NULL::inv, 'id', 'id', tolerance => '1 day'"
wrong 'no interval' 22007 'argument "tolerance"' "NULL::inv, NULL::plans, 'at', 'at', tolerance => 'soon'"
wrong 'direction' 22023 "Give 'backward', 'forward' or 'nearest'" "NULL::inv, NULL::plans, 'at', 'at', direction => 'up'"
wrong 'record' 42804 'argument "r" has type record' "NULL::inv, NULL::record, 'at', 'at'"
wrong 'no table' 42804 'argument "l" has type integer' "1, NULL::plans, 'at', 'at'"
wrong 'NULL column' 22004 '"r_at"' "NULL::inv, NULL::plans, 'at', NULL"
wrong 'NULL in by' 22004 '"by"' "NULL::inv, NULL::plans, 'at', 'at', '{NULL}'"
wrong 'NULL flag' 22004 '"allow_exact"' "NULL::inv, NULL::plans, 'at', 'at', allow_exact => NULL"
wrong 'r_until' 42703 'argument "r_until": "plans" has no column "till"' "NULL::inv, NULL::plans, 'at', 'at', r_until => 'till'"
wrong 'types with r_until' 42804 'instants "inv"."at" (timestamp with time zone) and "plans"."plan" (text) cannot be compared' "NULL::inv, NULL::plans, 'at', 'at', r_until => 'plan'"
wrong 'types of r_known' 42804 'instants "inv"."id" (integer) and "plans"."at"' "NULL::inv, NULL::plans, 'at', 'at', l_known => 'id', r_known => 'at'"
wrong 'l_known alone' 22023 'argument "r_known" is NULL, and the other one is not' "NULL::inv, NULL::plans, 'at', 'at', l_known => 'at'"
wrong 'r_known alone' 22023 'argument "l_known" is NULL, and the other one is not' "NULL::inv, NULL::plans, 'at', 'at', r_known => 'at'"
wrong 'NULL-safe key' 42703 'argument "by": "plans" has no column "regio"' "NULL::inv, NULL::plans, 'at', 'at', '{regio?}'"
wrong 'a question mark alone' 42703 'argument "by": "plans" has no column ""' "NULL::inv, NULL::plans, 'at', 'at', '{?}'"

# Keys of names that look like more than a name.
query <<'SQL'
CREATE TABLE odd_l ("a?" int, "a=b" int, a int, b int, at int);
CREATE TABLE odd_r ("a?" int, "a=b" int, a int, b int, at int, v text);
INSERT INTO odd_l VALUES (1, 2, NULL, 4, 9);
INSERT INTO odd_r VALUES (1, 0, 0, 0, 1, 'a?'), (0, 2, 0, 0, 2, 'a=b'), (NULL, 0, NULL, 0, 3, 'a IS NULL'), (0, 0, 4, NULL, 4, 'b = a'), (NULL, NULL, 0, NULL, 5, 'a = b');
SQL
by() { query -c "SELECT (right_row).v FROM csagg.asof_join(NULL::odd_l, NULL::odd_r, 'at', 'at', '{$1}')"; }
same 'a column that ends with a question mark' 'a?' "$(by 'a?')"
same 'a column that has an equals sign' 'a=b' "$(by 'a=b')"
same 'a column that has an equals sign, NULL-safe' 'a=b' "$(by 'a=b?')"
same 'spaces around' 'b = a' "$(by '" b = a ? "')"

# Slowly changing dimensions, two time axes, and what is empty or at the ends of time.
query <<'SQL'
CREATE TABLE ask (id int, k text, at timestamptz);
CREATE TABLE held (k text, start timestamptz, stop timestamptz, seen timestamptz, v text);
INSERT INTO ask VALUES (1, 'a', '2025-03-15'), (2, 'a', '2025-05-01'), (3, 'a', '2025-04-01'), (4, 'a', '2026-01-01'), (5, 'b', '2025-02-10'), (6, 'b', '2025-03-05'),
    (7, 'c', 'infinity'), (8, 'c', '-infinity'), (9, 'd', '2025-01-01'), (10, NULL, '2025-01-01');
INSERT INTO held VALUES ('a', '2025-01-01', '2026-01-01', '2025-04-15', 'contract'), ('a', '2025-03-01', '2025-04-01', '2025-03-01', 'promotion'),
    ('b', '2025-01-01', '2025-02-01', '2025-01-01', 'base'), ('b', '2025-03-01', NULL, NULL, 'plus'),
    ('c', '-infinity', 'infinity', '-infinity', 'always'), ('d', '2025-01-01', '2025-01-01', '2025-01-01', 'empty');
SQL
held() { query -c "SELECT string_agg(coalesce((right_row).v, '-'), ' ' ORDER BY (left_row).id) FROM csagg.asof_join(NULL::ask, NULL::held, 'at', 'start', '{k}'$1)"; }
same 'r_until: the row around is found again, and the end is not in it' 'promotion contract contract - - plus - always - -' "$(held ", r_until => 'stop'")"
same 'l_known, r_known: what was recorded by then' 'promotion promotion promotion promotion base base always always empty -' "$(held ", l_known => 'at', r_known => 'seen'")"
same 'both' 'promotion contract - - - - - always - -' "$(held ", r_until => 'stop', l_known => 'at', r_known => 'seen'")"
same 'inner' 'promotion contract contract plus always' "$(held ", r_until => 'stop', keep_unmatched => false")"
same 'one key whose rows have all ended: cancelled within a second' 57014 "$(state "CREATE TEMP TABLE over AS SELECT 1 AS k, i AS at, 0 AS stop FROM generate_series(1, 300000) i" 'SET statement_timeout = 300' \
    "SELECT count(*) FROM csagg.asof_join(NULL::over, NULL::over, 'at', 'at', '{k}', r_until => 'stop')")"

# A table that changes or goes between PREPARE and EXECUTE.
query -c 'CREATE TABLE changing (customer_id int, at timestamptz, note text)' -c "INSERT INTO changing VALUES (1, '2024-01-01', 'old')"
P="PREPARE p AS SELECT count(right_row) > 0, max((right_row)::text) FROM csagg.asof_join(NULL::inv, NULL::changing, 'at', 'at', '{customer_id}')"
same 'a column more' 't|(1,"2024-01-01 00:00:00+01",old)' "$(query -c "$P" -c 'EXECUTE p' -c 'ALTER TABLE changing ADD more int DEFAULT 5' -c 'EXECUTE p' | head -n 1)"
same 'a column more is in the row' 't|(1,"2024-01-01 00:00:00+01",old,5)' "$(query -c "$P" -c 'EXECUTE p')"
same 'a column less' 't|(1,"2024-01-01 00:00:00+01",5)' "$(query -c "$P" -c 'EXECUTE p' -c 'ALTER TABLE changing DROP note' -c 'EXECUTE p' | tail -n 1)"
same 'the column of the instants less' 42703 "$(state "$P" 'EXECUTE p' 'ALTER TABLE changing DROP at' 'EXECUTE p')"
[[ -n $(state "$P" 'EXECUTE p' 'DROP TABLE changing' 'EXECUTE p') ]] && tell 0 'the table is gone: an error' || tell 1 'the table is gone: an error'

# Cancelled in every phase: within a second, and nothing stays.
query -c 'CREATE TABLE much AS SELECT i % 7 AS k, (i::bigint * 7919 % 1000003)::int AS at FROM generate_series(1, 1000000) i'
for timeout in 30 150 400 900; do
    for work_mem in 64kB 64MB; do
        begin=${EPOCHREALTIME/./}
        got=$(state "SET work_mem = '$work_mem'" "SET statement_timeout = $timeout" "SELECT count(*) FROM csagg.asof_join(NULL::much, NULL::much, 'at', 'at', '{k}')")
        took=$(((${EPOCHREALTIME/./} - begin) / 1000))
        [[ ($got == 57014 || $got == '') && $took -lt $((timeout + 1500)) ]] && tell 0 "cancelled after $timeout ms, work_mem $work_mem" || tell 1 "cancelled after $timeout ms, work_mem $work_mem" "$got after $took ms"
    done
done
same 'no temporary files stay' 0 "$(files_left)"
if [[ -n $log && -r $log ]]; then
    leaks=$(tail -c +$((log_before + 1)) "$log" | grep -c 'leak\|TRAP\|terminated by signal' || true)
    same 'the log knows of no leak' 0 "$leaks"
fi

# What the planner is told.
query -c 'ANALYZE inv' -c 'ANALYZE plans'
rows=$(query -c "EXPLAIN SELECT * FROM $J" | sed -n 's/.*rows=\([0-9]*\).*/\1/p')
same 'the planner knows the rows' 5000 "$rows"
cost=$(query -c "EXPLAIN SELECT * FROM $J" | sed -n 's/.*cost=\([0-9]*\).*/\1/p')
[[ $cost -gt 100 ]] && tell 0 'and the cost' || tell 1 'and the cost' "$cost"
