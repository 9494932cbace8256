-- database: ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'
-- Where somebody was forgotten, names of bytes that no other encoding has are hashed as they are.
SELECT csagg.create_pipeline('cs', rules => '{"timezone":"UTC","facts":{"x":"counter"},"rules":[{"name":"l","points":"count(x)"}]}');
INSERT INTO cs.log (customer, key) VALUES ('ada', 'x');
CALL csagg.refresh('cs');
SELECT csagg.forget('cs', 'bell'), csagg.forget_actor('cs', 'u');
INSERT INTO cs.log (customer, key, actor) VALUES (E'M\374ller', 'x', E'M\374');
SELECT encode(customer::bytea, 'escape'), score FROM cs.health ORDER BY 1;
CALL csagg.refresh('cs');
SELECT encode(customer::bytea, 'escape'), score FROM cs.health ORDER BY 1;
SELECT csagg.forget('cs', E'M\374ller'), csagg.forget_actor('cs', E'M\374');
SELECT encode(customer::bytea, 'escape'), score FROM cs.health ORDER BY 1;
