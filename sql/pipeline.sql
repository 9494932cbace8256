-- Pipelines: the plain surface
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
\pset format unaligned
\pset null null
\set SHOW_CONTEXT never

SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter", "plan": "text", "seats": "number"}, "base": 10,
    "rules": [{"name": "gold", "when": "plan = ''gold''", "points": 20}, {"name": "use", "when": "count(login, 14 days) > 0", "points": 5}, {"name": "share", "points": "100 / seats"}],
    "bands": [{"name": "red"}, {"name": "green", "from": 30}],
    "alerts": [{"name": "quiet", "when": "count(login, 7 days) = 0"}]}');
SELECT relname, relkind FROM pg_class WHERE relnamespace = 'cs'::regnamespace AND relkind IN ('r', 'v') ORDER BY relkind, relname COLLATE "C";
SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0
WHERE relnamespace = 'cs'::regnamespace AND relkind IN ('r', 'v') AND (obj_description(c.oid) IS NULL OR col_description(c.oid, attnum) IS NULL);
SELECT * FROM csagg.step('cs');

-- Good and bad rows, late ones, a repeated event_id, an event without an amount
INSERT INTO cs.log (customer, key, at, value, event_id) VALUES
    ('ada', 'plan', now() - interval '100 days', '"gold"', NULL), ('ada', 'login', now() - interval '1 day', '1', 'e1'), ('ada', 'login', now() - interval '1 day', '1', 'e1'),
    ('ada', 'seats', now() - interval '100 days', '10', NULL), ('bell', 'login', now() - interval '50 days', NULL, 'e1'), ('bell', 'login', now() - interval '40 days', '3', 'e2'),
    ('cy', 'seats', now() - interval '50 days', '0', NULL), ('cy', 'plan', now() - interval '50 days', '7', NULL), ('cy', 'quota', now(), '7', NULL);
SELECT tenant, customer, score, band, alerts FROM cs.health ORDER BY customer;
SELECT * FROM csagg.step('cs', 4);
SELECT source, behind, holes, rejected, erroring_customers, todo, error FROM cs.status;
CALL csagg.refresh('cs');
SELECT source, behind, holes, rejected, erroring_customers, todo, error FROM cs.status;
SELECT tenant, customer, score, band, stage, coverage, previous_band, score_30_days_ago, alerts, error FROM cs.health ORDER BY customer;
SELECT source, id, reason FROM cs.rejected ORDER BY id;
SELECT name, kind, upto, folded FROM cs.source ORDER BY name;
SELECT customer, alert, date_trunc('day', now() - since) AS ago, until IS NULL AS open, announced FROM cs.alert ORDER BY customer, since;
SELECT customer, alert FROM cs.alerts ORDER BY customer;
SELECT * FROM csagg.step('cs');

-- Health of another day, of one customer
SELECT customer, tenant, score, band, alerts FROM csagg.health_at('cs', now() - interval '20 days') ORDER BY customer;
SELECT customer, tenant, score, band, alerts FROM csagg.health_at('cs', now() + interval '20 days', customer => 'ada');
SELECT customer FROM csagg.health_at('cs', now(), tenant => 'other');
SELECT csagg.health_at('cs', 'infinity');

-- Without these rows no step would see that an alert begins
WITH gone AS (DELETE FROM cs.due RETURNING *) SELECT count(*) > 0 FROM gone;
SELECT DISTINCT problem, detail FROM csagg.verify('cs', NULL, repair => true);
CALL csagg.refresh('cs');
SELECT * FROM csagg.verify('cs', NULL);

-- A backlog, which is merged before it is assessed, puts nobody down twice
INSERT INTO cs.log (customer, key) SELECT c.customer, 'login' FROM cs.current c, generate_series(1, 3);
SELECT more FROM csagg.step('cs', 2);
CALL csagg.refresh('cs');
SELECT count(*) AS waiting FROM cs.due \gset
INSERT INTO cs.log (customer, key) SELECT c.customer, 'login' FROM cs.current c, generate_series(1, 3);
SELECT more FROM csagg.step('cs', 2);
CALL csagg.refresh('cs');
SELECT count(*) > 0, count(*) = :waiting FROM cs.due;

