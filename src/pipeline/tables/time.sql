-- The clock of pipelines, in one place: a test of next month replaces these two.

CREATE FUNCTION csagg.pipeline_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT pg_catalog.now()';
COMMENT ON FUNCTION csagg.pipeline_now() IS 'the instant that views speak of: start of the transaction';

CREATE FUNCTION csagg.pipeline_clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT pg_catalog.clock_timestamp()';
COMMENT ON FUNCTION csagg.pipeline_clock() IS 'the instant of a step: it goes on within a transaction';

-- Assessments begin with a customer's first row, but not before 1970, and two years back at least: a rule set may say that
-- customers exist before their first row.
CREATE FUNCTION csagg.pipeline_from(at timestamptz, now timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT LEAST(CASE WHEN pg_catalog.isfinite(at) THEN GREATEST(at, '1970-01-01 00:00+00') END, now OPERATOR(pg_catalog.-) interval '800 days')
$body$;
COMMENT ON FUNCTION csagg.pipeline_from(timestamptz, timestamptz) IS
    'from when on a customer with an entry at that instant is assessed';

-- Taking days away and adding them again is not the same where clocks are changed between.
CREATE FUNCTION csagg.pipeline_hours(settle interval) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT pg_catalog.date_part('epoch', settle) OPERATOR(pg_catalog.*) interval '1 second' $body$;
COMMENT ON FUNCTION csagg.pipeline_hours(interval) IS
    'an interval without days, each of which is 24 hours';
