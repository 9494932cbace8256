#include "value/columns.hpp"

#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace csagg {
namespace {

using test::TestArena;

constexpr std::int64_t second = micros_per_second, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

struct Packed {
    Byte flags = 0;
    std::vector<Byte> head, bits;
};

Packed pack(const std::vector<Instant>& at) {
    TestArena arena;
    const InstantsHead plan = InstantsHead::plan(at);
    Bytes head(arena);
    ByteWriter writer(head);
    plan.write(writer, at.size());
    BitWriter bits(arena);
    plan.write_low(at, bits);
    plan.write_high(at, bits);
    const ByteSpan packed = bits.finish();
    return {plan.flags(), {head.begin(), head.end()}, {packed.begin(), packed.end()}};
}

std::vector<Instant> unpack(const Packed& packed, std::size_t n) {
    ByteReader in{ByteSpan(packed.head)};
    const InstantsHead head = InstantsHead::read(packed.flags, in, n);
    EXPECT_EQ(in.left(), 0U);
    std::vector<Instant> at(n);
    const std::size_t end = head.decode(BitSpan{ByteSpan(packed.bits)}, 0, head.low_bits(n), n, at.data());
    EXPECT_EQ((end + 7) / 8, packed.bits.size());
    return at;
}

/// A part is a run of all; it has the instants of the stretch, and one before them.
void expect_part(const Packed& packed, const std::vector<Instant>& at, const Stretch& stretch) {
    ByteReader in{ByteSpan(packed.head)};
    const std::size_t n = at.size();
    const InstantsHead head = InstantsHead::read(packed.flags, in, n);
    std::vector<Instant> out(n);
    const InstantsHead::Part part =
        head.decode_part(BitSpan{ByteSpan(packed.bits)}, 0, head.low_bits(n), n, stretch, out.data());
    const std::size_t end = part.first + part.count;
    ASSERT_LE(end, n);
    out.resize(part.count);
    ASSERT_EQ(out, std::vector<Instant>(at.begin() + std::ptrdiff_t(part.first), at.begin() + std::ptrdiff_t(end)));
    if (part.first > 0) {
        ASSERT_LE(out.front(), stretch.since);
    }
    if (end < n) {
        ASSERT_GT(at[end], stretch.until);
    }
    if (n > 0) {
        ASSERT_EQ(head.first(), at.front());
    }
}

void expect_round_trip(const std::vector<Instant>& at) {
    const Packed packed = pack(at);
    ASSERT_EQ(unpack(packed, at.size()), at);
    expect_part(packed, at, {});
    std::mt19937_64 random(5);
    const auto near_one = [&] {
        const Instant t = at.empty() ? 0 : at[random() % at.size()];
        return t == minus_infinity ? t : t + std::int64_t(random() % 3) - 1;
    };
    for (int i = 0; i < 12; ++i) {
        const auto [since, until] = std::minmax({near_one(), near_one()});
        expect_part(packed, at, {since, until});
    }
}

TEST(Instants, ComeBackInEveryUnit) {
    std::mt19937_64 random(2);
    const std::int64_t units[] = {1, 1000, second, minute, 30 * minute, hour, day};
    for (const std::int64_t unit : units)
        for (const std::int64_t base :
             {std::int64_t(0), 7 * unit, -9 * hour - 30 * minute, std::int64_t(-123456789), first_instant})
            for (const std::size_t n : {1U, 2U, 3U, 20U, 63U, 64U, 65U, 1023U, 1024U})
                for (const std::uint64_t spread : {1U, 2U, 1000U, 1000000U}) {
                    if (unit == day && spread > 1000) continue;  // beyond the last instant
                    std::vector<Instant> at;
                    Instant t = base;
                    while (at.size() < n) {
                        at.push_back(t);
                        t += std::int64_t(1 + random() % spread) * unit;
                    }
                    expect_round_trip(at);
                    at.insert(at.begin(), minus_infinity);
                    expect_round_trip(at);
                }
}

TEST(Instants, OfWholeDaysInAZoneOfHalfHoursTakeTheUnitOfDays) {
    std::vector<Instant> at;
    for (int i = 0; i < 100; ++i) at.push_back(-9 * hour - 30 * minute + i * day);
    const InstantsHead head = InstantsHead::plan(at);
    EXPECT_EQ(head.unit, 5);               // day
    EXPECT_EQ(head.base_unit, 2);          // second
    EXPECT_LE(pack(at).bits.size(), 26U);  // two bits each
    at.back() += 30 * minute;
    EXPECT_EQ(InstantsHead::plan(at).unit, 3);  // minute
    at.back() += 1;
    EXPECT_EQ(InstantsHead::plan(at).unit, 0);
    at.front() += 1;
    EXPECT_EQ(InstantsHead::plan(at).base_unit, 0);
}

TEST(Instants, AtTheEdgesOfTime) {
    expect_round_trip({});
    expect_round_trip({minus_infinity});
    expect_round_trip({first_instant});
    expect_round_trip({last_instant});
    expect_round_trip({minus_infinity, last_instant});
    expect_round_trip({first_instant, last_instant});
    expect_round_trip({first_instant, first_instant + 1, last_instant - 1, last_instant});
    expect_round_trip({minus_infinity, first_instant, 0, last_instant});
}

TEST(Instants, ClusteredOnesTakeFewBits) {
    std::vector<Instant> at;
    for (int i = 0; i < 1000; ++i) at.push_back((i < 500 ? 0 : 10 * 365 * day) + i * second);
    expect_round_trip(at);
    // Spread over 3.2e8 seconds, 1000 of them: log2(3.2e5) + 2 bits each is the promise.
    EXPECT_LE(pack(at).bits.size() * 8, 1000U * 21);
}

TEST(Instants, CorruptOnesAreRefused) {
    const std::vector<Instant> at = {0, 5, 9, 1000};
    const Packed good = pack(at);
    ASSERT_EQ(unpack(good, 4), at);
    // A bit position is never read past the end.
    for (std::size_t cut = 0; cut < good.bits.size(); ++cut) {
        Packed shorter = good;
        shorter.bits.resize(cut);
        EXPECT_THROW(unpack(shorter, 4), Error);
    }
    auto with = [&](Byte flags, std::int64_t base, Byte low_width) {
        TestArena arena;
        Bytes head(arena);
        ByteWriter writer(head);
        writer.signed_varint(base);
        writer.u8(low_width);
        return Packed{flags, {head.begin(), head.end()}, std::vector<Byte>(64, 0xFF)};
    };
    EXPECT_THROW(unpack(with(3, 0, 1), 4), Error);                    // no such unit of the base
    EXPECT_THROW(unpack(with(6 << 2, 0, 1), 4), Error);               // no such unit
    EXPECT_THROW(unpack(with(0, 0, 64), 4), Error);                   // too wide
    EXPECT_THROW(unpack(with(2, INT64_MAX, 1), 4), Error);            // overflows
    EXPECT_THROW(unpack(with(0, first_instant - 1, 1), 4), Error);    // before the first
    EXPECT_THROW(unpack(with(0, minus_infinity, 1), 4), Error);       // -infinity is a flag
    EXPECT_THROW(unpack(with(1 << 5, minus_infinity, 1), 4), Error);  // twice
    EXPECT_THROW(unpack(with(0, last_instant, 1), 4), Error);         // runs over the last
    EXPECT_THROW(unpack(with(0, 0, 63), 4), Error);                   // sums beyond 64 bits
    EXPECT_THROW(unpack(with(5 << 2, 0, 62), 4), Error);              // days beyond 64 bits
    EXPECT_THROW(unpack(with(0, 0, 0), 4), Error);                    // distance 0: not increasing
}

TEST(Instants, PartsOfAnyBytesStayInTheirRoom) {
    std::mt19937_64 random(6);
    int good = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<Byte> bytes(12 + random() % 90);
        const std::uint64_t density = random();  // of ones
        for (Byte& b : bytes) b = Byte(random() & (density & 1 ? random() : ~0ULL) & (density & 2 ? random() : ~0ULL));
        const std::size_t n = random() % 80;
        try {
            ByteReader in{ByteSpan(bytes)};
            const InstantsHead head = InstantsHead::read(Byte(random() & 31), in, n);
            const BitSpan bits(in.take(in.left()));
            std::vector<Instant> out(n);
            const Instant since = head.base + std::int64_t(random() % 1000),
                          until = since + std::int64_t(random() % 1000);
            const auto part =
                head.decode_part(bits, 0, std::min(head.low_bits(n), bits.bits()), n, {since, until}, out.data());
            ASSERT_LE(part.first + part.count, n);
            ASSERT_TRUE(std::is_sorted(out.begin(), out.begin() + std::ptrdiff_t(part.count)));
            ++good;
        } catch (const Error& e) {
            ASSERT_EQ(e.code(), Errc::corrupt);
        }
    }
    EXPECT_GT(good, 1000);
}

