// Local days, numbered like dates.
#pragma once
#include "base/prefetch.hpp"
#include "grid/window.hpp"

#include <algorithm>

namespace csagg {

/// The days of a zone. A day begins at its local midnight as PostgreSQL reads it (Calendar::to_instant), and goes on
/// until the next begins; so the day never goes back, also where the clocks cross midnight twice.
class LocalDays {
public:
    explicit LocalDays(const Calendar& calendar) : calendar_(&calendar) {}

    /// The greatest day whose midnight is not after `at`, which is finite.
    std::int64_t day_of(Instant at) const {
        const Regime regime = calendar_->regime_at(at);
        const std::int64_t day = floor_day(at + regime.offset);
        const Instant begin = day * micros_per_day - regime.offset;
        if (begin - 2 * micros_per_day >= regime.from && at < regime.until - 4 * micros_per_day) return day;
        // All offsets are within a day of UTC, so two instants of one reading are less than two days apart.
        std::int64_t d = day + 3;
        while (d > day - 4 && midnight(d) > at) --d;
        return d;
    }

    /// What happened since ever has a day of its own.
    std::int64_t day_of_event(Instant at) const { return at == minus_infinity ? minus_infinity : day_of(at); }

    /// The first instant whose day is `day` or later; -infinity and infinity beyond what a timestamp holds.
    Instant begin_of(std::int64_t day) const {
        if (day < first_day) return minus_infinity;
        if (day > last_day) return plus_infinity;
        const Calendar::Reading reading = calendar_->reading_of(day * micros_per_day);
        if (reading.until == plus_infinity || reading.until - day * micros_per_day > 2 * micros_per_day)
            return day * micros_per_day - reading.offset;
        // Midnights are in order unless the clocks skip more than a day.
        return std::min({midnight(day), midnight(day + 1), midnight(day + 2)});
    }

    const Calendar& calendar() const { return *calendar_; }

private:
    static constexpr std::int64_t first_day = first_instant / micros_per_day + 2;
    static constexpr std::int64_t last_day = last_instant / micros_per_day - 5;
    static std::int64_t floor_day(LocalTime local) { return midnight_of(local) / micros_per_day; }
    Instant midnight(std::int64_t day) const {
        return calendar_->to_instant(std::clamp(day, first_day, last_day + 3) * micros_per_day);
    }

    const Calendar* calendar_;
};

/// The same, for one who asks for many that are near to one another: remembers where the arithmetic is plain.
class NearDays {
public:
    explicit NearDays(const LocalDays& days) : days_(&days) {}

    [[gnu::always_inline]] std::int64_t day_of(Instant at) {
        if (at < day_from_ || at >= day_until_) [[unlikely]]
            return find_day(at);
        return floor_days(at + day_offset_);
    }
    [[gnu::always_inline]] Instant begin_of(std::int64_t day) {
        if (day < begin_from_ || day >= begin_until_) [[unlikely]]
            return find_begin(day);
        return day * micros_per_day - begin_offset_;
    }

private:
    static constexpr std::int64_t far = 290'000 * std::int64_t(366) * micros_per_day;  // either way

    static std::int64_t floor_days(LocalTime local) {
        const std::int64_t day = local / micros_per_day;
        return day - (local - day * micros_per_day < 0 ? 1 : 0);
    }
    // As day_of() and begin_of() above take the short way.
    std::int64_t find_day(Instant at) {
        if (at >= -far && at <= far) {
            const Regime regime = days_->calendar().regime_at(at);
            day_from_ = std::max(regime.from, -far) + 3 * micros_per_day;
            day_until_ = std::min(regime.until, far) - 4 * micros_per_day;
            day_offset_ = regime.offset;
        }
        return days_->day_of(at);
    }
    Instant find_begin(std::int64_t day) {
        if (day >= -far / micros_per_day && day <= far / micros_per_day) {
            const Regime regime = days_->calendar().regime_at((day - 1) * micros_per_day);
            begin_from_ = floor_days(std::max(regime.from, -far)) + 3;
            begin_until_ = floor_days(std::min(regime.until, far)) - 4;
            begin_offset_ = regime.offset;
        }
        return days_->begin_of(day);
    }

    const LocalDays* days_;
    Instant day_from_ = plus_infinity, day_until_ = minus_infinity;
    std::int64_t day_offset_ = 0;
    std::int64_t begin_from_ = plus_infinity, begin_until_ = minus_infinity;
    std::int64_t begin_offset_ = 0;
};

}  // namespace csagg
