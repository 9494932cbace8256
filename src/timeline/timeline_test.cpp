#include "timeline/timeline.hpp"

#include "base/test_error.hpp"
#include "timeline/timeline_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using namespace csagg::test;

constexpr std::int64_t second = micros_per_second, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

void expect_entries(const ByteString& bytes, const Log& expected) {
    TestArena arena;
    Entries entries(arena);
    timeline(bytes).read(entries);
    ASSERT_EQ(entries.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(entries[i].at, expected[i].at) << i;
        ASSERT_EQ(entries[i].seq, expected[i].seq) << i;
        ASSERT_EQ(entries[i].value.kind, expected[i].value.kind) << i;
        ASSERT_TRUE(same(entries[i].value, expected[i].value)) << i << ": " << name_of(expected[i].value);
    }
}

bool is_valid(const ByteString& bytes) {
    TestArena arena;
    try {
        validate_timeline(bytes, arena);
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), Errc::corrupt) << e.what();
        return false;
    }
    return true;
}

/// Counts what is fetched.
class CountingSource final : public ByteSource {
public:
    explicit CountingSource(ByteSpan bytes) : bytes_(bytes) {}
    std::size_t size() const override { return bytes_.size(); }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        offset = std::min(offset, bytes_.size());
        length = std::min(length, bytes_.size() - offset);
        fetched_ += length;
        pieces_.emplace_back(bytes_.begin() + std::ptrdiff_t(offset), bytes_.begin() + std::ptrdiff_t(offset + length));
        return pieces_.back();  // memory of its own, so that reading past the piece is seen
    }
    std::size_t fetched() const { return fetched_; }

private:
    ByteSpan bytes_;
    std::size_t fetched_ = 0;
    std::vector<ByteString> pieces_;
};

struct Shape {
    std::size_t entries;
    std::int64_t unit;
    bool since_ever, with_seq, with_absent, mixed;
};

/// Strictly increasing entries of a shape.
Log make(Kind kind, const Shape& shape, Random& random) {
    static constexpr std::string_view texts[] = {"", "gold", "silver", "a", "Z\xC3\xBCrich"};
    Log out;
    Instant t = -9 * hour - 30 * minute;
    for (std::size_t i = 0; i < shape.entries; ++i) {
        Entry e{t, 0, Value::none(kind)};
        if (i == 0 && shape.since_ever) e.at = minus_infinity;
        t += std::int64_t(1 + random.below(9)) * shape.unit;
        if (shape.with_seq) e.seq = std::int64_t(random.bits() >> random.below(64)) * (random.one_in(2) ? 1 : -1);
        if (shape.with_absent && random.one_in(4)) {
            out.push_back(e);
            continue;
        }
        switch (kind) {
            case Kind::boolean: e.value = Value::of(random.one_in(2)); break;
            case Kind::number:
                e.value = Value::of(Number::normalized(std::int64_t(random.below(1000)) - 500,
                                                       shape.mixed ? int(random.below(37)) : 2));
                break;
            case Kind::text: e.value = Value::of(random.pick(texts)); break;
            case Kind::date: e.value = Value::of_date(Date(random.below(9000))); break;
            case Kind::time: e.value = Value::of_time(Instant(random.below(1u << 20)) * shape.unit); break;
        }
        const Value extreme = random.value(kind);
        if (shape.mixed && !extreme.absent && random.one_in(3)) e.value = extreme;
        out.push_back(e);
    }
    return out;
}

template <class F>
void for_each_shape(const std::vector<std::size_t>& sizes, F f) {
    Random random(1);
    for (const Kind kind : all_kinds)
        for (const std::size_t n : sizes)
            for (const std::int64_t unit :
                 {std::int64_t(1), std::int64_t(1000), second, minute, 30 * minute, hour, day})
                for (unsigned options = 0; options < 16; ++options) {
                    const Shape shape{
                        n, unit, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0};
                    f(kind, make(kind, shape, random), random);
                }
}

