#include "history/history_algebra.hpp"

#include "base/test_error.hpp"
#include "counter/counter_algebra.hpp"
#include "history/history_replace.hpp"
#include "history/test_history.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using namespace csagg::test;

ByteString replaced(const ByteString& a, const ByteString& b) {
    return written([&](Bytes& out) { replace_facts(a, b, out); });
}
ByteString dropped(const ByteString& a, std::vector<std::string_view> keys) {
    return written([&](Bytes& out) { drop_facts(a, keys, out); });
}
ByteString renamed(const ByteString& a, std::string_view actor, std::string_view replacement) {
    return written([&](Bytes& out) { replace_history_actor(a, actor, replacement, out); });
}
ByteString sliced(const ByteString& a, Instant since, Instant until) {
    return written([&](Bytes& out) { slice_history(a, since, until, out); });
}

TEST(HistoryAlgebra, overlays_and_slices_fact_by_fact) {
    Random random(6);
    for (int i = 0; i < 500; ++i) {
        test::TestArena arena;
        const ByteString a = encode(random.rows(60, 12)), b = encode(random.rows(60, 12));
        const Instant since = random.instant(), until = random.one_in(5) ? plus_infinity : random.instant();
        const ByteString over = overlaid(a, b), slice = sliced(a, since, until);
        expect_valid(over);
        expect_valid(slice);
        ASSERT_EQ(History(ByteSpan(slice)).size(), History(ByteSpan(a)).size());
        std::set<std::string> keys;
        for (const auto& [key, known] : decode(a).facts) keys.insert(key);
        for (const auto& [key, known] : decode(b).facts) keys.insert(key);
        ASSERT_EQ(History(ByteSpan(over)).size(), keys.size());
        for (const std::string& key : keys) {
            const ByteString x = fact(a, key), y = fact(b, key);
            const bool counter = fact_kind_of(x.empty() ? y : x) == FactKind::counter;
            auto steps = [&](const ByteString& bytes) { return Steps(Timeline(bytes), arena); };
            if (x.empty() || y.empty())
                ASSERT_EQ(fact(over, key), x.empty() ? y : x);
            else if (counter)
                ASSERT_EQ(fact(over, key), written([&](Bytes& out) { overlay_counters(x, y, out); }));
            else
                ASSERT_EQ(fact(over, key), written([&](Bytes& out) { overlay(steps(x), steps(y), arena).write(out); }));
            if (x.empty()) continue;
            ASSERT_EQ(fact(slice, key), written([&](Bytes& out) {
                          if (counter)
                              slice_counter(x, since, until, out);
                          else
                              csagg::slice(steps(x), since, until, arena).write(out);
                      }));
        }
    }
}

/// The same keys with other kinds, as far as there are other facts under them.
ByteString with_other_kinds(const ByteString& bytes, Random& random) {
    const History history{ByteSpan(bytes)};
    return written([&](Bytes& out) {
        HistoryWriter writer(history.known_from(), out.get_stored_allocator().arena());
        for (std::size_t i = 0; i < history.size(); ++i) {
            const Fact other = history[random.below(history.size())];
            writer.add({history[i].key, other.kind, other.bytes});
        }
        writer.finish(out);
    });
}

TEST(HistoryAlgebra, replaces_facts_as_the_twin_whatever_was_forgotten) {
    Random random(8);
    for (int i = 0; i < 1000; ++i) {
        const ByteString a = random.history(), c = random.history(), b = with_other_kinds(random.history(), random);
        Twin expected = decode(a);
        expected.replace(decode(b));
        const ByteString ab = replaced(a, b);
        ASSERT_EQ(decode(ab), expected);
        expect_valid(ab);
        ASSERT_EQ(replaced(ab, c), replaced(a, replaced(b, c)));
        ASSERT_EQ(replaced(a, empty), a);
        ASSERT_EQ(replaced(empty, a), a);
        ASSERT_EQ(replaced(ab, b), ab);
    }
}

TEST(HistoryAlgebra, drops_facts_as_the_twin) {
    Random random(9);
    for (int i = 0; i < 500; ++i) {
        const ByteString a = random.history();
        Twin expected = decode(a);
        std::vector<std::string> keys;
        for (std::size_t n = random.below(8); n > 0; --n) keys.push_back(random.row(20).key);
        for (const std::string& key : keys) expected.facts.erase(key);
        const ByteString rest = dropped(a, {keys.begin(), keys.end()});
        ASSERT_EQ(decode(rest), expected);
        expect_valid(rest);
        ASSERT_EQ(dropped(a, {}), a);
    }
}

