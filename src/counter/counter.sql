-- The type csagg.counter and its aggregates.

\part src/postgres/in_out.sql.in counter csagg_counter_out

-- EXTERNAL: never compressed a second time, so that a part of a long value can be fetched without the whole.
CREATE TYPE csagg.counter (
    INPUT = csagg.counter_in, OUTPUT = csagg.counter_out,
    RECEIVE = csagg.counter_recv, SEND = csagg.counter_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.counter IS
    'multiset of events: per instant the number of events, the exact total of their amounts, and their distinct actors';

\part src/postgres/bytes.sql.in counter
COMMENT ON FUNCTION csagg.counter_eq(csagg.counter, csagg.counter) IS
    'same instants, numbers of events, totals, actors and known_from';

CREATE FUNCTION csagg.jsonb(csagg.counter) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_counter_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.counter) IS
    'known_from and forgotten (if it was shortened) and events (at, events, total, actors if any) as JSON; instants are ISO texts in UTC';
CREATE CAST (csagg.counter AS jsonb) WITH FUNCTION csagg.jsonb(csagg.counter);

-- The aggregates' states are counters in the making: see counter_build.hpp. SSPACE as for timelines.

CREATE FUNCTION csagg.counter_combine(csagg.counter, csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_final(csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION csagg.counter_merge_add(csagg.counter, csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_merge_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz) IS
    'counter of a log, in any order of rows, each an event of amount 1; NULL without rows; errors: 22004 for at NULL, 22008 for infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, smallint) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_smallint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount smallint) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, smallint) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; errors: 22004 for at or amount NULL, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, smallint, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_smallint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount smallint, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, smallint, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; errors: 22004 for at or amount NULL, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, integer) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount integer) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, integer) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; errors: 22004 for at or amount NULL, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, integer, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_integer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount integer, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, integer, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; errors: 22004 for at or amount NULL, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, bigint) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount bigint) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, bigint) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; errors: 22004 for at or amount NULL, 22003 for more than 18 digits, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, bigint, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_bigint' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount bigint, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, bigint, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; errors: 22004 for at or amount NULL, 22003 for more than 18 digits, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, numeric) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount numeric) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, numeric) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; an amount is rounded half away from zero to 18 significant digits; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, numeric, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_numeric' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount numeric, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, numeric, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; an amount is rounded half away from zero to 18 significant digits; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, real) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_real' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount real) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, real) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; an amount is read by its shortest decimal form; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, real, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_real' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount real, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, real, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; an amount is read by its shortest decimal form; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, double precision) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_double' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount double precision) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, double precision) IS
    'counter of a log, in any order of rows; negative amounts correct; NULL without rows; an amount is read by its shortest decimal form, rounded half away from zero to 18 significant digits; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.counter_add(csagg.counter, timestamptz, double precision, text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_add_double' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE csagg.counter(at timestamptz, amount double precision, actor text) (
    SFUNC = csagg.counter_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.counter(timestamptz, double precision, text) IS
    'counter of a log with actors, in any order of rows; negative amounts correct; actor NULL: an event without one; NULL without rows; an amount is read by its shortest decimal form, rounded half away from zero to 18 significant digits; errors: 22004 for at or amount NULL, 22003 for more than 18 integer digits, NaN and infinity, 22008 for at infinity (-infinity is allowed)';

CREATE AGGREGATE csagg.merge(x csagg.counter) (
    SFUNC = csagg.counter_merge_add, STYPE = csagg.counter, SSPACE = 2048,
    FINALFUNC = csagg.counter_final, COMBINEFUNC = csagg.counter_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.merge(csagg.counter) IS
    'pieces of one counter added up, as if their rows had been aggregated at once: each row belongs in one piece; NULLs are left out; known_from is the latest of all, and events before it are dropped';
