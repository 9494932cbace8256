// Numbers that change with the local day, and what the two evaluations of expressions share beside.
#pragma once
#include "rules/language/expression.hpp"
#include "rules/calendar/local_days.hpp"

namespace csagg {

// Lines (value + slope x days) are kept where all of this is exact: numbers with at most 6 fraction digits and below
// 10^9, slopes below 1000 a day. In max_days they reach 5 x 10^9, which has 16 digits: nothing is rounded on the way.
inline constexpr int line_scale = 6;
inline constexpr std::int64_t max_line_value = 1'000'000'000, max_slope = 1000, max_days = 4'000'000;

inline bool is_tame(const Number& number, std::int64_t limit) {
    return number.scale <= line_scale &&
           magnitude_of(number.coefficient) <= std::uint64_t(limit * power_of_ten[number.scale]);
}
inline std::int64_t scaled(const Number& number) {
    return number.coefficient * power_of_ten[line_scale - number.scale];
}

inline bool holds(Op op, std::int64_t sign) {
    switch (op) {
        case Op::eq: return sign == 0;
        case Op::ne: return sign != 0;
        case Op::lt: return sign < 0;
        case Op::le: return sign <= 0;
        case Op::gt: return sign > 0;
        default: return sign >= 0;
    }
}
inline int sign_of(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }
inline int sign_of(std::int64_t v) { return v < 0 ? -1 : v > 0 ? 1 : 0; }

/// The least k >= 1 for which `difference + k * slope` compares otherwise; max_days if there is none before.
inline std::int64_t days_to_flip(Op op, std::int64_t difference, std::int64_t slope) {
    const bool now = holds(op, sign_of(difference));
    const auto flips_at = [&](std::int64_t k) {
        return k < max_days && holds(op, sign_of(difference + k * slope)) != now;
    };
    if (slope == 0) return max_days;
    // The sign changes where the line meets zero, and once more just behind.
    const std::int64_t meets =
        difference == 0 || (difference < 0) == (slope < 0)
            ? 0
            : std::int64_t((magnitude_of(difference) + magnitude_of(slope) - 1) / magnitude_of(slope));
    for (std::int64_t k = std::max<std::int64_t>(meets, 1); k <= meets + 1; ++k)
        if (flips_at(k)) return k;
    return max_days;
}

/// Half away from zero to `digits` fraction digits; negative: to tens, hundreds, as PostgreSQL's round().
inline Number rounded(const Number& number, int digits) {
    const int drop = number.scale - digits;
    if (drop <= 0) return number;
    if (drop > 18) return {};
    const auto unit = std::uint64_t(power_of_ten[drop]);
    const std::uint64_t magnitude = magnitude_of(number.coefficient);
    const std::uint64_t units = magnitude / unit + (magnitude % unit >= unit - magnitude % unit ? 1 : 0);
    return round_to_number(number.coefficient < 0,
                           Uint128(units) * (digits < 0 ? std::uint64_t(power_of_ten[-digits]) : 1),
                           std::max(digits, 0));
}

/// Unpredictable daily values before this instant are taken as constant: 1970.
inline constexpr Instant first_daily = -10'957 * micros_per_day;

/// Of a date or time.
inline bool is_finite(Kind kind, std::int64_t word) {
    if (kind == Kind::date) return word != minus_infinity_date && word != plus_infinity_date;
    return word != minus_infinity && word != plus_infinity;
}
inline bool is_finite(const Value& value) { return is_finite(value.kind, value.word); }

/// When `x within length` is true, for a finite date or time: from local midnight of the day x - length (of elapsed
/// time: from x - length) to the end of x's day.
struct Stay {
    Instant begin, end;
};
inline Stay stay_within(Kind kind, std::int64_t x, const Span& length, const LocalDays& days) {
    const std::int64_t day = kind == Kind::date ? x : days.day_of(x);
    const Instant end = days.begin_of(day + 1);
    if (length.micros != 0) {
        const Instant at = kind == Kind::time ? x : days.begin_of(day);
        return {at == plus_infinity || at < first_instant + length.micros ? at : at - length.micros, end};
    }
    if (length.months == 0) return {days.begin_of(day - length.days), end};
    const std::int64_t first = first_instant / micros_per_day + 366'000, last = last_instant / micros_per_day - 1;
    const LocalTime midnight = std::clamp(day, first, last) * micros_per_day;
    return {days.begin_of(days.calendar().add(midnight, length, -1) / micros_per_day), end};
}

}  // namespace csagg
