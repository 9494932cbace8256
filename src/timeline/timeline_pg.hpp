// Timelines as arguments and results of SQL functions: what the other rooms need of the SQL type csagg.timeline.
#pragma once
#include "timeline/algebra.hpp"

#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

namespace csagg::pg {

inline Timeline timeline_argument(FunctionCallInfo fcinfo, int n) { return Timeline(bytes_argument(fcinfo, n)); }

/// Argument `n` where it is what steps_result() made; else nullptr.
const UnencodedTimeline* unencoded_argument(FunctionCallInfo fcinfo, int n);

/// f(argument `n`), which is an UnencodedTimeline or a Timeline.
template <class F>
decltype(auto) with_timeline(FunctionCallInfo fcinfo, int n, F f) {
    if (const UnencodedTimeline* unencoded = unencoded_argument(fcinfo, n)) return f(*unencoded);
    return f(timeline_argument(fcinfo, n));
}

inline Steps steps_argument(FunctionCallInfo fcinfo, int n, Arena& arena) {
    return with_timeline(fcinfo, n, [&arena](const auto& timeline) { return Steps(timeline, arena); });
}

/// An expanded object, or of texts the bytes.
Datum steps_result(const Steps& steps, Arena& arena);
/// The bytes, for one who needs them anyhow.
Datum steps_bytes(const Steps& steps, Arena& arena);

/// Verifies the server's encoding of all texts of a timeline that came from outside.
void check_encodings(const Timeline& timeline);

}  // namespace csagg::pg
