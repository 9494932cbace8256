// The order of rows by their instants.
#pragma once
#include "base/memory.hpp"
#include "value/instant.hpp"

namespace csagg {

/// A row's instant, and the place where the rest of it is.
struct RowPlace {
    Instant at;
    std::size_t place;
};

/// Sorts by instant; places increase, and those of one instant stay as they are. What is in order already costs a look,
/// two lists in order one pass over them, any other large list some passes (a radix sort).
void sort_by_instant(std::span<RowPlace> places, Arena& arena);

}  // namespace csagg
