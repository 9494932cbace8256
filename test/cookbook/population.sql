-- A random population of :customers customers, seeded: raw rows only, as a product would have logged them.
--
-- Four zones whose clocks change at other dates and hours: one by half an hour, one at midnight. Rows arrive in any order
-- (`id` is that of arrival); many share their instant, also with rows that differ; a third of them pause; states end in NULL; some dates are no
-- dates. Half of the customers keep their facts in a history, half in a column for each fact.
SELECT setseed(:seed / 1000.0) \g /dev/null

CREATE TABLE zone (zone text, clocks_change timestamptz[]);
INSERT INTO zone VALUES
    ('Europe/Berlin', '{2025-03-30 01:00+00,2025-10-26 01:00+00}'), ('America/New_York', '{2025-03-09 07:00+00,2025-11-02 06:00+00}'),
    ('Australia/Lord_Howe', '{2025-04-05 15:00+00,2025-10-04 15:30+00}'), ('Atlantic/Azores', '{2025-03-30 01:00+00,2025-10-26 01:00+00}');

-- Everybody's rows lie around one change of the clocks.
CREATE TABLE account AS
SELECT n AS customer, zone, clocks_change[1 + n / 4 % 2] AS middle, n / 8 % 2 = 0 AS as_history
FROM generate_series(1, :customers) n JOIN (SELECT row_number() OVER (ORDER BY zone) % 4 AS i, * FROM zone) z ON i = n % 4;

CREATE FUNCTION pick(VARIADIC options text[]) RETURNS text LANGUAGE sql VOLATILE AS
    $$ SELECT options[1 + floor(random() * cardinality(options))::int] $$;

-- Instants: any second, whole hours (ties), and the hour that the clocks repeat.
CREATE FUNCTION any_instant(middle timestamptz, days numeric) RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT CASE floor(random() * 10)
               WHEN 0 THEN middle + (random() * 14400 - 7200)::int * interval '1 second'
               WHEN 1 THEN date_trunc('day', middle) + floor((random() - 0.5) * days) * interval '1 day'
               WHEN 2 THEN date_trunc('hour', middle) + floor((random() - 0.5) * days * 24) * interval '1 hour'
               ELSE middle + ((random() - 0.5) * days * 86400)::int * interval '1 second' END $$;

CREATE TABLE event AS
SELECT row_number() OVER (ORDER BY md5(customer || key || i)) AS id, customer, key,
       any_instant(middle - CASE WHEN customer % 3 = 0 AND random() < 0.5 THEN 42 ELSE 0 END * interval '1 day', span) AS at,
       floor(random() * 4)::int AS amount, 'user ' || floor(random() * users) AS actor
FROM (SELECT *, 1 + floor(random() * 6) AS users, (ARRAY[5, 30, 90, 200])[1 + floor(random() * 4)::int] AS span,
             CASE key WHEN 'login' THEN floor(random() ^ 2 * 120) WHEN 'outage' THEN floor(random() * 12) ELSE floor(random() ^ 2 * 40) END::int AS n
      FROM account CROSS JOIN unnest('{login,report,automation,api_call,ticket,outage}'::text[]) key) a, generate_series(1, n) i;

CREATE TABLE state AS
SELECT row_number() OVER (ORDER BY md5(customer || key || i)) AS id, customer, key, at,
       CASE WHEN random() < 0.15 THEN NULL
            WHEN key = 'plan' THEN pick('trial', 'trial', 'basic', 'gold')
            WHEN key = 'step' THEN pick('kickoff', 'import', 'training', 'live')
            WHEN key = 'champion' THEN pick('user 1', 'user 2')
            WHEN key IN ('auto_renew', 'billing', 'analytics', 'churned') THEN pick('true', 'false')
            WHEN key = 'seats' THEN pick('0', '2', '4', '10', '11', '40')
            WHEN key = 'nps' THEN pick('0', '6', '7', '8', '9', '10')
            WHEN key IN ('mrr', 'price') THEN pick('0', '90', '99.5', '100', '105', '300')
            WHEN key = 'quota' THEN pick('5', '10', '50')
            WHEN key = 'invoice_due' AND random() < 0.2 THEN pick('soon', '2025-02-30', '', '2025-1')
            WHEN key = 'trial_end' THEN (at + (random() * 30)::int * interval '1 day')::date::text
            ELSE (middle + (random() * 240 - 120)::int * interval '1 day')::date::text END AS value
FROM (SELECT *, floor(random() * CASE WHEN key IN ('signup', 'churned') THEN 2 ELSE 6 END)::int AS n
      FROM account CROSS JOIN unnest('{plan,seats,mrr,price,quota,nps,signup,trial_end,contract_end,invoice_due,step,champion,auto_renew,billing,analytics,churned}'::text[]) key) a,
     generate_series(1, n) i, LATERAL (SELECT any_instant(middle, 200 + 0 * i) AS at) t;

-- When to ask: near the rows, and a window's length later; midnights; around the change of the clocks; to the microsecond.
CREATE TABLE question AS
SELECT DISTINCT customer, zone, at + (floor(random() * 3) - 1) * interval '1 microsecond' AS at
FROM account, LATERAL (
    SELECT at + pick('0', '0', '36 hours', '7 days', '14 days', '21 days', '28 days', '30 days', '60 days', '90 days')::interval AS at
    FROM (SELECT at, customer FROM event UNION ALL SELECT at, customer FROM state) r WHERE r.customer = account.customer AND random() < 0.06
    UNION ALL SELECT (date_trunc('day', (middle + (random() * 200 - 100) * interval '1 day') AT TIME ZONE zone)) AT TIME ZONE zone FROM generate_series(1, 6)
    UNION ALL SELECT middle + (random() * 20000 - 7000)::int * interval '1 second' FROM generate_series(1, 4)) i;
CREATE INDEX ON event (customer, key, at);
CREATE INDEX ON state (customer, key, at);
ANALYZE;
