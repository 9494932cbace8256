// The states of a rule set's alerts as jsonb: {"usage drop": {"state": "firing", "until": "2025-01-03 00:00:00+00"}}.
#pragma once
#include "rules/assessment/alert.hpp"

#include "rules/language/ruleset_pg.hpp"

namespace csagg::pg {

/// One state for each alert; those that are not named are inactive, and names that no alert has are passed over.
/// Errc::invalid_parameter for what is no such object.
void read_alert_seed(Datum jsonb, const RuleSet& rules, Vector<AlertMachine>& machines);

/// Alerts that are inactive are left out, and "until" where a state does not end by itself.
Datum alert_seed_datum(const RuleSet& rules, std::span<const AlertMachine> machines, Arena& arena);

}  // namespace csagg::pg
