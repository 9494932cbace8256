-- Bare loops: a procedure with a SET clause cannot COMMIT. What they call pins its own search_path.

CREATE PROCEDURE csagg.refresh(pipeline name)
    LANGUAGE plpgsql AS $body$
DECLARE
    outcome pg_catalog.text;
    again pg_catalog.bool;
    begun pg_catalog.bool := false;
BEGIN
    CALL csagg.pipeline_alone('refresh()');
    LOOP
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SELECT s.outcome, s.more INTO outcome, again FROM csagg.step(pipeline, 1000000) s;
        IF outcome OPERATOR(pg_catalog.=) 'busy' THEN
            PERFORM pg_catalog.pg_sleep(0.05);
        ELSIF NOT again THEN
            IF outcome OPERATOR(pg_catalog.=) 'paused' THEN
                RAISE NOTICE 'pipeline "%" is paused', pipeline;
            END IF;
            EXIT;
        ELSIF NOT begun THEN
            PERFORM csagg.pipeline_begin(pipeline);
            begun := true;
        END IF;
    END LOOP;
    IF begun THEN
        PERFORM csagg.pipeline_end(pipeline);
    END IF;
    COMMIT;
END $body$;
COMMENT ON PROCEDURE csagg.refresh(name) IS
    'steps until all that was committed before is folded and assessed, but for rows of transactions that are still open; each step commits, up to a million rows of a source, so it may be stopped and called again. Waits for another step that is running. Not within a transaction (2D000). Errors as of step()';
