// distribution(), summary() and flows() of a raw log: one pass over the rows of all customers.
#include "population/raw_log.hpp"

#include "population/population_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "catalog/pg_aggregate.h"
#include "executor/nodeHash.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/uuid.h"
}

namespace csagg::pg {
namespace {

/// The types of a transition function's key and value.
struct Types {
    Oid key = InvalidOid, value = InvalidOid;

    bool has_byte_keys() const { return key == TEXTOID || key == UUIDOID; }
};

/// The state, in the memory of the aggregate, and what it allocates from. One that was made by combining gets no rows,
/// and has no types.
struct LogState {
    LogState(const Types& types, const RawLogShape& shape, ByteSpan grid, MemoryContext context)
        : types(types),
          arena(context),
          log(shape, grid, cached_grid(grid), call([] { return get_hash_memory_limit(); }), process_hash_seed, arena) {}

    Types types;
    ContextArena arena;
    RawLog log;
};

/// To be asked for with a new state. No state comes from elsewhere: SQL has no values of type internal.
MemoryContext aggregate_context(FunctionCallInfo fcinfo) {
    require_aggregate(fcinfo);
    MemoryContext context = nullptr;
    AggCheckCallContext(fcinfo, &context);
    return context;
}

LogState* new_state(const Types& types, const RawLogShape& shape, ByteSpan grid, MemoryContext context) {
    ContextArena arena(context);
    return new (arena.allocate(sizeof(LogState), alignof(LogState))) LogState(types, shape, grid, context);
}

/// Texts are customers by their bytes; where other bytes may be equal, GROUP BY would know better.
void require_deterministic(Oid collation) {
    if (!OidIsValid(collation))
        throw Error(Errc::invalid_parameter, "keys and values have different collations",
                    "Give the key one by COLLATE.");
    if (!call([collation] { return get_collation_isdeterministic(collation); }))
        throw Error(Errc::not_supported, "keys with a nondeterministic collation are not supported",
                    "Group by the key, and aggregate csagg.timeline() of each group.");
}

/// What a call has for key and value.
struct Arguments {
    Types types;
    Oid collation;  // of keys that are texts
};

/// The same of the aggregate of this transition function that the one at work names by its first argument, a constant,
/// and whose arguments are a row, its second: so does Citus's on a worker. The types are InvalidOid where it does not.
/// May ereport.
Arguments arguments_of_named(FunctionCallInfo fcinfo) {
    const Aggref* const caller = AggGetAggref(fcinfo);
    if (caller == nullptr || list_length(caller->args) != 2) return {};
    const auto* const name = reinterpret_cast<const Const*>(linitial_node(TargetEntry, caller->args)->expr);
    const auto* const row = reinterpret_cast<const RowExpr*>(lsecond_node(TargetEntry, caller->args)->expr);
    if (!IsA(name, Const) || name->constisnull || (name->consttype != OIDOID && name->consttype != REGPROCEDUREOID) ||
        !IsA(row, RowExpr))
        return {};
    const HeapTuple tuple = SearchSysCache1(AGGFNOID, name->constvalue);
    if (!HeapTupleIsValid(tuple)) return {};
    const auto* const aggregate = reinterpret_cast<const FormData_pg_aggregate*>(GETSTRUCT(tuple));
    const bool is_ours = aggregate->aggtransfn == fcinfo->flinfo->fn_oid;
    ReleaseSysCache(tuple);
    if (!is_ours || list_length(row->args) != PG_NARGS() - 1) return {};
    const auto* const key = static_cast<const Node*>(linitial(row->args));
    return {{exprType(key), exprType(static_cast<const Node*>(lthird(row->args)))}, exprCollation(key)};
}

/// May ereport.
Arguments arguments_of(FunctionCallInfo fcinfo) {
    const Types types{get_fn_expr_argtype(fcinfo->flinfo, 1), get_fn_expr_argtype(fcinfo->flinfo, 3)};
    return OidIsValid(types.key) ? Arguments{types, PG_GET_COLLATION()} : arguments_of_named(fcinfo);
}

void add_with_key(RawLog& log, const Types& types, Datum key, const LogRecord& record) {
    switch (types.key) {
        case INT4OID: return log.add_word(std::uint64_t(DatumGetInt32(key)), record);
        case INT8OID: return log.add_word(std::uint64_t(DatumGetInt64(key)), record);
        case TEXTOID: return log.add(log.key_of(datum_bytes(key)), record);
        case UUIDOID:
            return log.add(log.key_of({reinterpret_cast<const Byte*>(DatumGetPointer(key)), UUID_LEN}), record);
        default: throw Error(Errc::not_supported, "type of key that csagg does not know");
    }
}

/// Arguments: state, key, at, value, seq if there are six, grid.
Datum add_row(FunctionCallInfo fcinfo, Form form) {
    const bool has_seq = PG_NARGS() == 6;
    const int grid_at = PG_NARGS() - 1;
    reject_null(fcinfo, 2, "at");
    if (has_seq) reject_null(fcinfo, 4, "seq");
    reject_null(fcinfo, grid_at, "grid");
    const Instant at = PG_GETARG_TIMESTAMPTZ(2);
    check_instant(at);
    const ByteSpan grid = datum_bytes(PG_GETARG_DATUM(grid_at));
    auto* state = PG_ARGISNULL(0) ? nullptr : reinterpret_cast<LogState*>(PG_GETARG_POINTER(0));
    if (state == nullptr) {
        const MemoryContext context = aggregate_context(fcinfo);
        const auto [types, collation] = call([fcinfo] { return arguments_of(fcinfo); });
        if (types.key == TEXTOID) require_deterministic(collation);
        state = new_state(types, {form, kind_of(types.value), !types.has_byte_keys(), has_seq}, grid, context);
    } else {
        require_same_grid(state->log.grid(), grid);
    }

    const Types& types = state->types;
    RawLog& log = state->log;
    const Value value = PG_ARGISNULL(3) ? Value::none(log.shape().kind) : value_of(PG_GETARG_DATUM(3), types.value);
    if (log.sees(at)) {
        const LogRecord record = log.record(at, has_seq ? PG_GETARG_INT64(4) : 0, value);
        if (PG_ARGISNULL(1))
            log.add(RawLog::null_key, record);
        else
            add_with_key(log, types, PG_GETARG_DATUM(1), record);
        if (log.is_full()) log.compact(cached_grid(log.grid()));
    }
    PG_RETURN_POINTER(state);
}

LogState* state_argument_of(FunctionCallInfo fcinfo) { return reinterpret_cast<LogState*>(PG_GETARG_POINTER(0)); }

}  // namespace

CSAGG_FUNCTION(csagg_distribution_add_row) { return add_row(fcinfo, Form::distribution); }
CSAGG_FUNCTION(csagg_summary_add_row) { return add_row(fcinfo, Form::summary); }
CSAGG_FUNCTION(csagg_flows_add_row) { return add_row(fcinfo, Form::flows); }

CSAGG_FUNCTION(csagg_raw_log_final) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    RawLog& log = state_argument_of(fcinfo)->log;
    const Grid& grid = cached_grid(log.grid());
    Cells cells = Cells::create(log.shape().form, log.grid(), grid.size(), process_hash_seed, grow_state);
    log.count(cells, grid);
    ContextArena arena;
    Bytes bytes(arena);
    encode_cells(cells, bytes);
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_raw_log_serialize) {
    require_aggregate(fcinfo);
    RawLog& log = state_argument_of(fcinfo)->log;
    if (log.bytes() >= max_value_bytes) log.compact(cached_grid(log.grid()));
    if (log.bytes() >= max_value_bytes)
        throw Error(Errc::limit_exceeded, "partial state of the aggregate exceeds 1 GB",
                    "Set max_parallel_workers_per_gather to 0 for this query.");
    // The bytes are not copied: they stay where they are, in the current context.
    struct Result {
        ContextArena arena;
        Bytes bytes{arena};
    };
    Bytes& bytes = (new (allocate(sizeof(Result))) Result)->bytes;
    bytes.reserve(VARHDRSZ + log.bytes());
    bytes.resize(VARHDRSZ);
    log.write(bytes);
    SET_VARSIZE(bytes.data(), bytes.size());
    return PointerGetDatum(bytes.data());
}

// What combine reads as its second state are the bytes.
CSAGG_FUNCTION(csagg_raw_log_deserialize) {
    require_aggregate(fcinfo);
    PG_RETURN_POINTER(DatumGetPointer(PG_GETARG_DATUM(0)));
}

CSAGG_FUNCTION(csagg_raw_log_combine) {
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    const ByteSpan written = datum_bytes(PG_GETARG_DATUM(1));
    ByteSpan grid;
    const RawLogShape shape = RawLog::shape_of(written, grid);
    LogState* const state =
        PG_ARGISNULL(0) ? new_state({}, shape, grid, aggregate_context(fcinfo)) : state_argument_of(fcinfo);
    state->log.merge(written, cached_grid(grid));
    PG_RETURN_POINTER(state);
}

}  // namespace csagg::pg
