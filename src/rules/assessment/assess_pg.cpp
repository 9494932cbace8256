// score, assess, assess_over, score_over.
#include "rules/assessment/assess_pg.hpp"

#include "history/history.hpp"

#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {

Datum make_row(FunctionCallInfo fcinfo, const Datum* values, const bool* nulls) {
    return call([fcinfo, values = const_cast<Datum*>(values), nulls = const_cast<bool*>(nulls)] {
        TupleDesc shape = nullptr;
        if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE) elog(ERROR, "result is not a row");
        return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(shape), values, nulls));
    });
}

namespace {

/// {"usage drop": "firing"}: the alerts that are not inactive.
Datum alerts_datum(const RuleSet& rules, const Assessor& assessor, Arena& arena) {
    csagg::String json(arena);
    json.push_back('{');
    for (std::size_t i = 0; i < rules.alerts().size(); ++i) {
        if (assessor.alert(i) == AlertState::inactive) continue;
        if (json.size() > 1) json.push_back(',');
        print_quoted(rules.alerts()[i].name, json);
        json += assessor.alert(i) == AlertState::firing ? ":\"firing\"" : ":\"pending\"";
    }
    json.push_back('}');
    const char* const text = json.c_str();
    return call([text] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(text)); });
}

/// The firing timelines under the names of their alerts.
Datum alerts_history(const RuleSet& rules, const AssessmentOver& over, Arena& arena) {
    SmallVector<std::size_t, 16> order(arena);
    for (std::size_t i = 0; i < rules.alerts().size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return rules.alerts()[a].name < rules.alerts()[b].name; });
    HistoryWriter writer(minus_infinity, arena);
    for (const std::size_t i : order)
        writer.add(rules.alerts()[i].name, FactKind::boolean, [&](Bytes& out) { over.alerts[i].write(out); });
    Bytes bytes{Alloc<Byte>(arena)};
    writer.finish(bytes);
    return make_varlena(view(bytes));
}

}  // namespace

void put_assessment(const RuleSet& rules, std::span<const FactInput> inputs, Instant as_of, Arena& arena, Datum* values,
                    bool* nulls) {
    const Document& document = rules.document();
    Assessor assessor(rules, inputs, arena);
    assessor.run_alerts(as_of);
    const Assessment now = assessor.assess();
    const bool is_null[assessment_columns] = {
        false, now.stage == none, !now.score, now.band == none, !now.coverage, false, false};
    std::copy_n(is_null, assessment_columns, nulls);
    values[0] = TimestampTzGetDatum(as_of);
    if (now.stage != none) values[1] = make_text(document.stages[now.stage].name);
    if (now.score) values[2] = number_datum(*now.score);
    if (now.band != none) values[3] = make_text(document.bands[now.band].name);
    if (now.coverage) values[4] = number_datum(*now.coverage);
    values[5] = alerts_datum(rules, assessor, arena);
    values[6] = TimestampTzGetDatum(assessor.find_change(now));
}

void put_over(const RuleSet& rules, const AssessmentOver& over, Arena& arena, Datum* values) {
    values[0] = steps_bytes(over.stage, arena);
    values[1] = steps_bytes(over.score, arena);
    values[2] = steps_bytes(over.band, arena);
    values[3] = steps_bytes(over.coverage, arena);
    values[4] = alerts_history(rules, over, arena);
}

// Arguments: ruleset, facts, as_of.
CSAGG_FUNCTION(csagg_score) {
    const Instant as_of = instant_argument(fcinfo, 2, "as_of");
    Asked asked(fcinfo);
    Assessor assessor(asked.rules(), asked.inputs(), asked.arena, as_of);
    const std::optional<Number> score = assessor.score();
    if (!score) PG_RETURN_NULL();
    return number_datum(*score);
}

// Arguments: ruleset, facts, as_of.
CSAGG_FUNCTION(csagg_assess) {
    const Instant as_of = instant_argument(fcinfo, 2, "as_of");
    Asked asked(fcinfo);
    Datum values[assessment_columns] = {};
    bool nulls[assessment_columns] = {};
    put_assessment(asked.rules(), asked.inputs(), as_of, asked.arena, values, nulls);
    return make_row(fcinfo, values, nulls);
}

// Arguments: ruleset, facts, since, until.
CSAGG_FUNCTION(csagg_assess_over) {
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until");
    Asked asked(fcinfo);
    Datum values[over_columns];
    put_over(asked.rules(), assess_over(asked.rules(), asked.inputs(), since, until, asked.arena), asked.arena, values);
    const bool nulls[over_columns] = {};
    return make_row(fcinfo, values, nulls);
}

// Arguments: ruleset, facts, since, until.
CSAGG_FUNCTION(csagg_score_over) {
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until");
    Asked asked(fcinfo);
    return steps_result(score_over(asked.rules(), asked.inputs(), since, until, asked.arena), asked.arena);
}

}  // namespace csagg::pg
