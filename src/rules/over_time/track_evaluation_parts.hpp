// For track_evaluation*.cpp: walking one track, and comparing numbers.
#pragma once
#include "rules/over_time/track_evaluation.hpp"

namespace csagg {

/// f(begin, end, piece) adds what becomes of each piece.
template <class F>
Track TrackEvaluation::map(const Track& a, F f) {
    out_.begin(a.size);
    for (std::size_t i = 0; i < a.size; ++i) f(a.at[i], a.at[i + 1], a[i]);
    return out_.finish();
}

/// Calls f(begin, day) for each stretch on which what changes daily in a way that is not known is the same.
template <class F>
void TrackEvaluation::add_daily(Instant begin, Instant end, F f) {
    check_days(begin, end);
    for (Instant t = begin; t < end;) {
        const std::int64_t day = days().day_of(t);
        const Instant next = std::min(t < first_daily ? first_daily : days().begin_of(day + 1), end);
        f(t, day);
        t = next;
    }
}

/// What a comparison says of a difference below 0, of 0, and above: bits 0, 1, 2.
inline unsigned outcomes_of(Op op) {
    switch (op) {
        case Op::eq: return 2;
        case Op::ne: return 5;
        case Op::lt: return 1;
        case Op::le: return 3;
        case Op::gt: return 4;
        default: return 6;
    }
}
inline bool holds(unsigned outcomes, std::int64_t a, std::int64_t b) {
    return (outcomes >> (1 + int(a > b) - int(a < b)) & 1) != 0;
}
inline bool holds(unsigned outcomes, std::strong_ordering order) { return holds(outcomes, sign_of(order), 0); }

/// Whether day `zero` begins only after what ends at `end`, told without the calendar: no zone is a day away from UTC.
inline bool is_before_zero(std::int64_t zero, Instant end) { return zero - 2 >= end / micros_per_day; }

/// Calls f(begin, truth) for each stretch of [begin, end) on which `difference + slope * day` compares alike; slope is
/// not 0.
template <class F>
void TrackEvaluation::compare_line(unsigned outcomes, Instant begin, Instant end, std::int64_t difference,
                                   std::int64_t slope, F f) {
    unsigned first = outcomes & 1, last = outcomes >> 2;
    if (slope < 0) {
        difference = -difference;
        slope = -slope;
        std::swap(first, last);
    }
    // The first days on which it is not below 0, and above.
    std::int64_t whole = -difference;
    bool even = true;
    if (slope != 1) {
        whole = -difference / slope;
        even = whole * slope == -difference;
        if (!even && difference > 0) --whole;
    }
    if (is_before_zero(whole, end)) return f(begin, first != 0);
    const Instant not_below = days().begin_of(even ? whole : whole + 1);
    if (begin < not_below) f(begin, first != 0);
    if (end <= not_below) return;
    const Instant above = even ? days().begin_of(whole + 1) : not_below;
    const Instant zero = std::max(begin, not_below);
    if (zero < above) f(zero, (outcomes & 2) != 0);
    if (above < end) f(std::max(zero, above), last != 0);
}

/// Calls f(begin, truth) for each stretch on which `a op b` stays the same. Both are numbers.
template <class F>
void TrackEvaluation::compare(Op op, Instant begin, Instant end, const Piece& a, const Piece& b, F f) {
    const unsigned outcomes = outcomes_of(op);
    if (!a.is_line() && !b.is_line()) {
        if (a.scale() == b.scale()) return f(begin, holds(outcomes, a.word, b.word));
        return f(begin, holds(outcomes, a.number() <=> b.number()));
    }
    const auto is_tame_piece = [](const Piece& p) { return is_tame({p.word, p.traits.scale}, max_line_value); };
    if (!is_tame_piece(a) || !is_tame_piece(b))
        return add_daily(begin, end, [&](Instant t, std::int64_t day) {
            f(t, holds(outcomes, a.number_on(day) <=> b.number_on(day)));
        });
    const int scale = std::max(a.scale(), b.scale());
    const std::int64_t up_a = power_of_ten[scale - a.scale()], up_b = power_of_ten[scale - b.scale()];
    const std::int64_t difference = a.word * up_a - b.word * up_b, slope = a.slope() * up_a - b.slope() * up_b;
    if (slope == 0) return f(begin, holds(outcomes, difference, 0));
    compare_line(outcomes, begin, end, difference, slope, f);
}

}  // namespace csagg
