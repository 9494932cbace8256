-- Rows of a few kilobytes that are gigabytes to write are rejected, and stop nobody, forgotten persons or not.
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","facts":{"seats":"number","login":"counter"},"rules":[{"name":"seats","points":"seats"}]}');
INSERT INTO cs.log (customer, key, value) SELECT 'x', 'seats', jsonb_agg(1e131071) FROM generate_series(1, 9000);
INSERT INTO cs.log (customer, key, value) SELECT repeat('x', 300000000), 'seats', '3';
INSERT INTO cs.log (customer, key, value) SELECT 'x', repeat('x', 300000000), '3';
INSERT INTO cs.log (customer, key, value) SELECT 'x', 'seats', to_jsonb(repeat('x', 2000000));
INSERT INTO cs.log (customer, key, value) SELECT 'x', 'seats', to_jsonb(repeat('x', 2000));
INSERT INTO cs.log (customer, key, value) SELECT 'x', 'seats', '[1, {"a": 2}]';
INSERT INTO cs.log (customer, key, value) VALUES ('good', 'seats', '3');
SELECT outcome, folded FROM csagg.step('cs');
SELECT customer, score FROM cs.health;
SELECT csagg.forget_actor('cs', 'somebody'), csagg.forget('cs', 'gone');
INSERT INTO cs.log (customer, key, actor) SELECT 'x', 'login', repeat(E'\x01', 190000000);
INSERT INTO cs.log (customer, key, value) SELECT repeat(E'\x01', 190000000), 'seats', '3';
INSERT INTO cs.log (customer, key, value) VALUES ('good', 'seats', '4');
SELECT customer, score FROM cs.health;
SELECT outcome, folded FROM csagg.step('cs');
SELECT customer, score FROM cs.health;
SELECT id, reason, left(row ->> 'customer', 5), left(row ->> 'value', 30), length(row::text) < 20000 FROM cs.rejected ORDER BY id;
