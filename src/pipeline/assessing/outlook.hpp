// What a view tells of one customer at an instant: from assessments that are stored as timelines, some weeks ahead.
#pragma once
#include "timeline/algebra.hpp"

#include <optional>

namespace csagg {

// Of simplified steps.
/// Since when the value at that instant holds; nothing where it is absent.
std::optional<Instant> held_since(const Steps& steps, Instant at);
/// The last value that had ended by then; absent if none had.
Value held_before(const Steps& steps, Instant at);
/// The first change after that instant, plus_infinity if there is none.
Instant next_change(const Steps& steps, Instant after);
/// Where they end at that instant, as an outlook does, the last value holds on.
void hold_on(Steps& steps, Instant end);

}  // namespace csagg
