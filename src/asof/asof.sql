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
