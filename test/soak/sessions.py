"""What the sessions of the soak do, each in a thread until the time is over. What they find goes to Findings."""
import random
import re
import subprocess
import threading
import time
from collections import Counter

from arguments import quoted
from server import REFERENCE, Said, modes
from statements import LARGE, READING, Maker

# Errors that say what is wrong with a statement: bad data, limits, wrong kinds; and what follows when another has failed.
FITTING = re.compile(r'22...|54...|0A000|42703|42804|42P18|23514|25P02|26000|3B001|34000|42704|42P01|42P06|42809|42602|42939|55000')  # the last seven: pipelines that are not there, or there already, or have no name; views as their sources; reserved names; run() beyond a timeout
FOLLOWING = {'25P02', '26000', '3B001', '34000', '42P01', '42704'}
# What a statement leaves behind that was to make something for the next ones.
LEFT_OUT = re.compile(r'relation "(kept|rows|c)" does not exist|type "pg_temp.held" does not exist')
BY_OUR_HAND = {'57014', '57P01'}


def locks(line):
    """Whether it may meet another session that makes, drops or reads the same pipeline: an argument is its name, or it was prepared."""
    return '::name' in line or line.startswith(('EXECUTE', 'FETCH'))


class Findings:
    def __init__(self, seed, seconds, wanted):
        """Over after so many seconds; later, but not three times as late, if not all the wanted functions were called by then."""
        self.seed, self.wanted, self.called = seed, wanted, set()
        self.deadline, self.last = time.time() + seconds, time.time() + 3 * seconds
        self.count, self.bad, self.lock = Counter(), {}, threading.Lock()

    def over(self):
        now = time.time()
        return now > self.last or (now > self.deadline and self.wanted <= self.called)

    def tally(self, what, n=1):
        with self.lock:
            self.count[what] += n

    def add(self, verdict, name, settings, text):
        with self.lock:
            self.count[verdict] += 1
            self.bad.setdefault(verdict, []).append(f'{name}, settings {settings}:\n{text}')


class Session(threading.Thread):
    """One script after the other, each with random numbers of its own: SEED, the session's name and the script's number."""
    role = ''

    def __init__(self, server, catalog, findings, number):
        super().__init__(name=f'{self.role}_{number}')
        self.server, self.catalog, self.findings = server, catalog, findings
        self.deck = []

    def run(self):
        script = 0
        while not self.findings.over():
            script += 1
            name = f'soak_{self.name}_{script}'
            try:
                self.round(name, random.Random(f'{self.findings.seed} {name}'))
            except Exception as error:  # a defect of the soak: it must not pass as silence
                self.findings.add('driver', name, {}, repr(error))

    def statements(self, chance, n, **options):
        maker = Maker(self.catalog, chance, **options)
        maker.deck = self.deck
        lines = [line for _ in range(n) for line in maker.statement()]
        self.findings.called |= maker.called
        return lines

    def judge(self, name, settings, lines, said, fitting=()):
        """Every error is one that may be."""
        self.findings.tally('statements', len(said.rows))
        for at, state, what, text in said.errors:
            self.findings.tally('errors')
            self.findings.tally(state)
            deadlock = state == '40P01' and at < len(lines) and locks(lines[at])
            if what != 'WARNING' and not FITTING.fullmatch(state) and state not in fitting and not deadlock and not LEFT_OUT.match(text):
                self.findings.add('errors have fitting classes', name, settings, f'{state} {text}\n{lines[at] if at < len(lines) else "?"}')
        if said.lost and '57P01' not in fitting:
            self.findings.add('sessions stay connected', name, settings, said.err[-1000:])


class Comparing(Session):
    """The same statements under the reference's settings and under others: the same answers."""
    role = 'comparing'

    def round(self, name, chance):
        lines = self.statements(chance, 12, any_answer=False)
        chosen, settings = modes(chance)
        limit = {'statement_timeout': 20000}
        truth, other = self.server.run(f'{name}_a', lines, {**REFERENCE, **limit}), self.server.run(f'{name}_b', lines, {**settings, **limit})
        for said, under in ((truth, REFERENCE), (other, settings)):
            self.judge(name, under, lines, said, BY_OUR_HAND if self.findings.over() else {'57014'})
        for i, line in enumerate(lines):
            a, b = truth.answer(i), other.answer(i)
            # Which rows a FETCH of a few gives depends on their order.
            if line.startswith('EXPLAIN') or line.endswith('FROM any_order;') or {a[1], b[1]} & (BY_OUR_HAND | FOLLOWING) or (a[1] and b[1]) or ('40P01' in (a[1], b[1]) and locks(line)) or i not in truth.rows or i not in other.rows:
                continue
            self.findings.tally('answers compared')
            if a != b:
                self.findings.add('answers do not depend on the plan', name, settings, f'{line}\n{REFERENCE}: {str(a)[:500]}\n{chosen}: {str(b)[:500]}')


