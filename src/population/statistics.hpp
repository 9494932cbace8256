// What a summary says of one bucket.
#pragma once
#include "value/wide.hpp"

#include <optional>

namespace csagg {

/// The number as a summary counts it: rounded half away from zero to three significant digits, so at most 0.5 % off and
/// exact for numbers of up to three digits. Decimal buckets instead of the binary ones of HdrHistogram (G. Tene) are
/// the same on every CPU. What would round up to 10^18, which no Number can be, is rounded down.
Number rounded_for_summary(const Number& number);

/// sqrt((n * squares - sum^2) / (n * (n - 1))), the sample standard deviation, rounded half away from zero to 18
/// significant digits (36 of the fraction at most). None for n < 2. Errc::corrupt when no n numbers have these sums.
std::optional<Number> standard_deviation(std::int64_t n, const Wide& sum, const WideSquare& squares);

/// Whether n numbers can have these sums, as far as the deviation tells.
bool are_possible_sums(std::int64_t n, const Wide& sum, const WideSquare& squares);

/// How many of n values, in order, have to be counted to reach the quantile q: the rank of percentile_disc.
/// Errc::invalid_parameter unless 0 <= q <= 1.
std::int64_t quantile_rank(double q, std::int64_t n);

}  // namespace csagg
