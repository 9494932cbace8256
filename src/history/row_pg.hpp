// The checks of the aggregate history()'s rows, for those who do not want its errors.
#pragma once
#include <string>

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// Why history() does not take a row, in the words of its error; empty if it does. From argument n on: key, kind, at,
/// value.
std::string refusal(FunctionCallInfo fcinfo, int n);

}  // namespace csagg::pg
