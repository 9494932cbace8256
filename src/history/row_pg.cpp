// The rows of the aggregate history(): a key, its kind, an instant, and a value as jsonb.
#include "history/history_build.hpp"

#include "history/history_pg.hpp"
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
    std::int64_t seq;
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
                std::string(kind_name(row.kind)) + " fact \"" + excerpt(row.key) + "\" has " + json_type_name(value.type) +
                    " as its value",
                hint_of(row.kind));
}

void require_end(std::string_view rest, const Row& row) {
    if (!rest.empty())
        throw Error(Errc::invalid_text, "junk after the value of fact \"" + excerpt(row.key) + "\": \"" + excerpt(rest) + "\"");
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

Number amount(const JsonbValue& value, const Row& row) {
    if (value.type == jbvNull)
        throw Error(Errc::null_not_allowed, "an event of counter \"" + excerpt(row.key) + "\" has no amount",
                    "Log 1 for an event without an amount.");
    require_type(value, row);
    return number_of(NumericGetDatum(value.val.numeric));
}

Row row_arguments(FunctionCallInfo fcinfo) {
    reject_null(fcinfo, 1, "key");
    reject_null(fcinfo, 2, "kind");
    reject_null(fcinfo, 3, "at");
    const bool has_seq = PG_NARGS() > 6;
    if (has_seq) reject_null(fcinfo, 6, "seq");
    const Row row{text_argument(fcinfo, 1), fact_kind_named(text_argument(fcinfo, 2)), PG_GETARG_TIMESTAMPTZ(3),
                  has_seq ? PG_GETARG_INT64(6) : 0};
    check_instant(row.at);
    return row;
}

}  // namespace

// Arguments: state, key, kind, at, value, actor, seq; the last two may be missing.
CSAGG_FUNCTION(csagg_history_add) {
    require_aggregate(fcinfo);
    const Row row = row_arguments(fcinfo);
    const JsonbValue value = json_argument(fcinfo, 4);
    HistoryLog log = history_log_argument(fcinfo);
    if (row.kind != FactKind::counter)
        log.add_state(row.key, {row.at, row.seq, state_value(value, row)});
    else if (PG_NARGS() > 5 && !PG_ARGISNULL(5))
        log.add_event(row.key, row.at, amount(value, row), text_argument(fcinfo, 5));
    else
        log.add_event(row.key, row.at, amount(value, row));
    return state_result(fcinfo, log.flat());
}

}  // namespace csagg::pg
