// The type csagg.timeline: input, output, equality, and the aggregates timeline() and merge().
#include "timeline/timeline_text.hpp"

#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {

void check_encodings(const Timeline& timeline) {
    for (std::size_t i = 0; i < timeline.dictionary().size(); ++i) check_encoding(timeline.dictionary()[i]);
}

CSAGG_FUNCTION(csagg_timeline_in) {
    ContextArena arena;
    Bytes bytes(arena);
    parse_timeline(text_form_argument(fcinfo), bytes);
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_timeline_out) {
    ContextArena arena;
    String text(arena);
    print_timeline(timeline_argument(fcinfo, 0), text);
    return make_cstring({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_timeline_recv) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const auto size = std::size_t(message->len - message->cursor);
    const ByteSpan bytes = as_bytes({message->data + message->cursor, size});
    ContextArena arena;
    try {
        validate_timeline(bytes, arena);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form of a timeline: ") + e.what());
    }
    check_encodings(Timeline(bytes));
    message->cursor = message->len;
    return make_varlena(bytes);
}

namespace {

const Finisher timeline_finisher({Byte(Kind::boolean), Byte(Kind::number), Byte(Kind::text), Byte(Kind::date),
                                  Byte(Kind::time)},
                                 [](const Flat& state, Bytes& out) { TimelineLog(state).finish(out); });

/// Adds argument n, a state or a finished timeline.
void add_timeline_argument(FunctionCallInfo fcinfo, int n, TimelineLog& log) {
    if (void* state = state_argument(fcinfo, n)) {
        log.add_all(TimelineLog(Flat(state, grow_state)));
        return;
    }
    ContextArena arena;
    log.add_all(timeline_argument(fcinfo, n), arena);
}

/// The state of argument 0, or of `kind` anew with what argument 0 holds.
TimelineLog log_argument(FunctionCallInfo fcinfo, Kind kind) {
    if (void* state = state_argument(fcinfo, 0)) return TimelineLog(Flat(state, grow_state));
    TimelineLog log = TimelineLog::create(kind, grow_state);
    if (!PG_ARGISNULL(0)) add_timeline_argument(fcinfo, 0, log);
    return log;
}

Kind kind_of_argument(FunctionCallInfo fcinfo, int n) {
    if (void* state = state_argument(fcinfo, n)) return TimelineLog(Flat(state, grow_state)).kind();
    return with_timeline(fcinfo, n, [](const auto& timeline) { return timeline.kind(); });
}

[[gnu::always_inline]] inline Datum add_value(FunctionCallInfo fcinfo, Oid type) {
    const Kind kind = kind_of(type);
    require_aggregate(fcinfo);
    reject_null(fcinfo, 1, "at");
    const bool has_seq = PG_NARGS() > 3;
    if (has_seq) reject_null(fcinfo, 3, "seq");
    const Instant at = PG_GETARG_TIMESTAMPTZ(1);
    check_instant(at);
    const Value value = PG_ARGISNULL(2) ? Value::none(kind) : value_of(PG_GETARG_DATUM(2), type);
    TimelineLog log = log_argument(fcinfo, kind);
    require_kind(kind, log.kind(), "the value to be added");
    log.add({at, has_seq ? PG_GETARG_INT64(3) : 0, value});
    return state_result(fcinfo, log.flat());
}

}  // namespace

CSAGG_FUNCTION(csagg_timeline_combine) {
    require_aggregate(fcinfo);
    TimelineLog log = log_argument(fcinfo, kind_of_argument(fcinfo, 0));
    add_timeline_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_timeline_merge_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    TimelineLog log = log_argument(fcinfo, kind_of_argument(fcinfo, 1));
    add_timeline_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_timeline_add_boolean) { return add_value(fcinfo, BOOLOID); }
CSAGG_FUNCTION(csagg_timeline_add_smallint) { return add_value(fcinfo, INT2OID); }
CSAGG_FUNCTION(csagg_timeline_add_integer) { return add_value(fcinfo, INT4OID); }
CSAGG_FUNCTION(csagg_timeline_add_bigint) { return add_value(fcinfo, INT8OID); }
CSAGG_FUNCTION(csagg_timeline_add_numeric) { return add_value(fcinfo, NUMERICOID); }
CSAGG_FUNCTION(csagg_timeline_add_real) { return add_value(fcinfo, FLOAT4OID); }
CSAGG_FUNCTION(csagg_timeline_add_double) { return add_value(fcinfo, FLOAT8OID); }
CSAGG_FUNCTION(csagg_timeline_add_text) { return add_value(fcinfo, TEXTOID); }
CSAGG_FUNCTION(csagg_timeline_add_date) { return add_value(fcinfo, DATEOID); }
CSAGG_FUNCTION(csagg_timeline_add_timestamptz) { return add_value(fcinfo, TIMESTAMPTZOID); }

CSAGG_FUNCTION(csagg_timeline_to_jsonb) {
    ContextArena arena;
    String text(arena);
    print_timeline_json(timeline_argument(fcinfo, 0), text);
    return make_jsonb({text.data(), text.size()});
}

}  // namespace csagg::pg
