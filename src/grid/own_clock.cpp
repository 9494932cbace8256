#include "grid/own_clock.hpp"

#include <algorithm>

namespace csagg {

OwnClock::OwnClock(const Calendar& calendar, Instant start) : calendar_(&calendar), start_(0) {
    if (start == minus_infinity || start == plus_infinity) throw Error(Errc::datetime_overflow, "start must be finite");
    start_ = reading(start);
}

LocalTime OwnClock::reading(Instant at) const {
    LocalTime least = calendar_->to_local(at);
    // Offsets are less than a day either way, so nothing later than two days shows less.
    const Instant until = at + 2 * micros_per_day;
    for (Regime regime = calendar_->regime_at(at); regime.until < until; regime = calendar_->regime_at(regime.until))
        least = std::min(least, regime.until + regime.next_offset);
    return least;
}

Instant OwnClock::operator()(Instant at) const {
    if (at == minus_infinity) return at;
    std::int64_t age = 0;
    if (__builtin_sub_overflow(reading(at), start_, &age)) throw_timestamp_overflow();
    check_finite(age);
    return age;
}

}  // namespace csagg
