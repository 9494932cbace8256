-- Of the overrides those go that had ended where facts begin; others stay, and notes of episodes that are there.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number", "login": "counter"}, "rules": [{"name": "n", "points": "n"}, {"name": "logins", "points": "count(login, 10 days)"}],
    "alerts": [{"name": "pinned", "when": "score > 90"}]}');
UPDATE cs.pipeline SET alerts_from = '-infinity';
INSERT INTO cs.log (customer, key, at, value) SELECT c, 'n', now() - interval '500 days', '4' FROM unnest('{ada,bell}'::text[]) c;
INSERT INTO cs.override (customer, since, until, score, author) SELECT 'ada', now() - a * interval '1 day', now() - b * interval '1 day', s, 'Mia'
FROM (VALUES (450, 440, 95), (400, 395, 96), (300, 30, 97), (20, 10, 98), (5, NULL, 99)) v(a, b, s);
INSERT INTO cs.override (customer, since, score, author) VALUES ('bell', '-infinity', 60, 'Mia');
CALL csagg.refresh('cs');
INSERT INTO cs.alert_note (episode, note) SELECT episode, 'x' FROM cs.alert;
CALL csagg.retain('cs', history => '2 months');
SELECT customer, score FROM cs.override ORDER BY customer, since;
SELECT customer, extract(day FROM now() - since) AS since, extract(day FROM now() - until) AS until, note FROM cs.alert LEFT JOIN cs.alert_note USING (episode) ORDER BY alert.since;
SELECT count(*) FROM cs.alert_note;
CALL csagg.refresh('cs');
SELECT customer, score, overridden_by FROM cs.health ORDER BY customer;
SELECT d, score FROM unnest('{7,15,25,35}'::int[]) d, csagg.health_at('cs', now() - d * interval '1 day', 'ada');
SELECT * FROM csagg.verify('cs');
