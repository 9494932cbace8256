// SQL face of outlooks: the columns of the view health that are more than a value at an instant.
#include "pipeline/assessing/outlook.hpp"

#include "pipeline/assessing/episodes.hpp"

#include "history/history_pg.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "utils/array.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

Steps changes_argument(FunctionCallInfo fcinfo, int n, Arena& arena) {
    Steps steps = steps_argument(fcinfo, n, arena);
    simplify(steps);
    return steps;
}

Instant first_change(const History& alerts, Instant after, Arena& arena) {
    Instant first = plus_infinity;
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        Steps steps(alert_timeline(alerts[i]), arena);
        simplify(steps);
        first = std::min(first, next_change(steps, after));
    }
    return first;
}

Datum text_array(std::span<const Datum> items) {
    auto* data = const_cast<Datum*>(items.data());
    const int count = int(items.size());
    return call(
        [data, count] { return PointerGetDatum(construct_array(data, count, TEXTOID, -1, false, TYPALIGN_INT)); });
}

}  // namespace

/// pipeline_slice(timeline, since, until): NULL where nothing is left.
CSAGG_FUNCTION(csagg_pipeline_slice) {
    ContextArena arena;
    const Steps steps =
        slice(steps_argument(fcinfo, 0, arena), PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2), arena);
    if (steps.entries.empty()) PG_RETURN_NULL();
    return steps_bytes(steps, arena);
}

/// pipeline_held(timeline, until_at): the last value holds on, where the timeline ends there.
CSAGG_FUNCTION(csagg_pipeline_held) {
    ContextArena arena;
    Steps steps = steps_argument(fcinfo, 0, arena);
    hold_on(steps, PG_GETARG_TIMESTAMPTZ(1));
    return steps_bytes(steps, arena);
}

/// pipeline_held(alerts, until_at)
CSAGG_FUNCTION(csagg_pipeline_held_alerts) {
    ContextArena arena;
    const History alerts = history_argument(fcinfo, 0);
    HistoryWriter writer(alerts.known_from(), arena);
    for (std::size_t i = 0; i < alerts.size(); ++i) {
        Steps steps(alert_timeline(alerts[i]), arena);
        hold_on(steps, PG_GETARG_TIMESTAMPTZ(1));
        writer.add(alerts[i].key, alerts[i].kind, [&](Bytes& out) { steps.write(out); });
    }
    Bytes bytes{Alloc<Byte>(arena)};
    writer.finish(bytes);
    return make_varlena(view(bytes));
}

/// pipeline_since(timeline, at): since when the value holds; NULL where it is absent.
CSAGG_FUNCTION(csagg_pipeline_since) {
    ContextArena arena;
    const auto since = held_since(changes_argument(fcinfo, 0, arena), PG_GETARG_TIMESTAMPTZ(1));
    if (!since) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(*since);
}

/// pipeline_before(timeline, at): the last value that had ended by then, as text; NULL if none had.
CSAGG_FUNCTION(csagg_pipeline_before) {
    ContextArena arena;
    const Value before = held_before(changes_argument(fcinfo, 0, arena), PG_GETARG_TIMESTAMPTZ(1));
    if (before.absent) PG_RETURN_NULL();
    return text_datum(before);
}

/// pipeline_alerts_at(alerts, at): names of those that are firing, by their bytes; of NULL none.
CSAGG_FUNCTION(csagg_pipeline_alerts_at) {
    if (PG_ARGISNULL(1)) PG_RETURN_NULL();
    ContextArena arena;
    SmallVector<Datum, 16> names(arena);
    if (!PG_ARGISNULL(0)) {
        const History alerts = history_argument(fcinfo, 0);
        for (std::size_t i = 0; i < alerts.size(); ++i) {
            [[maybe_unused]] const Timeline checked = alert_timeline(alerts[i]);
            const Found found = find_value(alerts[i].bytes, PG_GETARG_TIMESTAMPTZ(1));
            if (!found.value.absent && found.value.word != 0) names.push_back(make_text(alerts[i].key));
        }
    }
    return text_array(view(names));
}

/// pipeline_next_change(score, stage, band, coverage, alerts, after, until): the first change of any of these between
/// both, NULL if there is none.
CSAGG_FUNCTION(csagg_pipeline_change) {
    if (PG_ARGISNULL(5) || PG_ARGISNULL(6)) PG_RETURN_NULL();
    const Instant after = PG_GETARG_TIMESTAMPTZ(5), until = PG_GETARG_TIMESTAMPTZ(6);
    ContextArena arena;
    Instant first = until;
    for (int n = 0; n < 4; ++n)
        if (!PG_ARGISNULL(n)) first = std::min(first, next_change(changes_argument(fcinfo, n, arena), after));
    if (!PG_ARGISNULL(4)) first = std::min(first, first_change(history_argument(fcinfo, 4), after, arena));
    if (first == until) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(first);
}

}  // namespace csagg::pg
