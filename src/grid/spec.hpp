// What a grid is made from, its bytes (the SQL type csagg.grid) and its text form.
//
//   [2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in Asia/Tokyo
//   [2025-10-26 00:00:00+00, 2025-10-26 03:00:00+00) every 15 minutes in Europe/Berlin at start
//   [2025-01-01 00:00:00, 2025-01-29 00:00:00, 2025-02-26 00:00:00, 2025-04-02 00:00:00) in UTC
//
// The last one is irregular: it has no step, and says where each bucket starts, and where the last one ends.
// Steps of days and months count local times, so the ends are local times. Steps of elapsed time count instants, so the
// ends are instants. Either way the number of buckets is known without the zone, and so are text and bytes: a value can
// be printed, sent and read where nobody knows its zone any more, or where the zone has got other rules.
#pragma once
#include "base/bytes.hpp"
#include "grid/calendar.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace csagg {

/// Which value of a bucket counts: the one just before the next bucket starts, or the one as it starts.
enum class Snapshot : Byte { end = 0, start = 1 };

/// Errc::invalid_parameter unless 'end' or 'start'.
Snapshot parse_snapshot(std::string_view word);

struct GridSpec {
    std::int64_t start = 0;  // instants if the step is elapsed time, else local times; so is `until`
    std::int64_t until = 0;
    Span step;  // zero: irregular
    Snapshot snapshot = Snapshot::end;
    std::string_view zone;  // canonical spelling if it is known; whoever holds the spec keeps the name alive
    ByteSpan between;  // of an irregular grid the boundaries between start and until, 8 bytes each; kept alive likewise

    bool is_elapsed() const { return step.micros != 0; }
    bool is_irregular() const { return step == Span{}; }
    /// Of an irregular grid: how many boundaries it has, two at least, and what they are.
    std::size_t boundaries() const { return between.size() / sizeof(LocalTime) + 2; }
    LocalTime boundary(std::size_t i) const;

    friend bool operator==(const GridSpec& a, const GridSpec& b) {
        return a.start == b.start && a.until == b.until && a.step == b.step && a.snapshot == b.snapshot &&
               a.zone == b.zone && std::ranges::equal(a.between, b.between);
    }
};

/// The bytes of csagg.grid.
void encode_grid(const GridSpec& spec, Bytes& out);
/// Reads what encode_grid wrote; `zone` and `between` point into `bytes`. Errc::corrupt.
GridSpec decode_grid(ByteSpan bytes);

/// '2025-01-31 09:30:00', '0044-03-15 00:00:00 BC': ISO, whatever DateStyle is.
void print_local(LocalTime local, String& out);
/// Of `spec`: a local time, or an instant in UTC.
void print_grid_end(const GridSpec& spec, std::int64_t end, String& out);
/// '1 day', '3 months', '90 minutes'.
void print_span(const Span& span, String& out);
void print_grid(const GridSpec& spec, String& out);

/// Finds the calendar of a zone that a text or a message names.
using CalendarSource = const Calendar& (*)(std::string_view zone);

/// Errc::invalid_text; what a readable text asks for is checked like the arguments of csagg.grid(). The calendar is
/// asked for its name and, if the ends of elapsed steps are given as local times, for their instants. `between` will
/// hold what the spec's `between` points to.
GridSpec parse_grid(std::string_view text, CalendarSource calendars, Bytes& between);

/// The grid between two local times, checked in full. Errors as check_grid.
GridSpec local_grid(LocalTime start, LocalTime until, const Span& step, Snapshot snapshot, const Calendar& calendar);
/// The irregular grid of these boundaries, checked in full; `between` as for parse_grid. Errors as check_grid.
GridSpec irregular_grid(std::span<const LocalTime> boundaries, Snapshot snapshot, const Calendar& calendar,
                        Bytes& between);

/// Everything that a grid's values can get wrong: ends, step, number of buckets. Gives the number of buckets. Any
/// calendar does: it is asked for local arithmetic only, which is the same in all zones. Errc::invalid_parameter,
/// Errc::datetime_overflow, Errc::limit_exceeded.
std::size_t check_grid(const GridSpec& spec, const Calendar& calendar);

/// The `n` buckets up to and including the one that holds `as_of`. They count from `origin`; without one months count
/// from January 2000, days from Monday 2000-01-03, elapsed steps from the local midnight of as_of's day. Errors as
/// check_grid.
GridSpec last_buckets(std::int64_t n, const Span& step, Instant as_of, Snapshot snapshot, const Calendar& calendar,
                      std::optional<LocalTime> origin = std::nullopt);

}  // namespace csagg
