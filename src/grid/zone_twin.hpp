// For tests: a zone made up from a list of changes, and the calendar as naive code. The naive side shares nothing with
// Calendar; its reading of local times is PostgreSQL's case analysis (DetermineTimeZoneOffset) told step by step.
#pragma once
#include "grid/spec.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory_resource>
#include <random>
#include <vector>

namespace csagg::twin {

inline constexpr std::int64_t minute = 60 * micros_per_second;
inline constexpr std::int64_t hour = 60 * minute;
inline constexpr std::int64_t day = micros_per_day;

struct Change {
    Instant at;
    std::int64_t offset;  // from here on
};

struct Rules {
    std::int64_t first_offset = 0;
    std::vector<Change> changes;  // by time

    std::int64_t offset_at(Instant at) const { return boundary_after(at).before; }
    Boundary boundary_after(Instant after) const {
        const auto next = std::upper_bound(changes.begin(), changes.end(), after,
                                           [](Instant t, const Change& c) { return t < c.at; });
        const std::int64_t before = next == changes.begin() ? first_offset : std::prev(next)->offset;
        return next == changes.end() ? Boundary{plus_infinity, before, before}
                                     : Boundary{next->at, before, next->offset};
    }
    LocalTime to_local(Instant at) const { return at + offset_at(at); }
    Instant to_instant(LocalTime local) const {
        const Boundary b = boundary_after(local - day);
        if (b.at == plus_infinity) return local - b.before;
        const Instant by_before = local - b.before;
        const Instant by_after = local - b.after;
        if (by_before < b.at && by_after < b.at) return by_before;
        if (by_before > b.at && by_after >= b.at) return by_after;
        return by_before > by_after ? by_before : by_after;
    }
};

inline LocalTime add_months(LocalTime start, std::int32_t months) {
    using namespace std::chrono;
    constexpr sys_days epoch = year{2000} / 1 / 1;
    // The calendar repeats every 400 years; a std::chrono::year has 16 bits only.
    constexpr std::int64_t cycle = 146'097 * twin::day;
    const std::int64_t cycles = start / cycle;
    const LocalTime local = start % cycle;
    const LocalTime midnight = midnight_of(local);
    const year_month_day date{epoch + days{midnight / twin::day}};
    const year_month moved = date.year() / date.month() + std::chrono::months{months % 4800};
    const std::chrono::day last = year_month_day_last{moved.year() / moved.month() / std::chrono::last}.day();
    const sys_days result = moved.year() / moved.month() / std::min(date.day(), last);
    const std::int64_t all_cycles = cycles + months / 4800;
    if (all_cycles < -100 || all_cycles > 729) throw Error(Errc::datetime_overflow, "timestamp out of range");
    LocalTime sum;
    if (__builtin_add_overflow(all_cycles * cycle, (result - epoch).count() * twin::day + (local - midnight), &sum))
        throw Error(Errc::datetime_overflow, "timestamp out of range");
    return sum;
}

/// local + times * span, on the wall clock.
inline LocalTime add(LocalTime start, const Span& span, std::int64_t times) {
    LocalTime local = start;
    if (span.months != 0) local = add_months(local, std::int32_t(span.months * times));
    std::int64_t days, of_days, micros;
    if (__builtin_mul_overflow(std::int64_t(span.days), times, &days) || __builtin_mul_overflow(days, day, &of_days) ||
        __builtin_mul_overflow(std::int64_t(span.micros), times, &micros) ||
        __builtin_add_overflow(local, of_days, &local) || __builtin_add_overflow(local, micros, &local))
        throw Error(Errc::datetime_overflow, "timestamp out of range");
    return local;
}

class Zone final : public Calendar {
public:
    explicit Zone(Rules rules, std::string_view name = "Test/Zone")
        : Calendar(name, *std::pmr::new_delete_resource()), rules_(std::move(rules)) {}

    const Rules& rules() const { return rules_; }

private:
    Boundary next_boundary(Instant after) const override { return rules_.boundary_after(after); }
    LocalTime add_months(LocalTime start, std::int32_t months) const override {
        const LocalTime moved = twin::add_months(start, months);
        check_finite(moved);
        return moved;
    }

