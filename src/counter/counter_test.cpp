#include "counter/counter.hpp"

#include "base/test_arena.hpp"
#include "counter/counter_algebra.hpp"
#include "counter/counter_build.hpp"
#include "counter/counter_text.hpp"
#include "counter/counter_twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csagg {
namespace {

using twin::encode;
using twin::heap;
using twin::Row;

constexpr Instant hour = 3600 * micros_per_second;

template <class F>
Bytes written(F write) {
    Bytes bytes{Alloc<Byte>(heap())};
    write(bytes);
    return bytes;
}

Bytes merge(const Bytes& a, const Bytes& b) {
    return written([&](Bytes& out) { merge_counters(view(a), view(b), out); });
}
Bytes forget(const Bytes& a, Instant horizon) {
    return written([&](Bytes& out) { forget_counter_before(view(a), horizon, out); });
}
Bytes slice(const Bytes& a, Instant since, Instant until) {
    return written([&](Bytes& out) { slice_counter(view(a), since, until, out); });
}
Bytes overlay(const Bytes& a, const Bytes& b) {
    return written([&](Bytes& out) { overlay_counters(view(a), view(b), out); });
}
Bytes downsample(const Bytes& a, std::int64_t resolution) {
    return written([&](Bytes& out) { downsample_counter(view(a), resolution, out); });
}
Bytes parsed(std::string_view text) {
    test::TestArena arena;  // quoted texts stay in it
    Bytes bytes{Alloc<Byte>(arena)};
    parse_counter(text, bytes);
    return written([&](Bytes& out) { out.assign(bytes.begin(), bytes.end()); });
}
std::string printed(const Bytes& bytes) {
    String text{Alloc<char>(heap())};
    print_counter(Counter(view(bytes)), text);
    return {text.data(), text.size()};
}

template <class F>
void expect_error(Errc code, F f) {
    try {
        f();
        ADD_FAILURE() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), code) << e.what();
    }
}

CounterLog state_of(std::span<const Row> rows) {
    CounterLog log = CounterLog::create(test::grow_in_arena);
    for (const Row& row : rows) {
        if (row.actor.empty())
            log.add(row.at, row.amount());
        else
            log.add(row.at, row.amount(), row.actor);
    }
    return log;
}

Bytes finished(const CounterLog& log) {
    return written([&](Bytes& out) { log.finish(out); });
}

TEST(Counter, says_what_was_logged) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 600; ++i) {
        const auto rows = twin::random_rows(random, i % 20 == 0 ? 5000 : 60);
        const Bytes bytes = encode(rows);
        const twin::Log log = twin::log_of(rows);
        ASSERT_EQ(twin::decode(bytes), log);
        validate_counter(view(bytes), heap());
        const Counter counter(view(bytes));
        ASSERT_EQ(counter.size(), log.events.size());
        if (counter.size() == 0) continue;
        EXPECT_EQ(counter.first(), log.events.begin()->first);
        EXPECT_EQ(counter.last(), log.events.rbegin()->first);
    }
}

TEST(Counter, same_bytes_for_any_order_and_grouping) {
    test::TestArena states;
    const test::StateArena use(states);
    std::mt19937_64 random(2);
    for (int i = 0; i < 300; ++i) {
        auto rows = twin::random_rows(random, i % 20 == 0 ? 3000 : 50);
        const Bytes once = encode(rows);
        std::shuffle(rows.begin(), rows.end(), random);
        ASSERT_EQ(encode(rows), once);
        // Pieces as states, finished counters or neither, put together in turn.
        CounterLog all = CounterLog::create(test::grow_in_arena);
        Bytes merged = encode({});
        for (std::size_t begin = 0; begin < rows.size();) {
            const std::size_t n = std::min<std::size_t>(rows.size() - begin, 1 + random() % 20);
            const std::vector<Row> part(rows.begin() + long(begin), rows.begin() + long(begin + n));
            begin += n;
            merged = random() % 2 == 0 ? merge(merged, encode(part)) : merge(encode(part), merged);
            if (random() % 2 == 0) {
                all.add_all(state_of(part));
            } else {
                const Bytes piece = encode(part);
                all.add_all(Counter(view(piece)), heap());
            }
        }
        ASSERT_EQ(merged, once);
        ASSERT_EQ(finished(all), once);
    }
}

