// Text and JSON forms of a history.
//
//   {"login": counter {2025-01-03 09:00:00+00}, "plan": text {2025-01-03 00:00:00+00 = "gold"}}
//   known from 2025-01-01 00:00:00+00 {"plan": text known from 2025-01-01 00:00:00+00 {-infinity = "gold"}}
//
// The history's horizon, if something was forgotten, then every fact: its key, quoted as in JSON, and the text form of
// its timeline or counter.
#pragma once
#include "history/history.hpp"

namespace csagg {

void print_history(const History& history, String& out);
/// Keys may come in any order, each once. Errc::invalid_text.
void parse_history(std::string_view text, Bytes& out);

/// {"known_from": ..., "facts": {"plan": {...}}}, each fact in the JSON form of its timeline or counter.
void print_history_json(const History& history, String& out);

}  // namespace csagg
