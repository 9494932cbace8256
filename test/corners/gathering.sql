-- pipeline_gather() is called by steps, and may be by anybody: whatever it is given, the server lives.
\set VERBOSITY sqlstate
CREATE TABLE wanted (i int, type text, value text);
INSERT INTO wanted SELECT row_number() OVER (), t, v FROM unnest('{bigint,boolean,text,text,text,text,text,timestamptz,jsonb,text,text,text,text,boolean}'::text[],
    '{7,true,t,c,k,number,number,2026-01-01,1,a,e,s,s,true}'::text[]) u(t, v);
CREATE FUNCTION statement(mask int) RETURNS text LANGUAGE sql AS $$ SELECT 'SELECT ' || string_agg(format('%L::%s', CASE WHEN mask >> i - 1 & 1 = 0 THEN value END, type), ', ' ORDER BY i) FROM wanted $$;
CREATE FUNCTION gather(statement text) RETURNS SETOF csagg.pipeline_gathered LANGUAGE sql AS $$ SELECT * FROM csagg.pipeline_gather(statement, 's', true, false, 1, 2, '{}', 3) $$;
\echo any columns that are NULL
SELECT count(*), count(facts), count(event_id), count(DISTINCT reason), sum(read), sum(fresh) FROM generate_series(0, (1 << 14) - 1) mask, gather(statement(mask));
\echo an owner that is not known owns no fact
SELECT id, key, owner FROM gather(statement((1 << 10) + (1 << 11) + (1 << 12))) WHERE read IS NULL;
\echo of texts of any length what rejected shows, and a little more
SELECT reason, octet_length(tenant), octet_length(customer), octet_length(key), octet_length(actor), octet_length(event_id)
FROM gather($$SELECT 7::bigint, true, t, t, t, 'counter', 'counter', now(), '1'::jsonb, t, t, 's', 's', true FROM (VALUES (repeat('x', 100000)), (repeat('é', 100000)), ('x' || repeat('é', 100000))) v(t)$$) WHERE id IS NOT NULL;
\echo other arguments, columns and statements
SELECT * FROM csagg.pipeline_gather(NULL, 's', true, false, 1, 2, '{}', 3);
SELECT * FROM csagg.pipeline_gather(statement(0), NULL, true, false, 1, 2, '{}', 3);
SELECT * FROM csagg.pipeline_gather(statement(0), 's', NULL, false, 1, 2, '{}', 3);
SELECT * FROM csagg.pipeline_gather(statement(0), 's', true, NULL, 1, 2, '{}', 3);
SELECT read FROM csagg.pipeline_gather(statement(0), 's', true, true, NULL, NULL, NULL, NULL) WHERE read IS NOT NULL;
SELECT * FROM gather('SELECT');
SELECT * FROM gather(statement(0) || ', 1');
SELECT * FROM gather(replace(statement(0), '''c''::text', '''c''::varchar'));
SELECT count(*) FROM gather(statement(0) || ' WHERE false');
SELECT * FROM gather(format('INSERT INTO wanted SELECT FROM (%s) s RETURNING 1', statement(0)));
SELECT * FROM gather('SHOW timezone');
SELECT * FROM gather('COPY wanted TO STDOUT');
SELECT * FROM gather('COMMIT');
SELECT * FROM gather('');
SELECT * FROM gather(statement(0) || ' FROM generate_series(-3, 3) i WHERE 1 / i < 0');
SELECT count(*) FROM gather(statement(0));
\echo columns of the log that its owner gave another type
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"login": "counter"}, "rules": [{"name": "logins", "points": "count(login)"}]}');
CREATE DOMAIN person AS text CHECK (VALUE <> '');
ALTER TABLE cs.log ALTER customer TYPE varchar(50), ALTER actor TYPE person, ALTER event_id TYPE varchar, ALTER at TYPE timestamptz(0);
INSERT INTO cs.log (customer, key, at, actor, event_id) VALUES ('a', 'login', '2026-01-01', 'x', 'once'), ('a', 'login', '2026-01-02', 'y', 'once');
CALL csagg.refresh('cs');
SELECT tenant, customer, facts FROM cs.current;
SELECT * FROM csagg.verify('cs');
\echo a filter is asked once a row, of however many
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who int, at timestamptz DEFAULT '2026-01-01', by text);
CREATE SEQUENCE asked;
CREATE FUNCTION asks(n int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN nextval('public.asked') > 0; END $$;
SELECT csagg.add_events('cs', 'visit', customer => 'who', at => 'at', actor => 'by', fact => 'visit', filter => 'public.asks(who)');
INSERT INTO visit (who) SELECT i % 100 FROM generate_series(1, 60000) i;
SELECT folded, last_value FROM csagg.step('cs', 1000000), LATERAL (SELECT last_value + 0 * folded AS last_value FROM asked) a;
