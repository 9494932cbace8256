-- Who owns the table makes its partitions, whoever watches it; and whoever inserts goes on when rows are numbered as they arrive.
CREATE ROLE csagg_keeper; CREATE ROLE csagg_shop; CREATE ROLE csagg_writer;
SELECT format('GRANT CREATE ON DATABASE %I TO csagg_keeper', current_database()) \gexec
GRANT CREATE ON SCHEMA public TO csagg_shop;
SET ROLE csagg_shop;
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, account int, name text, at timestamptz DEFAULT now(), month int, PRIMARY KEY (id, month)) PARTITION BY LIST (month);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE TABLE events_3 (LIKE events);
CREATE TABLE visits (account int, at timestamptz DEFAULT now());
CREATE TABLE calls (account int, at timestamptz DEFAULT now(), month int) PARTITION BY LIST (month);
CREATE TABLE calls_1 PARTITION OF calls FOR VALUES IN (1);
GRANT SELECT, TRIGGER ON events, visits, calls TO csagg_keeper; GRANT SELECT ON SEQUENCE events_id_seq TO csagg_keeper;
GRANT INSERT ON visits TO csagg_writer; GRANT INSERT (account, at, month) ON calls TO csagg_writer;
SELECT csagg.add_arrival('visits'), csagg.add_arrival('calls');
SELECT format('GRANT SELECT ON SEQUENCE %s TO csagg_keeper', pg_get_serial_sequence(t, 'csagg_arrival')) FROM unnest('{visits,calls}'::text[]) t \gexec
SET ROLE csagg_keeper;
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter", "visit": "counter", "call": "counter"},
    "rules": [{"name": "a", "points": "coalesce(count(login), 0) + 10 * coalesce(count(visit), 0) + 100 * coalesce(count(call), 0)"}]}');
\set VERBOSITY default
SELECT csagg.add_events('cs', 'events', customer => 'account', at => 'at', key => 'name');
\set VERBOSITY terse
RESET ROLE; GRANT TRIGGER ON events_1, calls_1 TO csagg_keeper; SET ROLE csagg_keeper;
SELECT csagg.add_events('cs', 'events', customer => 'account', at => 'at', key => 'name');
SELECT csagg.add_events('cs', 'visits', customer => 'account', at => 'at', fact => 'visit'), csagg.add_events('cs', 'calls', customer => 'account', at => 'at', fact => 'call');
SET ROLE csagg_shop;
CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);
ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES IN (3);
INSERT INTO events (account, name, month) SELECT i % 2, 'login', 1 + i % 3 FROM generate_series(1, 6) i;
SET ROLE csagg_writer;
INSERT INTO visits (account) VALUES (0), (1);
INSERT INTO calls (account, month) VALUES (0, 1);
SET ROLE csagg_keeper;
CALL csagg.refresh('cs');
SELECT customer, score, error FROM cs.health ORDER BY 1;
\echo an UPDATE in a new partition
SET ROLE csagg_shop;
UPDATE events SET account = 1 WHERE month = 2;
SET ROLE csagg_keeper; CALL csagg.refresh('cs');
SELECT customer, score, error FROM cs.health ORDER BY 1;
SELECT problem, detail FROM csagg.verify('cs', NULL);
RESET ROLE; DROP OWNED BY csagg_keeper, csagg_shop, csagg_writer CASCADE;
