// For lift*.cpp: walking one track, and pieces of truth.
#pragma once
#include "rules/lift.hpp"

namespace csagg {

inline Piece truth_at(Instant at, bool truth) { return {at, truth ? 1 : 0}; }
inline Piece absent_at(Instant at) { return {at, 0, 0, 0, PieceState::absent}; }
inline Piece failed_at(Instant at) { return {at, 0, 0, 0, PieceState::failed}; }
inline Piece number_at(Instant at, const Number& number) { return {at, number.coefficient, 0, number.scale}; }

/// f(begin, end, piece) adds what becomes of each piece.
template <class F>
Track Lift::map(const Track& a, F f) {
    out_.begin(a.size);
    for (std::size_t i = 0; i < a.size; ++i) f(a.pieces[i].at, a.pieces[i + 1].at, a.pieces[i]);
    return out_.finish();
}

/// Calls f(begin, end) for each stretch on which what changes daily in a way that is not known is the same.
template <class F>
void Lift::add_daily(Instant begin, Instant end, F f) {
    for (Instant t = begin; t < end;) {
        const std::int64_t day = days().day_of(t);
        const Instant next = std::min(t < first_daily ? first_daily : days().begin_of(day + 1), end);
        f(t, day);
        t = next;
    }
}

/// Calls f(begin, truth) for each stretch on which `a op b` stays the same. Both are numbers.
template <class F>
void Lift::compare(Op op, Instant begin, Instant end, const Piece& a, const Piece& b, F f) {
    if (!a.is_line() && !b.is_line()) {
        if (a.scale == b.scale) return f(begin, holds(op, a.word < b.word ? -1 : a.word > b.word ? 1 : 0));
        return f(begin, holds(op, sign_of(a.number() <=> b.number())));
    }
    const auto is_tame_piece = [](const Piece& p) { return is_tame(p.number(), max_line_value); };
    if (!is_tame_piece(a) || !is_tame_piece(b))
        return add_daily(begin, end, [&](Instant t, std::int64_t day) { f(t, holds(op, sign_of(a.number_on(day) <=> b.number_on(day)))); });
    const auto slope_of = [](const Piece& p) { return p.slope * power_of_ten[line_scale - p.scale]; };
    const std::int64_t slope = slope_of(a) - slope_of(b), at_0 = scaled(a.number()) - scaled(b.number());
    for (Instant t = begin; t < end;) {
        const std::int64_t day = days().day_of(t), difference = at_0 + slope * day;
        f(t, holds(op, sign_of(difference)));
        t = std::min(end, days().begin_of(day + days_to_flip(op, difference, slope)));
    }
}

}  // namespace csagg
