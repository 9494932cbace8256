-- More rejected rows than a mark has holes for are read again: until the log is folded, alerts wait.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"login":"counter"},"rules":[{"name":"a","points":"count(login, 100 days)"}],"alerts":[{"name":"quiet","when":"count(login, 14 days) = 0"}]}');
INSERT INTO cs.log (customer, key, at) VALUES ('new', 'login', now() - interval '14 days' + interval '2 s');
INSERT INTO cs.log (customer, key) SELECT 'c', CASE WHEN i % 2 = 0 THEN 'login' ELSE 'late' END FROM generate_series(1, 20010) i;
CALL csagg.refresh('cs');
INSERT INTO cs.log (customer, key) VALUES ('new', 'login');
INSERT INTO cs.fact (key, kind) VALUES ('late', 'counter');
SELECT pg_sleep(2.2);
CALL csagg.refresh('cs');
SELECT behind FROM cs.status WHERE source = 'log';
SELECT customer, alert, kind FROM cs.alert_feed;
SELECT count(*) FROM cs.rejected;
SELECT problem, detail FROM csagg.verify('cs');
