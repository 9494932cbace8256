// The facts of a customer as a row of the server.
#pragma once
#include "base/scratch.hpp"
#include "history/history.hpp"
#include "rules/instant/facts.hpp"

#include "rules/language/ruleset_pg.hpp"

namespace csagg::pg {

/// Argument `n`, any named row, as the inputs of the declared facts; the bytes are valid for the call. Which column is
/// which fact is found once per rule set and row type. Errc::undefined_column for a declared fact without a
/// column and for a row without names; Errc::kind_mismatch for a column of a type that cannot be a fact.
void read_row(FunctionCallInfo fcinfo, int n, SharedRules& shared, Vector<FactInput>& inputs);

/// What most functions are asked about: argument 0, the rule set, and argument 1, the row of facts.
struct Asked {
    explicit Asked(FunctionCallInfo fcinfo) : shared(ruleset_argument(fcinfo, 0)) { read_row(fcinfo, 1, shared, facts); }

    const RuleSet& rules() const { return shared.rules; }
    std::span<const FactInput> inputs() const { return view(facts); }

    SharedRules& shared;
    ContextArena memory;
    Scratch arena{memory};
    Vector<FactInput> facts{Alloc<FactInput>(arena)};
};

/// The same of a history alone, which has all facts that are known.
void read_history(const History& history, const RuleSet& rules, Vector<FactInput>& inputs);

/// Argument `n`, a timestamptz. Errc::datetime_overflow when it is infinite.
Instant instant_argument(FunctionCallInfo fcinfo, int n, const char* name);

}  // namespace csagg::pg
