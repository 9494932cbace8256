-- A pipeline with something of both tenants in each of its tables: all that is the other one's, and of no use to anybody else, has
-- "zebra" in it. As the pipeline's owner. :p is its name, :mine and :other the tenants.
CREATE TABLE app.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, company text, account text, name text, at timestamptz, n int, tenant text);  -- whose is in company
SELECT csagg.create_pipeline(:'p', '{"timezone": "UTC", "facts": {"login": "counter", "plan": "text", "seats": "number"}, "base": 20,
    "rules": [{"name": "seats", "points": "seats"}], "bands": [{"name": "red"}, {"name": "green", "from": 30}], "stages": [{"name": "all"}],
    "alerts": [{"name": "few", "when": "seats < 5"}]}');
SELECT csagg.add_events(:'p', 'app.events', customer => 'account', at => 'at', key => 'name', tenant => 'company', filter => $$1 / n > 0 AND name <> 'zebra filter'$$);
SELECT csagg.isolate(:'p', '(SELECT tenant FROM app.member WHERE role = current_user)');
INSERT INTO :"p".rules (tenant, rules, note, author) SELECT :'other', '{"timezone": "UTC", "facts": {"seats": "number", "zebra fact": "number"},
    "rules": [{"name": "zebra rule", "points": "10 / (seats - 7)", "missing": 1}], "bands": [{"name": "zebra band"}], "stages": [{"name": "zebra stage"}],
    "alerts": [{"name": "zebra alert", "when": "seats < 5"}]}', 'zebra note', 'zebra author';
INSERT INTO :"p".fact (key, kind) VALUES ('region', 'text');
INSERT INTO :"p".override (tenant, customer, score, author, reason) VALUES (:'mine', 'ann5', 34, 'ann lead', 'ann says so'), (:'other', 'zebra5', 50, 'zebra lead', 'zebra says so');
INSERT INTO :"p".log (tenant, customer, key, at, value, actor, event_id, origin)
SELECT t, c || i, k.key, now() - i * interval '1 day' - k.ago, k.value, CASE k.key WHEN 'login' THEN c || ' actor' END, c || ' event ' || i || k.key || k.ago, c || ' origin'
FROM (VALUES (:'mine', 'ann'), (:'other', 'zebra')) o (t, c), generate_series(1, 5) i,
    LATERAL (VALUES ('login', interval '0', '1'::jsonb), ('seats', '20 days', to_jsonb(i + 9)), ('seats', '1 hour', to_jsonb(i + 8)), ('seats', i * interval '-1 day', to_jsonb(i)), ('plan', '10 days', to_jsonb(c || ' plan')),
        ('region', '10 days', to_jsonb(c || ' region')), (c || ' unknown', '0', '1'), ('seats', '2 days', to_jsonb(c || ' many'))) k (key, ago, value);
INSERT INTO :"p".log (tenant, customer, key, at, value) VALUES (:'other', 'zebra1', 'zebra fact', now(), '1'), (:'other', 'zebra1', 'seats', now() - interval '12 hours', '7'), (:'other', 'zebra2', 'seats', now() - interval '12 hours', '107');
INSERT INTO :"p".log (tenant, customer, key, at, value) VALUES (:'mine', 'ann4', 'seats', now() + interval '5 days', '20'), (:'other', 'zebra4', 'seats', now() + interval '5 days', '20');  -- an alert ends then
INSERT INTO app.events (company, account, name, at, n, tenant) SELECT x.*, :'mine' FROM (VALUES (:'mine', 'ann1', 'open', now(), 1), (:'other', 'zebra1', 'zebra click', now(), 1), (:'other', 'zebra1', 'zebra fault', now(), 0)) x;
INSERT INTO :"p".log (tenant, customer, key, value, event_id) VALUES ('', 'zebra nobody', 'seats', '4', 'zebra nobody');  -- the tenant '' is no session's
CALL csagg.refresh(:'p');
INSERT INTO :"p".alert_note (episode, note) SELECT episode, customer || ' is called' FROM :"p".alert;
SELECT csagg.forget_actor(:'p', 'zebra actor', :'other');
SELECT csagg.forget(:'p', 'ann gone', :'mine'), csagg.forget(:'p', 'zebra gone', :'other');
-- Not folded yet.
INSERT INTO :"p".log (tenant, customer, key, value, event_id)
SELECT t, c || n, 'seats', '4', c || n FROM (VALUES (:'mine', 'ann'), (:'other', 'zebra')) o (t, c), (VALUES ('1'), (' new'), (' gone')) k (n);
INSERT INTO :"p".todo (tenant, customer, why) VALUES (:'mine', 'ann2', 'verify'), (:'other', 'zebra2', 'verify');
INSERT INTO :"p".hole (source, ids, writers) VALUES ('log', '{[1,2)}', '{}');
UPDATE :"p".source SET error = 'cannot read "zebra"' WHERE name = 'events';
ANALYZE :"p".log, :"p".current, :"p".alert, :"p".alert_feed, :"p".seen, :"p".rejected, :"p".rules, :"p".fact;
