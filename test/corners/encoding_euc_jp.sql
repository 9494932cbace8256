-- database: ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C'
-- Where an error quotes a text, no character of the database's encoding is cut in two: it could not be read again.
SET client_encoding = 'UTF8';
SELECT csagg.create_pipeline('cs', rules => format('{"timezone": "UTC", "facts": {"x": "counter"}, "rules": [{"name": "%s", "points": "1 / (count(x) - 1)"}]}', 'a' || repeat(U&'\306E', 25))::csagg.ruleset);
INSERT INTO cs.log (customer, key) VALUES ('ada', 'x');
CALL csagg.refresh('cs');
SELECT customer, error FROM cs.health;
INSERT INTO cs.fact (key, kind) VALUES ('a' || repeat(U&'\306E', 25), 'number');
INSERT INTO cs.log (customer, key, value) VALUES ('cleo', 'a' || repeat(U&'\306E', 25), '"x"');
CALL csagg.refresh('cs');
SELECT id, reason FROM cs.rejected;
SELECT ('text {2025-01-01 = 1}{a' || repeat(U&'\306E', 25))::csagg.timeline;
