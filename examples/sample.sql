-- The sample: a table `activity` with two years in the life of a SaaS vendor. All of it is GENERATED: no row is real.
-- The same rows on every run and machine: chance comes from md5, not from random().
--
-- 400 customers; 140 signed up before 2024, the rest during 2024 and 2025, more and more of them. Some grow, some fade
-- and leave, some fade and are won back. In October 2024 an outage lowers everyone's health for three weeks. On 1 March
-- 2025 the starter plan goes from 12 to 15 a seat: some of its customers move up, some leave. Three rows in a hundred
-- are recorded days late.
--
--   key      value                            kind
--   login    empty                            counter: it happened
--   plan     starter, team, business          state: holds until the next row
--   seats    number                           state
--   price    number, a seat and month         state
--   health   number from 0 to 100             state
--   An empty value of a state ends it: the customer has left.

CREATE TABLE activity (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- order of arrival
    tenant      text NOT NULL,
    customer    text NOT NULL,
    key         text NOT NULL,
    at          timestamptz NOT NULL,                             -- when it happened
    value       text,
    recorded_at timestamptz NOT NULL DEFAULT now()                -- when we heard of it
);

-- A number in [0, 1) that depends on the text alone.
CREATE FUNCTION pg_temp.chance(about text) RETURNS float8 LANGUAGE sql IMMUTABLE
    RETURN ('x' || substr(md5(about), 1, 8))::bit(32)::bigint / 4294967296.0::float8;

CREATE TEMP TABLE world AS
SELECT timestamptz '2024-01-01 00:00+00' AS since, timestamptz '2026-01-01 00:00+00' AS until,
       timestamptz '2024-10-14 00:00+00' AS outage, timestamptz '2025-03-01 00:00+00' AS price_change;

CREATE TEMP TABLE account AS
WITH born AS (
    SELECT i, format('customer %s', to_char(i, 'FM000')) AS customer,
           date_trunc('minute', CASE WHEN i <= 140
               THEN since - interval '3 years' * pg_temp.chance(i || ' signup')
               ELSE since + (until - since) * sqrt(pg_temp.chance(i || ' signup')) * 0.99 END) AS signup,
           (3 * power(10, 1.6 * pg_temp.chance(i || ' seats')))::int AS seats,
           (pg_temp.chance(i || ' health') * 34 + 53)::int AS base,
           CASE WHEN pg_temp.chance(i || ' story') < 0.45 THEN 'steady'
                WHEN pg_temp.chance(i || ' story') < 0.65 THEN 'growing'
                WHEN pg_temp.chance(i || ' story') < 0.84 THEN 'fading' ELSE 'won back' END AS story
    FROM world, generate_series(1, 400) i
), turned AS (  -- turn: when it starts to fade
    SELECT *, CASE WHEN seats < 10 THEN 'starter' WHEN seats < 40 THEN 'team' ELSE 'business' END AS plan,
           greatest(signup, since) + interval '60 days' + interval '500 days' * pg_temp.chance(i || ' turn') AS turn
    FROM born, world
), moved AS (
    SELECT *, plan = 'starter' AND signup < price_change AND pg_temp.chance(i || ' price') < 0.2 AS moves_up,
           plan = 'starter' AND signup < price_change AND pg_temp.chance(i || ' price') > 0.8 AS too_dear
    FROM turned
)
SELECT i, customer, signup, seats, base, story, plan, turn,
       date_trunc('minute', CASE WHEN moves_up THEN price_change - interval '30 days' * pg_temp.chance(i || ' move') END) AS moves_up,
       date_trunc('minute', least(
           CASE WHEN too_dear THEN price_change + interval '70 days' * pg_temp.chance(i || ' leave') END,
           CASE WHEN story = 'fading' THEN turn + interval '130 days' + interval '200 days' * pg_temp.chance(i || ' left') END,
           CASE WHEN story = 'steady' AND pg_temp.chance(i || ' end') < 0.1
                THEN greatest(signup, since) + interval '700 days' * pg_temp.chance(i || ' when') END)) AS leaves
