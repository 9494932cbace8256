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
