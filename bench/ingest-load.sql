\ir pipeline-rows.sql
-- What a step takes inside the server, in ms: the median of many with a row each, and of those between, which find nothing.
CREATE FUNCTION step_times(pipeline name, OUT one_row numeric, OUT idle numeric) LANGUAGE plpgsql AS $$
DECLARE
    begun timestamptz;
    times float8[] := '{}';
    idles float8[] := '{}';
BEGIN
    FOR i IN 1 .. 60 LOOP
        EXECUTE format('INSERT INTO %I.log (customer, key) VALUES ($1, ''login'')', pipeline) USING (1 + i * 97 % 20000)::text;
        begun := clock_timestamp();
        PERFORM csagg.step(pipeline);
        times := times || extract(epoch FROM clock_timestamp() - begun)::float8;
        begun := clock_timestamp();
        PERFORM csagg.step(pipeline);
        idles := idles || extract(epoch FROM clock_timestamp() - begun)::float8;
    END LOOP;
    SELECT 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY t), 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY i) INTO one_row, idle FROM unnest(times, idles) u(t, i);
END $$;
-- WAL that n events cost, each of a customer drawn at random: to be written, and to be folded.
CREATE FUNCTION wal_of(pipeline name, n int, OUT written numeric, OUT folded numeric) LANGUAGE plpgsql AS $$
DECLARE
    places pg_lsn[] := ARRAY[pg_current_wal_insert_lsn()];
BEGIN
    EXECUTE format('INSERT INTO %I.log (customer, key, actor) SELECT (1 + floor(random() * 20000))::text, ''login'', ''user '' || i %% 5 FROM generate_series(1, $1) i', pipeline) USING n;
    places := places || pg_current_wal_insert_lsn();
    PERFORM csagg.step(pipeline);
    places := places || pg_current_wal_insert_lsn();
    written := (places[2] - places[1]) / n;
    folded := (places[3] - places[2]) / n;
END $$;
CREATE TABLE bare AS SELECT * FROM cs.log LIMIT 0;  -- the same columns, and nothing else
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text, key text, at timestamptz, actor text);
INSERT INTO visit (customer, key, at, actor) SELECT customer, key, at, actor FROM cs.log, generate_series(1, 2) WHERE actor IS NOT NULL ORDER BY cs.log.id LIMIT 1000000;
CREATE TABLE account (id int PRIMARY KEY, plan text, seats int, note int, name text) WITH (fillfactor = 50);
INSERT INTO account SELECT i, 'plan ' || i % 5, i % 40, 0, 'customer ' || i FROM generate_series(1, 20000) i;
CREATE TABLE account_alike (LIKE account INCLUDING ALL) WITH (fillfactor = 50);
INSERT INTO account_alike TABLE account;
VACUUM ANALYZE;
