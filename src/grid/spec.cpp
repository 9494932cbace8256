#include "grid/spec.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"
#include "base/scanner.hpp"
#include "grid/grid.hpp"
#include "grid/periods.hpp"

#include <algorithm>

namespace csagg {
namespace {

constexpr Byte format_version =
    1;  // the high nibble of the first byte; the low one is the snapshot, and whether irregular
constexpr Byte irregular_flag = 2;

constexpr std::int64_t micros_per_hour = 3600 * micros_per_second;
constexpr std::int64_t micros_per_mean_month = 2'629'746 * micros_per_second;  // 146097 days in 4800 months

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// ---- number of buckets

void check_count(std::uint64_t n) {
    if (n > Grid::max_buckets)
        throw Error(Errc::limit_exceeded, "grid has more than " + std::to_string(Grid::max_buckets) + " buckets",
                    "Use a longer step or a shorter range.");
}

/// How many steps of `step` it takes to cover `length`.
std::uint64_t count_even(std::uint64_t length, std::uint64_t step) { return length / step + (length % step != 0); }

std::uint64_t count_months(LocalTime start, LocalTime until, const Span& step, const Calendar& calendar) {
    // Months are nearly even: begin two short of the estimate and count up.
    const double length = double(until) - double(start);
    const double estimate = length / (double(step.months) * double(micros_per_mean_month));
    check_count(std::uint64_t(std::max(estimate - 2, 0.0)));
    auto n = std::int64_t(std::max(estimate - 2, 0.0));
    while (n > 0 && calendar.add(start, step, n - 1) >= until) --n;
    while (calendar.add(start, step, n) < until) ++n;
    return std::uint64_t(n);
}

// ---- text

struct Unit {
    std::string_view name;
    Span one;
};
constexpr Unit units[] = {
    {"year", {12, 0, 0}},
    {"month", {1, 0, 0}},
    {"week", {0, 7, 0}},
    {"day", {0, 1, 0}},
    {"hour", {0, 0, micros_per_hour}},
    {"minute", {0, 0, 60 * micros_per_second}},
    {"second", {0, 0, micros_per_second}},
    {"microsecond", {0, 0, 1}},
};

void print_counted(std::int64_t n, std::string_view unit, String& out) {
    print_integer(n, out);
    out.push_back(' ');
    out.append(unit.data(), unit.size());
    if (n != 1) out.push_back('s');
}

class GridScanner : public Scanner {
public:
    explicit GridScanner(std::string_view& text)
        : Scanner(text, "a grid",
                  "Write it as in [2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in Asia/Tokyo.") {}

    /// Up to the delimiter, which is skipped; without blanks around it.
    std::string_view until(char delimiter) {
        skip_blanks();
        const std::size_t n = text_.find(delimiter);
        if (n == text_.npos) fail(std::string("expected a \"") + delimiter + "\" after");
        const std::string_view part = text_.substr(0, n);
        text_.remove_prefix(n + 1);
        return part.substr(0, part.find_last_not_of(blanks) + 1);
    }
    /// Up to the next blank; the rest if there is none.
    std::string_view word(const char* what) {
        skip_blanks();
        const std::string_view part = text_.substr(0, std::min(text_.find_first_of(blanks), text_.size()));
        if (part.empty()) fail(std::string("expected ") + what);
        text_.remove_prefix(part.size());
        return part;
    }
    /// All that is left, without blanks around it.
    std::string_view rest() {
        skip_blanks();
        return text_.substr(0, text_.find_last_not_of(blanks) + 1);
    }
    bool has(char delimiter) const { return text_.find(delimiter) != text_.npos; }
    bool at_end() {
        skip_blanks();
        return text_.empty();
    }
};

[[noreturn]] void fail_at(std::string_view text, const char* why) { GridScanner(text).fail(why); }

Span parse_step(std::string_view number, std::string_view unit) {
    std::int64_t n = 0;
    const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), n);
    if (failure != std::errc{} || end != number.data() + number.size())
        fail_at(number, "expected how many units a step has");
    for (const Unit& known : units) {
        if (unit != known.name && !(unit.ends_with('s') && unit.substr(0, unit.size() - 1) == known.name)) continue;
        std::int64_t months = 0, days = 0, micros = 0;
        if (__builtin_mul_overflow(n, std::int64_t(known.one.months), &months) ||
            __builtin_mul_overflow(n, std::int64_t(known.one.days), &days) ||
            __builtin_mul_overflow(n, known.one.micros, &micros) || months != std::int32_t(months) ||
            days != std::int32_t(days))
            throw Error(Errc::datetime_overflow, "step is out of range");
        return {std::int32_t(months), std::int32_t(days), micros};
    }
    fail_at(unit, "expected a unit of time");
}

