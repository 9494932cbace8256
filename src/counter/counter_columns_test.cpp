#include "counter/counter_columns.hpp"

#include "base/test_arena.hpp"
#include "base/test_error.hpp"
#include "counter/counter_twin.hpp"

#include <gtest/gtest.h>

#include <random>

namespace csagg {
namespace {

/// Whoever gives a stretch gets within it the answers that the whole counter gives.
TEST(CounterColumns, OfAStretchSayTheSameThere) {
    std::mt19937_64 random(4);
    const auto pick = [&random](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    for (int round = 0; round < 200; ++round) {
        test::TestArena arena;
        Events events(arena);
        const bool named = round % 2 == 0;
        static constexpr std::string_view names[] = {"a", "b", "c"};
        for (std::int64_t n = round % 5 == 0 ? pick(1000, 4000) : pick(0, 200); n > 0; --n) {
            const Instant at = pick(0, 30) == 0 && round % 3 == 0 ? minus_infinity : pick(0, 20'000) * (round % 7 + 1);
            const Number amount = Number::of(pick(1, 5));
            named ? events.add(at, amount, names[pick(0, 2)]) : events.add(at, amount);
        }
        Bytes bytes{Alloc<Byte>(arena)};
        encode_counter(events, bytes);
        const CounterColumns whole(view(bytes), arena);
        for (int i = 0; i < 20; ++i) {
            Stretch stretch{pick(-10, 130'000), pick(-10, 130'000)};
            if (stretch.until < stretch.since) std::swap(stretch.since, stretch.until);
            const CounterColumns part(view(bytes), arena, stretch);
            ASSERT_EQ(part.size(), whole.size());
            if (whole.size() > 0) {
                ASSERT_EQ(part.first(), whole.first());
            }
            const Instant from = pick(stretch.since, stretch.until),
                          to = i % 2 == 0 ? stretch.until : pick(from, stretch.until);
            const std::size_t begin = part.count_to(from), end = part.count_to(to);
            ASSERT_EQ(begin, whole.count_to(from));
            ASSERT_EQ(end, whole.count_to(to));
            for (std::size_t event = begin > 0 ? begin - 1 : 0; event < end; ++event)
                ASSERT_EQ(part.at(event), whole.at(event));
            ASSERT_EQ(part.rows_of(begin, end), whole.rows_of(begin, end));
            ASSERT_EQ(part.total_of(begin, end), whole.totals_before().between(begin, end));
            if (!named) continue;
            ASSERT_TRUE(std::ranges::equal(part.actors_of(begin, end), whole.actors_of(begin, end)));
        }
    }
}

/// Whole amounts in one block and fractions in the other, which at their scale the whole ones do not fit.
TEST(CounterColumns, HaveNoScaledTotalsThatDoNotFit) {
    test::TestArena arena;
    Events events(arena);
    for (Instant at = 0; at < 1024; ++at) events.add(at, Number::of(at % 3 == 0 ? 20'000'000'000'000 : 1));
    for (Instant at = 1024; at < 1100; ++at) events.add(at, Number{1'000'001, 6});
    Bytes bytes{Alloc<Byte>(arena)};
    encode_counter(events, bytes);
    const CounterColumns counter(view(bytes), arena);
    EXPECT_TRUE(counter.totals_before().scaled.empty());
    EXPECT_EQ(counter.totals_before().between(0, 2), Number::of(20'000'000'000'001));
}

/// A block that does not begin where the directory says would give events wrong numbers.
TEST(CounterColumns, OfAStretchTrustNoDirectory) {
    test::TestArena arena;
    Events events(arena);
    for (Instant at = 0; at < 2048; ++at) events.add(at * 10, Number::of(1));
    Bytes bytes{Alloc<Byte>(arena)};
    encode_counter(events, bytes);
    const Instant start = Counter(view(bytes)).block_start(1);
    const Stretch stretch{start - 100, start - 50};
    EXPECT_EQ(CounterColumns(view(bytes), arena, stretch).count_to(start - 50), 1024 - 5 + 1);
    Byte digits[sizeof start];
    std::memcpy(digits, &start, sizeof start);
    const auto entry = std::search(bytes.begin(), bytes.end(), digits, digits + sizeof start);
    ASSERT_NE(entry, bytes.end());
    const Instant early = start - 200;
    std::memcpy(&*entry, &early, sizeof early);
    EXPECT_EQ(test::code_of([&] { CounterColumns(view(bytes), arena, stretch); }), Errc::corrupt);
}

}  // namespace
}  // namespace csagg
