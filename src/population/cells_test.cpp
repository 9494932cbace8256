#include "base/test_arena.hpp"
#include "population/population_twin.hpp"
#include "population/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace csagg {
namespace {

using twin::heap;

constexpr Byte grid[] = {1, 2, 3};

std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> content(const Cells& cells) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> all;
    Changes changes(heap());
    for (Cells::Id id = 1; id <= cells.counted(); ++id) {
        cells.net_changes(id, changes);
        EXPECT_EQ(cells.has_changes(id, changes), !changes.empty());
        cells.net_changes(id, changes);
        for (const Change& change : changes) all[{id, change.bucket}] = change.delta;
    }
    return all;
}

TEST(Cells, ColumnsAddUpInEveryShape) {
    std::mt19937_64 random(1);
    for (const std::size_t buckets : {1, 7, 100, 5000, 1000000}) {
        Cells cells = Cells::create(Form::distribution, grid, buckets, 1, twin::grow);
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> twin;
        for (int i = 0; i < 20000; ++i) {
            const auto id = cells.value_id(Value::of(Number::of(std::int64_t(random() % 7))));
            // Few buckets for some ids, all of them for others.
            const auto bucket = std::uint32_t(random() % (id < 4 ? std::min<std::size_t>(buckets, 10) : buckets));
            const std::int64_t delta = i % 1000 == 999     ? std::int64_t(1) << (16 + random() % 30)
                                       : random() % 2 == 0 ? 1
                                                           : -1;
            cells.add_large(id, bucket, delta);
            auto& cell = twin[{id, bucket}];
            cell += delta;
            if (cell == 0) twin.erase({id, bucket});
        }
        EXPECT_EQ(content(cells), twin);
    }
}

TEST(Cells, StatesAreWrittenThroughout) {
    for (const Form form : {Form::distribution, Form::joint, Form::summary, Form::flows})
        EXPECT_TRUE(test::is_written_throughout([form] {
            std::mt19937_64 random(2);
            Cells cells = Cells::create(form, grid, 5000, 1, test::grow_in_arena);
            if (form == Form::joint) cells.require_arity(3);
            for (int i = 0; i < 5000; ++i) {
                const auto number = Number::of(std::int64_t(random() % 100));
                Cells::Id members[3] = {cells.value_id(Value::of(number)), 0, 1 + Cells::Id(random() % 2)};
                if (form == Form::distribution && i % 7 == 0) members[0] = cells.text_id(std::to_string(i % 50));
                Cells::Id id = members[0];
                if (form == Form::joint) id = cells.tuple_id(members);
                if (form == Form::flows) id = cells.pair_id(members[0], 0);
                const auto bucket = std::uint32_t(random() % (id < 4 ? 5 : 5000));
                cells.add(id, bucket, 1);
                if (form != Form::summary) continue;
                cells.add_number(bucket, number, 1);
                if (i < 100) cells.add_moment({bucket, {}, {}});
            }
            return cells.flat();
        }));
}

TEST(Cells, CountsBeyondBigintAreErrors) {
    Cells cells = Cells::create(Form::distribution, grid, 10, 1, twin::grow);
    const auto id = cells.value_id(Value::of(true));
    cells.add_large(id, 3, std::numeric_limits<std::int64_t>::max());
    EXPECT_THROW(cells.add(id, 3, 1), Error);
}

TEST(Cells, FewChangesStaySmall) {
    Cells cells = Cells::create(Form::distribution, grid, 730, 1, twin::grow);
    for (std::size_t i = 0; i < 4; ++i)
        cells.add(cells.value_id(Value::of(Number::of(std::int64_t(i % 3)))), i * 100, 1);
    EXPECT_LE(cells.flat().used(), 700u);
}

TEST(Cells, ManyChangesInFewBucketsStaySmall) {
    Cells cells = Cells::create(Form::distribution, grid, 1'000'000, 1, twin::grow);
    const auto id = cells.value_id(Value::of(true));
    for (std::size_t i = 0; i < 1'000'000; ++i) cells.add(id, i % 5 * 1000, 1);
    EXPECT_LE(cells.flat().used(), 4000u);
}

