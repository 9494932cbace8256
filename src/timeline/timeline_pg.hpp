// Timelines as arguments and results of SQL functions: what the other rooms need of the SQL type csagg.timeline.
#pragma once
#include "timeline/algebra.hpp"

#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

namespace csagg::pg {

inline Timeline timeline_argument(FunctionCallInfo fcinfo, int n) { return Timeline(bytes_argument(fcinfo, n)); }

inline Steps steps_argument(FunctionCallInfo fcinfo, int n, Arena& arena) {
    return Steps(timeline_argument(fcinfo, n), arena);
}

inline Datum steps_result(const Steps& steps, Arena& arena) {
    Bytes bytes(arena);
    steps.write(bytes);
    return make_varlena(view(bytes));
}

/// Argument `n` as the state of timeline() and merge(), nullptr when NULL or a finished value. The type of a total()'s
/// state is the same, so the marker decides: Errc::kind_mismatch.
void* log_state_argument(FunctionCallInfo fcinfo, int n);

/// Verifies the server's encoding of all texts of a timeline that came from outside.
void check_encodings(const Timeline& timeline);

}  // namespace csagg::pg
