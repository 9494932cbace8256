// Exact accumulators: sums of Numbers and sums of their squares that never round and never overflow.
//
// A Number is below 10^18 and has at most 36 fraction digits, so as an integer at scale 36 it is below 10^54, and
// its square, at scale 72, below 10^108. For fewer than 2^62 < 4.7 x 10^18 summands (`times` counted):
//     sum             < 4.7 x 10^72     256 bits hold 5.7 x 10^76
//     sum of squares  < 4.7 x 10^126    512 bits hold 6.7 x 10^153
// 448 bits would do for the squares; 512 also hold n * squares and sum^2 (< 2.2 x 10^145), and so a variance.
// Past that domain, which only forged bytes can reach, arithmetic wraps around; it is never undefined.
//
// Everything here lives in flat memory: trivially copyable, aligned to 8, without padding.
#pragma once
#include "base/bytes.hpp"
#include "value/number.hpp"

#include <type_traits>

namespace csagg {

inline constexpr std::uint64_t ten_to_19 = 10'000'000'000'000'000'000U;  // the greatest in 64 bits

/// A signed integer in two's complement, the least significant word first.
template <int Words>
class WideInteger {
public:
    static_assert(Words >= 3);

    constexpr WideInteger() = default;
    constexpr explicit WideInteger(Int128 value) {
        const std::uint64_t sign = value < 0 ? ~std::uint64_t(0) : 0;
        words_[0] = static_cast<std::uint64_t>(value);
        words_[1] = static_cast<std::uint64_t>(static_cast<Uint128>(value) >> 64);
        for (int i = 2; i < Words; ++i) words_[i] = sign;
    }
    /// Extends the sign.
    template <int Fewer>
    requires(Fewer < Words) constexpr explicit WideInteger(const WideInteger<Fewer>& other) {
        const std::uint64_t sign = other.is_negative() ? ~std::uint64_t(0) : 0;
        for (int i = 0; i < Words; ++i) words_[i] = i < Fewer ? other.word(i) : sign;
    }

    constexpr std::uint64_t word(int i) const { return words_[i]; }
    constexpr void set_word(int i, std::uint64_t value) { words_[i] = value; }

    constexpr bool is_negative() const { return (words_[Words - 1] >> 63) != 0; }
    constexpr bool is_zero() const {
        std::uint64_t any = 0;
        for (const std::uint64_t word : words_) any |= word;
        return any == 0;
    }

    constexpr void add(Int128 value) {
        const Uint128 old = (static_cast<Uint128>(words_[1]) << 64) | words_[0];
        const Uint128 sum = old + static_cast<Uint128>(value);
        words_[0] = static_cast<std::uint64_t>(sum);
        words_[1] = static_cast<std::uint64_t>(sum >> 64);
        // Carry and sign mostly cancel out, so that the words above stay untouched.
        const int above = (sum < old ? 1 : 0) - (value < 0 ? 1 : 0);
        if (above != 0) [[unlikely]]
            step_above(above > 0);
    }
    constexpr void add(const WideInteger& other) {
        bool carry = false;
        for (int i = 0; i < Words; ++i) words_[i] = add_carry(words_[i], other.words_[i], carry);
    }
    constexpr void negate() {
        bool carry = true;
        for (std::uint64_t& word : words_) word = add_carry(~word, 0, carry);
    }
    /// Right for a negative value too: two's complement is arithmetic modulo 2^(64 * Words).
    constexpr void multiply(std::uint64_t factor) {
        std::uint64_t carry = 0;
        for (std::uint64_t& word : words_) {
            const Uint128 product = static_cast<Uint128>(word) * factor + carry;
            word = static_cast<std::uint64_t>(product);
            carry = static_cast<std::uint64_t>(product >> 64);
        }
    }
    constexpr void multiply_by_power_of_ten(int exponent) {
        for (; exponent >= 19; exponent -= 19) multiply(ten_to_19);
        if (exponent > 0) multiply(static_cast<std::uint64_t>(power_of_ten[exponent]));
    }
    /// Divides a value that is taken as unsigned; gives the remainder.
    constexpr std::uint64_t divide_unsigned(std::uint64_t divisor) {
        std::uint64_t remainder = 0;
        for (int i = Words - 1; i >= 0; --i) {
            if (remainder == 0 && words_[i] < divisor) {
                remainder = words_[i];
                words_[i] = 0;
                continue;
            }
            const Uint128 dividend = (static_cast<Uint128>(remainder) << 64) | words_[i];
            words_[i] = static_cast<std::uint64_t>(dividend / divisor);
            remainder = static_cast<std::uint64_t>(dividend % divisor);
        }
        return remainder;
    }

