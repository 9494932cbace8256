// Distributions, summaries and flows in the server: what their three faces have in common.
#pragma once
#include "grid/grid_pg.hpp"
#include "population/counts.hpp"

#include "postgres/rows.hpp"
#include "postgres/state.hpp"
#include "postgres/varlena.hpp"
#include "timeline/timeline_pg.hpp"

namespace csagg::pg {

/// The state in argument 0 with the grid of argument `grid`; a new one if there is none. Errc::null_not_allowed for a
/// NULL grid, Errc::invalid_parameter for another grid or form than before.
Cells state_with_grid(FunctionCallInfo fcinfo, Form form, int grid);

/// The next row of an aggregate of timelines, argument 1, on a grid, argument 2: count(state, timeline, grid).
template <class Count>
Datum add_timeline(FunctionCallInfo fcinfo, Form form, Count count) {
    Cells cells = state_with_grid(fcinfo, form, 2);
    if (!PG_ARGISNULL(1)) {
        prefetch_next(PG_GETARG_DATUM(1));
        const Grid& grid = cached_grid(cells.grid());
        with_timeline(fcinfo, 1, [&](const auto& timeline) { count(cells, timeline, grid); });
    }
    return state_result(fcinfo, cells.flat());
}

/// A finished value with its grid, ready for reading row by row.
struct StoredArgument {
    StoredArgument(FunctionCallInfo fcinfo, int n, Arena& arena)
        : bytes(bytes_argument(fcinfo, n)), stored(bytes, arena), grid(cached_grid(stored.grid())) {}

    ByteSpan bytes;
    Stored stored;
    const Grid& grid;
};

/// Input of a type that holds these forms.
Datum population_in(FunctionCallInfo fcinfo, bool (*accepts)(Form));
Datum population_recv(FunctionCallInfo fcinfo, bool (*accepts)(Form));

}  // namespace csagg::pg
