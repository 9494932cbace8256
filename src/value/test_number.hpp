// For tests of numbers: errors, and numbers near which there may be some.
#pragma once
#include "value/number.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <random>

namespace csagg {

inline void PrintTo(const Number& number, std::ostream* out) {
    *out << number.coefficient << "e-" << static_cast<int>(number.scale);
}

namespace test {

inline constexpr std::int64_t nines = 999'999'999'999'999'999;

template <class Function>
void expect_error(Errc code, Function function) {
    try {
        function();
        ADD_FAILURE() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
    }
}

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    int up_to(int last) { return std::uniform_int_distribution(0, last)(engine_); }

    std::uint64_t bits() { return engine_(); }

    /// Every number of digits alike; often close to a power of ten, to a tie or to another number.
    std::int64_t coefficient() {
        const std::int64_t limit = power_of_ten[up_to(18)];
        std::int64_t value = 0;
        switch (up_to(5)) {
            case 0: value = limit - 1 - up_to(2); break;
            case 1: value = limit / 2 + up_to(2) - 1; break;
            case 2: value = limit / 10 + up_to(2); break;
            case 3: value = up_to(9) * (limit / 10); break;
            default: value = static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(limit)); break;
        }
        return up_to(1) == 0 ? value : -value;
    }
    Number number() { return Number::normalized(coefficient(), up_to(Number::max_scale)); }

private:
    std::mt19937_64 engine_;
};

}  // namespace test
}  // namespace csagg
