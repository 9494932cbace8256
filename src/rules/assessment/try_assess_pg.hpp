// What is wrong with a customer, as a value.
#pragma once
#include "rules/assessment/evaluation_error.hpp"

#include <algorithm>

#include "rules/assessment/assess_pg.hpp"

namespace csagg::pg {

/// What a customer's data can have wrong where the rule set and the statement are right.
inline constexpr std::initializer_list<Errc> errors_of_data = {
    Errc::division_by_zero, Errc::out_of_range, Errc::datetime_overflow, Errc::kind_mismatch, Errc::limit_exceeded};

/// {"rule": "seats in use", "sqlstate": "22012", "message": "rule \"seats in use\": division by zero"}
Datum error_datum(const Error& e, std::string_view rule);

/// Whether f() failed by one of these codes, which come of a customer's data: then `error` says so. Other errors pass.
template <class F>
bool fails(std::initializer_list<Errc> codes, Datum& error, F f) {
    try {
        f();
        return false;
    } catch (const EvaluationError& e) {
        if (std::ranges::find(codes, e.code()) == codes.end()) throw;
        error = error_datum(e, e.rule());
    } catch (const Error& e) {
        if (std::ranges::find(codes, e.code()) == codes.end()) throw;
        error = error_datum(e, {});
    }
    return true;
}

}  // namespace csagg::pg
