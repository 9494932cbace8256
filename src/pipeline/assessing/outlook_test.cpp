#include "pipeline/assessing/outlook.hpp"

#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace csagg {
namespace {

constexpr Instant end = 40;

/// The value at each of the instants 0 to end - 1; 0: absent.
std::vector<std::int64_t> random_values(std::mt19937& random) {
    std::vector<std::int64_t> values(end, 0);
    for (Instant t = 0; t < end; ++t)
        values[std::size_t(t)] = t > 0 && random() % 4 != 0 ? values[std::size_t(t - 1)] : random() % 3;
    return values;
}

Steps steps_of(const std::vector<std::int64_t>& values, Arena& arena) {
    Steps steps(Kind::number, arena);
    for (Instant t = 0; t < end; ++t) {
        const std::int64_t value = values[std::size_t(t)];
        steps.entries.push_back({t, 0, value == 0 ? Value::none(Kind::number) : Value::of(Number{value, 0})});
    }
    simplify(steps);
    return steps;
}

TEST(Outlook, is_what_each_instant_says) {
    std::mt19937 random(3);
    for (int round = 0; round < 500; ++round) {
        const auto values = random_values(random);
        const auto at = [&](Instant t) { return t < 0 ? 0 : values[std::size_t(std::min(t, end - 1))]; };
        test::TestArena arena;
        const Steps steps = steps_of(values, arena);
        for (Instant t = -2; t < end + 2; ++t) {
            Instant since = t, before, next = plus_infinity;
            while (since > -3 && at(since - 1) == at(t)) --since;
            const auto told = held_since(steps, t);
            ASSERT_EQ(told.has_value(), at(t) != 0);
            ASSERT_EQ(told.value_or(since), since);

            before = since - 1;
            while (before >= 0 && at(before) == 0) --before;
            const Value last = held_before(steps, t);
            ASSERT_EQ(last.absent, at(before) == 0);
            ASSERT_EQ(last.absent ? 0 : last.number().coefficient, at(before));

            for (Instant later = end; later > t; --later)
                if (at(later) != at(later - 1)) next = later;
            ASSERT_EQ(next_change(steps, t), next);
        }
    }
}

TEST(Outlook, holds_on_where_it_ends) {
    test::TestArena arena;
    const auto last_of = [&arena](std::vector<std::int64_t> values, Instant ended) {
        values.resize(end, values.back());
        Steps steps = steps_of(values, arena);
        hold_on(steps, ended);
        return steps.entries.empty() || steps.entries.back().value.absent
                   ? 0
                   : steps.entries.back().value.number().coefficient;
    };
    EXPECT_EQ(last_of({1, 2, 0}, 2), 2);
    EXPECT_EQ(last_of({1, 0, 0}, 2), 0);  // it had ended before
    EXPECT_EQ(last_of({1, 2, 2}, 2), 2);
    EXPECT_EQ(last_of({0}, 0), 0);
}

}  // namespace
}  // namespace csagg
