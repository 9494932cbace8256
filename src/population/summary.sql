-- Numbers of a population in figures, bucket by bucket.

\part src/postgres/in_out.sql.in summary csagg_population_out

-- EXTENDED: values are read as a whole, and their many small numbers compress well. ALIGNMENT = double, because the
-- aggregates' states hold 64-bit numbers and are used where they lie.
CREATE TYPE csagg.summary (
    INPUT = csagg.summary_in, OUTPUT = csagg.summary_out,
    RECEIVE = csagg.summary_recv, SEND = csagg.summary_send,
    ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE csagg.summary IS
    'count, exact sum, mean, standard deviation and quantiles of many timelines of numbers in each bucket of a grid; quantiles are exact to three significant digits (relative error at most 0.5 %), everything else is exact';
COMMENT ON FUNCTION csagg.summary_in(cstring) IS
    'reads the text form of csagg.summary; 22P02 if it is not of that form or holds a count below zero';
COMMENT ON FUNCTION csagg.summary_out(csagg.summary) IS
    'text form of csagg.summary, independent of DateStyle and TimeZone: summary over [2025-01-01 00:00:00, 2026-01-01 00:00:00) every 1 day in UTC {42.1 = +1@0} sums {0 = 42.12 1774.0944}: changes of the count by value rounded to three digits, then of sum and sum of squares';
COMMENT ON FUNCTION csagg.summary_recv(internal) IS
    'reads the binary form of csagg.summary, checking it in full; 22P03 if it is not what csagg would write';
COMMENT ON FUNCTION csagg.summary_send(csagg.summary) IS
    'binary form of csagg.summary: the stored bytes';

\part src/postgres/bytes.sql.in summary
COMMENT ON FUNCTION csagg.summary_eq(csagg.summary, csagg.summary) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
COMMENT ON OPERATOR csagg.= (csagg.summary, csagg.summary) IS 'same grid and same counts';

CREATE FUNCTION csagg.jsonb(csagg.summary) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_population_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.summary) IS
    'type, kind, grid, rounded values with their changes ([bucket from 0, difference of the count from there on]) and sums ([bucket, difference of the sum, difference of the sum of squares]) as JSON';
CREATE CAST (csagg.summary AS jsonb) WITH FUNCTION csagg.jsonb(csagg.summary);
COMMENT ON CAST (csagg.summary AS jsonb) IS 'as csagg.jsonb(csagg.summary)';

-- The aggregates' states are values in the making: see cells.hpp.

CREATE FUNCTION csagg.summary_combine(csagg.summary, csagg.summary) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_population_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.summary_combine(csagg.summary, csagg.summary) IS
    'combine function of the aggregates over csagg.summary; for their use only';
CREATE FUNCTION csagg.summary_final(csagg.summary) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.summary_final(csagg.summary) IS
    'final function of the aggregates over csagg.summary; for their use only';
CREATE FUNCTION csagg.summary_rollup_add(csagg.summary, csagg.summary) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_population_rollup_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.summary_rollup_add(csagg.summary, csagg.summary) IS
    'transition function of csagg.rollup(csagg.summary); for its use only';

CREATE FUNCTION csagg.summary_add(csagg.summary, csagg.timeline, csagg.grid) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_summary_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.summary_add(csagg.summary, csagg.timeline, csagg.grid) IS
    'transition function of csagg.summary(csagg.timeline, csagg.grid); for its use only';
CREATE AGGREGATE csagg.summary(value csagg.timeline, over csagg.grid) (
    SFUNC = csagg.summary_add, STYPE = csagg.summary, SSPACE = 8192,
    FINALFUNC = csagg.summary_final, COMBINEFUNC = csagg.summary_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.summary(csagg.timeline, csagg.grid) IS
    'count, sum, mean, standard deviation and quantiles of the closing values of timelines of numbers in each bucket; a timeline of NULL is absent throughout, as is any before its known_from, and what is absent counts nowhere. NULL only over no rows at all; a timeline of another kind is error 42804, a grid of NULL 22004, another grid than in the rows before 22023';

CREATE AGGREGATE csagg.rollup(value csagg.summary) (
    SFUNC = csagg.summary_rollup_add, STYPE = csagg.summary, SSPACE = 8192,
    FINALFUNC = csagg.summary_final, COMBINEFUNC = csagg.summary_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.rollup(csagg.summary) IS
    'the sum of several values of csagg.summary: what aggregating all their timelines at once gives. NULL is ignored; NULL if there is no other. Their grids must be the same (22023), as must the kinds of their values (42804)';

CREATE FUNCTION csagg.buckets(figures csagg.summary, OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz,
                              OUT n bigint, OUT sum numeric, OUT mean numeric, OUT stddev numeric)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_summary_buckets' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 365;
COMMENT ON FUNCTION csagg.buckets(csagg.summary) IS
    'one row for each bucket: local start, that instant and the one at which it ends, number of timelines with a value, exact sum, mean, and sample standard deviation, the last two rounded half away from zero to 18 significant digits. sum and mean are NULL where n is 0, stddev where n is below 2. 22003 for a deviation of 10^18 or more. No row for NULL';

CREATE FUNCTION csagg.quantile(figures csagg.summary, q double precision, OUT bucket timestamp, OUT starts_at timestamptz,
                               OUT ends_at timestamptz, OUT value numeric)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_summary_quantile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 365;
COMMENT ON FUNCTION csagg.quantile(csagg.summary, double precision) IS
    'one row for each bucket with the least value that at least the fraction q of the timelines does not exceed, as percentile_disc, of values rounded half away from zero to three significant digits: relative error at most 0.5 %, none for numbers of up to three digits. NULL where there is none. 22023 unless 0 <= q <= 1. No row for NULL';
