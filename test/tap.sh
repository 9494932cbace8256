# TAP for the tests that are shell scripts: source it. At the end: echo "1..$number"; exit "$failed".
number=0 failed=0

# tell STATUS NAME [NOTE]: a line; the note is shown, in part, where STATUS is not 0. sed reads to the end, where head would
# end the script by SIGPIPE.
tell() {
    number=$((number + 1))
    if [[ $1 == 0 ]]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
        [[ -z ${3-} ]] || sed 's/^/#   /' <<<"$3" | cut -c1-1000 | sed -n '1,20p'
    fi
}

# check NAME COMMAND ...: a line; what the command prints is shown where it fails.
check() {
    local name=$1 output status
    shift
    set +e
    output=$(set -e; "$@" 2>&1)  # not inside an if, where bash would go on after a failed command
    status=$?
    set -e
    tell "$status" "$name" "$output"
}

query() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }

# own_database NAME: a database and a folder, $database and $work, that the test has for itself, and in whose sessions query()
# asks. They go when it ends; where more is to go then: trap 'drop_own; ...' EXIT.
own_database() {
    database=csagg_$1_$$ work=$(mktemp -d "${TMPDIR:-/tmp}/csagg.XXXXXX")
    export PGDATABASE=$database PGOPTIONS='-c client_min_messages=warning -c timezone=UTC'
    trap drop_own EXIT
    createdb "$database"
}
drop_own() { dropdb --if-exists --force "$database"; rm -rf "$work"; }

skip() { number=$((number + 1)); echo "ok $number - $1 # SKIP $2"; }
