-- Who moved from which value to which, bucket by bucket.

\part src/postgres/in_out.sql.in flows csagg_population_out

-- EXTENDED: values are read as a whole, and their many small numbers compress well. ALIGNMENT = double, because the
-- aggregates' states hold 64-bit numbers and are used where they lie.
CREATE TYPE csagg.flows (
    INPUT = csagg.flows_in, OUTPUT = csagg.flows_out,
    RECEIVE = csagg.flows_recv, SEND = csagg.flows_send,
    ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE csagg.flows IS
    'how many timelines moved from which value to which, from the closing of one bucket of a grid to that of the next';
COMMENT ON FUNCTION csagg.flows_in(cstring) IS
    'reads the text form of csagg.flows; 22P02 if it is not of that form or holds a count below zero';
COMMENT ON FUNCTION csagg.flows_out(csagg.flows) IS
    'text form of csagg.flows, independent of DateStyle and TimeZone: flows of text over [2025-01-01 00:00:00, 2026-01-01 00:00:00) every 1 day in UTC {null -> "gold" = +2@0}, that is two in bucket 0';
COMMENT ON FUNCTION csagg.flows_recv(internal) IS
    'reads the binary form of csagg.flows, checking it in full; 22P03 if it is not what csagg would write';
COMMENT ON FUNCTION csagg.flows_send(csagg.flows) IS
    'binary form of csagg.flows: the stored bytes';

\part src/postgres/bytes.sql.in flows
COMMENT ON FUNCTION csagg.flows_eq(csagg.flows, csagg.flows) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
COMMENT ON OPERATOR csagg.= (csagg.flows, csagg.flows) IS 'same grid and same counts';

CREATE FUNCTION csagg.jsonb(csagg.flows) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_population_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.flows) IS
    'type, kind, grid and moves with their counts as JSON; a count is [bucket from 0, how many]; null stands for absent';
CREATE CAST (csagg.flows AS jsonb) WITH FUNCTION csagg.jsonb(csagg.flows);
COMMENT ON CAST (csagg.flows AS jsonb) IS 'as csagg.jsonb(csagg.flows)';

-- The aggregates' states are values in the making: see cells.hpp.

CREATE FUNCTION csagg.flows_combine(csagg.flows, csagg.flows) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_population_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.flows_combine(csagg.flows, csagg.flows) IS
    'combine function of the aggregates over csagg.flows; for their use only';
CREATE FUNCTION csagg.flows_final(csagg.flows) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.flows_final(csagg.flows) IS
    'final function of the aggregates over csagg.flows; for their use only';
CREATE FUNCTION csagg.flows_rollup_add(csagg.flows, csagg.flows) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_population_rollup_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.flows_rollup_add(csagg.flows, csagg.flows) IS
    'transition function of csagg.rollup(csagg.flows); for its use only';

CREATE FUNCTION csagg.flows_add(csagg.flows, csagg.timeline, csagg.grid) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_flows_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.flows_add(csagg.flows, csagg.timeline, csagg.grid) IS
    'transition function of csagg.flows(csagg.timeline, csagg.grid); for its use only';
CREATE AGGREGATE csagg.flows(value csagg.timeline, over csagg.grid) (
    SFUNC = csagg.flows_add, STYPE = csagg.flows, SSPACE = 4096,
    FINALFUNC = csagg.flows_final, COMBINEFUNC = csagg.flows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.flows(csagg.timeline, csagg.grid) IS
    'how many timelines moved from which value to which in each bucket: from the closing value of the bucket before (for the first bucket: what held just before the grid starts) to its own, where they differ; a timeline of NULL is absent throughout, as is any before its known_from. NULL only over no rows at all; a grid of NULL is error 22004, another grid than in the rows before 22023, another kind of value 42804';

CREATE AGGREGATE csagg.rollup(value csagg.flows) (
    SFUNC = csagg.flows_rollup_add, STYPE = csagg.flows, SSPACE = 8192,
    FINALFUNC = csagg.flows_final, COMBINEFUNC = csagg.flows_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.rollup(csagg.flows) IS
    'the sum of several values of csagg.flows: what aggregating all their timelines at once gives. NULL is ignored; NULL if there is no other. Their grids must be the same (22023), as must the kinds of their values (42804)';

CREATE FUNCTION csagg.buckets(moves csagg.flows, zeros boolean DEFAULT false, OUT bucket timestamp, OUT starts_at timestamptz,
                              OUT ends_at timestamptz, OUT from_value text, OUT to_value text, OUT n bigint)
    RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_flows_buckets' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10000;
COMMENT ON FUNCTION csagg.buckets(csagg.flows, boolean) IS
    'one row for each bucket and move that n > 0 timelines made there, by bucket, from and to; with zeros also where n is 0, for each move of all buckets: local start of the bucket, that instant and the one at which it ends, the values as text with NULL for absent, n. No row for NULL';
