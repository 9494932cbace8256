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

\part src/postgres/bytes.sql.in grid
COMMENT ON FUNCTION csagg.grid_eq(csagg.grid, csagg.grid) IS
'The same buckets by the same step, zone and snapshot.';

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
