-- What was rejected was known neither then nor now.
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","facts":{"seats":"number","login":"counter"},"rules":[{"name":"s","points":"coalesce(seats,0)+count(login,30 days)"}],"bands":[{"name":"red"},{"name":"green","from":5}]}');
INSERT INTO cs.log (customer, key, value) VALUES ('ada', 'seats', '4'), ('bell', 'seats', '4');
INSERT INTO cs.log (customer, key, value, actor) VALUES ('ada', 'login', '9', repeat('a', 1001));
INSERT INTO cs.log (customer, key, value, event_id) VALUES ('bell', 'seats', '9', repeat('e', 2001));
INSERT INTO cs.log (customer, key, value) VALUES (repeat('long', 501), 'seats', '9');
CALL csagg.refresh('cs');
SELECT known, b.band, actual, tested FROM unnest('{now,then}'::text[]) known, csagg.backtest('cs', (SELECT rules FROM cs.rules), csagg.last_buckets(1, '1 day', 'UTC'), known => known) b ORDER BY 1, 2;
