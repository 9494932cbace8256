-- assess() and assess_over() with what is wrong with a customer as a value: one customer's division by zero does not end the
-- statement for the others.

CREATE FUNCTION csagg.try_assess(rules csagg.ruleset, facts record, as_of timestamptz,
    OUT as_of timestamptz, OUT stage text, OUT score numeric, OUT band text, OUT coverage numeric, OUT alerts jsonb, OUT valid_until timestamptz,
    OUT error jsonb)
    AS 'MODULE_PATHNAME', 'csagg_try_assess' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION csagg.try_assess(csagg.ruleset, record, timestamptz) IS
    'what assess() gives, with error NULL; or error alone, the rest NULL, where this customer''s data are what is wrong: rule (its name, null if no rule failed), sqlstate and message. These are division by zero, numbers and instants out of range, facts of another kind than declared. Errors of the statement remain: 42703 and 42804 of its columns, 22008 for as_of infinite, a time zone that is not known';

CREATE FUNCTION csagg.try_assess_over(rules csagg.ruleset, facts record, since timestamptz, until timestamptz,
    OUT stage csagg.timeline, OUT score csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline,
    OUT alerts csagg.history, OUT error jsonb)
    AS 'MODULE_PATHNAME', 'csagg_try_assess_over' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION csagg.try_assess_over(csagg.ruleset, record, timestamptz, timestamptz) IS
    'what assess_over() gives, with error NULL; or error alone, the rest NULL, where this customer''s data are what is wrong anywhere in [since, until): rule (its name, null if no rule failed), sqlstate and message, as of try_assess(). Errors of the statement remain';

CREATE FUNCTION csagg.try_assess_over(rules csagg.ruleset, facts record, since timestamptz, until timestamptz, seed jsonb,
    OUT stage csagg.timeline, OUT score csagg.timeline, OUT band csagg.timeline, OUT coverage csagg.timeline,
    OUT alerts csagg.history, OUT seed jsonb, OUT error jsonb)
    AS 'MODULE_PATHNAME', 'csagg_try_assess_over_seeded' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 5000;
COMMENT ON FUNCTION csagg.try_assess_over(csagg.ruleset, record, timestamptz, timestamptz, jsonb) IS
    'as try_assess_over() without seed, with the alerts going on from the states that seed says they were in before since; seed NULL follows them from the first data on. OUT seed says in which they are before until: so what was assessed up to an instant goes on from there, also where older facts were forgotten, by look_back(). {"name": {"state": "pending" or "firing", "until": when it changes by itself}}, without those that are inactive. NULL if another argument is; error 22023 for a seed that is none';
