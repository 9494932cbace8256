#include "history/history.hpp"

#include "base/test_error.hpp"
#include "counter/counter_algebra.hpp"
#include "counter/counter_build.hpp"
#include "history/test_history.hpp"
#include "timeline/timeline_build.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace csagg {
namespace {

using namespace csagg::test;

TEST(History, says_what_was_logged) {
    Random random(1);
    for (int i = 0; i < 400; ++i) {
        const Rows rows = random.rows(i % 20 == 0 ? 3000 : 60, 1 + random.below(30));
        const ByteString bytes = encode(rows);
        ASSERT_EQ(decode(bytes), twin_of(rows));
        expect_valid(bytes);
    }
}

TEST(History, holds_what_the_aggregates_of_one_fact_make) {
    test::TestArena arena;
    const test::StateArena use(arena);
    Random random(2);
    for (int i = 0; i < 200; ++i) {
        const Rows rows = random.rows(100, 10);
        std::map<std::string, TimelineLog> states;
        std::map<std::string, CounterLog> counters;
        for (const Row& row : rows) {
            if (row.kind == FactKind::counter) {
                CounterLog& log = counters.try_emplace(row.key, CounterLog::create(test::grow_in_arena)).first->second;
                if (row.actor.empty())
                    log.add(row.at, Number::of(row.number));
                else
                    log.add(row.at, Number::of(row.number), row.actor);
            } else {
                states.try_emplace(row.key, TimelineLog::create(state_kind(row.kind), test::grow_in_arena))
                    .first->second.add({row.at, row.seq, row.value()});
            }
        }
        const ByteString history = encode(rows);
        ASSERT_EQ(History(ByteSpan(history)).size(), states.size() + counters.size());
        for (const auto& [key, log] : states)
            ASSERT_EQ(fact(history, key), written([&log = log](Bytes& out) { log.finish(out); })) << key;
        for (const auto& [key, log] : counters)
            ASSERT_EQ(fact(history, key), written([&log = log](Bytes& out) { log.finish(out); })) << key;
    }
}

TEST(History, same_bytes_for_any_order_and_grouping) {
    Random random(3);
    for (int i = 0; i < 300; ++i) {
        test::TestArena arena;
        const test::StateArena use(arena);
        Rows rows = random.rows(i % 20 == 0 ? 2000 : 60, 1 + random.below(40));
        const ByteString once = encode(rows);
        random.shuffle(rows);
        ASSERT_EQ(encode(rows), once);
        // Pieces as rows, states, or finished histories, put together in turn.
        HistoryLog all = HistoryLog::create(test::grow_in_arena);
        ByteString folded = empty;
        for (std::size_t begin = 0; begin < rows.size();) {
            const std::size_t n = std::min<std::size_t>(rows.size() - begin, 1 + random.below(25));
            const Rows part(rows.begin() + long(begin), rows.begin() + long(begin + n));
            begin += n;
            const ByteString piece = encode(part);
            folded = random.one_in(2) ? merged(folded, piece) : merged(piece, folded);
            switch (random.below(3)) {
                case 0: all.add_all(ByteSpan(piece)); break;
                case 1: all.add_all(twin::log_of(part)); break;
                default:
                    for (const Row& row : part) twin::add(all, row);
            }
        }
        ASSERT_EQ(finished(all), once);
        ASSERT_EQ(folded, once);
    }
}

TEST(History, merges_as_the_twin_whatever_was_forgotten) {
    Random random(4);
    for (int i = 0; i < 1500; ++i) {
        const ByteString a = random.history(), b = random.history(), c = random.history();
        Twin expected = decode(a);
        expected.merge(decode(b));
        const ByteString ab = merged(a, b);
        ASSERT_EQ(decode(ab), expected);
        expect_valid(ab);
        ASSERT_EQ(merged(b, a), ab);
        ASSERT_EQ(merged(ab, c), merged(a, merged(b, c)));
        ASSERT_EQ(merged(a, empty), a);

        test::TestArena arena;
        const test::StateArena use(arena);
        HistoryLog log = HistoryLog::create(test::grow_in_arena);
        for (const ByteString* piece : {&c, &a, &b}) log.add_all(ByteSpan(*piece));
        ASSERT_EQ(finished(log), merged(ab, c));
    }
}

TEST(History, states_are_written_throughout) {
    EXPECT_TRUE(test::is_written_throughout([] {
        Random random(6);
        HistoryLog log = HistoryLog::create(test::grow_in_arena), other = HistoryLog::create(test::grow_in_arena);
        for (int i = 0; i < 500; ++i)
            for (HistoryLog* each : {&log, &other}) {
                const std::string key = std::to_string(i % 70);
                if (i % 2 == 0)
                    each->add_event(key, i, {i, 0}, key);
                else
                    each->add_state(key, {i, i, Value::of(std::string_view(key))});
            }
        log.add_all(other);
        log.add_all(ByteSpan(random.history()));
        return log.flat();
    }));
}

TEST(History, forgets_before_merging_as_after_it) {
    Random random(5);
    for (int i = 0; i < 500; ++i) {
        const ByteString a = random.history(), b = random.history();
        const Instant horizon = random.horizon();
        Twin expected = decode(a);
        expected.forget_before(horizon);
        ASSERT_EQ(decode(forgotten(a, horizon)), expected);
        expect_valid(forgotten(a, horizon));
        ASSERT_EQ(merged(forgotten(a, horizon), b), forgotten(merged(a, b), horizon));
        ASSERT_EQ(forgotten(forgotten(a, horizon), minus_infinity), forgotten(a, horizon));
    }
    EXPECT_EQ(code_of([] { forgotten(empty, plus_infinity); }), Errc::datetime_overflow);
}

TEST(History, forgets_also_what_it_does_not_hold) {
    const ByteString nothing = forgotten(empty, 10 * micros_per_day);
    const Row late{"login", FactKind::counter, 3 * micros_per_day, 0, false, 1, {}, {}};
    const ByteString both = merged(nothing, encode({late}));
    EXPECT_EQ(known_throughout_from(History(ByteSpan(both))), 10 * micros_per_day);
    const Counter counter(History(ByteSpan(both)).find("login")->bytes);
    EXPECT_TRUE(counter.forgotten());
    EXPECT_EQ(counter.size(), 0u);
}

TEST(History, is_known_from_the_last_horizon_on) {
    const ByteString timeline = fact(encode({{"plan", FactKind::text, 0, 0, false, 0, "gold", {}}}), "plan");
    const ByteString shorter = written([&](Bytes& out) { forget_fact_before({"", FactKind::text, timeline}, 5, out); });
    const ByteString a = merged(one_fact("a", timeline), one_fact("b", shorter));
    EXPECT_EQ(History(ByteSpan(a)).known_from(), minus_infinity);
    EXPECT_EQ(known_throughout_from(History(ByteSpan(a))), 5);
    EXPECT_EQ(fact(a, "a"), timeline);
    EXPECT_EQ(one_fact("a", timeline, 5), one_fact("a", shorter, 5));
}

/// Counts what is fetched.
class CountingSource final : public ByteSource {
public:
    explicit CountingSource(ByteSpan bytes) : bytes_(bytes) {}
    std::size_t size() const override { return bytes_.size(); }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        offset = std::min(offset, bytes_.size());
        const ByteSpan piece = bytes_.subspan(offset, std::min(length, bytes_.size() - offset));
        fetched += piece.size();
        pieces_.emplace_back(piece.begin(), piece.end());  // memory of its own, so that reading past the piece is seen
        return pieces_.back();
    }
    std::size_t fetched = 0;

private:
    ByteSpan bytes_;
    std::deque<ByteString> pieces_;
};

