// The type csagg.counter: input, output, equality, and the aggregates counter() and merge().
#include "counter/counter_build.hpp"
#include "counter/counter_text.hpp"

#include "counter/counter_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

void check_encodings(const Counter& counter) {
    for (std::size_t i = 0; i < counter.names().size(); ++i) check_encoding(counter.names()[i]);
}

const Finisher counter_finisher({CounterLog::marker},
                                [](const Flat& state, Bytes& out) { CounterLog(state).finish(out); });

/// Adds argument n, a state or a finished counter.
void add_counter_argument(FunctionCallInfo fcinfo, int n, CounterLog& log) {
    if (void* state = state_argument(fcinfo, n)) {
        log.add_all(CounterLog(Flat(state, grow_state)));
        return;
    }
    ContextArena arena;
    log.add_all(counter_argument(fcinfo, n), arena);
}

/// The state of argument 0; a new one for NULL, or for a finished counter, which it holds then.
CounterLog log_argument(FunctionCallInfo fcinfo) {
    if (void* state = state_argument(fcinfo, 0)) return CounterLog(Flat(state, grow_state));
    CounterLog log = CounterLog::create(grow_state);
    if (!PG_ARGISNULL(0)) add_counter_argument(fcinfo, 0, log);
    return log;
}

/// Arguments: state, at, amount, actor; the last two may be missing.
Datum add_row(FunctionCallInfo fcinfo, Number (*convert)(Datum)) {
    require_aggregate(fcinfo);
    reject_null(fcinfo, 1, "at");
    const Instant at = PG_GETARG_TIMESTAMPTZ(1);
    check_instant(at);
    Number amount{1, 0};
    if (convert != nullptr) {
        reject_null(fcinfo, 2, "amount");
        amount = convert(PG_GETARG_DATUM(2));
    }
    CounterLog log = log_argument(fcinfo);
    if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
        log.add(at, amount, text_argument(fcinfo, 3));
    else
        log.add(at, amount);
    return state_result(fcinfo, log.flat());
}

}  // namespace

CSAGG_FUNCTION(csagg_counter_in) {
    ContextArena arena;
    Bytes bytes(arena);
    parse_counter(text_form_argument(fcinfo), bytes);
    check_encodings(Counter(view(bytes)));
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_counter_out) {
    ContextArena arena;
    String text(arena);
    print_counter(counter_argument(fcinfo, 0), text);
    return make_cstring({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_counter_recv) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const auto size = std::size_t(message->len - message->cursor);
    const ByteSpan bytes = as_bytes({message->data + message->cursor, size});
    ContextArena arena;
    try {
        validate_counter(bytes, arena);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form of a counter: ") + e.what());
    }
    check_encodings(Counter(bytes));
    message->cursor = message->len;
    return make_varlena(bytes);
}

CSAGG_FUNCTION(csagg_counter_combine) {
    require_aggregate(fcinfo);
    CounterLog log = log_argument(fcinfo);
    add_counter_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_counter_merge_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    CounterLog log = log_argument(fcinfo);
    add_counter_argument(fcinfo, 1, log);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_counter_add) { return add_row(fcinfo, nullptr); }
CSAGG_FUNCTION(csagg_counter_add_smallint) {
    return add_row(fcinfo, [](Datum d) { return Number::of(DatumGetInt16(d)); });
}
CSAGG_FUNCTION(csagg_counter_add_integer) {
    return add_row(fcinfo, [](Datum d) { return Number::of(DatumGetInt32(d)); });
}
CSAGG_FUNCTION(csagg_counter_add_bigint) {
    return add_row(fcinfo, [](Datum d) { return Number::of(DatumGetInt64(d)); });
}
CSAGG_FUNCTION(csagg_counter_add_numeric) { return add_row(fcinfo, number_of); }
CSAGG_FUNCTION(csagg_counter_add_real) {
    return add_row(fcinfo, [](Datum d) { return Number::from(DatumGetFloat4(d)); });
}
CSAGG_FUNCTION(csagg_counter_add_double) {
    return add_row(fcinfo, [](Datum d) { return Number::from(DatumGetFloat8(d)); });
}

CSAGG_FUNCTION(csagg_counter_to_jsonb) {
    ContextArena arena;
    String text(arena);
    print_counter_json(counter_argument(fcinfo, 0), text);
    return make_jsonb({text.data(), text.size()});
}

}  // namespace csagg::pg
