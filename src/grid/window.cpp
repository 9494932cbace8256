#include "grid/window.hpp"

#include "base/interrupt.hpp"

#include <algorithm>

// Both questions are answered by walking the pieces on which f(t) = to_instant(to_local(t) - w) has slope 1. Such a
// piece ends where the zone changes its offset at t, where it changes how the local reading t - w is turned back into
// an instant, and, if w is in months, at local midnight (the day of the month is clamped).
//
// How far to walk. All offsets are within a day of 0 (the Calendar sees to it), so a local reading and the instant it
// belongs to differ by less than a day. Let sub(l) and add(l) be l -/+ w on the wall clock.
//
//   exit_of: f(t) >= e makes sub(to_local(t)) > e - 1 day. The first l with sub(l) >= x is never before add(x): an l
//   before it lies in an earlier month, or in the same month on an earlier day or time of day than add(x), and clamping
//   keeps that order against x. So to_local(t) >= add(e - 1 day), hence t > add(e - 1 day) - 1 day: the walk starts
//   there. It ends soon after: where sub(l) >= e + 1 day, f has passed e.
//
//   begin_of: f(s) - f(t) for s < t is -(t - s), plus at most 2 days each for the offsets at the two ends of the
//   window, plus the difference of the window's length in days at s and t: 0 for days, at most 6 for months (the sum of
//   the lengths of w consecutive months varies by 3 within a year, and by a leap day or two). So before t - 4 days, or
//   t - 10 days, nothing exceeds f(t); we add a little.

namespace csagg {
namespace {

constexpr std::int64_t days_before = 4 * micros_per_day;
constexpr std::int64_t months_before = 12 * micros_per_day;

std::int64_t plus(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) throw_timestamp_overflow();
    return sum;
}

Instant checked(Instant at) {
    check_finite(at);
    return at;
}

}  // namespace

Window::Window(const Calendar& calendar, const Span& length)
    : calendar_(&calendar),
      length_(length),
      unit_(check_span(length, "window")),
      micros_(unit_ == SpanUnit::elapsed ? length.micros
              : unit_ == SpanUnit::days  ? days_in_micros(length.days)
                                         : 0) {}

Window::Piece Window::piece_at(Instant t) const {
    const Regime regime = calendar_->regime_at(t);
    const LocalTime local = t + regime.offset;
    Instant until = regime.until;
    LocalTime begin = 0;
    if (unit_ == SpanUnit::months) {
        begin = calendar_->add(local, length_, -1);
        until = std::min(until, t + (midnight_of(local) + micros_per_day - local));
    } else {
        begin = local - micros_;
    }
    const Calendar::Reading reading = calendar_->reading_of(begin);
    if (reading.until != plus_infinity) until = std::min(until, t + (reading.until - begin));
    return {until, begin - reading.offset};
}

// Nearly always one regime holds wherever the walk would go, and one wherever it would look back to. Then local time
// decides alone, and the answer is known without walking.

bool Window::is_plain(const Regime& there, Instant first, Instant last, const Regime& here, LocalTime first_begin,
                      LocalTime last_begin) {
    return first >= there.from && last < there.until && first_begin - micros_per_day >= here.from &&
           (here.until == plus_infinity || last_begin < here.until + here.next_offset);
}

Instant Window::exit_of(Instant event) const {
    if (event == minus_infinity || event == plus_infinity) return event;
    check_finite(event);
    if (unit_ == SpanUnit::elapsed) return checked(plus(event, micros_));
    const Regime here = calendar_->regime_at(event);
    const LocalTime local = event + here.offset;
    if (unit_ == SpanUnit::days) {
        const Instant nominal = checked(plus(event, micros_));
        const Instant first = nominal - 2 * micros_per_day;
        const Regime there = calendar_->regime_at(nominal);
        const Instant exit = plus(local, micros_) - there.offset;
        if (is_plain(there, first, exit, here, first + there.offset - micros_, local)) return checked(exit);
    } else if (local >= first_instant && local <= last_instant) {
        LocalTime last = calendar_->add(local, length_, 1);
        // A day that the later month lacks: all of its last day looks back to before the event.
        if (calendar_->add(last, length_, -1) != local) last = midnight_of(last) + micros_per_day;
        const Regime there = calendar_->regime_at(last);
        const Instant exit = last - there.offset;
        if (is_plain(there, exit - 9 * micros_per_day, exit, here, local - 16 * micros_per_day,
                     local + 5 * micros_per_day))
            return checked(exit);
    }
    return event + scan_exits(event).distance;
}