TEST(History, fetches_only_the_directory_and_the_fact) {
    Random random(8);
    for (const std::size_t keys : {0, 1, 3, 20, 400}) {
        Rows rows;
        for (std::size_t i = 0; i < keys * 200; ++i) rows.push_back(random.row(keys));
        const ByteString bytes = encode(rows);
        for (const auto& [key, known] : decode(bytes).facts) {
            CountingSource source{ByteSpan(bytes)};
            ASSERT_EQ(bytes_of(find_fact(source, key)), fact(bytes, key));
            ASSERT_LE(source.fetched, 1996 + keys * 64 + (keys / 9 + 1) * 300 + fact(bytes, key).size());
        }
        for (const char* key : {"", "key", "key 000", "key 1000", "zzz"}) {
            CountingSource source{ByteSpan(bytes)};
            ASSERT_FALSE(find_fact(source, key));
            ASSERT_FALSE(History(ByteSpan(bytes)).find(key));
        }
    }
}

TEST(History, takes_many_keys) {
    Rows rows;
    for (int i = 0; i < 20'000; ++i)
        rows.push_back({"k" + std::to_string(i % 5000), FactKind::counter, i, 0, false, 1, {}, {}});
    const ByteString bytes = encode(rows);
    EXPECT_EQ(History(ByteSpan(bytes)).size(), 5000u);
    EXPECT_EQ(Counter(History(ByteSpan(bytes)).find("k4999")->bytes).size(), 4u);
    expect_valid(bytes);
}

TEST(History, compares_keys_by_bytes) {
    Rows rows;
    for (const char* key : {"b", "\xC3\xA4", "a", "", "B", "aa"})
        rows.push_back({key, FactKind::boolean, 0, 0, false, 1, {}, {}});
    const ByteString bytes = encode(rows);
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < 6; ++i) keys.emplace_back(History(ByteSpan(bytes))[i].key);
    EXPECT_EQ(keys, (std::vector<std::string>{"", "B", "a", "aa", "b", "\xC3\xA4"}));
}

