// How far before an instant what a rule set says of it can depend on entries of facts, beyond the states in force where
// that span begins.
#pragma once
#include "rules/language/ruleset.hpp"

#include <optional>

namespace csagg {

/// An upper bound, in any time zone: of days, or of elapsed time where nothing is asked by days. None if there is no
/// bound. It is of stage, score, band and coverage, and of alerts if asked for: of their conditions, and how long these
/// must hold or be kept. An alert that has both a "for" and a "keep_firing_for" may remember longer, while its
/// condition comes and goes.
std::optional<Span> look_back(const RuleSet& rules, bool alerts, Arena& arena);

}  // namespace csagg
