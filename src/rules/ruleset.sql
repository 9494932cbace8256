-- The type csagg.ruleset: a scoring document, checked when it is read.

CREATE TYPE csagg.ruleset;

CREATE FUNCTION csagg.ruleset_in(cstring) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_out(csagg.ruleset) RETURNS cstring
    AS 'MODULE_PATHNAME', 'csagg_ruleset_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_recv(internal) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION csagg.ruleset_send(csagg.ruleset) RETURNS bytea
    AS 'MODULE_PATHNAME', 'csagg_ruleset_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE csagg.ruleset (
    INPUT = csagg.ruleset_in, OUTPUT = csagg.ruleset_out,
    RECEIVE = csagg.ruleset_recv, SEND = csagg.ruleset_send,
    ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE csagg.ruleset IS
    'facts, stages, rules, bands and alerts by which customers are assessed: a JSON document, checked in full when it is read and kept in one canonical form. Errors say line and column: 22P02 for what cannot be read, unknown members, undeclared facts, names that are there twice, stages that are never reached and bands out of order; 42804 for kinds that do not go together; 22023 for an unknown kind, and for a time zone that cannot be one, while one that is not known here is a warning, and computing with it is the error; 22003 and 22008 for numbers and durations out of range; 54000 for more than 1 MB, 1000 rules, 64 stages, 10000 bytes of an expression, 200 nested parentheses or 499 operators that build on one another, as in a + b + c';

\part src/postgres/bytes.sql.in ruleset
COMMENT ON FUNCTION csagg.ruleset_eq(csagg.ruleset, csagg.ruleset) IS
    'same canonical text; expressions count as they are written';
COMMENT ON FUNCTION csagg.ruleset_ne(csagg.ruleset, csagg.ruleset) IS
    'not equal: see ruleset_eq()';

CREATE FUNCTION csagg.jsonb(csagg.ruleset) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'csagg_ruleset_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.jsonb(csagg.ruleset) IS
    'the document as jsonb; NULL for NULL';
CREATE CAST (csagg.ruleset AS jsonb) WITH FUNCTION csagg.jsonb(csagg.ruleset);

CREATE FUNCTION csagg.ruleset(document jsonb) RETURNS csagg.ruleset
    AS 'MODULE_PATHNAME', 'csagg_ruleset_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csagg.ruleset(jsonb) IS
    'the rule set of a document; errors as for the type''s text form, with the places they have in the text of the jsonb; NULL for NULL';
CREATE CAST (jsonb AS csagg.ruleset) WITH FUNCTION csagg.ruleset(jsonb);