    friend constexpr bool operator==(const WideInteger&, const WideInteger&) = default;

private:
    static constexpr std::uint64_t add_carry(std::uint64_t a, std::uint64_t b, bool& carry) {
        const std::uint64_t partial = a + b;
        const std::uint64_t sum = partial + (carry ? 1U : 0U);
        carry = partial < a || sum < partial;
        return sum;
    }
    /// Adds 2^128, or takes it away.
    constexpr void step_above(bool up) {
        for (int i = 2; i < Words; ++i) {
            if (up ? ++words_[i] != 0 : words_[i]-- != 0) return;
        }
    }

    std::uint64_t words_[Words] = {};
};

/// coefficient x 10^-scale. The scale grows as finer numbers arrive; equal sums may differ in it until normalize().
template <int Words>
struct WideDecimal {
    WideInteger<Words> coefficient;
    std::int64_t scale = 0;  // 64 bits, so that there is no padding

    static constexpr bool holds_squares = Words >= 8;
    static constexpr int max_scale = holds_squares ? 2 * Number::max_scale : Number::max_scale;

    /// Adds number * times; a negative `times` takes away.
    void add(const Number& number, std::int64_t times = 1) {
        if (number.scale == scale) [[likely]]
            coefficient.add(Int128(number.coefficient) * times);
        else
            add_unaligned(number.coefficient, number.scale, times);
    }
    /// Adds number^2 * times.
    void add_square(const Number& number, std::int64_t times = 1) requires(holds_squares) {
        const Int128 square = Int128(number.coefficient) * number.coefficient;
        if (2 * number.scale == scale && times == 1) [[likely]]
            coefficient.add(square);
        else
            add_unaligned(square, 2 * number.scale, times);
    }
    void add(const WideDecimal& other);
    void negate() { coefficient.negate(); }
    bool is_zero() const { return coefficient.is_zero(); }
    /// -1, 0, 1: below the number, equal to it, above it.
    int compare(const Number& number) const {
        WideDecimal rest = *this;
        rest.add(number, -1);
        return rest.is_zero() ? 0 : rest.coefficient.is_negative() ? -1 : 1;
    }

    /// The canonical form: no trailing zero while scale > 0; zero has scale 0. Equal sums have equal bytes then.
    void normalize();

    /// Rounded half away from zero to 18 significant and 36 fraction digits; Errc::out_of_range beyond 18 integer
    /// digits.
    Number to_number() const;

    /// Appends all digits, without exponent and trailing zeros: '-12.5'.
    void print(String& out) const;

    /// Canonical, whether normalised or not: a byte of scale, a byte of length, and as many bytes of the
    /// coefficient: two's complement, little endian, no longer than needed (none for zero). At most
    /// 2 + 8 * Words bytes.
    void write(ByteWriter& out) const;
    /// Gives a normalised value. What write() does not write, or what 2^62 summands cannot reach: Errc::corrupt.
    static WideDecimal read(ByteReader& in);

    /// Of members: the same as of values once both are normalised.
    friend constexpr bool operator==(const WideDecimal&, const WideDecimal&) = default;

private:
    void rescale(std::int64_t finer);
    void add_unaligned(Int128 value, int value_scale, std::int64_t times);
};

/// sum / n rounded half away from zero to 18 significant and 36 fraction digits: the mean of n summands.
/// Errc::division_by_zero; Errc::out_of_range beyond 18 integer digits.
template <int Words>
Number divide_rounded(const WideDecimal<Words>& sum, std::int64_t n);

using Wide = WideDecimal<4>;
using WideSquare = WideDecimal<8>;

extern template struct WideDecimal<4>;
extern template struct WideDecimal<8>;
extern template Number divide_rounded(const Wide&, std::int64_t);
extern template Number divide_rounded(const WideSquare&, std::int64_t);

static_assert(std::is_trivially_copyable_v<Wide> && std::has_unique_object_representations_v<Wide>);
static_assert(std::is_trivially_copyable_v<WideSquare> && std::has_unique_object_representations_v<WideSquare>);
static_assert(sizeof(Wide) == 40 && sizeof(WideSquare) == 72);

}  // namespace csagg
