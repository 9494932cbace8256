-- Who works with the pipeline cs at once, each for some time: applications, which write into tables of its sources and into its own in any order; people
-- who read; owners who define, forget, retain and mend.
CREATE SCHEMA crowd;
CREATE TABLE crowd.account (id int PRIMARY KEY, plan text);
CREATE TABLE crowd.size (id int PRIMARY KEY, size int);
CREATE TABLE crowd.sub (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int, mrr int, since date);
CREATE TABLE crowd.event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int, name text, n int, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE crowd.problem (who text, what text);
CREATE TABLE crowd.done (what text);
INSERT INTO crowd.account SELECT i, 'a' FROM generate_series(0, 29) i;
INSERT INTO crowd.size SELECT i, i FROM generate_series(0, 29) i;
SELECT csagg.add_states('cs', 'crowd.account', 'id', '{plan}'), csagg.add_intervals('cs', 'crowd.sub', 'account', '{mrr}', since => 'since', overlap => '{"mrr": "sum"}'),
    csagg.add_events('cs', 'crowd.event', customer => 'account', key => 'name', at => 'at', amount => 'n');
CREATE ROLE csagg_crowd;

-- Each has customers of its own, so that none waits for another's rows.
CREATE PROCEDURE crowd.write_once(mine int, what int) LANGUAGE plpgsql AS $$
DECLARE
    whose int := floor(random() * 10)::int * 3 + mine;
BEGIN
    CASE what
        WHEN 0 THEN UPDATE crowd.account SET plan = 'p' || floor(random() * 100) WHERE id = whose;
        WHEN 1 THEN UPDATE crowd.size SET size = size + 1 WHERE id = whose;
        WHEN 2 THEN INSERT INTO crowd.sub (account, mrr, since) VALUES (whose, random() * 10, current_date - (random() * 100)::int);
        WHEN 3 THEN UPDATE crowd.sub SET mrr = mrr + 1 WHERE id = (SELECT max(id) FROM crowd.sub WHERE account % 3 = mine);
        WHEN 4 THEN INSERT INTO crowd.event (account, name, n) VALUES (whose, 'visit', 1), (whose, 'export', 2);
        WHEN 5 THEN UPDATE crowd.event SET n = n + 1 WHERE id = (SELECT max(id) FROM crowd.event WHERE account % 3 = mine);
        WHEN 6 THEN INSERT INTO cs.log (customer, key, actor) VALUES (whose::text, 'login', 'u' || floor(random() * 5)), ('gone' || floor(random() * 3), 'login', NULL);
        ELSE INSERT INTO cs.override (customer, score, author) VALUES (whose::text, floor(random() * 100), 'u' || floor(random() * 5));
    END CASE;
    PERFORM pg_sleep(random() * 0.002);
END $$;
CREATE PROCEDURE crowd.write(mine int, until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    one int;
BEGIN
    WHILE clock_timestamp() < until LOOP
        COMMIT;
        BEGIN
            PERFORM pg_sleep(random() * 0.2);  -- with a snapshot, but for READ COMMITTED
            FOR one IN SELECT i FROM generate_series(0, 7) i ORDER BY random() LIMIT 4 LOOP
                CALL crowd.write_once(mine, one);
            END LOOP;
            BEGIN  -- a savepoint that is rolled back
                CALL crowd.write_once(mine, 4);
                CALL crowd.write_once(mine, 6);
                RAISE division_by_zero;
            EXCEPTION WHEN division_by_zero THEN NULL;
            END;
        EXCEPTION WHEN serialization_failure THEN
            IF current_setting('transaction_isolation') = 'read committed' THEN
                RAISE;
            END IF;
        END;
        IF random() < 0.2 THEN
            ROLLBACK;
        END IF;
    END LOOP;
END $$;

CREATE PROCEDURE crowd.read(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        PERFORM FROM cs.alerts;
        PERFORM FROM cs.health;
        COMMIT;
        PERFORM FROM cs.status;
        COMMIT;
        PERFORM FROM cs.health_daily;
        COMMIT;
        PERFORM pg_sleep(random() * 0.1);
    END LOOP;
END $$;

CREATE PROCEDURE crowd.note(what text) LANGUAGE sql AS $$
    INSERT INTO crowd.problem SELECT what, v::text FROM csagg.verify('cs', repair => what = 'repair') v
$$;
CREATE PROCEDURE crowd.define(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        COMMIT;
        CASE floor(random() * 8)
            WHEN 0 THEN PERFORM csagg.isolate('cs', $sql$current_setting('app.tenant', true)$sql$);
            WHEN 1 THEN PERFORM csagg.grant_pipeline('cs', 'csagg_crowd', may) FROM unnest('{read,operate,none}'::text[]) may ORDER BY random() LIMIT 1;
            WHEN 2 THEN PERFORM csagg.upgrade_pipeline('cs');
            WHEN 3 THEN PERFORM csagg.resume('cs', name) FROM cs.source WHERE name = ANY ('{account,sub,event,override}') ORDER BY random() LIMIT 1;
            WHEN 4 THEN PERFORM csagg.add_states('cs', 'crowd.size', 'id', '{size}');
            WHEN 5 THEN PERFORM csagg.create_pipeline('cs2', (SELECT rules FROM cs.rules LIMIT 1)), csagg.add_events('cs2', 'crowd.event', customer => 'account', key => 'name', at => 'at', amount => 'n');
            WHEN 6 THEN INSERT INTO cs.rules (rules) SELECT rules FROM cs.rules LIMIT 1;
            ELSE UPDATE cs.pipeline SET settle = make_interval(secs => floor(random() * 2));
        END CASE;
        INSERT INTO crowd.done VALUES ('define');
        PERFORM pg_sleep(random() * 0.1);
        COMMIT;
        PERFORM csagg.drop_source('cs', name) FROM cs.source WHERE name = 'size';
        PERFORM csagg.drop_pipeline('cs2') WHERE to_regnamespace('cs2') IS NOT NULL;
    END LOOP;
END $$;
CREATE PROCEDURE crowd.keep(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        COMMIT;
        CASE floor(random() * 5)
            WHEN 0 THEN CALL csagg.retain('cs', log => '1 day', history => '1 year', feed => '1 second');
            WHEN 1 THEN CALL crowd.note('verify');
            WHEN 2 THEN CALL crowd.note('repair');
            WHEN 3 THEN PERFORM csagg.forget('cs', 'gone' || floor(random() * 3), until => now());
            ELSE PERFORM csagg.forget_actor('cs', 'u' || floor(random() * 5));
        END CASE;
        INSERT INTO crowd.done VALUES ('keep');
        PERFORM pg_sleep(random() * 0.1);
    END LOOP;
END $$;
-- The other pipeline comes and goes.
CREATE PROCEDURE crowd.step(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        COMMIT;
        BEGIN
            PERFORM csagg.step('cs2');
        EXCEPTION WHEN undefined_object OR undefined_table THEN
            PERFORM pg_sleep(0.02);
        END;
    END LOOP;
END $$;