TEST(Cells, MillionValuesKeepTheirIds) {
    Cells cells = Cells::create(Form::distribution, grid, 730, 0x1234, twin::grow);
    constexpr std::int64_t n = 300'000;
    for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(cells.value_id(Value::of(Number::of(i))), Cells::Id(i + 1));
    for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(cells.value_id(Value::of(Number::of(i))), Cells::Id(i + 1));
    for (std::int64_t i = 0; i < n; ++i) {
        const std::string text = std::to_string(i);
        ASSERT_EQ(cells.text_id(text), Cells::Id(n + i + 1));
        ASSERT_EQ(cells.text_id(std::to_string(i / 2)), Cells::Id(n + i / 2 + 1));
    }
    const auto values = cells.values(heap());
    EXPECT_EQ(values[77].number(), Number::of(76));
    EXPECT_EQ(values[std::size_t(n) + 78].text, "77");
}

TEST(Cells, TextsThatDifferInAnyByteDiffer) {
    for (std::size_t length = 1; length < 60; ++length) {
        const std::string base(length, 'x');
        const std::uint64_t hash = hash_bytes(as_bytes(base), 5);
        EXPECT_NE(hash, hash_bytes(as_bytes(base), 6));
        for (std::size_t i = 0; i < length; ++i) {
            std::string other = base;
            other[i] = 'y';
            EXPECT_NE(hash, hash_bytes(as_bytes(other), 5)) << length << " " << i;
        }
        EXPECT_NE(hash, hash_bytes(as_bytes(base + "x"), 5));
    }
}

TEST(Cells, LongKeysThatDifferInAnyByteDiffer) {
    for (std::size_t length = 0; length < 300; ++length) {
        const std::string base(length, 'x');
        const std::uint64_t hash = hash_long(as_bytes(base), 5);
        EXPECT_NE(hash, hash_long(as_bytes(base), 6));
        for (std::size_t i = 0; i < length; ++i) {
            std::string other = base;
            other[i] = 'y';
            EXPECT_NE(hash, hash_long(as_bytes(other), 5)) << length << " " << i;
        }
        EXPECT_NE(hash, hash_long(as_bytes(base + "x"), 5));
    }
}

TEST(Cells, TuplesOfAbsentValuesAreNotCounted) {
    Cells cells = Cells::create(Form::joint, grid, 10, 1, twin::grow);
    cells.require_arity(3);
    const auto gold = cells.text_id("gold");
    const Cells::Id none[3] = {}, one[3] = {0, gold, 0}, other[3] = {gold, 0, 0};
    EXPECT_EQ(cells.tuple_id(none), 0u);
    EXPECT_EQ(cells.tuple_id(one), 1u);
    EXPECT_EQ(cells.tuple_id(other), 2u);
    EXPECT_EQ(cells.tuple_id(one), 1u);
}

TEST(Moments, AddUpInEveryShape) {
    std::mt19937_64 random(3);
    for (const std::size_t buckets : {1, 3, 40, 1000}) {
        Cells cells = Cells::create(Form::summary, grid, buckets, 1, twin::grow);
        Cells half = Cells::create(Form::summary, grid, buckets, 1, twin::grow);
        std::map<std::size_t, Moment> twin;
        for (int i = 0; i < 3000; ++i) {
            const std::size_t bucket = random() % buckets;
            const Number number = Number::normalized(std::int64_t(random() % 100000) - 50000, int(random() % 4));
            const int sign = random() % 2 == 0 ? 1 : -1;
            (i % 2 == 0 ? cells : half).add_number(bucket, number, sign);
            twin[bucket].add(number, sign);
        }
        for (const Moment& moment : half.net_moments(heap())) cells.add_moment(moment);
        std::size_t seen = 0;
        for (Moment moment : cells.net_moments(heap())) {
            Moment expected = twin[moment.bucket];
            expected.sum.normalize();
            expected.squares.normalize();
            moment.sum.normalize();
            moment.squares.normalize();
            EXPECT_EQ(moment.sum, expected.sum);
            EXPECT_EQ(moment.squares, expected.squares);
            ++seen;
        }
        for (const auto& [bucket, moment] : twin) seen += moment.is_zero();
        EXPECT_EQ(seen, twin.size());
    }
}