    Rules rules_;
};

/// With what the spec needs kept for good.
inline GridSpec parse(std::string_view text, CalendarSource calendars) {
    static std::deque<Bytes> kept;
    return parse_grid(text, calendars, kept.emplace_back(*std::pmr::new_delete_resource()));
}

/// 'YYYY-MM-DD hh:mm[:ss]' as microseconds.
inline std::int64_t at(std::string_view text) {
    const std::int64_t parsed = parse_instant(text);
    return text.empty() ? parsed : throw Error(Errc::invalid_text, "left over");
}

/// Summer time, one hour later, on the last Sunday of March and of October at 01:00 UTC.
inline Rules berlin(int from = 1980, int until = 2040) {
    using namespace std::chrono;
    constexpr sys_days epoch = year{2000} / 1 / 1;
    Rules rules{hour, {}};
    for (int y = from; y < until; ++y) {
        rules.changes.push_back({(sys_days(year{y} / March / Sunday[last]) - epoch).count() * day + hour, 2 * hour});
        rules.changes.push_back({(sys_days(year{y} / October / Sunday[last]) - epoch).count() * day + hour, hour});
    }
    return rules;
}
/// The year 2025 of a zone where the clocks move by half an hour, and in the south.
inline Rules lord_howe() {
    return {11 * hour, {{at("2025-04-05 15:00"), 10 * hour + 30 * minute}, {at("2025-10-04 15:30"), 11 * hour}}};
}
/// Summer time that begins and ends at midnight: there is no 00:00, or 23:00 comes twice.
inline Rules sao_paulo() {
    return {-3 * hour,
            {{at("2017-10-15 03:00"), -2 * hour},
             {at("2018-02-18 02:00"), -3 * hour},
             {at("2018-11-04 03:00"), -2 * hour}}};
}
/// Skipped 2011-12-30.
inline Rules apia() {
    return {-11 * hour,
            {{at("2011-09-24 14:00"), -10 * hour},
             {at("2011-12-30 10:00"), 14 * hour},
             {at("2012-03-31 14:00"), 13 * hour}}};
}
/// Had 2011-12-30 twice; a zone nobody lives in.
inline Rules repeated_day() { return {14 * hour, {{at("2011-12-30 10:00"), -10 * hour}}}; }

/// Changes every few days to months, anywhere within a day of UTC, on whole minutes.
inline Rules random_rules(std::mt19937_64& random, Instant from, Instant until, std::int64_t longest) {
    const auto pick = [&random](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    const std::int64_t reach = pick(0, 2) == 0 ? 23 * 60 + 59 : 14 * 60;
    const auto offset = [&] { return pick(-reach, reach) * minute; };
    Rules rules{offset(), {}};
    Instant at = from;
    while ((at += pick(2 * 24 * 60 + 1, longest / minute) * minute) < until) {
        const std::int64_t last = rules.changes.empty() ? rules.first_offset : rules.changes.back().offset;
        switch (pick(0, 3)) {
            case 0: rules.changes.push_back({at, offset()}); break;
            case 1: rules.changes.push_back({at, last}); break;  // only the name changes
            default: rules.changes.push_back({at, last + (last > 0 ? -hour : hour)}); break;
        }
    }
    return rules;
}

/// Five days and more from there on, in which the clocks change.
struct Stretch {
    Rules rules;
    Instant from;
};

inline std::vector<Stretch> stretches() {
    std::vector<Stretch> all = {{berlin(), at("2025-03-27")},      {berlin(), at("2025-10-23")},
                                {lord_howe(), at("2025-04-02")},   {sao_paulo(), at("2017-10-13")},
                                {sao_paulo(), at("2018-02-15")},   {apia(), at("2011-12-28")},
                                {repeated_day(), at("2011-12-27")}};
    std::mt19937_64 random(7);
    for (int i = 0; i < 40; ++i) {
        Rules rules = random_rules(random, at("2020-01-01"), at("2020-03-01"), 6 * day);
        if (!rules.changes.empty()) all.push_back({rules, rules.changes[rules.changes.size() / 2].at - 2 * day});
    }
    return all;
}

}  // namespace csagg::twin
