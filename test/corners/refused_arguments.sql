-- Arguments that cannot be meant are refused before anything is made, each by its SQLSTATE and its words.
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused: ' || statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLSTATE, SQLERRM, nullif('(' || hint || ')', '()'));
END $$;
SELECT csagg.create_pipeline('cs', '{"timezone": "UTC", "facts": {"plan": "text", "login": "counter"}, "rules": []}');
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz, day date, name text, amount numeric, paid text);
CREATE TABLE contract (id int PRIMARY KEY, who text, plan text, seats int, since date, until date, stop timestamptz, term daterange, form point);
CREATE TABLE parent (id int PRIMARY KEY, seats int);
CREATE TABLE child () INHERITS (parent);
CREATE TEMP TABLE passing (id int PRIMARY KEY, seats int);
\echo a pipeline
SELECT refused(format('SELECT csagg.create_pipeline(''other'', settle => %L)', settle)) FROM unnest('{-1 second,365 days 1 second,1 month,1 year,1 mon -1 day,NULL}'::text[]) settle;
\echo its facts
SELECT refused($$TRUNCATE cs.fact$$);
SELECT refused($$UPDATE cs.fact SET kind = 'number' WHERE key = 'plan'$$);
SELECT refused($$UPDATE cs.fact SET key = 'plans' WHERE key = 'plan'$$);
\echo a table
SELECT refused(format('SELECT csagg.add_states(''cs'', %s, ''id'', ''{seats}'')', relation))
FROM unnest(ARRAY['NULL', '1', '''pg_class''', '''parent''', '''passing''', '''parent_pkey''']) relation;
\echo events
SELECT refused(format('SELECT csagg.add_events(''cs'', ''visit'', %s)', arguments)) FROM unnest(ARRAY[
    $$'who', 'at'$$, $$'who', 'at', key => 'name', fact => 'visit'$$, $$'who', 'at', fact => 'visit', keys => '{a}'$$, $$'who', 'at', fact => 'visit', deletes => NULL$$,
    $$'who', 'at', fact => 'visit', deletes => 'forget'$$, $$NULL, 'at', fact => 'visit'$$, $$'who', NULL, fact => 'visit'$$, $$'whom', 'at', fact => 'visit'$$,
    $$'who', 'day', fact => 'visit'$$, $$'who', 'at', fact => 'visit', amount => 'paid'$$, $$'who', 'at', fact => 'visit', actor => 'ann'$$,
    $$'who', 'at', fact => 'visit', event_id => 'uid'$$, $$'who', 'at', fact => 'visit', tenant => 'of'$$, $$'who', 'at', key => 'named'$$, $$'who', 'at', fact => 'visit', id => 'number'$$,
    $$'who', 'at', fact => 'plan'$$, $$'who', 'at', key => 'name', keys => '{visit,plan}'$$]) arguments;
\echo an id without an index that finds new rows, and one behind them
CREATE TABLE call (id bigint GENERATED ALWAYS AS IDENTITY, who text, at timestamptz);
INSERT INTO call (id, who, at) OVERRIDING SYSTEM VALUE VALUES (7, 'a', now()), (3, 'b', now()), (3, 'c', now());
CREATE INDEX ON call (who, id);
CREATE INDEX ON call ((id + 0));
CREATE INDEX ON call (id) WHERE who <> 'a';
CREATE UNIQUE INDEX CONCURRENTLY broken ON call (id);
SELECT refused($$SELECT csagg.add_events('cs', 'call', 'who', 'at', fact => 'call')$$);
CREATE INDEX ON call (id, who);
SELECT refused($$SELECT csagg.add_events('cs', 'call', 'who', 'at', fact => 'call')$$);
DROP INDEX broken;
CREATE SEQUENCE numbers;
ALTER TABLE call ADD number numeric DEFAULT nextval('numbers') UNIQUE;
ALTER SEQUENCE numbers OWNED BY call.number;
SELECT refused($$SELECT csagg.add_events('cs', 'call', 'who', 'at', fact => 'call', id => 'number')$$);
\echo states
SELECT refused(format('SELECT csagg.add_states(''cs'', ''contract'', ''id'', %s)', arguments)) FROM unnest(ARRAY[
    $$NULL$$, $$'{}'$$, $$'{plan,NULL}'$$, $$'{plan,form}'$$, $$'{plan,price}'$$, $$'{plan}', rename => '{"seats": "beds"}'$$, $$'{plan,seats}', rename => '{"seats": "plan"}'$$,
    $$'{plan}', tenant => 'of'$$, $$'{plan}', since => 'until'$$, $$'{plan}', since => 'from'$$, $$'{seats}', rename => '{"seats": "login"}'$$, $$'{seats}', rename => '{"seats": "plan"}'$$,
    $$'{seats}', rename => '{"seats": "overridden_score"}'$$, $$'{plan,seats}', rename => '{"plan": "overridden_by", "seats": "beds"}'$$]) arguments;
