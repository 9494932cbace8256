#include "grid/window.hpp"

#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

Instant step_back(const twin::Rules& rules, Instant t, const Span& length) {
    return length.micros != 0 ? t - length.micros : rules.to_instant(twin::add(rules.to_local(t), length, -1));
}

// L and the exits from a table of f for every minute of a stretch of time. In the zones of these tests all that makes f
// jump happens on whole minutes, so that within a minute f grows as time does.
class NaiveWindow {
public:
    static constexpr std::int64_t settled = 20 * day;  // so long after the stretch's start is L known

    NaiveWindow(const twin::Rules& rules, const Span& length, Instant from, Instant until) : from_(from) {
        Instant greatest = minus_infinity;
        for (Instant t = from; t < until; t += minute) {
            f_.push_back(step_back(rules, t, length));
            greatest = std::max(greatest, f_.back() + minute - 1);
            reached_.push_back(greatest);
        }
    }

    Instant begin_of(Instant t) const {
        const auto i = std::size_t((t - from_) / minute);
        return std::max(i == 0 ? minus_infinity : reached_[i - 1], f_[i] + (t - from_) % minute);
    }
    Instant exit_of(Instant event) const {
        const auto i = std::size_t(std::lower_bound(reached_.begin(), reached_.end(), event) - reached_.begin());
        return from_ + Instant(i) * minute + std::max<std::int64_t>(event - f_[i], 0);
    }

private:
    Instant from_;
    std::vector<Instant> f_;
    std::vector<Instant> reached_;  // the greatest f up to the end of each minute
};

void compare(const twin::Rules& rules, const Span& length, Instant from, Instant until, std::mt19937_64& random) {
    const twin::Zone zone(rules);
    const Window window(zone, length);
    const NaiveWindow naive(rules, length, from, until);
    std::vector<Instant> times;
    for (Instant t = from + NaiveWindow::settled; t < until; t += 97 * minute + Instant(random() % 5) * minute)
        times.push_back(t);
    for (const twin::Change& change : rules.changes)
        for (const std::int64_t around : {std::int64_t(0), change.offset, day, -day, rules.offset_at(change.at - 1)})
            times.push_back(change.at + around);
    std::vector<Instant> events;
    for (const Instant t : times) {
        for (const std::int64_t beside : {-1, 0, 1}) {
            const Instant probe = t + beside;
            if (probe < from + NaiveWindow::settled || probe >= until) continue;
            ASSERT_EQ(window.begin_of(probe), naive.begin_of(probe)) << "L at " << probe;
            events.push_back(naive.begin_of(probe));
            events.push_back(naive.begin_of(probe) + 1);
            events.push_back(step_back(rules, probe, length));
        }
    }
    // Events as such too, not only beginnings of windows.
    const Instant lowest = naive.begin_of(from + NaiveWindow::settled) + day;
    const Instant highest = naive.begin_of(until - 1) - day;
    for (int i = 0; i < 300; ++i) events.push_back(std::uniform_int_distribution<Instant>(lowest, highest)(random));
    for (const twin::Change& change : rules.changes)
        for (const std::int64_t beside : {-1, 0, 1}) events.push_back(change.at + beside);
    std::sort(events.begin(), events.end());
    std::vector<Instant> all{minus_infinity};
    std::copy_if(events.begin(), events.end(), std::back_inserter(all),
                 [&](Instant event) { return event >= lowest && event <= highest; });
    // Some of them after others: what a window remembers grows in both directions.
    for (const unsigned every : {50, 7, 1}) {
        std::vector<Instant> some;
        std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](Instant) { return random() % every == 0; });
        std::vector<Instant> exits(some.size());
        window.exits_of(some, exits.data());
        for (std::size_t i = 0; i < some.size(); ++i)
            ASSERT_EQ(exits[i], window.exit_of(some[i])) << "exit of " << some[i] << ", one of " << some.size();
    }
    Instant last = minus_infinity;
    for (const Instant event : events) {
        if (event < lowest || event > highest) continue;
        const Instant exit = window.exit_of(event);
        ASSERT_EQ(exit, naive.exit_of(event)) << "exit of " << event;
        ASSERT_GE(exit, last);
        ASSERT_GE(window.begin_of(exit), event);
        ASSERT_LT(window.begin_of(exit - 1), event);
        last = exit;
    }
}

