// try_assess, try_assess_over: assess and assess_over with what is wrong with a customer as a value.
#include "rules/assessment/try_assess_pg.hpp"

#include "postgres/varlena.hpp"
#include "rules/assessment/alert_seed_pg.hpp"

namespace csagg::pg {
namespace {

/// The row of `columns` that put(rules, inputs, arena, values, nulls) makes, and the error behind it. What the
/// statement itself has wrong, such as a column that is missing or cannot be a fact, shows when the row is read.
template <int columns, class Put>
Datum try_row(FunctionCallInfo fcinfo, Put put) {
    SharedRules& shared = ruleset_argument(fcinfo, 0);
    ContextArena memory;
    Scratch arena(memory);
    Vector<FactInput> inputs{Alloc<FactInput>(arena)};
    Datum values[columns + 1] = {};
    bool nulls[columns + 1] = {};
    std::optional<DataFailure> failure = failure_of({Errc::out_of_range}, [&] { read_row(fcinfo, 1, shared, inputs); });
    if (!failure) failure = failure_of(errors_of_data, [&] { put(shared.rules, view(inputs), arena, values, nulls); });
    if (failure) {
        std::fill_n(nulls, columns, true);
        values[columns] = failure->error;
    }
    nulls[columns] = !failure;
    return make_row(fcinfo, values, nulls);
}

}  // namespace

Datum error_datum(const Error& e, std::string_view rule) {
    ContextArena arena;
    csagg::String json(arena);
    json += "{\"rule\": ";
    if (rule.empty())
        json += "null";
    else
        print_quoted(rule, json);
    json += ", \"sqlstate\": \"";
    json += unpack_sql_state(sqlstate(e.code()));
    json += "\", \"message\": ";
    print_quoted(e.what(), json);
    json.push_back('}');
    return make_jsonb({json.data(), json.size()});
}

// Arguments: ruleset, facts, as_of.
CSAGG_FUNCTION(csagg_try_assess) {
    const Instant as_of = instant_argument(fcinfo, 2, "as_of");
    return try_row<assessment_columns>(
        fcinfo, [as_of](const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena, Datum* values,
                        bool* nulls) { put_assessment(rules, inputs, as_of, arena, values, nulls); });
}

// Arguments: ruleset, facts, since, until.
CSAGG_FUNCTION(csagg_try_assess_over) {
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until");
    return try_row<over_columns>(fcinfo, [since, until](const RuleSet& rules, std::span<const FactInput> inputs,
                                                        Arena& arena, Datum* values, bool*) {
        put_over(rules, assess_over(rules, inputs, since, until, arena), arena, values);
    });
}

// Arguments: ruleset, facts, since, until, seed.
CSAGG_FUNCTION(csagg_try_assess_over_seeded) {
    for (int n = 0; n < 4; ++n)
        if (PG_ARGISNULL(n)) PG_RETURN_NULL();
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until");
    ContextArena memory;
    Vector<AlertMachine> seed(memory);
    if (!PG_ARGISNULL(4)) read_alert_seed(PG_GETARG_DATUM(4), ruleset_argument(fcinfo, 0).rules, seed);
    return try_row<over_columns + 1>(
        fcinfo, [&](const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena, Datum* values, bool* nulls) {
            const AssessmentOver over = assess_over(rules, inputs, since, until, arena, view(seed));
            put_over(rules, over, arena, values);
            nulls[over_columns] = since >= until && seed.empty();
            if (!nulls[over_columns]) values[over_columns] = alert_seed_datum(rules, view(over.machines), arena);
        });
}

}  // namespace csagg::pg
