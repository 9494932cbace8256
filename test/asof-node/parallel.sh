# Parallel plans, whose processes build the right side together where it is a table and few bytes of a row are kept.
# Sourced by run.

workers='SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_nestloop = off'
# of LEFT SELECTED CONDITIONS [ORDER [MATCHES]]
of() { echo "SELECT v.id, $2 FROM $1 v LEFT JOIN LATERAL (SELECT * FROM customers_log c WHERE c.k = v.k AND $3 ORDER BY ${4:-c.at DESC} LIMIT ${5:-1}) p ON true"; }
plan_of_workers() { query -c "$workers" -c "${2-SELECT}" -c "EXPLAIN (COSTS off) $1"; }
shared() { like "shared: $1" "$(plan_of_workers "$2" "${3-SELECT}")" 'Parallel Custom Scan \(AsOfJoin\)'; same "shared: $1" "$2" "$workers; ${3-SELECT}"; }
not_shared() { unlike "not shared: $1" "$(plan_of_workers "$2" "${3-SELECT}")" 'Parallel Custom Scan'; same "not shared: $1" "$2" "$workers; ${3-SELECT}"; }
own_tables() {
    local plan
    plan=$(plan_of_workers "$2" "${3-SELECT}")
    like "each its own: $1" "$plan" 'Gather'
    like "each its own: $1" "$plan" '[> ] Custom Scan \(AsOfJoin\)'
    same "each its own: $1" "$2" "$workers; ${3-SELECT}"
}
simple=$(of visits p.plan 'c.at <= v.at')

shared 'the last before' "$simple"
is 'shared: EXPLAIN counts what all have read' \
    "$(query -c "$workers" -c "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) $simple" | grep -o 'Keys.*Batches: [0-9]*\|Parallel Seq Scan on [a-z_]*')" \
    'Keys: 500  Right Rows: 20000  Batches: 1
Parallel Seq Scan on visits
Parallel Seq Scan on customers_log'
shared 'the next, of several columns' "$(of visits 'p.plan, p.at' 'c.at > v.at' c.at)"
shared 'bounds' "$(of visits p.plan "c.at <= v.at AND c.at > v.at - interval '1 hour'")"
shared 'conditions on both rows' "$(of visits 'p.id AS found' 'c.at <= v.at AND c.id % 7 <> v.id % 7')"
shared 'three matches' "$(of visits p.at 'c.at <= v.at' 'c.at DESC' 3)"
shared 'no such rows' "$(of visits p.plan 'c.at <= v.at AND c.plan > 100')"
shared 'filters on both sides' "SELECT v.id, p.plan FROM visits v LEFT JOIN LATERAL (SELECT c.plan + 1 AS plan FROM customers_log c WHERE c.k = v.k AND c.at <= v.at AND c.plan <> 2 ORDER BY c.at DESC LIMIT 1) p ON p.plan <> 4 WHERE v.id % 3 = 0"
shared 'two of them' "SELECT v.id, p.plan, q.id AS next FROM visits v LEFT JOIN LATERAL (SELECT c.plan FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT c.id FROM customers_log c WHERE c.k = v.k AND c.at > v.at ORDER BY c.at LIMIT 1) q ON true"
query -c 'CREATE TABLE odd AS SELECT CASE WHEN i % 100 = 0 THEN i % 500 WHEN i % 7 > 0 THEN 7 END AS k, ((i * 7919) % 20011 - 10000)::float8 AS at, i FROM generate_series(1, 20000) i' -c 'CREATE INDEX ON odd (k, at)' -c 'ANALYZE odd'
shared 'one key with most of the rows, NULLs, floats, in no order' 'SELECT v.id, p.i FROM visits v LEFT JOIN LATERAL (SELECT o.i FROM odd o WHERE o.k = v.k AND o.at <= v.id - 9000 ORDER BY o.at DESC LIMIT 1) p ON true'
shared 'the leader reads nothing' "$simple" 'SET parallel_leader_participation = off'
like 'shared: the leader reads nothing, and counts' "$(query -c "$workers" -c 'SET parallel_leader_participation = off' -c "EXPLAIN (ANALYZE, COSTS off) $simple")" 'Keys: 500  Right Rows: 20000  Batches: 1'
removed() { query -c "$workers" -c "$1" -c "EXPLAIN (ANALYZE, COSTS off, TIMING off) $(of visits 'p.id AS found' 'c.at <= v.at AND c.id % 7 <> v.id % 7')" | awk '/AsOfJoin/ {sub(/.*loops=/, ""); loops = $0 + 0} /Removed by Match Filter/ {print int(($NF * loops + 2) / 5)}'; }
is 'shared: EXPLAIN counts what all have left out' "$(removed SELECT)" "$(removed 'SET max_parallel_workers_per_gather = 0')"
shared 'no worker comes' "$simple" 'SET max_parallel_workers = 0'
is 'shared: not in parallel mode' "$(query -c "$workers" -c "DO \$\$ DECLARE a record; BEGIN SELECT count(*), count(plan), sum(plan * id) INTO a FROM ($simple) x; RAISE WARNING '%', a; END \$\$" 2>&1 | grep .)" \
    "WARNING:  $(query -c 'SET csagg.enable_asofjoin = off' -c "SELECT (count(*), count(plan), sum(plan * id)) FROM ($simple) x")"
