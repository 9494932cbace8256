-- Columns of the view health that are more than a value at an instant. Their costs are those of reading a timeline: of a page
-- they are computed after LIMIT.

CREATE FUNCTION csagg.pipeline_slice(x csagg.timeline, since timestamptz, until timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_pipeline_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_slice(csagg.timeline, timestamptz, timestamptz) IS
    'slice(), and NULL where that has no entry';

-- It moves once in weeks, and is 40 days ago at least: `health` asks for 30.
CREATE FUNCTION csagg.pipeline_score_from(score_from timestamptz, now timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT CASE WHEN score_from OPERATOR(pg_catalog.>=) (now OPERATOR(pg_catalog.-) interval '2880 hours') THEN score_from
        ELSE now OPERATOR(pg_catalog.-) interval '960 hours' END
$body$;
COMMENT ON FUNCTION csagg.pipeline_score_from(timestamptz, timestamptz) IS
    'from when on a customer''s score is written with every change: from where it was, up to 120 days ago, or from 40 days ago';

CREATE FUNCTION csagg.pipeline_held(x csagg.timeline, until_at timestamptz) RETURNS csagg.timeline
    AS 'MODULE_PATHNAME', 'csagg_pipeline_held' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_held(csagg.timeline, timestamptz) IS
    'a timeline whose last value holds on, if it ends at that instant, as an outlook does';

CREATE FUNCTION csagg.pipeline_held(alerts csagg.history, until_at timestamptz) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_pipeline_held_alerts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_held(csagg.history, timestamptz) IS
    'the same for each alert; error 42804 for a fact that is not boolean';

CREATE FUNCTION csagg.pipeline_since(x csagg.timeline, at timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_pipeline_since' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_since(csagg.timeline, timestamptz) IS
    'since when the value at an instant holds; NULL where it is absent';

CREATE FUNCTION csagg.pipeline_before(x csagg.timeline, at timestamptz) RETURNS text
    AS 'MODULE_PATHNAME', 'csagg_pipeline_before' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_before(csagg.timeline, timestamptz) IS
    'the last value that had ended by an instant, as text; NULL if none had';

CREATE FUNCTION csagg.pipeline_alerts_at(alerts csagg.history, at timestamptz) RETURNS text[]
    AS 'MODULE_PATHNAME', 'csagg_pipeline_alerts_at' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION csagg.pipeline_alerts_at(csagg.history, timestamptz) IS
    'names of the alerts that are firing at an instant, by their bytes; of NULL none; error 42804 for a fact that is not boolean';

CREATE FUNCTION csagg.pipeline_next_change(score csagg.timeline, stage csagg.timeline, band csagg.timeline, coverage csagg.timeline,
    alerts csagg.history, after timestamptz, until timestamptz) RETURNS timestamptz
    AS 'MODULE_PATHNAME', 'csagg_pipeline_change' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 300;
COMMENT ON FUNCTION csagg.pipeline_next_change(csagg.timeline, csagg.timeline, csagg.timeline, csagg.timeline, csagg.history, timestamptz, timestamptz) IS
    'the first instant between both at which one of these changes, NULL if there is none; timelines and alerts that are NULL do not change; error 42804 for an alert that is not boolean';
