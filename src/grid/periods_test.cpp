#include "grid/periods.hpp"

#include "base/test_error.hpp"
#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

TEST(Periods, HoldEveryInstant) {
    const Span steps[] = {{0, 1, 0}, {0, 7, 0}, {1, 0, 0}, {3, 0, 0}, {12, 0, 0}};
    for (const twin::Stretch& stretch : twin::stretches()) {
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

/// By another calendar than PostgreSQL's.
TEST(Periods, BeginOnTheirFirstDay) {
    using namespace std::chrono;
    const twin::Zone zone({0, {}});
    for (const Span& length : {Span{0, 1, 0}, Span{0, 7, 0}, Span{1, 0, 0}, Span{3, 0, 0}, Span{12, 0, 0}}) {
        const Periods periods(zone, length, {});
        const auto begin_of = [&](Instant t) { return periods.starts_at(periods.index_of(t)); };
        Instant begin = begin_of(-40'000 * day);
        for (std::int64_t d = -40'000; d < 60'000; ++d) {
            const sys_days here = sys_days{year{2000} / 1 / 1} + days{d};
            const year_month_day date{here};
            const bool begins = length.months > 0 ? unsigned(date.day()) == 1 &&
                                                        (unsigned(date.month()) - 1) % unsigned(length.months) == 0
                                                  : length.days == 1 || weekday{here} == Monday;
            if (begins) {
                ASSERT_EQ(periods.starts_at(periods.index_of(d * day - 1) + 1), d * day);
                begin = d * day;
            }
            ASSERT_EQ(begin_of(d * day), begin) << d;
            ASSERT_EQ(begin_of(d * day + day - 1), begin) << d;
        }
    }
}

}  // namespace
}  // namespace csagg
