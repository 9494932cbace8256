# Correlated subselects as as-of joins: what is to be seen from outside. Sourced by run.

# {} in a query is the subselect over visits or jobs as v.
as_of='(SELECT c.plan FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC, c.id LIMIT 1)'
with() { echo "${1//\{\}/$as_of}"; }
plan_of() { query -c "${2-SELECT}" -c "EXPLAIN $(with "$1")"; }
nodes_of() { plan_of "$@" | grep -c 'Custom Scan (AsOfJoin)' || true; }
without_index='SET enable_nestloop = off'

query -c "ALTER DATABASE $database RESET session_preload_libraries"
is 'subselect: without preloading it is none' "$(nodes_of 'SELECT v.id, {} FROM visits v')" 0
query -c "ALTER DATABASE $database SET session_preload_libraries = 'csagg'"
is 'subselect: many left rows' "$(nodes_of 'SELECT v.id, {} FROM visits v')" 1
is 'subselect: csagg.enable_asofjoin = off takes it away' "$(nodes_of 'SELECT v.id, {} FROM visits v' 'SET csagg.enable_asofjoin = off')" 0
for few in 'SELECT v.id, {} FROM visits v WHERE v.id = 7' 'SELECT v.id, {} FROM visits v WHERE v.id < 20' 'SELECT v.id, {} FROM visits v LIMIT 5' \
    'SELECT v.id, {} FROM visits v ORDER BY v.k, v.id LIMIT 5' 'SELECT v.id FROM visits v WHERE {} = 3 LIMIT 5' 'SELECT count(*) FROM visits v WHERE EXISTS (SELECT) OR {} = 3'; do
    is "subselect: few of them: ${few//\{\}/...}" "$(plan_of "$few")" "$(plan_of "$few" 'SET csagg.enable_asofjoin = off')"
done
is 'subselect: what nobody reads is not joined' "$(nodes_of 'SELECT id, a FROM (SELECT v.id, {} AS a, (SELECT c.id FROM customers_log c WHERE c.k = v.k AND c.at > v.at ORDER BY c.at LIMIT 1) AS b FROM visits v) s')" 1
is 'subselect: equal ones are one join' "$(nodes_of 'SELECT v.id, {}, {} + 1, CASE WHEN {} IS NULL THEN 0 ELSE {} END FROM visits v')" 1
is 'subselect: INSERT ... SELECT' "$(nodes_of 'INSERT INTO copy SELECT v.id, {} FROM visits v')" 1
is 'subselect: CREATE TABLE AS' "$(nodes_of 'CREATE TABLE other AS SELECT v.id, {} FROM visits v')" 1
is 'subselect: a cursor is for its first rows' "$(nodes_of 'DECLARE c CURSOR FOR SELECT v.id, {} FROM visits v WHERE v.id < 200')" 0
for change in 'UPDATE visits v SET k = {}' 'UPDATE visits v SET k = k WHERE {} = 3' 'UPDATE visits v SET (k, id) = ROW({}, id)' 'DELETE FROM visits v WHERE {} = 3' \
    'UPDATE copy SET plan = s.plan FROM (SELECT v.id, {} AS plan FROM visits v) s WHERE s.id = copy.id' 'DELETE FROM copy USING (SELECT v.id, {} AS plan FROM visits v) s WHERE s.id = copy.id' \
    'MERGE INTO copy USING (SELECT v.id, {} AS plan FROM visits v) s ON s.id = copy.id WHEN MATCHED THEN UPDATE SET plan = s.plan' \
    'INSERT INTO copy SELECT v.id FROM visits v ON CONFLICT DO NOTHING RETURNING (SELECT c.id FROM customers_log c WHERE c.k = copy.id AND c.id <= copy.plan ORDER BY c.id DESC LIMIT 1)' \
    'WITH w AS (UPDATE visits v SET k = {} RETURNING *) SELECT * FROM w' 'SELECT v.id, {} FROM visits v FOR UPDATE'; do
    is "subselect: left alone: ${change//\{\}/...}" "$(plan_of "$change" "$without_index")" "$(plan_of "$change" "$without_index; SET csagg.enable_asofjoin = off")"
done

