// The rows of the aggregate history(), and check_fact(), which says whether it takes one: a key, its kind, an instant,
// and a value as jsonb.
#include "history/history_build.hpp"

#include "history/history_pg.hpp"
#include "history/row_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/jsonb.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

struct Row {
    std::string_view key;
    FactKind kind;
    Instant at;
};

/// A row of the aggregate that its checks have passed.
struct CheckedRow {
    Row row;
    Value value;  // of an event: its amount
};

const char* json_type_name(enum jbvType type) {
    switch (type) {
        case jbvNumeric: return "a number";
        case jbvString: return "a string";
        case jbvBool: return "a boolean";
        default: return "an array or an object";
    }
}

const char* hint_of(FactKind kind) {
    switch (kind) {
        case FactKind::counter:
        case FactKind::number: return "Log a JSON number, as in 2.5.";
        case FactKind::boolean: return "Log a JSON boolean: true or false.";
        case FactKind::text: return "Log a JSON string, as in \"gold\".";
        case FactKind::date: return "Log a JSON string, as in \"2026-12-01\".";
        case FactKind::time: return "Log a JSON string, as in \"2026-12-01T09:30:00Z\".";
    }
    throw_corrupt("unknown kind of fact");
}

enum jbvType json_type_of(FactKind kind) {
    switch (kind) {
        case FactKind::counter:
        case FactKind::number: return jbvNumeric;
        case FactKind::boolean: return jbvBool;
        default: return jbvString;
    }
}

/// jbvNull also for SQL's NULL, jbvArray for an object too.
JsonbValue json_argument(FunctionCallInfo fcinfo, int n) {
    JsonbValue value;
    value.type = jbvNull;
    if (PG_ARGISNULL(n)) return value;
    auto* json = call([fcinfo, n] { return PG_GETARG_JSONB_P(n); });
    if (!call([json, &value] { return JsonbExtractScalar(&json->root, &value); })) value.type = jbvArray;
    return value;
}

void require_type(const JsonbValue& value, const Row& row) {
    if (value.type == json_type_of(row.kind)) return;
    throw Error(Errc::kind_mismatch,
                std::string(kind_name(row.kind)) + " fact \"" + excerpt(row.key) + "\" has " +
                    json_type_name(value.type) + " as its value",
                hint_of(row.kind));
}

void require_end(std::string_view rest, const Row& row) {
    if (!rest.empty())
        throw Error(Errc::invalid_text,
                    "junk after the value of fact \"" + excerpt(row.key) + "\": \"" + excerpt(rest) + "\"");
}

Value state_value(const JsonbValue& value, const Row& row) {
    const Kind kind = state_kind(row.kind);
    if (value.type == jbvNull) return Value::none(kind);
    require_type(value, row);
    if (kind == Kind::boolean) return Value::of(bool(value.val.boolean));
    if (kind == Kind::number) return Value::of(number_of(NumericGetDatum(value.val.numeric)));
    std::string_view text(value.val.string.val, std::size_t(value.val.string.len));
    if (kind == Kind::text) return Value::of(text);
    const Value read = kind == Kind::date ? Value::of_date(parse_date(text)) : Value::of_time(parse_instant(text));
    require_end(text, row);
    return read;
}

Value amount(const JsonbValue& value, const Row& row) {
    if (value.type == jbvNull)
        throw Error(Errc::null_not_allowed, "an event of counter \"" + excerpt(row.key) + "\" has no amount",
                    "Log 1 for an event without an amount.");
    require_type(value, row);
    return Value::of(number_of(NumericGetDatum(value.val.numeric)));
}

/// From argument n on: key, kind, at, value. Every check of a row by itself is here; that a key has one kind shows
/// later.
CheckedRow row_arguments(FunctionCallInfo fcinfo, int n) {
    reject_null(fcinfo, n, "key");
    reject_null(fcinfo, n + 1, "kind");
    reject_null(fcinfo, n + 2, "at");
    const Row row{text_argument(fcinfo, n), fact_kind_named(text_argument(fcinfo, n + 1)),
                  PG_GETARG_TIMESTAMPTZ(n + 2)};
    check_key(row.key);
    check_instant(row.at);
    const JsonbValue value = json_argument(fcinfo, n + 3);
    return {row, row.kind == FactKind::counter ? amount(value, row) : state_value(value, row)};
}

}  // namespace

std::string refusal(FunctionCallInfo fcinfo, int n) {
    try {
        row_arguments(fcinfo, n);
    } catch (const Error& e) {
        return e.what();
    }
    return {};
}

// Arguments: state, key, kind, at, value, actor, seq; the last two may be missing.
CSAGG_FUNCTION(csagg_history_add) {
    require_aggregate(fcinfo);
    const bool has_actor = PG_NARGS() > 5 && !PG_ARGISNULL(5), has_seq = PG_NARGS() > 6;
    if (has_seq) reject_null(fcinfo, 6, "seq");
    const auto [row, value] = row_arguments(fcinfo, 1);
    HistoryLog log = history_log_argument(fcinfo);
    if (row.kind != FactKind::counter)
        log.add_state(row.key, {row.at, has_seq ? PG_GETARG_INT64(6) : 0, value});
    else if (has_actor)
        log.add_event(row.key, row.at, value.number(), text_argument(fcinfo, 5));
    else
        log.add_event(row.key, row.at, value.number());
    return state_result(fcinfo, log.flat());
}

// Arguments: key, kind, at, value, actor. Any actor will do.
CSAGG_FUNCTION(csagg_check_fact) {
    const std::string reason = refusal(fcinfo, 0);
    if (reason.empty()) PG_RETURN_NULL();
    return make_text(reason);
}

}  // namespace csagg::pg
