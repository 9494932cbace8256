// What a grid is made from, its bytes (the SQL type csagg.grid) and its text form.
//
//   [2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in Asia/Tokyo
//   [2025-10-26 02:00:00+02, 2025-10-26 04:00:00) every 15 minutes in Europe/Berlin at start
//
// An end carries its offset from UTC only where the clocks show it twice and it means the first of the two.
#pragma once
#include "grid/calendar.hpp"

namespace csagg {

/// Which value of a bucket counts: the one just before the next bucket starts, or the one as it starts.
enum class Snapshot : Byte { end = 0, start = 1 };

/// Errc::invalid_parameter unless 'end' or 'start'.
Snapshot parse_snapshot(std::string_view word);

/// One end of a grid. `shift` (seconds) leads from PostgreSQL's reading of `local` to the instant that is meant; it is 0
/// but for the first pass through an hour that the clocks show twice.
struct GridEnd {
    LocalTime local = 0;
    std::int32_t shift = 0;

    Instant at(const Calendar& calendar) const { return calendar.to_instant(local) + shift * micros_per_second; }
    static GridEnd from_instant(const Calendar& calendar, Instant at);
};

struct GridSpec {
    GridEnd start;
    GridEnd until;
    Span step;
    Snapshot snapshot = Snapshot::end;
    std::string_view zone;  // canonical spelling; whoever holds the spec keeps the name alive
};

inline constexpr std::size_t max_zone_bytes = 255;

/// The bytes of csagg.grid.
void encode_grid(const GridSpec& spec, Bytes& out);
/// Reads what encode_grid wrote; `zone` points into `bytes`. Errc::corrupt.
GridSpec decode_grid(ByteSpan bytes);

/// '2025-01-31 09:30:00', '0044-03-15 00:00:00 BC': ISO, whatever DateStyle is.
void print_local(LocalTime local, String& out);
void print_grid_end(const GridEnd& end, const Calendar& calendar, String& out);
/// '1 day', '3 months', '90 minutes'.
void print_span(const Span& span, String& out);
void print_grid(const GridSpec& spec, const Calendar& calendar, String& out);

/// Finds the calendar of a zone that a text or a message names.
using CalendarSource = const Calendar& (*)(std::string_view zone);

/// Errc::invalid_text; what a readable text asks for is checked like the arguments of csagg.grid().
GridSpec parse_grid(std::string_view text, CalendarSource calendars);

/// Everything that a grid's values can get wrong: ends, step, number of buckets. Gives the number of buckets.
/// Errc::invalid_parameter, Errc::datetime_overflow, Errc::limit_exceeded.
std::size_t check_grid(const GridSpec& spec, const Calendar& calendar);

/// The `n` buckets up to and including the one that holds `as_of`. Months count from January 2000, days from Monday
/// 2000-01-03, elapsed steps from the local midnight of as_of's day. Errors as check_grid.
GridSpec last_buckets(std::int64_t n, const Span& step, Instant as_of, Snapshot snapshot, const Calendar& calendar);

}  // namespace csagg
