-- Who went from what to what: by flows over the same timelines.

CREATE FUNCTION csagg.moves(pipeline name, over csagg.grid, of text DEFAULT 'band',
    OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz, OUT from_value text, OUT to_value text, OUT n bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE ROWS 1000 SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    begun csagg.grid := csagg.pipeline_grid(over, csagg.pipeline_now());
BEGIN
    PERFORM csagg.pipeline_known(pipeline);
    IF begun IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format($sql$
        %s,
        counted AS (SELECT csagg.flows(%s, $2) AS moves FROM live l)
        SELECT g.bucket, g.starts_at, g.ends_at, b.from_value, b.to_value, b.n
        FROM counted, csagg.buckets(moves) b JOIN csagg.buckets($1) g ON g.starts_at = b.starts_at AND g.starts_at < g.ends_at
        ORDER BY g.starts_at, b.from_value, b.to_value$sql$, csagg.pipeline_live(pipeline), csagg.pipeline_dimension(pipeline, of))
        USING over, begun;
END $body$;
COMMENT ON FUNCTION csagg.moves(name, csagg.grid, text) IS
    'how many customers had another value at the end of a bucket than at that of the one before, from which to which; NULL is absent. of: band, stage, score, coverage, tenant (which never moves), or a fact that is a state. The bucket that holds now is as of now. Errors as of trend()';
