// What went wrong in an expression, with what it belongs to: rule "seats in use": division by zero.
#pragma once
#include "base/error.hpp"
#include "value/instant.hpp"

namespace csagg {

class EvaluationError : public Error {
public:
    /// `what` is the part of the rule set: rule, stage, alert; the name may be empty. Up to `at` there was no error.
    EvaluationError(const Error& e, std::string_view what, std::string_view name, Instant at)
        : Error(e.code(), std::string(what) + (name.empty() ? "" : " \"" + excerpt(name) + "\"") + ": " + e.what(),
                hint_of(e), e.detail()),
          rule_(what == "rule" ? name : std::string_view()),
          at_(at) {}

    /// Its name; empty if it was no rule that failed.
    const std::string& rule() const noexcept { return rule_; }
    /// The first instant for which it cannot be evaluated, of those asked for.
    Instant at() const noexcept { return at_; }

private:
    static std::string hint_of(const Error& e) {
        return e.code() == Errc::division_by_zero && e.hint().empty()
                   ? "Write x / nullif(y, 0) for a quotient that is NULL where y is 0."
                   : e.hint();
    }

    std::string rule_;
    Instant at_;
};

}  // namespace csagg
