\echo Use "CREATE EXTENSION csagg" to load this file. \quit

-- src/grid/grid.sql

-- Whoever can read the data may compute with it: nothing in this schema reads what the caller cannot.
GRANT USAGE ON SCHEMA csagg TO PUBLIC;

-- Calendar buckets.

CREATE TYPE csagg.grid;

CREATE FUNCTION csagg.grid_in(cstring) RETURNS csagg.grid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_in';
CREATE FUNCTION csagg.grid_out(csagg.grid) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_out';
CREATE FUNCTION csagg.grid_recv(internal) RETURNS csagg.grid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_recv';
CREATE FUNCTION csagg.grid_send(csagg.grid) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_send';

CREATE TYPE csagg.grid (
    INPUT = csagg.grid_in,
    OUTPUT = csagg.grid_out,
    RECEIVE = csagg.grid_recv,
    SEND = csagg.grid_send,
    STORAGE = extended
);

COMMENT ON TYPE csagg.grid IS
'Calendar buckets: a half-open range of local wall-clock time, a step, a time zone, and whether a bucket shows the value at its end or at its start. Text form: [2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in Asia/Tokyo, with " at start" behind it for the value at the start. The ends are local times, but of steps below a day they are instants, in UTC: [2025-10-26 00:00:00+00, 2025-10-26 03:00:00+00) every 15 minutes in Europe/Berlin. Irregular buckets have no step but all boundaries: [2025-01-01 00:00:00, 2025-01-29 00:00:00, 2025-02-26 00:00:00) in UTC. At most 1,000,000 buckets.';
COMMENT ON FUNCTION csagg.grid_in(cstring) IS
'Reads the text form of csagg.grid. Of steps below a day the ends may be local times too. 22P02: not of that form; else errors as csagg.grid(). But a time zone that is not known here is a warning, and the value is kept: what is computed with it is error 22023.';
COMMENT ON FUNCTION csagg.grid_out(csagg.grid) IS
'The text form of csagg.grid: ISO, whatever DateStyle is. Needs no time zone.';
COMMENT ON FUNCTION csagg.grid_recv(internal) IS
'Reads the binary form of csagg.grid, checking it in full. 22P03: not a grid; a time zone that is not known here is a warning, as in grid_in().';
COMMENT ON FUNCTION csagg.grid_send(csagg.grid) IS
'The binary form of csagg.grid: the stored bytes.';