TEST(HistoryAlgebra, replaces_actors_as_the_twin) {
    Random random(12);
    for (int i = 0; i < 1500; ++i) {
        const ByteString a = random.history();
        const std::string actor = "actor " + std::to_string(random.below(6)),
                          replacement = random.one_in(4) ? "actor 1" : "somebody";
        Twin expected = decode(a);
        for (auto& [key, fact] : expected.facts) {
            for (auto& [at, e] : fact.events) {
                if (e.actors.erase(actor)) e.actors.insert(replacement);
            }
        }
        const ByteString b = renamed(a, actor, replacement);
        ASSERT_EQ(decode(b), expected);
        expect_valid(b);
        if (replacement == "somebody") {
            ASSERT_EQ(renamed(b, "somebody", actor), a);
        }
        ASSERT_EQ(renamed(a, "nobody", "somebody"), a);
    }
}

TEST(HistoryAlgebra, adjacent_slices_merge_to_the_same_facts) {
    Random random(7);
    for (int i = 0; i < 500; ++i) {
        test::TestArena arena;
        const ByteString whole = random.history();
        const Instant cut = Instant(random.below(32)) * micros_per_day;
        const ByteString again = merged(sliced(whole, minus_infinity, cut), sliced(whole, cut, plus_infinity));
        ASSERT_EQ(History(ByteSpan(again)).known_from(), History(ByteSpan(whole)).known_from());
        ASSERT_EQ(History(ByteSpan(again)).size(), History(ByteSpan(whole)).size());
        for (const auto& [key, known] : decode(whole).facts) {
            const ByteString x = fact(whole, key), y = fact(again, key);
            if (known.kind == FactKind::counter)
                ASSERT_EQ(y, x);
            else
                ASSERT_TRUE(same_function(Steps(Timeline(x), arena), Steps(Timeline(y), arena)));
        }
    }
}

/// What pipelines do with a large customer: the past apart, rows merged into the rest, a second cut, all together
/// again.
TEST(HistoryAlgebra, parts_unite_to_the_whole) {
    Random random(8);
    int cut = 0, whole_states = 0;
    for (int i = 0; i < 3000; ++i) {
        Rows rows = random.rows(60, 1 + random.below(8)), later;
        ByteString history = encode(rows);
        if (random.one_in(4)) history = forgotten(history, random.horizon());
        Instant at[2] = {random.horizon(), random.horizon()};
        if (at[0] == minus_infinity || at[1] == minus_infinity) continue;
        std::sort(at, at + 2);
        ByteString before, after, before2, after2;
        const auto split = [](const ByteString& whole, Instant when, ByteString& first, ByteString& second) {
            test::TestArena arena;
            Bytes a{Alloc<Byte>(arena)}, b{Alloc<Byte>(arena)};
            split_history(whole, when, a, b);
            first.assign(a.begin(), a.end());
            second.assign(b.begin(), b.end());
        };
        const auto united = [](const ByteString& a, const ByteString& b) {
            return written([&](Bytes& out) { unite_histories(a, b, out); });
        };
        split(history, at[0], before, after);
        expect_valid(before);
        expect_valid(after);
        ASSERT_EQ(united(before, after), history);
        for (const Row& row : random.rows(20, 10))
            if (row.at >= at[0]) later.push_back(row);
        const ByteString more = encode(later);
        ASSERT_EQ(united(before, merged(after, more)), merged(history, more));
        split(merged(after, more), at[1], before2, after2);
        ASSERT_EQ(united(merged(before, before2), after2), merged(history, more));
        // Nothing of before is left, but for the states in force, and states that begin without a value.
        const History rest{ByteSpan(after)};
        const History past{ByteSpan(before)};
        for (std::size_t f = 0; f < rest.size(); ++f) {
            const auto lost = past.find(rest[f].key);
            const ByteString whole = fact(history, rest[f].key), part = bytes_of(rest[f]);
            if (lost) {
                ++cut;
                ASSERT_EQ(part,
                          fact(forgotten(one_fact(rest[f].key, whole, History(ByteSpan(history)).known_from()), at[0]),
                               rest[f].key));
            } else {
                ASSERT_EQ(part, whole);
                whole_states += rest[f].kind != FactKind::counter;
            }
        }
    }
    EXPECT_GT(cut, 1000);
    EXPECT_GT(whole_states, 100);
    EXPECT_EQ(code_of([] {
                  written([](Bytes& out) {
                      Bytes rest{Alloc<Byte>(out.get_stored_allocator().arena())};
                      split_history(empty, plus_infinity, out, rest);
                  });
              }),
              Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
