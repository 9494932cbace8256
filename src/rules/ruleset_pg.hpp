// Rule sets in the server: what the other rooms need of the SQL type csagg.ruleset.
#pragma once
#include "rules/ruleset.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// A compiled rule set; the serial tells it from others that come to its address.
struct SharedRules {
    RuleSet rules;
    std::uint64_t serial;
};

/// The compiled rule set of a value of csagg.ruleset (its payload). The last few are kept per backend, so that a query
/// compiles once. The reference lasts until this has been called with two other rule sets: a call may use two at once.
const SharedRules& cached_ruleset(ByteSpan value);

}  // namespace csagg::pg
