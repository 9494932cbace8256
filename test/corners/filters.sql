-- A filter asks all customers that exist, also those that have no entry of what it names.
SELECT csagg.create_pipeline('cs', '{"timezone":"UTC","exists":"plan is not null","facts":{"plan":"text","login":"counter","seats":"number"},"base":1}');
INSERT INTO cs.log (customer, key, value, at) SELECT customer, 'plan', '"gold"', now() - interval '20 days' FROM unnest('{never,login,seat}'::text[]) customer;
INSERT INTO cs.log (customer, key, value, at) VALUES ('login', 'login', '1', now() - interval '2 days'), ('seat', 'seats', '5', now() - interval '2 days'), ('nobody', 'seats', '0', now() - interval '20 days');
CALL csagg.refresh('cs');
SELECT filter, string_agg(ago || ':' || n, ' ' ORDER BY ago) AS counted
FROM unnest(ARRAY['true', 'count(login, 30 days) = 0', 'seats is null', 'stage is null', 'band is null and plan = ''gold''', 'seats = 5', '10 / seats > 1']) WITH ORDINALITY f (filter, i), LATERAL (
    SELECT n, current_date - bucket::date AS ago FROM csagg.trend('cs', csagg.last_buckets(30, '1 day', 'UTC'), '{}', filter)) t
WHERE ago IN (0, 10, 25) GROUP BY filter, i ORDER BY i;
