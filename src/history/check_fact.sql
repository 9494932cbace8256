CREATE FUNCTION csagg.check_fact(key text, kind text, at timestamptz, value jsonb, actor text DEFAULT NULL) RETURNS text
    AS 'MODULE_PATHNAME', 'csagg_check_fact' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.check_fact(text, text, timestamptz, jsonb, text) IS
    'NULL if the aggregate history() takes this row, else why not, in the words of its error; any actor will do; that a key has one kind in all rows is not looked at';
