// One pattern of bits for numbers that SQL holds to be equal.
#pragma once
#include "base/pure.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace csagg::asof {

/// -0 is 0, and every NaN is one.
inline std::uint64_t equal_bits(double d) {
    if (std::isnan(d)) d = std::numeric_limits<double>::quiet_NaN();
    if (d == 0) d = 0;
    return std::bit_cast<std::uint64_t>(d);
}

}  // namespace csagg::asof
