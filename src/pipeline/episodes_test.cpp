#include "pipeline/episodes.hpp"

#include "base/test_error.hpp"
#include "history/history_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using test::code_of;
using namespace csagg::twin;

Row said(std::string alert, Instant at, int value) { return {alert, FactKind::boolean, at, 0, value < 0, value, {}, {}}; }

/// Whether the last row of the alert at or before the instant says true.
bool fires(const Rows& rows, std::string_view alert, Instant at) {
    const Row* last = nullptr;
    for (const Row& r : rows)
        if (r.key == alert && r.at <= at && (!last || r.at > last->at)) last = &r;
    return last && !last->absent && last->number == 1;
}

TEST(Episodes, cover_the_instants_at_which_an_alert_is_true) {
    std::mt19937 random(1);
    for (int i = 0; i < 300; ++i) {
        std::map<std::pair<std::string, Instant>, Row> at_most_one;
        for (unsigned n = random() % 30; n > 0; --n) {
            const std::string alert(1, char('a' + random() % 3));
            const Instant at = random() % 40;
            at_most_one.insert({{alert, at}, said(alert, at, int(random() % 3) - 1)});
        }
        Rows rows;
        for (const auto& [place, row] : at_most_one) rows.push_back(row);
        const ByteString bytes = encode(rows);
        test::TestArena arena;
        Vector<Episode> episodes{Alloc<Episode>(arena)};
        read_episodes(History(ByteSpan(bytes)), episodes);
        for (const char* alert : {"a", "b", "c"}) {
            for (Instant at = -1; at < 42; ++at) {
                const auto covers = [&](const Episode& e) { return e.alert == alert && e.since <= at && at < e.until; };
                EXPECT_EQ(std::count_if(episodes.begin(), episodes.end(), covers), fires(rows, alert, at));
            }
        }
        for (Instant after = -1; after < 42; ++after) {
            Instant next = plus_infinity;
            for (Instant at = 42; at > after; --at)
                for (const char* alert : {"a", "b", "c"})
                    if (fires(rows, alert, at) != fires(rows, alert, at - 1)) next = at;
            EXPECT_EQ(next_edge(History(ByteSpan(bytes)), after, arena), next);
        }
    }
}

TEST(Episodes, are_of_booleans_only) {
    const ByteString bytes = encode({{"a", FactKind::number, 0, 0, false, 1, {}, {}}});
    test::TestArena arena;
    EXPECT_EQ(code_of([&] { next_edge(History(ByteSpan(bytes)), 0, arena); }), Errc::kind_mismatch);
}

}  // namespace
}  // namespace csagg
