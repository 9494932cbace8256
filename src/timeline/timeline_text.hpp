// Text and JSON forms of a timeline.
//
//   number {2025-01-03 00:00:00+00 = 40, 2025-02-09 09:30:00+00 #7 = null}
//   text known from 2025-01-01 00:00:00+00 {-infinity = "gold"}
//
// The kind, then every entry: instant, '#' and seq unless that is 0, value.
#pragma once
#include "timeline/timeline.hpp"

namespace csagg {

void print_timeline(const Timeline& timeline, String& out);
/// Entries may come in any order; of two at one instant the greater rank wins. Errc::invalid_text.
void parse_timeline(std::string_view text, Bytes& out);

/// Parses one timeline at the start of `text` and moves past it: for values that contain timelines.
void parse_timeline_part(std::string_view& text, Bytes& out);

/// {"kind": "number", "known_from": ..., "entries": [{"at": ..., "seq": ..., "value": ...}]}
void print_timeline_json(const Timeline& timeline, String& out);

}  // namespace csagg
