-- How many timelines hold which value, bucket by bucket.

\part src/postgres/in_out.sql.in distribution csagg_population_out

-- EXTENDED: values are read as a whole, and their many small numbers compress well. ALIGNMENT = double, because the
-- aggregates' states hold 64-bit numbers and are used where they lie.
CREATE TYPE csagg.distribution (
    INPUT = csagg.distribution_in, OUTPUT = csagg.distribution_out,
    RECEIVE = csagg.distribution_recv, SEND = csagg.distribution_send,
    ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE csagg.distribution IS
    'how many timelines had which closing value in each bucket of a grid, or which tuple of values; kept as changes, so its size is the number of changes';
COMMENT ON FUNCTION csagg.distribution_in(cstring) IS
    'reads the text form of csagg.distribution; 22P02 if it is not of that form or holds a count below zero';
COMMENT ON FUNCTION csagg.distribution_out(csagg.distribution) IS
    'text form of csagg.distribution, independent of DateStyle and TimeZone: distribution of text over [2025-01-01 00:00:00, 2026-01-01 00:00:00) every 1 day in UTC {"gold" = +2@0 -1@31}, that is two from bucket 0 on, one less from bucket 31 on';
COMMENT ON FUNCTION csagg.distribution_recv(internal) IS
    'reads the binary form of csagg.distribution, checking it in full; 22P03 if it is not what csagg would write';
COMMENT ON FUNCTION csagg.distribution_send(csagg.distribution) IS
    'binary form of csagg.distribution: the stored bytes';

\part src/postgres/bytes.sql.in distribution
COMMENT ON FUNCTION csagg.distribution_eq(csagg.distribution, csagg.distribution) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
COMMENT ON OPERATOR csagg.= (csagg.distribution, csagg.distribution) IS 'same grid and same counts';

CREATE FUNCTION csagg.jsonb(csagg.distribution) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_population_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.distribution) IS
    'type, kind (joint: kinds), grid and values with their changes as JSON; a change is [bucket from 0, difference of the count from there on]';
CREATE CAST (csagg.distribution AS jsonb) WITH FUNCTION csagg.jsonb(csagg.distribution);
COMMENT ON CAST (csagg.distribution AS jsonb) IS 'as csagg.jsonb(csagg.distribution)';

-- The aggregates' states are values in the making: see cells.hpp.

CREATE FUNCTION csagg.distribution_combine(csagg.distribution, csagg.distribution) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_population_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_combine(csagg.distribution, csagg.distribution) IS
    'combine function of the aggregates over csagg.distribution; for their use only';
CREATE FUNCTION csagg.distribution_final(csagg.distribution) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_final(csagg.distribution) IS
    'final function of the aggregates over csagg.distribution; for their use only';
CREATE FUNCTION csagg.distribution_rollup_add(csagg.distribution, csagg.distribution) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_population_rollup_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_rollup_add(csagg.distribution, csagg.distribution) IS
    'transition function of csagg.rollup(csagg.distribution); for its use only';

CREATE FUNCTION csagg.distribution_add(csagg.distribution, csagg.timeline, csagg.grid) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_distribution_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_add(csagg.distribution, csagg.timeline, csagg.grid) IS
    'transition function of csagg.distribution(csagg.timeline, csagg.grid); for its use only';
CREATE AGGREGATE csagg.distribution(value csagg.timeline, over csagg.grid) (
    SFUNC = csagg.distribution_add, STYPE = csagg.distribution, SSPACE = 4096,
    FINALFUNC = csagg.distribution_final, COMBINEFUNC = csagg.distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.distribution(csagg.timeline, csagg.grid) IS
    'how many timelines have which closing value in each bucket; a timeline of NULL is absent throughout, as is any before its known_from, and what is absent counts nowhere. NULL only over no rows at all; a grid of NULL is error 22004, another grid than in the rows before 22023, another kind of value 42804';

CREATE FUNCTION csagg.distribution_add(csagg.distribution, csagg.timeline[], csagg.grid) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_distribution_add_joint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_add(csagg.distribution, csagg.timeline[], csagg.grid) IS
    'transition function of csagg.distribution(csagg.timeline[], csagg.grid); for its use only';
CREATE AGGREGATE csagg.distribution(members csagg.timeline[], over csagg.grid) (
    SFUNC = csagg.distribution_add, STYPE = csagg.distribution, SSPACE = 4096,
    FINALFUNC = csagg.distribution_final, COMBINEFUNC = csagg.distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.distribution(csagg.timeline[], csagg.grid) IS
    'joint distribution: how many rows have which tuple of closing values of their timelines in each bucket, with NULL for a member that is absent; a row whose members are all absent, or whose array is NULL, counts nowhere. All arrays have the same length, 1 to 16 (22023). NULL only over no rows at all; a grid of NULL is error 22004, another grid than in the rows before 22023, another kind of value 42804';

CREATE AGGREGATE csagg.rollup(value csagg.distribution) (
    SFUNC = csagg.distribution_rollup_add, STYPE = csagg.distribution, SSPACE = 8192,
    FINALFUNC = csagg.distribution_final, COMBINEFUNC = csagg.distribution_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.rollup(csagg.distribution) IS
    'the sum of several values of csagg.distribution: what aggregating all their timelines at once gives. NULL is ignored; NULL if there is no other. Their grids must be the same (22023), as must the kinds of their values (42804)';

CREATE FUNCTION csagg.buckets(counts csagg.distribution, zeros boolean DEFAULT false, OUT bucket timestamp,
                              OUT starts_at timestamptz, OUT ends_at timestamptz, OUT value text, OUT number numeric, OUT n bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_distribution_buckets' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION csagg.buckets(csagg.distribution, boolean) IS
    'one row for each bucket and value that n > 0 timelines have there, by bucket and value; with zeros also where n is 0, for each value of the whole distribution: local start of the bucket, that instant and the one at which it ends, the value as text, the value as number (NULL for other kinds), n. Of a joint distribution value reads ("gold", 7, null). No row for NULL';

CREATE FUNCTION csagg.joint_buckets(counts csagg.distribution, zeros boolean DEFAULT false, OUT bucket timestamp,
                                    OUT starts_at timestamptz, OUT ends_at timestamptz, OUT members text[], OUT n bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_distribution_joint_buckets' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION csagg.joint_buckets(csagg.distribution, boolean) IS
    'as csagg.buckets(csagg.distribution, boolean), with the values of a joint distribution as an array, NULL for an absent member; of a plain distribution an array of one';
