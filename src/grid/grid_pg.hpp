// Grids in the server: what the other rooms need of the SQL type csagg.grid.
#pragma once
#include "grid/grid.hpp"

namespace csagg::pg {

/// The grid of a value of csagg.grid (its payload). Aggregates ask once per row with the same bytes, and Citus calls
/// transition functions without fn_extra; so the last few grids are kept per backend, and asking again is one memcmp.
///
/// The reference lasts until this has been called with two other grids: the two newest are never evicted. Fetch it anew
/// in every call from PostgreSQL, and a call may use two grids at once.
const Grid& cached_grid(ByteSpan value);

/// How many buckets it has. Needs no time zone, and neither does all that only prints, sends or merges what was counted.
std::size_t bucket_count(ByteSpan value);

}  // namespace csagg::pg
