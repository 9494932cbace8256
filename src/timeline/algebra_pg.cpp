// SQL face of the lifted operations.
#include "timeline/algebra.hpp"

#include "grid/calendar_pg.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/date.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

/// f(a, b, arena) on arguments 0 and 1.
template <class F>
Datum binary(FunctionCallInfo fcinfo, F f) {
    ContextArena arena;
    return steps_result(f(steps_argument(fcinfo, 0, arena), steps_argument(fcinfo, 1, arena), arena), arena);
}

Datum lifted(FunctionCallInfo fcinfo, Arithmetic op) {
    return binary(fcinfo, [op](const Steps& a, const Steps& b, Arena& arena) { return lift(op, a, b, arena); });
}
Datum lifted(FunctionCallInfo fcinfo, Comparison op) {
    return binary(fcinfo, [op](const Steps& a, const Steps& b, Arena& arena) { return lift(op, a, b, arena); });
}

struct Elements {
    Datum* values;
    bool* nulls;
    int count;
};

Elements elements_of(FunctionCallInfo fcinfo, int n, Oid element_type, const char* name) {
    auto* array = call([&fcinfo, n] { return PG_GETARG_ARRAYTYPE_P(n); });
    Elements e{};
    call([array, element_type, &e] {
        int16 length = 0;
        bool by_value = false;
        char align = 0;
        get_typlenbyvalalign(element_type, &length, &by_value, &align);
        deconstruct_array(array, element_type, length, by_value, align, &e.values, &e.nulls, &e.count);
    });
    for (int i = 0; i < e.count; ++i)
        if (e.nulls[i])
            throw Error(Errc::null_not_allowed,
                        std::string("element ") + std::to_string(i + 1) + " of " + name + " is NULL");
    return e;
}

Datum folded(FunctionCallInfo fcinfo, Steps (*fold)(std::span<const Steps>, Arena&)) {
    ContextArena arena;
    const Oid timeline_type = call([&fcinfo] { return ARR_ELEMTYPE(PG_GETARG_ARRAYTYPE_P(0)); });
    const Elements e = elements_of(fcinfo, 0, timeline_type, "conditions");
    Vector<Steps> conditions(arena);
    conditions.reserve(std::size_t(e.count));
    for (int i = 0; i < e.count; ++i) conditions.emplace_back(Timeline(value_bytes(e.values[i])), arena);
    return steps_result(fold(view(conditions), arena), arena);
}

Datum overlaid_timelines(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return binary(fcinfo, [](const Steps& a, const Steps& b, Arena& arena) { return overlay(a, b, arena); });
}

Datum constant_result(const Value& value) {
    ContextArena arena;
    return steps_result(constant(value, arena), arena);
}

}  // namespace

CSAGG_FUNCTION(csagg_constant_number) { return constant_result(Value::of(number_of(PG_GETARG_DATUM(0)))); }
CSAGG_FUNCTION(csagg_constant_boolean) { return constant_result(Value::of(PG_GETARG_BOOL(0))); }
CSAGG_FUNCTION(csagg_constant_text) { return constant_result(Value::of(text_argument(fcinfo, 0))); }
CSAGG_FUNCTION(csagg_constant_date) { return constant_result(Value::of_date(PG_GETARG_DATEADT(0))); }
CSAGG_FUNCTION(csagg_constant_timestamptz) { return constant_result(Value::of_time(PG_GETARG_TIMESTAMPTZ(0))); }

// A missing piece adds nothing: so a LEFT JOIN of pieces needs no coalesce().
CSAGG_FUNCTION(csagg_timeline_merge) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return binary(fcinfo, [](const Steps& a, const Steps& b, Arena& arena) { return merge(a, b, arena); });
}
CSAGG_FUNCTION(csagg_timeline_overlay) { return overlaid_timelines(fcinfo); }
CSAGG_FUNCTION(csagg_timeline_overlay_add) {
    require_aggregate(fcinfo);
    return overlaid_timelines(fcinfo);
}
CSAGG_FUNCTION(csagg_timeline_plus) { return lifted(fcinfo, Arithmetic::add); }
CSAGG_FUNCTION(csagg_timeline_minus) { return lifted(fcinfo, Arithmetic::subtract); }
CSAGG_FUNCTION(csagg_timeline_times) { return lifted(fcinfo, Arithmetic::multiply); }
CSAGG_FUNCTION(csagg_timeline_divided_by) { return lifted(fcinfo, Arithmetic::divide); }
CSAGG_FUNCTION(csagg_timeline_lifted_eq) { return lifted(fcinfo, Comparison::eq); }
CSAGG_FUNCTION(csagg_timeline_lifted_ne) { return lifted(fcinfo, Comparison::ne); }
CSAGG_FUNCTION(csagg_timeline_lifted_lt) { return lifted(fcinfo, Comparison::lt); }
CSAGG_FUNCTION(csagg_timeline_lifted_le) { return lifted(fcinfo, Comparison::le); }
CSAGG_FUNCTION(csagg_timeline_lifted_gt) { return lifted(fcinfo, Comparison::gt); }
CSAGG_FUNCTION(csagg_timeline_lifted_ge) { return lifted(fcinfo, Comparison::ge); }
CSAGG_FUNCTION(csagg_timeline_all_of) { return folded(fcinfo, all_of); }
CSAGG_FUNCTION(csagg_timeline_any_of) { return folded(fcinfo, any_of); }

