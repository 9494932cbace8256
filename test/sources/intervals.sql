-- Intervals: what the facts say just before and at each bound, beside LATERAL over the table.
\set QUIET on
\o /dev/null
DROP SCHEMA IF EXISTS "cs ""x"" 'y'" CASCADE;
DROP TABLE IF EXISTS "a ""b"" 'c'", at;
SELECT setseed(:seed / 1e9);
CREATE TABLE "a ""b"" 'c'" (dropped int, "acc 'ount'" :account, tenant int, since :type, until :type, span :range, tier text, mrr float8, seats int, ends date, lone text, ok boolean DEFAULT true, untracked int) :by;
ALTER TABLE "a ""b"" 'c'" DROP dropped;
SELECT :'by' <> '' AS partitioned, :'column' = 'span' AS ranged \gset
\if :partitioned
CREATE TABLE leaf PARTITION OF "a ""b"" 'c'" FOR VALUES FROM (MINVALUE) TO (2);
CREATE TABLE rest PARTITION OF "a ""b"" 'c'" DEFAULT;
\endif
SELECT csagg.create_pipeline('cs "x" ''y''', '{"timezone": "Asia/Tokyo", "facts": {"mrr": "number"}, "rules": [{"name": "r", "points": "mrr"}]}');
INSERT INTO "cs ""x"" 'y'".rules (tenant, effective_from, rules) VALUES ('2', '-infinity', '{"timezone": "America/New_York", "facts": {"mrr": "number"}, "rules": [{"name": "r", "points": "mrr"}]}');

