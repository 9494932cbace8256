\ir pipeline-rows.sql
CREATE TABLE bare (LIKE cs.log);
VACUUM ANALYZE;