Window::Stretch Window::stretch_at(Instant event, Stretch*& place) const {
    if (event == minus_infinity || event == plus_infinity) return {event, event, 0};
    if (unit_ == SpanUnit::elapsed) return {event, last_instant + 1 - micros_, exit_of(event) - event};
    if (unit_ == SpanUnit::months) return {event, event, exit_of(event) - event};
    Stretch* const end = known_ + known_count_;
    if (place >= end || event < place->from || event >= place->until)
        place =
            std::upper_bound(known_, end, event, [](Instant at, const Stretch& stretch) { return at < stretch.until; });
    if (place != end && event >= place->from) return *place;
    check_finite(event);
    const Stretch stretch = scan_exits(event);
    remember(place, stretch);
    return stretch;
}

/// Before `place`, or as its beginning.
void Window::remember(Stretch* place, const Stretch& stretch) const {
    Stretch* const end = known_ + known_count_;
    if (stretch.from == stretch.until) return;
    if (place != end && place->until == stretch.until) {
        place->from = stretch.from;
    } else if (known_count_ < std::size(known_)) {
        std::move_backward(place, end, end + 1);
        *place = stretch;
        ++known_count_;
    }
}

void Window::exits_of(std::span<const Instant> events, Instant* exits) const {
    Stretch* place = known_;
    for (std::size_t i = 0; i < events.size();) {
        const Stretch stretch = stretch_at(events[i], place);
        if (place != known_ + known_count_) ++place;
        do exits[i] = events[i] + stretch.distance;
        while (++i < events.size() && events[i] < stretch.until);
    }
}

/// Where f(t) stops being t - distance, which holds up to `until`: pieces may join without a jump.
Instant Window::end_of_slope(Instant until, std::int64_t distance) const {
    while (until <= last_instant) {
        check_interrupts();
        const Piece next = piece_at(until);
        if (until - next.value != distance) return until;
        until = next.until;
    }
    return last_instant + 1;
}

/// All times before the piece where it ends have looked back to before the event. So later events, up to what the piece
/// looks back to at its end, leave in the same piece, as far away.
Window::Stretch Window::scan_exits(Instant event) const {
    Instant t = calendar_->add(std::max(event - micros_per_day, first_instant), length_, 1) - micros_per_day;
    for (;;) {
        check_interrupts();
        const Piece piece = piece_at(t);
        // The clocks have jumped over it.
        if (piece.value >= event) return {event, event, checked(t) - event};
        const std::int64_t distance = t - piece.value;
        if (event + distance < piece.until) {
            checked(event + distance);
            return {event, end_of_slope(piece.until, distance) - distance, distance};
        }
        t = piece.until;
        check_finite(t);
    }
}

Instant Window::begin_of(Instant t) const {
    if (t == asked_) return begin_of_asked_;
    if (t == plus_infinity) return t;
    const Instant begin = find_begin(t);
    asked_ = t;
    return begin_of_asked_ = begin;
}

Instant Window::find_begin(Instant t) const {
    check_finite(t);
    if (unit_ == SpanUnit::elapsed) return checked(plus(t, -micros_));
    const Regime there = calendar_->regime_at(t);
    const LocalTime local = t + there.offset;
    LocalTime begin = 0;
    if (unit_ == SpanUnit::days) {
        begin = plus(local, -micros_);
        check_finite(begin);
    } else {
        begin = calendar_->add(local, length_, -1);
        // A day that the earlier month lacks: the day that stands in for it has been passed to its end.
        if (calendar_->add(begin, length_, 1) != local) begin = midnight_of(begin) + micros_per_day - 1;
    }
    const Regime here = calendar_->regime_at(begin - micros_per_day);
    if (is_plain(there, t - months_before, t, here, begin - 20 * micros_per_day, begin))
        return checked(begin - here.offset);
    return scan_begin(t);
}

Instant Window::scan_begin(Instant t) const {
    Instant greatest = minus_infinity;
    for (Instant s = t - (unit_ == SpanUnit::months ? months_before : days_before); s <= t;) {
        const Piece piece = piece_at(s);
        const Instant last = std::min(piece.until, t + 1) - 1;
        greatest = std::max(greatest, piece.value + (last - s));
        s = piece.until;
    }
    return checked(greatest);
}

}  // namespace csagg