struct ParsedEnd {
    std::int64_t time;
    bool is_instant;  // it had an offset from UTC
};

ParsedEnd parse_end(std::string_view text) {
    std::string_view left = text;
    const std::int64_t time = parse_instant(left);
    if (!left.empty()) fail_at(text, "expected a time");
    // Behind the two hyphens of the date.
    const std::size_t day = text.find('-', text.find('-') + 1);
    return {time, day != text.npos && text.find_first_of("+-Z", day + 1) != text.npos};
}

/// Turns the ends of elapsed steps from local times into instants.
void find_instants(GridSpec& spec, const Calendar& calendar) {
    // Where the clocks change they may put the ends in the other order: then there is no bucket.
    const bool in_order = spec.start <= spec.until;
    spec.start = calendar.to_instant(spec.start);
    spec.until = calendar.to_instant(spec.until);
    if (in_order) spec.until = std::max(spec.start, spec.until);
}

GridSpec irregular_spec(std::span<const LocalTime> boundaries, Snapshot snapshot, std::string_view zone,
                        Bytes& between) {
    if (boundaries.size() < 2)
        throw Error(Errc::invalid_parameter, "grid needs two boundaries at least",
                    "The last one is where the last bucket ends.");
    check_count(boundaries.size() - 1);
    between.clear();
    ByteWriter writer(between);
    for (const LocalTime boundary : boundaries.subspan(1, boundaries.size() - 2)) writer.fixed(boundary);
    GridSpec spec;
    spec.start = boundaries.front();
    spec.until = boundaries.back();
    spec.snapshot = snapshot;
    spec.zone = zone;
    spec.between = {between.data(), between.size()};
    return spec;
}

GridSpec parse_irregular(std::string_view ends, Snapshot snapshot, std::string_view zone, CalendarSource calendars,
                         Bytes& between) {
    Vector<LocalTime> boundaries(between.get_stored_allocator().arena());
    const auto add = [&boundaries](std::string_view text) {
        const ParsedEnd end = parse_end(text);
        if (end.is_instant)
            throw Error(Errc::invalid_parameter, "offset from UTC does not fit the grid",
                        "Boundaries of irregular buckets are local times.");
        boundaries.push_back(end.time);
        if (boundaries.size() % 4096 == 0) check_interrupts();
    };
    GridScanner list(ends);
    while (list.has(',')) add(list.until(','));
    add(list.rest());
    const Calendar& calendar = calendars(zone);
    const GridSpec spec = irregular_spec({boundaries.data(), boundaries.size()}, snapshot, calendar.name(), between);
    check_grid(spec, calendar);
    return spec;
}

}  // namespace

Snapshot parse_snapshot(std::string_view word) {
    if (word == "end") return Snapshot::end;
    if (word == "start") return Snapshot::start;
    throw Error(Errc::invalid_parameter, "snapshot must be 'end' or 'start'");
}

void encode_grid(const GridSpec& spec, Bytes& out) {
    ByteWriter writer(out);
    writer.u8(Byte(format_version << 4 | Byte(spec.snapshot) | (spec.is_irregular() ? irregular_flag : 0)));
    writer.fixed(spec.start);
    writer.fixed(spec.until);
    if (spec.is_irregular()) {
        writer.fixed(std::uint32_t(spec.boundaries() - 2));
        writer.append(spec.between);
    } else {
        writer.fixed(spec.step.months);
        writer.fixed(spec.step.days);
        writer.fixed(spec.step.micros);
    }
    writer.append(as_bytes(spec.zone));
}

