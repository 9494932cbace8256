// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "history/history_algebra.hpp"
#include "history/history_text.hpp"
#include "history/history_twin.hpp"

namespace csagg {
namespace {

using namespace csagg::twin;
using test::fail_every_allocation;

TEST(Memory, HistoriesSurviveThatItRunsOut) {
    Random random(11);
    const Rows rows = random.rows(60, 15);
    const ByteString piece = random.history();
    ByteString expected;
    fail_every_allocation([&](Arena& arena) {
        HistoryLog log = log_of(rows), whole = HistoryLog::create(test::grow_in_arena);
        log.add_all(ByteSpan(piece));
        whole.add_all(log);
        Bytes bytes(arena), again(arena);
        whole.finish(bytes);
        validate_history(view(bytes), arena);
        String text(arena);
        print_history(History(view(bytes)), text);
        parse_history({text.data(), text.size()}, again);
        if (expected.empty()) expected.assign(bytes.begin(), bytes.end());
        EXPECT_TRUE(std::ranges::equal(view(bytes), expected));
        EXPECT_TRUE(std::ranges::equal(view(again), expected));
    });
}

TEST(Memory, HistoryAlgebraSurvivesThatItRunsOut) {
    Random random(12);
    const Rows rows = random.rows(60, 9);
    const ByteString a = encode(rows);
    std::string expected;
    fail_every_allocation([&](Arena& arena) {
        Bytes merged(arena), overlaid(arena), sliced(arena), forgotten(arena), replaced(arena), dropped(arena);
        std::string_view keys[] = {"key 1", "key 5"};
        merge_histories(a, a, merged);
        overlay_histories(view(merged), a, overlaid);
        slice_history(view(overlaid), first_instant, 0, sliced);
        forget_history_before(view(sliced), -micros_per_day, forgotten);
        replace_facts(view(forgotten), a, replaced);
        drop_facts(view(replaced), keys, dropped);
        String text(arena);
        for (const Bytes* bytes : {&merged, &overlaid, &sliced, &forgotten, &replaced, &dropped})
            print_history_json(History(view(*bytes)), text);
        if (expected.empty()) expected.assign(text.data(), text.size());
        EXPECT_EQ(std::string_view(text.data(), text.size()), expected);
    });
}

}  // namespace
}  // namespace csagg