-- A fact that is declared later: what was rejected is read again
INSERT INTO cs.fact (key, kind) VALUES ('quota', 'number');
UPDATE cs.fact SET kind = 'text' WHERE key = 'quota';
SELECT outcome, folded, customers FROM csagg.step('cs');
SELECT source, id, reason FROM cs.rejected ORDER BY id;
SELECT key, kind, entries FROM cs.current, csagg.facts(facts) WHERE customer = 'cy' ORDER BY key;

-- Rules of one tenant, and others for all
INSERT INTO cs.log (tenant, customer, key, at, value) VALUES ('t', 'ada', 'seats', now() - interval '10 days', '4');
INSERT INTO cs.rules (tenant, effective_from, rules) VALUES ('t', now() - interval '5 days', '{"timezone": "UTC", "facts": {"seats": "number"}, "rules": [{"name": "seats", "points": "seats"}]}');
CALL csagg.refresh('cs');
SELECT score, band FROM cs.health WHERE tenant = 't';
SELECT score, band FROM csagg.health_at('cs', now() - interval '6 days', tenant => 't');
DELETE FROM cs.rules WHERE tenant = 't';
CALL csagg.refresh('cs');
SELECT score, band FROM cs.health WHERE tenant = 't';
INSERT INTO cs.rules (rules) VALUES ('{"timezone": "UTC", "facts": {"seats": "text"}}');
INSERT INTO cs.rules (rules) VALUES ('{"timezone": "Utopia/City", "facts": {}}');
INSERT INTO cs.rules (rules) VALUES ('{"timezone": "UTC", "facts": {"login": "counter", "plan": "text", "seats": "number"}, "rules": [{"name": "one", "points": 1}]}');
CALL csagg.refresh('cs');
SELECT tenant, customer, score, error FROM cs.health ORDER BY tenant, customer;
SELECT kind, count(*) FROM cs.alert_feed GROUP BY kind;
SELECT count(*) FROM cs.alert WHERE until IS NULL;

-- verify finds what no step made
SELECT * FROM csagg.verify('cs');
UPDATE cs.current SET facts = '{}' WHERE customer = 'bell';
UPDATE cs.current SET score = csagg.constant(99) WHERE tenant = 't';
INSERT INTO cs.log (id, customer, key, at, value) OVERRIDING SYSTEM VALUE VALUES (-5, 'ada', 'login', now(), '1');
DELETE FROM cs.alert WHERE customer = 'bell';
SELECT * FROM csagg.verify('cs', repair => true) ORDER BY problem, customer;
CALL csagg.refresh('cs');
SELECT * FROM csagg.verify('cs', NULL);

-- Errors
SELECT csagg.step('nowhere');
SELECT csagg.step('cs', 0);
SELECT csagg.create_pipeline('cs');
SELECT csagg.create_pipeline(NULL);
SELECT csagg.create_pipeline('');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT csagg.step('cs');
ROLLBACK;
BEGIN;
CALL csagg.refresh('cs');
ROLLBACK;
SET default_transaction_isolation = 'serializable';
INSERT INTO cs.log (customer, key, value) VALUES ('dee', 'seats', '5');
CALL csagg.refresh('cs');
RESET default_transaction_isolation;
SELECT count(*) FROM cs.current WHERE customer = 'dee';
UPDATE cs.pipeline SET paused = true;
INSERT INTO cs.log (customer, key, value) VALUES ('dee', 'seats', '6');
CALL csagg.refresh('cs');
SELECT * FROM csagg.step('cs');
SELECT score FROM cs.health WHERE customer = 'dee';
UPDATE cs.pipeline SET paused = false;
SELECT setval('cs.log_id_seq', 3);
SELECT * FROM csagg.step('cs');
\set VERBOSITY terse
DROP EXTENSION csagg;
\set VERBOSITY default

