#include "value/number.hpp"

#include "value/number_twin.hpp"
#include "value/test_number.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <ostream>
#include <random>
#include <vector>

namespace csagg {
namespace {

using test::expect_error;
using test::nines;
using test::Random;

std::string text_of(Number number) {
    char buffer[48];
    return {buffer, print(number, buffer)};
}

std::vector<Number> edge_numbers() {
    std::vector<Number> numbers;
    for (const int scale : {0, 1, 18, 19, 36})
        for (const std::int64_t coefficient :
             {std::int64_t(0), std::int64_t(1), std::int64_t(5), std::int64_t(9), power_of_ten[17] - 1,
              power_of_ten[17], power_of_ten[17] + 1, nines / 2, nines / 2 + 1, nines - 1, nines}) {
            numbers.push_back(Number::normalized(coefficient, scale));
            numbers.push_back(Number::normalized(-coefficient, scale));
        }
    return numbers;
}

void expect_same_arithmetic(const Number& a, const Number& b) {
    SCOPED_TRACE(text_of(a) + " and " + text_of(b));
    const auto x = twin::fraction(a);
    const auto y = twin::fraction(b);
    EXPECT_EQ(twin::in_range([&] { return a + b; }), twin::round(x + y));
    EXPECT_EQ(twin::in_range([&] { return a - b; }), twin::round(x - y));
    EXPECT_EQ(twin::in_range([&] { return a * b; }), twin::round(x * y));
    if (b == Number{})
        expect_error(Errc::division_by_zero, [&] { divide(a, b); });
    else
        EXPECT_EQ(twin::in_range([&] { return divide(a, b); }), twin::round(x / y));
    EXPECT_EQ(a <=> b, twin::order(x, y));
    EXPECT_EQ(a == b, (a <=> b) == 0);
}

TEST(Number, HasOneFormForEachValue) {
    EXPECT_EQ(Number::normalized(1250, 2), (Number{125, 1}));
    EXPECT_EQ(Number::normalized(-100, 2), (Number{-1, 0}));
    EXPECT_EQ(Number::normalized(100, 0), (Number{100, 0}));
    EXPECT_EQ(Number::normalized(100, 1), (Number{10, 0}));
    EXPECT_EQ(Number::normalized(0, 20), Number{});
    EXPECT_EQ(Number::normalized(10, 37), (Number{1, 36}));
    EXPECT_EQ(Number::normalized(power_of_ten[17], 17), Number::of(1));
    static_assert(Number::normalized(5000, 3) == Number::of(5));
    for (int zeros = 0; zeros < 18; ++zeros)
        for (int scale = 0; scale <= Number::max_scale; ++scale)
            for (const std::int64_t odd : {1, 2, 5, 15, 16, 25, 125, 128, 99}) {
                if (odd > nines / power_of_ten[zeros]) continue;
                const int stripped = std::min(zeros, scale);
                const Number expected{odd * power_of_ten[zeros - stripped],
                                      static_cast<std::uint8_t>(scale - stripped)};
                EXPECT_EQ(Number::normalized(odd * power_of_ten[zeros], scale), expected);
            }
}

TEST(Number, RejectsWhatDoesNotFit) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t value : {power_of_ten[18], -power_of_ten[18], least, greatest}) {
        expect_error(Errc::out_of_range, [&] { Number::of(value); });
        expect_error(Errc::out_of_range, [&] { Number::normalized(value, 3); });
    }
    EXPECT_EQ(Number::of(-nines).coefficient, -nines);
    expect_error(Errc::out_of_range, [] { Number::normalized(1, -1); });
    expect_error(Errc::out_of_range, [] { Number::normalized(1, 37); });
    expect_error(Errc::out_of_range, [] { Number::of(nines) + Number::of(1); });
    EXPECT_EQ(Number::of(nines) + Number::parse("0.4"), Number::of(nines));
    expect_error(Errc::out_of_range, [] { Number::of(nines) + Number::parse("0.5"); });
    expect_error(Errc::out_of_range, [] { Number::of(1'000'000'000) * Number::of(1'000'000'000); });
    expect_error(Errc::out_of_range, [] { divide(Number::of(nines), Number::parse("0.1")); });
    expect_error(Errc::division_by_zero, [] { divide(Number::of(1), Number{}); });
}

