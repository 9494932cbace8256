// Number: an exact decimal of up to 18 significant digits, the one kind of number in timelines and counters.
//
// Every operation gives the exact result rounded once, half away from zero; so nothing depends on the path taken
// as long as sums run in a Wide (value/wide.hpp) and only their final value becomes a Number.
#pragma once
#include "base/error.hpp"

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace csagg {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

inline constexpr std::int64_t power_of_ten[19] = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000,
    10'000'000'000'000,
    100'000'000'000'000,
    1'000'000'000'000'000,
    10'000'000'000'000'000,
    100'000'000'000'000'000,
    1'000'000'000'000'000'000,
};

/// |value|, also of the least integer.
constexpr std::uint64_t magnitude_of(std::int64_t value) {
    return value < 0 ? std::uint64_t(0) - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

/// Divides by 10^k and says true, or leaves an indivisible value alone. One multiplication instead of a division:
/// Granlund and Montgomery, "Division by Invariant Integers using Multiplication" (1994), section 9.
template <int k>
constexpr bool divide_exactly(std::uint64_t& value) {
    constexpr std::uint64_t five_to_k = [] {
        std::uint64_t power = 1;
        for (int i = 0; i < k; ++i) power *= 5;
        return power;
    }();
    constexpr std::uint64_t inverse = [] {  // modulo 2^64; each step doubles the number of right bits
        std::uint64_t x = five_to_k;
        for (int i = 0; i < 6; ++i) x *= 2 - five_to_k * x;
        return x;
    }();
    const std::uint64_t quotient = std::rotr(value * inverse, k);
    if (quotient > ~std::uint64_t(0) / static_cast<std::uint64_t>(power_of_ten[k])) return false;
    value = quotient;
    return true;
}

/// Takes off trailing zeros, at most `limit`; gives how many. Zero loses `limit`.
constexpr int strip_zeros(std::uint64_t& value, int limit) {
    int left = limit;
    if (left == 0 || !divide_exactly<1>(value)) return 0;
    --left;
    while (left >= 8 && divide_exactly<8>(value)) left -= 8;
    if (left >= 4 && divide_exactly<4>(value)) left -= 4;
    if (left >= 2 && divide_exactly<2>(value)) left -= 2;
    if (left >= 1 && divide_exactly<1>(value)) left -= 1;
    return limit - left;
}

[[noreturn]] void throw_number_out_of_range();

/// coefficient x 10^-scale, at most 18 significant digits, |value| < 10^18, 0 <= scale <= 36.
/// Normalised: no trailing zero while scale > 0; zero has scale 0. So equal numbers have equal members.
struct Number {
    std::int64_t coefficient = 0;
    std::uint8_t scale = 0;

    static constexpr int max_digits = 18;
    static constexpr int max_scale = 36;

    /// Errc::out_of_range beyond 18 digits.
    static constexpr Number of(std::int64_t integer) {
        if (magnitude_of(integer) >= static_cast<std::uint64_t>(power_of_ten[18])) throw_number_out_of_range();
        return {integer, 0};
    }

    /// coefficient x 10^-scale without trailing zeros. Errc::out_of_range when the coefficient has more than 18
    /// digits, or when the scale is negative or, trailing zeros aside, above 36.
    static constexpr Number normalized(std::int64_t coefficient, int scale) {
        std::uint64_t magnitude = magnitude_of(coefficient);
        if (magnitude >= static_cast<std::uint64_t>(power_of_ten[18]) || scale < 0) throw_number_out_of_range();
        if (scale == 0 || magnitude == 0) return {coefficient, 0};
        scale -= strip_zeros(magnitude, scale);
        if (scale > max_scale) throw_number_out_of_range();
        const auto stripped = static_cast<std::int64_t>(magnitude);
        return {coefficient < 0 ? -stripped : stripped, static_cast<std::uint8_t>(scale)};
    }

    /// Reads what PostgreSQL's numeric input reads: surrounding white space, sign, digits, point, exponent; also
    /// '.5' and '5.'. Digits beyond 18 significant ones or 36 of the fraction are rounded half away from zero.
    /// More than 18 integer digits, NaN, Infinity: Errc::out_of_range. Anything else: Errc::invalid_text; so are
    /// the underscores and the hexadecimal, octal and binary integers of PostgreSQL 16, whatever the server.
    static Number parse(std::string_view text);

    /// 0.d1d2d3... x 10^integer_digits; the digits 0..9, the most significant first. Rounded as by parse.
    static Number from_digits(bool negative, std::span<const std::uint8_t> decimal_digits, int integer_digits);

    /// By the shortest decimal form that is nearer to the value than to any other float, as PostgreSQL prints it:
    /// from(x) is x::text::numeric. NaN, infinity and what rounds to 10^18 or beyond: Errc::out_of_range.
    static Number from(double value);
    static Number from(float value);

    /// Half away from zero to 1..18 significant digits (else Errc::invalid_parameter). Errc::out_of_range when
    /// that rounds up to 10^18.
    Number rounded_to_digits(int significant) const;

    /// The nearest double; a tie goes to even.
    double to_double() const;

    friend constexpr bool operator==(const Number&, const Number&) = default;

    /// Numeric order, exact.
    friend constexpr std::strong_ordering operator<=>(const Number& a, const Number& b) {
        if (a.scale == b.scale) return a.coefficient <=> b.coefficient;
        return a.scale < b.scale ? compare_finer(a, b) : 0 <=> compare_finer(b, a);
    }

    // Exact, then rounded half away from zero to 18 significant digits and 36 fraction digits.
    // Errc::out_of_range beyond; Errc::division_by_zero.
    friend Number operator+(const Number& a, const Number& b);
    friend Number operator-(const Number& a, const Number& b) { return a + -b; }
    friend Number operator*(const Number& a, const Number& b);
    friend Number divide(Number dividend, Number divisor);
    friend constexpr Number operator-(const Number& a) { return {-a.coefficient, a.scale}; }

private:
    /// Orders two numbers of which the second has the greater scale.
    static constexpr std::strong_ordering compare_finer(const Number& coarse, const Number& fine) {
        const int shift = fine.scale - coarse.scale;
        if (shift <= 18) return Int128(coarse.coefficient) * power_of_ten[shift] <=> Int128(fine.coefficient);
        // The multiple has more than 18 digits unless it is zero; the finer number has at most 18.
        return coarse.coefficient != 0 ? coarse.coefficient <=> 0 : 0 <=> fine.coefficient;
    }
};

/// +-magnitude x 10^-scale as a Number, rounded half away from zero; Errc::out_of_range beyond 18 integer digits.
/// A magnitude of 19 digits or more may have been truncated (rounded towards zero): the result is the same.
Number round_to_number(bool negative, Uint128 magnitude, int scale);

/// Writes '-12.5': no exponent, no trailing zeros, no terminating zero byte. At most 39 bytes; gives how many.
std::size_t print(Number number, char* buffer /* >= 48 bytes */);

}  // namespace csagg
