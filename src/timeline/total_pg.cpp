// SQL face of the aggregate total(timeline).
#include "timeline/total.hpp"

#include "timeline/timeline_pg.hpp"

using namespace csagg;
using namespace csagg::pg;

namespace {

TotalLog total_argument(FunctionCallInfo fcinfo, int n) {
    void* state = state_argument(fcinfo, n);
    return state != nullptr ? TotalLog(Flat(state, grow_state)) : TotalLog::create(grow_state);
}

/// Adds argument n: a state, or a finished sum of a part of the rows.
void add_total_argument(FunctionCallInfo fcinfo, int n, TotalLog& log) {
    if (state_argument(fcinfo, n) != nullptr) {
        log.add_all(total_argument(fcinfo, n));
        return;
    }
    ContextArena arena;
    log.add(timeline_argument(fcinfo, n), arena);
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
    TotalLog log = total_argument(fcinfo, 0);
    if (!PG_ARGISNULL(0) && state_argument(fcinfo, 0) == nullptr) add_total_argument(fcinfo, 0, log);
    ContextArena arena;
    log.add(timeline_argument(fcinfo, 1), arena);
    return state_result(log.flat());
}

CSAGG_FUNCTION(csagg_total_combine) {
    require_aggregate(fcinfo);
    TotalLog log = total_argument(fcinfo, 0);
    if (state_argument(fcinfo, 0) == nullptr) add_total_argument(fcinfo, 0, log);
    add_total_argument(fcinfo, 1, log);
    return state_result(log.flat());
}

CSAGG_FUNCTION(csagg_total_final) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    if (void* state = state_argument(fcinfo, 0)) return finish_total(state);
    return make_varlena(bytes_argument(fcinfo, 0));
}