TEST(TimelineBytes, KeepTheFirstFormat) {
    // kind number, version 1; no flags; one entry; instants: base in seconds, unit unused; 86400 as zigzag varint;
    // scale 1; least word 125 as zigzag varint, width 0; no bits.
    const Log one = {{day, 0, Value::of(Number{125, 1})}};
    EXPECT_EQ(encoded(Kind::number, one),
              (ByteString{0x12, 0x00, 0x01, 0x02, 0x80, 0xC6, 0x0A, 0x01, 0xFA, 0x01, 0x00}));
    // text; known from 2000-01-01; two entries: since ever "b", absent a day later with seq 1.
    const Log two = {{minus_infinity, 0, Value::of(std::string_view("b"))}, {day, 1, Value::none(Kind::text)}};
    EXPECT_EQ(encoded(Kind::text, two, 0),
              (ByteString{0x13, 0x01, 0x02, 0x00,  // head, known_from 0
                          0x01, 0x01, 0x01, 'b',   // dictionary: one text, ends of 1 bit, its end
                          0xE2, 0x80, 0xC6, 0x0A,  // since ever, absent, seq; base 86400 s
                          0x00, 0x00, 0x00, 0x01,  // words: least 0, width 0; seqs: least 0, width 1
                          0b1010}));               // absent: 0, 1; seqs: 0, 1
    EXPECT_EQ(encoded(Kind::date, {}), (ByteString{0x14, 0x00, 0x00}));
    EXPECT_EQ(encoded(Kind::text, {}), (ByteString{0x13, 0x00, 0x00, 0x00}));
}

TEST(TimelineBytes, EveryShapeComesBackAndIsValid) {
    for_each_shape({0, 1, 2, 3, 20, 64}, [](Kind kind, const Log& entries, Random&) {
        const ByteString bytes = encoded(kind, entries);
        const Timeline view = timeline(bytes);
        EXPECT_EQ(view.kind(), kind);
        EXPECT_EQ(view.size(), entries.size());
        EXPECT_EQ(view.known_from(), minus_infinity);
        expect_entries(bytes, entries);
        ASSERT_TRUE(is_valid(bytes));
    });
}

TEST(TimelineBytes, ManyEntriesComeBackAndAreValid) {
    Random random(2);
    for (const Kind kind : all_kinds)
        for (const std::size_t n : {1023U, 1024U, 1025U, 2048U, 5000U})
            for (unsigned options = 0; options < 16; options += 5) {
                const Shape shape{
                    n, minute, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, (options & 8) != 0};
                const Log entries = make(kind, shape, random);
                const ByteString bytes = encoded(kind, entries);
                EXPECT_EQ(timeline(bytes).blocks(), (n + 1023) / 1024);
                expect_entries(bytes, entries);
                ASSERT_TRUE(is_valid(bytes));
            }
}

TEST(TimelineBytes, KnownFromIsKept) {
    for (const Instant known_from : {first_instant, Instant(0), last_instant}) {
        const ByteString bytes = encoded(Kind::number, {{minus_infinity, 0, Value::of(Number{1, 0})}}, known_from);
        EXPECT_EQ(timeline(bytes).known_from(), known_from);
        EXPECT_TRUE(is_valid(bytes));
    }
}

TEST(TimelineBytes, NumbersOfEveryScaleAndLengthComeBack) {
    // At a common scale of 18 the word of 1 would have 19 digits, which 64 bits hold up to 9 but a Number does not.
    for (const std::int64_t coarse : {1, 9, -9, 10, -10}) {
        const Log entries = {{0, 0, Value::of(Number::of(coarse))}, {1, 0, Value::of(Number{1, 18})}};
        const ByteString bytes = encoded(Kind::number, entries);
        expect_entries(bytes, entries);
        EXPECT_TRUE(is_valid(bytes)) << coarse;
        EXPECT_TRUE(same(find_value(ByteSpan(bytes), 0).value, entries[0].value));
    }
    Random random(3);
    for (int round = 0; round < 3000; ++round) {
        Log entries;
        for (Instant t = 0; t < 4; ++t) {
            const std::int64_t limit = power_of_ten[random.below(19)];
            const auto coefficient = std::int64_t(random.below(std::uint64_t(2 * limit - 1))) - (limit - 1);
            entries.push_back({t, 0, Value::of(Number::normalized(coefficient, int(random.below(37))))});
        }
        const ByteString bytes = encoded(Kind::number, entries);
        expect_entries(bytes, entries);
        ASSERT_TRUE(is_valid(bytes));
    }
}

