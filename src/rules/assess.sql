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
