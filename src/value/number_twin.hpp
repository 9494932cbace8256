// The naive twin of Number and WideDecimal for tests: fractions of big integers, rounded by trying every scale.
#pragma once
#include "value/wide.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <string>

namespace csagg::twin {

using BigInt = boost::multiprecision::cpp_int;

inline BigInt power(int exponent) { return boost::multiprecision::pow(BigInt(10), static_cast<unsigned>(exponent)); }

struct Fraction {
    BigInt over;
    BigInt under = 1;  // above zero
};

inline Fraction fraction(const Number& number) { return {BigInt(number.coefficient), power(number.scale)}; }
inline Fraction operator+(const Fraction& a, const Fraction& b) {
    return {a.over * b.under + b.over * a.under, a.under * b.under};
}
inline Fraction operator-(const Fraction& a, const Fraction& b) {
    return {a.over * b.under - b.over * a.under, a.under * b.under};
}
inline Fraction operator*(const Fraction& a, const Fraction& b) { return {a.over * b.over, a.under * b.under}; }
inline Fraction operator/(const Fraction& a, const Fraction& b) {
    if (b.over < 0) return {-a.over * b.under, -a.under * b.over};
    return {a.over * b.under, a.under * b.over};
}
inline std::strong_ordering order(const Fraction& a, const Fraction& b) {
    return BigInt(a.over * b.under).compare(BigInt(b.over * a.under)) <=> 0;
}
inline BigInt round_half_away(const BigInt& over, const BigInt& under) {
    const BigInt rounded = (2 * abs(over) + under) / (2 * under);
    return over < 0 ? BigInt(-rounded) : rounded;
}

/// At the finest scale at which it has no more than the significant digits asked for; nothing when there is none.
inline std::optional<Number> round(const Fraction& value, int significant = Number::max_digits) {
    for (int scale = Number::max_scale; scale > -Number::max_digits; --scale) {
        BigInt rounded = scale >= 0 ? round_half_away(value.over * power(scale), value.under)
                                    : round_half_away(value.over, value.under * power(-scale));
        if (abs(rounded) >= power(significant)) continue;
        int positive_scale = scale;
        for (; positive_scale < 0; ++positive_scale) rounded *= 10;
        while (positive_scale > 0 && rounded % 10 == 0) {
            rounded /= 10;
            --positive_scale;
        }
        if (abs(rounded) >= power(Number::max_digits)) return {};
        return Number{static_cast<std::int64_t>(rounded), static_cast<std::uint8_t>(positive_scale)};
    }
    return {};
}

/// What a function gives, or nothing when it is out of range.
template <class Function>
std::optional<Number> in_range(Function function) {
    try {
        return function();
    } catch (const Error& error) {
        if (error.code() != Errc::out_of_range) throw;
        return {};
    }
}

template <int Words>
BigInt integer(const WideInteger<Words>& value) {
    BigInt result = 0;
    for (int i = Words - 1; i >= 0; --i) result = (result << 64) + value.word(i);
    if (value.is_negative()) result -= BigInt(1) << (64 * Words);
    return result;
}
template <int Words>
Fraction fraction(const WideDecimal<Words>& value) {
    return {integer(value.coefficient), power(static_cast<int>(value.scale))};
}

/// All digits of value, whose denominator must be a power of ten up to 10^72.
inline std::string print(const Fraction& value) {
    const BigInt scaled = value.over * power(72) / value.under;
    std::string digits = BigInt(abs(scaled)).str();
    if (digits.size() < 73) digits.insert(0, 73 - digits.size(), '0');
    digits.insert(digits.size() - 72, ".");
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
    return (scaled < 0 ? "-" : "") + digits;
}

/// Reads PostgreSQL's grammar of numeric. Nothing: not a number, or one that is out of range.
struct Parsed {
    bool readable = false;
    std::optional<Number> number;
};
inline Parsed parse(std::string text) {
    const auto is_space = [](char c) { return std::string(" \t\n\v\f\r").find(c) != std::string::npos; };
    while (!text.empty() && is_space(text.back())) text.pop_back();
    while (!text.empty() && is_space(text.front())) text.erase(0, 1);
    std::string lower;
    for (const char c : text) lower.push_back(c >= 'A' && c <= 'Z' ? char(c + 32) : c);
    for (const char* special : {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})
        if (lower == special) return {true, {}};
    std::size_t i = 0;
    const auto sign = [&] {
        if (i < lower.size() && (lower[i] == '-' || lower[i] == '+')) return lower[i++] == '-' ? -1 : 1;
        return 1;
    };
    const auto digits = [&] {
        std::string found;
        while (i < lower.size() && lower[i] >= '0' && lower[i] <= '9') found.push_back(lower[i++]);
        return found;
    };
    const auto big = [](const std::string& decimal) {  // cpp_int takes a leading zero for octal
        BigInt value = 0;
        for (const char c : decimal) value = value * 10 + (c - '0');
        return value;
    };
    const int number_sign = sign();
    const std::string integer_part = digits();
    std::string fraction_part;
    if (i < lower.size() && lower[i] == '.') {
        ++i;
        fraction_part = digits();
    }
    if (integer_part.empty() && fraction_part.empty()) return {};
    BigInt exponent = 0;
    if (i < lower.size() && lower[i] == 'e') {
        ++i;
        const int exponent_sign = sign();
        const std::string exponent_digits = digits();
        if (exponent_digits.empty()) return {};
        exponent = big(exponent_digits) * exponent_sign;
    }
    if (i != lower.size()) return {};
    const BigInt coefficient = big(integer_part + fraction_part) * number_sign;
    exponent -= fraction_part.size();
    const int length = static_cast<int>(text.size());
    if (coefficient == 0 || exponent < -length - 100) return {true, Number{}};
    if (exponent > 18) return {true, {}};
    const int shift = static_cast<int>(exponent);
    return {true, round(shift < 0 ? Fraction{coefficient, power(-shift)} : Fraction{coefficient * power(shift)})};
}

}  // namespace csagg::twin