TEST(Integers, ComeBackAndAreFoundOneByOne) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 500; ++round) {
        const auto range = unsigned(random() % 65);
        std::vector<std::int64_t> values(random() % 50);
        for (auto& v : values) v = std::int64_t(random() & low_mask(range)) - (round % 2 != 0 ? 1000 : 0);
        if (round == 0) values = {INT64_MIN, INT64_MAX, 0, -1};
        if (round == 1) values = {INT64_MAX, INT64_MAX};
        TestArena arena;
        const IntegersHead plan = IntegersHead::plan(values);
        Bytes bytes(arena);
        ByteWriter writer(bytes);
        plan.write(writer);
        BitWriter bits(arena);
        bits.put(5, 3);
        plan.write_bits(values, bits);
        const ByteSpan packed = bits.finish();
        ByteReader in(view(bytes));
        const IntegersHead head = IntegersHead::read(in);
        EXPECT_EQ(in.left(), 0U);
        std::vector<std::int64_t> again(values.size());
        head.decode(BitSpan(packed), 3, again.size(), again.data());
        ASSERT_EQ(again, values);
        for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(head.get(BitSpan(packed), 3, i), values[i]);
    }
    EXPECT_EQ(IntegersHead::plan(std::vector<std::int64_t>{7, 7, 7}).width, 0);
    EXPECT_EQ(IntegersHead::plan(std::vector<std::int64_t>{-8, 7}).width, 4);
    const Byte too_wide[] = {0, 65};
    ByteReader in{ByteSpan(too_wide)};
    EXPECT_THROW(IntegersHead::read(in), Error);
}

