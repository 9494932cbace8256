// Arrays of a composite type as arguments.
#pragma once
#include <span>

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// Elements of an array of a composite type, argument n; NULL ones are left out.
std::span<const Datum> rows_argument(FunctionCallInfo fcinfo, int n);

/// The columns of one of them.
void read_row(Datum row, Datum* values, bool* nulls);

}  // namespace csagg::pg
