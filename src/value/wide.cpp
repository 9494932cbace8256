#include "value/wide.hpp"

#include <algorithm>
#include <cstring>

namespace csagg {
namespace {

template <int Words>
bool fits_in_64_bits(const WideInteger<Words>& magnitude) {
    std::uint64_t high = 0;
    for (int i = 1; i < Words; ++i) high |= magnitude.word(i);
    return high == 0;
}
template <int Words>
bool fits_in_128_bits(const WideInteger<Words>& magnitude) {
    std::uint64_t high = 0;
    for (int i = 2; i < Words; ++i) high |= magnitude.word(i);
    return high == 0;
}

template <int Words>
Number round_wide(bool negative, WideInteger<Words> magnitude, std::int64_t scale) {
    // What is above 2^128 keeps 20 digits, so that truncating it does not change the rounding.
    while (!fits_in_128_bits(magnitude)) {
        magnitude.divide_unsigned(ten_to_19);
        scale -= 19;
    }
    return round_to_number(negative, (static_cast<Uint128>(magnitude.word(1)) << 64) | magnitude.word(0),
                           static_cast<int>(scale));
}

template <int Words>
bool is_less(const WideInteger<Words>& a, const WideInteger<Words>& b) {  // unsigned
    int i = Words - 1;
    while (i > 0 && a.word(i) == b.word(i)) --i;
    return a.word(i) < b.word(i);
}

}  // namespace

template <int Words>
void WideDecimal<Words>::rescale(std::int64_t finer) {
    coefficient.multiply_by_power_of_ten(static_cast<int>(finer - scale));
    scale = finer;
}

template <int Words>
void WideDecimal<Words>::add_unaligned(Int128 value, int value_scale, std::int64_t times) {
    if (value == 0 || times == 0) return;
    if (value_scale > scale) rescale(value_scale);
    const auto shift = static_cast<int>(scale - value_scale);
    constexpr Int128 limit = power_of_ten[18];
    if ((times == 1 || times == -1) && (shift == 0 || (shift <= 18 && value < limit && value > -limit))) [[likely]] {
        coefficient.add(value * (times * power_of_ten[shift]));
        return;
    }
    WideInteger<Words> product(value);
    product.multiply(magnitude_of(times));
    if (times < 0) product.negate();
    product.multiply_by_power_of_ten(shift);
    coefficient.add(product);
}

template <int Words>
void WideDecimal<Words>::add(const WideDecimal& other) {
    if (other.scale == scale) {
        coefficient.add(other.coefficient);
    } else if (other.scale > scale) {
        rescale(other.scale);
        coefficient.add(other.coefficient);
    } else {
        WideDecimal aligned = other;
        aligned.rescale(scale);
        coefficient.add(aligned.coefficient);
    }
}

template <int Words>
void WideDecimal<Words>::normalize() {
    if (scale == 0) return;
    if (coefficient.is_zero()) {
        scale = 0;
        return;
    }
    if ((coefficient.word(0) & 1) != 0) return;
    const bool negative = coefficient.is_negative();
    WideInteger<Words> magnitude = coefficient;
    if (negative) magnitude.negate();
    while (scale > 0) {
        if (fits_in_64_bits(magnitude)) {
            std::uint64_t low = magnitude.word(0);
            scale -= strip_zeros(low, static_cast<int>(scale));
            magnitude.set_word(0, low);
            break;
        }
        WideInteger<Words> quotient = magnitude;
        std::uint64_t rest = quotient.divide_unsigned(ten_to_19);
        const int zeros = rest == 0 ? 19 : strip_zeros(rest, 18);
        const int strip = static_cast<int>(std::min<std::int64_t>(zeros, scale));
        if (strip == 0) break;
        if (strip == 19)
            magnitude = quotient;
        else
            magnitude.divide_unsigned(static_cast<std::uint64_t>(power_of_ten[strip]));
        scale -= strip;
        if (strip < 19) break;
    }
    if (negative) magnitude.negate();
    coefficient = magnitude;
}

template <int Words>
Number WideDecimal<Words>::to_number() const {
    WideInteger<Words> magnitude = coefficient;
    if (coefficient.is_negative()) magnitude.negate();
    return round_wide(coefficient.is_negative(), magnitude, scale);
}

template <int Words>
void WideDecimal<Words>::print(String& out) const {
    WideDecimal value = *this;
    value.normalize();
    if (value.coefficient.is_negative()) {
        value.negate();
        out.push_back('-');
    }
    char buffer[20 * Words];  // 2^64 < 10^20; filled from its end
    static_assert(sizeof buffer > std::size_t(max_scale));
    char* const end = buffer + sizeof buffer;
    char* first = end;
    while (!value.coefficient.is_zero()) {
        std::uint64_t chunk = value.coefficient.divide_unsigned(ten_to_19);
        const bool last = value.coefficient.is_zero();
        for (int i = 0; last ? chunk != 0 : i < 19; ++i, chunk /= 10) *--first = char('0' + chunk % 10);
    }
    char* const point = end - value.scale;
    while (first >= point) *--first = '0';
    out.append(first, point);
    if (point == end) return;
    out.push_back('.');
    out.append(point, end);
}

template <int Words>
void WideDecimal<Words>::write(ByteWriter& out) const {
    WideDecimal value = *this;
    value.normalize();
    Byte bytes[8 * Words];
    for (int i = 0; i < Words; ++i) store_le(bytes + 8 * i, value.coefficient.word(i));
    const Byte sign = value.coefficient.is_negative() ? 0xFF : 0;
    std::size_t length = sizeof bytes;
    while (length > 1 && bytes[length - 1] == sign && ((bytes[length - 2] ^ sign) & 0x80) == 0) --length;
    if (length == 1 && bytes[0] == 0) length = 0;
    out.u8(static_cast<Byte>(value.scale));
    out.u8(static_cast<Byte>(length));
    out.append({bytes, length});
}

template <int Words>
WideDecimal<Words> WideDecimal<Words>::read(ByteReader& in) {
    const Byte scale = in.u8();
    const Byte length = in.u8();
    if (scale > max_scale || length > 8 * Words) throw_corrupt("sum is too long");
    const ByteSpan given = in.take(length);
    WideDecimal value;
    if (length == 0) {
        if (scale != 0) throw_corrupt("zero sum has a scale");
        return value;
    }
    const Byte sign = (given[length - 1] & 0x80) != 0 ? 0xFF : 0;
    if (given[length - 1] == sign && (length == 1 ? sign == 0 : ((given[length - 2] ^ sign) & 0x80) == 0))
        throw_corrupt("sum is longer than needed");
    Byte bytes[8 * Words];
    std::memset(bytes, sign, sizeof bytes);
    std::memcpy(bytes, given.data(), length);
    for (int i = 0; i < Words; ++i) value.coefficient.set_word(i, load_le<std::uint64_t>(bytes + 8 * i));
    value.scale = scale;

    WideDecimal normal = value;
    normal.normalize();
    if (normal != value) throw_corrupt("sum has trailing zeros");

    WideInteger<Words> magnitude = value.coefficient;
    if (sign != 0) magnitude.negate();
    WideInteger<Words> limit(Int128(1) << 62);
    limit.multiply_by_power_of_ten(Number::max_digits * (holds_squares ? 2 : 1) + scale);
    if (!is_less(magnitude, limit)) throw_corrupt("sum is out of range");
    return value;
}

template <int Words>
Number divide_rounded(const WideDecimal<Words>& sum, std::int64_t n) {
    if (n == 0) throw Error(Errc::division_by_zero, "division by zero");
    WideInteger<Words + 2> magnitude(sum.coefficient);
    if (sum.coefficient.is_negative()) magnitude.negate();
    // 10^38 < 2^127 more, divided by at most 2^63: a quotient of at least 19 digits, truncated.
    magnitude.multiply_by_power_of_ten(38);
    magnitude.divide_unsigned(magnitude_of(n));
    return round_wide(sum.coefficient.is_negative() != (n < 0), magnitude, sum.scale + 38);
}

template struct WideDecimal<4>;
template struct WideDecimal<8>;
template Number divide_rounded(const Wide&, std::int64_t);
template Number divide_rounded(const WideSquare&, std::int64_t);

}  // namespace csagg
