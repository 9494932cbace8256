// Why a score is what it is, and why it changed.
#pragma once
#include "rules/assessment/assess.hpp"

namespace csagg {

/// A summand of a score. All of one explanation add up to it exactly.
enum class Part : Byte { base, rule, override, clamp };
const char* part_name(Part part);

struct Explanation {
    Part part;
    std::size_t rule = 0;  // of Part::rule
    bool applies = true;
    std::optional<bool> matched;
    bool missing = false;
    Wide points;
};

/// One row a rule, one for an override in force, and one for what else is not zero, at the assessor's instant; none
/// while the customer does not exist.
Vector<Explanation> explain(const RuleSet& rules, Assessor& assessor, Arena& arena);

/// Prints {"count(login, 14 days)": 3, ...}: the values of the definitions that the rule or override uses, as far
/// as they are needed, and of all facts that it asks for.
void print_facts_seen(const RuleSet& rules, const Explanation& row, Assessor& assessor, String& out);

enum class Cause : Byte { ruleset, existence, stage, data, ageing, clamp };
const char* cause_name(Cause cause);

struct ScoreChange {
    Instant at;
    Cause cause;
    Part part;
    std::string_view rule;  // of Part::rule
    Wide points;            // what it added to the score
};

/// Every change of a summand from `a` to `b`: the points add up to score(after, b) - score(before, a), a score that is
/// not there counting as 0. At `a` one rule set takes the place of the other, rules being the same that have one name.
/// A rule that begins or ceases to apply changes by its stage; otherwise by data if a fact that it asks has an entry or
/// event at that very instant, else by ageing. The inputs are those of each rule set.
Vector<ScoreChange> explain_change(const RuleSet& before, std::span<const FactInput> inputs_before,
                                   const RuleSet& after, std::span<const FactInput> inputs_after, Instant a, Instant b,
                                   Arena& arena);

}  // namespace csagg
