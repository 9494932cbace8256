// What the SQL types csagg.distribution, csagg.summary and csagg.flows share: input and output, states, merging.
#include "population/population_text.hpp"

#include "grid/calendar_pg.hpp"
#include "population/population_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

Cells new_state(Form form, ByteSpan grid) {
    return Cells::create(form, grid, bucket_count(grid), process_hash_seed, grow_state);
}

const Finisher population_finisher({Cells::marker_of(Form::distribution), Cells::marker_of(Form::joint),
                                    Cells::marker_of(Form::summary), Cells::marker_of(Form::flows)},
                                   [](const Flat& state, Bytes& out) { encode_cells(Cells(state), out); });

Bytes grid_from_text(std::string_view text, Arena& arena) {
    Bytes bytes(arena), between(arena);
    const GridSpec spec = parse_grid(text, calendar_for_input, between);
    encode_grid(spec, bytes);
    return bytes;
}

/// Gives the number of buckets.
std::size_t check_grid_bytes(ByteSpan bytes) {
    const std::string_view zone = decode_grid(bytes).zone;
    if (zone != calendar_for_input(zone).name()) throw_corrupt("name of the time zone is not in its normal form");
    return bucket_count(bytes);
}

String grid_text(ByteSpan bytes, Arena& arena) {
    const GridSpec spec = decode_grid(bytes);
    String text(arena);
    print_grid(spec, text);
    return text;
}

/// Argument 0 as a state to add to: itself, or a new one with the content of a finished value.
Cells state_to_merge_into(FunctionCallInfo fcinfo) {
    if (void* state = state_argument(fcinfo, 0)) return Cells(Flat(state, grow_state));
    ContextArena arena;
    const Stored stored(bytes_argument(fcinfo, 0), arena);
    Cells cells = new_state(stored.form(), stored.grid());
    merge(cells, stored, arena);
    return cells;
}

void merge_argument(FunctionCallInfo fcinfo, int n, Cells& cells) {
    ContextArena arena;
    if (void* state = state_argument(fcinfo, n))
        merge(cells, Cells(Flat(state, grow_state)), arena);
    else
        merge(cells, Stored(bytes_argument(fcinfo, n), arena), arena);
}

}  // namespace

Datum population_in(FunctionCallInfo fcinfo, bool (*accepts)(Form)) {
    std::string_view text = text_form_argument(fcinfo);
    const PopulationHead head = parse_population_head(text);
    if (!accepts(head.form))
        throw Error(Errc::invalid_text, std::string(form_name(head.form)) + " is not a value of this type");
    ContextArena arena;
    const Bytes grid = grid_from_text(head.grid, arena);
    Cells cells = new_state(head.form, view(grid));
    parse_population_body(text, head, cells, arena);
    Bytes bytes(arena);
    encode_cells(cells, bytes);
    try {
        check_content(Stored(view(bytes), arena), cells.buckets(), arena);
    } catch (const Error& e) {
        throw Error(Errc::invalid_text, e.what());
    }
    return make_varlena(view(bytes));
}

Datum population_recv(FunctionCallInfo fcinfo, bool (*accepts)(Form)) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const ByteSpan bytes = as_bytes({message->data + message->cursor, std::size_t(message->len - message->cursor)});
    ContextArena arena;
    try {
        if (!accepts(form_of(bytes))) throw_corrupt("value of another type");
        validate(bytes, check_grid_bytes(grid_of(bytes)), grow_state, arena);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form: ") + e.what());
    }
    const Stored stored(bytes, arena);
    for (const Value& value : stored.values())
        if (value.kind == Kind::text && !value.absent) check_encoding(value.text);
    message->cursor = message->len;
    return make_varlena(bytes);
}

Cells state_with_grid(FunctionCallInfo fcinfo, Form form, int grid) {
    require_aggregate(fcinfo);
    reject_null(fcinfo, grid, "grid");
    const ByteSpan bytes = bytes_argument(fcinfo, grid);
    if (PG_ARGISNULL(0)) return new_state(form, bytes);
    Cells cells = state_to_merge_into(fcinfo);
    cells.require_form(form);
    cells.require_grid(bytes);
    return cells;
}

CSAGG_FUNCTION(csagg_population_out) {
    ContextArena arena;
    const Stored stored(bytes_argument(fcinfo, 0), arena);
    const String grid = grid_text(stored.grid(), arena);
    String text(arena);
    print_population(stored, bucket_count(stored.grid()), {grid.data(), grid.size()}, text);
    return make_cstring({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_population_to_jsonb) {
    ContextArena arena;
    const Stored stored(bytes_argument(fcinfo, 0), arena);
    const String grid = grid_text(stored.grid(), arena);
    String text(arena);
    print_population_json(stored, bucket_count(stored.grid()), {grid.data(), grid.size()}, text);
    return make_jsonb({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_population_combine) {
    require_aggregate(fcinfo);
    Cells cells = state_to_merge_into(fcinfo);
    merge_argument(fcinfo, 1, cells);
    return state_result(fcinfo, cells.flat());
}

CSAGG_FUNCTION(csagg_population_rollup_add) {
    require_aggregate(fcinfo);
    if (PG_ARGISNULL(1)) {
        if (PG_ARGISNULL(0)) PG_RETURN_NULL();
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    }
    if (PG_ARGISNULL(0)) {
        ContextArena arena;
        const Stored stored(bytes_argument(fcinfo, 1), arena);
        Cells cells = new_state(stored.form(), stored.grid());
        merge(cells, stored, arena);
        return state_result(fcinfo, cells.flat());
    }
    Cells cells = state_to_merge_into(fcinfo);
    merge_argument(fcinfo, 1, cells);
    return state_result(fcinfo, cells.flat());
}

}  // namespace csagg::pg
