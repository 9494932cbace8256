// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "counter/counter_algebra.hpp"
#include "counter/counter_build.hpp"
#include "counter/counter_text.hpp"
#include "counter/counter_twin.hpp"
#include "counter/trailing.hpp"
#include "grid/zone_twin.hpp"

namespace csagg {
namespace {

using test::fail_every_allocation;
using twin::Row;

constexpr Instant hour = 3600 * micros_per_second;

std::vector<Row> some_rows() {
    std::mt19937_64 random(9);
    std::vector<Row> rows = twin::random_rows(random, 60);
    for (int i = 0; i < 40; ++i)
        rows.push_back({Instant(random() % 50) * hour, 2'500'000, "actor number " + std::to_string(i)});
    return rows;
}

TEST(Memory, CountersSurviveThatItRunsOut) {
    const std::vector<Row> rows = some_rows();
    const Bytes piece = twin::encode(rows);
    Bytes expected(twin::heap());
    merge_counters(view(piece), view(piece), expected);
    fail_every_allocation([&](Arena& arena) {
        CounterLog log = CounterLog::create(test::grow_in_arena);
        for (const Row& row : rows)
            row.actor.empty() ? log.add(row.at, row.amount()) : log.add(row.at, row.amount(), row.actor);
        CounterLog whole = CounterLog::create(test::grow_in_arena);
        whole.add_all(log);
        whole.add_all(Counter(view(piece)), arena);
        Bytes out(arena);
        whole.finish(out);
        validate_counter(view(out), arena);
        EXPECT_TRUE(std::ranges::equal(view(out), view(expected)));
    });
}

TEST(Memory, CounterAlgebraAndTextSurviveThatItRunsOut) {
    const Bytes a = twin::encode(some_rows());
    std::string expected;
    fail_every_allocation([&](Arena& arena) {
        Bytes merged(arena), overlaid(arena), sliced(arena), forgotten(arena), coarse(arena), back(arena);
        merge_counters(view(a), view(a), merged);
        overlay_counters(view(merged), view(a), overlaid);
        slice_counter(view(overlaid), 10 * hour, 40 * hour, sliced);
        forget_counter_before(view(sliced), 12 * hour, forgotten);
        downsample_counter(view(forgotten), 6 * hour, coarse);
        String text(arena);
        print_counter(Counter(view(coarse)), text);
        parse_counter({text.data(), text.size()}, back);
        print_counter_json(Counter(view(back)), text);
        if (expected.empty()) expected.assign(text.data(), text.size());
        EXPECT_EQ(std::string_view(text.data(), text.size()), expected);
    });
}

TEST(Memory, TrailingSurvivesThatItRunsOut) {
    const Bytes bytes = twin::encode(some_rows());
    const twin::Zone zone(twin::berlin());
    std::vector<Byte> expected;
    fail_every_allocation([&](Arena& arena) {
        Events events(arena);
        Counter(view(bytes)).read(events);
        const Window window(zone, {0, 1, 0});
        Bytes out(arena);
        for (const Measure measure : {Measure::total, Measure::events, Measure::actors}) {
            Bytes part(arena);
            trailing(events, window, measure, arena).write(part);
            out.insert(out.end(), part.begin(), part.end());
        }
        if (expected.empty()) expected.assign(out.begin(), out.end());
        EXPECT_TRUE(std::ranges::equal(view(out), expected));
    });
}

}  // namespace
}  // namespace csagg