FROM moved;

-- A row a week and customer, from where health is measured to where the customer leaves.
CREATE TEMP TABLE week AS
SELECT a.*, w, at, pg_temp.chance(i || ' noise ' || w) AS noise,
       extract(epoch FROM at - signup) / 604800 AS age, extract(epoch FROM at - turn) / 604800 AS faded
FROM account a, world,
     LATERAL generate_series(0, 130) w,
     LATERAL (SELECT date_trunc('minute', greatest(signup, since - interval '200 days')
                     + interval '7 days' * (w + 0.8 * pg_temp.chance(i || ' day ' || w))) AS at) t
WHERE at < least(until, coalesce(leaves, until));

CREATE TEMP TABLE fact AS
SELECT customer, 'health' AS key, at, score::text AS value
FROM (SELECT customer, at, score, lag(score) OVER (PARTITION BY customer ORDER BY at) AS before
      FROM (SELECT customer, at,
                   greatest(0, least(100, 5 * round((base + 14 * (noise - 0.5) - 20 * exp(-age / 6)
                       + CASE story WHEN 'growing' THEN least(20, age / 4)
                                    WHEN 'fading' THEN -2.6 * greatest(0, faded)
                                    WHEN 'won back' THEN -45 * greatest(0, 1 - abs(faded - 8) / 9) ELSE 0 END
                       - CASE WHEN at BETWEEN outage AND outage + interval '3 weeks' THEN 22 ELSE 0 END) / 5)))::int AS score
            FROM week, world) s) s
WHERE score IS DISTINCT FROM before
UNION ALL
SELECT customer, 'plan', signup, plan FROM account
UNION ALL
SELECT customer, 'plan', moves_up, 'team' FROM account WHERE moves_up < coalesce(leaves, 'infinity')
UNION ALL
SELECT customer, 'seats', signup, seats::text FROM account
UNION ALL
SELECT customer, 'seats', at,
       greatest(1, round(seats * CASE story WHEN 'growing' THEN 1 + age / 40 WHEN 'steady' THEN 1 + age / 400
                                            ELSE 1 - least(0.5, greatest(0, faded / 40)) END))::text
FROM week WHERE w % 9 = 5
UNION ALL
SELECT customer, 'price', signup, CASE WHEN plan = 'business' THEN 30 WHEN plan = 'team' THEN 20
                                       WHEN signup < price_change THEN 12 ELSE 15 END::text FROM account, world
UNION ALL
SELECT customer, 'price', moves_up, '20' FROM account WHERE moves_up < coalesce(leaves, 'infinity')
UNION ALL
SELECT customer, 'price', price_change, '15' FROM account, world
WHERE plan = 'starter' AND signup < price_change AND moves_up IS NULL AND price_change < coalesce(leaves, 'infinity')
UNION ALL
SELECT customer, key, leaves, NULL FROM account, world, unnest('{health,plan,seats,price}'::text[]) key WHERE leaves < until
UNION ALL
SELECT customer, 'login', at + interval '6 days' * pg_temp.chance(format('%s login %s %s', i, w, n)), NULL
FROM week, generate_series(1, (1 + base * 0.07 * noise * exp(-greatest(0, CASE WHEN story = 'fading' THEN faded ELSE 0 END) / 7))::int) n;

INSERT INTO activity (tenant, customer, key, at, value, recorded_at)
SELECT 'sample vendor', customer, key, date_trunc('second', at), value, recorded_at
FROM fact, world,
     LATERAL (SELECT date_trunc('second', at + CASE WHEN pg_temp.chance(concat_ws('|', customer, key, at, 'late')) < 0.03
                 THEN interval '9 days' * pg_temp.chance(concat_ws('|', customer, key, at, 'delay')) ELSE interval '5 seconds' END)
              AS recorded_at) r
WHERE at < until
ORDER BY recorded_at, customer, key, at, value;

CREATE INDEX ON activity (key, customer, at);
ANALYZE activity;
