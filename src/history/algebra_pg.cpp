// SQL face of histories as a whole, and of the facts in them.
#include "history/history_algebra.hpp"

#include "history/history_pg.hpp"
#include "postgres/rows.hpp"
#include "postgres/toast.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

/// What f(Bytes&) writes.
template <class F>
Datum result_of(F f) {
    ContextArena arena;
    Bytes bytes(arena);
    f(bytes);
    return make_varlena(view(bytes));
}

/// The bytes of the fact that argument 1 names; counter or timeline, as asked for.
Datum fact_of_arguments(FunctionCallInfo fcinfo, bool counter) {
    const std::string_view key = text_argument(fcinfo, 1);
    const auto fact = find_fact_argument(fcinfo, 0, key);
    if (!fact) {
        fcinfo->isnull = true;
        return 0;
    }
    if (counter != (fact->kind == FactKind::counter))
        throw Error(Errc::kind_mismatch, "fact \"" + excerpt(key) + "\" is " + (counter ? "a timeline" : "a counter"),
                    counter ? "Use csagg.timeline_of()." : "Use csagg.counter_of().");
    return make_varlena(fact->bytes);
}

/// A history of the one fact that the arguments give.
Datum history_of_arguments(FunctionCallInfo fcinfo) {
    const std::string_view key = text_argument(fcinfo, 0);
    const ByteSpan bytes = bytes_argument(fcinfo, 1);
    return result_of([=](Bytes& out) {
        HistoryWriter writer(minus_infinity, out.get_stored_allocator().arena());
        writer.add({key, fact_kind_of(bytes), bytes});
        writer.finish(out);
    });
}

struct Summary {
    std::int64_t entries = 0;
    Instant first = minus_infinity, last = minus_infinity;  // unless there are none
};

Summary summary_of(const Counter& counter) {
    ContextArena arena;
    Events events(arena);
    counter.read(events);
    if (events.list().empty()) return {};
    Summary summary{0, events.list().front().at, events.list().back().at};
    for (const Event& e : events.list()) summary.entries += e.rows;
    return summary;
}

Summary summary_of(const Timeline& timeline) {
    if (timeline.size() == 0) return {};
    TimelineBlock first = timeline.block(0), last = timeline.block(timeline.blocks() - 1);
    first.decode(false);
    last.decode(false);
    return {std::int64_t(timeline.size()), first.instants().front(), last.instants().back()};
}

}  // namespace

std::optional<Fact> find_fact_argument(FunctionCallInfo fcinfo, int n, std::string_view key) {
    auto* value = reinterpret_cast<struct varlena*>(PG_GETARG_POINTER(n));
    if (!is_toasted(value)) return history_argument(fcinfo, n).find(key);
    ToastSource source(value);
    return source.holds_state() ? history_argument(fcinfo, n).find(key) : find_fact(source, key);
}

// A missing piece adds nothing: so a LEFT JOIN of pieces needs no coalesce().
CSAGG_FUNCTION(csagg_history_merge) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return result_of(
        [fcinfo](Bytes& out) { merge_histories(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), out); });
}
namespace {

Datum overlaid_histories(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return result_of(
        [fcinfo](Bytes& out) { overlay_histories(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), out); });
}

}  // namespace

CSAGG_FUNCTION(csagg_history_overlay) { return overlaid_histories(fcinfo); }
CSAGG_FUNCTION(csagg_history_overlay_add) {
    require_aggregate(fcinfo);
    return overlaid_histories(fcinfo);
}

CSAGG_FUNCTION(csagg_history_slice) {
    return result_of([fcinfo](Bytes& out) {
        slice_history(bytes_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2), out);
    });
}

CSAGG_FUNCTION(csagg_history_forget_before) {
    return result_of(
        [fcinfo](Bytes& out) { forget_history_before(bytes_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), out); });
}

CSAGG_FUNCTION(csagg_history_known_from) {
    const Instant known_from = known_throughout_from(history_argument(fcinfo, 0));
    if (known_from == minus_infinity) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(known_from);
}

CSAGG_FUNCTION(csagg_history_timeline_of) { return fact_of_arguments(fcinfo, false); }
CSAGG_FUNCTION(csagg_history_counter_of) { return fact_of_arguments(fcinfo, true); }

CSAGG_FUNCTION(csagg_history_of_timeline) { return history_of_arguments(fcinfo); }
CSAGG_FUNCTION(csagg_history_of_counter) { return history_of_arguments(fcinfo); }

CSAGG_FUNCTION(csagg_history_facts) {
    const History history = history_argument(fcinfo, 0);
    RowSink rows(fcinfo, 5);
    RowMemory memory;
    for (std::size_t i = 0; i < history.size(); ++i)
        memory.run([&] {
            const Fact fact = history[i];
            const Summary summary =
                fact.kind == FactKind::counter ? summary_of(Counter(fact.bytes)) : summary_of(Timeline(fact.bytes));
            const Datum values[5] = {make_text(fact.key), make_text(kind_name(fact.kind)),
                                     Int64GetDatum(summary.entries), TimestampTzGetDatum(summary.first),
                                     TimestampTzGetDatum(summary.last)};
            const bool empty = summary.entries == 0;
            const bool nulls[5] = {false, false, false, empty, empty};
            rows.put(values, nulls);
        });
    return 0;
}

}  // namespace csagg::pg