TEST(DictionaryTest, TextsComeBackByNumber) {
    const std::vector<std::vector<std::string>> cases = {
        {}, {""}, {"", "a"}, {"a"}, {"gold", "silver"}, {std::string(70000, 'x'), "y", std::string("z\0z", 3)}};
    for (const auto& texts : cases) {
        TestArena arena;
        const std::vector<std::string_view> sorted(texts.begin(), texts.end());
        Bytes bytes(arena);
        ByteWriter writer(bytes);
        Dictionary::write(sorted, writer, arena);
        writer.u8(0xEE);
        ByteReader in(view(bytes));
        const Dictionary dictionary = Dictionary::read(in);
        EXPECT_EQ(in.left(), 1U);
        ASSERT_EQ(dictionary.size(), texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(dictionary[i], texts[i]);
        EXPECT_THROW(dictionary[texts.size()], Error);
        EXPECT_THROW(dictionary[std::size_t(-1)], Error);
        for (std::size_t cut = 0; cut + 1 < bytes.size(); ++cut) {
            ByteReader shorter(view(bytes).first(cut));
            EXPECT_THROW(Dictionary::read(shorter), Error);
        }
    }
}

TEST(DictionaryTest, CorruptOnesAreRefused) {
    auto read = [](std::vector<Byte> bytes) {
        ByteReader in{ByteSpan(bytes)};
        const Dictionary dictionary = Dictionary::read(in);
        std::size_t length = 0;
        for (std::size_t i = 0; i < dictionary.size(); ++i) length += dictionary[i].size();
        return length;
    };
    EXPECT_EQ(read({2, 2, 0b1001, 'a', 'b'}), 2U);        // ends 1, 2
    EXPECT_THROW(read({2, 2, 0b0110, 'a', 'b'}), Error);  // ends 2, 1
    EXPECT_THROW(read({2, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0}), Error);
    EXPECT_THROW(read({0x80, 0x80, 0x80, 0x80, 0x10, 1, 1}), Error);  // 2^32 texts
    EXPECT_THROW(read({0x80, 0x80, 0x80, 0x10, 0}), Error);           // millions of empty texts in no bits
    EXPECT_THROW(read({1, 32, 0xFF, 0xFF, 0xFF, 0xFF, 'a'}), Error);  // 4 GB of text
}

}  // namespace
}  // namespace csagg
