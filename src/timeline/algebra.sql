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

\part src/timeline/arithmetic.sql.in plus sum

CREATE OPERATOR csagg.+ (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));
CREATE OPERATOR csagg.+ (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));
CREATE OPERATOR csagg.+ (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.plus, COMMUTATOR = OPERATOR(csagg.+));
COMMENT ON OPERATOR csagg.+ (csagg.timeline, csagg.timeline) IS 'sum at every instant: see csagg.plus()';
COMMENT ON OPERATOR csagg.+ (csagg.timeline, numeric) IS 'sum at every instant: see csagg.plus()';
COMMENT ON OPERATOR csagg.+ (numeric, csagg.timeline) IS 'sum at every instant: see csagg.plus()';

\part src/timeline/arithmetic.sql.in minus difference

CREATE OPERATOR csagg.- (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.minus);
CREATE OPERATOR csagg.- (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.minus);
CREATE OPERATOR csagg.- (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.minus);
COMMENT ON OPERATOR csagg.- (csagg.timeline, csagg.timeline) IS 'difference at every instant: see csagg.minus()';
COMMENT ON OPERATOR csagg.- (csagg.timeline, numeric) IS 'difference at every instant: see csagg.minus()';
COMMENT ON OPERATOR csagg.- (numeric, csagg.timeline) IS 'difference at every instant: see csagg.minus()';

\part src/timeline/arithmetic.sql.in times product

CREATE OPERATOR csagg.* (LEFTARG = csagg.timeline, RIGHTARG = csagg.timeline, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));
CREATE OPERATOR csagg.* (LEFTARG = csagg.timeline, RIGHTARG = numeric, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));
CREATE OPERATOR csagg.* (LEFTARG = numeric, RIGHTARG = csagg.timeline, FUNCTION = csagg.times, COMMUTATOR = OPERATOR(csagg.*));
COMMENT ON OPERATOR csagg.* (csagg.timeline, csagg.timeline) IS 'product at every instant: see csagg.times()';
COMMENT ON OPERATOR csagg.* (csagg.timeline, numeric) IS 'product at every instant: see csagg.times()';
COMMENT ON OPERATOR csagg.* (numeric, csagg.timeline) IS 'product at every instant: see csagg.times()';

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
COMMENT ON OPERATOR csagg./ (csagg.timeline, csagg.timeline) IS 'quotient at every instant: see csagg.divided_by()';
COMMENT ON OPERATOR csagg./ (csagg.timeline, numeric) IS 'quotient at every instant: see csagg.divided_by()';
COMMENT ON OPERATOR csagg./ (numeric, csagg.timeline) IS 'quotient at every instant: see csagg.divided_by()';

\part src/timeline/comparison.sql.in eq equal to

\part src/timeline/comparison.sql.in ne different from

\part src/timeline/comparison.sql.in lt less than

\part src/timeline/comparison.sql.in le at most

\part src/timeline/comparison.sql.in gt greater than

\part src/timeline/comparison.sql.in ge at least

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
    AS 'MODULE_PATHNAME', 'csagg_timeline_value_at' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION csagg.value_at(csagg.timeline, timestamptz, anyelement) IS
    'value in force at an instant, as the type of the third argument (NULL::integer); NULL where absent or not known; error 42804 where the kind does not go to the type: numbers go to any numeric type, every kind to text; for other types cast text_at()';

CREATE FUNCTION csagg.number_at(x csagg.timeline, at timestamptz) RETURNS numeric
    AS 'MODULE_PATHNAME', 'csagg_timeline_number_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION csagg.number_at(csagg.timeline, timestamptz) IS
    'number in force at an instant; NULL where absent or not known; error 42804 for other kinds';

CREATE FUNCTION csagg.text_at(x csagg.timeline, at timestamptz) RETURNS text
    AS 'MODULE_PATHNAME', 'csagg_timeline_text_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION csagg.text_at(csagg.timeline, timestamptz) IS
    'value in force at an instant as text, of any kind; NULL where absent or not known';

CREATE FUNCTION csagg.bool_at(x csagg.timeline, at timestamptz) RETURNS boolean
    AS 'MODULE_PATHNAME', 'csagg_timeline_bool_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION csagg.bool_at(csagg.timeline, timestamptz) IS
    'boolean in force at an instant; NULL where absent or not known; error 42804 for other kinds';

CREATE FUNCTION csagg.time_at(x csagg.timeline, at timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_timeline_time_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
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
