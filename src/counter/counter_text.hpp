// Text and JSON forms of a counter.
//
//   counter {2025-01-03 09:00:00+00, 2025-01-04 09:00:00+00 (3 events, total 12.5, actors "ann" "bob")}
//   counter known from 2025-01-01 00:00:00+00 {}
//   counter forgotten before 2025-01-01 00:00:00+00 {}
//
// An instant alone is one event of amount 1. The number of events is left out if it is 1, the total if it equals the
// number of events. "known from" says that events before it count nowhere, "forgotten before" that there were some.
#pragma once
#include "counter/counter.hpp"

namespace csagg {

void print_counter(const Counter& counter, String& out);
/// Events may come in any order; those at one instant add up. Errc::invalid_text.
void parse_counter(std::string_view text, Bytes& out);

/// Parses one counter at the start of `text` and moves past it: for values that contain counters.
void parse_counter_part(std::string_view& text, Bytes& out);

/// {"known_from": ..., "forgotten": true, "events": [{"at": ..., "events": 3, "total": 12.5, "actors": ["ann",
/// "bob"]}]}
void print_counter_json(const Counter& counter, String& out);

}  // namespace csagg
