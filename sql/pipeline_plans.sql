-- Statements whose plans are kept stay right, whatever happens to what they name
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\pset format unaligned
\pset null null
\set SHOW_CONTEXT never
CREATE TEMPORARY VIEW kept AS SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'csagg kept plan';

-- Rows, numbers, NULL, several types of one text
SELECT * FROM csagg.pipeline_query('SELECT $1 + 1, $2, $3', 1, 'x'::text, NULL::date) q(a int, b text, c date);
SELECT * FROM csagg.pipeline_query('SELECT $1 + 1, $2, $3', 1.5, 'x'::text, NULL::date) q(a numeric, b text, c date);
SELECT * FROM csagg.pipeline_query('SELECT i FROM generate_series(1, 3) i') q(i int);
SELECT * FROM kept;
SELECT csagg.pipeline_execute('SELECT FROM generate_series(1, $1)', i) FROM generate_series(2, 4) i;
SELECT csagg.pipeline_execute('DELETE FROM pg_class WHERE false');
SELECT * FROM kept;

-- An error leaves nothing of a statement that cannot be planned
SELECT csagg.pipeline_execute('SELECT 1 / $1', 0);
SELECT csagg.pipeline_execute('SELECT 1 / $1', 1);
SELECT csagg.pipeline_execute('SELEC');
SELECT csagg.pipeline_execute(NULL);
SELECT csagg.pipeline_execute('SELECT $2', 1);
SELECT csagg.pipeline_execute('COMMIT');
SELECT csagg.pipeline_execute('COPY pg_class TO STDOUT');
SELECT csagg.pipeline_execute('SELECT $1', VARIADIC ARRAY[1]);
\set VERBOSITY terse
SELECT * FROM csagg.pipeline_query('SELECT 1') q(a text);
SELECT * FROM csagg.pipeline_query('SELECT 1, 2') q(a int);
SELECT * FROM csagg.pipeline_query('DELETE FROM pg_class WHERE false') q(a int);
SELECT csagg.pipeline_query('SELECT 1');
\set VERBOSITY default
SELECT * FROM kept;

-- Reading: by the snapshot of the query that asks, and nothing is written
CREATE TEMPORARY TABLE seen (i int);
SELECT r.n AS by_its_own, q.n AS by_a_new_one
FROM csagg.pipeline_query('INSERT INTO seen VALUES (0) RETURNING 1') i(one int), LATERAL csagg.pipeline_read('SELECT count(*) FROM seen WHERE i < $1', one) r(n bigint),
    LATERAL csagg.pipeline_query('SELECT count(*) FROM seen WHERE i < $1', one) q(n bigint);
SELECT * FROM csagg.pipeline_read('DELETE FROM seen WHERE i = $1 RETURNING i', 0) r(i int);
SELECT count(*) FROM seen;

-- Types of literals; a value that is used twice
SELECT * FROM csagg.pipeline_query('SELECT $1::int + 1', '5') q(a int);
SELECT * FROM csagg.pipeline_query('SELECT array_append($1, 1), array_append($1, 2)', array_append('{}'::int[], 0)) q(a int[], b int[]);

-- Tables that change, go and come again; search_path
CREATE SCHEMA one;
CREATE SCHEMA two;
CREATE TABLE one.t AS SELECT 1 AS i;
CREATE TABLE two.t AS SELECT 'two'::text AS i;
CREATE FUNCTION pg_temp.t() RETURNS text LANGUAGE sql AS $$ SELECT t FROM csagg.pipeline_query('SELECT i::text FROM t') q(t text) $$;
SET search_path = one;
SELECT pg_temp.t();
SET search_path = two;
SELECT pg_temp.t();
ALTER TABLE two.t ALTER i TYPE numeric USING 2.5;
SELECT pg_temp.t();
DROP TABLE two.t;
SELECT pg_temp.t();
CREATE TABLE two.t AS SELECT true AS i;
SELECT pg_temp.t();
BEGIN;
ALTER TABLE two.t RENAME i TO j;
ALTER TABLE two.t ADD i text DEFAULT 'added';
SELECT pg_temp.t();
ROLLBACK;
SELECT pg_temp.t();
SELECT pg_temp.t();
BEGIN;
CREATE TABLE two.u AS SELECT 1 AS i;
SELECT csagg.pipeline_execute('SELECT FROM two.u');
ROLLBACK;
SELECT csagg.pipeline_execute('SELECT FROM two.u');
RESET search_path;

