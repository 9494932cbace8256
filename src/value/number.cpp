#include "value/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace csagg {
namespace {

constexpr auto ten_to_18 = static_cast<std::uint64_t>(power_of_ten[18]);

constexpr auto wide_power_of_ten = [] {  // 10^38 is the greatest in 128 bits
    std::array<Uint128, 39> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

constexpr int count_digits(Uint128 value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    const int bits = high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(value));
    const int guess = bits * 1233 >> 12;  // log10(2) = 0.30103: right or one too few
    return value >= wide_power_of_ten[static_cast<std::size_t>(guess)] ? guess + 1 : guess;
}

constexpr Number with_sign(bool negative, std::uint64_t magnitude, int scale) {
    const auto coefficient = static_cast<std::int64_t>(magnitude);
    return Number::normalized(negative ? -coefficient : coefficient, scale);
}

/// Of the first significant digits of a number at least 19, or all of them; the rest cannot change the rounding.
Number assemble(bool negative, std::uint64_t magnitude, std::int64_t scale) {
    return round_to_number(negative, magnitude, static_cast<int>(std::clamp<std::int64_t>(scale, -1000, 1000)));
}

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[noreturn]] void throw_unreadable(std::string_view text) {
    // A long text is not quoted: cutting it might cut a character of the server's encoding.
    std::string message = "cannot read number";
    if (text.size() <= 60) message.append(" \"").append(text).append("\"");
    throw Error(Errc::invalid_text, message, "Write it as in 12.50 or -3e-5.");
}

/// NaN or an infinity as PostgreSQL's numeric writes and reads them; without white space around.
bool is_special(std::string_view text) {
    const auto equals = [](std::string_view a, std::string_view lower) {
        return std::ranges::equal(a, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    };
    if (equals(text, "nan")) return true;
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return equals(text, "inf") || equals(text, "infinity");
}

/// Takes digits as long as they fit; knows where the point is.
struct DigitCollector {
    std::uint64_t magnitude = 0;
    std::int64_t scale = 0;
    int taken = 0;

    void add(unsigned digit, bool in_fraction) {
        if (taken < 19) {
            magnitude = magnitude * 10 + digit;
            if (magnitude != 0) ++taken;
            scale += in_fraction ? 1 : 0;
        } else {
            scale -= in_fraction ? 0 : 1;
        }
    }
};

/// Is the decimal nearer to the value than to both its neighbours? For values that are integers below 10^18.
template <class Float>
bool is_nearest(const Number& decimal, Float value) {
    const auto exact = static_cast<std::int64_t>(value);
    const std::int64_t distance = decimal.coefficient - exact;
    const Float towards = std::copysign(std::numeric_limits<Float>::infinity(), distance < 0 ? Float(-1) : Float(1));
    const auto neighbour = static_cast<std::int64_t>(std::nextafter(value, towards));
    return 2 * magnitude_of(distance) < magnitude_of(neighbour - exact);
}

template <class Float>
Number from_float(Float value, Float exact_integers) {
    if (!std::isfinite(value)) throw_number_out_of_range();
    const bool all_are_integers = std::fabs(value) >= exact_integers;
    // Neighbours of such an integer are not more than 1 away, so its shortest form is all its digits.
    if (!all_are_integers && value == std::trunc(value)) return Number::of(static_cast<std::int64_t>(value));
    // Of the decimals of at most digits10 digits only one reads back as the value, so it is the shortest. Integer and
    // unit are exact, so that the quotient is rounded once, as reading the decimal is.
    constexpr int digits = std::numeric_limits<Float>::digits10;
    constexpr int scale = digits >= 15 ? 6 : 2;
    constexpr auto unit = static_cast<Float>(power_of_ten[scale]);
    if (std::fabs(value) < static_cast<Float>(power_of_ten[digits - scale])) {
        const auto scaled = static_cast<std::int64_t>(value * unit + std::copysign(Float(0.5), value));
        if (static_cast<Float>(scaled) / unit == value) return Number::normalized(scaled, scale);
    }
    char buffer[32];
    char* const last = buffer + sizeof buffer;
    constexpr auto scientific = std::chars_format::scientific;
    char* end = std::to_chars(buffer, last, value, scientific).ptr;
    Number number = Number::parse({buffer, end});
    // A decimal halfway between an even value and its neighbour is read as the even one, and so to_chars takes it
    // when it is shorter: 33554450 for 33554448 as a float. PostgreSQL never does; see src/common/f2s.c there.
    // Only among these integers: below, a halfway decimal has more digits than any shortest form.
    while (all_are_integers && !is_nearest(number, value)) {
        const auto fraction_digits = static_cast<int>(std::find(buffer, end, 'e') - std::find(buffer, end, '.'));
        end = std::to_chars(buffer, last, value, scientific, std::max(fraction_digits, 1)).ptr;
        number = Number::parse({buffer, end});
    }
    return number;
}

}  // namespace

