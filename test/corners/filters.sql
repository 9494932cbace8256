-- A filter asks all customers that exist, also those that have no entry of what it names.
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","exists":"plan is not null","facts":{"plan":"text","login":"counter","seats":"number"},"base":1}');
INSERT INTO cs.log (customer, key, value, at) SELECT customer, 'plan', '"gold"', now() - interval '20 days' FROM unnest('{never,login,seat}'::text[]) customer;
INSERT INTO cs.log (customer, key, value, at) VALUES ('login', 'login', '1', now() - interval '2 days'), ('seat', 'seats', '5', now() - interval '2 days'), ('nobody', 'seats', '0', now() - interval '20 days');
CALL csagg.refresh('cs');
SELECT filter, string_agg(ago || ':' || n, ' ' ORDER BY ago) AS counted
FROM unnest(ARRAY['true', 'count(login, 30 days) = 0', 'seats is null', 'stage is null', 'band is null and plan = ''gold''', 'seats = 5', '10 / seats > 1']) WITH ORDINALITY f (filter, i), LATERAL (
    SELECT n, current_date - bucket::date AS ago FROM csagg.trend('cs', csagg.last_buckets(30, '1 day', 'UTC'), '{}', filter)) t
WHERE ago IN (0, 10, 25) GROUP BY filter, i ORDER BY i;
-- Whatever facts are named: quotes are written twice, and what is named like a dimension is not meant.
SELECT csagg.create_pipeline('c2', '{"timezone":"UTC","facts":{"size \"XL\"":"number","stage":"counter","coverage":"text","the customer":"boolean"},"base":1,"rules":[{"name":"r","points":0}],"stages":[{"name":"only"}]}');
INSERT INTO c2.log (customer, key, value) VALUES ('ada', 'size "XL"', '5'), ('ada', 'stage', '5'), ('ada', 'coverage', '"none"'), ('ada', 'the customer', 'false'), ('bell', 'stage', '5');
SELECT filter, n
FROM unnest(ARRAY['"size ""XL""" = 5', '"size ""XL""" is null', 'stage = ''only''', 'coverage = 1', 'score + coverage = 2']) WITH ORDINALITY f (filter, i) LEFT JOIN LATERAL csagg.trend('c2', csagg.last_buckets(1, '1 day', 'UTC'), '{}', filter) t ON true ORDER BY i;
SELECT members FROM csagg.trend('c2', csagg.last_buckets(1, '1 day', 'UTC'), '{stage,coverage}');
