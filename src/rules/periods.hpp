// Calendar periods: the day, week (from Monday), month, quarter or year that an instant lies in, by local days.
#pragma once
#include "rules/local_days.hpp"

namespace csagg {

/// Looks back as a window does, but to where the period begins: (begin_of(t), t] is what of the period there has been.
class Period {
public:
    /// `length` is one of these five.
    Period(const Calendar& calendar, const Span& length) : days_(calendar), length_(length) {}

    const Span& length() const { return length_; }
    /// The last instant before the period of `t`.
    Instant begin_of(Instant t) const { return days_.begin_of(first_day(number_of(days_.day_of(t)))) - 1; }
    /// The first instant of the period after that of `t`.
    Instant exit_of(Instant t) const { return days_.begin_of(first_day(number_of(days_.day_of(t)) + 1)); }

private:
    static constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
    static constexpr std::int64_t monday = 2;  // 3 January 2000

    std::int64_t number_of(std::int64_t day) const {
        if (length_.months == 0) return floor_divide(day - monday * (length_.days / 7), length_.days);
        return floor_divide(month_of(day), length_.months);
    }
    std::int64_t first_day(std::int64_t number) const {
        if (length_.months == 0) return number * length_.days + monday * (length_.days / 7);
        return first_day_of_month(number * length_.months);
    }

    // Months since January of the year 0, days since 2000: years that begin in March have their odd day at the end
    // (H. Hinnant, "chrono-compatible low-level date algorithms").
    static constexpr std::int64_t days_before_2000 = 730'425;  // since 1 March of the year 0
    static constexpr std::int64_t month_of(std::int64_t day) {
        const std::int64_t since = day + days_before_2000, era = floor_divide(since, 146'097), in_era = since - era * 146'097;
        const std::int64_t year = (in_era - in_era / 1460 + in_era / 36'524 - in_era / 146'096) / 365;
        const std::int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
        return (era * 400 + year) * 12 + (5 * in_year + 2) / 153 + 2;
    }
    static constexpr std::int64_t first_day_of_month(std::int64_t month) {
        const std::int64_t since_march = month - 2, years = floor_divide(since_march, 12), in_year = since_march - years * 12;
        const std::int64_t era = floor_divide(years, 400), year = years - era * 400;
        return era * 146'097 + year * 365 + year / 4 - year / 100 + (153 * in_year + 2) / 5 - days_before_2000;
    }
    LocalDays days_;
    Span length_;
};

}  // namespace csagg