-- What a hole waits for: writers of this run of the server, and prepared transactions of earlier ones
SELECT csagg.pipeline_awaited('{3/7}', pg_postmaster_start_time(), '{3/7,4/1}'), csagg.pipeline_awaited('{3/7}', pg_postmaster_start_time(), '{3/8}'),
    csagg.pipeline_awaited('{3/7}', '2025-01-01', '{3/7}'), csagg.pipeline_awaited('{3/7}', '2025-01-01', '{-1/99}'), csagg.pipeline_awaited('{}', pg_postmaster_start_time(), '{}');

-- Any name, and no rules
SELECT csagg.create_pipeline($$a "b" 'c'$$);
INSERT INTO "a ""b"" 'c'".fact VALUES ('seats', 'number');
INSERT INTO "a ""b"" 'c'".log (customer, key, value) VALUES ('d "e"', 'seats', '5');
CALL csagg.refresh($$a "b" 'c'$$);
SELECT customer, score, error FROM "a ""b"" 'c'".health;
SELECT * FROM csagg.verify($$a "b" 'c'$$);
SET client_min_messages = warning;
SELECT csagg.drop_pipeline($$a "b" 'c'$$);
SELECT csagg.drop_pipeline('cs');
SELECT csagg.drop_pipeline('cs');

-- What has always been so can be taken back, too
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz);
SELECT csagg.create_pipeline('cs'), csagg.add_events('cs', 'visit', 'who', 'at', fact => 'visits', deletes => 'retract');
INSERT INTO visit (who, at) VALUES ('ann', '-infinity'), ('ann', '-infinity'), ('ann', '4714-11-24 00:00:00+00 BC'), ('bob', '-infinity');
CALL csagg.refresh('cs');
SELECT customer, facts FROM cs.current ORDER BY customer;
DELETE FROM visit WHERE id IN (1, 4);
CALL csagg.refresh('cs');
SELECT customer, facts FROM cs.current ORDER BY customer;
DELETE FROM visit WHERE id = 2;
CALL csagg.refresh('cs');
SELECT customer, facts FROM cs.current ORDER BY customer;
SELECT * FROM csagg.verify('cs');
SELECT csagg.drop_pipeline('cs');
DROP TABLE visit;

-- Of rows with one event_id another counts when the filter no longer takes the first
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz, event text, test int);
SELECT csagg.create_pipeline('cs'), csagg.add_events('cs', 'visit', 'who', 'at', fact => 'visits', event_id => 'event', filter => '6 / test < 3', deletes => 'retract');
INSERT INTO visit (who, at, event, test) SELECT 'ann', '2026-01-01', 'a', 6 FROM generate_series(1, 3) i;
CALL csagg.refresh('cs');
SELECT id FROM cs.seen;
UPDATE visit SET test = 0 WHERE id = 1;
CALL csagg.refresh('cs');
SELECT id, customer, facts FROM cs.seen, cs.current;
UPDATE visit SET test = 1 WHERE id = 2;
CALL csagg.refresh('cs');
SELECT id, customer, facts FROM cs.seen, cs.current;
UPDATE visit SET at = 'infinity' WHERE id = 3;
CALL csagg.refresh('cs');
SELECT customer FROM cs.current;
SELECT id, reason FROM cs.rejected ORDER BY id;
SELECT * FROM csagg.verify('cs');
SELECT csagg.drop_pipeline('cs');
DROP TABLE visit;
-- A page has room for seven such rows.
CREATE TABLE page (a text);
CREATE TABLE pages (a text) PARTITION BY LIST (a);
CREATE TEMP TABLE own (a text);
INSERT INTO page SELECT repeat('x', 1000) FROM generate_series(1, 6);
SELECT ctid, csagg.pipeline_crowded(tableoid, ctid) FROM page WHERE ctid = '(0,6)';
UPDATE page SET a = a WHERE ctid = '(0,6)';
SELECT ctid, csagg.pipeline_crowded(tableoid, ctid) FROM page WHERE ctid = '(0,7)';
SELECT csagg.pipeline_crowded(r, p) FROM unnest('{page,pages,own,pg_tables,0}'::regclass[]) r, unnest('{"(0,0)","(0,8)","(4294967294,65535)"}'::tid[]) p GROUP BY 1;
DROP TABLE page, pages, own;