TEST(History, refuses_what_does_not_fit) {
    const Row counter{"x", FactKind::counter, 0, 0, false, 1, {}, {}},
        text{"x", FactKind::text, 0, 0, false, 0, "a", {}};
    EXPECT_EQ(code_of([&] { encode({counter, text}); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { merged(encode({counter}), encode({text})); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { overlaid(encode({counter}), encode({text})); }), Errc::kind_mismatch);
    test::TestArena arena;
    const test::StateArena use(arena);
    HistoryLog log = twin::log_of({counter});
    log.add_all(twin::log_of({text}));
    EXPECT_EQ(code_of([&] { finished(log); }), Errc::kind_mismatch);
    try {
        encode({text, counter});
    } catch (const Error& e) {
        EXPECT_STREQ(e.what(), "fact \"x\" is of kind text and of kind counter");
    }

    const Row longest{std::string(1000, 'k'), FactKind::counter, 0, 0, false, 1, {}, {}};
    EXPECT_EQ(History(ByteSpan(encode({longest}))).size(), 1u);
    Row longer = longest;
    longer.key += 'k';
    EXPECT_EQ(code_of([&] { encode({longer}); }), Errc::invalid_parameter);
    EXPECT_EQ(code_of([&] { one_fact(longer.key, fact(encode({counter}), "x")); }), Errc::invalid_parameter);
    EXPECT_EQ(code_of([] { fact_kind_named("timestamp"); }), Errc::invalid_parameter);
    for (const FactKind kind :
         {FactKind::boolean, FactKind::number, FactKind::text, FactKind::date, FactKind::time, FactKind::counter})
        EXPECT_EQ(fact_kind_named(kind_name(kind)), kind);
}

TEST(History, has_these_bytes) {
    EXPECT_EQ(empty, (ByteString{0x17, 0, 1, 0}));
    const ByteString counter = fact(encode({{"n", FactKind::counter, 0, 0, false, 1, {}, {}}}), "n");
    const ByteString flag = fact(encode({{"f", FactKind::boolean, 0, 0, false, 1, {}, {}}}), "f");
    ByteString expected{0x17, 1, 2,                 // format, known_from is there: 1 us
                        9,                          // size of the directory
                        2,    2, 0b1101, 'f', 'n',  // two keys, which end at 1 and at 2, in two bits each
                        1,    6};                   // boolean, counter
    const ByteString f = written([&](Bytes& out) { forget_fact_before({"", FactKind::boolean, flag}, 1, out); });
    const ByteString n = written([&](Bytes& out) { forget_fact_before({"", FactKind::counter, counter}, 1, out); });
    const auto width = unsigned(std::bit_width(f.size() + n.size()));
    ASSERT_EQ(width, 4u);
    expected[6] = 0b1001;
    expected.push_back(Byte(width));
    expected.push_back(Byte(f.size() | (f.size() + n.size()) << width));
    expected[3] = Byte(expected.size() - 4);
    expected.insert(expected.end(), f.begin(), f.end());
    expected.insert(expected.end(), n.begin(), n.end());
    EXPECT_EQ(forgotten(merged(one_fact("n", counter), one_fact("f", flag)), 1), expected);
}

TEST(History, trusts_no_bytes) {
    Random random(9);
    test::TestArena arena;
    for (int i = 0; i < 4000; ++i) {
        ByteString bytes = random.history();
        switch (random.below(3)) {
            case 0: bytes.resize(random.below(bytes.size())); break;
            case 1: bytes[random.below(bytes.size())] ^= Byte(1 << random.below(8)); break;
            default: bytes.push_back(Byte(random.below(256)));
        }
        try {
            validate_history(bytes, arena);
        } catch (const Error& e) {
            ASSERT_EQ(e.code(), Errc::corrupt);
            continue;
        }
        // Another value, then: its text form reads back as the same bytes.
        String text{Alloc<char>(arena)};
        print_history(History(ByteSpan(bytes)), text);
        if (text.find("\\u0000") != String::npos) continue;  // no text of PostgreSQL's; its face refuses it
        ASSERT_EQ(written([&](Bytes& out) { parse_history({text.data(), text.size()}, out); }), bytes);
    }
}

}  // namespace
}  // namespace csagg
