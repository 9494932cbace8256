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
