#include "grid/test_grid.hpp"

namespace csagg {
namespace {

using namespace test;
using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

TEST(Calendar, ConvertsAsNaiveCodeDoes) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937_64 random(seed);
        // 90 years that begin within, before and after the table.
        const Instant from = seed % 4 == 0 ? at("1900-01-01") : seed % 4 == 1 ? at("2060-01-01") : at("1985-01-01");
        const twin::Rules rules =
            twin::random_rules(random, from, from + 90 * 365 * day, (seed % 2 == 0 ? 400 : 40) * day);
        const twin::Zone zone(rules);
        for (const twin::Change& change : rules.changes) {
            for (const std::int64_t around : {-3 * day, -day, -12 * hour, std::int64_t(0), change.offset,
                                              rules.offset_at(change.at - 1), day, 2 * day}) {
                for (const std::int64_t beside : {-1, 0, 1}) {
                    const std::int64_t t = change.at + around + beside;
                    ASSERT_EQ(zone.to_local(t), rules.to_local(t)) << "seed " << seed << ", " << t;
                    ASSERT_EQ(zone.to_instant(t), rules.to_instant(t)) << "seed " << seed << ", " << t;
                    const Calendar::Reading reading = zone.reading_of(t);
                    ASSERT_GT(reading.until, t);
                    if (reading.until == plus_infinity) continue;
                    ASSERT_EQ(rules.to_instant(reading.until - 1), reading.until - 1 - reading.offset);
                }
            }
        }
    }
}

TEST(Calendar, ReadsGapsByTheFirstOffsetAndFoldsByTheSecond) {
    const Calendar& berlin = known_calendar("Europe/Berlin");
    EXPECT_EQ(berlin.to_instant(at("2025-03-30 02:30")), at("2025-03-30 01:30"));
    EXPECT_EQ(berlin.to_instant(at("2025-03-30 03:00")), at("2025-03-30 01:00"));
    EXPECT_EQ(berlin.to_instant(at("2025-10-26 02:30")), at("2025-10-26 01:30"));
    EXPECT_EQ(berlin.to_instant(at("2025-10-26 02:00") - 1), at("2025-10-26 00:00") - 1);
}

TEST(Calendar, KeepsInfinityAndRefusesWhatPostgresCannotHold) {
    const twin::Zone east({14 * hour, {}});
    EXPECT_EQ(east.to_local(minus_infinity), minus_infinity);
    EXPECT_EQ(east.to_local(plus_infinity), plus_infinity);
    EXPECT_EQ(east.to_instant(plus_infinity), plus_infinity);
    EXPECT_EQ(east.add(minus_infinity, one_month, 3), minus_infinity);
    EXPECT_EQ(east.to_local(last_instant - 14 * hour), last_instant);
    expect_error(Errc::datetime_overflow, [&] { east.to_local(last_instant - 14 * hour + 1); });
    expect_error(Errc::datetime_overflow, [&] { east.to_instant(first_instant); });
    expect_error(Errc::datetime_overflow, [&] { east.to_local(plus_infinity - 1); });
    expect_error(Errc::datetime_overflow, [&] { east.to_instant(minus_infinity + 1); });
    expect_error(Errc::datetime_overflow, [&] { east.add(0, one_day, std::numeric_limits<std::int64_t>::max()); });
    expect_error(Errc::datetime_overflow, [&] { east.add(0, {std::numeric_limits<std::int32_t>::max(), 0, 0}, 2); });
    expect_error(Errc::datetime_overflow, [&] { east.add(last_instant, {0, 0, 1}, 1); });
    const twin::Zone absurd({25 * hour, {}});
    expect_error(Errc::invalid_parameter, [&] { absurd.to_local(0); });
}

TEST(Calendar, AddsMonthsWithThePostgresClamp) {
    const Calendar& utc = known_calendar("UTC");
    EXPECT_EQ(utc.add(at("2025-01-31 10:00"), one_month, 1), at("2025-02-28 10:00"));
    EXPECT_EQ(utc.add(at("2025-01-31 10:00"), one_month, 2), at("2025-03-31 10:00"));
    EXPECT_EQ(utc.add(at("2024-02-29"), {12, 0, 0}, -1), at("2023-02-28"));
    EXPECT_EQ(midnight_of(at("1999-12-31 23:59")), at("1999-12-31"));
    EXPECT_EQ(midnight_of(at("1999-12-31")), at("1999-12-31"));
}

TEST(Calendar, NamesWhatIsWrongWithASpan) {
    const auto wrong = [](const Span& span) -> std::string {
        try {
            check_span(span, "step");
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Errc::invalid_parameter);
            return error.what();
        }
    };
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    EXPECT_EQ(wrong({most, most, std::numeric_limits<std::int64_t>::max()}), "step is infinite");
    EXPECT_EQ(wrong({-most - 1, -most - 1, std::numeric_limits<std::int64_t>::min()}), "step is infinite");
    EXPECT_EQ(wrong({most, most, 1}), "step mixes months, days and shorter units");
    EXPECT_EQ(wrong({0, 1, 1}), "step mixes months, days and shorter units");
    EXPECT_EQ(wrong({0, 0, 0}), "step must be longer than zero");
    EXPECT_EQ(wrong({0, -1, 0}), "step must be longer than zero");
    EXPECT_EQ(wrong({most, 0, 0}), "");
}

}  // namespace
}  // namespace csagg