same 'subselect: 30,000 rows in memory' "$(with 'SELECT v.id, {} AS plan FROM visits v')"
same 'subselect: 30,000 rows in batches' "$(with 'SELECT v.id, {} AS plan FROM visits v')" "$small"
same 'subselect: batches, WHERE' "$(with 'SELECT v.id, {} AS plan FROM visits v WHERE {} <> 3 AND v.id % 3 = 0')" "$small; $without_index"
same 'subselect: grouped' "$(with 'SELECT {} AS plan, count(*), min(v.id) FROM visits v GROUP BY 1')"
same "subselect: $parallel" "$(with 'SELECT v.id, {} AS plan FROM visits v')" "SET $parallel = regress"
same 'subselect: GEQO' "$(with 'SELECT v.id, {} AS plan FROM visits v JOIN visits w USING (id) JOIN visits x USING (id)')" 'SET geqo_threshold = 2; SET geqo_effort = 1'
same 'subselect: compiled' "$(with 'SELECT v.id, coalesce({}, 7) AS plan FROM visits v')" 'SET jit = on; SET jit_above_cost = 0'
same 'subselect: row-level security on both sides' 'SELECT l.id, (SELECT r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) AS plan FROM l' \
    "GRANT SELECT ON l, r TO $role; CALL generate(3); SET ROLE $role; SET enable_nestloop = off"
is 'subselect: row-level security holds' "$(query -c "SET ROLE $role" -c "$without_index" -c 'SELECT count(*) > 0, bool_and(id % 2 = 0), bool_and(plan % 2 = 1) FROM (SELECT l.id, (SELECT r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) AS plan FROM l) x')" 't|t|t'
query -c "REVOKE SELECT ON r FROM $role" -c "REVOKE SELECT (plan, k, at, id) ON r FROM $role"
like 'subselect: without the right to read' "$(query -c "SET ROLE $role" -c "$without_index" -c 'SELECT l.id, (SELECT r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) FROM l' 2>&1 || true)" 'permission denied for table r'
query -c "GRANT USAGE ON SCHEMA shapes TO $role" -c "CREATE VIEW opened AS SELECT l.id, (SELECT r.plan FROM r WHERE r.k = l.k AND r.at <= l.at ORDER BY r.at DESC, r.id LIMIT 1) AS plan FROM l" -c "GRANT SELECT ON opened TO $role"
is 'subselect: a view reads with its owner'"'"'s rights' "$(query -c "SET ROLE $role" -c "$without_index" -c 'SELECT count(plan) > 0, is_touched($$SELECT * FROM opened$$) FROM opened')" 't|t'

is 'subselect: prepared, and what changes behind a plan' "$(query <<'SQL'
SET plan_cache_mode = force_generic_plan;
SET enable_nestloop = off;
CREATE TABLE moods AS SELECT id, k, at, plan FROM r WHERE false;
INSERT INTO moods VALUES (1, 1, '2025-01-01', 10), (2, 1, '2025-01-03', 20), (3, 1, '2025-01-05', 30);
CREATE TABLE asked AS SELECT 1 AS k, g.at FROM generate_series(timestamptz '2025-01-02', '2025-01-06', '2 days') g(at);
PREPARE q(int) AS SELECT string_agg((SELECT plan FROM moods s WHERE s.k = v.k AND s.at <= v.at AND s.plan <> $1 ORDER BY s.at DESC LIMIT 1)::text, ' ' ORDER BY at) FROM asked v;
CREATE FUNCTION pg_temp.is_node() RETURNS boolean LANGUAGE plpgsql AS 'DECLARE x text; BEGIN FOR x IN EXECUTE ''EXPLAIN EXECUTE q(0)'' LOOP IF x LIKE ''%AsOfJoin%'' THEN RETURN true; END IF; END LOOP; RETURN false; END';
SELECT pg_temp.is_node();
EXECUTE q(0);
EXECUTE q(20);
INSERT INTO moods VALUES (4, 1, '2025-01-03 12:00', 25);
EXECUTE q(20);
ALTER TABLE moods ADD COLUMN more text DEFAULT 'x';
ALTER TABLE moods DROP COLUMN id;
EXECUTE q(30);
SELECT pg_temp.is_node();
SET csagg.enable_asofjoin = off;
EXECUTE q(30);
SQL
)" $'t\n10 20 30\n10 10 30\n10 25 30\n10 25 25\nt\n10 25 25'
is 'subselect: in PL/pgSQL and in a function in SQL' "$(query <<SQL
$without_index;
CREATE FUNCTION pg_temp.by_sql() RETURNS bigint LANGUAGE sql VOLATILE AS \$f\$ SELECT sum(a) FROM (SELECT $as_of AS a FROM visits v OFFSET 0) s \$f\$;
CREATE FUNCTION pg_temp.by_plpgsql(n int) RETURNS bigint LANGUAGE plpgsql AS \$f\$ DECLARE x record; total bigint := 0;
    BEGIN FOR x IN SELECT $as_of AS a FROM visits v WHERE v.id % 10 <> n LOOP total := total + coalesce(x.a, 0); END LOOP; RETURN total; END \$f\$;
