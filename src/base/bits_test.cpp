#include "base/bits.hpp"

#include "base/flat.hpp"
#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace csagg {
namespace {

using test::TestArena;

/// Bit by bit, the least significant of a byte first.
class NaiveBits {
public:
    void put(std::uint64_t v, unsigned width) {
        for (unsigned i = 0; i < width; ++i) bits_.push_back((v >> i & 1) != 0);
    }
    std::uint64_t get(std::size_t position, unsigned width) const {
        std::uint64_t v = 0;
        for (unsigned i = 0; i < width; ++i)
            if (position + i < bits_.size() && bits_[position + i]) v |= std::uint64_t(1) << i;
        return v;
    }
    std::vector<Byte> bytes() const {
        std::vector<Byte> out((bits_.size() + 7) / 8);
        for (std::size_t i = 0; i < bits_.size(); ++i)
            if (bits_[i]) out[i / 8] = Byte(out[i / 8] | 1 << i % 8);
        return out;
    }
    std::size_t size() const { return bits_.size(); }

private:
    std::vector<bool> bits_;
};

std::vector<Byte> copy(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Bits, AreWrittenAndReadAsByTheNaiveTwin) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 300; ++round) {
        TestArena arena;
        BitWriter writer(arena);
        NaiveBits twin;
        const int fields = int(random() % 60);
        for (int i = 0; i < fields; ++i) {
            const auto width = unsigned(random() % 65);
            const std::uint64_t v = random();  // higher bits than the field has are ignored
            writer.put(v, width);
            twin.put(v, width);
        }
        const std::vector<Byte> bytes = copy(writer.finish());
        ASSERT_EQ(bytes, twin.bytes());
        const BitSpan span(ByteSpan(bytes.data(), bytes.size()));
        ASSERT_EQ(span.bits(), bytes.size() * 8);
        for (int i = 0; i < 200; ++i) {
            const std::size_t position = random() % (bytes.size() * 8 + 80);
            const auto width = unsigned(random() % 65);
            ASSERT_EQ(span.get(position, width), twin.get(position, width)) << position << ' ' << width;
        }
    }
}

TEST(Bits, ManyFieldsAreUnpackedAsOneByOne) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 3000; ++round) {
        std::vector<Byte> bytes(random() % 40);
        for (Byte& b : bytes) b = Byte(random());
        const BitSpan span(ByteSpan(bytes.data(), bytes.size()));
        const auto width = unsigned(random() % 65);
        const std::size_t start = random() % (bytes.size() * 8 + 20), n = random() % 40;  // also past the end
        std::vector<std::uint64_t> fields(n, 0x5555);
        span.unpack(start, width, n, 0, fields.data());
        for (std::size_t i = 0; i < n; ++i)
            ASSERT_EQ(fields[i], span.get(start + i * width, width)) << start << ' ' << width << ' ' << i;
    }
}

TEST(Bits, EveryWidthAtEveryShift) {
    TestArena arena;
    for (unsigned shift = 0; shift < 64; ++shift)
        for (unsigned width = 0; width <= 64; ++width) {
            BitWriter writer(arena);
            writer.put(0, shift);
            writer.put(~std::uint64_t(0), width);
            writer.put(0, 64);
            const std::vector<Byte> bytes = copy(writer.finish());
            const BitSpan span(ByteSpan(bytes.data(), bytes.size()));
            ASSERT_EQ(span.get(shift, width), low_mask(width));
            ASSERT_EQ(span.get(shift + width, 64), 0U);
            ASSERT_EQ(span.get(0, shift), 0U);
        }
}

TEST(Bits, UnaryPutsOneBitBehindTheGap) {
    for (const std::uint64_t gap : {0, 1, 7, 8, 61, 62, 63, 64, 65, 125, 126, 127, 1000}) {
        TestArena arena;
        BitWriter writer(arena);
        writer.put(1, 3);
        writer.put_unary(gap);
        writer.put_unary(0);
        NaiveBits twin;
        twin.put(1, 3);
        for (std::uint64_t i = 0; i < gap; ++i) twin.put(0, 1);
        twin.put(3, 2);
        EXPECT_EQ(copy(writer.finish()), twin.bytes()) << gap;
    }
}

TEST(Bits, AnEmptySpanReadsAsZero) {
    EXPECT_EQ(BitSpan().get(0, 64), 0U);
    EXPECT_EQ(BitSpan(ByteSpan()).get(1000, 64), 0U);
}

TEST(Bytes, VarintsComeBack) {
    std::vector<std::uint64_t> numbers = {0, 1, 127, 128, 16383, 16384, ~std::uint64_t(0)};
    for (unsigned shift = 0; shift < 64; ++shift)
        for (const int off : {-1, 0, 1}) numbers.push_back((std::uint64_t(1) << shift) + std::uint64_t(off));
    for (const std::uint64_t number : numbers) {
        TestArena arena;
        Bytes bytes(arena);
        ByteWriter(bytes).varint(number);
        ByteWriter(bytes).signed_varint(std::int64_t(number));
        ASSERT_LE(bytes.size(), 20U);
        ByteReader in(view(bytes));
        EXPECT_EQ(in.varint(), number);
        EXPECT_EQ(in.signed_varint(), std::int64_t(number));
        EXPECT_EQ(in.left(), 0U);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            ByteReader shorter(view(bytes).first(cut));
            EXPECT_THROW((shorter.varint(), shorter.varint()), Error);
        }
    }
}