const Span day_window{0, 1, 0};
const Span month_window{1, 0, 0};

TEST(Window, EqualsNaiveInKnownZones) {
    std::mt19937_64 random(1);
    const Span lengths[] = {{0, 1, 0}, {0, 2, 0}, {0, 7, 0}, {0, 14, 0}, {0, 30, 0},
                            {1, 0, 0}, {2, 0, 0}, {3, 0, 0}, {12, 0, 0}, {0, 0, 36 * hour}};
    const struct {
        twin::Rules rules;
        Instant middle;
    } cases[] = {
        {twin::berlin(), at("2025-03-30 01:00")},    {twin::berlin(), at("2024-10-27 01:00")},
        {twin::lord_howe(), at("2025-04-05 15:00")}, {twin::lord_howe(), at("2025-10-04 15:30")},
        {twin::sao_paulo(), at("2018-02-18 02:00")}, {twin::sao_paulo(), at("2018-11-04 03:00")},
        {twin::apia(), at("2011-12-30 10:00")},      {twin::repeated_day(), at("2011-12-30 10:00")},
        {{9 * hour, {}}, at("2024-02-29")},
    };
    for (const auto& c : cases) {
        for (const Span& length : lengths) {
            SCOPED_TRACE(testing::Message()
                         << "around " << c.middle << ", " << length.months << " months " << length.days << " days");
            compare(c.rules, length, c.middle - 40 * day, c.middle + 50 * day, random);
            if (HasFatalFailure()) return;
        }
    }
}

TEST(Window, EqualsNaiveInRandomZones) {
    const Span lengths[] = {{0, 1, 0}, {0, 3, 0}, {0, 28, 0}, {0, 365, 0}, {1, 0, 0},
                            {2, 0, 0}, {6, 0, 0}, {12, 0, 0}, {48, 0, 0},  {0, 0, 90 * minute}};
    const char* const slow = std::getenv("CSAGG_SLOW");
    const unsigned seeds = slow != nullptr && *slow == '1' ? 40 : 4;  // scripts/test --slow
    for (unsigned seed = 0; seed < seeds; ++seed) {
        std::mt19937_64 random(seed);
        // Some of them outside of the calendar's table of 1970 to 2100.
        const Instant from = (seed % 5 == 0   ? at("1908-01-15")
                              : seed % 7 == 0 ? at("2103-12-20")
                                              : at("2019-12-20")) +
                             Instant(random() % 400) * day;
        const Instant until = from + 90 * day;
        const twin::Rules rules = twin::random_rules(random, from - 1600 * day, until,
                                                     (seed % 3 == 0   ? 5
                                                      : seed % 3 == 1 ? 25
                                                                      : 200) *
                                                         day);
        for (const Span& length : {lengths[random() % 10], lengths[random() % 10], lengths[random() % 10]}) {
            SCOPED_TRACE(testing::Message()
                         << "seed " << seed << ", " << length.months << " months " << length.days << " days");
            compare(rules, length, from, until, random);
            if (HasFatalFailure()) return;
        }
    }
}

TEST(Window, OfDaysKeepsTheWallClock) {
    const twin::Zone berlin(twin::berlin());
    const Window window(berlin, {0, 14, 0});
    // 09:00 in winter to 09:00 in summer: an hour less.
    EXPECT_EQ(window.exit_of(at("2025-03-20 08:00")), at("2025-04-03 07:00"));
    EXPECT_EQ(window.exit_of(at("2025-07-01 07:00")), at("2025-07-15 07:00"));
    EXPECT_EQ(window.begin_of(at("2025-04-03 07:00")), at("2025-03-20 08:00"));
}

TEST(Window, NeverMovesBackWhenTheClocksDo) {
    const twin::Zone berlin(twin::berlin());
    const Window window(berlin, day_window);
    // 2025-10-26: 02:59:59 summer time looks back to 02:59:59, the second 02:00 may not look back to 02:00 again.
    const Instant change = at("2025-10-26 01:00");
    const Instant begin = window.begin_of(change - 1);
    EXPECT_EQ(begin, at("2025-10-25 01:00") - 1);
    EXPECT_EQ(window.begin_of(change), begin);
    EXPECT_EQ(window.begin_of(change + hour - 1), begin);
    EXPECT_EQ(window.begin_of(change + hour), at("2025-10-25 01:00"));
    // So what happened at 02:30 the day before left at the first 02:30.
    EXPECT_EQ(window.exit_of(at("2025-10-25 00:30")), at("2025-10-26 00:30"));
    EXPECT_EQ(window.exit_of(at("2025-10-25 01:00")), change + hour);
}

