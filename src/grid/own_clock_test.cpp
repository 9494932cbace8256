#include "grid/own_clock.hpp"

#include "base/test_error.hpp"
#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

TEST(OwnClock, ShowsTheLeastThatIsStillToCome) {
    for (const twin::Stretch& stretch : twin::stretches()) {
        const twin::Zone zone(stretch.rules);
        // The clocks change on whole minutes: from the end backwards, minute by minute.
        std::map<Instant, LocalTime> least;
        LocalTime coming = plus_infinity;
        for (Instant t = stretch.from + 8 * day; t >= stretch.from; t -= minute)
            least[t] = coming = std::min(coming, zone.to_local(t));
        const Instant start = stretch.from + 30 * hour;
        const OwnClock clock(zone, start);
        EXPECT_EQ(clock(start), 0);
        for (Instant t = stretch.from; t < stretch.from + 5 * day; t += minute)
            ASSERT_EQ(clock(t), least[t] - least[start]) << t;
        for (Instant t = stretch.from; t < stretch.from + 5 * day; t += 13 * minute + 1) {
            // Behind a minute's beginning by a microsecond, unless the next minute shows less.
            const Instant whole = t - (t - stretch.from) % minute;
            ASSERT_EQ(clock(t), std::min(zone.to_local(t), least[whole + minute]) - least[start]) << t;
        }
    }
}

TEST(OwnClock, HasBounds) {
    const twin::Zone berlin(twin::berlin());
    EXPECT_EQ(test::code_of([&] { OwnClock(berlin, plus_infinity); }), Errc::datetime_overflow);
    EXPECT_EQ(test::code_of([&] { OwnClock(berlin, minus_infinity); }), Errc::datetime_overflow);
    const OwnClock early(berlin, first_instant + day);
    EXPECT_EQ(early(minus_infinity), minus_infinity);
    EXPECT_EQ(test::code_of([&] { early(last_instant - day); }), Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
