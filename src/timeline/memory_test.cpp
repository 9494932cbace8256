// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "timeline/algebra_twin.hpp"
#include "timeline/timeline_build.hpp"
#include "timeline/timeline_text.hpp"
#include "timeline/total.hpp"

namespace csagg {
namespace {

using namespace csagg::test;

constexpr std::int64_t second = micros_per_second;

TEST(Memory, TimelinesSurviveThatItRunsOut) {
    Random random(10);
    for (const Kind kind : all_kinds)
        for (const std::size_t n : {3U, 60U, 1100U}) {
            const Log entries = Twin(kind, random.log(kind, n, int(2 * n), true)).list();
            const ByteString bytes = encoded(kind, entries);
            const std::string text = printed(bytes);
            Log shuffled = entries;
            random.shuffle(shuffled);

            fail_every_allocation([&](Arena& arena) {
                Bytes out(arena);
                encode_timeline(kind, entries, minus_infinity, out);
                EXPECT_TRUE(std::ranges::equal(view(out), bytes));
            });
            fail_every_allocation([&](Arena& arena) {
                TimelineLog log = TimelineLog::create(kind, grow_in_arena);
                for (const Entry& e : shuffled) log.add(e);
                TimelineLog whole = TimelineLog::create(kind, grow_in_arena);
                whole.add_all(timeline(bytes), arena);
                whole.add_all(log);
                Bytes out(arena);
                whole.finish(out);
                EXPECT_TRUE(std::ranges::equal(view(out), bytes));
            });
            fail_every_allocation([&](Arena& arena) {
                const Steps a(timeline(bytes), arena);
                const Steps merged = merge(a, a, arena);
                Steps shorter = overlay(a, slice(merged, 0, last_instant, arena), arena);
                simplify(shorter);
                Bytes out(arena);
                shorter.write(out);
                Bytes again(arena);
                merged.write(again);
                EXPECT_TRUE(std::ranges::equal(view(again), bytes));
            });
            if (n > 100) continue;
            fail_every_allocation([&](Arena& arena) {
                Bytes out(arena);
                parse_timeline(text, out);
                EXPECT_TRUE(std::ranges::equal(view(out), bytes));
                String print(arena);
                print_timeline(timeline(bytes), print);
                validate_timeline(bytes, arena);
            });
        }
}

TEST(Memory, AlgebraSurvivesThatItRunsOut) {
    const ByteString a = parsed(
                         "number known from 2025-01-01 {2025-01-01 = 1, 2025-01-02 #4 = 2.5, 2025-01-05 = null}"),
                     b = parsed("number {-infinity = 3, 2025-01-02 = 0.5}"),
                     t = parsed("boolean {2024-01-01 = true, 2025-01-02 = false}");
    std::string expected;
    const auto compute = [&](Arena& arena) {
        const Steps x(timeline(a), arena), y(timeline(b), arena), c(timeline(t), arena);
        const Steps conditions[] = {c, lift(Comparison::lt, x, y, arena), negate(c, arena)};
        const Number thresholds[] = {Number::of(1), Number::of(2)};
        const std::string_view labels[] = {"a label of more than sixteen bytes", "b", "c"};
        Steps forgotten = overlay(x, y, arena);
        forget_before(forgotten, 0);
        String text(arena);
        for (const Steps& steps : {lift(Arithmetic::multiply, x, y, arena), lift(Arithmetic::divide, x, y, arena),
                                   all_of(conditions, arena), any_of(conditions, arena), choose(c, x, y, arena),
                                   bin(x, thresholds, labels, arena), slice(x, 0, plus_infinity, arena), forgotten}) {
            Bytes out(arena);
            steps.write(out);
            print_timeline(Timeline(view(out)), text);
            print_timeline_json(Timeline(view(out)), text);
        }
        if (expected.empty()) expected.assign(text.data(), text.size());
        EXPECT_EQ(std::string_view(text.data(), text.size()), expected);
    };
    fail_every_allocation(compute);
}

TEST(Memory, TotalSurvivesThatItRunsOut) {
    std::vector<ByteString> summands;
    for (int i = 0; i < 60; ++i) {
        Log entries;
        for (int k = 0; k < 40; ++k)
            entries.push_back({Instant(k * 50 + i % 7) * second, 0,
                               k % 9 == 8 ? Value::none(Kind::number) : Value::of(Number::of(i * k))});
        summands.push_back(encoded(Kind::number, entries));
    }
    ByteString expected;
    fail_every_allocation([&](Arena& arena) {
        TotalLog whole = TotalLog::create(grow_in_arena), part = TotalLog::create(grow_in_arena);
        for (const ByteString& summand : summands) part.add(timeline(summand), arena);
        whole.add_all(part);
        Bytes out(arena);
        whole.finish(arena).write(out);
        if (expected.empty()) expected = copy(out);
        EXPECT_TRUE(std::ranges::equal(view(out), expected));
    });
}

TEST(Memory, ErrorsSurviveThatItRunsOut) {
    const std::string text = "number {2025-01-01 = 1, 2025-01-02 = a word of more than sixteen bytes}";
    fail_every_allocation([&](Arena& arena) {
        try {
            Bytes out(arena);
            parse_timeline(text, out);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Errc::invalid_text);
        }
    });
}

}  // namespace
}  // namespace csagg
