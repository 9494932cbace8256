// A customer's own clock: local time since the customer's start, on an origin that all customers share.
//
//   local     09:00  start        00:00            00:00
//             *                   |                |
//   own       2000-01-01 00:00    15:00            2000-01-02 15:00
//
// So timelines of customers who began at different times lie above one another, and buckets from 2000-01-01 in UTC are
// ages. A reading is reached at the first instant from which on the clocks show nothing earlier any more: what happens
// in an hour that they will show again has happened when they do, and an hour that they skip passes at once.
#pragma once
#include "grid/calendar.hpp"

namespace csagg {

class OwnClock {
public:
    /// The calendar must outlive it. Errc::datetime_overflow for an infinite start.
    OwnClock(const Calendar& calendar, Instant start);

    /// The start is at 2000-01-01 00:00 UTC. Never decreases; -infinity stays. Errc::datetime_overflow.
    Instant operator()(Instant at) const;

private:
    /// The least that the clocks show from `at` on.
    LocalTime reading(Instant at) const;

    const Calendar* calendar_;
    LocalTime start_;
};

}  // namespace csagg
