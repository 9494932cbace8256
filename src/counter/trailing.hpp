// Trailing windows: what a counter says at t about the window (L(t), t] (grid/window.hpp), as a timeline.
//
// It changes only when an event comes in, at its instant, or has left, at Window::exit_of. Both orders are the same,
// since exit_of never decreases; so one pass over two queues gives all breakpoints.
#pragma once
#include "counter/counter.hpp"
#include "grid/window.hpp"
#include "timeline/algebra.hpp"

#include <optional>

namespace csagg {

enum class Measure { total, events, actors };

/// From where on there is a value, if the answer is known from `known_from` on: the first event; of a counter that
/// forgot some, known_from.
std::optional<Instant> start_of(const Events& events, Instant known_from);

/// Number of events, sum of amounts, or number of distinct actors in the window: absent before the first event, 0 when
/// all have left. What is shortened (Counter::known_from) is absent until a whole window is known; from there on it is
/// 0 at least if it forgot events. Simplified. Errc::out_of_range where a sum has more than 18 integer digits;
/// Errc::datetime_overflow. `events` is settled.
Steps trailing(const Events& events, const Window& window, Measure measure, Arena& arena);

}  // namespace csagg
