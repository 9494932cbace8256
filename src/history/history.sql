-- The type csagg.history, its aggregates, histories as a whole, and the facts in them.

\part src/postgres/in_out.sql.in history csagg_history_out

-- EXTERNAL: never compressed a second time, so that one fact of a long value can be fetched without the others.
CREATE TYPE csagg.history (
    INPUT = csagg.history_in, OUTPUT = csagg.history_out,
    RECEIVE = csagg.history_recv, SEND = csagg.history_send,
    ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE csagg.history IS
    'all named facts of one customer: each key has a counter or a timeline; keys compare by bytes and have at most 1000';

\part src/postgres/bytes.sql.in history
COMMENT ON FUNCTION csagg.history_eq(csagg.history, csagg.history) IS
    'same keys with equal timelines and counters, and forgotten before the same horizon';
COMMENT ON FUNCTION csagg.history_ne(csagg.history, csagg.history) IS
    'not equal: see history_eq()';

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
