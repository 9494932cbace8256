// What is wrong with a customer, as a value.
#pragma once
#include "rules/assessment/evaluation_error.hpp"

#include <algorithm>
#include <optional>

#include "rules/assessment/assess_pg.hpp"

namespace csagg::pg {

/// What a customer's data can have wrong where the rule set and the statement are right.
inline constexpr std::initializer_list<Errc> errors_of_data = {
    Errc::division_by_zero, Errc::out_of_range, Errc::datetime_overflow, Errc::kind_mismatch, Errc::limit_exceeded};

/// {"rule": "seats in use", "sqlstate": "22012", "message": "rule \"seats in use\": division by zero"}
Datum error_datum(const Error& e, std::string_view rule);

struct DataFailure {
    Datum error;
    Instant at = minus_infinity;  // the first instant of it, if it is of some instants only
};

/// Why f() failed, if that is by one of these codes, which come of a customer's data. Other errors pass.
template <class F>
std::optional<DataFailure> failure_of(std::initializer_list<Errc> codes, F f) {
    try {
        f();
        return std::nullopt;
    } catch (const EvaluationError& e) {
        if (std::ranges::find(codes, e.code()) == codes.end()) throw;
        return DataFailure{error_datum(e, e.rule()), e.at()};
    } catch (const Error& e) {
        if (std::ranges::find(codes, e.code()) == codes.end()) throw;
        return DataFailure{error_datum(e, {})};
    }
}

}  // namespace csagg::pg
