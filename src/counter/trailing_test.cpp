#include "counter/trailing.hpp"

#include "counter/buckets.hpp"
#include "counter/counter_twin.hpp"
#include "grid/zone_twin.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::heap;
using twin::hour;
using twin::minute;
using twin::value_at;

/// Whether the window at t holds nothing that was forgotten, and the counter has begun.
bool exists_at(const twin::Log& log, const Window& window, Instant t) {
    if (log.known_from != minus_infinity && window.begin_of(t) < log.known_from - 1) return false;
    return twin::has_begun(log, t);
}

void check(const twin::Log& log, const Events& events, const Window& window, std::span<const Instant> more_instants) {
    const Steps total = trailing(events, window, Measure::total, heap());
    const Steps rows = trailing(events, window, Measure::events, heap());
    const Steps actors = trailing(events, window, Measure::actors, heap());
    std::set<Instant> instants(more_instants.begin(), more_instants.end());
    for (const Steps* steps : {&total, &rows, &actors}) {
        for (const Entry& e : steps->entries)
            if (e.at != minus_infinity) instants.insert({e.at - 1, e.at, e.at + 1});
        for (std::size_t i = 1; i < steps->entries.size(); ++i) {
            ASSERT_LT(steps->entries[i - 1].at, steps->entries[i].at);
            ASSERT_NE(steps->entries[i - 1].value.number(), steps->entries[i].value.number()) << "not simplified";
        }
    }
    for (const Instant t : instants) {
        if (!exists_at(log, window, t)) {
            for (const Steps* steps : {&total, &rows, &actors}) ASSERT_EQ(value_at(*steps, t), std::nullopt) << t;
            continue;
        }
        const twin::At naive = twin::sum_of(log, window.begin_of(t), t);  // by the definition, L from the window
        ASSERT_EQ(value_at(total, t), naive.total()) << t;
        ASSERT_EQ(value_at(rows, t), Number::of(naive.rows)) << t;
        ASSERT_EQ(value_at(actors, t), Number::of(std::int64_t(naive.actors.size()))) << t;
    }
}

TEST(Trailing, equals_the_definition) {
    struct Stretch {
        twin::Rules rules;
        Instant from;
    };
    const Stretch stretches[] = {
        {twin::berlin(), at("2025-03-20")},    {twin::berlin(), at("2025-10-15")},
        {twin::lord_howe(), at("2025-03-28")}, {twin::lord_howe(), at("2025-09-25")},
        {twin::sao_paulo(), at("2017-10-05")}, {twin::sao_paulo(), at("2018-02-08")},
        {twin::apia(), at("2011-12-20")},      {twin::repeated_day(), at("2011-12-20")},
        {{0, {}}, at("2025-01-20")},
    };
    const Span lengths[] = {{0, 1, 0}, {0, 7, 0}, {0, 14, 0}, {0, 0, 90 * minute}, {0, 0, 36 * hour}, {1, 0, 0}};
    std::mt19937_64 random(1);
    for (int i = 0; i < 300; ++i) {
        const Stretch& stretch = stretches[random() % std::size(stretches)];
        const twin::Zone zone(stretch.rules);
        const Window window(zone, lengths[random() % std::size(lengths)]);
        const auto rows = twin::random_rows(random, 60, stretch.from, stretch.from + 25 * day);
        Events events(heap());
        twin::Log log = twin::log_of(rows);
        const Bytes bytes = twin::encode(rows);
        Counter(view(bytes)).read(events);
        if (random() % 3 == 0) {
            const Instant horizon = stretch.from + Instant(random() % 20) * day;
            log.forget_before(horizon);
            events.forget_before(horizon);
            events.settle();
        }
        std::vector<Instant> instants;
        for (Instant t = stretch.from - 2 * day; t < stretch.from + 45 * day; t += 13 * hour + 1) instants.push_back(t);
        for (const twin::Change& c : stretch.rules.changes)
            if (c.at > stretch.from && c.at < stretch.from + 40 * day)
                for (const Instant around : {-hour - 1, -hour, Instant(-1), Instant(0), hour / 2, hour, hour + 1, day})
                    instants.push_back(c.at + around);
        check(log, events, window, instants);
        if (HasFatalFailure()) return;
    }
}

