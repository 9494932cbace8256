-- Where PUBLIC may execute nothing by default, who is granted read or write can do so.
CREATE ROLE csagg_keeper; CREATE ROLE csagg_reader; CREATE ROLE csagg_writer;
SELECT format('GRANT CREATE ON DATABASE %I TO csagg_keeper', current_database()) \gexec
ALTER DEFAULT PRIVILEGES FOR ROLE csagg_keeper REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SET ROLE csagg_keeper;
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"x":"counter"},"rules":[{"name":"l","points":"count(x)"}]}');
SELECT csagg.grant_pipeline('cs', 'csagg_reader', 'read'), csagg.grant_pipeline('cs', 'csagg_writer', 'write');
SET ROLE csagg_writer; INSERT INTO cs.log (customer, key, tenant) VALUES ('ada', 'x', 't');
SET ROLE csagg_reader; SELECT customer, score FROM cs.health;
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT csagg.isolate('cs', $$'t'::text$$);
SET ROLE csagg_writer; INSERT INTO cs.log (customer, key, tenant) VALUES ('ada', 'x', 't');
SET ROLE csagg_reader; SELECT customer, score FROM cs.health;
\echo operators see how far it is
SET ROLE csagg_keeper; SELECT csagg.grant_pipeline('cs', 'csagg_writer', 'operate');
SET ROLE csagg_writer; SELECT rows, rows_left FROM csagg.progress('cs');
RESET ROLE;
\echo a policy that has the name of a new one since a restore
SELECT format('ALTER POLICY operate_%s ON cs.log RENAME TO operate_%s', 'csagg_writer'::regrole::oid, 'csagg_reader'::regrole::oid) \gexec
SET ROLE csagg_keeper; SELECT csagg.grant_pipeline('cs', 'csagg_reader', 'operate');
RESET ROLE; DROP OWNED BY csagg_keeper, csagg_reader, csagg_writer CASCADE;
