# A coordinator and two workers of Citus with this tree's csagg, each on a socket in a folder of its own: source it at the top of the tree.
#
# It takes the PostgreSQL of scripts/pg-config, or $PG_CONFIG, which must have Citus (version 13 or later), and builds nothing of that; where
# there is no Citus it ends the script with status 75.
#
#   cluster SETTING ...    starts all three and makes the extension; the environment points to the coordinator
#   query ARGUMENT ...     psql, on the coordinator
#   on NODE ARGUMENT ...   psql, on coordinator, one or two
#   start NODE             starts a node again

pg_config=$(scripts/pg-config) || { echo "$0: no PostgreSQL with server headers" >&2; exit 75; }
[[ -e $("$pg_config" --sharedir)/extension/citus.control ]] || { echo "$0: no Citus in $("$pg_config" --sharedir)/extension" >&2; exit 75; }

work=$(mktemp -d "${TMPDIR:-/tmp}/csagg.XXXXXX")
chmod a+rx "$work"
trap 'for node in one two coordinator; do scripts/server drop "$work/$node"; done; rm -rf "$work"' EXIT
settings=()
start() { scripts/server start "$work/$1" shared_preload_libraries=citus,csagg citus.enable_statistics_collection=off "${settings[@]}" >&2; }
query() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
on() { PGHOST=$work/$1/server query "${@:2}"; }

cluster() {
    local node
    settings=("$@")
    for node in coordinator one two; do start "$node"; done
    eval "$(scripts/server env "$work/coordinator")"
    export PGOPTIONS='-c client_min_messages=warning'
    for node in one two; do on "$node" -c 'CREATE EXTENSION citus'; done
    query -c 'CREATE EXTENSION citus' -c "SELECT citus_set_coordinator_host('$PGHOST', $PGPORT)" \
        -c "SELECT citus_add_node('$work/' || node || '/server', $PGPORT) FROM (VALUES ('one'), ('two')) n(node)" -c 'CREATE EXTENSION csagg' >/dev/null
}