CREATE TEMP TABLE a AS SELECT pg_temp.by_sql(), pg_temp.by_plpgsql(n) FROM generate_series(1, 8) n;
SET csagg.enable_asofjoin = off;
CREATE TEMP TABLE b AS SELECT pg_temp.by_sql(), pg_temp.by_plpgsql(n) FROM generate_series(1, 8) n;
SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x;
SQL
)" 0

# ---- how many left rows are read, and what a left row may do; v is the left side

jobs() { echo "SELECT $1, $as_of AS plan FROM ($2) v"; }
alike 'subselect, LIMIT 70: rows locked on the left' "$(jobs v.id 'SELECT * FROM jobs FOR UPDATE SKIP LOCKED')" "$locked"
alike 'subselect, LIMIT 70: nextval() on the left' "$(jobs v.n "SELECT *, nextval('read') AS n FROM jobs")" "$counted"
alike 'subselect, LIMIT 70: nextval() in the target list' "$(jobs "nextval('read')" 'SELECT * FROM jobs')" "$counted"
alike 'subselect, LIMIT 70: a volatile condition' "$(jobs v.id 'SELECT * FROM jobs WHERE peek(id) > 0')" "$counted"
alike 'subselect, all rows: nextval() in the target list' "$(jobs "nextval('read') AS n, currval('read')" 'SELECT * FROM jobs')" "SELECT count(*), count(*) FILTER (WHERE n = currval) FROM (:q) x;"
ends() { jobs v.id "SELECT id, k, at, 1 / ($1 - id) AS x FROM jobs OFFSET 0"; }
alike 'subselect, row 71 fails, LIMIT 70' "$(ends 71) WHERE v.x < 2" ':q LIMIT 70;'
alike 'subselect, row 71 fails, LIMIT 70 in a subquery' "$(ends 71) WHERE v.x < 2" 'SELECT count(*), sum(id) FROM (:q LIMIT 70) x;'
alike 'subselect, row 71 fails, FETCH from a cursor' "$(ends 71) WHERE v.x < 2" 'BEGIN; DECLARE c CURSOR FOR :q; FETCH 30 FROM c; FETCH 40 FROM c; FETCH 1 FROM c; ROLLBACK;'
alike 'subselect, row 71 fails, all are wanted' "$(ends 71) WHERE v.x < 2" 'SELECT count(*) FROM (:q) x;'
# Its own errors are those of the rows that match, and of no others.
fails() { echo "SELECT v.id, (SELECT 1 / (c.id - $1) FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC, c.id LIMIT 1) AS x FROM jobs v"; }
never=$(query -c "SELECT min(id) FROM customers_log c WHERE id NOT IN (SELECT coalesce((SELECT c.id FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC, c.id LIMIT 1), 0) FROM jobs v)")
alike 'subselect, an error in a row that matches none' "$(fails "$never")" 'SELECT count(x) FROM (:q) x;'
alike 'subselect, an error in a row that matches' "$(fails "$(query -c 'SELECT max(c.id) FROM customers_log c JOIN jobs j ON c.k = j.k AND c.at <= j.at WHERE j.id = 500')")" 'SELECT count(x) FROM (:q) x;'
alike 'subselect, an error kept away by WHERE' "$(fails 1) WHERE v.id > 1 AND v.k <> 7919 % 500" 'SELECT count(x) FROM (:q) x;'
# Where other tables, their conditions or LIMIT leave rows out, what may fail for these is not computed in a join.
dear='CREATE TEMP TABLE pays AS SELECT i AS id, i % 100 AS k, i AS at, 100.0 AS amount FROM generate_series(1, 20000) i; CREATE TEMP TABLE lines AS SELECT p.id AS pay, n FROM pays p, generate_series(1, 5) n WHERE k <> 7;
    CREATE TEMP TABLE rates AS SELECT i % 100 AS k, i AS at, CASE WHEN i % 100 = 7 THEN 0 ELSE 2 END AS rate FROM generate_series(1, 5000) i; CREATE INDEX ON rates (k, at); ANALYZE pays, lines, rates'
