// Trailing windows of a calendar length.
//
// A window of length w that ends at t is (L(t), t], L(t) being the greatest of f(s) = s - w over all s <= t, where
// s - w is taken on the wall clock. f jumps back where the clocks do and where months end; L does not.
#pragma once
#include "grid/calendar.hpp"

#include <span>

namespace csagg {

class Window {
public:
    /// Errc::invalid_parameter unless the length is positive and of one unit. The calendar must outlive the window.
    Window(const Calendar& calendar, const Span& length);

    const Span& length() const { return length_; }
    SpanUnit unit() const { return unit_; }

    /// The first t whose window no longer holds an event at `event`: the first with L(t) >= event. Never decreases as
    /// `event` grows. It may be at or before the event itself (a window of a day over a day that the clocks skip): such
    /// an event is in no window. Infinite stays infinite. Errc::datetime_overflow.
    Instant exit_of(Instant event) const;

    /// exit_of() of each of the events, which do not decrease. Between changes of the clocks their distance stays.
    void exits_of(std::span<const Instant> events, Instant* exits) const;

    /// L(t): the window that ends at `t` holds the events later than this. Infinite stays infinite.
    /// Errc::datetime_overflow.
    Instant begin_of(Instant t) const;

private:
    /// On [from, until) f has slope 1.
    struct Piece {
        Instant until;
        Instant value;  // f at the start of the piece
    };
    static bool is_plain(const Regime& there, Instant first, Instant last, const Regime& here, LocalTime first_begin,
                         LocalTime last_begin);
    /// The exit of an event at `from` is `distance` away, and so are those of all others before `until`, if any.
    struct Stretch {
        Instant from, until;
        std::int64_t distance;
    };
    /// That of the event. `place` is where it may be, and then where it is, if it is remembered.
    Stretch stretch_at(Instant event, Stretch*& place) const;
    void remember(Stretch* place, const Stretch& stretch) const;
    Piece piece_at(Instant t) const;
    Stretch scan_exits(Instant event) const;
    Instant end_of_slope(Instant until, std::int64_t distance) const;
    Instant find_begin(Instant t) const;
    Instant scan_begin(Instant t) const;

    const Calendar* calendar_;
    Span length_;
    SpanUnit unit_;
    std::int64_t micros_;  // of days and elapsed lengths
    // A rule set asks the same with every customer: for one instant, and for these, in order of time and none empty.
    mutable Instant asked_ = minus_infinity, begin_of_asked_ = minus_infinity;
    mutable std::size_t known_count_ = 0;
    mutable Stretch known_[64] = {};
};

}  // namespace csagg
