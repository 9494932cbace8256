// Instants and dates as PostgreSQL stores them, and their ISO text form in UTC, whatever DateStyle and TimeZone are.
#pragma once
#include "base/memory.hpp"

#include <cstdint>
#include <limits>

namespace csagg {

/// Microseconds since 2000-01-01 00:00 UTC.
using Instant = std::int64_t;
inline constexpr Instant minus_infinity = std::numeric_limits<Instant>::min();
inline constexpr Instant plus_infinity = std::numeric_limits<Instant>::max();
inline constexpr Instant first_instant = -211813488000000000;  // 4714-11-24 BC, PostgreSQL's first
inline constexpr Instant last_instant = 9223371331199999999;   // the end of 294276

/// Days since 2000-01-01; infinite dates are values.
using Date = std::int32_t;
inline constexpr Date minus_infinity_date = std::numeric_limits<Date>::min();
inline constexpr Date plus_infinity_date = std::numeric_limits<Date>::max();
inline constexpr Date first_date = -2451545;   // PostgreSQL's Julian day 0
inline constexpr Date last_date = 2145031948;  // 5874897-12-31

inline constexpr std::int64_t micros_per_second = 1'000'000;
inline constexpr std::int64_t micros_per_day = 86'400 * micros_per_second;

/// infinity and instants beyond PostgreSQL's range are errors (22008); -infinity means "since ever".
[[noreturn]] void throw_instant_out_of_range(Instant at);
/// "`what` `at` ends after the end of time", 22008.
[[noreturn]] void throw_after_end_of_time(const char* what, Instant at);
inline void check_instant(Instant at) {
    if ((at < first_instant && at != minus_infinity) || at > last_instant) throw_instant_out_of_range(at);
}

/// '2025-01-31 09:30:00.25+00', '0044-03-15 00:00:00+00 BC', '-infinity'.
void print_instant(Instant at, String& out);
/// '2025-01-31', '0044-03-15 BC', 'infinity'.
void print_date(Date date, String& out);

/// Reads what print_instant writes; also a date alone (midnight), 'T' for the blank, 'Z', '+09', '+09:30', or no offset
/// (UTC). Moves `text` past what it read. Errc::invalid_text, Errc::datetime_overflow.
Instant parse_instant(std::string_view& text);
Date parse_date(std::string_view& text);

}  // namespace csagg
