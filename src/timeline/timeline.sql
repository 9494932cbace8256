-- The type csagg.timeline and its aggregates.

\part src/postgres/in_out.sql.in timeline csagg_timeline_out

-- EXTERNAL: never compressed a second time, so that a look-up fetches a slice of a long value and not the whole.
CREATE TYPE csagg.timeline (
    INPUT = csagg.timeline_in, OUTPUT = csagg.timeline_out,
    RECEIVE = csagg.timeline_recv, SEND = csagg.timeline_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.timeline IS
    'step function from timestamptz to values of one kind (boolean, number, text, date, time), or absent';

\part src/postgres/bytes.sql.in timeline
COMMENT ON FUNCTION csagg.timeline_eq(csagg.timeline, csagg.timeline) IS
    'same entries; two timelines with the same values at every instant may differ: see same_function()';

CREATE FUNCTION csagg.jsonb(csagg.timeline) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_timeline_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.timeline) IS
    'kind, known_from and entries (at, seq unless 0, value) as JSON; instants are ISO texts in UTC';
CREATE CAST (csagg.timeline AS jsonb) WITH FUNCTION csagg.jsonb(csagg.timeline);

-- The aggregates' states are timelines in the making: see timeline_build.hpp. SSPACE is that of some 150 entries: a
-- planner that expects more than work_mem holds partitions the log, and small partitions fit the processor's caches.

CREATE FUNCTION csagg.timeline_combine(csagg.timeline, csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_final(csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_merge_add(csagg.timeline, csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_merge_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, boolean) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value boolean) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, boolean) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, boolean, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_boolean' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value boolean, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, boolean, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, smallint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_smallint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value smallint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, smallint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, smallint, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_smallint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value smallint, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, smallint, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, integer) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value integer) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, integer) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, integer, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value integer, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, integer, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, bigint, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value bigint, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, bigint, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, numeric) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value numeric) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, numeric) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, numeric, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value numeric, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, numeric, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, real) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_real' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value real) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, real) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, real, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_real' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value real, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, real, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, double precision) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_double' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value double precision) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, double precision) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, double precision, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_double' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value double precision, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, double precision, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value text) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, text) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, text, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value text, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, text, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, date) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value date) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, date) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, date, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value date, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, date, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value timestamptz) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, timestamptz) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (value) wins; at NULL or infinity is an error';

CREATE FUNCTION csagg.timeline_add(csagg.timeline, timestamptz, timestamptz, bigint) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_add_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.timeline(at timestamptz, value timestamptz, seq bigint) (
    SFUNC = csagg.timeline_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.timeline(timestamptz, timestamptz, bigint) IS
    'timeline of a log, in any order of rows; NULL ends the state; of two entries at one instant the greater (seq, value) wins; at NULL or infinity is an error';

CREATE AGGREGATE csagg.merge(x csagg.timeline) (
    SFUNC = csagg.timeline_merge_add, STYPE = csagg.timeline, SSPACE = 2048,
    FINALFUNC = csagg.timeline_final, COMBINEFUNC = csagg.timeline_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.merge(csagg.timeline) IS
    'pieces of one timeline put together, as if their entries had been aggregated at once; NULLs are left out';

-- total() keeps changes of exact sums; a partial sum that leaves the server must stay exact, so its state is a type.

CREATE TYPE csagg.total_state;
CREATE FUNCTION csagg.total_state_in(cstring) RETURNS csagg.total_state
    AS 'MODULE_PATHNAME', 'csagg_total_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.total_state_out(csagg.total_state) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_total_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.total_state_recv(internal) RETURNS csagg.total_state
    AS 'MODULE_PATHNAME', 'csagg_total_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.total_state_send(csagg.total_state) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_total_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE TYPE csagg.total_state (
    INPUT = csagg.total_state_in, OUTPUT = csagg.total_state_out,
    RECEIVE = csagg.total_state_recv, SEND = csagg.total_state_send,
    ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE csagg.total_state IS
    'state of the aggregate total() on its way between servers; not for columns: its form may change with any version';

CREATE FUNCTION csagg.total_add(csagg.total_state, csagg.timeline) RETURNS csagg.total_state
    AS 'MODULE_PATHNAME', 'csagg_total_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.total_combine(csagg.total_state, csagg.total_state) RETURNS csagg.total_state
    AS 'MODULE_PATHNAME', 'csagg_total_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.total_final(csagg.total_state) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_total_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE AGGREGATE csagg.total(x csagg.timeline) (
    SFUNC = csagg.total_add, STYPE = csagg.total_state, SSPACE = 4096,
    FINALFUNC = csagg.total_final, COMBINEFUNC = csagg.total_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.total(csagg.timeline) IS
    'timeline of the sum of many number timelines; absent adds nothing, and where all are absent so is the sum; exact, error 22003 where a sum has more than 18 integer digits';
