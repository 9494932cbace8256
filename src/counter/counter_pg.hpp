// Counters as arguments of SQL functions: what the other rooms need of the SQL type csagg.counter.
#pragma once
#include "counter/counter.hpp"

#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

namespace csagg::pg {

inline Counter counter_argument(FunctionCallInfo fcinfo, int n) { return Counter(bytes_argument(fcinfo, n)); }

/// A sum with all its digits, as numeric.
Datum numeric_datum(const Wide& total);

}  // namespace csagg::pg
