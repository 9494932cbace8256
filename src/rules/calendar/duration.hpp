// Durations of the rule language: '14 days', '36 hours', '3 months'. Units of a day or more are calendar lengths.
#pragma once
#include "grid/calendar.hpp"

#include <optional>

namespace csagg {

/// The length of `count` units, singular or plural: second, minute, hour, day, week, month, quarter, year.
/// Nothing for an unknown unit. Errc::datetime_overflow for more than 1000 years, and for none at all.
std::optional<Span> duration_of(std::int64_t count, std::string_view unit);

/// Reads a whole text, as in '2 days'. Errc::invalid_text.
Span parse_duration(std::string_view text);

}  // namespace csagg