TEST(Counter, merge_and_forget_follow_the_model) {
    test::TestArena states;
    const test::StateArena use(states);
    std::mt19937_64 random(3);
    for (int i = 0; i < 500; ++i) {
        Bytes part[3] = {encode({}), encode({}), encode({})};
        twin::Log log[3];
        for (int k = 0; k < 3; ++k) {
            const auto rows = twin::random_rows(random, 40, 0, 6 * hour);
            part[k] = encode(rows);
            log[k] = twin::log_of(rows);
            if (random() % 2 == 0) continue;
            const Instant horizon = random() % 9 == 0 ? minus_infinity : Instant(random() % 6) * hour;
            part[k] = forget(part[k], horizon);
            log[k].forget_before(horizon);
            ASSERT_EQ(twin::decode(part[k]), log[k]);
        }
        const auto& [a, b, c] = part;
        const Bytes all = merge(merge(a, b), c);
        ASSERT_EQ(twin::decode(all), twin::merged(twin::merged(log[0], log[1]), log[2]));
        ASSERT_EQ(all, merge(a, merge(b, c)));
        ASSERT_EQ(all, merge(c, merge(b, a)));
        validate_counter(view(all), heap());
        ASSERT_EQ(parsed(printed(all)), all) << printed(all);
        const Instant horizon = Instant(random() % 6) * hour;
        ASSERT_EQ(forget(merge(a, b), horizon), merge(forget(a, horizon), forget(b, horizon)));
        // The same by way of states.
        CounterLog state = CounterLog::create(test::grow_in_arena);
        for (const Bytes* piece : {&c, &a, &b}) state.add_all(Counter(view(*piece)), heap());
        ASSERT_EQ(finished(state), all);
    }
}

TEST(Counter, slices_merge_to_the_whole) {
    std::mt19937_64 random(4);
    for (int i = 0; i < 300; ++i) {
        const auto rows = twin::random_rows(random, i % 10 == 0 ? 6000 : 40);
        const Bytes whole = random() % 2 == 0 ? encode(rows) : forget(encode(rows), 8 * micros_per_day);
        const Instant since = Instant(random() % 20) * 2 * micros_per_day,
                      until = Instant(random() % 20) * 2 * micros_per_day;
        const Bytes part = slice(whole, since, until);
        validate_counter(view(part), heap());
        twin::Log expected = twin::decode(whole);
        std::erase_if(expected.events, [=](const auto& e) { return e.first < since || e.first >= until; });
        if (expected.known_from <= since || since >= until) {
            expected.known_from = minus_infinity;
            expected.forgotten = false;
        }
        expected.known_from = std::min(expected.known_from, until);  // behind the part nothing is unknown
        ASSERT_EQ(twin::decode(part), expected);
        ASSERT_EQ(merge(slice(whole, minus_infinity, until), slice(whole, until, plus_infinity)), whole);
        ASSERT_EQ(slice(whole, minus_infinity, plus_infinity), whole);
    }
}

TEST(Counter, overlay_replaces_whole_instants) {
    std::mt19937_64 random(5);
    for (int i = 0; i < 300; ++i) {
        Bytes a = encode(twin::random_rows(random, 40, 0, 6 * hour)),
              b = encode(twin::random_rows(random, 20, 0, 6 * hour));
        if (random() % 3 == 0) a = forget(a, hour);
        if (random() % 3 == 0) b = forget(b, 2 * hour);
        const twin::Log below = twin::decode(a);
        twin::Log expected = twin::decode(b);
        for (const auto& [at, e] : below.events) expected.events.try_emplace(at, e);
        expected.forgotten |= below.forgotten;
        const Instant known_from = std::max(below.known_from, expected.known_from);
        expected.forgotten |= !expected.events.empty() && expected.events.begin()->first < known_from;
        expected.forget_before(known_from);
        std::erase_if(expected.events, [=](const auto& e) { return e.first < known_from; });
        const Bytes result = overlay(a, b);
        ASSERT_EQ(twin::decode(result), expected);
        validate_counter(view(result), heap());
        ASSERT_EQ(overlay(forget(a, 3 * hour), forget(b, 3 * hour)), forget(result, 3 * hour));
    }
}