GridSpec decode_grid(ByteSpan bytes) {
    ByteReader reader(bytes);
    const Byte head = reader.u8();
    if (head >> 4 != format_version) throw_corrupt("grid has an unknown format version");
    if ((head & 0x0F & ~irregular_flag) > Byte(Snapshot::start)) throw_corrupt("grid has an unknown snapshot");
    GridSpec spec;
    spec.snapshot = Snapshot(head & 1);
    spec.start = reader.fixed<std::int64_t>();
    spec.until = reader.fixed<std::int64_t>();
    if ((head & irregular_flag) != 0) {
        spec.between = reader.take(std::size_t(reader.fixed<std::uint32_t>()) * sizeof(LocalTime));
    } else {
        spec.step.months = reader.fixed<std::int32_t>();
        spec.step.days = reader.fixed<std::int32_t>();
        spec.step.micros = reader.fixed<std::int64_t>();
        if (spec.is_irregular()) throw_corrupt("grid has no step");
    }
    spec.zone = as_text(reader.take(reader.left()));
    if (!is_zone_name(spec.zone)) throw_corrupt("grid has no readable time zone");
    return spec;
}

LocalTime GridSpec::boundary(std::size_t i) const {
    if (i == 0) return start;
    if (i + 1 == boundaries()) return until;
    return ByteReader(between.subspan((i - 1) * sizeof(LocalTime))).fixed<LocalTime>();
}

void print_local(LocalTime local, String& out) {
    String text(out.get_allocator());
    print_instant(local, text);
    // The same reading as an instant in UTC, less the offset.
    if (const std::size_t offset = text.find("+00"); offset != text.npos) text.erase(offset, 3);
    out.append(text);
}

void print_span(const Span& span, String& out) {
    bool first = true;
    const auto part = [&](std::int64_t n, std::string_view unit) {
        if (!first) out.push_back(' ');
        first = false;
        print_counted(n, unit, out);
    };
    if (span.months != 0) part(span.months, "month");
    if (span.days != 0) part(span.days, "day");
    if (span.micros == 0 && !first) return;
    for (const Unit& unit : units) {
        if (unit.one.micros == 0 || span.micros % unit.one.micros != 0) continue;
        part(span.micros / unit.one.micros, unit.name);
        return;
    }
}

void print_grid_end(const GridSpec& spec, std::int64_t end, String& out) {
    if (spec.is_elapsed()) return print_instant(end, out);
    print_local(end, out);
}

void print_grid(const GridSpec& spec, String& out) {
    out.push_back('[');
    const std::size_t ends = spec.is_irregular() ? spec.boundaries() : 2;
    for (std::size_t i = 0; i < ends; ++i) {
        if (i % 4096 == 4095) check_interrupts();
        if (i > 0) out.append(", ");
        print_grid_end(spec, i + 1 == ends ? spec.until : spec.boundary(i), out);
    }
    out.push_back(')');
    if (!spec.is_irregular()) {
        out.append(" every ");
        print_span(spec.step, out);
    }
    out.append(" in ");
    out.append(spec.zone.data(), spec.zone.size());
    if (spec.snapshot == Snapshot::start) out.append(" at start");
}

GridSpec parse_grid(std::string_view text, CalendarSource calendars, Bytes& between) {
    GridScanner in(text);
    in.expect("[");
    std::string_view ends = in.until(')');
    const bool regular = in.accept("every");
    const std::string_view number = regular ? in.word("a step") : std::string_view();
    const std::string_view unit = regular ? in.word("a unit of time") : std::string_view();
    in.expect("in");
    const std::string_view zone = in.word("a time zone");
    GridSpec spec;
    if (!in.at_end()) {
        in.expect("at");
        const std::string_view word = in.word("start or end");
        if (word != "start" && word != "end") fail_at(word, "expected start or end");
        in.expect_end();
        spec.snapshot = parse_snapshot(word);
    }
    if (!regular) return parse_irregular(ends, spec.snapshot, zone, calendars, between);
    GridScanner both(ends);
    const std::string_view start = both.until(','), until = both.rest();
    const Calendar& calendar = calendars(zone);
    spec.zone = calendar.name();
    spec.step = parse_step(number, unit);
    check_span(spec.step, "step of a grid");
    const ParsedEnd from = parse_end(start), to = parse_end(until);
    spec.start = from.time;
    spec.until = to.time;
    if (from.is_instant != to.is_instant || (from.is_instant && !spec.is_elapsed()))
        throw Error(Errc::invalid_parameter, "offset from UTC does not fit the grid",
                    "Steps below a day may have it at both ends, longer ones at none.");
    if (spec.is_elapsed() && !from.is_instant) find_instants(spec, calendar);
    check_grid(spec, calendar);
    return spec;
}

GridSpec irregular_grid(std::span<const LocalTime> boundaries, Snapshot snapshot, const Calendar& calendar,
                        Bytes& between) {
    GridSpec spec = irregular_spec(boundaries, snapshot, calendar.name(), between);
    check_grid(spec, calendar);
    for (const LocalTime boundary : boundaries) calendar.to_instant(boundary);
    return spec;
}

