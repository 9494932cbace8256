-- What was rejected was known neither then nor now.
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","facts":{"seats":"number","login":"counter"},"rules":[{"name":"s","points":"coalesce(seats,0)+count(login,30 days)"}],"bands":[{"name":"red"},{"name":"green","from":5}]}');
INSERT INTO cs.log (customer, key, value) VALUES ('ada', 'seats', '4'), ('bell', 'seats', '4');
INSERT INTO cs.log (customer, key, value, actor) VALUES ('ada', 'login', '9', repeat('a', 1001));
INSERT INTO cs.log (customer, key, value, event_id) VALUES ('bell', 'seats', '9', repeat('e', 2001));
INSERT INTO cs.log (customer, key, value) VALUES (repeat('long', 501), 'seats', '9');
CALL csagg.refresh('cs');
SELECT known, b.band, actual, tested FROM unnest('{now,then}'::text[]) known, csagg.backtest('cs', (SELECT rules FROM cs.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => known) b ORDER BY 1, 2;
-- Rows that are not folded yet: one event, told twice, counts once, and what comes of a forgotten customer not at all.
INSERT INTO cs.log (customer, key, value) VALUES ('cleo', 'seats', '9');
CALL csagg.refresh('cs');
SELECT csagg.forget('cs', 'cleo');
INSERT INTO cs.log (customer, key, value) VALUES ('cleo', 'seats', '9'), ('bell', 'seats', '3');
INSERT INTO cs.log (customer, key, event_id) VALUES ('bell', 'login', 'once'), ('bell', 'login', 'once'), ('ada', 'login', 'once'), ('ada', 'login', 'another');
SELECT known, b.band, actual, tested FROM unnest('{now,then}'::text[]) known, csagg.backtest('cs', (SELECT rules FROM cs.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => known) b ORDER BY 1, 2;
CALL csagg.refresh('cs');
SELECT known, b.band, actual, tested FROM unnest('{now,then}'::text[]) known, csagg.backtest('cs', (SELECT rules FROM cs.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => known) b ORDER BY 1, 2;
-- Whose facts of other sources are there from the first bucket on is tested there, though the first row of the log came later.
SELECT csagg.create_pipeline('c2', '{"timezone":"UTC","facts":{"seats":"number","login":"counter"},"rules":[{"name":"s","points":"coalesce(seats,0)"}],"bands":[{"name":"red"},{"name":"green","from":5}]}');
CREATE TABLE subscription (who text, seats int, since timestamptz);
SELECT csagg.add_intervals('c2', 'subscription', 'who', '{seats}', 'since');
INSERT INTO subscription VALUES ('ada', 9, now() - interval '1 year');
INSERT INTO c2.log (customer, key) VALUES ('ada', 'login'), ('bell', 'login');
CALL csagg.refresh('c2');
SELECT known, current_date - b.bucket::date AS ago, b.band, actual, tested FROM unnest('{now,then}'::text[]) known, csagg.backtest('c2', (SELECT rules FROM c2.rules), csagg.last_buckets(3, '1 day', 'UTC'), known => known) b ORDER BY 1, 2, 3;
\echo rows of the log are gone
UPDATE c2.log SET recorded_at = '2025-01-01 00:00+00';
CALL csagg.retain('c2', '30 days');
SELECT known FROM unnest('{now}'::text[]) known, csagg.backtest('c2', (SELECT rules FROM c2.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => known) b WHERE band = 'green';
SELECT * FROM csagg.backtest('c2', (SELECT rules FROM c2.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => 'then');