CREATE FUNCTION csagg.grid_eq(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_ne(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_hash(csagg.grid) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_hash_extended(csagg.grid, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_lt(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_le(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_gt(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_ge(csagg.grid, csagg.grid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.grid_cmp(csagg.grid, csagg.grid) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.grid_cmp(csagg.grid, csagg.grid) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.grid_eq(csagg.grid, csagg.grid) IS
'The same buckets by the same step, zone and snapshot.';
CREATE OPERATOR csagg.= (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.grid, RIGHTARG = csagg.grid, FUNCTION = csagg.grid_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.grid, csagg.grid) IS 'order of the bytes: see csagg.grid_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.grid, csagg.grid) IS 'order of the bytes: see csagg.grid_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.grid, csagg.grid) IS 'order of the bytes: see csagg.grid_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.grid, csagg.grid) IS 'order of the bytes: see csagg.grid_cmp()';
COMMENT ON OPERATOR csagg.= (csagg.grid, csagg.grid) IS 'as csagg.grid_eq()';
COMMENT ON OPERATOR csagg.<> (csagg.grid, csagg.grid) IS 'not equal: see csagg.grid_eq()';
CREATE OPERATOR CLASS csagg.grid_ops DEFAULT FOR TYPE csagg.grid USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.grid_cmp(csagg.grid, csagg.grid);
COMMENT ON OPERATOR CLASS csagg.grid_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.grid_ops DEFAULT FOR TYPE csagg.grid USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.grid_hash(csagg.grid),
    FUNCTION 2 csagg.grid_hash_extended(csagg.grid, bigint);

-- Functions of our own, so that the defaults can be refused where a call may be sent to other machines.
CREATE FUNCTION csagg.default_timezone() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_default_timezone';
COMMENT ON FUNCTION csagg.default_timezone() IS
'The session''s time zone: what csagg.grid() takes if it is given none. 0A000 in a database with the extension citus, whose workers have sessions of their own.';
CREATE FUNCTION csagg.default_as_of() RETURNS timestamptz
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_default_as_of';
COMMENT ON FUNCTION csagg.default_as_of() IS
'now(): what csagg.last_buckets() takes if it is given no as_of. 0A000 in a database with the extension citus, whose workers have transactions of their own.';

CREATE FUNCTION csagg.grid(start timestamp, until timestamp, step interval DEFAULT '1 day',
                           timezone text DEFAULT csagg.default_timezone(), snapshot text DEFAULT 'end')
    RETURNS csagg.grid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid';
COMMENT ON FUNCTION csagg.grid(timestamp, timestamp, interval, text, text) IS
'The buckets that start at local times start, start + step, start + 2 steps, ... before until, in the time zone. Steps in months (years) or days (weeks) are calendar steps counted from start: 31 January + 1 month is 28 February, + 2 months 31 March. Steps in hours and shorter units are elapsed time. The last bucket is a whole step, even if it reaches over until; until = start gives no bucket. snapshot says which value of a bucket counts: ''end'', what held just before the next bucket starts, or ''start''. Time zones go by the names that SET TimeZone takes (pg_timezone_names); they are never read as abbreviations, so CET has summer time. Without one the session''s is taken: name it in views and indexes; with Citus it must be named. NULL if an argument is NULL. Errors: 22023 for a step that is not longer than zero or mixes months, days and shorter units, for until before start, an unknown time zone or snapshot; 22008 for infinite or overflowing times; 54000 for more than 1,000,000 buckets.';

-- Not an overload of grid(): a call with literals only would not know which.
CREATE FUNCTION csagg.grid_of(boundaries timestamp[], timezone text, snapshot text DEFAULT 'end') RETURNS csagg.grid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_of';
COMMENT ON FUNCTION csagg.grid_of(timestamp[], text, text) IS
'Buckets of any lengths: periods of 4, 4 and 5 weeks, school terms. Each starts at one of the local times and ends at the next; the last of them is only an end. Time zone and snapshot as in csagg.grid(). NULL if an argument is NULL. Errors: 22004 for a boundary that is NULL; 22023 for fewer than two boundaries, for any that do not increase, for an array of more than one dimension, an unknown time zone or snapshot; 22008 for infinite or overflowing times; 54000 for more than 1,000,000 buckets.';

-- Not STRICT: an origin of NULL is the calendar's own.
CREATE FUNCTION csagg.last_buckets(n integer, step interval, timezone text, as_of timestamptz DEFAULT csagg.default_as_of(),
                                   snapshot text DEFAULT 'end', origin timestamp DEFAULT NULL)
    RETURNS csagg.grid
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_last_buckets';
COMMENT ON FUNCTION csagg.last_buckets(integer, interval, text, timestamptz, text, timestamp) IS
'The n buckets up to and including the one that holds as_of. Months are aligned to multiples of the step from January 2000 (3 months: quarters, 1 year: years), days to multiples from Monday 2000-01-03 (7 days: ISO weeks), hours and shorter units are counted from the local midnight of the day of as_of. Or all of them are counted from origin, a local time at which some bucket starts, as in date_bin(): 2000-01-02 for weeks from Sunday, 2000-02-01 for quarters from February, 2000-01-03 04:00 for days from 4 in the morning; for months it lies on one of the days 1 to 28. Without as_of it is now(); with Citus it must be given. NULL if another argument than origin is NULL. Errors: 22023 for n below 1, a bad step, time zone, snapshot or origin; 22008 for an infinite as_of or origin or an overflow; 54000 for n above 1,000,000.';

CREATE FUNCTION csagg.buckets(grid csagg.grid, OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz)
    RETURNS SETOF record
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 365 AS 'MODULE_PATHNAME', 'csagg_grid_buckets';
COMMENT ON FUNCTION csagg.buckets(csagg.grid) IS
'One row per bucket, in order: its start as local wall-clock time, that instant, and the instant at which it ends and the next one starts. A bucket is empty (ends_at = starts_at) where the clocks skip a whole day. No row for NULL.';

CREATE FUNCTION csagg.jsonb(grid csagg.grid) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'csagg_grid_to_jsonb';
COMMENT ON FUNCTION csagg.jsonb(csagg.grid) IS
'{"start", "until": local times, or of steps below a day instants in UTC, "step", or "boundaries" of irregular buckets, "timezone", "snapshot": "end" or "start"}. NULL for NULL.';

CREATE CAST (csagg.grid AS jsonb) WITH FUNCTION csagg.jsonb(csagg.grid);
COMMENT ON CAST (csagg.grid AS jsonb) IS 'As csagg.jsonb(csagg.grid).';

-- src/timeline/timeline.sql

-- The type csagg.timeline and its aggregates.

CREATE TYPE csagg.timeline;

CREATE FUNCTION csagg.timeline_in(cstring) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_out(csagg.timeline) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_timeline_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_recv(internal) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_send(csagg.timeline) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- EXTERNAL: never compressed a second time, so that a look-up fetches a slice of a long value and not the whole.
CREATE TYPE csagg.timeline (
    INPUT = csagg.timeline_in, OUTPUT = csagg.timeline_out,
    RECEIVE = csagg.timeline_recv, SEND = csagg.timeline_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.timeline IS
    'step function from timestamptz to values of one kind (boolean, number, text, date, time), or absent';

CREATE FUNCTION csagg.timeline_eq(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_ne(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_hash(csagg.timeline) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_hash_extended(csagg.timeline, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_lt(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_le(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_gt(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_ge(csagg.timeline, csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.timeline_cmp(csagg.timeline, csagg.timeline) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.timeline_cmp(csagg.timeline, csagg.timeline) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.timeline_eq(csagg.timeline, csagg.timeline) IS
    'same entries; two timelines with the same values at every instant may differ: see same_function()';

CREATE OPERATOR csagg.= (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.timeline_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.timeline, csagg.timeline) IS 'order of the bytes: see csagg.timeline_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.timeline, csagg.timeline) IS 'order of the bytes: see csagg.timeline_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.timeline, csagg.timeline) IS 'order of the bytes: see csagg.timeline_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.timeline, csagg.timeline) IS 'order of the bytes: see csagg.timeline_cmp()';
COMMENT ON OPERATOR csagg.= (csagg.timeline, csagg.timeline) IS 'as csagg.timeline_eq()';
COMMENT ON OPERATOR csagg.<> (csagg.timeline, csagg.timeline) IS 'not equal: see csagg.timeline_eq()';
CREATE OPERATOR CLASS csagg.timeline_ops DEFAULT FOR TYPE csagg.timeline USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.timeline_cmp(csagg.timeline, csagg.timeline);
COMMENT ON OPERATOR CLASS csagg.timeline_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.timeline_ops DEFAULT FOR TYPE csagg.timeline USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.timeline_hash(csagg.timeline),
    FUNCTION 2 csagg.timeline_hash_extended(csagg.timeline, bigint);

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

-- src/timeline/algebra.sql

-- Computing with whole timelines, and looking values up.

CREATE FUNCTION csagg.constant(value numeric) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_constant_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.constant(numeric) IS
    'timeline that holds the value since ever';

CREATE FUNCTION csagg.constant(value text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_constant_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.constant(text) IS
    'timeline that holds the value since ever';

CREATE FUNCTION csagg.constant(value boolean) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_constant_boolean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.constant(boolean) IS
    'timeline that holds the value since ever';

CREATE FUNCTION csagg.constant(value date) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_constant_date' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.constant(date) IS
    'timeline that holds the value since ever';

CREATE FUNCTION csagg.constant(value timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_constant_timestamptz' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.constant(timestamptz) IS
    'timeline that holds the value since ever';

CREATE FUNCTION csagg.merge(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.merge(csagg.timeline, csagg.timeline) IS
    'pieces of one timeline put together: of two entries at one instant the greater (seq, value) wins; associative, commutative, idempotent; a NULL side adds nothing; error 42804 for different kinds';

CREATE FUNCTION csagg.overlay(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_overlay' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.overlay(csagg.timeline, csagg.timeline) IS
    'b wherever it has a value, else a; simplified; a NULL side adds nothing; error 42804 for different kinds';

-- As overlay(a, b) is associative, pieces of states can be put together; but in their order only.
CREATE FUNCTION csagg.timeline_overlay_add(csagg.timeline, csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_overlay_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.timeline_overlay_add(csagg.timeline, csagg.timeline) IS
    'transition and combine function of csagg.overlay(csagg.timeline); for its use only';
CREATE AGGREGATE csagg.overlay(x csagg.timeline) (
    SFUNC = csagg.timeline_overlay_add, STYPE = csagg.timeline, SSPACE = 4096, COMBINEFUNC = csagg.timeline_overlay_add, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.overlay(csagg.timeline) IS
    'overlay(x ORDER BY rank): the value of the last timeline that has one at each instant, and so on down to the first; simplified if there are two. Without ORDER BY the order is anyone''s guess. NULL adds nothing; NULL if there is nothing else; error 42804 for different kinds';

CREATE FUNCTION csagg.slice(x csagg.timeline, since timestamptz, until timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.slice(csagg.timeline, timestamptz, timestamptz) IS
    'the part in [since, until), absent outside; merging adjacent slices gives the function again; infinite bounds are open';

CREATE FUNCTION csagg.forget_before(x csagg.timeline, horizon timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_forget_before' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.forget_before(csagg.timeline, timestamptz) IS
    'shortens what is stored: entries before the horizon are dropped but for the one in force there, which keeps its instant; values before the horizon are NULL from now on';

CREATE FUNCTION csagg.aligned(x csagg.timeline, start timestamptz, timezone text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_aligned' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.aligned(csagg.timeline, timestamptz, text) IS
    'the timeline on a clock of its own: its instants, and known_from, become local time since start, counted from 2000-01-01 00:00 UTC, so that timelines of different starts lie above one another and buckets from 2000-01-01 in UTC are ages; values stay. What happens in an hour that the clocks show twice has happened when they show it again; an hour that they skip passes at once. -infinity stays; simplified. Errors: 22023 for an unknown time zone, 22008 for an infinite start or past the end of time';

CREATE FUNCTION csagg.known_from(x csagg.timeline) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_timeline_known_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.known_from(csagg.timeline) IS
    'horizon of forget_before(); NULL if nothing was forgotten';

CREATE FUNCTION csagg.simplify(x csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_simplify' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.simplify(csagg.timeline) IS
    'drops entries that repeat the value before them, and every seq; the function stays the same';

CREATE FUNCTION csagg.same_function(a csagg.timeline, b csagg.timeline) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_timeline_same_function' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.same_function(csagg.timeline, csagg.timeline) IS
    'the same value at every instant, and known from the same instant on';

CREATE FUNCTION csagg.plus(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_plus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.plus(csagg.timeline, csagg.timeline) IS
    'sum at every instant; absent where a side is absent; rounded half away from zero to 18 significant digits';

CREATE FUNCTION csagg.plus(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.plus(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.plus(csagg.timeline, numeric) IS
    'sum at every instant, of a timeline and a constant';

CREATE FUNCTION csagg.plus(a numeric, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.plus(csagg.constant(a), b);
COMMENT ON FUNCTION csagg.plus(numeric, csagg.timeline) IS
    'sum at every instant, of a timeline and a constant';

CREATE OPERATOR csagg.+ (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));
CREATE OPERATOR csagg.+ (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));
CREATE OPERATOR csagg.+ (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));

CREATE FUNCTION csagg.minus(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_minus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.minus(csagg.timeline, csagg.timeline) IS
    'difference at every instant; absent where a side is absent; rounded half away from zero to 18 significant digits';

CREATE FUNCTION csagg.minus(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.minus(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.minus(csagg.timeline, numeric) IS
    'difference at every instant, of a timeline and a constant';

CREATE FUNCTION csagg.minus(a numeric, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.minus(csagg.constant(a), b);
COMMENT ON FUNCTION csagg.minus(numeric, csagg.timeline) IS
    'difference at every instant, of a timeline and a constant';

CREATE OPERATOR csagg.- (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.minus);
CREATE OPERATOR csagg.- (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.minus);
CREATE OPERATOR csagg.- (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.minus);

CREATE FUNCTION csagg.times(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_times' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.times(csagg.timeline, csagg.timeline) IS
    'product at every instant; absent where a side is absent; rounded half away from zero to 18 significant digits';

CREATE FUNCTION csagg.times(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.times(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.times(csagg.timeline, numeric) IS
    'product at every instant, of a timeline and a constant';

CREATE FUNCTION csagg.times(a numeric, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.times(csagg.constant(a), b);
COMMENT ON FUNCTION csagg.times(numeric, csagg.timeline) IS
    'product at every instant, of a timeline and a constant';

CREATE OPERATOR csagg.* (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));
CREATE OPERATOR csagg.* (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));
CREATE OPERATOR csagg.* (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));

CREATE FUNCTION csagg.divided_by(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_divided_by' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.divided_by(csagg.timeline, csagg.timeline) IS
    'quotient at every instant; absent where a side is absent; rounded half away from zero to 18 significant digits; error 22012 where the divisor is 0';

CREATE FUNCTION csagg.divided_by(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.divided_by(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.divided_by(csagg.timeline, numeric) IS
    'quotient at every instant, of a timeline and a constant; error 22012 where the divisor is 0';

CREATE FUNCTION csagg.divided_by(a numeric, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.divided_by(csagg.constant(a), b);
COMMENT ON FUNCTION csagg.divided_by(numeric, csagg.timeline) IS
    'quotient at every instant, of a timeline and a constant; error 22012 where the divisor is 0';

CREATE OPERATOR csagg./ (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.divided_by);
CREATE OPERATOR csagg./ (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.divided_by);
CREATE OPERATOR csagg./ (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.divided_by);

CREATE FUNCTION csagg.eq(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.eq(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a equal to b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.eq(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.eq(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.eq(csagg.timeline, numeric) IS
    'boolean timeline: a equal to the constant b; absent where a is absent';

CREATE FUNCTION csagg.eq(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.eq(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.eq(csagg.timeline, text) IS
    'boolean timeline: a equal to the constant b; absent where a is absent';

CREATE FUNCTION csagg.eq(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.eq(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.eq(csagg.timeline, boolean) IS
    'boolean timeline: a equal to the constant b; absent where a is absent';

CREATE FUNCTION csagg.eq(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.eq(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.eq(csagg.timeline, date) IS
    'boolean timeline: a equal to the constant b; absent where a is absent';

CREATE FUNCTION csagg.eq(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.eq(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.eq(csagg.timeline, timestamptz) IS
    'boolean timeline: a equal to the constant b; absent where a is absent';

CREATE FUNCTION csagg.ne(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.ne(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a different from b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.ne(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ne(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ne(csagg.timeline, numeric) IS
    'boolean timeline: a different from the constant b; absent where a is absent';

CREATE FUNCTION csagg.ne(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ne(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ne(csagg.timeline, text) IS
    'boolean timeline: a different from the constant b; absent where a is absent';

CREATE FUNCTION csagg.ne(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ne(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ne(csagg.timeline, boolean) IS
    'boolean timeline: a different from the constant b; absent where a is absent';

CREATE FUNCTION csagg.ne(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ne(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ne(csagg.timeline, date) IS
    'boolean timeline: a different from the constant b; absent where a is absent';

CREATE FUNCTION csagg.ne(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ne(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ne(csagg.timeline, timestamptz) IS
    'boolean timeline: a different from the constant b; absent where a is absent';

CREATE FUNCTION csagg.lt(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.lt(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a less than b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.lt(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.lt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.lt(csagg.timeline, numeric) IS
    'boolean timeline: a less than the constant b; absent where a is absent';

CREATE FUNCTION csagg.lt(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.lt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.lt(csagg.timeline, text) IS
    'boolean timeline: a less than the constant b; absent where a is absent';

CREATE FUNCTION csagg.lt(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.lt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.lt(csagg.timeline, boolean) IS
    'boolean timeline: a less than the constant b; absent where a is absent';

CREATE FUNCTION csagg.lt(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.lt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.lt(csagg.timeline, date) IS
    'boolean timeline: a less than the constant b; absent where a is absent';

CREATE FUNCTION csagg.lt(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.lt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.lt(csagg.timeline, timestamptz) IS
    'boolean timeline: a less than the constant b; absent where a is absent';

CREATE FUNCTION csagg.le(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.le(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a at most b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.le(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.le(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.le(csagg.timeline, numeric) IS
    'boolean timeline: a at most the constant b; absent where a is absent';

CREATE FUNCTION csagg.le(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.le(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.le(csagg.timeline, text) IS
    'boolean timeline: a at most the constant b; absent where a is absent';

CREATE FUNCTION csagg.le(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.le(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.le(csagg.timeline, boolean) IS
    'boolean timeline: a at most the constant b; absent where a is absent';

CREATE FUNCTION csagg.le(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.le(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.le(csagg.timeline, date) IS
    'boolean timeline: a at most the constant b; absent where a is absent';

CREATE FUNCTION csagg.le(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.le(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.le(csagg.timeline, timestamptz) IS
    'boolean timeline: a at most the constant b; absent where a is absent';

CREATE FUNCTION csagg.gt(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.gt(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a greater than b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.gt(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.gt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.gt(csagg.timeline, numeric) IS
    'boolean timeline: a greater than the constant b; absent where a is absent';

CREATE FUNCTION csagg.gt(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.gt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.gt(csagg.timeline, text) IS
    'boolean timeline: a greater than the constant b; absent where a is absent';

CREATE FUNCTION csagg.gt(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.gt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.gt(csagg.timeline, boolean) IS
    'boolean timeline: a greater than the constant b; absent where a is absent';

CREATE FUNCTION csagg.gt(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.gt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.gt(csagg.timeline, date) IS
    'boolean timeline: a greater than the constant b; absent where a is absent';

CREATE FUNCTION csagg.gt(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.gt(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.gt(csagg.timeline, timestamptz) IS
    'boolean timeline: a greater than the constant b; absent where a is absent';

CREATE FUNCTION csagg.ge(a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_lifted_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.ge(csagg.timeline, csagg.timeline) IS
    'boolean timeline: a at least b; absent where a side is absent; text compares by bytes; error 42804 for different kinds';

CREATE FUNCTION csagg.ge(a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ge(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ge(csagg.timeline, numeric) IS
    'boolean timeline: a at least the constant b; absent where a is absent';

CREATE FUNCTION csagg.ge(a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ge(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ge(csagg.timeline, text) IS
    'boolean timeline: a at least the constant b; absent where a is absent';

CREATE FUNCTION csagg.ge(a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ge(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ge(csagg.timeline, boolean) IS
    'boolean timeline: a at least the constant b; absent where a is absent';

CREATE FUNCTION csagg.ge(a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ge(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ge(csagg.timeline, date) IS
    'boolean timeline: a at least the constant b; absent where a is absent';

CREATE FUNCTION csagg.ge(a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.ge(a, csagg.constant(b));
COMMENT ON FUNCTION csagg.ge(csagg.timeline, timestamptz) IS
    'boolean timeline: a at least the constant b; absent where a is absent';

CREATE FUNCTION csagg.all_of(VARIADIC conditions csagg.timeline[]) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_all_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.all_of(VARIADIC csagg.timeline[]) IS
    'AND of boolean timelines with SQL''s three-valued logic, absent being NULL; of none: true since ever; a NULL element is error 22004';

CREATE FUNCTION csagg.any_of(VARIADIC conditions csagg.timeline[]) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_any_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.any_of(VARIADIC csagg.timeline[]) IS
    'OR of boolean timelines with SQL''s three-valued logic, absent being NULL; of none: false since ever; a NULL element is error 22004';

CREATE FUNCTION csagg.negate(x csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_negate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.negate(csagg.timeline) IS
    'NOT of a boolean timeline; absent stays absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b csagg.timeline) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_choose' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent, as in CASE; error 42804 for different kinds';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a numeric, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), b);
COMMENT ON FUNCTION csagg.choose(csagg.timeline, numeric, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, a, csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, numeric) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a numeric, b numeric) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, numeric, numeric) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a text, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), b);
COMMENT ON FUNCTION csagg.choose(csagg.timeline, text, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, a, csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, text) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a text, b text) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, text, text) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a boolean, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), b);
COMMENT ON FUNCTION csagg.choose(csagg.timeline, boolean, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, a, csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, boolean) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a boolean, b boolean) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, boolean, boolean) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a date, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), b);
COMMENT ON FUNCTION csagg.choose(csagg.timeline, date, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, a, csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, date) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a date, b date) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, date, date) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a timestamptz, b csagg.timeline) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), b);
COMMENT ON FUNCTION csagg.choose(csagg.timeline, timestamptz, csagg.timeline) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a csagg.timeline, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, a, csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, csagg.timeline, timestamptz) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.choose(condition csagg.timeline, a timestamptz, b timestamptz) RETURNS csagg.timeline LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.choose(condition, csagg.constant(a), csagg.constant(b));
COMMENT ON FUNCTION csagg.choose(csagg.timeline, timestamptz, timestamptz) IS
    'a where the condition is true, b where it is false or absent';

CREATE FUNCTION csagg.bin(x csagg.timeline, thresholds numeric[]) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_bin' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.bin(csagg.timeline, numeric[]) IS
    'band numbers as width_bucket() gives them: 0 below the first threshold, n from the last on; error 22023 unless thresholds increase';

CREATE FUNCTION csagg.bin(x csagg.timeline, thresholds numeric[], labels text[]) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_timeline_bin' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.bin(csagg.timeline, numeric[], text[]) IS
    'labels of the bands, one more than thresholds; error 22023 otherwise, or unless thresholds increase';

CREATE FUNCTION csagg.time_true(x csagg.timeline, since timestamptz, until timestamptz) RETURNS interval
    AS 'MODULE_PATHNAME', 'csagg_timeline_time_true' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.time_true(csagg.timeline, timestamptz, timestamptz) IS
    'elapsed time in [since, until) during which a boolean timeline is true; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.time_in(x csagg.timeline, value numeric, since timestamptz, until timestamptz) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.time_true(csagg.eq(x, csagg.constant(value)), since, until);
COMMENT ON FUNCTION csagg.time_in(csagg.timeline, numeric, timestamptz, timestamptz) IS
    'elapsed time in [since, until) spent with the value; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.time_in(x csagg.timeline, value text, since timestamptz, until timestamptz) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.time_true(csagg.eq(x, csagg.constant(value)), since, until);
COMMENT ON FUNCTION csagg.time_in(csagg.timeline, text, timestamptz, timestamptz) IS
    'elapsed time in [since, until) spent with the value; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.time_in(x csagg.timeline, value boolean, since timestamptz, until timestamptz) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.time_true(csagg.eq(x, csagg.constant(value)), since, until);
COMMENT ON FUNCTION csagg.time_in(csagg.timeline, boolean, timestamptz, timestamptz) IS
    'elapsed time in [since, until) spent with the value; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.time_in(x csagg.timeline, value date, since timestamptz, until timestamptz) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.time_true(csagg.eq(x, csagg.constant(value)), since, until);
COMMENT ON FUNCTION csagg.time_in(csagg.timeline, date, timestamptz, timestamptz) IS
    'elapsed time in [since, until) spent with the value; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.time_in(x csagg.timeline, value timestamptz, since timestamptz, until timestamptz) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN csagg.time_true(csagg.eq(x, csagg.constant(value)), since, until);
COMMENT ON FUNCTION csagg.time_in(csagg.timeline, timestamptz, timestamptz, timestamptz) IS
    'elapsed time in [since, until) spent with the value; days are 24 hours; NULL when since lies before known_from; error 22008 where it is infinite';

CREATE FUNCTION csagg.value_at(x csagg.timeline, at timestamptz, like_this anyelement) RETURNS anyelement
    AS 'MODULE_PATHNAME', 'csagg_timeline_value_at' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.value_at(csagg.timeline, timestamptz, anyelement) IS
    'value in force at an instant, as the type of the third argument (NULL::integer); NULL where absent or not known; error 42804 where the kind does not go to the type: numbers go to any numeric type, every kind to text; for other types cast text_at()';

CREATE FUNCTION csagg.number_at(x csagg.timeline, at timestamptz) RETURNS numeric
    AS 'MODULE_PATHNAME', 'csagg_timeline_number_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.number_at(csagg.timeline, timestamptz) IS
    'number in force at an instant; NULL where absent or not known; error 42804 for other kinds';

CREATE FUNCTION csagg.text_at(x csagg.timeline, at timestamptz) RETURNS text
    AS 'MODULE_PATHNAME', 'csagg_timeline_text_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.text_at(csagg.timeline, timestamptz) IS
    'value in force at an instant as text, of any kind; NULL where absent or not known';

CREATE FUNCTION csagg.bool_at(x csagg.timeline, at timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_timeline_bool_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.bool_at(csagg.timeline, timestamptz) IS
    'boolean in force at an instant; NULL where absent or not known; error 42804 for other kinds';

CREATE FUNCTION csagg.time_at(x csagg.timeline, at timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_timeline_time_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.time_at(csagg.timeline, timestamptz) IS
    'timestamptz in force at an instant; NULL where absent or not known; error 42804 for other kinds';

CREATE FUNCTION csagg.changes(x csagg.timeline)
    RETURNS TABLE (valid_from timestamptz, valid_until timestamptz, value text, number numeric)
    AS 'MODULE_PATHNAME', 'csagg_timeline_changes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION csagg.changes(csagg.timeline) IS
    'the values with their validity [valid_from, valid_until), infinity for the last; repeats are joined, absent times have no row; number is NULL for other kinds';

CREATE FUNCTION csagg.entries(x csagg.timeline)
    RETURNS TABLE (valid_from timestamptz, valid_until timestamptz, value text, number numeric, seq bigint)
    AS 'MODULE_PATHNAME', 'csagg_timeline_entries' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION csagg.entries(csagg.timeline) IS
    'every entry as given, repeats and NULLs too; valid_until is the instant of the next one, infinity for the last';

CREATE FUNCTION csagg.snapshots(x csagg.timeline, grid csagg.grid)
    RETURNS TABLE (bucket timestamp, starts_at timestamptz, ends_at timestamptz, value text, number numeric)
    AS 'MODULE_PATHNAME', 'csagg_timeline_snapshots' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION csagg.snapshots(csagg.timeline, csagg.grid) IS
    'one row per bucket with its closing value, carried forward from before the grid too; value is NULL where absent or not known';

-- src/timeline/stats.sql

-- What a timeline was within each bucket.

CREATE FUNCTION csagg.stats(x csagg.timeline, grid csagg.grid)
    RETURNS TABLE (bucket timestamp, starts_at timestamptz, ends_at timestamptz, first numeric, last numeric, min numeric,
                   max numeric, mean numeric, present interval)
    AS 'MODULE_PATHNAME', 'csagg_timeline_stats' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 365;
COMMENT ON FUNCTION csagg.stats(csagg.timeline, csagg.grid) IS
    'one row per bucket of what a timeline of numbers was from its start, inclusive, to its end, exclusive, carried in from before: the values as it starts and just before it ends (NULL where absent then), the least and the greatest value, the mean weighted by time, and the time with a value; absent time counts nowhere, and where all is absent the first five are NULL. Weights and time present are elapsed time: a day on which the clocks change has 23 or 25 hours. The mean is exact, rounded half away from zero to 18 significant digits. All six are NULL in a bucket that starts before known_from. A bucket without any time, of a day that the clocks skip, has present 0. Errors: 42804 for another kind, 22008 for a bucket of 292,000 years; no row for NULL';

CREATE FUNCTION csagg.durations(x csagg.timeline, grid csagg.grid)
    RETURNS TABLE (bucket timestamp, starts_at timestamptz, ends_at timestamptz, value text, number numeric, spent interval)
    AS 'MODULE_PATHNAME', 'csagg_timeline_durations' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;
COMMENT ON FUNCTION csagg.durations(csagg.timeline, csagg.grid) IS
    'one row for each bucket and each value that the timeline had within it, by bucket and value: the value as text, the value as number (NULL for other kinds), and how long it held in all; absent time has no row. Elapsed time: on a day on which the clocks change 23 or 25 hours in all. A bucket that starts before known_from has one row, of NULL. Error 22008 for a bucket of 292,000 years; no row for NULL';

-- src/counter/counter.sql

-- The type csagg.counter and its aggregates.

CREATE TYPE csagg.counter;

CREATE FUNCTION csagg.counter_in(cstring) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_out(csagg.counter) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_counter_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_recv(internal) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_send(csagg.counter) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- EXTERNAL: never compressed a second time, so that a part of a long value can be fetched without the whole.
CREATE TYPE csagg.counter (
    INPUT = csagg.counter_in, OUTPUT = csagg.counter_out,
    RECEIVE = csagg.counter_recv, SEND = csagg.counter_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.counter IS
    'multiset of events: per instant the number of events, the exact total of their amounts, and their distinct actors';

CREATE FUNCTION csagg.counter_eq(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_ne(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_hash(csagg.counter) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_hash_extended(csagg.counter, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_lt(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_le(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_gt(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_ge(csagg.counter, csagg.counter) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.counter_cmp(csagg.counter, csagg.counter) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.counter_cmp(csagg.counter, csagg.counter) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.counter_eq(csagg.counter, csagg.counter) IS
    'same instants, numbers of events, totals, actors and known_from';

CREATE OPERATOR csagg.= (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.counter, RIGHTARG = csagg.counter, FUNCTION = csagg.counter_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.counter, csagg.counter) IS 'order of the bytes: see csagg.counter_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.counter, csagg.counter) IS 'order of the bytes: see csagg.counter_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.counter, csagg.counter) IS 'order of the bytes: see csagg.counter_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.counter, csagg.counter) IS 'order of the bytes: see csagg.counter_cmp()';
COMMENT ON OPERATOR csagg.= (csagg.counter, csagg.counter) IS 'as csagg.counter_eq()';
COMMENT ON OPERATOR csagg.<> (csagg.counter, csagg.counter) IS 'not equal: see csagg.counter_eq()';
CREATE OPERATOR CLASS csagg.counter_ops DEFAULT FOR TYPE csagg.counter USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.counter_cmp(csagg.counter, csagg.counter);
COMMENT ON OPERATOR CLASS csagg.counter_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.counter_ops DEFAULT FOR TYPE csagg.counter USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.counter_hash(csagg.counter),
    FUNCTION 2 csagg.counter_hash_extended(csagg.counter, bigint);

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

-- src/counter/query.sql

-- What is asked of counters.

CREATE FUNCTION csagg.merge(a csagg.counter, b csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.merge(csagg.counter, csagg.counter) IS
    'pieces of one counter added up: each row belongs in one piece; associative, commutative; known_from is the later one, and events before it are dropped; a NULL side adds nothing; error 22003 for more than 2^62 events';

CREATE FUNCTION csagg.overlay(a csagg.counter, b csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_overlay' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.overlay(csagg.counter, csagg.counter) IS
    'the events of a, but at an instant where b has events those of b instead; known_from is the later one, and events before it are dropped; a NULL side adds nothing';

-- As overlay(a, b) is associative, pieces of states can be put together; but in their order only.
CREATE FUNCTION csagg.counter_overlay_add(csagg.counter, csagg.counter) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_overlay_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.counter_overlay_add(csagg.counter, csagg.counter) IS
    'transition and combine function of csagg.overlay(csagg.counter); for its use only';
CREATE AGGREGATE csagg.overlay(x csagg.counter) (
    SFUNC = csagg.counter_overlay_add, STYPE = csagg.counter, SSPACE = 4096, COMBINEFUNC = csagg.counter_overlay_add, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.overlay(csagg.counter) IS
    'overlay(x ORDER BY rank): at each instant the events of the last counter that has some there. Without ORDER BY the order is anyone''s guess. NULL adds nothing; NULL if there is nothing else';

CREATE FUNCTION csagg.slice(x csagg.counter, since timestamptz, until timestamptz) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.slice(csagg.counter, timestamptz, timestamptz) IS
    'the events in [since, until), none outside; merging adjacent slices gives the counter again; infinite bounds are open';

CREATE FUNCTION csagg.forget_before(x csagg.counter, horizon timestamptz) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_forget_before' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.forget_before(csagg.counter, timestamptz) IS
    'shortens what is stored: events before the horizon are dropped, also those that are merged later; what needs them is NULL from now on; -infinity changes nothing, error 22008 for infinity';

CREATE FUNCTION csagg.known_from(x csagg.counter) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_counter_known_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.known_from(csagg.counter) IS
    'horizon of forget_before(); NULL if nothing was forgotten';

CREATE FUNCTION csagg.downsample(x csagg.counter, resolution interval) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_downsample' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.downsample(csagg.counter, interval) IS
    'bounds the size: every instant moves up to the end of its slot, never into the past; slots are counted from 2000-01-01 00:00 UTC, and an instant between two slots stays; resolution is elapsed time (a day: 24 hours), 15 minutes fits every time zone; error 22023 unless it is more than zero, at most a day, and without months; 22008 where that leads past the end of time';

CREATE FUNCTION csagg.first(x csagg.counter) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_counter_first' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.first(csagg.counter) IS
    'instant of the first event; NULL without events, and where events were forgotten';

CREATE FUNCTION csagg.last(x csagg.counter) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_counter_last' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.last(csagg.counter) IS
    'instant of the last event; NULL without events';

CREATE FUNCTION csagg.events(x csagg.counter, OUT at timestamptz, OUT events bigint, OUT total numeric, OUT actors text[]) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_counter_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION csagg.events(csagg.counter) IS
    'one row per instant, in order: number of events, exact total of their amounts, distinct actors in byte order (none: an empty array); no row for NULL';

CREATE FUNCTION csagg.totals(x csagg.counter, grid csagg.grid, OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz,
                             OUT events bigint, OUT total numeric) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_counter_totals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 365;
COMMENT ON FUNCTION csagg.totals(csagg.counter, csagg.grid) IS
    'one row per bucket, in order: local start, that instant and the one at which it ends, number of events and exact total of their amounts, 0 for an empty bucket, NULL for one that starts before known_from; no row for NULL';

CREATE FUNCTION csagg.actors(x csagg.counter, grid csagg.grid, OUT bucket timestamp, OUT starts_at timestamptz, OUT ends_at timestamptz,
                             OUT actors bigint) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'csagg_counter_actors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 365;
COMMENT ON FUNCTION csagg.actors(csagg.counter, csagg.grid) IS
    'one row per bucket, in order: local start, that instant and the one at which it ends, number of distinct actors, 0 for an empty bucket, NULL for one that starts before known_from; no row for NULL';

CREATE FUNCTION csagg.aligned(x csagg.counter, start timestamptz, timezone text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_counter_aligned' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.aligned(csagg.counter, timestamptz, text) IS
    'the counter on a clock of its own, as csagg.aligned(csagg.timeline, timestamptz, text): events at local time since start, counted from 2000-01-01 00:00 UTC; errors: 22023 for an unknown time zone, 22008 for an infinite start or past the end of time';

CREATE FUNCTION csagg.trailing(x csagg.counter, "window" interval, timezone text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_trailing' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.trailing(csagg.counter, interval, text) IS
    'number timeline of the sum of the amounts over the calendar window of that length that ends at each instant; absent before the first event, 0 when all have left; after forget_before() absent until the window is known whole; errors: 22023 for a window that is not positive or mixes months, days and shorter units, or an unknown time zone; 22008 past the end of time; 22003 where a sum has more than 18 integer digits (more digits in all are rounded half away from zero)';

CREATE FUNCTION csagg.trailing_events(x csagg.counter, "window" interval, timezone text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_trailing_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.trailing_events(csagg.counter, interval, text) IS
    'number timeline of the number of events over the calendar window of that length that ends at each instant; absent before the first event, 0 when all have left; after forget_before() absent until the window is known whole; errors: 22023 for a window that is not positive or mixes months, days and shorter units, or an unknown time zone; 22008 past the end of time; 22003 for more than 18 digits';

CREATE FUNCTION csagg.trailing_actors(x csagg.counter, "window" interval, timezone text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_trailing_actors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.trailing_actors(csagg.counter, interval, text) IS
    'number timeline of the number of distinct actors over the calendar window of that length that ends at each instant; absent before the first event, 0 when all have left; after forget_before() absent until the window is known whole; errors: 22023 for a window that is not positive or mixes months, days and shorter units, or an unknown time zone; 22008 past the end of time';

CREATE FUNCTION csagg.period_to_date(x csagg.counter, step interval, timezone text, origin timestamp DEFAULT NULL)
    RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_period_to_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.period_to_date(csagg.counter, interval, text, timestamp) IS
    'number timeline of the sum of the amounts since the calendar period began that holds each instant, the event at the instant included: 0 as each period begins. step is days or months: 1 day, 7 days, 1 month, 3 months, 1 year; weeks begin on Monday, months and longer steps count from January 2000, or all from origin, a local time at which some period begins, as in csagg.last_buckets(). Absent before the first event; after forget_before() absent until a period begins that is known whole. NULL if another argument than origin is NULL. Errors: 22023 for a step that is not positive, mixes units or is shorter than a day, for an unknown time zone, for an origin of months on the days 29 to 31; 22003 for a sum of more than 18 integer digits; 22008 past the end of time';

CREATE FUNCTION csagg.period_to_date_events(x csagg.counter, step interval, timezone text, origin timestamp DEFAULT NULL)
    RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_period_to_date_events' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.period_to_date_events(csagg.counter, interval, text, timestamp) IS
    'as csagg.period_to_date(csagg.counter, interval, text, timestamp), of the number of events';

CREATE FUNCTION csagg.period_to_date_actors(x csagg.counter, step interval, timezone text, origin timestamp DEFAULT NULL)
    RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_counter_period_to_date_actors' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.period_to_date_actors(csagg.counter, interval, text, timestamp) IS
    'as csagg.period_to_date(csagg.counter, interval, text, timestamp), of the number of distinct actors';

-- src/history/history.sql

-- The type csagg.history, its aggregates, histories as a whole, and the facts in them.

CREATE TYPE csagg.history;

CREATE FUNCTION csagg.history_in(cstring) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_out(csagg.history) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_history_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_recv(internal) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_send(csagg.history) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- EXTERNAL: never compressed a second time, so that one fact of a long value can be fetched without the others.
CREATE TYPE csagg.history (
    INPUT = csagg.history_in, OUTPUT = csagg.history_out,
    RECEIVE = csagg.history_recv, SEND = csagg.history_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.history IS
    'all named facts of one customer: each key has a counter or a timeline; keys compare by bytes and have at most 1000';

CREATE FUNCTION csagg.history_eq(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_ne(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_hash(csagg.history) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_hash_extended(csagg.history, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_lt(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_le(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_gt(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_ge(csagg.history, csagg.history) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.history_cmp(csagg.history, csagg.history) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_cmp(csagg.history, csagg.history) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.history_eq(csagg.history, csagg.history) IS
    'same keys with equal timelines and counters, and forgotten before the same horizon';
COMMENT ON FUNCTION csagg.history_ne(csagg.history, csagg.history) IS
    'not equal: see history_eq()';

CREATE OPERATOR csagg.= (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.history, RIGHTARG = csagg.history, FUNCTION = csagg.history_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.history, csagg.history) IS 'order of the bytes: see csagg.history_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.history, csagg.history) IS 'order of the bytes: see csagg.history_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.history, csagg.history) IS 'order of the bytes: see csagg.history_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.history, csagg.history) IS 'order of the bytes: see csagg.history_cmp()';
COMMENT ON OPERATOR csagg.= (csagg.history, csagg.history) IS 'as csagg.history_eq()';
COMMENT ON OPERATOR csagg.<> (csagg.history, csagg.history) IS 'not equal: see csagg.history_eq()';
CREATE OPERATOR CLASS csagg.history_ops DEFAULT FOR TYPE csagg.history USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.history_cmp(csagg.history, csagg.history);
COMMENT ON OPERATOR CLASS csagg.history_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.history_ops DEFAULT FOR TYPE csagg.history USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.history_hash(csagg.history),
    FUNCTION 2 csagg.history_hash_extended(csagg.history, bigint);

CREATE FUNCTION csagg.jsonb(csagg.history) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_history_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.history) IS
    'known_from (if it was shortened) and facts, an object of the keys, each fact as its timeline or counter is in JSON; instants are ISO texts in UTC; NULL for NULL';
CREATE CAST (csagg.history AS jsonb) WITH FUNCTION csagg.jsonb(csagg.history);

-- The aggregates' states are histories in the making: see history_build.hpp. SSPACE is that of some 300 rows.

CREATE FUNCTION csagg.history_combine(csagg.history, csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_combine(csagg.history, csagg.history) IS
    'puts two states of the aggregates together; error 0A000 outside of an aggregate';
CREATE FUNCTION csagg.history_final(csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_final(csagg.history) IS
    'the history that a state of the aggregates makes; a finished history stays as it is; NULL for NULL';

CREATE FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb) IS
    'adds a row to the state of history(); error 0A000 outside of an aggregate';
CREATE AGGREGATE csagg.history(key text, kind text, at timestamptz, value jsonb) (
    SFUNC = csagg.history_add, STYPE = csagg.history, SSPACE = 4096,
    FINALFUNC = csagg.history_final, COMBINEFUNC = csagg.history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.history(text, text, timestamptz, jsonb) IS
    'history of a log whose keys are data, in any order of rows. kind is counter, boolean, number, text, date or time, one per key; value is a JSON number for counter and number, a JSON boolean, or a JSON string, for date and time in ISO form, a time without offset being UTC; NULL or JSON null ends a state. Of two entries of a state at one instant the greater value wins. NULL without rows. Errors: 22004 for key, kind or at NULL and for an event without an amount; 42804 for a key of two kinds and a value that does not fit its kind; 22023 for an unknown kind or a key of more than 1000 bytes; 22P02 and 22008 for a date or time that cannot be read; 22003 for a number beyond 18 integer digits; 22008 for at infinity (-infinity is allowed)';

CREATE FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb, text) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb, text) IS
    'adds a row to the state of history(); error 0A000 outside of an aggregate';
CREATE AGGREGATE csagg.history(key text, kind text, at timestamptz, value jsonb, actor text) (
    SFUNC = csagg.history_add, STYPE = csagg.history, SSPACE = 4096,
    FINALFUNC = csagg.history_final, COMBINEFUNC = csagg.history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.history(text, text, timestamptz, jsonb, text) IS
    'as history(key, kind, at, value); counters also keep who acted, unless actor is NULL; a state has no actor, so what a log says there is not kept';

CREATE FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb, text, bigint) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_add(csagg.history, text, text, timestamptz, jsonb, text, bigint) IS
    'adds a row to the state of history(); error 0A000 outside of an aggregate';
CREATE AGGREGATE csagg.history(key text, kind text, at timestamptz, value jsonb, actor text, seq bigint) (
    SFUNC = csagg.history_add, STYPE = csagg.history, SSPACE = 4096,
    FINALFUNC = csagg.history_final, COMBINEFUNC = csagg.history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.history(text, text, timestamptz, jsonb, text, bigint) IS
    'as history(key, kind, at, value, actor); of two entries of a state at one instant the greater (seq, value) wins: the log''s id as seq lets the later arrival win; a counter adds up all its rows, whatever their seq; error 22004 for seq NULL';

CREATE FUNCTION csagg.history_merge_add(csagg.history, csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_merge_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_merge_add(csagg.history, csagg.history) IS
    'adds a history to the state of merge(); error 0A000 outside of an aggregate';
CREATE AGGREGATE csagg.merge(x csagg.history) (
    SFUNC = csagg.history_merge_add, STYPE = csagg.history, SSPACE = 4096,
    FINALFUNC = csagg.history_final, COMBINEFUNC = csagg.history_combine, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.merge(csagg.history) IS
    'pieces of one history put together, as if their rows had been aggregated at once: each row of a counter belongs in one piece; NULLs are left out; error 42804 for a key of two kinds';

-- Histories as a whole.

CREATE FUNCTION csagg.merge(a csagg.history, b csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.merge(csagg.history, csagg.history) IS
    'pieces of one history put together, fact by fact: of two entries of a state at one instant the greater (seq, value) wins, counters add up, each row belonging in one piece; associative, commutative; what was forgotten on one side is dropped from the other; a NULL side adds nothing; error 42804 for a key of two kinds';

CREATE FUNCTION csagg.overlay(a csagg.history, b csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_overlay' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.overlay(csagg.history, csagg.history) IS
    'fact by fact what b has, else a: states wherever b has a value, simplified, counters at the instants where b has events; a fact of one side only stays as it is; a NULL side adds nothing; error 42804 for a key of two kinds';

-- As overlay(a, b) is associative, pieces of states can be put together; but in their order only.
CREATE FUNCTION csagg.history_overlay_add(csagg.history, csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_overlay_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_overlay_add(csagg.history, csagg.history) IS
    'transition and combine function of csagg.overlay(csagg.history); for its use only';
CREATE AGGREGATE csagg.overlay(x csagg.history) (
    SFUNC = csagg.history_overlay_add, STYPE = csagg.history, SSPACE = 4096, COMBINEFUNC = csagg.history_overlay_add, PARALLEL = SAFE
);
COMMENT ON AGGREGATE csagg.overlay(csagg.history) IS
    'overlay(x ORDER BY rank): fact by fact what csagg.overlay(csagg.history, csagg.history) makes of the first two, of that and the third, and so on. Without ORDER BY the order is anyone''s guess. NULL adds nothing; NULL if there is nothing else; error 42804 for a key of two kinds';

CREATE FUNCTION csagg.slice(x csagg.history, since timestamptz, until timestamptz) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.slice(csagg.history, timestamptz, timestamptz) IS
    'the part of every fact in [since, until), nothing outside; every key stays; merging adjacent slices gives the same facts again; infinite bounds are open';

CREATE FUNCTION csagg.forget_before(x csagg.history, horizon timestamptz) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_forget_before' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.forget_before(csagg.history, timestamptz) IS
    'shortens what is stored: of every fact, and of what is merged later, entries and events before the horizon are dropped, but for the entry of a state in force there; what needs them is NULL from now on; -infinity changes nothing, error 22008 for infinity';

CREATE FUNCTION csagg.known_from(x csagg.history) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_history_known_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.known_from(csagg.history) IS
    'from there on every fact is known: the last horizon of forget_before(), of the history or of a fact in it; NULL if nothing was forgotten';

-- Facts.

CREATE FUNCTION csagg.timeline_of(x csagg.history, key text) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_history_timeline_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.timeline_of(csagg.history, text) IS
    'timeline of the state with this key; NULL where there is none; error 42804 for a counter';

CREATE FUNCTION csagg.counter_of(x csagg.history, key text) RETURNS csagg.counter
    AS 'MODULE_PATHNAME', 'csagg_history_counter_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.counter_of(csagg.history, text) IS
    'counter with this key; NULL where there is none; error 42804 for a state';

CREATE FUNCTION csagg.history_of(key text, x csagg.timeline) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_of_timeline' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_of(text, csagg.timeline) IS
    'history of this one state; merge() puts several together; NULL for NULL; error 22023 for a key of more than 1000 bytes';

CREATE FUNCTION csagg.history_of(key text, x csagg.counter) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_of_counter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.history_of(text, csagg.counter) IS
    'history of this one counter; merge() puts several together; NULL for NULL; error 22023 for a key of more than 1000 bytes';

CREATE FUNCTION csagg.facts(x csagg.history)
    RETURNS TABLE (key text, kind text, entries bigint, first_at timestamptz, last_at timestamptz)
    AS 'MODULE_PATHNAME', 'csagg_history_facts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION csagg.facts(csagg.history) IS
    'one row per fact, keys in byte order: its kind, the number of its entries (of a state) or events (of a counter), their first and last instant, NULL where there are none; no row for NULL';

-- src/population/distribution.sql

-- How many timelines hold which value, bucket by bucket.

CREATE TYPE csagg.distribution;

CREATE FUNCTION csagg.distribution_in(cstring) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_distribution_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_out(csagg.distribution) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_population_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_recv(internal) RETURNS csagg.distribution
    AS 'MODULE_PATHNAME', 'csagg_distribution_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_send(csagg.distribution) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

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

CREATE FUNCTION csagg.distribution_eq(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_ne(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_hash(csagg.distribution) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_hash_extended(csagg.distribution, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_lt(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_le(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_gt(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_ge(csagg.distribution, csagg.distribution) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.distribution_cmp(csagg.distribution, csagg.distribution) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.distribution_cmp(csagg.distribution, csagg.distribution) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.distribution_eq(csagg.distribution, csagg.distribution) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
CREATE OPERATOR csagg.= (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR csagg.= (csagg.distribution, csagg.distribution) IS 'same grid and same counts';
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.distribution, RIGHTARG = csagg.distribution, FUNCTION = csagg.distribution_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.distribution, csagg.distribution) IS 'order of the bytes: see csagg.distribution_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.distribution, csagg.distribution) IS 'order of the bytes: see csagg.distribution_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.distribution, csagg.distribution) IS 'order of the bytes: see csagg.distribution_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.distribution, csagg.distribution) IS 'order of the bytes: see csagg.distribution_cmp()';
COMMENT ON OPERATOR csagg.<> (csagg.distribution, csagg.distribution) IS 'not equal: see csagg.distribution_eq()';
CREATE OPERATOR CLASS csagg.distribution_ops DEFAULT FOR TYPE csagg.distribution USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.distribution_cmp(csagg.distribution, csagg.distribution);
COMMENT ON OPERATOR CLASS csagg.distribution_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.distribution_ops DEFAULT FOR TYPE csagg.distribution USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.distribution_hash(csagg.distribution),
    FUNCTION 2 csagg.distribution_hash_extended(csagg.distribution, bigint);

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

-- src/population/summary.sql

-- Numbers of a population in figures, bucket by bucket.

CREATE TYPE csagg.summary;

CREATE FUNCTION csagg.summary_in(cstring) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_out(csagg.summary) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_population_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_recv(internal) RETURNS csagg.summary
    AS 'MODULE_PATHNAME', 'csagg_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_send(csagg.summary) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

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

CREATE FUNCTION csagg.summary_eq(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_ne(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_hash(csagg.summary) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_hash_extended(csagg.summary, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_lt(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_le(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_gt(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_ge(csagg.summary, csagg.summary) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.summary_cmp(csagg.summary, csagg.summary) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.summary_cmp(csagg.summary, csagg.summary) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.summary_eq(csagg.summary, csagg.summary) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
CREATE OPERATOR csagg.= (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR csagg.= (csagg.summary, csagg.summary) IS 'same grid and same counts';
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.summary, RIGHTARG = csagg.summary, FUNCTION = csagg.summary_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.summary, csagg.summary) IS 'order of the bytes: see csagg.summary_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.summary, csagg.summary) IS 'order of the bytes: see csagg.summary_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.summary, csagg.summary) IS 'order of the bytes: see csagg.summary_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.summary, csagg.summary) IS 'order of the bytes: see csagg.summary_cmp()';
COMMENT ON OPERATOR csagg.<> (csagg.summary, csagg.summary) IS 'not equal: see csagg.summary_eq()';
CREATE OPERATOR CLASS csagg.summary_ops DEFAULT FOR TYPE csagg.summary USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.summary_cmp(csagg.summary, csagg.summary);
COMMENT ON OPERATOR CLASS csagg.summary_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.summary_ops DEFAULT FOR TYPE csagg.summary USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.summary_hash(csagg.summary),
    FUNCTION 2 csagg.summary_hash_extended(csagg.summary, bigint);

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

-- src/population/flows.sql

-- Who moved from which value to which, bucket by bucket.

CREATE TYPE csagg.flows;

CREATE FUNCTION csagg.flows_in(cstring) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_flows_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_out(csagg.flows) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_population_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_recv(internal) RETURNS csagg.flows
    AS 'MODULE_PATHNAME', 'csagg_flows_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_send(csagg.flows) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_finish' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

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

CREATE FUNCTION csagg.flows_eq(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_ne(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_hash(csagg.flows) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_hash_extended(csagg.flows, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_lt(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_le(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_gt(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_ge(csagg.flows, csagg.flows) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.flows_cmp(csagg.flows, csagg.flows) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.flows_cmp(csagg.flows, csagg.flows) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.flows_eq(csagg.flows, csagg.flows) IS
    'same grid and same counts; equal contents have equal bytes, however they came about';
CREATE OPERATOR csagg.= (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR csagg.= (csagg.flows, csagg.flows) IS 'same grid and same counts';
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.flows, RIGHTARG = csagg.flows, FUNCTION = csagg.flows_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.flows, csagg.flows) IS 'order of the bytes: see csagg.flows_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.flows, csagg.flows) IS 'order of the bytes: see csagg.flows_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.flows, csagg.flows) IS 'order of the bytes: see csagg.flows_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.flows, csagg.flows) IS 'order of the bytes: see csagg.flows_cmp()';
COMMENT ON OPERATOR csagg.<> (csagg.flows, csagg.flows) IS 'not equal: see csagg.flows_eq()';
CREATE OPERATOR CLASS csagg.flows_ops DEFAULT FOR TYPE csagg.flows USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.flows_cmp(csagg.flows, csagg.flows);
COMMENT ON OPERATOR CLASS csagg.flows_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.flows_ops DEFAULT FOR TYPE csagg.flows USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.flows_hash(csagg.flows),
    FUNCTION 2 csagg.flows_hash_extended(csagg.flows, bigint);

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

-- src/asof/asof.sql

-- Every left row with the right row that held at its instant.

CREATE FUNCTION csagg.asof_join_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'csagg_asof_join_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.asof_join_support(internal) IS
    'tells the planner the rows and the cost of csagg.asof_join; for its use only';

-- PARALLEL UNSAFE: it runs queries of its own, over views that may call anything, and these may have workers of their own.
CREATE FUNCTION csagg.asof_join(
    l anyelement, r anycompatible, l_at text, r_at text, "by" text[] DEFAULT '{}', tolerance text DEFAULT NULL,
    direction text DEFAULT 'backward', allow_exact boolean DEFAULT true, tie_break text DEFAULT NULL,
    keep_unmatched boolean DEFAULT true, r_until text DEFAULT NULL, l_known text DEFAULT NULL, r_known text DEFAULT NULL)
    RETURNS TABLE (left_row anyelement, right_row anycompatible)
    AS 'MODULE_PATHNAME', 'csagg_asof_join' LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1000 SUPPORT csagg.asof_join_support;
COMMENT ON FUNCTION csagg.asof_join(anyelement, anycompatible, text, text, text[], text, text, boolean, text, boolean, text, text, text) IS
    'each row of a table or view l with the row of r of the same key that held at its instant, or NULL: of the rows of r whose columns equal those of "by" (a, or a=b for l.a = r.b; with a question mark behind it, NULL equals NULL), the one with the last r_at at or before l_at (backward), the first at or after it (forward), or the nearer of the two (nearest; backward where both are equally far); no further away than tolerance (an interval, or a number for instants that are numbers, or days for dates), and not at l_at itself unless allow_exact. With r_until, rows of r count only where that column is later than l_at or NULL; with l_known and r_known, only where r_known is at or before l_known: it is the last, first or nearest of those. l and r are NULLs of the row types: NULL::invoices. Instants are timestamptz, timestamp, date, integers, numeric or floats. NULL keys and instants match nothing, but for an r_until of NULL, which is open. Of rows of r at one instant, backward takes the last by tie_break and forward the first, NULLs being last, and by the bytes of the row where that leaves equal ones. Left rows without a match are left out unless keep_unmatched. Reads both with the caller''s rights and snapshot. 42703 for a column that is not there, 42804 for types that do not compare, 22023 for a tolerance below zero, or one of l_known and r_known without the other, 22004 for a NULL argument that must not be, 42501 without the right to SELECT';

-- src/rules/ruleset.sql

-- The type csagg.ruleset: a scoring document, checked when it is read.

CREATE TYPE csagg.ruleset;

CREATE FUNCTION csagg.ruleset_in(cstring) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_out(csagg.ruleset) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_ruleset_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_recv(internal) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_send(csagg.ruleset) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_ruleset_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE csagg.ruleset (
    INPUT = csagg.ruleset_in, OUTPUT = csagg.ruleset_out,
    RECEIVE = csagg.ruleset_recv, SEND = csagg.ruleset_send,
    ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE csagg.ruleset IS
    'facts, stages, rules, bands and alerts by which customers are assessed: a JSON document, checked in full when it is read and kept in one canonical form. Errors say line and column: 22P02 for what cannot be read, unknown members, undeclared facts, names that are there twice, stages that are never reached and bands out of order; 42804 for kinds that do not go together; 22023 for an unknown kind, and for a time zone that cannot be one, while one that is not known here is a warning, and computing with it is the error; 22003 and 22008 for numbers and durations out of range; 54000 for more than 1 MB, 1000 rules, 64 stages, 10000 bytes of an expression, 200 nested parentheses or 499 operators that build on one another, as in a + b + c';

CREATE FUNCTION csagg.ruleset_eq(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_ne(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_hash(csagg.ruleset) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_hash_extended(csagg.ruleset, bigint) RETURNS bigint
    AS 'MODULE_PATHNAME', 'csagg_bytes_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_lt(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_le(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_gt(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_ge(csagg.ruleset, csagg.ruleset) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_bytes_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_cmp(csagg.ruleset, csagg.ruleset) RETURNS integer
    AS 'MODULE_PATHNAME', 'csagg_bytes_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.ruleset_cmp(csagg.ruleset, csagg.ruleset) IS
    'below, at or above 0: the order of the bytes, which means nothing but that there is one';
COMMENT ON FUNCTION csagg.ruleset_eq(csagg.ruleset, csagg.ruleset) IS
    'same canonical text; expressions count as they are written';
COMMENT ON FUNCTION csagg.ruleset_ne(csagg.ruleset, csagg.ruleset) IS
    'not equal: see ruleset_eq()';

CREATE OPERATOR csagg.= (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_eq,
    COMMUTATOR = OPERATOR(csagg.=), NEGATOR = OPERATOR(csagg.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
CREATE OPERATOR csagg.<> (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_ne,
    COMMUTATOR = OPERATOR(csagg.<>), NEGATOR = OPERATOR(csagg.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR csagg.< (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_lt,
    COMMUTATOR = OPERATOR(csagg.>), NEGATOR = OPERATOR(csagg.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR csagg.<= (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_le,
    COMMUTATOR = OPERATOR(csagg.>=), NEGATOR = OPERATOR(csagg.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR csagg.> (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_gt,
    COMMUTATOR = OPERATOR(csagg.<), NEGATOR = OPERATOR(csagg.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR csagg.>= (
    LEFTARG = csagg.ruleset, RIGHTARG = csagg.ruleset, FUNCTION = csagg.ruleset_ge,
    COMMUTATOR = OPERATOR(csagg.<=), NEGATOR = OPERATOR(csagg.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR csagg.< (csagg.ruleset, csagg.ruleset) IS 'order of the bytes: see csagg.ruleset_cmp()';
COMMENT ON OPERATOR csagg.<= (csagg.ruleset, csagg.ruleset) IS 'order of the bytes: see csagg.ruleset_cmp()';
COMMENT ON OPERATOR csagg.> (csagg.ruleset, csagg.ruleset) IS 'order of the bytes: see csagg.ruleset_cmp()';
COMMENT ON OPERATOR csagg.>= (csagg.ruleset, csagg.ruleset) IS 'order of the bytes: see csagg.ruleset_cmp()';
COMMENT ON OPERATOR csagg.= (csagg.ruleset, csagg.ruleset) IS 'as csagg.ruleset_eq()';
COMMENT ON OPERATOR csagg.<> (csagg.ruleset, csagg.ruleset) IS 'not equal: see csagg.ruleset_eq()';
CREATE OPERATOR CLASS csagg.ruleset_ops DEFAULT FOR TYPE csagg.ruleset USING btree AS
    OPERATOR 1 csagg.<, OPERATOR 2 csagg.<=, OPERATOR 3 csagg.=, OPERATOR 4 csagg.>=, OPERATOR 5 csagg.>,
    FUNCTION 1 csagg.ruleset_cmp(csagg.ruleset, csagg.ruleset);
COMMENT ON OPERATOR CLASS csagg.ruleset_ops USING btree IS 'order of the bytes: for DISTINCT, merge joins and indexes';
CREATE OPERATOR CLASS csagg.ruleset_ops DEFAULT FOR TYPE csagg.ruleset USING hash AS
    OPERATOR 1 csagg.=,
    FUNCTION 1 csagg.ruleset_hash(csagg.ruleset),
    FUNCTION 2 csagg.ruleset_hash_extended(csagg.ruleset, bigint);

CREATE FUNCTION csagg.jsonb(csagg.ruleset) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_ruleset_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.ruleset) IS
    'the document as jsonb; NULL for NULL';
CREATE CAST (csagg.ruleset AS jsonb) WITH FUNCTION csagg.jsonb(csagg.ruleset);

CREATE FUNCTION csagg.ruleset(document jsonb) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.ruleset(jsonb) IS
    'the rule set of a document; errors as for the type''s text form, with the places they have in the text of the jsonb; NULL for NULL';
CREATE CAST (jsonb AS csagg.ruleset) WITH FUNCTION csagg.ruleset(jsonb);

-- src/rules/assess.sql

-- What a rule set says of a customer. `facts` is any named row, such as a FROM item's alias: its columns, named as the
-- facts are, are timelines, counters, plain values (which hold since ever), and histories, which hold what is no column.

CREATE FUNCTION csagg.score(rules csagg.ruleset, facts record, as_of timestamptz) RETURNS numeric
    AS 'MODULE_PATHNAME', 'csagg_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.score(csagg.ruleset, record, timestamptz) IS
    'score of the customer at that instant: base and the points of the rules, exactly, or their mean by weight, rounded once to 18 digits; within min and max; NULL while the customer does not exist, and of a mean where all that weighs is missing. Errors: 42703 for a declared fact without a column, unless there is a history or the fact is optional, and for a row without column names; 42804 for a column that cannot be the fact; 22012 and 22003 with the rule''s name for a division by zero and a number out of range; 22008 for as_of infinite';

CREATE TYPE csagg.assessment AS (
    as_of timestamptz,
    stage text,
    score numeric,
    band text,
    coverage numeric,
    alerts jsonb,
    valid_until timestamptz
);
COMMENT ON TYPE csagg.assessment IS
    'what assess() gives: the first stage whose condition is true; the score and its band; the share of the applying rules that are not missing (0 to 1); alerts that are "pending" or "firing", by name; and the instant at which anything of this changes next, infinity if nothing ever does';

CREATE FUNCTION csagg.assess(rules csagg.ruleset, facts record, as_of timestamptz) RETURNS csagg.assessment
    AS 'MODULE_PATHNAME', 'csagg_assess' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION csagg.assess(csagg.ruleset, record, timestamptz) IS
    'assessment of the customer at that instant. While it does not exist, stage, score, band and coverage are NULL and there is no alert. Alerts may ask for these four as states, which are followed from the first data on, but not before 1970. valid_until is exact, but for values that change daily in a way that cannot be known beforehand, such as quotients of ages: these are followed ten years ahead; an evaluation that will fail counts as a change. Errors as of score()';

CREATE FUNCTION csagg.assess_over(rules csagg.ruleset, facts record, since timestamptz, until timestamptz,
    OUT stage csagg.timeline, OUT score csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline,
    OUT alerts csagg.history)
    AS 'MODULE_PATHNAME', 'csagg_assess_over' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION csagg.assess_over(csagg.ruleset, record, timestamptz, timestamptz) IS
    'assessments of every instant in [since, until), which may lie in the future, in one pass: timelines that are absent outside, and while the customer does not exist; alerts has a boolean timeline for each alert: whether it is firing. Errors as of score(); 22008 for since or until infinite';

CREATE FUNCTION csagg.score_over(rules csagg.ruleset, facts record, since timestamptz, until timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_score_over' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION csagg.score_over(csagg.ruleset, record, timestamptz, timestamptz) IS
    'score at every instant in [since, until), which may lie in the future, in one pass: the numeric timeline that assess_over() gives as score, without the rest; absent outside, and while the customer does not exist. For distributions and summaries of scores. Errors as of score(); 22008 for since or until infinite';

-- src/rules/explain.sql

-- Why a score is what it is, and why it changed.

CREATE FUNCTION csagg.explain(rules csagg.ruleset, facts record, as_of timestamptz)
    RETURNS TABLE (part text, rule text, applies boolean, matched boolean, missing boolean, points numeric, facts jsonb)
    AS 'MODULE_PATHNAME', 'csagg_explain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION csagg.explain(csagg.ruleset, record, timestamptz) IS
    'the summands of score() at that instant, which add up to it exactly: part is base, rule (one row each, also those that do not apply in the stage), override (what pinning the score adds; there while it is pinned, also if it adds nothing) or clamp (what min and max take away or add). In a weighted mean points of a rule are its weight x points over the sum of weights, rounded so that they add up. matched: the rule''s condition, NULL where it is unknown; missing: its condition or points are NULL, and points are its "missing"; facts: the definitions that it, or the override, uses and the facts that it asks, with their values. No row while the customer does not exist. Errors as of score()';

CREATE FUNCTION csagg.explain_change(rules csagg.ruleset, facts record, a timestamptz, b timestamptz)
    RETURNS TABLE (at timestamptz, cause text, part text, rule text, points numeric)
    AS 'MODULE_PATHNAME', 'csagg_explain_change' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 50;
COMMENT ON FUNCTION csagg.explain_change(csagg.ruleset, record, timestamptz, timestamptz) IS
    'every change of a summand of the score from a to b, at its instant; points add up exactly to score() at b less score() at a, NULL counting as 0. In a weighted mean the rules that change at one instant are taken in turn, each with what it moved the mean by. cause is existence (the customer came or went), stage (a rule began or ceased to apply), data (a fact that the rule asks has an entry or event at that instant), ageing (time alone: events that left a window, days that passed, dates that came near) or clamp (min and max). Errors as of score(); 22023 if a is after b';

CREATE FUNCTION csagg.explain_change(rules csagg.ruleset, facts record, a timestamptz, b timestamptz, ruleset_b csagg.ruleset)
    RETURNS TABLE (at timestamptz, cause text, part text, rule text, points numeric)
    AS 'MODULE_PATHNAME', 'csagg_explain_change' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000 ROWS 50;
COMMENT ON FUNCTION csagg.explain_change(csagg.ruleset, record, timestamptz, timestamptz, csagg.ruleset) IS
    'as explain_change(rules, facts, a, b), where ruleset_b takes the place of rules at a (cause "rule set"; rules of one name are the same), so that the points add up to score(ruleset_b, facts, b) less score(rules, facts, a)';