GridSpec local_grid(LocalTime start, LocalTime until, const Span& step, Snapshot snapshot, const Calendar& calendar) {
    check_span(step, "step of a grid");
    GridSpec spec{start, until, step, snapshot, calendar.name(), {}};
    if (spec.is_elapsed()) find_instants(spec, calendar);
    const std::size_t n = check_grid(spec, calendar);
    // What is in range by one measure may be out of it by the other.
    if (spec.is_elapsed()) {
        calendar.to_local(spec.start + std::int64_t(n) * step.micros);
    } else {
        calendar.to_instant(start);
        calendar.to_instant(calendar.add(start, step, std::int64_t(n)));
    }
    return spec;
}

namespace {

std::size_t check_irregular(const GridSpec& spec) {
    const std::size_t n = spec.boundaries() - 1;
    check_count(n);
    for (std::size_t i = 1; i <= n; ++i) {
        if (i % 4096 == 0) check_interrupts();
        if (spec.boundary(i - 1) >= spec.boundary(i))
            throw Error(Errc::invalid_parameter, "boundaries of a grid must increase",
                        "Each bucket ends where the next one starts.");
    }
    return n;
}

}  // namespace

std::size_t check_grid(const GridSpec& spec, const Calendar& calendar) {
    for (const std::int64_t* end : {&spec.start, &spec.until}) {
        if (*end == minus_infinity || *end == plus_infinity)
            throw Error(Errc::datetime_overflow,
                        end == &spec.start ? "start of a grid must be finite" : "end of a grid must be finite");
        check_finite(*end);
    }
    if (spec.is_irregular()) return check_irregular(spec);
    const SpanUnit unit = check_span(spec.step, "step of a grid");
    if (spec.until < spec.start) throw Error(Errc::invalid_parameter, "grid ends before it starts");
    const std::uint64_t length = std::uint64_t(spec.until) - std::uint64_t(spec.start);
    const std::uint64_t n = length == 0                 ? 0
                            : unit == SpanUnit::elapsed ? count_even(length, std::uint64_t(spec.step.micros))
                            : unit == SpanUnit::days ? count_even(length, std::uint64_t(days_in_micros(spec.step.days)))
                                                     : count_months(spec.start, spec.until, spec.step, calendar);
    check_count(n);
    // The last bucket is a whole one, so its end has to exist too.
    calendar.add(spec.start, spec.step, std::int64_t(n));
    return n;
}

namespace {

/// Which of the buckets of elapsed time that count from `origin` holds `as_of`.
std::int64_t elapsed_bucket(Instant origin, std::int64_t step, Instant as_of) {
    std::int64_t distance = 0;
    if (__builtin_sub_overflow(as_of, origin, &distance)) throw_timestamp_overflow();
    return floor_div(distance, step);
}

/// The bucket n - 1 before the current one.
std::int64_t first_of(std::int64_t n, std::int64_t current) {
    std::int64_t first = 0;
    if (__builtin_sub_overflow(current, n - 1, &first)) throw_timestamp_overflow();
    return first;
}

}  // namespace

GridSpec last_buckets(std::int64_t n, const Span& step, Instant as_of, Snapshot snapshot, const Calendar& calendar,
                      std::optional<LocalTime> origin) {
    if (n <= 0) throw Error(Errc::invalid_parameter, "number of buckets must be greater than zero");
    check_count(std::uint64_t(n));
    const SpanUnit unit = check_span(step, "step of a grid");
    if (as_of == minus_infinity || as_of == plus_infinity) throw Error(Errc::datetime_overflow, "as_of must be finite");
    if (unit != SpanUnit::elapsed) {
        const Periods periods(calendar, step, origin);
        const std::int64_t current = periods.index_of(as_of);
        return {periods.label(first_of(n, current)), periods.label(current + 1), step, snapshot, calendar.name(), {}};
    }
    if (origin) check_origin(*origin, unit, calendar);
    const Instant from = calendar.to_instant(origin.value_or(midnight_of(calendar.to_local(as_of))));
    const std::int64_t current = elapsed_bucket(from, step.micros, as_of);
    return {calendar.add(from, step, first_of(n, current)),
            calendar.add(from, step, current + 1),
            step,
            snapshot,
            calendar.name(),
            {}};
}

}  // namespace csagg
