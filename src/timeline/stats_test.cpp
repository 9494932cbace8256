#include "timeline/stats.hpp"

#include "base/test_error.hpp"
#include "timeline/algebra_twin.hpp"

namespace csagg {
namespace {

using namespace csagg::test;

// Entries lie on multiples of 1000 us, buckets on multiples of 500: so looking every 500 us sees everything.
constexpr std::int64_t pace = 500;

struct Bucket {
    Instant since, until;
};

std::vector<Bucket> random_buckets(Random& random) {
    std::vector<Bucket> buckets;
    Instant at = -4000 + Instant(random.below(8)) * pace;
    for (std::size_t n = random.below(8); n > 0; --n) {
        if (random.one_in(4)) at += Instant(random.below(4)) * pace;
        const Instant until = at + Instant(random.below(8)) * pace;
        buckets.push_back({at, until});
        at = until;
    }
    return buckets;
}

TEST(Stats, AreWhatLookingAtEveryInstantSees) {
    Random random(101);
    for (int round = 0; round < 3000; ++round) {
        TestArena arena;
        const Twin twin = random_twin(random, Kind::number, 12);
        const Steps steps = steps_of(twin, arena);
        BucketWalk walk(steps);
        for (const auto& [since, until] : random_buckets(random)) {
            const BucketStats stats = bucket_stats(walk, since, until);
            if (since < twin.known_from) continue;
            Value least = Value::none(Kind::number), greatest = least;
            Wide sum;
            std::int64_t n = 0;
            for (Instant t = since; t < until; t += pace) {
                const Value v = twin.at(t);
                if (v.absent) continue;
                if (n == 0 || compare(v, least) < 0) least = v;
                if (n == 0 || compare(v, greatest) > 0) greatest = v;
                sum.add(v.number());
                ++n;
            }
            const Value none = Value::none(Kind::number);
            EXPECT_TRUE(same(stats.first, since < until ? twin.at(since) : none));
            EXPECT_TRUE(same(stats.last, since < until ? twin.at(until - 1) : none));
            EXPECT_TRUE(same(stats.least, least));
            EXPECT_TRUE(same(stats.greatest, greatest));
            EXPECT_EQ(stats.present, n * pace);
            if (n == 0) continue;
            EXPECT_EQ(stats.mean(), divide_rounded(sum, n));
        }
    }
}

TEST(Durations, AddUpEveryInstantByValue) {
    Random random(102);
    for (int round = 0; round < 3000; ++round) {
        TestArena arena;
        const Kind kind = random.pick(all_kinds);
        const Twin twin = random_twin(random, kind, 12);
        const Steps steps = steps_of(twin, arena);
        BucketWalk walk(steps);
        Vector<Duration> found(arena);
        for (const auto& [since, until] : random_buckets(random)) {
            bucket_durations(walk, since, until, found);
            if (since < twin.known_from) continue;
            const auto before = [](const Value& a, const Value& b) { return compare(a, b) < 0; };
            std::map<Value, std::int64_t, decltype(before)> naive(before);
            for (Instant t = since; t < until; t += pace)
                if (const Value v = twin.at(t); !v.absent) naive[v] += pace;
            ASSERT_EQ(found.size(), naive.size());
            std::size_t i = 0;
            for (const auto& [value, micros] : naive) {
                EXPECT_TRUE(same(found[i].value, value));
                EXPECT_EQ(found[i++].micros, micros);
            }
        }
    }
}

TEST(Stats, OfTheLongestBucketAreExact) {
    TestArena arena;
    const Number nines{999'999'999'999'999'999, 0};
    const Steps steps = constant(Value::of(nines), arena);
    BucketWalk walk(steps);
    const BucketStats stats = bucket_stats(walk, -1, last_instant);
    EXPECT_EQ(stats.present, last_instant + 1);
    EXPECT_EQ(stats.mean(), nines);
    BucketWalk again(steps);
    EXPECT_EQ(code_of([&] { bucket_stats(again, first_instant, last_instant); }), Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