TEST(Number, ReadsWhatNumericReads) {
    const struct {
        const char* text;
        Number number;
    } cases[] = {
        {"0", {}},
        {"-0", {}},
        {"-0.000", {}},
        {"12.50", {125, 1}},
        {"-3", {-3, 0}},
        {"1e-5", {1, 5}},
        {"+.5", {5, 1}},
        {"5.", {5, 0}},
        {"-.5E1", {-5, 0}},
        {"5.e0", {5, 0}},
        {" \t\n\v\f\r7 \t\n\v\f\r", {7, 0}},
        {"00000000000000000000000000000012.5", {125, 1}},
        {"0.00000000000000000000000000000000000000000000000000e99999999999999999999", {}},
        {"1e17", {power_of_ten[17], 0}},
        {"1E+17", {power_of_ten[17], 0}},
        {"0.0000000000000000001e36", {power_of_ten[17], 0}},
        {"1000000000000000000000000e-24", {1, 0}},
        {"123456789012345678", {123456789012345678, 0}},
        {"0.1234567890123456784", {123456789012345678, 18}},
        {"0.1234567890123456785", {123456789012345679, 18}},
        {"-0.1234567890123456785", {-123456789012345679, 18}},
        {"0.12345678901234567849999999999999999", {123456789012345678, 18}},
        {"123456789012345678.4999999999999", {123456789012345678, 0}},
        {"123456789012345678.5", {123456789012345679, 0}},
        {"9.999999999999999995", {10, 0}},
        {"99999999999999999.95", {power_of_ten[17], 0}},
        {"1e-36", {1, 36}},
        {"4.999e-37", {}},
        {"5e-37", {1, 36}},
        {"-5e-37", {-1, 36}},
        {"1234567.89e-36", {1234568, 36}},
        {"1e-99999999999999999999999", {}},
    };
    for (const auto& c : cases) EXPECT_EQ(Number::parse(c.text), c.number) << c.text;
}

TEST(Number, RejectsWhatNumericRejects) {
    for (const char* text :
         {"",    " ",   "+",    "-",     ".",   "-.",   "e5", ".e5",     "1e",        "1e+",  "1e 5",  "1 2", "1.2.3",
          "--1", "+-1", "0x10", "1_000", "1,5", "+nan", "in", "infinit", "infinityy", "nan1", "1e5.0", "1f",  "\xB1"})
        expect_error(Errc::invalid_text, [&] { Number::parse(text); });
    expect_error(Errc::invalid_text, [] { Number::parse({"1\0", 2}); });
    expect_error(Errc::invalid_text, [] { Number::parse(std::string(1000, 'x')); });
    for (const char* text :
         {"NaN", " nan ", "Infinity", "-infinity", "+INF", "-inf", "inf\n", "1e18", "1000000000000000000",
          "-1000000000000000000.0", "999999999999999999.5", "1e99999999999999999999", "0.1e19"})
        expect_error(Errc::out_of_range, [&] { Number::parse(text); });
}

TEST(Number, ReadsLikeTheTwin) {
    Random random(1);
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        const int length = random.up_to(45);
        const bool nearly_tie = random.up_to(3) == 0;
        for (int k = 0; k < length; ++k) {
            const char* alphabet = nearly_tie ? (k < 20 ? "999950" : "0000005") : "0123456789";
            text.push_back(alphabet[random.up_to(static_cast<int>(std::strlen(alphabet)) - 1)]);
        }
        if (random.up_to(3) != 0) text.insert(static_cast<std::size_t>(random.up_to(length)), ".");
        if (random.up_to(2) == 0) text.insert(0, random.up_to(1) == 0 ? "-" : "+");
        if (random.up_to(2) == 0) text += "e" + std::to_string(random.up_to(80) - 45);
        if (random.up_to(30) == 0)
            text.insert(static_cast<std::size_t>(random.up_to(length)), 1, "+-eE. _x"[random.up_to(7)]);
        const auto expected = twin::parse(text);
        if (!expected.readable) {
            expect_error(Errc::invalid_text, [&] { Number::parse(text); });
            continue;
        }
        EXPECT_EQ(twin::in_range([&] { return Number::parse(text); }), expected.number) << text;
    }
}