CREATE OR REPLACE FUNCTION some_bound(type text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN chance(0.03) THEN pick('infinity', '-infinity', '250000-01-01', '4500-01-01 BC', NULL) WHEN chance(0.1) THEN NULL
        ELSE CASE type WHEN 'date' THEN (date '2026-03-01' + (random() * 40)::int)::text ELSE (timestamp '2026-03-01' + (random() * 40)::int * interval '12 hours')::text END END
$$;
CREATE OR REPLACE FUNCTION some_row(type text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format('(%L, %s, %L, %L, %L, %L, %L, %L, %L, %L, %L)', pick('1', '2', '3', '4', NULL), pick('1', '2', '2', 'NULL'), a, b,
        CASE WHEN chance(0.1) THEN 'empty' ELSE CASE WHEN a IS NOT NULL AND b IS NOT NULL AND CASE type WHEN 'date' THEN a::date <= b::date ELSE a::timestamp <= b::timestamp END
            THEN format('%s%s,%s%s', pick('[', '('), a, b, pick(']', ')')) ELSE '(,2026-03-05)' END END,
        pick('gold', 'si''lver', 'b', NULL), pick('1', '2.5', '-3', '1e300', 'NaN', NULL, '4', '5', '6', '7'), (random() * 5)::int, date '2026-01-01' + (random() * 3)::int, pick('x', 'y'), chance(0.8))
    FROM (SELECT some_bound(type) AS a, some_bound(type) AS b) r
$$;
CREATE OR REPLACE FUNCTION some_statement(type text, ranged boolean) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format(CASE pick('insert', 'insert', 'insert', 'update', 'update', 'key', 'move', 'delete', 'truncate')
        WHEN 'insert' THEN 'INSERT INTO %1$s ("acc ''ount''", tenant, since, until, span, tier, mrr, seats, ends, lone, ok) VALUES ' || (SELECT replace(string_agg(some_row(type), ', '), '%', '%%') FROM generate_series(1, 1 + (random() * 6)::int))
        WHEN 'update' THEN 'UPDATE %1$s SET ' || pick('tier = ''x''', 'mrr = 9', 'seats = NULL', 'ok = NOT ok', 'untracked = 1', 'ends = ends + 1') || ' WHERE seats = %2$s'
        WHEN 'key' THEN 'UPDATE %1$s SET "acc ''ount''" = ''3'' WHERE seats = %2$s'
        WHEN 'move' THEN 'UPDATE %1$s SET tenant = 2, ' || CASE WHEN ranged THEN 'span = ''(,)''' ELSE 'until = ''2026-03-11''' END || ' WHERE seats = %2$s'
        WHEN 'delete' THEN 'DELETE FROM %1$s WHERE seats = %2$s'
        ELSE CASE WHEN chance(0.2) THEN 'TRUNCATE %1$s' ELSE 'UPDATE %1$s SET tier = tier' END END, '"a ""b"" ''c''"', (random() * 5)::int)
$$;
CREATE OR REPLACE PROCEDURE live(type text, ranged boolean) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. 40 LOOP
        CALL life(some_statement(type, ranged));
        COMMIT;
        IF chance(0.3) THEN
            PERFORM csagg.step('cs "x" ''y''', 1 + (random() * 5)::int);
            COMMIT;
        END IF;
    END LOOP;
END $$;
CALL live(:'type', false);
SELECT csagg.add_intervals('cs "x" ''y''', '"a ""b"" ''c''"', 'acc ''ount''', '{tier,mrr,seats,ends,lone}', :'column', until => nullif(:'end', ''), tenant => 'tenant', until_included => :included,
    overlap => '{"mrr": "sum", "seats": "max", "lone": "error"}', rename => '{"ends": "contract \"end\""}', filter => 'ok -- x');
CALL live(:'type', :'ranged');
-- Of whatever life, one row is left.
INSERT INTO "a ""b"" 'c'" ("acc 'ount'", tenant, since, until, span, tier) VALUES ('1', 1, '2026-03-02', '2026-03-20', '[2026-03-02,2026-03-20)', 'gold');
-- A zone that changes moves the dates.
UPDATE "cs ""x"" 'y'".rules SET rules = jsonb_set(rules::jsonb, '{timezone}', '"Europe/Berlin"')::csagg.ruleset WHERE tenant = '2';
CALL csagg.refresh('cs "x" ''y''');
CREATE TABLE at AS WITH bound AS (
    SELECT "acc 'ount'"::text AS customer, tenant::text, tier, seats, mrr, ends, lone,
        CASE WHEN :'ranged' THEN CASE WHEN lower_inf(span) AND NOT isempty(span) THEN '-infinity' ELSE lower(span)::timestamp + CASE WHEN lower_inc(span) THEN interval '0' ELSE '1 microsecond' END END ELSE since::timestamp END AS a,
        CASE WHEN :'ranged' THEN CASE WHEN upper_inf(span) AND NOT isempty(span) THEN 'infinity' ELSE upper(span)::timestamp + CASE WHEN upper_inc(span) THEN interval '1 microsecond' ELSE '0' END END
            WHEN :'end' = '' THEN 'infinity' ELSE coalesce(until::timestamp + CASE WHEN NOT :included THEN interval '0' WHEN :'type' = 'date' THEN '1 day' ELSE '1 microsecond' END, 'infinity') END AS b,
        CASE WHEN :'type' <> 'date' THEN 'UTC' WHEN tenant = 2 THEN 'Europe/Berlin' ELSE 'Asia/Tokyo' END AS zone
    FROM "a ""b"" 'c'" WHERE ok AND "acc 'ount'" IS NOT NULL AND tenant IS NOT NULL)
SELECT *, CASE WHEN a > '200000-01-01' THEN 'infinity' WHEN :'type' = 'date' AND a < '4000-01-01 BC' THEN '-infinity' ELSE a AT TIME ZONE zone END AS since,
    CASE WHEN b > '200000-01-01' THEN 'infinity' WHEN :'type' = 'date' AND b < '4000-01-01 BC' THEN '-infinity' ELSE b AT TIME ZONE zone END AS until FROM bound;
DELETE FROM at WHERE since >= until OR since IS NULL;
\o
WITH good AS (SELECT *, row_number() OVER () AS n, CASE WHEN abs(mrr) < 1e17 THEN mrr END AS sums FROM at),
instant AS (SELECT DISTINCT t FROM at, unnest(ARRAY[since, since - interval '1 microsecond', until, until - interval '1 microsecond']) t WHERE isfinite(t)),
who AS (SELECT tenant, customer FROM "cs ""x"" 'y'".current UNION SELECT tenant, customer FROM at),
plain AS (
    SELECT w.tenant, w.customer, i.t, k.key, CASE k.key
        WHEN 'tier' THEN (SELECT tier FROM good g WHERE g.tenant = w.tenant AND g.customer = w.customer AND since <= t AND until > t AND tier IS NOT NULL ORDER BY since DESC, until DESC, tier COLLATE "C" DESC LIMIT 1)
        WHEN 'mrr' THEN (SELECT trim_scale(sum(sums::numeric))::text FROM good g WHERE g.tenant = w.tenant AND g.customer = w.customer AND since <= t AND until > t)
        WHEN 'seats' THEN (SELECT max(seats)::text FROM good g WHERE g.tenant = w.tenant AND g.customer = w.customer AND since <= t AND until > t)
        WHEN 'contract "end"' THEN (SELECT ends::text FROM good g WHERE g.tenant = w.tenant AND g.customer = w.customer AND since <= t AND until > t AND ends IS NOT NULL ORDER BY since DESC, until DESC, ends DESC LIMIT 1)
        WHEN 'lone' THEN (SELECT CASE WHEN NOT EXISTS (SELECT FROM good a, good b WHERE a.n < b.n AND a.lone IS NOT NULL AND b.lone IS NOT NULL AND a.since < b.until AND b.since < a.until
            AND (a.tenant, a.customer) = (w.tenant, w.customer) AND (b.tenant, b.customer) = (w.tenant, w.customer))
            THEN (SELECT lone FROM good g WHERE g.tenant = w.tenant AND g.customer = w.customer AND since <= t AND until > t AND lone IS NOT NULL) END) END AS value
    FROM who w, instant i, unnest(ARRAY['tier', 'mrr', 'seats', 'contract "end"', 'lone']) k(key)),
kept AS (
    SELECT c.tenant, c.customer, f.key, v.* FROM "cs ""x"" 'y'".current c, csagg.facts(c.facts) f, csagg.changes(csagg.timeline_of(c.facts, f.key)) v)
SELECT p.*, k.value FROM plain p LEFT JOIN kept k ON (k.tenant, k.customer, k.key) = (p.tenant, p.customer, p.key) AND k.valid_from <= p.t AND k.valid_until > p.t
WHERE k.value IS DISTINCT FROM p.value ORDER BY 1, 2, 3 LIMIT 5;
SELECT 'no customer' WHERE NOT EXISTS (SELECT FROM "cs ""x"" 'y'".current);
SELECT name, error FROM "cs ""x"" 'y'".source WHERE error IS NOT NULL;
SELECT 'todo', * FROM "cs ""x"" 'y'".todo;
SELECT * FROM csagg.verify('cs "x" ''y''');
SELECT csagg.drop_source('cs "x" ''y''', 'a "b" ''c''') \g /dev/null
CALL csagg.refresh('cs "x" ''y''');
SELECT 'left', * FROM "cs ""x"" 'y'".current;
SELECT 'a trigger is left' FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE proname LIKE 'track%' AND proname <> 'track_override';
