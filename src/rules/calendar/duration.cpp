#include "rules/calendar/duration.hpp"

#include <charconv>

namespace csagg {
namespace {

constexpr std::int64_t micros_per_hour = 3600 * micros_per_second;
constexpr int most_years = 1000;

struct Unit {
    std::string_view name;
    Span one;
};
constexpr Unit units[] = {
    {"second", {0, 0, micros_per_second}},
    {"minute", {0, 0, 60 * micros_per_second}},
    {"hour", {0, 0, micros_per_hour}},
    {"day", {0, 1, 0}},
    {"week", {0, 7, 0}},
    {"month", {1, 0, 0}},
    {"quarter", {3, 0, 0}},
    {"year", {12, 0, 0}},
};

[[noreturn]] void throw_unreadable(std::string_view text) {
    throw Error(Errc::invalid_text, "cannot read a duration at \"" + excerpt(text) + "\"",
                "Write it as in 2 days, 36 hours or 3 months.");
}

}  // namespace

std::optional<Span> duration_of(std::int64_t count, std::string_view unit) {
    for (const Unit& known : units) {
        const bool plural = unit.ends_with('s') && unit.substr(0, unit.size() - 1) == known.name;
        if (unit != known.name && !plural) continue;
        // Microseconds of a unit, a month taken as the twelfth part of a long year.
        const std::int64_t size =
            known.one.micros + known.one.days * micros_per_day + known.one.months * (366 * micros_per_day / 12);
        if (count < 1 || count > most_years * 366 * micros_per_day / size)
            throw Error(Errc::datetime_overflow, "duration is out of range",
                        "A duration is longer than zero and not longer than 1000 years.");
        return Span{std::int32_t(known.one.months * count), std::int32_t(known.one.days * count),
                    known.one.micros * count};
    }
    return std::nullopt;
}

Span parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    std::string_view unit(end, std::size_t(text.data() + text.size() - end));
    const std::size_t blanks = std::min(unit.find_first_not_of(' '), unit.size());
    if (failure != std::errc{} || blanks == 0) throw_unreadable(text);
    const std::optional<Span> span = duration_of(count, unit.substr(blanks));
    if (!span) throw_unreadable(text);
    return *span;
}

}  // namespace csagg
