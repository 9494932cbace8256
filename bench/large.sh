# The headline question straight from a large log, with 64 MB for work_mem. Sourced by bench/run.

GRID="csagg.grid('2025-01-01', '2027-01-01', '1 day', 'UTC')"
DELTA=$(grep -v '^--' bench/populations-delta.sql)
one_pass() { echo "SELECT csagg.distribution(customer_id, at, score, $GRID) AS d FROM $1"; }
FEW='(SELECT * FROM log WHERE customer_id <= 5000) log'

echo "results equal:"
verdict 'rows that differ from plain SQL, of 5,000 customers' "$(query -c "
    WITH ours AS (SELECT b.bucket::date AS day, b.number AS value, b.n::numeric FROM ($(one_pass "$FEW")) s, csagg.buckets(s.d) b),
    plain AS (SELECT day, value::numeric, n FROM (${DELTA/FROM log/FROM $FEW}) p)
    SELECT (SELECT count(*) FROM (TABLE ours EXCEPT ALL TABLE plain) x) + (SELECT count(*) FROM (TABLE plain EXCEPT ALL TABLE ours) x) + (SELECT (count(*) = 0)::int FROM ours)")" == 0

echo "20,000,000 changes of 1,000,000 customers, work_mem 64 MB:"
case_ scan 'SELECT count(*), max(at), max(score) FROM log' work_mem=65536
case_ one_pass "SELECT count(*), sum(b.n) FROM ($(one_pass log)) s, csagg.buckets(s.d) b" work_mem=65536
rounds=1 measure
printf '  => %-58s %8.2f\n' 'one pass / bare scan of the log' "$(ratio "${ms[one_pass]}" "${ms[scan]}")"
# Private memory of a fresh server process at its peak: all it ever had resident, less what is shared.
peak=$(query -c "SET work_mem = '64MB'" -c "SELECT count(d) FROM ($(one_pass log)) s" \
    -c "SELECT (regexp_replace(pg_read_file('/proc/self/status'), '.*VmHWM:\s+(\d+) kB.*', '\1')::int
              - regexp_replace(pg_read_file('/proc/self/status'), '.*RssShmem:\s+(\d+) kB.*', '\1')::int) / 1024" | tail -n 1)
verdict 'its private memory at the peak, MB' "$peak" '<=' 2048

if [[ -n $duckdb ]]; then
    echo "DuckDB, its own process, same log:"
    query -c "COPY log TO STDOUT (FORMAT csv, HEADER)" >"$work/log.csv"
    bench/duckdb populations "$work/log.csv" 1 changes
fi
