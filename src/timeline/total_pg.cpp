// SQL face of the aggregate total(timeline) and of its state, csagg.total_state.
#include "timeline/total.hpp"

#include "timeline/timeline_pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "utils/builtins.h"
}

namespace csagg::pg {
namespace {

TotalLog total_argument(FunctionCallInfo fcinfo, int n) {
    void* state = state_argument(fcinfo, n);
    if (state == nullptr || Flat(state, grow_state).header().marker != TotalLog::marker)
        throw Error(Errc::corrupt, "not a state of total()");
    return TotalLog(Flat(state, grow_state));
}

Datum wire_form(FunctionCallInfo fcinfo) {
    ContextArena arena;
    Bytes bytes(arena);
    total_argument(fcinfo, 0).write(bytes);
    return make_varlena(view(bytes));
}

Datum read_wire(FunctionCallInfo fcinfo, ByteSpan bytes) {
    try {
        return state_result(fcinfo, TotalLog::read(bytes, grow_state).flat());
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid form of a state of total(): ") + e.what());
    }
}

}  // namespace

// The text form is that of a bytea with the binary form.
CSAGG_FUNCTION(csagg_total_state_in) {
    const Datum text = PG_GETARG_DATUM(0);
    return read_wire(fcinfo, datum_bytes(call([text] { return DirectFunctionCall1(byteain, text); })));
}
CSAGG_FUNCTION(csagg_total_state_out) {
    const Datum bytes = wire_form(fcinfo);
    return call([bytes] { return DirectFunctionCall1(byteaout, bytes); });
}
CSAGG_FUNCTION(csagg_total_state_recv) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const ByteSpan bytes = as_bytes({message->data + message->cursor, std::size_t(message->len - message->cursor)});
    message->cursor = message->len;
    return read_wire(fcinfo, bytes);
}
CSAGG_FUNCTION(csagg_total_state_send) { return wire_form(fcinfo); }

CSAGG_FUNCTION(csagg_total_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    TotalLog log = PG_ARGISNULL(0) ? TotalLog::create(grow_state) : total_argument(fcinfo, 0);
    ContextArena arena;
    log.add(timeline_argument(fcinfo, 1), arena);
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_total_combine) {
    require_aggregate(fcinfo);
    TotalLog log = total_argument(fcinfo, 0);
    log.add_all(total_argument(fcinfo, 1));
    return state_result(fcinfo, log.flat());
}

CSAGG_FUNCTION(csagg_total_final) {
    ContextArena arena;
    return steps_result(total_argument(fcinfo, 0).finish(arena), arena);
}

}  // namespace csagg::pg
