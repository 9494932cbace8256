-- Rules that hold from a later day on: what they change of a customer is known in advance, a band that they give to the same score, too.
SELECT csagg.create_pipeline('cs', rules => '{"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "n", "points": "n"}], "bands": [{"name": "red"}, {"name": "green", "from": 5}]}');
INSERT INTO cs.log (customer, key, at, value) VALUES ('moves', 'n', now() - interval '1 day', '7'), ('stays', 'n', now() - interval '1 day', '10');
INSERT INTO cs.rules (effective_from, rules) SELECT now()::date + 3, jsonb_set(rules::jsonb, '{bands,1,from}', '9')::csagg.ruleset FROM cs.rules;
SELECT customer, score, band, next_change - now()::date AS next FROM cs.health ORDER BY customer;
CALL csagg.refresh('cs');
SELECT customer, score, band, next_change - now()::date AS next FROM cs.health ORDER BY customer;
SELECT customer, score, band, previous_band, band_since > now() AS later, next_change FROM csagg.health_at('cs', now() + interval '4 days') ORDER BY customer;
