// Transition states of aggregates, changed in place.
//
// A state is a flat value (base/flat.hpp) as long as it is small: 40,000 groups then cost no more than their bytes. But
// whenever a flat one has to grow, the executor copies the new block once more, all its room included. So a large
// state is an expanded object: a memory context of its own, which the executor takes over as it is. Whatever leaves
// the aggregate in a tuple (a partial state of a parallel worker) is flat again.
//
// A state has the SQL type of the value that it makes, so it can be had in place of one: by an aggregate of the user's
// without a final function, stored in a table, even. Every function but those of aggregates takes it for that value:
// bytes_argument() and value_bytes() finish it. So it has the value's text and binary form, too.
#pragma once
#include "base/flat.hpp"

#include <initializer_list>

#include "postgres/varlena.hpp"

namespace csagg::pg {

/// Transition functions are for aggregates only: elsewhere their in-place state would alias a caller's value.
void require_aggregate(FunctionCallInfo fcinfo);

/// Memory for a state; Flat::Grow.
void* grow_state(void* old, std::size_t used, std::size_t bytes);

/// A global object of this type tells how the states with these markers are finished.
class Finisher {
public:
    using Finish = void (*)(const Flat& state, Bytes& out);
    Finisher(std::initializer_list<Byte> markers, Finish finish);
};

bool is_state(ByteSpan payload);

/// Argument n as a state, argument 0 as one that may be changed in place; nullptr when NULL or not a state (a finished
/// value). Errc::not_supported for a stored state of another version of csagg.
void* state_argument(FunctionCallInfo fcinfo, int n);

/// What a function that made or changed a state returns.
Datum state_result(FunctionCallInfo fcinfo, const Flat& flat);

}  // namespace csagg::pg
