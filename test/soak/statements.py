"""Random statements: calls nested in calls, and the many ways in which a query can run them.

The same random numbers give the same statements. Their answers do not depend on the plan: each has an order wherever it
takes only some of the rows, and nothing in it reads the clock.
"""
import re
from pathlib import Path

import arguments

QUESTIONS = [q.strip() for q in re.sub(r'--.*', '', Path(__file__).with_name('questions.sql').read_text()).split(';') if q.strip()]
TABLES = ('soak.customer', 'soak.log')
# Aggregates whose answer depends on the order of their rows, and an order.
ORDERED, ORDER = ('csagg."overlay"',), ' ORDER BY id'
READING = ('plain', 'plain', 'cursor', 'prepared', 'block', 'loop', 'copied', 'explained')
WAYS = (*READING, 'temporary', 'domain')
LARGE = ('large',)


class Maker:
    def __init__(self, catalog, random, any_answer=True, ways=WAYS):
        """any_answer: also what may answer otherwise the next time. ways: how queries are run."""
        self.catalog, self.random, self.any_answer, self.ways = catalog, random, any_answer, ways
        self.wild = random.random() < 0.3
        self.deck, self.called = [], set()

    def next_function(self):
        """Each function once, then each again."""
        if not self.deck:
            self.deck += [f for f in self.catalog.functions if f.kind != 'p' and (self.any_answer or not f.volatile)]
            self.random.shuffle(self.deck)
        return self.deck.pop()

    # ---- expressions

    def value(self, type_name, table=None, depth=2):
        """An expression of this type; `table`: whose columns it may use."""
        if self.random.random() < (0.08 if self.wild else 0.01):
            return f'NULL::{type_name}' if type_name not in arguments.EXPRESSIONS or type_name == 'csagg.timeline[]' else self.random.choice(arguments.EXPRESSIONS[type_name])
        if self.wild and type_name in arguments.HARM and self.random.random() < 0.25:
            return self.random.choice(arguments.literals(arguments.HARM, type_name))
        ways = []
        if table and (columns := self.catalog.columns.get((table, type_name))):
            ways += [lambda: self.random.choice(columns)] * 4
        if table == 'soak.customer' and type_name == 'record':
            return 'customer'
        if depth > 0 and type_name in self.catalog.makers:
            ways += [lambda: self.call(self.random.choice(self.catalog.makers[type_name]), table, depth - 1)] * 2
            ways += [lambda: self.operation(type_name, table, depth - 1), lambda: self.cast(type_name, table, depth - 1)]
        if depth > 0 and any(f.kind == 'a' and f.result == type_name for f in self.catalog.functions):
            ways += [lambda: self.aggregated(type_name)]
        if type_name in arguments.SOME:
            ways += [lambda: self.random.choice(arguments.literals(arguments.SOME, type_name))] * 2
        if type_name in arguments.EXPRESSIONS:
            ways += [lambda: self.random.choice(arguments.EXPRESSIONS[type_name])]
        if type_name.endswith('[]') and type_name not in arguments.SOME:
            ways += [lambda: 'ARRAY[' + ', '.join(self.value(type_name[:-2], table, depth - 1) for _ in range(self.random.randint(1, 3))) + ']']
        if not ways:  # by what does not ask for another of the same, if there is such a function: it comes to an end
            makers = self.catalog.makers.get(type_name, [])
            makers = [f for f in makers if type_name not in f.types] or makers
            ways = [lambda: self.call(self.random.choice(makers), table, 0)] if makers else [lambda: self.stored(type_name)]
        return self.random.choice(ways)()

    def stored(self, type_name):
        names = [(table, name) for table in TABLES for name in self.catalog.columns.get((table, type_name), [])]
        if not names:
            return self.aggregated(type_name)
        table, name = self.random.choice(names)
        return f'(SELECT s.{name} FROM {table} s WHERE s.id = {self.random.randint(1, 99)})'

    def aggregated(self, type_name):
        """A scalar subquery over the log: values as aggregates build them."""
        f = self.random.choice([f for f in self.catalog.functions if f.kind == 'a' and f.result == type_name])
        table = self.table_for(f)
        return f'(SELECT {self.call(f, table, 0)} FROM {table} {table[5:]} WHERE id < {self.random.choice((0, 2, 20, 60))})'

    def operation(self, type_name, table, depth):
        fitting = [o for o in self.catalog.operators if o['result'] == type_name]
        if not fitting:
            return self.value(type_name, table, 0)
        o = self.random.choice(fitting)
        return f"({self.value(o['left'], table, depth)} {o['name']} {self.value(o['right'], table, depth)})"

    def cast(self, type_name, table, depth):
        sources = [c['source'] for c in self.catalog.casts if c['target'] == type_name] or [type_name]
        source = self.random.choice(sources + [type_name])
        inner = self.value(source, table, depth)
        return f'({inner})::{type_name}' if source != type_name else f'({inner})::text::{type_name}'

    def call(self, f, table, depth):
        types = f.types[:len(f.types) - self.random.randint(0, f.defaults)] if f.defaults else f.types
        self.called.add(f.oid)
        given = [self.argument(t, name, table, depth) for t, name in zip(types, [*f.names, *[''] * len(types)])]
        if f.variadic:
            given[-1] = 'VARIADIC ' + given[-1]
        order = ORDER if f.kind == 'a' and f.name in ORDERED else ''
        return f"{f.name}({', '.join(given)}{order})"

    def argument(self, type_name, name, table, depth):
        if name in self.catalog.columns.get((table, type_name), []) and self.random.random() < 0.7:
            return name
        return self.value(type_name, table, depth)

    def table_for(self, f):
        """The table that has columns of most of its arguments."""
        return max(TABLES, key=lambda t: (sum((t, a) in self.catalog.columns for a in f.types), self.random.random()))

    # ---- queries: (columns, FROM and what follows), one line each

    def query(self):
        if self.random.random() < 0.15:
            return ' '.join(self.random.choice(QUESTIONS).split())
        f = self.next_function()
        if f.kind == 'a':
            return self.aggregate(f)
        table = self.table_for(f)
        alias = table[5:]
        few = self.random.choice((1, 5, 20))
        # A set of numbers in front that the planner takes for a large one: default costs of jit are reached.
        front = self.random.choice(('', '', f'soak.costly({self.random.choice((1, 2, 3))}) costly, '))
        if f.rows or f.columns:
            return f'SELECT * FROM (SELECT id, left(x::text, 300) AS x FROM {front}{table} {alias}, LATERAL {self.call(f, table, 1)} x WHERE id <= {few}) x ORDER BY 1, 2 LIMIT 3000'
        call = self.call(f, table, 2)
        return self.random.choice((
            f'SELECT {shown(self.call(f, None, 2))}',
            f'SELECT id, {shown(call)} FROM {front}{table} {alias} WHERE id <= {few} ORDER BY 1, 2',
            f'SELECT count(*), min(md5(x)), max(md5(x)) FROM (SELECT ({call})::text AS x FROM {table} {alias} WHERE id <= 100) x',
            f'SELECT CASE WHEN id % 2 = 0 THEN {shown(call)} END FROM {table} {alias} WHERE id <= {few} AND ({call}) IS NOT NULL ORDER BY 1',
        ))

    def aggregate(self, f):
        table = self.table_for(f)
        alias, call = table[5:], self.call(f, table, self.random.choice((0, 0, 1)))
        key = 'customer' if table == 'soak.log' else 'id % 7'
        rows = f'FROM {table} {alias} WHERE id <= {self.random.choice((30, 100, 1000, 10000) if table == "soak.log" else (30, 60))}'
        few = f'FROM {table} {alias} WHERE id <= 60'
        filtered = f'{call} FILTER (WHERE id % 3 > 0)'
        frame = self.random.choice(('', ' ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING', ' ROWS UNBOUNDED PRECEDING'))
        inner = call[len(f.name) + 1:-1].removesuffix(ORDER)
        return self.random.choice((
            f'SELECT {shown(call)} {rows}',
            f'SELECT {key}, {shown(call)} {rows} GROUP BY 1 ORDER BY 1',
            f'SELECT {key}, id % 2, {shown(call)}, count(*) {rows} GROUP BY GROUPING SETS ((1), (1, 2), ()) ORDER BY 1, 2, 3',
            f'SELECT {key}, {shown(filtered)} {rows} GROUP BY 1 HAVING count(*) > 1 ORDER BY 1',
            f'SELECT id, {shown(f"{call} OVER (PARTITION BY {key} ORDER BY id{frame})")} {few} ORDER BY 1',
            f'SELECT {shown(f"{f.name}({inner} ORDER BY id DESC)")} {rows}',
            f'SELECT {key}, count(DISTINCT x::text), md5(string_agg(x::text, chr(10) ORDER BY x::text COLLATE "C")) FROM (SELECT {key} AS {key.split()[0]}, {call} AS x {rows} GROUP BY {key}, id % 3) {alias} GROUP BY 1 ORDER BY 1',
            f'SELECT d.x FROM soak.costly(3) few, LATERAL (SELECT {shown(call)} AS x {few} AND id <> few) d ORDER BY 1',
            f'SELECT DISTINCT {shown(call)} {rows} GROUP BY {key} ORDER BY 1',
        ))

    def large(self):
        """A function over much more than the others get."""
        f = self.next_function()
        table = self.table_for(f)
        alias, large = table[5:], 'soak.wide' if table == 'soak.log' else 'soak.big'
        call = self.call(f, table, 0)
        if f.rows or f.columns:
            return [f'SELECT count(x::text) FROM {large} {alias}, LATERAL {call} x;']
        return [f'SELECT sum(length(x::text)) FROM (SELECT {call} AS x FROM {large} {alias}{"" if f.kind == "a" else " LIMIT 1000"}) x;']

    # ---- statements: lists of lines for psql

    def statement(self):
        if self.ways == LARGE:
            return self.large()
        procedures = [f for f in self.catalog.functions if f.kind == 'p']
        if self.any_answer and procedures and self.random.random() < 0.1:
            return [f'CALL {self.call(self.random.choice(procedures), None, 1)};']
        query = self.query()
        return getattr(self, self.random.choice(self.ways))(query)

    def plain(self, query):
        return [query + ';']

    def cursor(self, query):
        n, c = self.random.randint(1, 5), self.random.choice(('any_order', 'in_order'))
        if c == 'in_order':
            query = f'SELECT * FROM ({query}) q ORDER BY q::text COLLATE "C"'
        return ['BEGIN;', f'DECLARE {c} CURSOR FOR {query};', f'FETCH {n} FROM {c};', 'SAVEPOINT s;', f'SELECT 1 / 0 AS "expected";', 'ROLLBACK TO s;', f'FETCH {n} FROM {c};',
                self.random.choice(('COMMIT;', 'ROLLBACK;', f'CLOSE {c}; COMMIT;'))]

    def prepared(self, query):
        general = re.sub(r'\bid <= \d+', 'id <= $1', query)
        if general != query:
            # Of no rows a LATERAL call is not asked, or it is, before them: its error depends on the order of the join.
            none = () if 'LATERAL' in general else (0,)
            return [f'PREPARE p (bigint) AS {general};', *(f'EXECUTE p ({n});' for n in (5, 1, 3, *none, 7, 20, 5)), 'DEALLOCATE p;']
        return [f'PREPARE p AS {query};', *['EXECUTE p;'] * 2, 'DEALLOCATE p;']

    def block(self, query):
        """In PL/pgSQL, with a subtransaction that fails before and after. Whether a loop that ends early meets an error in a group behind depends on the plan."""
        early = 'EXIT WHEN n % 4 = 0; ' if self.any_answer else ''
        body = (f"DECLARE n int := 0; row record; BEGIN FOR i IN 1 .. 3 LOOP BEGIN FOR row IN {query} LOOP n := n + 1; {early}IF i = 2 THEN PERFORM 1 / 0; END IF; END LOOP; "
                "EXCEPTION WHEN division_by_zero OR invalid_parameter_value OR numeric_value_out_of_range THEN n := n + 100; END; END LOOP; RAISE INFO 'n = %', n; END")
        return [f'DO {arguments.quoted(body)};']

    def loop(self, query):
        return [f"SELECT count(soak.noisy(i)), (SELECT md5(string_agg(q::text, chr(10) ORDER BY q::text COLLATE \"C\")) FROM ({query}) q) FROM generate_series(1, 3) i;"]

    def temporary(self, query):
        kept = self.random.choice([t for (table, t) in self.catalog.columns if table == 'soak.customer'])
        value = self.value(kept, 'soak.customer', 1)
        return ['BEGIN;', f'CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT id, {value} AS x FROM soak.customer customer WHERE id <= 40;', 'INSERT INTO kept SELECT id + 100, x FROM kept;',
                'UPDATE kept SET x = (SELECT k.x FROM kept k WHERE k.id = kept.id - 100) WHERE id % 3 = 0;', f'CREATE TEMP TABLE rows ON COMMIT DROP AS SELECT q::text FROM ({query}) q;',
                'SELECT count(*), count(x), md5(string_agg(x::text, chr(10) ORDER BY x::text COLLATE "C")) FROM kept;', self.random.choice(('COMMIT;', 'ROLLBACK;'))]

    def copied(self, query):
        return [f'COPY (SELECT md5(q::text) FROM ({query}) q) TO STDOUT;']

    def explained(self, query):
        return [f'EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF) {query};']

    def domain(self, query):
        kind = self.random.choice(sorted({t for (_, t) in self.catalog.columns if t.startswith('csagg.') and not t.endswith('[]')}))
        value = self.value(kind, 'soak.customer', 1)
        return ['BEGIN;', f'CREATE DOMAIN pg_temp.held AS {kind} CHECK (VALUE IS NOT NULL);', f'SELECT id, {shown(f"({value})::pg_temp.held")} FROM soak.customer customer WHERE id <= 10 ORDER BY 1;',
                f'SELECT {shown(f"array_agg({value} ORDER BY id)")} FROM soak.customer customer WHERE id <= 10;', 'ROLLBACK;']


def shown(expression):
    """A long value's beginning and a hash of it."""
    return f"left(({expression})::text, 200) || md5(({expression})::text)"