shared 'one worker' "$simple" 'SET max_parallel_workers_per_gather = 1'
shared 'a subselect' 'SELECT v.id, (SELECT c.plan FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC LIMIT 1) AS plan FROM visits v'

# Every row has a key of its own: what is kept of keys counts, too.
query -c 'CREATE TABLE own_keys AS SELECT i AS k, i % 1000 AS at, i % 11 AS plan FROM generate_series(1, 200000) i' -c 'CREATE INDEX ON own_keys (k, at)' -c 'ANALYZE own_keys'
keys="SELECT v.id, p.plan FROM visits v LEFT JOIN LATERAL (SELECT o.plan FROM own_keys o WHERE o.k = v.id * 5 AND o.at <= v.k ORDER BY o.at DESC LIMIT 1) p ON true"
shared 'as many keys as rows' "$keys" "SET work_mem = '16MB'"
used=$(query -c "$workers" -c "SET work_mem = '16MB'" -c "EXPLAIN (ANALYZE, COSTS off) $keys" | grep -o 'Usage: [0-9]*' | grep -o '[0-9]*')
like "shared: keys, $used kB of 3 x 32 MB" "$((used < 20000))" 1
not_shared 'their keys would not fit' "$keys" "SET work_mem = '4MB'"

# The planner expects a hundredth of the rows: files, from which each process reads them all.
misled="SET work_mem = '64kB'; SET hash_mem_multiplier = 1"
many=$(of visits p.plan 'c.at <= v.at AND c.id + c.plan = c.plan + c.id')
shared 'more than fits' "$many" "$misled"
like 'shared: more than fits is in batches' "$(query -c "$workers" -c "$misled" -c "EXPLAIN (ANALYZE, COSTS off) $many")" 'Right Rows: 20000  Batches: ([2-9]|[1-9][0-9]+) '