void throw_number_out_of_range() {
    throw Error(Errc::out_of_range, "number is out of range", {},
                "A number has at most 18 digits before the decimal point, and is neither NaN nor infinite.");
}

namespace {

/// By 10^drop, half away from zero.
Uint128 divide_rounded(Uint128 magnitude, int drop) {
    const auto divide = []<class Int>(Int magnitude, Int unit) -> Uint128 {
        const Int quotient = magnitude / unit, rest = magnitude - quotient * unit;
        return quotient + (rest >= unit - rest ? 1 : 0);
    };
    // A division of 64 bits is several times as fast.
    if (magnitude >> 64 == 0 && drop <= 18) return divide(std::uint64_t(magnitude), std::uint64_t(power_of_ten[drop]));
    return divide(magnitude, wide_power_of_ten[static_cast<std::size_t>(drop)]);
}

}  // namespace

Number round_to_number(bool negative, Uint128 magnitude, int scale) {
    if (magnitude < ten_to_18 && scale >= 0 && scale <= Number::max_scale)
        return with_sign(negative, static_cast<std::uint64_t>(magnitude), scale);
    if (magnitude == 0) return {};
    const int drop = std::max({count_digits(magnitude) - Number::max_digits, scale - Number::max_scale, 0});
    if (drop > 38) return {};  // 2^128 < 10^39 / 2
    if (drop > 0) {
        magnitude = divide_rounded(magnitude, drop);
        scale -= drop;
        if (magnitude == ten_to_18) {
            magnitude /= 10;
            --scale;
        }
    }
    if (scale < 0) {
        if (count_digits(magnitude) - scale > Number::max_digits) throw_number_out_of_range();
        magnitude *= static_cast<std::uint64_t>(power_of_ten[-scale]);
        scale = 0;
    }
    return with_sign(negative, static_cast<std::uint64_t>(magnitude), scale);
}

Number Number::parse(std::string_view text) {
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end && is_space(*p)) ++p;
    const char* const start = p;
    const bool negative = p != end && *p == '-';
    if (p != end && (*p == '-' || *p == '+')) ++p;

    std::uint64_t magnitude = 0;  // wraps when there are more than 19 digits
    const char* const integer = p;
    for (; p != end && is_digit(*p); ++p) magnitude = magnitude * 10 + static_cast<unsigned>(*p - '0');
    const char* const integer_end = p;
    const char* fraction = p;
    if (p != end && *p == '.') {
        fraction = ++p;
        for (; p != end && is_digit(*p); ++p) magnitude = magnitude * 10 + static_cast<unsigned>(*p - '0');
    }
    const char* const fraction_end = p;
    std::int64_t scale = fraction_end - fraction;
    const std::int64_t digits = (integer_end - integer) + scale;
    if (digits == 0) {
        const char* last = end;
        while (last != start && is_space(last[-1])) --last;
        if (is_special({start, last})) throw_number_out_of_range();
        throw_unreadable(text);
    }
    if (digits > 19) {
        DigitCollector collected;
        for (const char* d = integer; d != integer_end; ++d) collected.add(static_cast<unsigned>(*d - '0'), false);
        for (const char* d = fraction; d != fraction_end; ++d) collected.add(static_cast<unsigned>(*d - '0'), true);
        magnitude = collected.magnitude;
        scale = collected.scale;
    }
    if (p != end) {
        if (*p == 'e' || *p == 'E') {
            ++p;
            const bool negative_exponent = p != end && *p == '-';
            if (p != end && (*p == '-' || *p == '+')) ++p;
            if (p == end || !is_digit(*p)) throw_unreadable(text);
            std::int64_t exponent = 0;
            for (; p != end && is_digit(*p); ++p)
                exponent = std::min<std::int64_t>(exponent * 10 + (*p - '0'), 1'000'000'000'000);
            scale += negative_exponent ? exponent : -exponent;
        }
        while (p != end && is_space(*p)) ++p;
        if (p != end) throw_unreadable(text);
    }
    return assemble(negative, magnitude, scale);
}

Number Number::from_digits(bool negative, std::span<const std::uint8_t> decimal_digits, int integer_digits) {
    DigitCollector collected;
    for (const std::uint8_t digit : decimal_digits) {
        collected.add(digit, true);
        if (collected.taken == 19) break;
    }
    return assemble(negative, collected.magnitude, collected.scale - integer_digits);
}