-- Roles: rights and policies are those of who asks (roles that every server has: those that a test makes would be in the way of the same test in another database)
CREATE TABLE one.owned (owner name);
INSERT INTO one.owned VALUES ('pg_monitor'), ('pg_signal_backend'), ('pg_signal_backend');
ALTER TABLE one.owned ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON one.owned USING (owner = current_user);
GRANT USAGE ON SCHEMA one TO pg_monitor, pg_signal_backend;
GRANT SELECT ON one.owned TO pg_monitor, pg_signal_backend;
SELECT csagg.pipeline_execute('SELECT FROM one.owned');
SET ROLE pg_monitor;
SELECT csagg.pipeline_execute('SELECT FROM one.owned');
SET ROLE pg_signal_backend;
SELECT csagg.pipeline_execute('SELECT FROM one.owned');
RESET ROLE;
REVOKE SELECT ON one.owned FROM pg_signal_backend;
SET ROLE pg_signal_backend;
SELECT csagg.pipeline_execute('SELECT FROM one.owned');
RESET ROLE;

-- Long arrays are planned for, and not kept
CREATE TEMPORARY TABLE before AS TABLE kept;
SELECT csagg.pipeline_execute('SELECT unnest($1)', ARRAY(SELECT generate_series(1, 1001)));
SELECT k.count - b.count FROM kept k, before b;
SELECT csagg.pipeline_execute('SELECT unnest($1)', ARRAY(SELECT generate_series(1, 1000)));
SELECT k.count - b.count FROM kept k, before b;

-- So many and no more; statements within statements, more than one slot's choice deep
SELECT sum(csagg.pipeline_execute(format('SELECT %s', i))) FROM generate_series(1, 3000) i;
SELECT count BETWEEN 400 AND 512 FROM kept;
CREATE FUNCTION pg_temp.deep(n int) RETURNS bigint LANGUAGE sql AS $$
    SELECT CASE WHEN n = 0 THEN 0 ELSE (SELECT r FROM csagg.pipeline_query(format('SELECT 1 + (SELECT pg_temp.deep($1 - 1)) + 0 * %s', n), n) q(r bigint)) END $$;
CREATE FUNCTION pg_temp.same(n int) RETURNS bigint LANGUAGE sql AS $$
    SELECT CASE WHEN n = 0 THEN 0 ELSE (SELECT r FROM csagg.pipeline_query('SELECT 1 + pg_temp.same($1 - 1)', n) q(r bigint)) END $$;
SELECT pg_temp.deep(40), pg_temp.same(40);
SELECT count BETWEEN 400 AND 512 FROM kept;
-- What throws out others' plans while it runs
SELECT * FROM csagg.pipeline_query('SELECT $1, csagg.pipeline_execute(format(''SELECT %s + $1'', i), i) FROM generate_series(1, 2000) i OFFSET 1999', 7) q(a int, b bigint);