\echo a customer with several rows
INSERT INTO contract (id, who) VALUES (1, 'a'), (2, 'a');
CREATE UNIQUE INDEX CONCURRENTLY broken_too ON contract (who);
DELETE FROM contract;
CREATE UNIQUE INDEX ON contract (who, id);
CREATE UNIQUE INDEX ON contract (who, lower(plan));
CREATE INDEX ON contract (who);
SELECT refused($$SELECT csagg.add_states('cs', 'contract', 'who', '{plan}')$$);
SELECT refused($$SELECT csagg.add_states('cs', 'contract', 'who', '{plan}', tenant => 'plan')$$);
\echo intervals
SELECT refused(format('SELECT csagg.add_intervals(''cs'', ''contract'', %s)', arguments)) FROM unnest(ARRAY[
    $$'who', NULL, 'since'$$, $$NULL, '{plan}', 'since'$$, $$'who', '{plan}', NULL$$, $$'who', '{plan}', 'id'$$, $$'who', '{plan}', 'since', 'stop'$$, $$'who', '{plan}', 'term', 'until'$$,
    $$'who', '{plan}', 'since', 'end'$$, $$'who', '{plan}', 'term', until_included => true$$, $$'who', '{plan}', 'since', tenant => 'of'$$, $$'who', '{plan}', 'since', overlap => '{"seats": "sum"}'$$,
    $$'who', '{seats}', 'since', overlap => '{"seats": "min"}'$$, $$'who', '{plan}', 'since', overlap => '{"plan": "sum"}'$$, $$'who', '{plan}', 'since', rename => '{"seats": "beds"}'$$]) arguments;
\echo rights
SELECT refused(format('SELECT csagg.grant_pipeline(''cs'', %s)', arguments)) FROM unnest(ARRAY[$$'csagg_reader', 'read'$$, $$'csagg_reader', 'own'$$, $$'csagg_reader', NULL$$, $$NULL, 'read'$$]) arguments;
SELECT refused(format('SELECT csagg.grant_pipeline(''cs'', %L, ''none'')', current_user));
SELECT refused($$SELECT csagg.isolate('cs', NULL)$$);
SELECT regexp_replace(refused($$SELECT csagg.isolate('cs', 'tenant of')$$), 'syntax error[^(]*', '... ');
CREATE ROLE csagg_reader;
SET ROLE csagg_reader;
SELECT refused(format('SELECT csagg.%s', call)) FROM unnest(ARRAY[$$step('cs')$$, $$grant_pipeline('cs', 'csagg_reader', 'read')$$, $$isolate('cs', $_$'a'$_$)$$, $$verify('cs')$$, $$drop_pipeline('cs')$$]) call;
RESET ROLE;
\echo and nothing is left of all that
SELECT name FROM cs.source ORDER BY name;
SELECT key, kind, source FROM cs.fact ORDER BY key;
SELECT to_regnamespace('other') IS NULL, to_regprocedure('cs.session_tenant()') IS NULL;
