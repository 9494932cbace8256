# DuckDB's ASOF JOIN on random tables. Sourced by run.
asof_duckdb() {
    local modules=../../bench/node_modules i kinds status=0
    command -v node >/dev/null || { echo 'Node.js is not here'; return 77; }
    [[ -d $modules/@duckdb/node-api ]] || timeout 120 npm install --silent --no-save --no-package-lock --prefix ../../bench @duckdb/node-api >/dev/null 2>&1 ||
        { echo '@duckdb/node-api cannot be installed'; return 77; }
    # Every instant once a key on the right: of equal ones DuckDB does not say which it takes. Left rows whose instant is NULL are
    # left out: DuckDB 1.5 gives none of them a match in ASOF JOIN, and in ASOF LEFT JOIN some, depending on the tables' sizes.
    query <<'SQL'
SELECT setseed(0.3);
CREATE TABLE duck_l AS SELECT i AS id, CASE WHEN random() > 0.05 THEN 'k' || (random() * 20)::int END AS k, CASE WHEN random() > 0.05 THEN (random() * 500)::int END AS at
FROM generate_series(1, 2000) i;
CREATE TABLE duck_r AS SELECT row_number() OVER ()::int AS id, k, at FROM (SELECT DISTINCT 'k' || (random() * 22)::int AS k, CASE WHEN random() > 0.05 THEN (random() * 500)::int END AS at
FROM generate_series(1, 3000) i) s;
UPDATE duck_r SET k = NULL WHERE id % 40 = 0;
SQL
    query -c 'COPY duck_l TO STDOUT (FORMAT csv)' >"$work/l.csv"
    query -c 'COPY duck_r TO STDOUT (FORMAT csv)' >"$work/r.csv"
    kinds=("LEFT >= " "LEFT > , allow_exact => false" "LEFT <= , direction => 'forward'" "LEFT < , direction => 'forward', allow_exact => false" "INNER >= , keep_unmatched => false")
    for i in "${!kinds[@]}"; do
        read -r join operator arguments <<<"${kinds[i]}"
        node --input-type=module - "$work" "$join" "$operator" <duckdb.mjs >"$work/theirs" || return 1
        query -c "SELECT (left_row).id || ',' || coalesce((right_row).id::text, '') FROM csagg.asof_join(NULL::duck_l, NULL::duck_r, 'at', 'at', '{k}'$arguments) WHERE (left_row).at IS NOT NULL ORDER BY (left_row).id" >"$work/ours"
        if [[ $(wc -l <"$work/ours") -gt 1000 ]] && cmp -s "$work/ours" "$work/theirs"; then
            tell 0 "DuckDB: ASOF $join JOIN, l.at $operator r.at"
        else
            tell 1 "DuckDB: ASOF $join JOIN, l.at $operator r.at" "$(diff "$work/ours" "$work/theirs" | head -n 5)"
        fi
    done
}
duck_status=0
why=$work/why
asof_duckdb >"$why" || duck_status=$?
case $duck_status in
    77) number=$((number + 1)); echo "ok $number - DuckDB # SKIP $(tail -n 1 "$why")" ;;
    0) cat "$why" ;;
    *) cat "$why"; tell 1 'DuckDB runs' ;;
esac