TEST(Number, TakesDigits) {
    const std::uint8_t digits[] = {0, 0, 1, 2, 5, 0};
    EXPECT_EQ(Number::from_digits(false, digits, 4), (Number{125, 1}));
    EXPECT_EQ(Number::from_digits(true, digits, 6), (Number{-1250, 0}));
    EXPECT_EQ(Number::from_digits(true, digits, 8), (Number{-125000, 0}));
    EXPECT_EQ(Number::from_digits(false, digits, -31), (Number{125, 36}));
    EXPECT_EQ(Number::from_digits(false, digits, -32), (Number{13, 36}));
    EXPECT_EQ(Number::from_digits(false, digits, std::numeric_limits<int>::min()), Number{});
    EXPECT_EQ(Number::from_digits(true, {}, std::numeric_limits<int>::max()), Number{});
    expect_error(Errc::out_of_range, [&] { Number::from_digits(true, digits, std::numeric_limits<int>::max()); });
    expect_error(Errc::out_of_range, [&] { Number::from_digits(true, digits, 21); });

    Random random(2);
    for (int i = 0; i < 50'000; ++i) {
        std::vector<std::uint8_t> some(static_cast<std::size_t>(random.up_to(45)));
        std::string text = random.up_to(1) == 0 ? "-." : ".";
        for (auto& digit : some) {
            digit = static_cast<std::uint8_t>(random.up_to(2) == 0 ? random.up_to(9) : 9 * random.up_to(1));
            text.push_back(static_cast<char>('0' + digit));
        }
        text.push_back('0');
        const int integer_digits = random.up_to(70) - 45;
        text += "e" + std::to_string(integer_digits);
        EXPECT_EQ(twin::in_range([&] { return Number::from_digits(text[0] == '-', some, integer_digits); }),
                  twin::parse(text).number)
            << text;
    }
}

TEST(Number, ComesFromFloatsByTheirShortestForm) {
    EXPECT_EQ(Number::from(0.1), (Number{1, 1}));
    EXPECT_EQ(Number::from(0.1F), (Number{1, 1}));
    EXPECT_EQ(Number::from(-0.0), Number{});
    EXPECT_EQ(Number::from(1e-300), Number{});
    EXPECT_EQ(Number::from(1.0 / 3), (Number{3333333333333333, 16}));
    EXPECT_EQ(Number::from(1.0F / 3), (Number{33333334, 8}));
    EXPECT_EQ(Number::from(123456789012345678.0), (Number{123456789012345680, 0}));
    EXPECT_EQ(Number::from(16777216.0F), (Number{16777216, 0}));
    EXPECT_EQ(Number::from(33554448.0F), (Number{33554448, 0}));  // 33554450 reads as it, but is halfway to the next
    EXPECT_EQ(Number::from(-18014398509481988.0), (Number{-18014398509481988, 0}));
    EXPECT_EQ(Number::from(36028797018963972.0), (Number{36028797018963970, 0}));
    EXPECT_EQ(Number::from(1125209473024.0F), (Number{1125209500000, 0}));
    EXPECT_EQ(Number::from(123456789.0F), (Number{123456790, 0}));
    EXPECT_EQ(Number::from(9007199254740991.0), (Number{9007199254740991, 0}));
    for (const double value : {1e18, -1e18, 1e300, double(INFINITY), double(-INFINITY), double(NAN)}) {
        expect_error(Errc::out_of_range, [&] { Number::from(value); });
        expect_error(Errc::out_of_range, [&] { Number::from(static_cast<float>(value)); });
    }
    Random random(3);
    for (int i = 0; i < 50'000; ++i) {
        const int exponent = random.up_to(70) - 15;  // 10^-5 .. 10^17: 17 digits fit
        double value = std::ldexp(static_cast<double>(random.bits() >> 11), exponent - 53);
        if (i % 3 == 0) value = std::round(value * 100) / 100;
        const auto single = static_cast<float>(value);
        const Number number = Number::from(value);
        const Number from_single = Number::from(single);
        EXPECT_EQ(number.to_double(), value);
        EXPECT_EQ(static_cast<float>(from_single.to_double()), single);
        // The shortest form is not longer than the fewest digits that read back.
        char text[64];
        for (int digits = 0; digits < 17; ++digits) {
            std::snprintf(text, sizeof text, "%.*e", digits, value);
            if (std::strtod(text, nullptr) == value) break;
        }
        EXPECT_TRUE(value >= 0x1p53 || text_of(number).size() <= text_of(Number::parse(text)).size()) << text;
    }
}

