\ir pipeline-rows.sql
CALL csagg.refresh('cs');
VACUUM ANALYZE;

-- Twenty times the customers, their bands and scores of 400 days.
CREATE TABLE said AS SELECT i AS part, csagg.merge(score_before, score) AS score, band FROM cs.current, generate_series(1, 20) i ORDER BY i;
CREATE INDEX ON said (part);
VACUUM ANALYZE said;

-- What a step costs a row, in us, when n rows of so many customers have come: the median of ten steps.
CREATE FUNCTION fold_cost(n int, customers int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    begun timestamptz;
    times float8[] := '{}';
BEGIN
    FOR i IN 1 .. 10 LOOP
        INSERT INTO cs.log (customer, key, actor) SELECT (1 + (j % customers * 19 + i * 1009) % 20000)::text, 'login', 'user ' || j % 5 FROM generate_series(1, n) j;
        begun := clock_timestamp();
        PERFORM csagg.step('cs');
        times := times || extract(epoch FROM clock_timestamp() - begun)::float8;
    END LOOP;
    RETURN 1000000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY t) / n FROM unnest(times) t;
END $$;
