// SQL face of the past of large customers.
#include "history/history_algebra.hpp"

#include "history/history_pg.hpp"
#include "rules/assessment/assess_pg.hpp"
#include "rules/instant/row_pg.hpp"

namespace csagg::pg {

// Arguments: facts, at.
CSAGG_FUNCTION(csagg_pipeline_split) {
    const Instant at = instant_argument(fcinfo, 1, "at");
    ContextArena arena;
    Bytes before{Alloc<Byte>(arena)}, after{Alloc<Byte>(arena)};
    split_history(bytes_argument(fcinfo, 0), at, before, after);
    const Datum values[2] = {make_varlena(view(before)), make_varlena(view(after))};
    const bool nulls[2] = {};
    return make_row(fcinfo, values, nulls);
}

CSAGG_FUNCTION(csagg_pipeline_unite) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    ContextArena arena;
    Bytes whole{Alloc<Byte>(arena)};
    unite_histories(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), whole);
    return make_varlena(view(whole));
}

}  // namespace csagg::pg