TEST(Window, OfMonthsPassesTheEndOfAShortMonth) {
    const twin::Zone utc({});
    const Window window(utc, month_window);
    EXPECT_EQ(window.exit_of(at("2025-01-28 12:00")), at("2025-02-28 12:00"));
    // Nothing in February is a month after 29 January to 31 January: they leave as March begins.
    EXPECT_EQ(window.exit_of(at("2025-01-29 12:00")), at("2025-03-01"));
    EXPECT_EQ(window.exit_of(at("2025-01-31 23:00")), at("2025-03-01"));
    EXPECT_EQ(window.exit_of(at("2025-02-01")), at("2025-03-01"));
    // 29 to 31 March all look back to 28 February, which 28 March has passed already.
    EXPECT_EQ(window.exit_of(at("2025-02-28 18:00")), at("2025-03-28 18:00"));
    EXPECT_EQ(window.begin_of(at("2025-03-30 06:00")), at("2025-03-01") - 1);
    EXPECT_EQ(window.begin_of(at("2025-04-01")), at("2025-03-01"));
}

TEST(Window, OverASkippedDayHoldsNoEvent) {
    const twin::Zone apia(twin::apia());
    const Window window(apia, day_window);
    // The last hour of 29 December: a day later on the wall clock it is as if it had not been.
    const Instant event = at("2011-12-30 09:30");
    EXPECT_LE(window.exit_of(event), at("2011-12-30 10:00"));
    const Window two(apia, {0, 2, 0});
    EXPECT_GT(two.exit_of(event), event);
}

TEST(Window, ElapsedLengthsIgnoreTheClocks) {
    const twin::Zone berlin(twin::berlin());
    const Window window(berlin, {0, 0, 36 * hour});
    EXPECT_EQ(window.exit_of(at("2025-10-25 12:00")), at("2025-10-27 00:00"));
    EXPECT_EQ(window.begin_of(at("2025-10-27 00:00")), at("2025-10-25 12:00"));
}

TEST(Window, InfinityStaysAndOverflowIsAnError) {
    const twin::Zone berlin(twin::berlin());
    for (const Span& length : {day_window, month_window, Span{0, 0, hour}}) {
        const Window window(berlin, length);
        EXPECT_EQ(window.exit_of(minus_infinity), minus_infinity);
        EXPECT_EQ(window.begin_of(minus_infinity), minus_infinity);
        EXPECT_EQ(window.begin_of(plus_infinity), plus_infinity);
        for (const auto& beyond : {+[](const Window& w) { return w.exit_of(last_instant - minute); },
                                   +[](const Window& w) { return w.exit_of(last_instant + 1); },
                                   +[](const Window& w) { return w.begin_of(first_instant + minute); }}) {
            try {
                beyond(window);
                FAIL() << "no error";
            } catch (const Error& e) {
                EXPECT_EQ(e.code(), Errc::datetime_overflow);
            }
        }
        // A little away from the ends it works.
        EXPECT_EQ(window.begin_of(window.exit_of(first_instant + 60 * day)), first_instant + 60 * day);
    }
    EXPECT_THROW(Window(berlin, {0, 2'000'000'000, 0}).exit_of(0), Error);
    EXPECT_THROW(Window(berlin, {2'000'000'000, 0, 0}).exit_of(0), Error);
    EXPECT_THROW(Window(berlin, {0, 0, plus_infinity}).exit_of(1), Error);
}

TEST(Window, RefusesLengthsThatAreNone) {
    const twin::Zone utc({});
    for (const Span& length :
         {Span{}, Span{0, -1, 0}, Span{-1, 0, 0}, Span{0, 0, -1}, Span{1, 1, 0}, Span{0, 1, hour}, Span{1, 0, -hour}}) {
        try {
            const Window window(utc, length);
            FAIL() << "no error";
        } catch (const Error& e) {
            EXPECT_EQ(e.code(), Errc::invalid_parameter);
        }
    }
}

}  // namespace
}  // namespace csagg