class Harmed(Session):
    """Any settings, timeouts of a few milliseconds, and the Harmer below."""
    role = 'harmed'

    def round(self, name, chance):
        settings = modes(chance)[1]
        lines = []
        for line in self.statements(chance, 15):
            lines += [f'SET statement_timeout = {chance.choice((1, 5, 20, 100, 300, 3000))};', line]
        self.judge(name, settings, lines, self.server.run(name, lines, settings), BY_OUR_HAND)


class Harmer(Session):
    """Cancels and ends harmed sessions and their workers, and sees to it that nothing runs for ever."""
    role = 'harmer'
    pattern = 'soak_harmed%'

    def round(self, name, chance):
        time.sleep(chance.random())
        how = chance.choice(('cancel', 'cancel', 'terminate'))
        victims = self.server.ask(f"SELECT pg_{how}_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '{self.pattern}' AND backend_type IN ('client backend', 'parallel worker') "
                                  f"ORDER BY md5(pid::text || '{chance.random()}') LIMIT 1")
        self.findings.tally(f'{how}s', victims.count('t'))
        stuck = self.server.ask("SELECT application_name || ': ' || left(query, 1000) FROM pg_stat_activity WHERE application_name LIKE 'soak_%' AND state = 'active' AND clock_timestamp() - query_start > '60 s'")
        if stuck:
            self.findings.add('everything stops in time', name, {}, stuck)
            self.server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'soak_%' AND clock_timestamp() - query_start > '60 s'")


class Scarce(Session):
    """A backend whose address space is cut to what it has, and given a little more now and then: it may fail or die, alone.

    Without jit: LLVM ends the process when it gets no memory. The stack is grown first, for the kernel ends a process whose
    stack it can't grow.
    """
    role = 'scarce'
    deep = "CREATE FUNCTION pg_temp.deep(n int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN pg_temp.deep(n + 1); EXCEPTION WHEN SQLSTATE ''54001'' THEN RETURN n; END';"

    def round(self, name, chance):
        settings = {'jit': 'off', 'statement_timeout': 10000, 'max_parallel_workers_per_gather': chance.choice((0, 2))}
        lines = [self.deep, "SELECT pg_temp.deep(0), csagg.constant(1);", "SELECT set_config('application_name', current_setting('application_name') || '_cut', false), pg_sleep(0.1);",
                 *self.statements(chance, 15, ways=LARGE), *self.statements(chance, 5, ways=READING)]
        process = self.server.start(name, lines, settings)
        cutter = threading.Thread(target=self.cut, args=(name, process, chance))
        cutter.start()
        said = Said(*process.communicate())
        cutter.join()
        self.judge(name, settings, lines, said, {'53200', '57014', '57P01'})
        self.findings.tally('out of memory', sum(state == '53200' for _, state, _, _ in said.errors))

    def cut(self, name, process, chance):
        """By a program of the server's, since only its user may."""
        pid = ''
        while not pid and process.poll() is None:
            pid = self.server.ask(f"SELECT pid FROM pg_stat_activity WHERE application_name = '{name}_cut' AND backend_type = 'client backend'")
        more = ' '.join(str(chance.choice((0, 128, 512, 1024, 4096, 16384, 65536))) for _ in range(200))
        loop = (f'cat >/dev/null; size=$(sed -n "s/^VmSize:[^0-9]*\\([0-9]*\\) kB/\\1/p" /proc/{pid}/status); '
                f'while :; do for more in {more}; do prlimit --pid {pid} --as=$(((size + more) * 1024)):unlimited 2>/dev/null || exit 0; sleep 0.03; done; done')
        if pid:
            self.server.ask(f"COPY (SELECT) TO PROGRAM {quoted(loop)}", f'{name}_knife')


