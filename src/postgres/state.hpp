// Transition states of aggregates, changed in place.
//
// A state is a flat value (base/flat.hpp) as long as it is small: 40,000 groups then cost no more than their bytes. But
// whenever a flat one has to grow, the executor copies the new block once more, all its room included. So a large
// state is an expanded object: a memory context of its own, which the executor takes over as it is. Whatever leaves
// the aggregate in a tuple (a partial state of a parallel worker) is flat again.
#pragma once
#include "base/flat.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// Transition functions are for aggregates only: elsewhere their in-place state would alias a caller's value.
void require_aggregate(FunctionCallInfo fcinfo);

/// Memory for a state; Flat::Grow.
void* grow_state(std::size_t bytes);

bool is_state(ByteSpan payload);

/// Argument n as a state, argument 0 as one that may be changed in place; nullptr when NULL or not a state (a finished
/// value).
void* state_argument(FunctionCallInfo fcinfo, int n);

/// What a function that made or changed a state returns.
Datum state_result(FunctionCallInfo fcinfo, const Flat& flat);

}  // namespace csagg::pg
