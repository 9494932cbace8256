// Grids in the server: what the other rooms need of the SQL type csagg.grid.
#pragma once
#include "grid/grid.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// The grid of a value of csagg.grid (its payload). Aggregates ask once per row with the same bytes, and Citus calls
/// transition functions without fn_extra; so the last few grids are kept per backend, and asking again is one memcmp.
///
/// The reference lasts until this has been called with two other grids: the two newest are never evicted. Fetch it anew
/// in every call from PostgreSQL, and a call may use two grids at once.
const Grid& cached_grid(ByteSpan value);

/// The columns that all rows of buckets begin with: bucket, starts_at, ends_at.
inline constexpr int bucket_columns = 3;
inline void set_bucket(const Grid& grid, std::size_t i, Datum* values) {
    values[0] = Int64GetDatum(grid.label(i));
    values[1] = Int64GetDatum(grid.starts_at(i));
    values[2] = Int64GetDatum(grid.ends_at(i));
}

/// How many buckets it has. Needs no time zone, and neither does all that only prints, sends or merges what was
/// counted.
std::size_t bucket_count(ByteSpan value);

}  // namespace csagg::pg
