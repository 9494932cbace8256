// SQL face of the aggregate total(timeline).
#include "timeline/total.hpp"

#include "timeline/timeline_pg.hpp"

using namespace csagg;
using namespace csagg::pg;

namespace {

/// Argument `n` as the state of total(), nullptr when NULL or a finished value.
void* total_state_argument(FunctionCallInfo fcinfo, int n) {
    void* state = state_argument(fcinfo, n);
    if (state != nullptr && Flat(state, grow_state).header().marker != TotalLog::marker)
        throw Error(Errc::kind_mismatch, "the state of another aggregate, not of total()");
    return state;
}

/// Adds argument n: a state, or a finished sum of a part of the rows.
void add_total_argument(FunctionCallInfo fcinfo, int n, TotalLog& log) {
    if (void* state = total_state_argument(fcinfo, n)) {
        log.add_all(TotalLog(Flat(state, grow_state)));
        return;
    }
    ContextArena arena;
    log.add(timeline_argument(fcinfo, n), arena);
}

/// The state of argument 0, or a new one with what argument 0 holds.
TotalLog total_argument(FunctionCallInfo fcinfo) {
    if (void* state = total_state_argument(fcinfo, 0)) return TotalLog(Flat(state, grow_state));
    TotalLog log = TotalLog::create(grow_state);
    if (!PG_ARGISNULL(0)) add_total_argument(fcinfo, 0, log);
    return log;
}

}  // namespace

Datum csagg::pg::finish_total(void* state) {
    ContextArena arena;
    return steps_result(TotalLog(Flat(state, grow_state)).finish(arena), arena);
}

CSAGG_FUNCTION(csagg_total_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    TotalLog log = total_argument(fcinfo);
    ContextArena arena;
    log.add(timeline_argument(fcinfo, 1), arena);
    return state_result(log.flat());
}

CSAGG_FUNCTION(csagg_total_combine) {
    require_aggregate(fcinfo);
    TotalLog log = total_argument(fcinfo);
    add_total_argument(fcinfo, 1, log);
    return state_result(log.flat());
}

CSAGG_FUNCTION(csagg_total_final) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    if (void* state = total_state_argument(fcinfo, 0)) return finish_total(state);
    return make_varlena(bytes_argument(fcinfo, 0));
}