class Lasting(Session):
    """One session and the same statements again and again: its memory reaches a plateau. Nothing is created: of what is gone, of what
    others make and drop, too, PostgreSQL's own caches keep traces. Their context is none of csagg's: it counts in the data segment only."""
    role = 'lasting'
    measure = ("SELECT 'size ' || sum(total_bytes) || ' ' || regexp_replace(pg_read_file('/proc/self/status'), '.*VmData:\\s+(\\d+) kB.*', '\\1') FROM pg_backend_memory_contexts WHERE name <> 'CacheMemoryContext';\n")

    def run(self):
        name = f'soak_{self.name}'
        chance = random.Random(f'{self.findings.seed} {name}')
        lines = self.statements(chance, 30, ways=READING)
        mix = self.server.work / f'{name}.sql'
        mix.write_text('\\o /dev/null\nSET statement_timeout = 10000;\n' + '\n'.join(lines) + '\n\\o\n')
        sizes = []
        process = subprocess.Popen(['psql', '-XqAt'], env=self.server.environment(name, {'jit': 'off'}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        while not self.findings.over():
            # At the end what is under way is cancelled, the measuring, too: its end is what is waited for.
            process.stdin.write(f'\\i {mix}\n{self.measure}\\echo measured\n')
            process.stdin.flush()
            while (line := process.stdout.readline()) and line != 'measured\n':
                if line.startswith('size '):
                    sizes.append(tuple(map(int, line.split()[1:])))
            if not line:
                self.findings.add('sessions stay connected', name, {}, 'the lasting session has ended')
                return
        process.communicate('')
        self.findings.tally('rounds of the lasting session', len(sizes))
        for what, size, slack in (('contexts, bytes', [s[0] for s in sizes], 400_000), ('data segment, kB', [s[1] for s in sizes], 4000)):
            half = len(size) // 2
            if half >= 3 and max(size[-half // 2:]) > max(size[:half]) + slack:
                self.findings.add('memory reaches a plateau', name, {}, f'{what}: {size[::max(1, len(size) // 20)]}')


class Calling(Session):
    """One function called very often in one query: its memory is given back call by call."""
    role = 'calling'
    per_call = 16       # bytes that a call may leave behind
    size = "SELECT regexp_replace(pg_read_file('/proc/self/status'), '.*VmHWM:\\s+(\\d+) kB.*', '\\1');"

    def round(self, name, chance):
        maker = Maker(self.catalog, chance)
        maker.wild, maker.deck = False, self.deck
        f = maker.next_function()
        if f.part or 'anyelement' in f.types or maker.table_for(f) != 'soak.customer':
            return
        call = maker.call(f, 'soak.customer', 0)

        def often(n):
            rows = f'soak.customer customer, soak.number WHERE customer.id <= 40 AND i <= {n // 32}'
            if f.kind == 'a':
                return f'SELECT count(x) FROM (SELECT {call} AS x FROM {rows} GROUP BY customer.id, i) x;'
            if f.rows or f.columns:
                return f'SELECT count(x) FROM (SELECT (SELECT count(*) FROM {call}) AS x FROM {rows}) x;'
            return f'SELECT count(x) FROM (SELECT {call} AS x FROM {rows}) x;'

        few, many, most = 1280, 12800, 32000
        lines = [line for n in (few, many, most) for line in (often(n), self.size)]
        settings = {'jit': 'off', 'work_mem': '64kB', 'max_parallel_workers_per_gather': 0, 'statement_timeout': 20000, 'enable_hashagg': 'off'}
        said = self.server.run(name, lines[:4], settings)
        self.judge(name, settings, lines, said, BY_OUR_HAND if self.findings.over() else {'57014'})
        self.findings.tally('functions called often')
        if self.growth(said, 1, 3) < self.allowed(many - few):
            return
        # The heap has its steps: what grows must go on growing.
        said = self.server.run(name, lines, {**settings, 'statement_timeout': 40000})
        if self.growth(said, 3, 5) > self.allowed(most - many):
            self.findings.add('memory is given back call by call', name, settings, f'grew by {self.growth(said, 3, 5)} bytes in {most - many} calls:\n{lines[4]}')

    def allowed(self, calls):
        return calls * self.per_call + 300_000

    @staticmethod
    def growth(said, before, after):
        """In bytes; none if it can't be told."""
        if said.errors or said.lost or after not in said.rows:
            return 0
        return (int(said.rows[after][0]) - int(said.rows[before][0])) * 1024


ROLES = {'comparing': (Comparing, 2), 'harmed': (Harmed, 2), 'harmer': (Harmer, 1), 'scarce': (Scarce, 1), 'lasting': (Lasting, 1), 'calling': (Calling, 1)}