TEST(Number, GivesTheNearestDouble) {
    Random random(4);
    for (int i = 0; i < 50'000; ++i) {
        const Number number = random.number();
        EXPECT_EQ(number.to_double(), std::strtod(text_of(number).c_str(), nullptr)) << text_of(number);
    }
}

TEST(Number, PrintsPlainDigits) {
    EXPECT_EQ(text_of({}), "0");
    EXPECT_EQ(text_of({-125, 1}), "-12.5");
    EXPECT_EQ(text_of({-nines, 0}), "-999999999999999999");
    EXPECT_EQ(text_of({100, 0}), "100");
    EXPECT_EQ(text_of({5, 1}), "0.5");
    EXPECT_EQ(text_of({12, 2}), "0.12");
    EXPECT_EQ(text_of({12, 4}), "0.0012");
    EXPECT_EQ(text_of({-nines, 36}), "-0.000000000000000000999999999999999999");
    EXPECT_EQ(text_of({-1, 36}).size(), 39U);
    Random random(5);
    for (int i = 0; i < 50'000; ++i) {
        const Number number = random.number();
        EXPECT_EQ(Number::parse(text_of(number)), number);
        EXPECT_EQ(text_of(number), twin::print(twin::fraction(number)));
    }
}

TEST(Number, CalculatesLikeTheTwinAtTheEdges) {
    const auto numbers = edge_numbers();
    for (const Number& a : numbers)
        for (const Number& b : numbers) expect_same_arithmetic(a, b);
}

TEST(Number, CalculatesLikeTheTwin) {
    Random random(6);
    for (int i = 0; i < 20'000; ++i) {
        const Number a = random.number();
        const Number b = i % 3 == 0 ? Number::normalized(random.coefficient(), a.scale) : random.number();
        expect_same_arithmetic(a, b);
        if (i % 8 == 0) expect_same_arithmetic(a, -a);
    }
}

TEST(Number, RoundsToSignificantDigits) {
    EXPECT_EQ(Number::of(123456).rounded_to_digits(3), Number::of(123000));
    EXPECT_EQ(Number::of(-25).rounded_to_digits(1), Number::of(-30));
    EXPECT_EQ(Number::parse("0.0995").rounded_to_digits(2), Number::parse("0.1"));
    expect_error(Errc::out_of_range, [] { Number::of(nines).rounded_to_digits(17); });
    expect_error(Errc::invalid_parameter, [] { Number::of(1).rounded_to_digits(0); });
    expect_error(Errc::invalid_parameter, [] { Number::of(1).rounded_to_digits(19); });
    Random random(7);
    for (int i = 0; i < 30'000; ++i) {
        const Number number = random.number();
        const int digits = 1 + random.up_to(17);
        EXPECT_EQ(twin::in_range([&] { return number.rounded_to_digits(digits); }),
                  twin::round(twin::fraction(number), digits))
            << text_of(number) << " to " << digits;
    }
}

TEST(Number, RoundsProductsOfEveryLength) {
    for (int digits = 1; digits <= 38; ++digits)
        for (int scale = -20; scale <= 72; ++scale)
            for (int delta = -1; delta <= 1; ++delta)
                for (const int lead : {1, 5}) {
                    const twin::BigInt magnitude = twin::power(digits) * lead / 10 + delta;
                    if (magnitude < 0) continue;
                    const auto low = static_cast<std::uint64_t>(magnitude & ~std::uint64_t(0));
                    const auto high = static_cast<std::uint64_t>(magnitude >> 64);
                    const Uint128 both = static_cast<Uint128>(high) << 64 | low;
                    const twin::Fraction exact = scale < 0 ? twin::Fraction{-magnitude * twin::power(-scale)}
                                                           : twin::Fraction{-magnitude, twin::power(scale)};
                    EXPECT_EQ(twin::in_range([&] { return round_to_number(true, both, scale); }), twin::round(exact));
                }
    EXPECT_EQ(round_to_number(false, ~Uint128(0), 75), Number{});
    EXPECT_EQ(round_to_number(false, ~Uint128(0), 74), (Number{3, 36}));
}

}  // namespace
}  // namespace csagg
