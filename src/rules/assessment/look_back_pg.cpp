// look_back
#include "rules/assessment/look_back.hpp"

#include "rules/language/ruleset_pg.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {

// Arguments: ruleset, alerts.
CSAGG_FUNCTION(csagg_look_back) {
    ContextArena arena;
    const std::optional<Span> span = look_back(ruleset_argument(fcinfo, 0).rules, PG_GETARG_BOOL(1), arena);
    if (!span) PG_RETURN_NULL();
    auto* const result = static_cast<Interval*>(allocate(sizeof(Interval)));
    *result = Interval{span->micros, span->days, span->months};
    return IntervalPGetDatum(result);
}

}  // namespace csagg::pg
