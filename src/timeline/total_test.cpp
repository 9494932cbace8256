#include "timeline/total.hpp"

#include "base/test_error.hpp"
#include "timeline/algebra_twin.hpp"
#include "value/wide.hpp"

namespace csagg {
namespace {

using namespace csagg::test;

TEST(Total, IsTheSumAtEveryInstantHoweverItIsPutTogether) {
    Random random(18);
    int errors = 0;
    for (int round = 0; round < 1500; ++round) {
        TestArena arena;
        const StateArena states(arena);
        std::vector<Twin> twins;
        std::vector<ByteString> bytes;
        Twin everything(Kind::number);
        for (std::size_t n = 1 + random.below(7); twins.size() < n;) {
            twins.push_back(random_twin(random, Kind::number, 6));
            bytes.push_back(encoded(steps_of(twins.back(), arena)));
            everything.known_from = std::max(everything.known_from, twins.back().known_from);
            for (const auto& [at, e] : twins.back().entries) everything.entries.emplace(at, e);
        }
        auto sum_at = [&](Instant t) {
            Wide sum;
            bool any = false;
            for (const Twin& twin : twins)
                if (const Value v = twin.at(t); !v.absent) {
                    sum.add(v.number());
                    any = true;
                }
            return any ? Value::of(sum.to_number()) : Value::none(Kind::number);
        };
        bool is_error = false;
        for (const Instant t : probes({&everything})) try {
                if (t >= everything.known_from) sum_at(t);
            } catch (const Error&) {
                is_error = true;
            }
        std::vector<TotalLog> logs;
        for (std::size_t n = 1 + random.below(3); logs.size() < n;) logs.push_back(TotalLog::create(grow_in_arena));
        for (const ByteString& summand : bytes) logs[random.below(logs.size())].add(timeline(summand), arena);
        for (; logs.size() > 1; logs.pop_back()) logs.front().add_all(logs.back());
        if (is_error) {
            ++errors;
            EXPECT_EQ(code_of([&] { logs.front().finish(arena); }), Errc::out_of_range);
            continue;
        }
        const Steps total = logs.front().finish(arena);
        expect_simplified(total);
        expect_known_from(total, {&everything});
        expect_function(total, {&everything}, sum_at);
    }
    EXPECT_GT(errors, 20);
    EXPECT_LT(errors, 1000);
}

TEST(Total, OfManySummandsSurvivesTheGrowthOfItsState) {
    TestArena arena;
    const StateArena states(arena);
    TotalLog whole = TotalLog::create(grow_in_arena);
    Number expected{0, 0};
    for (int part = 0; part < 20; ++part) {
        TotalLog log = TotalLog::create(grow_in_arena);
        for (int i = 0; i <= part; ++i) {
            const Number n = Number::of(part * 100 + i);
            const ByteString bytes = encoded(
                Kind::number, {{i, 0, Value::of(n)}, {1000, 0, Value::none(Kind::number)}, {2000, 0, Value::of(n)}});
            log.add(timeline(bytes), arena);
            expected = expected + n;
        }
        whole.add_all(log);
    }
    const Steps total = whole.finish(arena);
    const Twin twin(total);
    EXPECT_TRUE(same(twin.at(999), Value::of(expected)));
    EXPECT_TRUE(twin.at(1500).absent);
    EXPECT_TRUE(same(twin.at(3000), Value::of(expected)));
    EXPECT_EQ(code_of([&] { whole.add(timeline(encoded(Kind::text, {})), arena); }), Errc::kind_mismatch);
}

// A million customers whose values change at the same few instants: the state is as large as the sum.
TEST(Total, OfAPopulationIsAsLargeAsItsChanges) {
    TestArena arena;
    const StateArena states(arena);
    TotalLog total = TotalLog::create(grow_in_arena);
    constexpr int months = 24, customers = 40'000;
    Random random(9);
    std::vector<Wide> sums(months);
    for (int customer = 0; customer < customers; ++customer) {
        std::vector<Entry> entries;
        for (int month = 0; month < months; ++month) {
            const bool large = (customer / 2 + month) % 2 == 0;  // and taken away by the next
            Number n{std::int64_t(random.below(1000)) - 500, std::uint8_t(random.below(3))};
            if (large) n = {(customer % 2 == 0 ? 1 : -1) * 999'999'999'999'999'999, std::uint8_t(month % 19)};
            n = Number::normalized(n.coefficient, n.scale);
            sums[std::size_t(month)].add(n);
            entries.push_back({month, 0, Value::of(n)});
        }
        entries.push_back({months + customer / 2 % 2, 0, Value::none(Kind::number)});
        total.add(timeline(encoded(Kind::number, entries)), arena);
    }
    EXPECT_LT(total.flat().used(), 1u << 20);
    Bytes wire(arena);
    total.write(wire);
    EXPECT_LT(wire.size(), 1u << 20);
    const TotalLog read = TotalLog::read(view(wire), grow_in_arena);
    for (const TotalLog* log : {&static_cast<const TotalLog&>(total), &read}) {
        const Twin twin(log->finish(arena));
        for (int month = 0; month < months; ++month)
            EXPECT_TRUE(same(twin.at(month), Value::of(sums[std::size_t(month)].to_number()))) << month;
        EXPECT_FALSE(twin.at(months).absent);
        EXPECT_TRUE(twin.at(months + 1).absent);
    }
}

TEST(Total, StatesAreWrittenThroughout) {
    EXPECT_TRUE(is_written_throughout([] {
        Random random(4);
        TestArena arena;
        TotalLog total = TotalLog::create(grow_in_arena), other = TotalLog::create(grow_in_arena);
        for (int i = 0; i < 50; ++i) {
            const ByteString bytes =
                encoded(Kind::number, Twin(Kind::number, random.log(Kind::number, 20, 30, false)).list());
            total.add(timeline(bytes), arena);
            other.add(timeline(bytes), arena);
        }
        total.add_all(other);
        return total.flat();
    }));
}

}  // namespace
}  // namespace csagg
