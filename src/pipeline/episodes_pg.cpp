// SQL face of episodes.
#include "pipeline/episodes.hpp"

#include "history/history_pg.hpp"
#include "postgres/rows.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {

CSAGG_FUNCTION(csagg_pipeline_edge) {
    ContextArena arena;
    const Instant edge = next_edge(history_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), arena);
    if (edge == plus_infinity) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(edge);
}

CSAGG_FUNCTION(csagg_pipeline_firing) {
    const Instant through = PG_GETARG_TIMESTAMPTZ(1);
    ContextArena arena;
    Vector<Episode> episodes{Alloc<Episode>(arena)};
    read_episodes(history_argument(fcinfo, 0), episodes);
    RowSink rows(fcinfo, 3);
    for (const Episode& e : episodes) {
        if (e.since > through) continue;
        const Datum values[3] = {make_text(e.alert), TimestampTzGetDatum(e.since), TimestampTzGetDatum(e.until)};
        const bool nulls[3] = {false, false, e.until > through};
        rows.put(values, nulls);
    }
    return 0;
}

}  // namespace csagg::pg