TEST(Bytes, AVarintOfMoreThan64BitsIsCorrupt) {
    const Byte long_one[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    ByteReader in{ByteSpan(long_one)};
    EXPECT_THROW(in.varint(), Error);
    const Byte greatest[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01};
    ByteReader good{ByteSpan(greatest)};
    EXPECT_EQ(good.varint(), ~std::uint64_t(0));
}

TEST(Bytes, ZigzagKeepsSmallMagnitudesSmall) {
    EXPECT_EQ(zigzag(0), 0U);
    EXPECT_EQ(zigzag(-1), 1U);
    EXPECT_EQ(zigzag(1), 2U);
    for (const std::int64_t v : {std::int64_t(0), std::int64_t(-77), INT64_MAX, INT64_MIN})
        EXPECT_EQ(unzigzag(zigzag(v)), v);
}

TEST(Bytes, FixedFieldsAreLittleEndian) {
    TestArena arena;
    Bytes bytes(arena);
    ByteWriter(bytes).fixed(std::uint32_t(0x01020304));
    EXPECT_EQ(copy(view(bytes)), (std::vector<Byte>{4, 3, 2, 1}));
    EXPECT_EQ(ByteReader(view(bytes)).fixed<std::uint32_t>(), 0x01020304U);
    EXPECT_THROW(ByteReader(view(bytes)).fixed<std::uint64_t>(), Error);
    EXPECT_THROW(ByteReader(view(bytes)).take(5), Error);
}

TEST(Bytes, ACountThatCannotFitIsCorrupt) {
    const Byte bytes[] = {3, 0, 0};  // 3 things, 16 bits left
    EXPECT_EQ(ByteReader{ByteSpan(bytes)}.count(5), 3U);
    EXPECT_THROW(ByteReader{ByteSpan(bytes)}.count(6), Error);
    EXPECT_EQ(ByteReader{ByteSpan(bytes)}.count(0), 3U);
}

TEST(FlatTest, GrowsAndKeepsWhatItHolds) {
    TestArena arena;
    const test::StateArena states(arena);
    Flat flat = Flat::create(0xF7, 1, test::grow_in_arena);
    EXPECT_EQ(flat.header().marker, 0xF7);
    EXPECT_EQ(flat.used(), sizeof(FlatHeader));
    std::vector<std::size_t> offsets;
    for (int i = 0; i < 5000; ++i) {
        offsets.push_back(flat.allocate_zeroed(8 + unsigned(i) % 5));
        EXPECT_EQ(offsets.back() % 8, 0U);
        if (i % 3 == 0) {
            ASSERT_EQ(*flat.at<std::int64_t>(offsets.back()), 0);
        }
        *flat.at<std::int64_t>(offsets.back()) = i;
    }
    for (int i = 0; i < 5000; ++i) ASSERT_EQ(*flat.at<std::int64_t>(offsets[std::size_t(i)]), i);
    EXPECT_GE(flat.header().capacity, flat.used());
    EXPECT_LE(flat.header().capacity, 2 * flat.used());
    EXPECT_EQ(flat.header().marker, 0xF7);
}

TEST(FlatTest, GapsAreWritten) {
    const auto gaps = [] {
        Flat flat = Flat::create(0xF7, 1, test::grow_in_arena);
        for (std::size_t i = 0; i < 100; ++i) flat.allocate_zeroed(i % 11);
        return flat;
    };
    EXPECT_TRUE(test::is_written_throughout(gaps));
    EXPECT_FALSE(test::is_written_throughout([&] {
        Flat flat = gaps();
        flat.allocate(3);
        return flat;
    }));
}

TEST(FlatTest, MoreThanAGigabyteIsAnError) {
    TestArena arena;
    const test::StateArena states(arena);
    Flat flat = Flat::create(0xF1, 100, test::grow_in_arena);
    const std::size_t used = flat.used();
    try {
        flat.allocate(max_value_bytes);
        FAIL() << "no error";
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), Errc::limit_exceeded);
    }
    EXPECT_EQ(flat.used(), used);
    EXPECT_LT(arena.peak_bytes(), 1000U);  // checked before it is asked for
}

TEST(ErrorTest, AnExcerptCutsNoCharacter) {
    EXPECT_EQ(excerpt("short"), "short");
    EXPECT_EQ(excerpt(std::string(40, 'x')), std::string(40, 'x'));
    EXPECT_EQ(excerpt(std::string(41, 'x')), std::string(40, 'x'));
    EXPECT_EQ(excerpt(std::string(39, 'x') + "\xC3\xA4"), std::string(39, 'x'));
    EXPECT_EQ(excerpt(std::string(38, 'x') + "\xC3\xA4!"), std::string(38, 'x') + "\xC3\xA4");
    EXPECT_EQ(excerpt(std::string(38, 'x') + "\xE2\x82\xAC"), std::string(38, 'x'));
    EXPECT_EQ(excerpt(std::string(100, '\x80')), "");
}

}  // namespace
}  // namespace csagg
