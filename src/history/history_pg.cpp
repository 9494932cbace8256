// The type csagg.history: input, output, equality, and the aggregates' states. Their rows are in row_pg.cpp.
#include "history/history_text.hpp"

#include "history/history_pg.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "utils/builtins.h"
}

namespace csagg::pg {
namespace {

void check_encodings(const Fact& fact, Arena& arena) {
    check_encoding(fact.key);
    if (fact.kind != FactKind::counter) {
        pg::check_encodings(Timeline(fact.bytes));
        return;
    }
    Events events(arena);
    Counter(fact.bytes).read(events);
    for (std::uint32_t i = 0; i < events.name_count(); ++i) check_encoding(events.name(i));
}

void check_encodings(const History& history, Arena& arena) {
    for (std::size_t i = 0; i < history.size(); ++i) check_encodings(history[i], arena);
}

const Finisher history_finisher({HistoryLog::marker},
                                [](const Flat& state, Bytes& out) { HistoryLog(state).finish(out); });

/// Adds argument n, a state or a finished history.
void add_history_argument(FunctionCallInfo fcinfo, int n, HistoryLog& log) {
    if (void* state = state_argument(fcinfo, n)) {
        log.add_all(HistoryLog(Flat(state, grow_state)));
        return;
    }
    const ByteSpan bytes = bytes_argument(fcinfo, n);
    const History checked(bytes);
    log.add_all(bytes);
}

}  // namespace

HistoryLog history_log_argument(FunctionCallInfo fcinfo) {
    if (void* state = state_argument(fcinfo, 0)) return HistoryLog(Flat(state, grow_state));
    HistoryLog log = HistoryLog::create(grow_state);
    if (!PG_ARGISNULL(0)) add_history_argument(fcinfo, 0, log);
    return log;
}

CSAGG_FUNCTION(csagg_history_in) {
    ContextArena arena;
    Bytes bytes(arena);
    parse_history(text_form_argument(fcinfo), bytes);
    check_encodings(History(view(bytes)), arena);
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_history_out) {
    ContextArena arena;
    String text(arena);
    print_history(history_argument(fcinfo, 0), text);
    return make_cstring({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_history_recv) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const auto size = std::size_t(message->len - message->cursor);
    const ByteSpan bytes = as_bytes({message->data + message->cursor, size});
    ContextArena arena;
    try {
        validate_history(bytes, arena);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form of a history: ") + e.what());
    }
    check_encodings(History(bytes), arena);
    message->cursor = message->len;
    return make_varlena(bytes);
}

CSAGG_FUNCTION(csagg_history_combine) {
    require_aggregate(fcinfo);
    HistoryLog log = history_log_argument(fcinfo);
    add_history_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_history_merge_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    HistoryLog log = history_log_argument(fcinfo);
    add_history_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_history_to_jsonb) {
    ContextArena arena;
    String text(arena);
    print_history_json(history_argument(fcinfo, 0), text);
    return make_jsonb({text.data(), text.size()});
}

}  // namespace csagg::pg
