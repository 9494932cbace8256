-- Who could never be assessed is in no bucket, and in nobody's way.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"seats":"number"},"rules":[{"name":"a","points":"100 / seats"}],"bands":[{"name":"red"},{"name":"green","from":5}]}');
INSERT INTO cs.log (customer, key, value, at) VALUES ('ada', 'seats', '0', now() - interval '3 days'), ('bell', 'seats', '4', now() - interval '3 days');
CALL csagg.refresh('cs');
SELECT t.members, t.n FROM csagg.trend('cs', csagg.last_buckets(1, '1 day', 'UTC')) t;
SELECT t.members, t.n FROM csagg.trend('cs', csagg.last_buckets(1, '1 day', 'UTC'), by => '{seats}', filter => 'seats < 9') t;
SELECT csagg.create_pipeline('c2');
INSERT INTO c2.log (customer, key, value, at) VALUES ('ada', 'seats', '0', now() - interval '3 days');
CALL csagg.refresh('c2');
SELECT t.members, t.n FROM csagg.trend('c2', csagg.last_buckets(1, '1 day', 'UTC')) t;
