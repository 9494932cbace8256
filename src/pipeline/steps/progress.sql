-- How far a refresh is, while it works.

CREATE FUNCTION csagg.pipeline_begin(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('UPDATE %1$I.pipeline SET refresh_since = clock_timestamp(), refresh_from = (SELECT sum(folded) FROM %1$I.source)', pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_begin(name) IS
    'notes where a refresh of more than one step begins, for progress()';

CREATE FUNCTION csagg.pipeline_end(pipeline name) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    EXECUTE format('UPDATE %1$I.pipeline SET refresh_since = NULL, refresh_from = NULL', pipeline);
END $body$;
COMMENT ON FUNCTION csagg.pipeline_end(name) IS
    'notes that a refresh has come to its end';

CREATE FUNCTION csagg.pipeline_left(pipeline name) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    left_over bigint;
BEGIN
    EXECUTE format($sql$
        SELECT CASE WHEN bool_and(behind IS NOT NULL) THEN sum(behind) END
        FROM (SELECT csagg.pipeline_behind(csagg.pipeline_relation(relation), CASE kind WHEN 'log' THEN 'id' ELSE spec ->> 'id' END::name, upto) AS behind
              FROM %1$I.source WHERE kind IN ('log', 'events') AND csagg.pipeline_relation(relation) IS NOT NULL) b$sql$, pipeline) INTO left_over;
    RETURN left_over;
END $body$;
COMMENT ON FUNCTION csagg.pipeline_left(name) IS
    'how many ids are above the marks of the sources: rows that are still to be folded, with those that were rolled back; NULL without the right to see that of one of them';

CREATE FUNCTION csagg.progress(pipeline name, OUT refreshing_since timestamptz, OUT rows bigint, OUT rows_left bigint, OUT customers bigint,
    OUT customers_left bigint, OUT share numeric, OUT rows_a_second numeric, OUT time_left interval)
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    begun bigint;
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    EXECUTE format($sql$
        SELECT refresh_since, refresh_from, (SELECT sum(folded) FROM %1$I.source), csagg.pipeline_left($1), (SELECT count(*) FROM %1$I.current),
            (SELECT count(*) FROM %1$I.todo)
        FROM %1$I.pipeline$sql$, pipeline) INTO refreshing_since, begun, rows, rows_left, customers, customers_left USING pipeline;
    share := round(rows / nullif(rows + rows_left, 0)::numeric, 4);
    rows_a_second := round((rows - begun) / extract(epoch FROM clock_timestamp() - refreshing_since), 1);
    time_left := make_interval(secs => round(rows_left / nullif(rows_a_second, 0))::double precision);
END $body$;
COMMENT ON FUNCTION csagg.progress(name) IS
    'how far a pipeline is: rows folded, ids that are still to be read (NULL, as what follows from it, without the right to read the sequence of an events table), customers there are, rows of todo (customers that wait to be assessed or read anew), rows as a share of all; and of a refresh that takes more than one step, while it works or since it was stopped: since when, rows a second, and the time left at that rate; else these three are NULL. Errors: 42704 for no such pipeline, 42501 for who may not read the table source';
