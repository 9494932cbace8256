#include "counter/period_to_date.hpp"

#include "base/test_error.hpp"
#include "counter/counter_twin.hpp"
#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::heap;
using twin::hour;
using twin::value_at;

/// What happened since the period began, or nothing if the counter has not, or is not known.
std::optional<twin::At> naive_at(const twin::Log& log, const Periods& periods, Instant t) {
    const Instant begin = periods.starts_at(periods.index_of(t));
    if (begin < log.known_from || !twin::has_begun(log, t)) return std::nullopt;
    return twin::sum_of(log, begin - 1, t);
}

void expect_definition(const twin::Log& log, const Events& events, const Periods& periods, Instant from) {
    const Steps total = period_to_date(events, periods, Measure::total, heap());
    const Steps rows = period_to_date(events, periods, Measure::events, heap());
    const Steps actors = period_to_date(events, periods, Measure::actors, heap());
    std::set<Instant> instants;
    for (Instant t = from - 2 * day; t < from + 45 * day; t += 13 * hour + 1) instants.insert(t);
    for (const Steps* steps : {&total, &rows, &actors})
        for (std::size_t i = 0; i < steps->entries.size(); ++i) {
            const Entry& e = steps->entries[i];
            if (e.at != minus_infinity) instants.insert({e.at - 1, e.at, e.at + 1});
            if (i == 0) continue;
            ASSERT_LT(steps->entries[i - 1].at, e.at);
            ASSERT_FALSE(same(steps->entries[i - 1].value, e.value)) << "not simplified";
        }
    for (const Instant t : instants) {
        const std::optional<twin::At> naive = naive_at(log, periods, t);
        ASSERT_EQ(value_at(total, t).has_value(), naive.has_value()) << t;
        if (!naive) continue;
        ASSERT_EQ(value_at(total, t), naive->total()) << t;
        ASSERT_EQ(value_at(rows, t), Number::of(naive->rows)) << t;
        ASSERT_EQ(value_at(actors, t), Number::of(std::int64_t(naive->actors.size()))) << t;
    }
}

TEST(PeriodToDate, EqualsTheDefinition) {
    const std::pair<twin::Rules, Instant> stretches[] = {
        {twin::berlin(), at("2025-03-15")},    {twin::berlin(), at("2025-10-15")},
        {twin::lord_howe(), at("2025-03-28")}, {twin::sao_paulo(), at("2017-10-05")},
        {twin::sao_paulo(), at("2018-02-08")}, {twin::apia(), at("2011-12-20")}};
    const Span steps[] = {{0, 1, 0}, {0, 7, 0}, {0, 3, 0}, {1, 0, 0}, {3, 0, 0}};
    std::mt19937_64 random(11);
    for (int i = 0; i < 200; ++i) {
        const auto& [rules, from] = stretches[random() % std::size(stretches)];
        const twin::Zone zone(rules);
        std::optional<LocalTime> origin;
        if (random() % 3 == 0) origin = at("2001-03-04 05:00");
        const Periods periods(zone, steps[random() % std::size(steps)], origin);
        const auto rows = twin::random_rows(random, 60, from, from + 25 * day);
        twin::Log log = twin::log_of(rows);
        const Bytes bytes = twin::encode(rows);
        Events events(heap());
        Counter(view(bytes)).read(events);
        if (random() % 3 == 0) {
            const Instant horizon = from + Instant(random() % 20) * day;
            log.forget_before(horizon);
            events.forget_before(horizon);
            events.settle();
        }
        expect_definition(log, events, periods, from);
        if (HasFatalFailure()) return;
    }
}

TEST(PeriodToDate, SinceEverIsInNoPeriod) {
    const twin::Zone zone({0, {}});
    const Periods months(zone, {1, 0, 0}, {});
    Events events(heap());
    EXPECT_TRUE(period_to_date(events, months, Measure::total, heap()).entries.empty());
    events.add(minus_infinity, {5, 0});
    const Steps steps = period_to_date(events, months, Measure::total, heap());
    ASSERT_EQ(steps.entries.size(), 1u);
    EXPECT_EQ(steps.entries[0].at, minus_infinity);
    EXPECT_EQ(steps.entries[0].value.number(), Number::of(0));
}

TEST(PeriodToDate, HasToEnd) {
    const twin::Zone zone({0, {}});
    Events events(heap());
    events.add(last_instant, {5, 0});
    EXPECT_EQ(test::code_of([&] {
                  period_to_date(events, Periods(zone, {1, 0, 0}, {}), Measure::total, heap());
              }),
              Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