TEST(Counter, downsampling_moves_up) {
    std::mt19937_64 random(6);
    for (int i = 0; i < 300; ++i) {
        const std::int64_t resolutions[] = {1, 1000, hour / 4, hour, 7 * hour, micros_per_day};
        const std::int64_t resolution = resolutions[random() % 6];
        const auto rows = twin::random_rows(random, 60, -2 * micros_per_day, 2 * micros_per_day);
        std::vector<Row> moved = rows;
        for (Row& row : moved)
            while (row.at != minus_infinity && resolution > 1 && row.at % resolution != 0)
                row.at += row.at % resolution > 0 ? resolution - row.at % resolution : -(row.at % resolution);
        const Bytes bytes = encode(rows);
        ASSERT_EQ(downsample(bytes, resolution), encode(moved));
        // Of a shortened counter exactly the slots that are known whole are left, and a second time changes nothing.
        const Instant horizon = Instant(random() % 5) * hour / 2 + Instant(random() % 2);
        const Bytes shortened = downsample(forget(bytes, horizon), resolution);
        const Instant first_whole = Counter(view(shortened)).known_from();
        ASSERT_GE(first_whole, horizon);
        ASSERT_LE(first_whole, horizon + resolution);
        ASSERT_EQ(twin::decode(shortened).events, twin::decode(forget(encode(moved), first_whole)).events);
        ASSERT_EQ(downsample(shortened, resolution), shortened);
    }
    expect_error(Errc::invalid_parameter, [] { downsample(encode({}), 0); });
    expect_error(Errc::invalid_parameter, [] { downsample(encode({}), micros_per_day + 1); });
    expect_error(Errc::datetime_overflow, [] { downsample(encode({{last_instant, 1'000'000, ""}}), 7 * hour); });
}

TEST(Counter, text_is_readable) {
    const Instant at = 60 * hour;
    EXPECT_EQ(printed(encode({})), "counter {}");
    EXPECT_EQ(printed(encode({{at, 1'000'000, ""}})), "counter {2000-01-03 12:00:00+00}");
    EXPECT_EQ(
        printed(encode({{at, 12'500'000, "bob"},
                        {at, 0, "ann"},
                        {at, 0, ""},
                        {minus_infinity, -1, ""},
                        {at + 1, 1'000'000, "c\"\n"}})),
        "counter {-infinity (total -0.000001), 2000-01-03 12:00:00+00 (3 events, total 12.5, actors \"ann\" \"bob\"), "
        "2000-01-03 12:00:00.000001+00 (actors \"c\\\"\\n\")}");
    const Bytes known = forget(encode({{at, 1'000'000, ""}}), at);
    EXPECT_EQ(printed(known), "counter known from 2000-01-03 12:00:00+00 {2000-01-03 12:00:00+00}");
    EXPECT_EQ(printed(forget(known, at + hour)), "counter forgotten before 2000-01-03 13:00:00+00 {}");
    String json{Alloc<char>(heap())};
    print_counter_json(Counter(view(known)), json);
    EXPECT_EQ(std::string_view(json.data(), json.size()),
              "{\"known_from\": \"2000-01-03 12:00:00+00\", \"forgotten\": false, \"events\": "
              "[{\"at\": \"2000-01-03 12:00:00+00\", \"events\": 1, \"total\": 1}]}");
}

TEST(Counter, text_goes_round) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 300; ++i) {
        const Bytes bytes = encode(twin::random_rows(random, 30));
        ASSERT_EQ(parsed(printed(bytes)), bytes) << printed(bytes);
    }
    EXPECT_EQ(printed(parsed(" counter{2000-01-02(1 event) ,2000-01-01 ( 2 events,total -0.50,actors\"b\" \"a\"\"b\" "
                             "), 2000-01-02 }\n")),
              "counter {2000-01-01 00:00:00+00 (2 events, total -0.5, actors \"a\" \"b\"), 2000-01-02 00:00:00+00 (2 "
              "events)}");
    for (const char* text :
         {"",
          "counter",
          "counter {",
          "counter {2000-01-01",
          "counter {2000-01-01,}",
          "counter {2000-01-01()}",
          "counter {2000-01-01 (0 events)}",
          "counter {2000-01-01 (3)}",
          "counter {2000-01-01 (-3 events)}",
          "counter {2000-01-01 (4611686018427387904 events)}",
          "counter {2000-01-01 (99999999999999999999 events)}",
          "counter {2000-01-01 (total)}",
          "counter {2000-01-01 (total 1.)}",
          "counter {2000-01-01 (total 1e5)}",
          "counter {2000-01-01 (total 1000000000000000000)}",
          "counter {2000-01-01 (4611686018427387903 events, total -4611686018427387898388313981572612097.1)}",
          "counter {2000-01-01 (actors)}",
          "counter {2000-01-01 (total 0.0000000000000000000000000000000000001)}",
          "counter {} x",
          "counter {2000-01-01 (total 1, 2 events)}",
          "counter {2000-01-01 (actors \"a)}",
          "counter known from {}",
          "counter forgotten before -infinity {}",
          "counter known from 2000-01-02 {2000-01-01}",
          "number {2000-01-01 = 1}"})
        expect_error(Errc::invalid_text, [=] { parsed(text); });
    expect_error(Errc::datetime_overflow, [] { parsed("counter {infinity}"); });
    expect_error(Errc::out_of_range, [] { parsed("counter {2000-01-01 (4611686018427387903 events), 2000-01-01}"); });
}