-- Pipelines: two in a session, one that goes and comes again, a source whose table changes
CREATE FUNCTION pg_temp.pipeline(name name, points int) RETURNS void LANGUAGE sql AS $$
    SELECT csagg.create_pipeline(name, rules => format('{"timezone": "UTC", "facts": {"login": "counter", "seats": "number"}, "base": 10, "rules": [{"name": "use", "when": "count(login, 14 days) > 0", "points": %s}],
        "bands": [{"name": "red"}, {"name": "green", "from": 30}]}', points)::csagg.ruleset) $$;
SELECT pg_temp.pipeline('cs', 5), pg_temp.pipeline('other', 50);
SELECT count(*) FROM generate_series(1, 7) i, LATERAL (SELECT csagg.pipeline_execute(format('INSERT INTO %I.log (customer, key) VALUES (%L, ''login'')', p, p || i % 2)) FROM unnest('{cs,other}'::name[]) p) w,
    LATERAL (SELECT w, (csagg.step(p)).folded FROM unnest('{cs,other}'::name[]) p) s WHERE folded > 0;
SELECT customer, score FROM cs.health UNION ALL SELECT customer, score FROM other.health ORDER BY 1;
SELECT csagg.drop_pipeline('cs');
SELECT csagg.step('cs');
SELECT pg_temp.pipeline('cs', 25);
INSERT INTO cs.log (customer, key) VALUES ('new', 'login');
SELECT outcome, folded, customers FROM csagg.step('cs');
SELECT customer, score, band FROM cs.health;
CREATE TABLE one.events (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int, at timestamptz DEFAULT now());
SELECT csagg.add_events('cs', 'one.events', customer => 'account', at => 'at', fact => 'logins');
INSERT INTO one.events (account) VALUES (1);
SELECT outcome, folded FROM csagg.step('cs');
BEGIN;
DROP TRIGGER update_cs_events ON one.events;
ALTER TABLE one.events ADD note text, ALTER id SET DATA TYPE int;
SELECT csagg.upgrade_pipeline('cs');
COMMIT;
INSERT INTO one.events (account) VALUES (2);
SELECT outcome, folded FROM csagg.step('cs');
BEGIN;
ALTER TABLE one.events RENAME account TO company;
INSERT INTO one.events (company) VALUES (3);
SELECT outcome, folded FROM csagg.step('cs');
SELECT name, error FROM cs.source WHERE error IS NOT NULL;
ROLLBACK;
INSERT INTO one.events (account) VALUES (4);
SELECT outcome, folded FROM csagg.step('cs');
SELECT name, error FROM cs.source WHERE error IS NOT NULL;
-- One at a time
INSERT INTO one.events (account) SELECT 4 FROM generate_series(1, 3) i;
SELECT n, s.* FROM generate_series(1, 5) n, LATERAL csagg.step('cs', 1 + 0 * n) s;
SELECT customer FROM cs.health ORDER BY customer;
SELECT * FROM csagg.verify('cs') UNION ALL SELECT * FROM csagg.verify('other');
-- One more row keeps no more plans
TRUNCATE before;
INSERT INTO before TABLE kept;
INSERT INTO one.events (account) VALUES (5);
SELECT outcome, folded FROM csagg.step('cs');
SELECT k.count - b.count FROM kept k, before b;

-- What was planned for a few customers is planned anew for many
CREATE FUNCTION pg_temp.rows_of_one_step(OUT scanned bigint) LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = 'grown.current'::regclass);
BEGIN
    INSERT INTO grown.log (customer, key) VALUES ('1', 'login');
    PERFORM csagg.step('grown');
    scanned := (SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = 'grown.current'::regclass) - before;
END $$;
SELECT pg_temp.pipeline('grown', 5);
SELECT FROM pg_temp.rows_of_one_step();
VACUUM ANALYZE grown.current;
SELECT scanned < 20 FROM pg_temp.rows_of_one_step();
INSERT INTO grown.log (customer, key) SELECT i, 'login' FROM generate_series(1, 3000) i;
SELECT outcome, folded, customers FROM csagg.step('grown');
SELECT scanned < 20 FROM pg_temp.rows_of_one_step();
-- Whatever else a session does between steps
DISCARD PLANS;
SELECT scanned < 20 FROM pg_temp.rows_of_one_step();
BEGIN;
SAVEPOINT s;
INSERT INTO grown.log (customer, key) VALUES ('2', 'login');
SELECT outcome, folded FROM csagg.step('grown');
ROLLBACK TO s;
SELECT outcome, folded FROM csagg.step('grown');
INSERT INTO grown.log (customer, key) VALUES ('2', 'login');
SELECT outcome, folded FROM csagg.step('grown');
COMMIT;
SELECT * FROM csagg.verify('grown');

SELECT csagg.drop_pipeline('cs'), csagg.drop_pipeline('other'), csagg.drop_pipeline('grown');
DROP SCHEMA one CASCADE;
DROP SCHEMA two CASCADE;