Number Number::from(double value) { return from_float(value, 0x1p53); }
Number Number::from(float value) { return from_float(value, 0x1p24F); }

Number Number::rounded_to_digits(int significant) const {
    if (significant < 1 || significant > max_digits)
        throw Error(Errc::invalid_parameter, "number of significant digits must be between 1 and 18");
    std::uint64_t magnitude = magnitude_of(coefficient);
    const int drop = count_digits(magnitude) - significant;
    if (drop <= 0) return {coefficient, scale};  // member by member, as they were written: one load of both would wait
    const auto unit = static_cast<std::uint64_t>(power_of_ten[drop]);
    magnitude = (magnitude + unit / 2) / unit;  // for drop >= 1 the unit is even
    return round_to_number(coefficient < 0, magnitude, scale - drop);
}

double Number::to_double() const {
    static constexpr double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    // Both exact, so that the division rounds once.
    if (magnitude_of(coefficient) <= std::uint64_t(1) << 53 && scale <= 22)
        return static_cast<double>(coefficient) / power[scale];
    char buffer[48];
    double value = 0;
    std::from_chars(buffer, buffer + print(*this, buffer), value);
    return value;
}

Number operator+(const Number& a, const Number& b) {
    if (a.scale > b.scale) return b + a;
    const int shift = b.scale - a.scale;
    if (shift == 0) {
        const std::int64_t sum = a.coefficient + b.coefficient;
        return assemble(sum < 0, magnitude_of(sum), a.scale);
    }
    if (a.coefficient == 0) return b;
    if (shift <= 19) {  // 10^18 x 10^19 fits
        const Int128 sum =
            a.coefficient * static_cast<Int128>(wide_power_of_ten[static_cast<std::size_t>(shift)]) + b.coefficient;
        return round_to_number(sum < 0, static_cast<Uint128>(sum < 0 ? -sum : sum), b.scale);
    }
    // |a| is at least 10^19 units of the 19th digit after its last one. In these units b is below 10^18, so that the
    // sum has at least 19 digits; rounding needs no more of it than the floor of its magnitude.
    const bool negative = a.coefficient < 0;
    const Uint128 greater = magnitude_of(a.coefficient) * wide_power_of_ten[19];
    const int excess = shift - 19;  // at most 17
    const std::uint64_t magnitude = magnitude_of(b.coefficient);
    const auto unit = static_cast<std::uint64_t>(power_of_ten[excess]);
    const std::uint64_t floor = magnitude / unit;
    const bool opposite = negative != (b.coefficient < 0);
    const Uint128 sum = opposite ? greater - floor - (floor * unit != magnitude ? 1U : 0U) : greater + floor;
    return round_to_number(negative, sum, a.scale + 19);
}

Number operator*(const Number& a, const Number& b) {
    const Int128 product = Int128(a.coefficient) * b.coefficient;
    return round_to_number(product < 0, static_cast<Uint128>(product < 0 ? -product : product), a.scale + b.scale);
}

Number divide(Number dividend, Number divisor) {
    if (divisor.coefficient == 0) throw Error(Errc::division_by_zero, "division by zero");
    const std::uint64_t magnitude = magnitude_of(dividend.coefficient);
    // 37 digits over at most 18: a quotient of at least 19 digits, truncated.
    const int shift = 37 - count_digits(magnitude);
    const Uint128 quotient =
        magnitude * wide_power_of_ten[static_cast<std::size_t>(shift)] / magnitude_of(divisor.coefficient);
    return round_to_number((dividend.coefficient < 0) != (divisor.coefficient < 0), quotient,
                           dividend.scale + shift - divisor.scale);
}

std::size_t print(Number number, char* buffer) {
    char* out = buffer;
    if (number.coefficient < 0) *out++ = '-';
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, magnitude_of(number.coefficient)).ptr;
    const auto n = static_cast<std::size_t>(end - digits);
    const std::size_t scale = number.scale;
    if (scale == 0 || n > scale) {
        std::memcpy(out, digits, n - scale);
        out += n - scale;
        if (scale > 0) *out++ = '.';
        std::memcpy(out, end - scale, scale);
        out += scale;
    } else {
        *out++ = '0';
        *out++ = '.';
        std::memset(out, '0', scale - n);
        out += scale - n;
        std::memcpy(out, digits, n);
        out += n;
    }
    return static_cast<std::size_t>(out - buffer);
}

}  // namespace csagg
