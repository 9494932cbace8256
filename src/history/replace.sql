CREATE FUNCTION csagg.replace_facts(a csagg.history, b csagg.history) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_replace_facts' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csagg.replace_facts(csagg.history, csagg.history) IS
    'every fact that b has, whole and of the kind it has there, and of the other keys those of a; associative; what was forgotten on one side is dropped from the other; a NULL side adds nothing';

CREATE FUNCTION csagg.drop_facts(x csagg.history, keys text[]) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_drop_facts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.drop_facts(csagg.history, text[]) IS
    'the history without the facts of these keys; keys that it does not have change nothing, and its own horizon stays; NULL for NULL, error 22004 for a NULL among the keys';

CREATE FUNCTION csagg.replace_actor(x csagg.history, actor text, replacement text) RETURNS csagg.history
    AS 'MODULE_PATHNAME', 'csagg_history_replace_actor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.replace_actor(csagg.history, text, text) IS
    'the history with another name for one actor, in all of its counters, so that a person can be forgotten and distinct counts stay; an actor who is not there changes nothing; where both acted at one instant they are one from now on; states stay as they are; NULL for NULL';
