"""psql, a script at a time, and what it said."""
import os
import re
import subprocess
from pathlib import Path

# Settings of the session whose answers are the truth, and those under which everything else must say the same.
REFERENCE = {'jit': 'off', 'max_parallel_workers_per_gather': 0, 'enable_hashagg': 'off', 'plan_cache_mode': 'force_custom_plan'}
MODES = {
    'default': {},
    'jit': {'jit_above_cost': 0, 'jit_inline_above_cost': 0, 'jit_optimize_above_cost': 0},
    'parallel': {'parallel_setup_cost': 0, 'parallel_tuple_cost': 0, 'min_parallel_table_scan_size': 0, 'max_parallel_workers_per_gather': 2},
    'workers alone': {'parallel_setup_cost': 0, 'parallel_tuple_cost': 0, 'min_parallel_table_scan_size': 0, 'parallel_leader_participation': 'off'},
    'small memory': {'work_mem': '64kB', 'hash_mem_multiplier': 1, 'temp_buffers': '800kB'},
    'hash': {'enable_sort': 'off', 'enable_mergejoin': 'off'},
    'sort': {'enable_hashagg': 'off', 'enable_hashjoin': 'off'},
    'generic plans': {'plan_cache_mode': 'force_generic_plan'},
    'plan node': {'session_preload_libraries': 'csagg', 'enable_nestloop': 'off', 'enable_memoize': 'off'},
    'no materialize': {'enable_material': 'off', 'enable_seqscan': 'off'},
}
LINE = re.compile(r'^psql:(?P<file>.*?):(?P<line>\d+): (?P<what>ERROR|FATAL|PANIC|WARNING):  (?P<state>\w{5}): (?P<text>.*)')
LOST = ('server closed the connection unexpectedly', 'connection to server was lost', 'terminating connection')


def options(settings):
    return ' '.join('-c {}={}'.format(name, str(value).replace(' ', '\\ ')) for name, value in settings.items())


def modes(random):
    chosen = random.sample(sorted(MODES), random.randint(1, 3))
    return chosen, {name: value for mode in chosen for name, value in MODES[mode].items()}


class Said:
    """What a script gave: of each statement its rows and its error."""

    def __init__(self, out, err):
        self.rows = {}
        here = -1
        for line in out.split('\n'):
            if line.startswith('-- soak '):
                here = int(line[8:])
                self.rows[here] = []
            elif here >= 0:
                self.rows[here].append(line)
        self.errors = [(int(m['line']) // 2 - 1, m['state'], m['what'], m['text']) for m in map(LINE.match, err.split('\n')) if m]
        self.lost = any(lost in err for lost in LOST)
        self.err = err

    def answer(self, i):
        """Rows in no order, and the SQLSTATE if it failed."""
        return sorted(self.rows.get(i, [])), next((state for at, state, what, _ in self.errors if at == i and what == 'ERROR'), None)


class Server:
    def __init__(self, work, database):
        self.work, self.database = Path(work), database
        self.log = Path(os.environ['CSAGG_SERVER'], 'server/log') if os.environ.get('CSAGG_SERVER') else None

    def environment(self, name, settings):
        return {**os.environ, 'PGDATABASE': self.database, 'PGAPPNAME': name, 'PGCONNECT_TIMEOUT': '60', 'PGOPTIONS': options({'timezone': 'UTC', **settings})}

    def ask(self, sql, name='soak_control'):
        done = subprocess.run(['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', sql], env=self.environment(name, {'jit': 'off'}), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.rstrip('\n')

    def start(self, name, statements, settings):
        """The statements as a psql process; each is one line of the script, behind its number."""
        script = self.work / f'{name}.sql'
        script.write_text(''.join(f'\\echo -- soak {i}\n{s}\n' for i, s in enumerate(statements)))
        return subprocess.Popen(['psql', '-XqAt', '-v', 'VERBOSITY=verbose', '-f', script], env=self.environment(name, settings), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace')

    def run(self, name, statements, settings):
        process = self.start(name, statements, settings)
        return Said(*process.communicate())