CSAGG_FUNCTION(csagg_timeline_negate) {
    ContextArena arena;
    return steps_result(negate(steps_argument(fcinfo, 0, arena), arena), arena);
}

CSAGG_FUNCTION(csagg_timeline_choose) {
    ContextArena arena;
    return steps_result(choose(steps_argument(fcinfo, 0, arena), steps_argument(fcinfo, 1, arena),
                               steps_argument(fcinfo, 2, arena), arena),
                        arena);
}

CSAGG_FUNCTION(csagg_timeline_bin) {
    ContextArena arena;
    const Elements thresholds = elements_of(fcinfo, 1, NUMERICOID, "thresholds");
    Vector<Number> numbers(arena);
    for (int i = 0; i < thresholds.count; ++i) numbers.push_back(number_of(thresholds.values[i]));
    Vector<std::string_view> labels(arena);
    if (PG_NARGS() > 2) {
        const Elements texts = elements_of(fcinfo, 2, TEXTOID, "labels");
        for (int i = 0; i < texts.count; ++i) labels.push_back(as_text(datum_bytes(texts.values[i])));
        if (texts.count == 0)
            throw Error(Errc::invalid_parameter, "labels is an empty array", "Leave it out for band numbers.");
    }
    return steps_result(bin(steps_argument(fcinfo, 0, arena), view(numbers), view(labels), arena), arena);
}

CSAGG_FUNCTION(csagg_timeline_simplify) {
    ContextArena arena;
    Steps steps = steps_argument(fcinfo, 0, arena);
    simplify(steps);
    return steps_result(steps, arena);
}

CSAGG_FUNCTION(csagg_timeline_same_function) {
    ContextArena arena;
    PG_RETURN_BOOL(same_function(steps_argument(fcinfo, 0, arena), steps_argument(fcinfo, 1, arena)));
}

CSAGG_FUNCTION(csagg_timeline_slice) {
    ContextArena arena;
    return steps_result(
        slice(steps_argument(fcinfo, 0, arena), PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2), arena), arena);
}

CSAGG_FUNCTION(csagg_timeline_forget_before) {
    ContextArena arena;
    Steps steps = steps_argument(fcinfo, 0, arena);
    check_instant(PG_GETARG_TIMESTAMPTZ(1));
    forget_before(steps, PG_GETARG_TIMESTAMPTZ(1));
    return steps_result(steps, arena);
}

CSAGG_FUNCTION(csagg_timeline_aligned) {
    ContextArena arena;
    const OwnClock clock(calendar_for(text_argument(fcinfo, 2)), PG_GETARG_TIMESTAMPTZ(1));
    return steps_result(aligned(steps_argument(fcinfo, 0, arena), clock, arena), arena);
}

CSAGG_FUNCTION(csagg_timeline_known_from) {
    const Instant known_from = with_timeline(fcinfo, 0, [](const auto& timeline) { return timeline.known_from(); });
    if (known_from == minus_infinity) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(known_from);
}

// NULL where the time begins before what is known.
CSAGG_FUNCTION(csagg_timeline_time_true) {
    ContextArena arena;
    const Steps steps = steps_argument(fcinfo, 0, arena);
    const Instant since = PG_GETARG_TIMESTAMPTZ(1), until = PG_GETARG_TIMESTAMPTZ(2);
    if (since < steps.known_from) PG_RETURN_NULL();
    return elapsed_datum(time_true(steps, since, until));
}

}  // namespace csagg::pg
