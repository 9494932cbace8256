// Distributions, summaries and flows in the server: what their three faces have in common.
#pragma once
#include "grid/grid_pg.hpp"
#include "population/counts.hpp"

#include "postgres/rows.hpp"
#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

namespace csagg::pg {

/// The state in argument 0 with the grid of argument `grid`; a new one if there is none. Errc::null_not_allowed for a
/// NULL grid, Errc::invalid_parameter for another grid or form than before.
Cells state_with_grid(FunctionCallInfo fcinfo, Form form, int grid);

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
