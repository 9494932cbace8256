"""What the extension has, read from PostgreSQL's catalogs: new functions are called without a line added here.
Not the parts of pipelines, which work on a pipeline's tables: test/hostile calls these. Of the many aggregates of logs, which
differ in the types of key and value alone, one of eight."""
import json
from dataclasses import dataclass

import arguments

QUERY = """
SELECT json_agg(f) FROM (
    SELECT p.oid::int, p.oid::regprocedure::text AS signature, format('%I.%I', 'csagg', proname) AS name, prokind AS kind, proretset AS rows, provariadic <> 0 AS variadic,
           provolatile = 'v' OR (provolatile = 's' AND pronargs = 0 AND prorettype = 'timestamptz'::regtype) AS volatile,
           CASE WHEN pg_get_expr(proargdefaults, 0) ~ 'now\\(|default_as_of\\(' THEN 0 ELSE pronargdefaults END AS defaults,
           ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (t, o) ORDER BY o) AS types,
           format_type(prorettype, NULL) AS result, coalesce(proargmodes && '{o,t}', false) AS columns, coalesce(proargnames, '{}') AS names,
           EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN (aggtransfn, aggcombinefn, aggfinalfn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn)) AS part
    FROM pg_proc p WHERE pronamespace = 'csagg'::regnamespace AND proname !~ '^pipeline_' AND NOT proargtypes::oid[] && ARRAY['internal'::regtype::oid]
      AND NOT EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid AND aggtranstype = 'internal'::regtype AND hashtext(p.oid::regprocedure::text) % 8 <> 0) ORDER BY p.oid::regprocedure::text COLLATE "C") f
"""
OPERATORS = """
SELECT coalesce(json_agg(o ORDER BY o.name, o."left", o."right"), '[]') FROM (
    SELECT format('OPERATOR(csagg.%s)', oprname) AS name, format_type(oprleft, NULL) AS "left", format_type(oprright, NULL) AS "right", format_type(oprresult, NULL) AS result
    FROM pg_operator WHERE oprnamespace = 'csagg'::regnamespace AND oprleft <> 0) o
"""
CASTS = """
SELECT coalesce(json_agg(c ORDER BY c.source, c.target), '[]') FROM (
    SELECT format_type(castsource, NULL) AS source, format_type(casttarget, NULL) AS target FROM pg_cast c JOIN pg_proc p ON p.oid = castfunc WHERE pronamespace = 'csagg'::regnamespace) c
"""
COLUMNS = """
SELECT json_agg(c) FROM (SELECT attrelid::regclass::text AS "table", quote_ident(attname) AS name, format_type(atttypid, NULL) AS type
                         FROM pg_attribute WHERE attrelid IN ('soak.log'::regclass, 'soak.customer'::regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attnum) c
"""
PSEUDO = {'anyelement', 'anycompatible', 'record', 'internal', 'cstring', 'void', 'trigger'}


@dataclass(frozen=True)
class Function:
    oid: int
    signature: str
    name: str
    kind: str       # f, a: aggregate, p: procedure
    rows: bool      # returns a set
    variadic: bool
    volatile: bool  # may answer otherwise the next time; one without arguments that gives an instant reads the clock
    defaults: int   # arguments that may be left out, and the answer is still the same at any time
    types: tuple
    result: str
    columns: bool
    names: tuple    # of the arguments, as far as they have one
    part: bool      # of an aggregate


class Catalog:
    def __init__(self, ask):
        self.functions = [Function(**{**f, 'types': tuple(f['types']), 'names': tuple(f['names'])}) for f in json.loads(ask(QUERY))]
        self.operators = json.loads(ask(OPERATORS))
        self.casts = json.loads(ask(CASTS))
        self.columns = {}
        for column in json.loads(ask(COLUMNS)):
            self.columns.setdefault((column['table'], column['type']), []).append(column['name'])
        self.makers = {}    # functions by what they return
        for f in self.functions:
            if f.kind == 'f' and not f.rows and not f.volatile and f.result not in PSEUDO and not f.part and not self.lacks(f):
                self.makers.setdefault(f.result, []).append(f)

    def has_values(self, type_name):
        return (type_name in arguments.SOME or type_name in arguments.EXPRESSIONS or any(t == type_name for _, t in self.columns)
                or any(f.result == type_name and type_name not in f.types for f in self.functions if f.kind != 'p'))

    def lacks(self, function):
        return [t for t in function.types if not self.has_values(t)]

    def missing(self):
        """What must be added to arguments.py or data.sql, one text for each function."""
        return [f"{f.signature} takes {', '.join(self.lacks(f))}" for f in self.functions if self.lacks(f)]