# Again and again, after the end and before it
rescanned() {
    local setup="$2; SET enable_nestloop = on; SET enable_material = off"
    shared 'rescanned' "SELECT g, s.* FROM generate_series(1, 4) g LEFT JOIN (SELECT count(*) AS n, count(plan), sum(plan * (id % 17)) FROM ($1) x) s ON s.n > g" "$setup"
    like 'shared: rescanned' "$(query -c "$workers" -c "$setup" -c "EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT g, s.* FROM generate_series(1, 4) g LEFT JOIN (SELECT count(*) AS n FROM ($1) x) s ON s.n > g")" 'Gather .*loops=4'
    is 'shared: rescanned before its end' "$(query -c "$workers" -c "$setup" -c "SELECT g, count(*) FROM generate_series(1, 4) g LEFT JOIN ($1 LIMIT 50) s ON s.id > g * 0 GROUP BY g ORDER BY g")" $'1|50\n2|50\n3|50\n4|50'
}
rescanned "$simple" SELECT
rescanned "$many" "$misled"
kept=$(query -c "$workers" -c 'SET plan_cache_mode = force_generic_plan' -c "PREPARE q(int) AS SELECT count(*), count(plan), sum(plan * id) FROM ($simple WHERE v.id > \$1) x" \
    -c 'EXECUTE q(0)' -c 'EXECUTE q(0)' -c 'SET max_parallel_workers = 0' -c 'EXECUTE q(0)' | sort -u)
is 'shared: a plan that is kept' "$kept" "$(query -c 'SET csagg.enable_asofjoin = off' -c "SELECT count(*), count(plan), sum(plan * id) FROM ($simple) x")"
for ends in 'SELECT sum(1 / (19000 - p.found)) FROM' "SET statement_timeout = 30; SELECT count(pg_sleep(0.001)) FROM"; do
    like "shared: an error ends all: $ends" "$(query -c "$workers" -c "$ends ($(of visits 'p.id AS found' 'c.at <= v.at AND c.id + 1 / (c.id - 15000) > 0')) p" 2>&1 || true)" 'division by zero|statement timeout'
done
is 'shared: and no worker stays' "$(query -c "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND datname = current_database()")" 0

query -c 'CREATE TABLE log_texts AS SELECT k::text AS k, at, plan FROM customers_log' -c 'CREATE TABLE log_parts (LIKE customers_log) PARTITION BY HASH (k)' \
    -c 'CREATE TABLE log_part_0 PARTITION OF log_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0)' -c 'CREATE TABLE log_part_1 PARTITION OF log_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1)' \
    -c 'INSERT INTO log_parts TABLE customers_log' -c 'CREATE INDEX ON log_texts (k, at)' -c 'CREATE INDEX ON log_parts (k, at)' -c 'ANALYZE log_texts, log_parts'
own_tables 'a long key' 'SELECT v.id, p.plan FROM (SELECT id, k::text AS k, at FROM visits) v LEFT JOIN LATERAL (SELECT c.plan FROM log_texts c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC LIMIT 1) p ON true'
not_shared 'no key' "SELECT v.id, p.plan FROM visits v LEFT JOIN LATERAL (SELECT c.plan FROM customers_log c WHERE c.at <= v.at ORDER BY c.at DESC LIMIT 1) p ON true WHERE v.id % 100 = 0"
own_tables 'larger than memory' "$simple" "SET work_mem = '64kB'; SET hash_mem_multiplier = 1"
own_tables 'further keys of the order' "$visits"
parts_query='SELECT v.id, p.plan FROM visits v LEFT JOIN LATERAL (SELECT c.plan FROM log_parts c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC LIMIT 1) p ON true'
shared 'parts of a table' "$parts_query"
shared 'one part after the other' "${parts_query}" 'SET enable_parallel_append = off'
shared 'one part' "${parts_query/c.at <= v.at/c.at <= v.at AND c.k = 7}" 'SET enable_bitmapscan = off; SET enable_indexscan = off'
like 'shared: all parts at once' "$(plan_of_workers "$parts_query")" 'Parallel Append'
like 'shared: one part after the other' "$(plan_of_workers "$parts_query" 'SET enable_parallel_append = off')" ' Append'
shared 'an index' 'SELECT v.id, p.at AS was FROM visits v LEFT JOIN LATERAL (SELECT c.at FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC LIMIT 1) p ON true' 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET min_parallel_index_scan_size = 0'
query -c 'DROP TABLE own_keys, log_texts, log_parts, odd'