TEST(Counter, totals_are_exact) {
    test::TestArena states;
    const test::StateArena use(states);
    const char* const texts[] = {
        "counter {2000-01-01 00:00:00+00 (2 events, total 1999999999999999998)}",
        "counter {2000-01-01 00:00:00+00 (3 events, total 1000000000000000000.000000000000000000000000000000000001)}",
        ("counter {2000-01-01 00:00:00+00 (total 0.000000000000000000000000000000000001), "
         "2000-01-02 00:00:00+00 (total 999999999999999999)}"),
        "counter {2000-01-01 00:00:00+00 (4611686018427387903 events, total -4611686018427387898388313981572612097)}",
        "counter {2000-01-01 00:00:00+00 (total 0), 2000-01-02 00:00:00+00 (1000000 events, total 0.1)}",
    };
    for (const char* text : texts) {
        const Bytes bytes = parsed(text);
        EXPECT_EQ(printed(bytes), text);
        validate_counter(view(bytes), heap());
    }
    EXPECT_EQ(printed(merge(parsed(texts[0]), parsed("counter {2000-01-01 (2 events, total -1999999999999999997.5)}"))),
              "counter {2000-01-01 00:00:00+00 (4 events, total 0.5)}");
    // A state carries them too.
    const Bytes great = parsed(texts[3]);
    CounterLog log = CounterLog::create(test::grow_in_arena);
    log.add_all(Counter(view(great)), heap());
    EXPECT_EQ(finished(log), great);
    log.add(0, {1, 0});
    expect_error(Errc::out_of_range, [&] { finished(log); });
}

TEST(Counter, states_are_written_throughout) {
    EXPECT_TRUE(test::is_written_throughout([] {
        std::mt19937_64 random(3);
        CounterLog log = state_of(twin::random_rows(random, 500));
        const Bytes piece = forget(encode(twin::random_rows(random, 500)), hour);
        log.add_all(Counter(view(piece)), heap());
        log.add_all(state_of(twin::random_rows(random, 100)));
        return log.flat();
    }));
}

TEST(Counter, is_small) {
    std::vector<Row> rows;
    for (int i = 0; i < 20; ++i) rows.push_back({Instant(800 * 24 + i * 36) * hour, 1'000'000, ""});
    EXPECT_LE(encode(rows).size(), 30u);
}

TEST(Counter, forged_bytes_are_rejected) {
    std::mt19937_64 random(8);
    for (int i = 0; i < 40; ++i) {
        const auto rows = twin::random_rows(random, i == 0 ? 3000 : 25);
        Bytes bytes = random() % 2 == 0 ? encode(rows) : forget(encode(rows), hour);
        for (int k = 0; k < 200; ++k) {
            Bytes forged = bytes;
            for (std::size_t n = 1 + random() % 3; n > 0; --n) forged[random() % forged.size()] = Byte(random());
            if (random() % 4 == 0) forged.resize(random() % (forged.size() + 1));
            try {
                validate_counter(view(forged), heap());
                ASSERT_EQ(parsed(printed(forged)), forged);
            } catch (const Error& e) {
                ASSERT_TRUE(e.code() == Errc::corrupt || e.code() == Errc::invalid_text) << e.what();
            }
        }
    }
}

}  // namespace
}  // namespace csagg
