#include "grid/own_clock.hpp"

#include "base/test_error.hpp"
#include "grid/periods.hpp"
#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

struct Stretch {
    twin::Rules rules;
    Instant from;
};

std::vector<Stretch> stretches() {
    std::vector<Stretch> all = {{twin::berlin(), at("2025-03-27")},     {twin::berlin(), at("2025-10-23")}, {twin::lord_howe(), at("2025-04-02")},
                                {twin::sao_paulo(), at("2017-10-13")},  {twin::sao_paulo(), at("2018-02-15")}, {twin::apia(), at("2011-12-28")},
                                {twin::repeated_day(), at("2011-12-27")}};
    std::mt19937_64 random(7);
    for (int i = 0; i < 40; ++i) {
        twin::Rules rules = twin::random_rules(random, at("2020-01-01"), at("2020-03-01"), 6 * day);
        if (!rules.changes.empty()) all.push_back({rules, rules.changes[rules.changes.size() / 2].at - 2 * day});
    }
    return all;
}

TEST(OwnClock, ShowsTheLeastThatIsStillToCome) {
    for (const Stretch& stretch : stretches()) {
        const twin::Zone zone(stretch.rules);
        // The clocks change on whole minutes: from the end backwards, minute by minute.
        std::map<Instant, LocalTime> least;
        LocalTime coming = plus_infinity;
        for (Instant t = stretch.from + 8 * day; t >= stretch.from; t -= minute) least[t] = coming = std::min(coming, zone.to_local(t));
        const Instant start = stretch.from + 30 * hour;
        const OwnClock clock(zone, start);
        EXPECT_EQ(clock(start), 0);
        for (Instant t = stretch.from; t < stretch.from + 5 * day; t += minute) ASSERT_EQ(clock(t), least[t] - least[start]) << t;
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

TEST(Periods, HoldEveryInstant) {
    const Span steps[] = {{0, 1, 0}, {0, 7, 0}, {1, 0, 0}, {3, 0, 0}, {12, 0, 0}};
    for (const Stretch& stretch : stretches()) {
        const twin::Zone zone(stretch.rules);
        for (const Span& step : steps)
            for (const auto origin : {std::optional<LocalTime>(), std::optional<LocalTime>(at("2000-02-02 04:00"))}) {
                const Periods periods(zone, step, origin);
                for (Instant t = stretch.from; t < stretch.from + 5 * day; t += 59 * minute) {
                    const std::int64_t i = periods.index_of(t);
                    ASSERT_LE(periods.starts_at(i), t);
                    ASSERT_GT(periods.starts_at(i + 1), t);
                    const Instant next = periods.start_from(t);
                    ASSERT_EQ(next, periods.starts_at(i) == t ? t : periods.starts_at(i + 1));
                }
            }
    }
}

TEST(Periods, AreOfTheCalendar) {
    const twin::Zone zone({0, {}});
    const auto start = [&](Span step, const char* t, std::optional<LocalTime> origin = {}) {
        const Periods periods(zone, step, origin);
        return periods.label(periods.index_of(at(t)));
    };
    EXPECT_EQ(start({0, 7, 0}, "2025-06-15 12:00"), at("2025-06-09"));
    EXPECT_EQ(start({0, 7, 0}, "2025-06-15 12:00", at("2000-01-02")), at("2025-06-15"));
    EXPECT_EQ(start({3, 0, 0}, "2025-06-15 12:00"), at("2025-04-01"));
    EXPECT_EQ(start({3, 0, 0}, "2025-06-15 12:00", at("2000-02-01")), at("2025-05-01"));
    EXPECT_EQ(start({12, 0, 0}, "1999-06-15 12:00"), at("1999-01-01"));
    EXPECT_EQ(test::code_of([&] { Periods(zone, {0, 0, hour}, {}); }), Errc::invalid_parameter);
    EXPECT_EQ(test::code_of([&] { Periods(zone, {1, 1, 0}, {}); }), Errc::invalid_parameter);
    EXPECT_EQ(test::code_of([&] { Periods(zone, {1, 0, 0}, at("2024-02-29")); }), Errc::invalid_parameter);
    EXPECT_EQ(test::code_of([&] { Periods(zone, {0, 1, 0}, plus_infinity); }), Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
