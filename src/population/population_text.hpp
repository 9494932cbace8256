// Text and JSON forms of populations. Buckets are numbered from 0; a change is written as +3@12: three more from bucket
// 12 on (flows: three in bucket 12).
//
//   distribution of text over [2025-01-01 00:00:00, 2026-01-01 00:00:00) every 1 day in UTC {"gold" = +2@0 -1@31}
//   joint distribution of (text, number) over [...) {("gold", 7) = +1@0, ("gold", null) = +1@0}
//   flows of text over [...) {null -> "gold" = +2@0}
//   summary over [...) {42.1 = +1@0} sums {0 = 42.12 1774.0944}
//
// A kind is unknown, and left out, while nothing has been counted. The sums are changes too: of the exact sum and of
// the sum of squares.
#pragma once
#include "population/format.hpp"

namespace csagg {

/// `grid` is the text form of stored.grid().
void print_population(const Stored& stored, std::size_t buckets, std::string_view grid, String& out);

/// {"type": "distribution", "kind": "text", "grid": ..., "values": [{"value": "gold", "changes": [[0, 2], [31, -1]]}]}
void print_population_json(const Stored& stored, std::size_t buckets, std::string_view grid, String& out);

/// What stands before the opening brace.
struct PopulationHead {
    Form form;
    std::size_t arity = 0;
    Kind kinds[max_members] = {};
    bool known[max_members] = {};
    std::string_view grid;
};
/// Moves `text` behind what it read. Errc::invalid_text.
PopulationHead parse_population_head(std::string_view& text);

/// Reads the rest into a new state of the head's form and grid. Errc::invalid_text, and errors as Cells'.
void parse_population_body(std::string_view text, const PopulationHead& head, Cells& cells, Arena& arena);

}  // namespace csagg
