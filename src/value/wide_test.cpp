#include "value/wide.hpp"

#include "value/number_twin.hpp"
#include "value/test_number.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace csagg {
namespace {

using test::expect_error;
using test::nines;
using test::Random;

class WideTest : public ::testing::Test {
protected:
    template <int Words>
    std::string text_of(const WideDecimal<Words>& value) {
        String text{Alloc<char>(arena)};
        value.print(text);
        return {text.data(), text.size()};
    }
    template <int Words>
    Bytes bytes_of(const WideDecimal<Words>& value) {
        Bytes bytes{Alloc<Byte>(arena)};
        ByteWriter writer(bytes);
        value.write(writer);
        return bytes;
    }
    template <int Words>
    WideDecimal<Words> read(std::initializer_list<int> bytes) {
        std::vector<Byte> copy(bytes.begin(), bytes.end());
        ByteReader reader(copy);
        return WideDecimal<Words>::read(reader);
    }
    template <int Words>
    void expect_value(const WideDecimal<Words>& value, const twin::Fraction& expected) {
        EXPECT_TRUE(twin::order(twin::fraction(value), expected) == 0);
        EXPECT_EQ(value.is_zero(), expected.over == 0);
        EXPECT_EQ(text_of(value), twin::print(expected));
        EXPECT_EQ(twin::in_range([&] { return value.to_number(); }), twin::round(expected));
        for (const std::int64_t n :
             {std::int64_t(1), std::int64_t(-1), std::int64_t(3), std::int64_t(7000),
              std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
            EXPECT_EQ(twin::in_range([&] { return divide_rounded(value, n); }),
                      twin::round(expected / twin::Fraction{twin::BigInt(n)}));

        WideDecimal<Words> normal = value;
        normal.normalize();
        EXPECT_TRUE(twin::order(twin::fraction(normal), expected) == 0);
        EXPECT_TRUE(normal.scale == 0 || twin::integer(normal.coefficient) % 10 != 0);
        const Bytes bytes = bytes_of(value);
        EXPECT_EQ(bytes, bytes_of(normal));
        EXPECT_LE(bytes.size(), 2U + 8U * Words);
        ByteReader reader({bytes.data(), bytes.size()});
        EXPECT_EQ(WideDecimal<Words>::read(reader), normal);
        EXPECT_EQ(reader.left(), 0U);
    }

    Arena& arena = *std::pmr::new_delete_resource();
};

TEST_F(WideTest, AddsExactly) {
    Wide sum;
    sum.add(Number::parse("0.1"));
    sum.add(Number::parse("0.2"));
    EXPECT_EQ(sum.to_number(), Number::parse("0.3"));
    sum.add(Number::of(nines), 1000);
    EXPECT_EQ(text_of(sum), "999999999999999999000.3");
    expect_error(Errc::out_of_range, [&] { sum.to_number(); });
    EXPECT_EQ(divide_rounded(sum, 1000), Number::of(nines));
    sum.add(Number::of(nines), -1000);
    sum.add(Number::parse("1e-36"), -1);
    EXPECT_EQ(text_of(sum), "0.299999999999999999999999999999999999");
    EXPECT_EQ(sum.to_number(), Number::parse("0.3"));
    expect_error(Errc::division_by_zero, [&] { divide_rounded(sum, 0); });
}

TEST_F(WideTest, AddsLikeTheTwin) {
    Random random(8);
    for (int round = 0; round < 1500; ++round) {
        Wide sum;
        WideSquare squares;
        twin::Fraction exact{0};
        twin::Fraction exact_squares{0};
        const int least_scale = random.up_to(36);
        const int greatest_scale = std::min(36, least_scale + random.up_to(3) * random.up_to(12));
        for (int i = random.up_to(12); i >= 0; --i) {
            const Number number =
                Number::normalized(random.coefficient(), least_scale + random.up_to(greatest_scale - least_scale));
            std::int64_t times = random.up_to(2) - 1;
            if (random.up_to(2) == 0) times = static_cast<std::int64_t>(random.bits() >> random.up_to(63)) / 16;
            sum.add(number, times);
            squares.add_square(number, times);
            const twin::Fraction factor{twin::BigInt(times)};
            exact = exact + twin::fraction(number) * factor;
            exact_squares = exact_squares + twin::fraction(number) * twin::fraction(number) * factor;
            if (random.up_to(5) == 0) {
                sum.normalize();
                squares.normalize();
            }
            if (random.up_to(5) == 0) {
                sum.negate();
                exact.over = -exact.over;
            }
        }
        expect_value(sum, exact);
        expect_value(squares, exact_squares);
    }
}

TEST_F(WideTest, CrossesZeroAndWordBoundaries) {
    for (const int scale : {0, 2, 18, 19, 36}) {
        Wide sum;
        WideSquare squares;
        twin::Fraction exact{0};
        twin::Fraction exact_squares{0};
        const std::int64_t most = std::numeric_limits<std::int64_t>::max() / 128;
        const Number great = Number::normalized(nines, scale);
        for (const std::int64_t times : {most, -most, -most, std::int64_t(-1), most, std::int64_t(1), std::int64_t(1),
                                         most, most, std::int64_t(-1)}) {
            for (const Number number : {great, -great, great, Number::normalized(1, scale), Number::of(1)}) {
                sum.add(number, times);
                squares.add_square(number, times);
                const twin::Fraction factor{twin::BigInt(times)};
                exact = exact + twin::fraction(number) * factor;
                exact_squares = exact_squares + twin::fraction(number) * twin::fraction(number) * factor;
                expect_value(sum, exact);
                expect_value(squares, exact_squares);
            }
        }
    }
}

TEST_F(WideTest, CarriesThroughAllWords) {
    for (const Int128 step : {Int128(1), Int128(-1), Int128(~Uint128(0) >> 1), -Int128(~Uint128(0) >> 1) - 1}) {
        for (int bit = 0; bit < 255; ++bit) {
            WideInteger<4> value(1);
            for (int i = 0; i < bit; ++i) value.multiply(2);
            for (int sign = 0; sign < 2; ++sign) {
                WideInteger<4> sum = value;
                sum.add(step);
                WideInteger<4> full = value;
                full.add(WideInteger<4>(step));
                EXPECT_EQ(sum, full);
                EXPECT_EQ(twin::integer(sum), twin::integer(value) + twin::integer(WideInteger<4>(step)));
                sum.negate();
                EXPECT_EQ(twin::integer(sum), -twin::integer(full));
                value.negate();
            }
        }
    }
}

TEST_F(WideTest, HoldsTheGreatestSums) {
    const Number finest = Number::normalized(nines, 36);
    Wide sum;
    WideSquare squares;
    sum.add(finest, std::numeric_limits<std::int64_t>::max() / 4);
    squares.add_square(finest, std::numeric_limits<std::int64_t>::max() / 4);
    sum.add(Number::of(nines), std::numeric_limits<std::int64_t>::max() / 4);
    squares.add_square(Number::of(nines), std::numeric_limits<std::int64_t>::max() / 4);
    const twin::Fraction times{twin::BigInt(std::numeric_limits<std::int64_t>::max() / 4)};
    const auto fine = twin::fraction(finest);
    const auto coarse = twin::fraction(Number::of(nines));
    expect_value(sum, (fine + coarse) * times);
    expect_value(squares, (fine * fine + coarse * coarse) * times);
    sum.negate();
    expect_value(sum, twin::Fraction{0} - (fine + coarse) * times);
}

TEST_F(WideTest, GivesTheSameBytesInAnyOrder) {
    Random random(9);
    for (int round = 0; round < 300; ++round) {
        std::vector<Number> numbers;
        for (int i = random.up_to(20); i >= 0; --i) numbers.push_back(random.number());
        Wide forward;
        for (const Number& number : numbers) forward.add(number);
        Wide left;
        Wide right;
        for (auto number = numbers.rbegin(); number != numbers.rend(); ++number)
            (random.up_to(1) == 0 ? left : right).add(*number);
        if (random.up_to(1) == 0) left.normalize();
        Wide merged = right;
        merged.add(left);
        left.add(right);
        EXPECT_EQ(bytes_of(forward), bytes_of(left));
        EXPECT_EQ(bytes_of(forward), bytes_of(merged));
        forward.normalize();
        left.normalize();
        EXPECT_EQ(std::memcmp(&forward, &left, sizeof(Wide)), 0);
        right.add(left);
        forward.negate();
        right.add(forward);
        for (const Number& number : numbers) right.add(-number), left.add(-number);
        left.normalize();
        EXPECT_EQ(left, Wide{});
    }
}

TEST_F(WideTest, WritesFewBytes) {
    const auto bytes = [&](const char* number) {
        Wide sum;
        sum.add(Number::parse(number));
        const Bytes written = bytes_of(sum);
        return std::vector<int>(written.begin(), written.end());
    };
    EXPECT_EQ(bytes("0"), (std::vector<int>{0, 0}));
    EXPECT_EQ(bytes("1"), (std::vector<int>{0, 1, 1}));
    EXPECT_EQ(bytes("-1"), (std::vector<int>{0, 1, 0xFF}));
    EXPECT_EQ(bytes("12.7"), (std::vector<int>{1, 1, 127}));
    EXPECT_EQ(bytes("128"), (std::vector<int>{0, 2, 128, 0}));
    EXPECT_EQ(bytes("-128"), (std::vector<int>{0, 1, 128}));
    EXPECT_EQ(bytes("-129"), (std::vector<int>{0, 2, 127, 0xFF}));
    EXPECT_EQ(bytes("1e-36"), (std::vector<int>{36, 1, 1}));
}

TEST_F(WideTest, RejectsForgedBytes) {
    EXPECT_EQ(text_of(read<4>({2, 2, 57, 48})), "123.45");
    for (const auto& bytes : std::initializer_list<std::initializer_list<int>>{
             {},
             {0},
             {0, 1},
             {0, 3, 1, 2},
             {1, 0},              // zero with a scale
             {0, 1, 0},           // zero with a byte
             {0, 2, 127, 0},      // longer than needed
             {0, 2, 128, 0xFF},   // longer than needed
             {0, 2, 0xFF, 0xFF},  // longer than needed
             {37, 1, 1},          // too fine
             {1, 1, 10},          // trailing zero
             {3, 2, 0x18, 0xFC},  // -1000: trailing zeros
             {0,  33, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
              17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33},
             // above and below what sums reach
             {0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
             {0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xF0},
             {0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80},
         })
        expect_error(Errc::corrupt, [&] { read<4>(bytes); });
    EXPECT_EQ(read<8>({72, 1, 1}).scale, 72);
    expect_error(Errc::corrupt, [&] { read<8>({73, 1, 1}); });
}

}  // namespace
}  // namespace csagg
