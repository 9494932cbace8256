-- A pipeline's statements name its schema, so each is formatted; what plans these once a session.

CREATE FUNCTION csagg.pipeline_query(statement text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_query' LANGUAGE C VOLATILE ROWS 1;
CREATE FUNCTION csagg.pipeline_query(statement text, VARIADIC arguments "any") RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_query' LANGUAGE C VOLATILE ROWS 1;
CREATE FUNCTION csagg.pipeline_read(statement text) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_read' LANGUAGE C STABLE ROWS 1;
CREATE FUNCTION csagg.pipeline_read(statement text, VARIADIC arguments "any") RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_pipeline_read' LANGUAGE C STABLE ROWS 1;
CREATE FUNCTION csagg.pipeline_execute(statement text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_pipeline_execute' LANGUAGE C VOLATILE;
CREATE FUNCTION csagg.pipeline_execute(statement text, VARIADIC arguments "any") RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_pipeline_execute' LANGUAGE C VOLATILE;
COMMENT ON FUNCTION csagg.pipeline_query(text) IS
    'rows of a statement, run as the caller. Its plan is kept in the session, made without knowing the arguments, for a minute at most, and until statements got 10000 elements of arrays, 20000 in all, 40000 and so on; 512 are kept. Errors: 22004 for NULL, 0A000 for a statement that only a client can run, and the statement''s own';
COMMENT ON FUNCTION csagg.pipeline_query(text, "any") IS
    'the same of a statement with $1, $2 and so on. With arrays of more than 1000 elements the statement is planned for the arguments and the plan is not kept';
COMMENT ON FUNCTION csagg.pipeline_read(text) IS
    'the same of a statement that writes nothing, by the snapshot of the query that calls it: for what views call. Error 0A000 for one that writes';
COMMENT ON FUNCTION csagg.pipeline_read(text, "any") IS
    'the same of such a statement with $1, $2 and so on';
COMMENT ON FUNCTION csagg.pipeline_execute(text) IS
    'runs a statement as pipeline_query() does; the number of its rows';
COMMENT ON FUNCTION csagg.pipeline_execute(text, "any") IS
    'runs a statement as pipeline_query() does; the number of its rows';
