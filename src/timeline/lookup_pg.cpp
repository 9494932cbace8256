// SQL face of look-ups: the value at an instant, and the rows of changes(), entries() and snapshots().
#include "grid/grid_pg.hpp"
#include "postgres/rows.hpp"
#include "postgres/toast.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

Found find(FunctionCallInfo fcinfo) {
    prefetch_next(PG_GETARG_DATUM(0));
    auto* value = reinterpret_cast<struct varlena*>(PG_GETARG_POINTER(0));
    const Instant at = PG_GETARG_TIMESTAMPTZ(1);
    if (const UnencodedTimeline* unencoded = unencoded_argument(fcinfo, 0)) return find_value(*unencoded, at);
    if (!is_toasted(value)) return find_value(bytes_argument(fcinfo, 0), at);
    ToastSource source(value);
    return source.holds_state() ? find_value(bytes_argument(fcinfo, 0), at) : find_value(source, at);
}

Datum found_datum(FunctionCallInfo fcinfo, const Found& found, Oid type) {
    if (!found.value.absent) return value_datum(found.value, type);
    fcinfo->isnull = true;
    return 0;
}

Datum find_as(FunctionCallInfo fcinfo, Oid type) { return found_datum(fcinfo, find(fcinfo), type); }

/// Of another kind it is an error, also where nothing is found.
Datum find_of_kind(FunctionCallInfo fcinfo, Kind kind, Oid type) {
    const Found found = find(fcinfo);
    require_kind(found.value.kind, kind, "timeline");
    return found_datum(fcinfo, found, type);
}

/// The columns value and number of a row.
void set_value(const Value& value, Datum* values, bool* nulls) {
    nulls[0] = value.absent;
    nulls[1] = value.absent || value.kind != Kind::number;
    if (!nulls[0]) values[0] = text_datum(value);
    if (!nulls[1]) values[1] = number_datum(value.number());
}

/// f(entry, instant of the next one), each call in a row's memory.
template <class F>
void for_each_entry(const Steps& steps, F f) {
    RowMemory memory;
    for (std::size_t i = 0; i < steps.entries.size(); ++i) {
        const Instant until = i + 1 < steps.entries.size() ? steps.entries[i + 1].at : plus_infinity;
        memory.run([&] { f(steps.entries[i], until); });
    }
}

}  // namespace

CSAGG_FUNCTION(csagg_timeline_value_at) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) PG_RETURN_NULL();
    return find_as(fcinfo, get_fn_expr_argtype(fcinfo->flinfo, 2));
}
CSAGG_FUNCTION(csagg_timeline_number_at) { return find_of_kind(fcinfo, Kind::number, NUMERICOID); }
CSAGG_FUNCTION(csagg_timeline_text_at) { return find_as(fcinfo, TEXTOID); }
CSAGG_FUNCTION(csagg_timeline_bool_at) { return find_of_kind(fcinfo, Kind::boolean, BOOLOID); }
CSAGG_FUNCTION(csagg_timeline_time_at) { return find_of_kind(fcinfo, Kind::time, TIMESTAMPTZOID); }

CSAGG_FUNCTION(csagg_timeline_changes) {
    ContextArena arena;
    Steps steps = steps_argument(fcinfo, 0, arena);
    simplify(steps);
    RowSink rows(fcinfo, 4);
    for_each_entry(steps, [&](const Entry& e, Instant until) {
        if (e.value.absent) return;
        Datum values[4] = {TimestampTzGetDatum(e.at), TimestampTzGetDatum(until)};
        bool nulls[4] = {};
        set_value(e.value, values + 2, nulls + 2);
        rows.put(values, nulls);
    });
    return 0;
}

CSAGG_FUNCTION(csagg_timeline_entries) {
    ContextArena arena;
    const Steps steps = steps_argument(fcinfo, 0, arena);
    RowSink rows(fcinfo, 5);
    for_each_entry(steps, [&](const Entry& e, Instant until) {
        Datum values[5] = {TimestampTzGetDatum(e.at), TimestampTzGetDatum(until)};
        bool nulls[5] = {};
        set_value(e.value, values + 2, nulls + 2);
        values[4] = Int64GetDatum(e.seq);
        rows.put(values, nulls);
    });
    return 0;
}

CSAGG_FUNCTION(csagg_timeline_snapshots) {
    ContextArena arena;
    const Steps steps = steps_argument(fcinfo, 0, arena);
    const Grid& grid = cached_grid(bytes_argument(fcinfo, 1));
    RowSink rows(fcinfo, bucket_columns + 2);
    RowMemory memory;
    std::size_t next = 0;
    Datum values[bucket_columns + 2] = {};
    bool nulls[bucket_columns + 2] = {false, false, false, true, true};
    bool known = false;
    for (std::size_t b = 0; b < grid.size(); ++b) {
        const Instant closing = grid.closing(b);
        const std::size_t before = next;
        while (next < steps.entries.size() && steps.entries[next].at <= closing) ++next;
        const bool now_known = closing >= steps.known_from;
        if (next != before || now_known != known)
            memory.run([&] {
                set_value(now_known && next > 0 ? steps.entries[next - 1].value : Value::none(steps.kind),
                          values + bucket_columns, nulls + bucket_columns);
            });
        known = now_known;
        set_bucket(grid, b, values);
        rows.put(values, nulls);
    }
    return 0;
}

}  // namespace csagg::pg
