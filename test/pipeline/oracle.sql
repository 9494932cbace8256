-- Random life of a pipeline, and what it says beside plain SQL. Everything goes through connections of dblink: writers that
-- commit in any order, roll back, prepare; and one that steps.
CREATE EXTENSION csagg;
CREATE EXTENSION dblink;
CREATE SCHEMA oracle;
SET search_path = oracle, public;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = oracle, public', current_database()); END $$;

-- large: from how many bytes on the past is apart.
CREATE TABLE setting AS SELECT 'cs'::name AS pipeline, 65536 AS large;
CREATE OR REPLACE FUNCTION csagg.pipeline_large() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT large FROM oracle.setting';
CREATE TABLE prepared (name text);
CREATE TABLE difference (seed int, what text, detail text);

CREATE FUNCTION pick(VARIADIC choice text[]) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT choice[1 + floor(random() * cardinality(choice))::int]';
CREATE FUNCTION chance(p float8) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT random() < p';
CREATE FUNCTION connect(name text) RETURNS void LANGUAGE sql AS $$ SELECT dblink_connect($1, format('host=%s port=%s dbname=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database())) $$;
CREATE FUNCTION run(connection text, statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dblink_exec(connection, statement);
END $$;
-- P stands for the pipeline's schema in these statements.
CREATE FUNCTION sql(statement text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT replace(statement, 'P.', format('%I.', pipeline)) FROM setting $$;

-- Instants that meet: whole hours of the last weeks, also some of last years and of the days to come.
CREATE FUNCTION some_instant() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN chance(0.05) THEN quote_literal('-infinity')
        WHEN chance(0.5) THEN format('now() - %L::interval', (random() * 200)::int || ' seconds')
        ELSE format('date_trunc(''hour'', now()) - %L::interval', (CASE WHEN chance(0.2) THEN random() * 20000 ELSE random() * 700 - 30 END)::int || ' hours') END
$$;
CREATE FUNCTION some_row() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    key text := pick('login', 'login', 'export', 'plan', 'seats', 'seats', 'churned', 'renewal', 'unknown', 'late fact');
    at text := some_instant();
    value text := CASE key WHEN 'login' THEN pick('NULL', '''1''', '''2.5''', '''-1''') WHEN 'export' THEN pick('''1''', '''3''', '''"much"''')
        WHEN 'plan' THEN pick('''"gold"''', '''"silver"''', 'NULL', '''7''') WHEN 'seats' THEN quote_literal((random() * 5)::int)
        WHEN 'churned' THEN pick('''true''', '''false''', '''false''') WHEN 'renewal' THEN format('to_jsonb(current_date + %s)', (random() * 60 - 20)::int)
        ELSE '''1''' END;
BEGIN
    IF key IN ('login', 'export') AND at = quote_literal('-infinity') THEN
        at := 'now()';
    END IF;
    RETURN format('(%L, %L, %L, %s, %s, %s, %s)', pick('', '', 't'), pick('a', 'b', 'c', 'd "e"'), key, at, value,
        CASE WHEN chance(0.5) THEN quote_literal(pick('ann', 'bob', 'cy')) ELSE 'NULL' END,
        CASE WHEN chance(0.3) THEN quote_literal('e' || (random() * 20)::int) ELSE 'NULL' END);
END $$;
CREATE FUNCTION push(rows int) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT sql('INSERT INTO P.log (tenant, customer, key, at, value, actor, event_id) VALUES ') || string_agg(some_row(), ', ') FROM generate_series(1, rows)
$$;

CREATE FUNCTION some_rules() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT format('{"timezone": "%s", "facts": {"login": "counter", "export": "counter", "plan": "text", "seats": "number", "churned": "boolean", "renewal": "date"%s},
        "exists": "not coalesce(churned, false)", "base": %s, "min": 0, "max": 100,
        "stages": [{"name": "new", "when": "%s"}, {"name": "renewal", "when": "renewal within %s days"}, {"name": "rest"}],
        "rules": [{"name": "active", "when": "count(login, %s days) >= 2", "points": 30}, {"name": "gold", "when": "plan = ''gold''", "points": 20},
                  {"name": "use", "points": "10 * sum(export, 20 days) / seats", "missing": 5}, {"name": "near", "points": "%s"}, {"name": "users", "points": "3 * distinct(login, 20 days)"}],
        "bands": [{"name": "red"}, {"name": "yellow", "from": 30}, {"name": "green", "from": 60}],
        "alerts": [{"name": "quiet", "when": "count(login, %s days) = 0"%s%s},
                   {"name": "red", "when": "band = ''red''"}, {"name": "%s", "when": "seats > 3"}]}',
        pick('UTC', 'Asia/Tokyo', 'America/New_York'), pick('', ', "late fact": "number"'), pick('10', '40'),
        CASE WHEN chance(0.2) THEN 'days_since(first(login)) < 20' ELSE 'count(login, 20 days) = 0' END, pick('10', '30'), pick('7', '14'), pick('-least(20, days_until(renewal))', '60 / days_until(renewal)'),
        pick('1', '3', '5'), pick('', ', "for": "1 second"', ', "for": "1 day"'), pick('', ', "keep_firing_for": "2 days"'), pick('many', 'large'))
$$;

-- Time goes on by hand: the pipeline's clock is the server's and what `clock` adds.
CREATE TABLE clock (shift interval);
INSERT INTO clock VALUES ('0');
CREATE OR REPLACE FUNCTION csagg.pipeline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT now() + shift FROM oracle.clock';
CREATE OR REPLACE FUNCTION csagg.pipeline_clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT clock_timestamp() + shift FROM oracle.clock';

-- What happens, one thing at a time.
CREATE TABLE writer (name text, working boolean);
CREATE FUNCTION write(w text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT working FROM writer WHERE name = w) AND chance(0.5) THEN
        PERFORM run(w, 'BEGIN');
        UPDATE writer SET working = true WHERE name = w;
    END IF;
    IF (SELECT working FROM writer WHERE name = w) AND chance(0.2) THEN
        PERFORM run(w, 'SAVEPOINT s'), run(w, push(2)), run(w, 'ROLLBACK TO s');
    END IF;
    PERFORM run(w, push(1 + (random() * 5)::int));
END $$;
CREATE FUNCTION finish(w text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gid text := format('p%s_%s', pg_backend_pid(), (random() * 1e9)::int);
BEGIN
    IF (SELECT working FROM writer WHERE name = w) THEN
        IF chance(0.3) THEN
            PERFORM run(w, format('PREPARE TRANSACTION %L', gid));
            INSERT INTO prepared VALUES (gid);
        ELSE
            PERFORM run(w, pick('COMMIT', 'COMMIT', 'ROLLBACK'));
        END IF;
        UPDATE writer SET working = false WHERE name = w;
    END IF;
END $$;
CREATE FUNCTION finish_prepared() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gid text := (SELECT name FROM prepared ORDER BY random() LIMIT 1);
BEGIN
    IF gid IS NOT NULL THEN
        PERFORM run('stepper', format('%s PREPARED %L', pick('COMMIT', 'ROLLBACK'), gid));
        DELETE FROM prepared WHERE name = gid;
    END IF;
END $$;
-- Customers and persons are forgotten, and old rows of the log go: the naive side keeps who, what stands for them, and what went.
CREATE TABLE forgotten (tenant text, customer text);
CREATE TABLE person (tenant text, actor text, stands text);
CREATE TABLE archive (id bigint, tenant text, customer text, key text, at timestamptz, value jsonb, actor text, event_id text);
CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who forgotten := ROW(pick('', '', 't'), pick('c', 'd "e"'));
BEGIN
    PERFORM FROM dblink('stepper', format('SELECT csagg.forget(%L, %L, %L)', (SELECT pipeline FROM setting), who.customer, who.tenant)) f(known boolean);
    INSERT INTO forgotten SELECT who.*;
END $$;
CREATE FUNCTION forget_actor() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who record := (pick('', '', 't'), pick('ann', 'bob', 'cy'));
BEGIN
    PERFORM FROM dblink('stepper', format('SELECT csagg.forget_actor(%L, %L, %L)', (SELECT pipeline FROM setting), who.f2, who.f1)) f(known boolean);
    IF NOT EXISTS (SELECT FROM person WHERE tenant = who.f1 AND actor = who.f2) THEN
        EXECUTE sql('INSERT INTO person SELECT $1, $2, n.actor FROM P.pseudonym n WHERE n.actor NOT IN (SELECT stands FROM person)') USING who.f1, who.f2;
    END IF;
END $$;
-- History goes only where no rules look back without an end.
CREATE TABLE shortened (customers bigint);
CREATE FUNCTION bounded() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    answer boolean;
BEGIN
    EXECUTE sql('SELECT bool_and(csagg.look_back(rules) IS NOT NULL) FROM P.rules') INTO answer;
    RETURN answer;
END $$;
CREATE FUNCTION retain() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF chance(0.6) THEN
        BEGIN
            PERFORM run('stepper', format('CALL csagg.retain(%L, history => %L, feed => NULL)', (SELECT pipeline FROM setting), pick('1 month', '2 months', '1 year')));
        EXCEPTION WHEN object_not_in_prerequisite_state THEN
            PERFORM bad('history is kept for no reason', 'retain') WHERE bounded();
        END;
        RETURN;
    END IF;
    EXECUTE sql($q$
        INSERT INTO archive SELECT id, tenant, customer, key, at, value, actor, event_id FROM P.log
        WHERE id NOT IN (SELECT id FROM archive) AND id NOT IN (SELECT id FROM P.rejected) AND (event_id IS NULL OR (tenant, event_id, id) IN (SELECT tenant, event_id, id FROM P.seen))$q$);
    PERFORM run('stepper', format('CALL csagg.retain(%L, log => %L, feed => NULL)', (SELECT pipeline FROM setting), pick('0', '1 hour', '30 days')));
    EXECUTE sql('DELETE FROM archive WHERE id IN (SELECT id FROM P.log)');
END $$;
CREATE FUNCTION change_rules() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF chance(0.25) THEN
        PERFORM run('stepper', sql('DELETE FROM P.rules WHERE (tenant, effective_from) IN (SELECT tenant, effective_from FROM P.rules WHERE effective_from > ''-infinity'' ORDER BY random() LIMIT 1)'));
    ELSE
        PERFORM run('stepper', sql(format('INSERT INTO P.rules (tenant, effective_from, rules) VALUES (%L, csagg.pipeline_clock() + %L::interval, %L) ON CONFLICT DO NOTHING',
            pick('', 't'), pick('0', '0', '-3 days', '-40 days', '5 days', '1 minute'), some_rules())));
    END IF;
END $$;
-- Overrides: writers only add, each row at an instant of its own, so that none waits for another. None begins or ends in the last seconds or those to come,
-- since a step has something to do then, or once it has settled.
CREATE FUNCTION override() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    since text := format('(%s)::timestamptz - %L::interval', some_instant(), (random() * 1e6)::int || ' microseconds');
    added text := sql(format('INSERT INTO P.override (tenant, customer, since, until, score, author) SELECT %L, %L, s, CASE WHEN %L AND isfinite(s) THEN s + %L::interval END, %s, %L FROM (SELECT %s) x(s) ON CONFLICT DO NOTHING',
        pick('', '', 't'), pick('a', 'b', 'c', 'd "e"'), chance(0.7), (1 + random() * 900)::int || ' hours', pick('-5', '12.5', '29.9', '30', '45', '60', '99', '250'), pick('ann', 'bob'), since));
    one constant text := sql('(tenant, customer, since) IN (SELECT tenant, customer, since FROM P.override ORDER BY random() LIMIT 1)');
BEGIN
    CASE pick('add', 'add', 'write', 'change', 'move', 'end', 'take back')
        WHEN 'add' THEN PERFORM run('stepper', added);
        WHEN 'write' THEN PERFORM run(CASE WHEN since LIKE '%infinity%' THEN 'stepper' ELSE pick('w1', 'w2', 'w3') END, added);
        WHEN 'change' THEN PERFORM run('stepper', sql(format('UPDATE P.override SET score = %s, author = %L, reason = ''x'' WHERE ', pick('10', '50', '80'), pick('ann', 'cy'))) || one);
        WHEN 'move' THEN PERFORM run('stepper', sql(format('UPDATE P.override SET customer = %L, since = since - interval ''1 hour'' WHERE isfinite(since) AND ', pick('a', 'b', 'c'))) || one);
        WHEN 'end' THEN PERFORM run('stepper', sql('UPDATE P.override SET until = csagg.pipeline_clock() - interval ''1 minute'' WHERE since < csagg.pipeline_clock() - interval ''2 minutes'' AND ') || one);
        WHEN 'take back' THEN PERFORM run('stepper', sql('DELETE FROM P.override WHERE ') || one);
    END CASE;
END $$;
CREATE FUNCTION step(rows int) RETURNS void LANGUAGE sql AS $$
    SELECT outcome FROM dblink('stepper', format('SELECT outcome FROM csagg.step(%L, %s)', (SELECT pipeline FROM setting), rows)) s(outcome text);
    SELECT NULL::void
$$;

-- Plain SQL: which rows count, what the facts are, which rules hold.
CREATE FUNCTION bad(reason text, what text DEFAULT 'rows') RETURNS void LANGUAGE sql AS $$ INSERT INTO difference VALUES (current_setting('oracle.seed')::int, what, reason) $$;
CREATE FUNCTION counting(folded boolean) RETURNS text LANGUAGE sql AS $$
    SELECT sql(format($q$
        SELECT * FROM (SELECT DISTINCT ON (l.tenant, coalesce('e' || l.event_id, 'i' || l.id)) l.tenant, l.customer, l.key, f.kind, l.at,
            CASE WHEN f.kind = 'counter' THEN coalesce(l.value, '1') ELSE l.value END AS value, coalesce(p.stands, l.actor) AS actor, l.id
        FROM (SELECT id, tenant, customer, key, at, value, actor, event_id FROM P.log UNION ALL SELECT * FROM oracle.archive) l LEFT JOIN oracle.person p ON p.tenant = l.tenant AND p.actor = l.actor JOIN P.fact f USING (key) CROSS JOIN P.source m LEFT JOIN P.seen s ON s.tenant = l.tenant AND s.event_id = l.event_id
        WHERE m.name = 'log' AND NOT EXISTS (SELECT FROM P.rejected r WHERE r.id = l.id) AND (s.id IS NULL OR s.id = l.id)
            AND csagg.check_fact(l.key, f.kind, l.at, CASE WHEN f.kind = 'counter' THEN coalesce(l.value, '1') ELSE l.value END, l.actor) IS NULL
            %s
        ORDER BY l.tenant, coalesce('e' || l.event_id, 'i' || l.id), l.id) r WHERE (tenant, customer) NOT IN (SELECT tenant, customer FROM oracle.forgotten)$q$,
        CASE WHEN folded THEN 'AND l.id <= m.upto AND NOT EXISTS (SELECT FROM P.hole h WHERE h.ids @> l.id)' END))
$$;
CREATE FUNCTION naive(folded boolean, OUT tenant text, OUT customer text, OUT facts csagg.history) RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT tenant, customer, csagg.history(key, kind, at, value, actor, id) FROM (%s) r GROUP BY tenant, customer', counting(folded));
END $$;
CREATE FUNCTION rules_at(of_tenant text, at timestamptz) RETURNS csagg.ruleset LANGUAGE plpgsql AS $$
DECLARE
    answer csagg.ruleset;
BEGIN
    EXECUTE sql('SELECT rules FROM P.rules WHERE tenant IN ($1, '''') AND effective_from <= $2 ORDER BY tenant DESC, effective_from DESC LIMIT 1') INTO answer USING of_tenant, at;
    RETURN answer;
END $$;
CREATE FUNCTION firing(alerts jsonb) RETURNS text[] LANGUAGE sql AS $$
    SELECT array(SELECT key FROM jsonb_each_text(alerts) WHERE value = 'firing' ORDER BY key COLLATE "C")
$$;

-- Who has pinned which score at an instant: the row that began last. Then score, band, and the alert that asks for the band, follow from that in plain SQL.
CREATE FUNCTION pin(of_tenant text, of_customer text, at timestamptz, OUT score numeric, OUT author text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE sql('SELECT score, author FROM P.override v WHERE tenant = $1 AND customer = $2 AND since <= $3 AND (until > $3 OR until IS NULL) AND NOT EXISTS (SELECT FROM oracle.forgotten f WHERE f.tenant = v.tenant AND f.customer = v.customer) ORDER BY since DESC LIMIT 1') INTO score, author USING of_tenant, of_customer, at;
END $$;
CREATE FUNCTION pinned_score(said numeric, pin numeric) RETURNS numeric LANGUAGE sql AS 'SELECT CASE WHEN said IS NULL OR pin IS NULL THEN said ELSE least(100, greatest(0, pin)) END';
CREATE FUNCTION pinned_band(said numeric, band text, pin numeric) RETURNS text LANGUAGE sql AS
    $$ SELECT CASE WHEN said IS NULL OR pin IS NULL THEN band WHEN pin >= 60 THEN 'green' WHEN pin >= 30 THEN 'yellow' ELSE 'red' END $$;
CREATE FUNCTION pinned_firing(said numeric, alerts jsonb, pin numeric) RETURNS text[] LANGUAGE sql AS $$
    SELECT CASE WHEN said IS NULL OR pin IS NULL THEN oracle.firing(alerts)
        ELSE array(SELECT a FROM (SELECT unnest(array_remove(oracle.firing(alerts), 'red')) UNION SELECT 'red' WHERE pin < 30) f(a) ORDER BY a COLLATE "C") END
$$;

-- A customer with what is apart of it.
CREATE FUNCTION whole() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format('(SELECT c.tenant, c.customer, %s AS facts, %s AS from_at, %s AS score, %s AS coverage, c.stage, c.band, c.alerts, c.until_at, c.error, c.kept_from, c.facts_from, c.seed FROM %I.current c) c',
        csagg.pipeline_whole(pipeline, 'facts'), csagg.pipeline_whole(pipeline, 'from_at'), csagg.pipeline_whole(pipeline, 'score'), csagg.pipeline_whole(pipeline, 'coverage'), pipeline) FROM setting
$$;
CREATE TABLE parted (customers bigint);
-- Facts as they are when what is older has been forgotten; NULL where there are none.
CREATE FUNCTION since(facts csagg.history, facts_from timestamptz) RETURNS csagg.history LANGUAGE sql AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM csagg.facts(facts)) THEN csagg.forget_before(facts, coalesce(facts_from, '-infinity')) END
$$;
-- What was said from kept_from on is that of all rows, also of those from before that are gone from the facts. Only where rows have come late, or other
-- rules, does an alert that may remember for ever begin with the facts that are left.
CREATE FUNCTION told() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format('(SELECT c.*, CASE WHEN c.kept_from IS NULL THEN c.facts ELSE coalesce(n.facts, c.facts) END AS known,
            CASE WHEN c.seed IS NULL THEN c.kept_from + interval ''10 days'' ELSE c.kept_from END AS known_from
        FROM %s LEFT JOIN oracle.naive(true) n USING (tenant, customer) WHERE c.kept_from IS NULL OR oracle.bounded()) c', oracle.whole())
$$;
-- facts: those of the rows that were folded.
CREATE FUNCTION check_facts() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    different text;
BEGIN
    EXECUTE sql($q$
        SELECT string_agg(format('%s/%s: %s, not %s', tenant, customer, c.facts, n.facts), E'\n')
        FROM $q$) || oracle.whole() || sql($q$ FULL JOIN oracle.naive(true) n USING (tenant, customer) WHERE oracle.since(csagg.drop_facts(c.facts, '{overridden_score,overridden_by}'), c.facts_from)::text IS DISTINCT FROM oracle.since(n.facts, c.facts_from)::text$q$) INTO different;
    PERFORM bad(different, 'facts') WHERE different IS NOT NULL;
    EXECUTE sql($q$
        SELECT string_agg(event_id, ', ') FROM (
            SELECT event_id FROM P.log l JOIN P.source m ON m.name = 'log' AND l.id <= m.upto WHERE event_id IS NOT NULL
                AND (l.tenant, l.customer) NOT IN (SELECT tenant, customer FROM oracle.forgotten)  -- whose bad rows are not kept, either
                AND NOT EXISTS (SELECT FROM P.hole h WHERE h.ids @> l.id) AND NOT EXISTS (SELECT FROM P.rejected r WHERE r.id = l.id)
                AND NOT EXISTS (SELECT FROM P.seen s WHERE s.tenant = l.tenant AND s.event_id = l.event_id)) e$q$) INTO different;
    PERFORM bad(different, 'event_ids') WHERE different IS NOT NULL;
END $$;
-- score and the like: those of assess(), at random instants of what is stored.
CREATE FUNCTION check_assessments() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    different text;
BEGIN
    EXECUTE sql($q$
        SELECT string_agg(format('%s/%s at %s: %s, not %s', tenant, customer, at, got, want), E'\n') FROM (
            SELECT c.tenant, c.customer, i.at,
                ROW(csagg.text_at(c.stage, at), csagg.number_at(c.score, at), csagg.text_at(c.band, at), csagg.number_at(c.coverage, at),
                    array(SELECT key FROM csagg.facts(c.alerts) WHERE csagg.bool_at(csagg.timeline_of(c.alerts, key), at) ORDER BY key COLLATE "C"))::text AS got,
                ROW(a.stage, oracle.pinned_score(a.score, v.score), oracle.pinned_band(a.score, a.band, v.score), a.coverage, oracle.pinned_firing(a.score, a.alerts, v.score))::text AS want
            FROM $q$) || oracle.told() || sql($q$ CROSS JOIN LATERAL (
                SELECT c.from_at + (c.until_at - c.from_at) * random() AS at FROM generate_series(1, 3)
                UNION ALL SELECT date_trunc('hour', c.until_at - (c.until_at - greatest(c.from_at, c.until_at - interval '70 days')) * random()) FROM generate_series(1, 3)) i
            CROSS JOIN LATERAL (SELECT c.known AS facts) f
            CROSS JOIN LATERAL csagg.try_assess(oracle.rules_at(c.tenant, i.at), f, i.at) a
            CROSS JOIN LATERAL oracle.pin(c.tenant, c.customer, i.at) v
            WHERE c.error IS NULL AND (a.error IS NULL OR c.kept_from IS NULL) AND i.at >= greatest(c.from_at, c.known_from) AND i.at < c.until_at) d
        WHERE got <> want$q$) INTO different;
    PERFORM bad(different, 'assessments') WHERE different IS NOT NULL;
END $$;
-- health: that of all rows that are visible, folded or not; also if rules cannot be evaluated for times long gone.
CREATE FUNCTION check_health() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    different text;
BEGIN
    EXECUTE sql($q$
        SELECT string_agg(format('%s/%s: %s, not %s', tenant, customer, got, want), E'\n') FROM (
            SELECT coalesce(h.tenant, n.tenant) AS tenant, coalesce(h.customer, n.customer) AS customer,
                ROW(h.stage, h.score, h.band, h.coverage, h.alerts, CASE WHEN h.error IS NULL THEN h.score_30_days_ago END, CASE WHEN h.error IS NULL THEN h.overridden_by END)::text AS got,
                ROW(a.stage, oracle.pinned_score(a.score, v.score), oracle.pinned_band(a.score, a.band, v.score), a.coverage, oracle.pinned_firing(a.score, a.alerts, v.score),
                    CASE WHEN h.error IS NULL AND coalesce(k.kept_from, '-infinity') <= csagg.pipeline_now() - interval '30 days' THEN oracle.pinned_score(b.score, w.score) END, CASE WHEN h.error IS NULL THEN v.author END)::text AS want
            FROM P.health h FULL JOIN (SELECT tenant, customer, n.facts FROM oracle.naive(false) n UNION ALL SELECT DISTINCT tenant, customer, '{}'::csagg.history FROM P.override v WHERE (tenant, customer) NOT IN (SELECT n.tenant, n.customer FROM oracle.naive(false) n UNION ALL SELECT f.tenant, f.customer FROM oracle.forgotten f)) n USING (tenant, customer) LEFT JOIN P.current k USING (tenant, customer)
            CROSS JOIN LATERAL oracle.pin(coalesce(h.tenant, n.tenant), coalesce(h.customer, n.customer), csagg.pipeline_now()) v
            CROSS JOIN LATERAL oracle.pin(coalesce(h.tenant, n.tenant), coalesce(h.customer, n.customer), csagg.pipeline_now() - interval '30 days') w
            CROSS JOIN LATERAL (SELECT csagg.forget_before(n.facts, CASE WHEN k.facts_from IS NULL OR oracle.bounded() THEN '-infinity' ELSE k.facts_from END) AS facts) f
            LEFT JOIN LATERAL csagg.try_assess(oracle.rules_at(n.tenant, csagg.pipeline_now()), f, csagg.pipeline_now()) a ON true
            LEFT JOIN LATERAL csagg.try_assess(oracle.rules_at(n.tenant, csagg.pipeline_now() - interval '30 days'), f, csagg.pipeline_now() - interval '30 days') b ON true
            WHERE (h.error IS NULL OR NOT EXISTS (SELECT FROM P.rules r, csagg.try_assess_over(r.rules, f, csagg.pipeline_now() - interval '80 days', csagg.pipeline_now() + interval '1 microsecond') o WHERE r.effective_from <= csagg.pipeline_now() AND o.error IS NOT NULL)) AND (a.error IS NULL OR k.kept_from IS NULL)) d
        WHERE got <> want$q$) INTO different;
    PERFORM bad(different, 'health') WHERE different IS NOT NULL;
    EXECUTE sql(format($q$
        SELECT string_agg(format('%%s %%s %%s: %%s, not %%s', tenant, band, stage, got, want), E'\n') FROM (
            SELECT tenant, band, stage, sum(got) AS got, sum(want) AS want FROM (
                SELECT tenant, band, stage, customers AS got, 0 AS want FROM P.health_daily WHERE day = (csagg.pipeline_now() AT TIME ZONE csagg.pipeline_zone(%1$L, tenant))::date
                UNION ALL SELECT tenant, band, stage, 0, 1 FROM P.health WHERE band IS NOT NULL OR stage IS NOT NULL) c
            GROUP BY tenant, band, stage) d
        WHERE got <> want$q$, (SELECT pipeline FROM setting))) INTO different;
    PERFORM bad(different, 'health_daily of today') WHERE different IS NOT NULL;
END $$;
-- Episodes, of customers that do not wait for a step: an alert is firing at an instant that is booked if and only if an episode covers it.
CREATE FUNCTION check_episodes() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    different text;
BEGIN
    EXECUTE sql($q$
        SELECT string_agg(format('%s/%s at %s: %s, not %s', tenant, customer, at, got, want), E'\n') FROM (
            SELECT c.tenant, c.customer, i.at, oracle.pinned_firing(a.score, a.alerts, v.score) AS want,
                array(SELECT alert FROM P.alert e WHERE e.tenant = c.tenant AND e.customer = c.customer AND e.since <= i.at AND (e.until > i.at OR e.until IS NULL) ORDER BY alert COLLATE "C") AS got
            FROM P.pipeline p, $q$) || oracle.told() || sql($q$ CROSS JOIN LATERAL (
                SELECT c.from_at + (p.last_step - p.settle - c.from_at) * random() AS at FROM generate_series(1, 3)
                UNION ALL SELECT p.last_step - p.settle - random() * interval '1 day' UNION ALL SELECT p.last_step - p.settle - random() * interval '5 minutes'
                UNION ALL SELECT unnest(ARRAY[since, until, since - interval '1 us', until - interval '1 us']) FROM P.alert e WHERE e.tenant = c.tenant AND e.customer = c.customer) i
            CROSS JOIN LATERAL (SELECT c.known AS facts) f
            CROSS JOIN LATERAL csagg.try_assess(oracle.rules_at(c.tenant, i.at), f, i.at) a
            CROSS JOIN LATERAL oracle.pin(c.tenant, c.customer, i.at) v
            WHERE c.error IS NULL AND (a.error IS NULL OR c.kept_from IS NULL) AND c.until_at > p.last_step AND NOT EXISTS (SELECT FROM P.due d WHERE d.at <= p.last_step AND d.tenant = c.tenant AND d.customer = c.customer) AND i.at >= greatest(c.from_at, c.known_from) AND i.at <= p.last_step - p.settle) d
        WHERE got <> want$q$) INTO different;
    PERFORM bad(different, 'episodes') WHERE different IS NOT NULL;
END $$;
-- The feed: each episode is fired once, before it is resolved or withdrawn once; who is open in the feed is open.
CREATE FUNCTION check_feed() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    different text;
BEGIN
    EXECUTE sql($q$
        SELECT string_agg(format('episode %s: %s', episode, kinds), E'\n') FROM (
            SELECT f.episode, string_agg(kind, ' ' ORDER BY f.id) AS kinds, bool_or(a.episode IS NOT NULL AND a.until IS NULL) AS open, bool_and(a.announced IS NOT false) AS announced
            FROM P.alert_feed f LEFT JOIN P.alert a USING (episode) GROUP BY f.episode) e
        WHERE kinds NOT IN ('fired', 'fired resolved', 'fired withdrawn', 'fired resolved withdrawn') OR (kinds = 'fired') <> open OR NOT announced
        $q$) INTO different;
    PERFORM bad(different, 'feed') WHERE different IS NOT NULL;
    EXECUTE sql($q$
        SELECT string_agg(episode::text, ', ') FROM P.alert a WHERE announced AND NOT EXISTS (SELECT FROM P.alert_feed f WHERE f.episode = a.episode)$q$) INTO different;
    PERFORM bad(different, 'announced without a row in the feed') WHERE different IS NOT NULL;
    EXECUTE sql($q$ SELECT string_agg(f::text, ', ') FROM P.alert_feed f, P.pipeline p WHERE kind = 'fired' AND f.at < alerts_from OR emitted_at < f.at $q$) INTO different;
    PERFORM bad(different, 'feed of before') WHERE different IS NOT NULL;
END $$;

CREATE FUNCTION check_all(whole boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waits boolean;
BEGIN
    EXECUTE sql('SELECT EXISTS (SELECT FROM P.todo)') INTO waits;
    PERFORM check_facts(), check_feed();
    IF NOT waits THEN
        PERFORM check_assessments(), check_health(), check_episodes();
    END IF;
    IF whole THEN
        EXECUTE sql('INSERT INTO shortened SELECT count(*) FROM P.current WHERE kept_from IS NOT NULL');
        EXECUTE sql('INSERT INTO parted SELECT count(DISTINCT (tenant, customer)) FROM P.past');
        EXECUTE sql('SELECT EXISTS (SELECT FROM P.current, P.pipeline WHERE until_at <= last_step) OR EXISTS (SELECT FROM P.due, P.pipeline WHERE at <= last_step)') INTO waits;
        PERFORM bad('customers wait for a step', 'due') WHERE waits;
        PERFORM bad(v::text, 'verify') FROM setting, csagg.verify(pipeline) v;
    END IF;
END $$;

CREATE PROCEDURE sequence(seed int, actions int) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('oracle.seed', seed::text, false), setseed(seed / 1e6);
    UPDATE setting SET pipeline = pick('cs', $n$a "b" 'c'$n$), large = pick('0', '0', '65536')::int;
    UPDATE clock SET shift = '0';
    DELETE FROM writer;
    DELETE FROM forgotten;
    DELETE FROM person;
    DELETE FROM archive;
    INSERT INTO writer SELECT name, false FROM unnest(ARRAY['w1', 'w2', 'w3']) name;
    COMMIT;
    PERFORM connect(name) FROM writer;
    PERFORM connect('stepper');
    PERFORM dblink_exec('stepper', 'SET client_min_messages = warning');
    PERFORM FROM dblink('stepper', format('SELECT csagg.create_pipeline(%L, %L, settle => %L)', (SELECT pipeline FROM setting), some_rules(), pick('0', '0', '2 seconds'))) p(p text);
    FOR i IN 1 .. actions LOOP
        CASE pick('write', 'write', 'write', 'write', 'finish', 'finish', 'finish', 'prepared', 'step', 'step', 'step', 'all', 'rules', 'override', 'override', 'time', 'check', pick('forget', 'forget actor', 'retain', 'retain'))
            WHEN 'write' THEN PERFORM write(pick('w1', 'w2', 'w3'));
            WHEN 'finish' THEN PERFORM finish(pick('w1', 'w2', 'w3'));
            WHEN 'prepared' THEN PERFORM finish_prepared();
            WHEN 'step' THEN PERFORM step(1 + (random() * 20)::int);
            WHEN 'all' THEN PERFORM run('stepper', format('CALL csagg.refresh(%L)', (SELECT pipeline FROM setting)));
            WHEN 'rules' THEN PERFORM change_rules();
            WHEN 'override' THEN PERFORM override();
            WHEN 'forget' THEN PERFORM forget();
            WHEN 'forget actor' THEN PERFORM forget_actor();
            WHEN 'retain' THEN PERFORM retain();
            WHEN 'time' THEN UPDATE clock SET shift = shift + pick('1 second', '1 hour', '1 day', '20 days', '70 days')::interval;
            WHEN 'check' THEN PERFORM check_all(false);
        END CASE;
        COMMIT;
    END LOOP;
    PERFORM finish(name) FROM writer;
    WHILE EXISTS (SELECT FROM prepared) LOOP
        PERFORM finish_prepared();
    END LOOP;
    COMMIT;
    PERFORM run('stepper', format('CALL csagg.refresh(%L)', (SELECT pipeline FROM setting)));
    PERFORM run('stepper', format('CALL csagg.refresh(%L)', (SELECT pipeline FROM setting)));
    PERFORM check_all(true);
    -- The time of some customers may have come since: that is none of the refresh's business, and ends.
    PERFORM bad('more is left to do after refresh', 'idle') FROM setting, dblink('stepper', format('
        SELECT EXISTS (SELECT FROM %1$I.hole) OR EXISTS (SELECT FROM %1$I.todo) OR csagg.pipeline_new_log(%1$L, ''log'')', pipeline)) s(more boolean) WHERE more;
    PERFORM bad('steps find no end', 'idle') FROM setting WHERE NOT EXISTS (
        SELECT FROM generate_series(1, 5) i, LATERAL dblink('stepper', format('SELECT outcome FROM csagg.step(%L) OFFSET 0 * %s', pipeline, i)) s(outcome text) WHERE outcome = 'idle');
    COMMIT;
    PERFORM dblink_disconnect(name) FROM writer;
    PERFORM FROM dblink('stepper', format('SELECT csagg.drop_pipeline(%L)', (SELECT pipeline FROM setting))) p(p text);
    PERFORM dblink_disconnect('stepper');
    COMMIT;
END $$;
