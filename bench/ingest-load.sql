\ir pipeline-rows.sql
CREATE TABLE bare AS SELECT * FROM cs.log LIMIT 0;  -- the same columns, and nothing else
VACUUM ANALYZE;
