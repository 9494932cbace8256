// try_assess, try_assess_over: assess and assess_over with what is wrong with a customer as a value.
#include "rules/assess_pg.hpp"

#include "postgres/varlena.hpp"
#include "rules/evaluation_error.hpp"

namespace csagg::pg {
namespace {

/// {"rule": "seats in use", "sqlstate": "22012", "message": "rule \"seats in use\": division by zero"}
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

/// The row of `columns` that put(rules, inputs, arena, values, nulls) makes, and the error behind it. What the statement
/// itself has wrong, such as a column that is missing or cannot be a fact, shows when the row is read.
template <int columns, class Put>
Datum try_row(FunctionCallInfo fcinfo, Put put) {
    SharedRules& shared = ruleset_argument(fcinfo, 0);
    ContextArena memory;
    Scratch arena(memory);
    Vector<FactInput> inputs{Alloc<FactInput>(arena)};
    Datum values[columns + 1] = {};
    bool nulls[columns + 1] = {};
    Datum& error = values[columns];
    const bool failed = fails({Errc::out_of_range}, error, [&] { read_row(fcinfo, 1, shared, inputs); }) ||
                        fails({Errc::division_by_zero, Errc::out_of_range, Errc::datetime_overflow, Errc::kind_mismatch, Errc::limit_exceeded}, error,
                              [&] { put(shared.rules, view(inputs), arena, values, nulls); });
    if (failed) std::fill_n(nulls, columns, true);
    nulls[columns] = !failed;
    return make_row(fcinfo, values, nulls);
}

}  // namespace

// Arguments: ruleset, facts, as_of.
CSAGG_FUNCTION(csagg_try_assess) {
    const Instant as_of = instant_argument(fcinfo, 2, "as_of");
    return try_row<assessment_columns>(fcinfo, [as_of](const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena, Datum* values, bool* nulls) {
        put_assessment(rules, inputs, as_of, arena, values, nulls);
    });
}

// Arguments: ruleset, facts, since, until.
CSAGG_FUNCTION(csagg_try_assess_over) {
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until");
    return try_row<over_columns>(fcinfo, [since, until](const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena, Datum* values, bool*) {
        put_over(rules, inputs, since, until, arena, values);
    });
}

}  // namespace csagg::pg
