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
-- Who has a stage in which no rule applies has neither score nor coverage, and exists as well.
SELECT csagg.create_pipeline('c3', '{"timezone":"UTC","facts":{"seats":"number","login":"counter"},"method":"weighted mean","stages":[{"name":"trial","when":"seats is null"},{"name":"live"}],
    "rules":[{"name":"s","stages":["live"],"weight":1,"points":"seats"}],"bands":[{"name":"red"},{"name":"green","from":5}]}');
INSERT INTO c3.log (customer, key, value, at) VALUES ('ada', 'login', '1', now() - interval '3 days'), ('bell', 'seats', '4', now() - interval '3 days'), ('cleo', 'seats', '9', now() - interval '3 days');
SELECT 'health', stage, band, count(*) FROM c3.health GROUP BY 2, 3
UNION ALL SELECT 'health_daily', stage, band, customers FROM c3.health_daily WHERE day = current_date
UNION ALL SELECT 'trend', members[1], members[2], n FROM csagg.trend('c3', csagg.last_buckets(1, '1 day', 'UTC'), by => '{stage,band}')
UNION ALL SELECT 'filtered', members[1], members[2], n FROM csagg.trend('c3', csagg.last_buckets(1, '1 day', 'UTC'), by => '{stage,band}', filter => 'stage = ''trial''') ORDER BY 1, 2, 3;
