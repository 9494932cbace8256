#include "pipeline/assessing/episodes.hpp"

#include "base/test_error.hpp"
#include "history/history_twin.hpp"

#include <gtest/gtest.h>

#include <set>

namespace csagg {
namespace {

using test::code_of;
using namespace csagg::twin;

Row said(std::string alert, Instant at, int value) {
    return {alert, FactKind::boolean, at, 0, value < 0, value, {}, {}};
}

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

TEST(Episodes, LookAt) {
    constexpr Instant minute = 60'000'000, day = 1440 * minute;
    EXPECT_EQ(look_at(2 * minute - 1, 0, 3), 2 * minute - 1);
    EXPECT_EQ(look_at(7, 7, 3), 7);
    EXPECT_EQ(look_at(-5, 7, 3), -5);
    std::mt19937_64 random(1);
    for (int i = 0; i < 10000; ++i) {
        const Instant now = Instant(random()) >> (2 + random() % 60),
                      at = now + 2 * minute + Instant(random() >> (2 + random() % 60));
        const Instant look = look_at(at, now, Instant(random()));
        EXPECT_LE(look, at);
        EXPECT_GE(look - now, (at - now) / 2);
    }
    EXPECT_GT(look_at(std::numeric_limits<Instant>::max(), std::numeric_limits<Instant>::min(), -1), 0);
    // What is 14 days off, again and again: few looks lie ahead at a time, and one looks few times until it has come.
    std::set<Instant> looks;
    std::size_t most = 0;
    for (Instant now = 0; now < 20 * day; now += 2 * minute) {
        while (!looks.empty() && *looks.begin() <= now) looks.erase(looks.begin());
        looks.insert(look_at(now + 14 * day, now, 35 * day + 1));
        most = std::max(most, looks.size());
    }
    EXPECT_LE(most, 4u);
    EXPECT_NE(look_at(14 * day, 0, 35 * day), look_at(14 * day, 0, 34 * day));  // not all at once
    int times = 0;
    for (Instant now = 0; now != 35 * day; now = look_at(35 * day, now, 77)) ++times;
    EXPECT_LE(times, 16);
}

/// Intervals of alerts that do not overlap, as read_episodes() gives them.
std::vector<Episode> some_firing(std::mt19937& random) {
    std::vector<Episode> firing;
    for (const char* alert : {"a", "b"})
        for (Instant at = random() % 4; at < 20; at += 1 + random() % 4) {
            const Instant since = at;
            at += 1 + random() % 4;
            firing.push_back({alert, since, random() % 8 == 0 ? plus_infinity : at});
            if (firing.back().until == plus_infinity) break;
        }
    return firing;
}

/// As pipeline_book() said it in SQL.
struct NaiveTurns {
    std::vector<Booked> old;
    std::vector<Episode> fresh;
    std::map<std::int64_t, Episode> moved;

    NaiveTurns(const std::vector<Booked>& booked, const std::vector<Episode>& firing) {
        const auto same = [](const Episode& x, const Episode& y) {
            return x.alert == y.alert && x.since == y.since && x.until == y.until;
        };
        for (const Booked& b : booked)
            if (std::none_of(firing.begin(), firing.end(), [&](const Episode& f) { return same(f, b.episode); }))
                old.push_back(b);
        for (const Episode& f : firing)
            if (std::none_of(booked.begin(), booked.end(), [&](const Booked& b) { return same(f, b.episode); }))
                fresh.push_back(f);
        std::sort(old.begin(), old.end(), [](const Booked& x, const Booked& y) {
            return std::tuple(x.episode.until != plus_infinity, x.episode.since, x.number) <
                   std::tuple(y.episode.until != plus_infinity, y.episode.since, y.number);
        });
        std::set<std::pair<std::string_view, Instant>> taken;
        for (const Booked& b : old) {
            const Episode* first = nullptr;
            for (const Episode& f : fresh)
                if (f.alert == b.episode.alert && f.until > b.episode.since &&
                    (b.episode.until == plus_infinity || (b.episode.until > f.since && f.until != plus_infinity)) &&
                    (first == nullptr || f.since < first->since))
                    first = &f;
            if (first != nullptr && taken.insert({first->alert, first->since}).second) moved.insert({b.number, *first});
        }
    }
};

TEST(Episodes, turn_as_in_sql) {
    std::mt19937 random(2);
    for (int i = 0; i < 3000; ++i) {
        const std::vector<Episode> firing = some_firing(random);
        std::vector<Booked> booked;
        for (const Episode& e : some_firing(random))
            booked.push_back({std::int64_t(random() % 1000 * 100 + booked.size()), e});
        for (const Episode& e : firing)
            if (random() % 2) booked.push_back({std::int64_t(random() % 1000 * 100 + booked.size()), e});
        const NaiveTurns naive(booked, firing);
        test::TestArena arena;
        Vector<Turn> turns{Alloc<Turn>(arena)};
        turn_episodes(booked, firing, turns);
        std::size_t moved = 0, gone = 0, begun = 0;
        for (const Turn& t : turns) {
            if (t.booked == nullptr) {
                ++begun;
            } else if (t.firing != nullptr) {
                ++moved;
                const auto it = naive.moved.find(t.booked->number);
                ASSERT_NE(it, naive.moved.end());
                EXPECT_TRUE(it->second.alert == t.firing->alert && it->second.since == t.firing->since &&
                            it->second.until == t.firing->until);
            } else {
                ++gone;
                EXPECT_EQ(naive.moved.count(t.booked->number), 0u);
                const Episode& e = t.booked->episode;
                EXPECT_EQ(t.overlapped, std::any_of(firing.begin(), firing.end(), [&e](const Episode& f) {
                              return f.alert == e.alert && f.since < e.until && f.until > e.since;
                          }));
            }
        }
        EXPECT_EQ(moved, naive.moved.size());
        EXPECT_EQ(gone, naive.old.size() - naive.moved.size());
        EXPECT_EQ(begun, naive.fresh.size() - naive.moved.size());
    }
}

TEST(Episodes, as_known_at_an_instant) {
    const ByteString bytes = encode({said("a", 3, 1), said("a", 5, 0), said("a", 8, 1), said("a", 9, 0)});
    const auto known = [&bytes](Instant through) {
        test::TestArena arena;
        Vector<Episode> episodes{Alloc<Episode>(arena)};
        read_episodes(History(ByteSpan(bytes)), through, episodes);
        std::vector<std::pair<Instant, Instant>> all;
        for (const Episode& e : episodes) all.emplace_back(e.since, e.until);
        return all;
    };
    using All = std::vector<std::pair<Instant, Instant>>;
    EXPECT_EQ(known(2), All{});
    EXPECT_EQ(known(3), (All{{3, plus_infinity}}));
    EXPECT_EQ(known(4), (All{{3, plus_infinity}}));
    EXPECT_EQ(known(5), (All{{3, 5}}));
    EXPECT_EQ(known(9), (All{{3, 5}, {8, 9}}));
}

TEST(Episodes, are_of_booleans_only) {
    const ByteString bytes = encode({{"a", FactKind::number, 0, 0, false, 1, {}, {}}});
    test::TestArena arena;
    EXPECT_EQ(code_of([&] { next_edge(History(ByteSpan(bytes)), 0, arena); }), Errc::kind_mismatch);
}

}  // namespace
}  // namespace csagg