rate() { echo "(SELECT $1 FROM rates r WHERE r.k = v.k AND r.at <= v.at ORDER BY r.at DESC LIMIT 1)"; }
# left_out QUERY: its plan, and how many have a value
left_out() { query -c "$dear" -c "EXPLAIN $1" -c "SELECT count(x) FROM ($1) s" 2>&1 || true; }
like 'subselect, an error kept away by another table' "$(left_out "SELECT v.id, $(rate 'v.amount / r.rate') AS x FROM pays v JOIN lines n ON n.pay = v.id")" '^99000$'
like 'subselect, an error kept away by a subselect in WHERE' "$(left_out "SELECT v.id, $(rate 'v.amount / r.rate') AS x FROM pays v WHERE v.id IN (SELECT pay FROM lines)")" '^19800$'
like 'subselect, an error kept away by ORDER BY and LIMIT' "$(left_out "SELECT v.id, $(rate 'v.amount / r.rate') AS x FROM pays v ORDER BY v.k <> 7 DESC, v.id LIMIT 12000")" '^12000$'
like 'subselect, nothing that may fail: it is joined beside other tables, too' "$(left_out "SELECT v.id, $(rate 'r.rate') AS x FROM pays v JOIN lines n ON n.pay = v.id")" AsOfJoin
view='CREATE TEMP VIEW shares AS SELECT v.id, v.k, '"$(rate 'v.amount / r.rate')"' AS x FROM pays v; CREATE TEMP VIEW inverses AS SELECT k, at, 1 / rate AS x FROM rates'
viewed() { query -c "$dear" -c "$view" -c "$1" 2>&1 || true; }
like 'subselect, an error kept away by a CASE around a view' "$(viewed 'SELECT sum(CASE WHEN k <> 7 THEN 1 + 0 * x ELSE 0 END) FROM shares')" '^19800'
like 'subselect, an error kept away by a table beside a view' "$(viewed 'SELECT count(x) FROM shares s JOIN lines n ON n.pay = s.id')" '^99000$'
like 'subselect, an error kept away by LIMIT around a view' "$(viewed 'SELECT count(x) FROM (SELECT * FROM shares ORDER BY k <> 7 DESC, id LIMIT 12000) s')" '^12000$'
like 'subselect, an error in a column of a view, kept away by WHERE' "$(viewed "SELECT count(x) FROM (SELECT (SELECT r.x FROM inverses r WHERE r.k = v.k AND r.at <= v.at ORDER BY r.at DESC LIMIT 1) AS x FROM pays v WHERE v.k <> 7) s")" '^19800$'
is 'subselect, an error in a LIMIT that nobody asks for' "$(viewed "PREPARE q(int) AS SELECT count(*) FROM pays v WHERE \$1 <> 0 AND (SELECT r.rate FROM rates r WHERE r.k = v.k AND r.at <= v.at ORDER BY r.at DESC LIMIT 1 / \$1) = 2; EXECUTE q(0); EXECUTE q(1)")" $'0\n19800'
like 'subselect that may fail, the only condition of WHERE: it is joined' "$(left_out "SELECT v.id AS x FROM pays v WHERE $(rate 'r.rate * 2') > 1")" AsOfJoin
# A cursor can do what it could, and who asks for one need not say beforehand what for.
is 'subselect: a cursor stays one that rows are changed by, and that goes back' "$(query <<SQL
$dear;
BEGIN; DECLARE c CURSOR FOR SELECT v.id, $(rate 'r.rate') FROM pays v;
FETCH 2 FROM c; UPDATE pays SET amount = 0 WHERE CURRENT OF c; FETCH BACKWARD 1 FROM c; SELECT id FROM pays WHERE amount = 0; ROLLBACK;
SQL
)" $'1|2\n2|2\n1|2\n2'

# ---- rows that change while a statement waits for them

sums='SELECT sum((SELECT c.plan FROM customers_log c WHERE c.k = v.k AND c.at <= v.at ORDER BY c.at DESC, c.id LIMIT 1)) FROM jobs v WHERE v.id <= t.n'
waits 'subselect: FOR UPDATE with one around it' "SELECT t.*, ($sums) FROM targets t WHERE t.id IN (7, 8) ORDER BY t.id FOR UPDATE OF t"
waits 'subselect: UPDATE with one around it' "UPDATE targets t SET n = 100 * t.n + coalesce(($sums), 0) WHERE t.id IN (7, 8)"
looked_up='(SELECT c.plan FROM customers_log c WHERE c.k = t.id AND c.id <= 9000 + 1000 * t.n ORDER BY c.id DESC LIMIT 1)'
waits 'subselect: UPDATE ... SET' "UPDATE targets t SET n = 100 * t.n + $looked_up WHERE t.id IN (7, 8)"
waits 'subselect: FOR UPDATE' "SELECT t.*, $looked_up FROM targets t WHERE t.id IN (7, 8) ORDER BY t.id FOR UPDATE"
waits 'subselect: UPDATE with it in FROM' "UPDATE targets t SET n = 100 * t.n + s.plan FROM (SELECT v.id, $as_of AS plan FROM jobs v OFFSET 0) s WHERE s.id = t.id AND t.id IN (7, 8) RETURNING t.*, s.plan"
