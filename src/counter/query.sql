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
