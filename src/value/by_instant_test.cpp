#include "value/by_instant.hpp"

#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace csagg {
namespace {

/// Sorts and compares with std::stable_sort.
void expect_sorted(const std::vector<Instant>& at) {
    std::vector<RowPlace> places, plain;
    for (std::size_t i = 0; i < at.size(); ++i) places.push_back({at[i], 10 * i});
    plain = places;
    std::stable_sort(plain.begin(), plain.end(), [](const RowPlace& a, const RowPlace& b) { return a.at < b.at; });
    test::TestArena arena;
    sort_by_instant(places, arena);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        ASSERT_EQ(places[i].at, plain[i].at) << i << " of " << at.size();
        ASSERT_EQ(places[i].place, plain[i].place) << i << " of " << at.size();
    }
}

TEST(ByInstant, equals_a_stable_sort) {
    std::mt19937_64 random(1);
    for (const std::size_t n : {0, 1, 2, 3, 24, 256, 257, 1000})
        for (const unsigned bits : {0u, 1u, 7u, 11u, 12u, 22u, 23u, 46u, 63u}) {
            std::vector<Instant> at(n);
            for (Instant& each : at)
                each = Instant((random() & ((std::uint64_t(1) << bits) - 1)) - (std::uint64_t(1) << bits >> 1));
            expect_sorted(at);
            std::sort(at.begin(), at.end());
            expect_sorted(at);
            std::rotate(at.begin(), at.begin() + std::ptrdiff_t(n / 3), at.end());
            expect_sorted(at);
            std::shuffle(at.begin(), at.end(), random);
            std::sort(at.begin(), at.begin() + std::ptrdiff_t(n / 2));
            std::sort(at.begin() + std::ptrdiff_t(n / 2), at.end());
            expect_sorted(at);
            std::sort(at.rbegin(), at.rend());
            expect_sorted(at);
        }
}

TEST(ByInstant, sorts_more_than_it_takes_between_two_interrupts) {
    std::mt19937_64 random(3);
    std::vector<Instant> at(70'000);
    for (Instant& each : at) each = Instant(random() >> 20);
    expect_sorted(at);
    std::sort(at.begin(), at.end());
    std::rotate(at.begin(), at.begin() + 30'000, at.end());
    expect_sorted(at);
}

TEST(ByInstant, reaches_from_infinity_to_infinity) {
    std::mt19937_64 random(2);
    for (const std::size_t n : {5, 5'000}) {
        std::vector<Instant> at(n);
        for (Instant& each : at) {
            const auto choice = random() % 4;
            each = choice == 0 ? minus_infinity : choice == 1 ? plus_infinity : Instant(random());
        }
        expect_sorted(at);
    }
}

}  // namespace
}  // namespace csagg
