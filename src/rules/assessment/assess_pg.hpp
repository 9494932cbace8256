// Assessments as rows of the server.
#pragma once
#include "base/scratch.hpp"
#include "rules/assessment/assess.hpp"

#include "rules/instant/row_pg.hpp"

namespace csagg::pg {

/// The row that the function returns.
Datum make_row(FunctionCallInfo fcinfo, const Datum* values, const bool* nulls);

/// as_of, stage, score, band, coverage, alerts, valid_until.
inline constexpr int assessment_columns = 7;
void put_assessment(const RuleSet& rules, std::span<const FactInput> inputs, Instant as_of, Arena& arena, Datum* values,
                    bool* nulls);

/// stage, score, band, coverage, alerts; none is NULL.
inline constexpr int over_columns = 5;
void put_over(const RuleSet& rules, const AssessmentOver& over, Arena& arena, Datum* values);

}  // namespace csagg::pg
