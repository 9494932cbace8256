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

/// The greatest integer whose square is at most `value` < 2^254: bit by bit from the top (the abacus method).
Uint128 square_root(const Integer& value) {
    // Works on pairs of bits; remainder < 2 * root + 1 < 2^129 is kept in three words' worth of a wide integer.
    WideInteger<3> remainder, root;
    for (int pair = 127; pair >= 0; --pair) {
        const int bit = 2 * pair;
        remainder.multiply(4);
        remainder.add(Int128(value.word(bit / 64) >> bit % 64 & 3));
        WideInteger<3> trial = root;  // 4 * root + 1
        trial.multiply(4);
        trial.add(1);
        trial.negate();
        WideInteger<3> rest = remainder;
        rest.add(trial);
        root.multiply(2);
        if (rest.is_negative()) continue;
        remainder = rest;
        root.add(1);
    }
    return Uint128(root.word(1)) << 64 | root.word(0);
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
    for (; bit_width(quotient) < 170 + divisor_bits; scale += 2) quotient.multiply(100);
    quotient.divide_unsigned(std::uint64_t(n));
    quotient.divide_unsigned(std::uint64_t(n - 1));
    for (; bit_width(quotient) > 250; scale -= 2) quotient.divide_unsigned(100);
    return round_to_number(false, square_root(quotient), int(scale / 2));
}

std::int64_t quantile_rank(double q, std::int64_t n) {
    if (!(q >= 0 && q <= 1))
        throw Error(Errc::invalid_parameter, "quantile is not between 0 and 1");
    // In floating point, as percentile_disc has it: 0.1 of 30 values is the third, though 0.1 is a little more.
    const double rank = std::ceil(q * double(n));
    if (rank >= double(n)) return n;
    return std::max<std::int64_t>(1, std::int64_t(rank));
}

}  // namespace csagg
