#include "population/statistics.hpp"

#include <cmath>

namespace csagg {
namespace {

using Integer = WideInteger<8>;

Integer square(const WideInteger<4>& value) {
    WideInteger<4> magnitude = value;
    if (value.is_negative()) magnitude.negate();
    const Integer wide(magnitude);
    Integer total;
    for (int shift = 0; shift < 4; ++shift) {
        Integer product = wide;
        product.multiply(magnitude.word(shift));
        Integer shifted;
        for (int i = shift; i < 8; ++i) shifted.set_word(i, product.word(i - shift));
        total.add(shifted);
    }
    return total;
}

int bit_width(const Integer& value) {
    for (int i = 7; i >= 0; --i)
        if (value.word(i) != 0) return 64 * i + int(std::bit_width(value.word(i)));
    return 0;
}

/// n * squares - sum^2 as coefficient x 10^-scale.
WideSquare spread(std::int64_t n, const Wide& sum, const WideSquare& squares) {
    WideSquare result = squares;
    result.coefficient.multiply(std::uint64_t(n));
    WideSquare taken;
    taken.coefficient = square(sum.coefficient);
    taken.coefficient.negate();
    taken.scale = 2 * sum.scale;
    result.add(taken);
    return result;
}

constexpr std::uint64_t greatest_word = ~std::uint64_t(0);

/// The integer part of the root of a value >= 2^126. The processor's root is right in its first bits on any CPU; the
/// rest is integer arithmetic.
std::uint64_t square_root_of_high(Uint128 value) {
    const double estimate = std::sqrt(double(value));
    std::uint64_t root = estimate < 0x1p64 ? std::uint64_t(estimate) : greatest_word;
    const Uint128 next = (root + value / root) >> 1;  // Newton's step doubles the number of right bits
    root = next > greatest_word ? greatest_word : std::uint64_t(next);
    while (Uint128(root) * root > value) --root;
    while (value - Uint128(root) * root > 2 * Uint128(root)) ++root;
    return root;
}

bool is_above(const Integer& a, const Integer& b) {
    Integer difference = a;
    difference.negate();
    difference.add(b);
    return difference.is_negative();
}

Integer square(Uint128 value) {
    WideInteger<4> wide;
    wide.set_word(0, std::uint64_t(value));
    wide.set_word(1, std::uint64_t(value >> 64));
    return square(wide);
}

/// The integer part of the root of a value below 2^254: the upper half of the root first, the lower half by a division
/// (P. Zimmermann, "Karatsuba Square Root", 1999).
Uint128 square_root(Integer value) {
    int doublings = 0;
    for (; bit_width(value) < 255 - 62; doublings += 31) value.multiply(std::uint64_t(1) << 62);
    for (; bit_width(value) < 255; ++doublings) value.multiply(4);
    const Uint128 high = Uint128(value.word(3)) << 64 | value.word(2);
    const std::uint64_t upper = square_root_of_high(high);
    const Uint128 rest = high - Uint128(upper) * upper;
    const Uint128 quotient = (rest << 63 | value.word(1) >> 1) / upper;
    Uint128 root = Uint128(upper) << 64 | (quotient > greatest_word ? greatest_word : std::uint64_t(quotient));
    while (is_above(square(root), value)) --root;
    return root >> doublings;
}

}  // namespace

Number rounded_for_summary(const Number& number) {
    constexpr std::int64_t greatest = 999 * power_of_ten[15];
    constexpr std::uint64_t rounds_up_to_10_18 = std::uint64_t(greatest) + std::uint64_t(power_of_ten[15]) / 2;
    if (number.scale == 0 && magnitude_of(number.coefficient) >= rounds_up_to_10_18)
        return {number.coefficient < 0 ? -greatest : greatest, 0};
    if (number.scale == 0 && magnitude_of(number.coefficient) < 1000) return number;
    // With a fraction the integer digits are at most 17, and rounding up stays below 10^18.
    return number.rounded_to_digits(3);
}

std::optional<Number> standard_deviation(std::int64_t n, const Wide& sum, const WideSquare& squares) {
    if (n < 2) return std::nullopt;
    const WideSquare total = spread(n, sum, squares);
    if (total.coefficient.is_negative()) throw Error(Errc::corrupt, "sums of a summary contradict each other");
    if (total.is_zero()) return Number{};

    // total / (n * (n - 1)), as an integer of 2^160 to 2^254, so that its root has 24 to 38 digits: enough to be
    // rounded. Cutting off the fraction of a quotient first leaves the integer part of its root as it was.
    Integer quotient = total.coefficient;
    std::int64_t scale = total.scale;
    if (scale % 2 != 0) {
        quotient.multiply(10);
        ++scale;
    }
    const int divisor_bits = 2 * int(std::bit_width(std::uint64_t(n)));
    for (; bit_width(quotient) < 110 + divisor_bits; scale += 18) quotient.multiply(std::uint64_t(power_of_ten[18]));
    for (; bit_width(quotient) < 170 + divisor_bits; scale += 2) quotient.multiply(100);
    quotient.divide_unsigned(std::uint64_t(n));
    quotient.divide_unsigned(std::uint64_t(n - 1));
    for (; bit_width(quotient) > 250; scale -= 2) quotient.divide_unsigned(100);
    return round_to_number(false, square_root(quotient), int(scale / 2));
}

bool are_possible_sums(std::int64_t n, const Wide& sum, const WideSquare& squares) {
    if (n == 0) return sum.is_zero() && squares.is_zero();
    const WideSquare total = spread(n, sum, squares);
    return n == 1 ? total.is_zero() : !total.coefficient.is_negative();
}

std::int64_t quantile_rank(double q, std::int64_t n) {
    if (!(q >= 0 && q <= 1)) throw Error(Errc::invalid_parameter, "quantile is not between 0 and 1");
    // In floating point, as percentile_disc has it: 0.1 of 30 values is the third, though 0.1 is a little more.
    const double rank = std::ceil(q * double(n));
    if (rank >= double(n)) return n;
    return std::max<std::int64_t>(1, std::int64_t(rank));
}

}  // namespace csagg