std::string deviation(std::initializer_list<const char*> numbers) {
    Moment moment;
    for (const char* text : numbers) moment.add(Number::parse(text), 1);
    const auto result = standard_deviation(std::int64_t(numbers.size()), moment.sum, moment.squares);
    if (!result) return "none";
    char buffer[64];
    return {buffer, print(*result, buffer)};
}

TEST(Statistics, StandardDeviation) {
    EXPECT_EQ(deviation({}), "none");
    EXPECT_EQ(deviation({"5"}), "none");
    EXPECT_EQ(deviation({"5", "5"}), "0");
    EXPECT_EQ(deviation({"1", "3"}), "1.41421356237309505");
    EXPECT_EQ(deviation({"2", "4", "4", "4", "5", "5", "7", "9"}), "2.13808993529939508");
    EXPECT_EQ(deviation({"0", "2", "4"}), "2");
    EXPECT_EQ(deviation({"999999999999999999", "-1"}), "707106781186547524");
    EXPECT_EQ(deviation({"999999999999999997", "999999999999999999"}), "1.41421356237309505");
    EXPECT_EQ(deviation({"0.000000000000000001", "0.000000000000000003"}), "0.00000000000000000141421356237309505");
    EXPECT_EQ(deviation({"100000000000000000", "0.1", "0.3"}), "57735026918962576.3");
    EXPECT_THROW(deviation({"999999999999999999", "-999999999999999999"}), Error);
}

TEST(Statistics, StandardDeviationIsNearFloatingPoint) {
    std::mt19937_64 random(4);
    for (int round = 0; round < 2000; ++round) {
        Moment moment;
        const auto n = std::int64_t(2 + random() % 20);
        long double mean = 0, squares = 0;
        for (std::int64_t i = 1; i <= n; ++i) {
            const Number number = Number::normalized(std::int64_t(random() % 1000000), int(random() % 7));
            moment.add(number, 1);
            const long double x = number.to_double(), step = x - mean;
            mean += step / (long double)(i);
            squares += step * (x - mean);
        }
        const double expected = double(std::sqrt(squares / (long double)(n - 1)));
        ASSERT_NEAR(standard_deviation(n, moment.sum, moment.squares)->to_double(), expected, expected * 1e-12);
    }
}

TEST(Statistics, RoundingStaysInRange) {
    EXPECT_EQ(rounded_for_summary(Number::parse("999")), Number::of(999));
    EXPECT_EQ(rounded_for_summary(Number::parse("1000.5")), Number::of(1000));
    EXPECT_EQ(rounded_for_summary(Number::parse("-42.15")), Number::parse("-42.2"));
    EXPECT_EQ(rounded_for_summary(Number::parse("999499999999999999")), Number::parse("999000000000000000"));
    EXPECT_EQ(rounded_for_summary(Number::parse("999999999999999999")), Number::parse("999000000000000000"));
    EXPECT_EQ(rounded_for_summary(Number::parse("-999999999999999999")), Number::parse("-999000000000000000"));
    EXPECT_EQ(rounded_for_summary(Number::parse("99999999999999999.9")), Number::parse("100000000000000000"));
}

TEST(Statistics, QuantileRanks) {
    EXPECT_EQ(quantile_rank(0, 10), 1);
    EXPECT_EQ(quantile_rank(0.5, 10), 5);
    EXPECT_EQ(quantile_rank(0.51, 10), 6);
    EXPECT_EQ(quantile_rank(0.1, 30), 3);
    EXPECT_EQ(quantile_rank(1, 10), 10);
    EXPECT_EQ(quantile_rank(1, std::numeric_limits<std::int64_t>::max()), std::numeric_limits<std::int64_t>::max());
    EXPECT_THROW(quantile_rank(-0.1, 10), Error);
    EXPECT_THROW(quantile_rank(1.1, 10), Error);
    EXPECT_THROW(quantile_rank(std::nan(""), 10), Error);
}

}  // namespace
}  // namespace csagg