TEST(Trailing, absent_then_zero) {
    const twin::Zone zone({0, {}});
    const Window window(zone, {0, 1, 0});
    Events events(heap());
    EXPECT_TRUE(trailing(events, window, Measure::events, heap()).entries.empty());
    events.add(0, {5, 0});
    const Steps steps = trailing(events, window, Measure::total, heap());
    ASSERT_EQ(steps.entries.size(), 2u);
    EXPECT_EQ(value_at(steps, -1), std::nullopt);
    EXPECT_EQ(value_at(steps, 0), Number::of(5));
    EXPECT_EQ(value_at(steps, day), Number::of(0));
    // All that there was is forgotten: the counter goes on as 0.
    events.forget_before(1);
    events.settle();
    const Steps forgot = trailing(events, window, Measure::total, heap());
    EXPECT_EQ(forgot.known_from, day);
    ASSERT_EQ(forgot.entries.size(), 1u);
    EXPECT_EQ(value_at(forgot, day), Number::of(0));
}

TEST(Trailing, since_ever_is_in_no_window) {
    const twin::Zone zone({0, {}});
    Events events(heap());
    events.add(minus_infinity, {5, 0});
    const Steps steps = trailing(events, Window(zone, {0, 1, 0}), Measure::total, heap());
    ASSERT_EQ(steps.entries.size(), 1u);
    EXPECT_EQ(steps.entries[0].at, minus_infinity);
    EXPECT_EQ(steps.entries[0].value.number(), Number::of(0));
}

TEST(Trailing, only_results_must_fit) {
    const twin::Zone zone({0, {}});
    const Number great{power_of_ten[18] - 1, 0};
    Events events(heap());
    events.add(0, great);
    events.add(0, great);
    events.add(0, -great);
    const Window window(zone, {0, 1, 0});
    events.settle();
    EXPECT_EQ(value_at(trailing(events, window, Measure::total, heap()), 0), great);
    events.add(1, great);
    events.settle();
    EXPECT_THROW(trailing(events, window, Measure::total, heap()), Error);
}

TEST(Buckets, equal_the_definition) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 200; ++i) {
        const twin::Rules rules = random() % 2 == 0 ? twin::berlin() : twin::apia();
        const Instant from = rules.changes.size() > 5 ? at("2025-10-15") : at("2011-12-15");
        const twin::Zone zone(rules);
        GridSpec spec;
        spec.start = from + Instant(random() % 5) * day;
        spec.until = spec.start + Instant(random() % 30) * day;
        spec.step = random() % 2 == 0 ? Span{0, 1, 0} : Span{0, 0, 6 * hour};
        spec.zone = zone.name();
        const Grid grid(spec, zone, heap());
        const auto rows = twin::random_rows(random, 80, from, from + 30 * day);
        twin::Log log = twin::log_of(rows);
        const Bytes bytes = twin::encode(rows);
        Events events(heap());
        Counter(view(bytes)).read(events, grid.starts_at(0), grid.starts_at(grid.size()));
        if (random() % 2 == 0) {
            log.forget_before(from + 8 * day);
            events.forget_before(from + 8 * day);
        }
        events.settle();
        ActorCounter actors(events);
        std::size_t buckets = 0;
        for_each_bucket(events, grid, [&](std::size_t b, std::span<const Event> bucket, bool known) {
            ASSERT_EQ(b, buckets++);
            EXPECT_EQ(known, grid.starts_at(b) >= log.known_from);
            const std::int64_t n = actors.count(bucket);
            if (!known) return;
            const twin::At naive = twin::sum_of(log, grid.starts_at(b) - 1, grid.starts_at(b + 1) - 1);
            const BucketSum sum = sum_of(bucket);
            EXPECT_EQ(sum.rows, naive.rows);
            EXPECT_EQ(sum.total.to_number(), naive.total());
            EXPECT_EQ(n, std::int64_t(naive.actors.size()));
        });
        EXPECT_EQ(buckets, grid.size());
    }
}

}  // namespace
}  // namespace csagg