TEST(TimelineBytes, StaySmall) {
    Random random(4);
    Log daily;
    for (int i = 0; i < 730; ++i) daily.push_back({i * day, 0, Value::of(Number::of(std::int64_t(random.below(100))))});
    EXPECT_LE(encoded(Kind::number, daily).size(), 730U * 9 / 8 + 20);  // 7 bits of value, 2 of time
    Log plans;
    for (int i = 0; i < 20; ++i)
        plans.push_back({i * 37 * day + i * 1234567, 0, Value::of(i % 2 != 0 ? std::string_view("gold") : "silver")});
    EXPECT_LE(encoded(Kind::text, plans).size(), 20U * 6 + 30);
}

TEST(TimelineBytes, InfinityIsNoInstantOfAnEntry) {
    EXPECT_EQ(code_of([] { encoded(Kind::boolean, {{plus_infinity, 0, Value::of(true)}}); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([] {
                  encoded(Kind::boolean, {{last_instant + 1, 0, Value::of(true)}});
              }),
              Errc::datetime_overflow);
}

void expect_found_as_by_twin(const ByteString& bytes, const Twin& twin, const std::set<Instant>& instants,
                             std::size_t most_fetched) {
    const Log list = twin.list();
    const UnencodedTimeline unencoded(twin.kind, list, twin.known_from);
    for (const Instant at : instants) {
        const Value expected = twin.at(at);
        const Found found = find_value(ByteSpan(bytes), at);
        ASSERT_TRUE(same(found.value, expected)) << at << ": " << name_of(found.value) << ", not " << name_of(expected);
        ASSERT_EQ(found.value.kind, twin.kind);
        if (found.any) {
            ASSERT_EQ(found.since, std::prev(twin.entries.upper_bound(at))->first);
            ASSERT_GE(at, twin.known_from);
        } else {
            ASSERT_TRUE(at < twin.known_from || twin.entries.empty() || at < twin.entries.begin()->first);
        }
        CountingSource source{ByteSpan(bytes)};
        const Found by_pieces = find_value(source, at);
        ASSERT_TRUE(same(by_pieces.value, expected));
        ASSERT_EQ(by_pieces.any, found.any);
        ASSERT_EQ(by_pieces.since, found.since);
        ASSERT_LE(source.fetched(), most_fetched);
        const Found in_entries = find_value(unencoded, at);
        ASSERT_TRUE(same(in_entries.value, expected));
        ASSERT_EQ(in_entries.any, found.any);
        ASSERT_EQ(in_entries.since, found.since);
    }
}

TEST(FindValue, AgreesWithTheTwinOnShortTimelines) {
    Random random(5);
    for (int round = 0; round < 1500; ++round) {
        const Kind kind = random.pick(all_kinds);
        const Twin all(kind, random.log(kind, random.below(12), 8, random.one_in(2)));
        Twin twin = all;
        if (random.one_in(3)) {
            twin.known_from = random.instant(8);
            while (twin.entries.size() > 1 && std::next(twin.entries.begin())->first <= twin.known_from)
                twin.entries.erase(twin.entries.begin());
        }
        const ByteString bytes = encoded(kind, twin.list(), twin.known_from);
        ASSERT_TRUE(is_valid(bytes));
        expect_found_as_by_twin(bytes, twin, probes({&twin}), 2 * bytes.size());
    }
}

TEST(FindValue, ReadsAFewPiecesOfALongTimeline) {
    Random random(6);
    for (const Kind kind : all_kinds)
        for (const std::size_t n : {1023U, 1024U, 1025U, 5000U, 100000U}) {
            const Log entries = make(kind, {n, second, true, true, true, false}, random);
            Twin twin(kind, entries);
            if (random.one_in(2)) {
                twin.known_from = entries[3].at + 1;
                twin.entries.erase(twin.entries.begin(), std::next(twin.entries.begin(), 3));
            }
            const ByteString bytes = encoded(kind, twin.list(), twin.known_from);
            std::set<Instant> instants = {minus_infinity, last_instant, plus_infinity, twin.known_from};
            for (const std::size_t i : {0U, 1U, 4U, 1022U, 1023U, 1024U, 1025U, 2047U, 2048U, 4999U})
                if (i < entries.size() && entries[i].at != minus_infinity)
                    for (const Instant near : {-1, 0, 1}) instants.insert(entries[i].at + near);
            for (int i = 0; i < 60; ++i) instants.insert(entries[1 + random.below(n - 1)].at);
            // head, 12 bytes a block, the texts, one block (its entries have at most 64 bits of seq, and as much again)
            const std::size_t most = n > 1024 ? 32 + 12 * ((n + 1023) / 1024) + 64 + 1024 * 18 : bytes.size() + 32;
            expect_found_as_by_twin(bytes, twin, instants, most);
        }
}

TEST(Validate, AcceptsNothingButWhatEncodeWrites) {
    std::size_t accepted = 0, refused = 0;
    auto check = [&](const ByteString& bytes) {
        if (!is_valid(bytes)) {
            ++refused;
            return;
        }
        // Then all of it must be in the domain: printing and parsing is the test. A zero byte in a text is the
        // business of the encoding's check.
        ++accepted;
        const std::string text = printed(bytes);
        if (text.find("\\u0000") == std::string::npos) {
            ASSERT_EQ(parsed(text), bytes) << text;
        }
    };
    Random random(7);
    for (const Kind kind : all_kinds)
        for (unsigned options = 0; options < 16; ++options) {
            const Shape shape{1 + random.below(6), random.one_in(2) ? day : 1, (options & 1) != 0,
                              (options & 2) != 0,  (options & 4) != 0,         (options & 8) != 0};
            const Log entries = make(kind, shape, random);
            const ByteString good = encoded(kind, entries, random.one_in(3) ? entries[0].at : minus_infinity);
            check(good);
            for (std::size_t i = 0; i < good.size(); ++i) {
                for (unsigned change = 0; change < 12; ++change) {
                    ByteString bad = good;
                    bad[i] = Byte(change < 8 ? bad[i] ^ 1u << change : random.bits());
                    check(bad);
                }
                EXPECT_FALSE(is_valid({good.begin(), good.begin() + std::ptrdiff_t(i)}));
                for (const Byte extra : {0x00, 0x01, 0x80}) {
                    ByteString bad = good;
                    bad.insert(bad.begin() + std::ptrdiff_t(i), extra);
                    check(bad);
                }
            }
            ByteString longer = good;
            longer.push_back(0);
            EXPECT_FALSE(is_valid(longer));
        }
    EXPECT_GT(accepted, 1000U);  // both outcomes are frequent, so that the checks above mean something
    EXPECT_GT(refused, 1000U);
}

TEST(Validate, SeesDamageInLongTimelines) {
    Random random(8);
    for (const Kind kind : all_kinds) {
        const ByteString good = encoded(kind, make(kind, {2500, minute, true, true, true, false}, random));
        ASSERT_TRUE(is_valid(good));
        int refused = 0;
        for (int i = 0; i < 60; ++i) {
            ByteString bad = good;
            bad[i < 30 ? std::size_t(i) : random.below(bad.size())] ^= Byte(1u << random.below(8));
            if (is_valid(bad)) {
                EXPECT_EQ(parsed(printed(bad)), bad);
            } else {
                ++refused;
            }
            // Looking up in damaged bytes gives an error or a value, nothing worse.
            for (const Instant at : {Instant(0), 5000 * minute, plus_infinity}) {
                CountingSource source{ByteSpan(bad)};
                try {
                    find_value(source, at);
                } catch (const Error&) {
                }
            }
        }
        EXPECT_GT(refused, 20);
        for (int i = 0; i < 50; ++i)
            EXPECT_FALSE(is_valid({good.begin(), good.begin() + std::ptrdiff_t(random.below(good.size()))}));
    }
}

TEST(Validate, RefusesWhatLiesOutsideOfTheModel) {
    const Number one{1, 0};
    // -infinity twice: as a flag and as the base
    ByteString twice = encoded(Kind::boolean, {{minus_infinity, 0, Value::of(true)}, {0, 0, Value::of(true)}});
    ASSERT_EQ(twice, (ByteString{0x11, 0x00, 0x02, 0x22, 0x00, 0x02, 0x00}));
    twice = {0x11, 0x00, 0x02, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x02, 0x00};
    EXPECT_FALSE(is_valid(twice));
    // entries before known_from beyond the one carried in
    const Log three = {{0, 0, Value::of(one)}, {1, 0, Value::of(one)}, {2, 0, Value::of(one)}};
    EXPECT_TRUE(is_valid(encoded(Kind::number, three, 0)));
    EXPECT_FALSE(is_valid(encoded(Kind::number, three, 1)));
    EXPECT_FALSE(is_valid(encoded(Kind::number, three, 5)));
    // a horizon that is no instant
    EXPECT_FALSE(is_valid(encoded(Kind::number, {}, plus_infinity)));
    EXPECT_FALSE(is_valid(encoded(Kind::number, {}, last_instant + 1)));
    EXPECT_FALSE(is_valid(encoded(Kind::number, {}, first_instant - 1)));
    // values beyond their kind
    for (const Date date : {first_date - 1, last_date + 1})
        EXPECT_FALSE(is_valid(encoded(Kind::date, {{0, 0, Value::of_date(date)}})));
    for (const Instant time : {first_instant - 1, last_instant + 1})
        EXPECT_FALSE(is_valid(encoded(Kind::time, {{0, 0, Value::of_time(time)}})));
    Value wide = Value::of(one);
    for (const std::int64_t word : {power_of_ten[18], -power_of_ten[18], INT64_MIN, INT64_MAX}) {
        wide.word = word;
        EXPECT_FALSE(is_valid(encoded(Kind::number, {{0, 0, wide}})));
    }
    Value two = Value::of(true);
    two.word = 2;
    EXPECT_FALSE(is_valid(encoded(Kind::boolean, {{0, 0, two}})));
    Value unstripped = Value::of(one);
    unstripped.word = 10;
    unstripped.scale = 1;
    EXPECT_FALSE(is_valid(encoded(Kind::number, {{0, 0, unstripped}})));
}

TEST(Decoding, OfAFewHostileBytesTakesLittleMemory) {
    // A billion entries in no bytes, a dictionary of 2^28 texts, blocks in the same place, the longest fields.
    const std::vector<ByteString> hostile = {
        {0x12, 0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x03},
        {0x12, 0x00, 0x80, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00},
        {0x13, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x20, 0xFF, 0xFF, 0xFF, 0xFF},
        {0x13, 0x00, 0x01, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00},
        {0x11, 0x00, 0x80, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x3F, 0x00, 0x40},
    };
    for (const ByteString& bytes : hostile) {
        TestArena arena;
        EXPECT_THROW(validate_timeline(bytes, arena), Error);
        EXPECT_LT(arena.peak_bytes(), 100'000U);
        CountingSource source{ByteSpan(bytes)};
        EXPECT_THROW(find_value(source, 0), Error);
    }
    // The most that honest bytes hold: evenly spaced repeats take two bits each.
    Log even;
    for (int i = 0; i < 100'000; ++i) even.push_back({i * second, 0, Value::of(true)});
    const ByteString bytes = encoded(Kind::boolean, even);
    TestArena arena;
    validate_timeline(bytes, arena);
    EXPECT_LT(arena.peak_bytes(), bytes.size() * 1000);
}

TEST(TimelineText, ReadsAsDocumented) {
    const std::string number = "number {2025-01-03 00:00:00+00 = 40, 2025-02-09 09:30:00+00 #7 = null}";
    EXPECT_EQ(printed(parsed(number)), number);
    const std::string text = "text known from 2025-01-01 00:00:00+00 {-infinity = \"gold\"}";
    EXPECT_EQ(printed(parsed(text)), text);
    EXPECT_EQ(timeline(parsed(text)).known_from(), 9132 * day);
    EXPECT_EQ(printed(parsed(" \n\tboolean{2025-01-02=true,2025-01-01T00:00Z#-5=false}\r\n")),
              "boolean {2025-01-01 00:00:00+00 #-5 = false, 2025-01-02 00:00:00+00 = true}");
    EXPECT_EQ(printed(parsed("date {}")), "date {}");
    // the greater rank wins, and entries before the horizon go
    EXPECT_EQ(printed(parsed("number {2025-01-01 = 1, 2025-01-01 = null, 2025-01-01 #-1 = 9}")),
              "number {2025-01-01 00:00:00+00 = 1}");
    EXPECT_EQ(printed(parsed("number known from 2025-01-03 {2025-01-01 = 1, 2025-01-02 = 2}")),
              "number known from 2025-01-03 00:00:00+00 {2025-01-02 00:00:00+00 = 2}");
    EXPECT_EQ(printed(parsed("number {2025-01-01 #9223372036854775807 = 1e3, 2025-01-02 #-9223372036854775808 = -.5}")),
              "number {2025-01-01 00:00:00+00 #9223372036854775807 = 1000, 2025-01-02 00:00:00+00 "
              "#-9223372036854775808 = -0.5}");
}

TEST(TimelineText, UnreadableTextIsAnError) {
    for (const char* text : {"",
                             "number",
                             "numbers {}",
                             "number {",
                             "number }",
                             "number {2025-01-01}",
                             "number {2025-01-01 = }",
                             "number {2025-01-01 = 1",
                             "number {2025-01-01 = 1,}",
                             "number {2025-01-01 = 1} x",
                             "number {2025-01-01 # = 1}",
                             "number {2025-01-01 #1.5 = 1}",
                             "number {2025-01-01 #9223372036854775808 = 1}",
                             "number {2025-01-01 = \"gold\"}",
                             "text {2025-01-01 = gold}",
                             "boolean {2025-01-01 = 1}",
                             "number {soon = 1}",
                             "number known {}",
                             "date {2025-01-01 = 2025-02-29}",
                             "{}",
                             "NUMBER {}"})
        EXPECT_EQ(code_of([text] { parsed(text); }), Errc::invalid_text) << text;
    EXPECT_EQ(code_of([] { parsed("number {infinity = 1}"); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([] { parsed("number known from infinity {}"); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([] { parsed("number {294277-01-01 = 1}"); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([] { parsed("number {2025-01-01 = 1000000000000000000}"); }), Errc::out_of_range);
}

TEST(TimelineText, EveryShapeComesBack) {
    for_each_shape({0, 1, 2, 7}, [](Kind kind, const Log& entries, Random& random) {
        const Instant known_from = random.one_in(2) && !entries.empty() ? entries.front().at : minus_infinity;
        const ByteString bytes = encoded(kind, entries, known_from);
        ASSERT_EQ(parsed(printed(bytes)), bytes) << printed(bytes);
    });
    Random random(9);
    for (const Kind kind : all_kinds) {
        const ByteString bytes = encoded(kind, make(kind, {3000, second, true, true, true, true}, random));
        EXPECT_EQ(parsed(printed(bytes)), bytes);
    }
}

TEST(TimelineText, JsonHoldsTheSame) {
    TestArena arena;
    String out(arena);
    const ByteString bytes = parsed("text known from 2025-01-01 {-infinity = \"a\\\"b\", 2025-01-02 #3 = null}");
    print_timeline_json(timeline(bytes), out);
    EXPECT_EQ(
        std::string(out.data(), out.size()),
        R"({"kind": "text", "known_from": "2025-01-01 00:00:00+00", "entries": [{"at": "-infinity", "value": "a\"b"}, )"
        R"({"at": "2025-01-02 00:00:00+00", "seq": 3, "value": null}]})");
}

TEST(Allocation, ALogGoesOnAfterAFailureInItsAdd) {
    TestArena arena;
    const StateArena states(arena);
    TimelineLog log = TimelineLog::create(Kind::text, grow_in_arena);
    const std::string long_text(1000, 'x');
    log.add({5, 0, Value::of(std::string_view("a"))});
    TestArena failing(0);
    {
        const StateArena none(failing);
        EXPECT_THROW(log.add({7, 0, Value::of(std::string_view(long_text))}), std::bad_alloc);
    }
    log.add({6, 0, Value::of(std::string_view("b"))});
    EXPECT_EQ(printed(finished(log)),
              "text {2000-01-01 00:00:00.000005+00 = \"a\", 2000-01-01 00:00:00.000006+00 = \"b\"}");
}

}  // namespace
}  // namespace csagg
