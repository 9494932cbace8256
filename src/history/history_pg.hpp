// Histories as arguments of SQL functions: what the other rooms need of the SQL type csagg.history.
#pragma once
#include "history/history_build.hpp"

#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

namespace csagg::pg {

inline History history_argument(FunctionCallInfo fcinfo, int n) { return History(bytes_argument(fcinfo, n)); }

/// The fact of that key in argument `n`; of a value in the TOAST table only the directory and the fact are fetched.
/// The bytes stay valid for the call.
std::optional<Fact> find_fact_argument(FunctionCallInfo fcinfo, int n, std::string_view key);

/// Argument 0 as the state of history() and merge(), or a new one with what argument 0 holds.
HistoryLog history_log_argument(FunctionCallInfo fcinfo);

}  // namespace csagg::pg
