// The rows of the aggregate history(), and check_fact(), which says whether it takes one: a key, its kind, an instant,
// and a value as jsonb.
#include "history/row_pg.hpp"

#include "history/history_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/jsonb.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

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
JsonbValue scalar_of(const NullableDatum& datum) {
    JsonbValue value;
    value.type = jbvNull;
    if (datum.isnull) return value;
    auto* json = call([&datum] { return DatumGetJsonbP(datum.value); });
    if (!call([json, &value] { return JsonbExtractScalar(&json->root, &value); })) value.type = jbvArray;
    return value;
}

void require_type(const JsonbValue& value, const CheckedRow& row) {
    if (value.type == json_type_of(row.kind)) return;
    throw Error(Errc::kind_mismatch,
                std::string(kind_name(row.kind)) + " fact \"" + excerpt(row.key) + "\" has " +
                    json_type_name(value.type) + " as its value",
                hint_of(row.kind));
}

void require_end(std::string_view rest, const CheckedRow& row) {
    if (!rest.empty())
        throw Error(Errc::invalid_text,
                    "junk after the value of fact \"" + excerpt(row.key) + "\": \"" + excerpt(rest) + "\"");
}

Value state_value(const JsonbValue& value, const CheckedRow& row) {
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

Value amount(const JsonbValue& value, const CheckedRow& row) {
    if (value.type == jbvNull)
        throw Error(Errc::null_not_allowed, "an event of counter \"" + excerpt(row.key) + "\" has no amount",
                    "Log 1 for an event without an amount.");
    require_type(value, row);
    return Value::of(number_of(NumericGetDatum(value.val.numeric)));
}

/// From argument n on.
RowArguments row_arguments(FunctionCallInfo fcinfo, int n) {
    return {fcinfo->args[n], fcinfo->args[n + 1], fcinfo->args[n + 2], fcinfo->args[n + 3]};
}

}  // namespace

CheckedRow check_row(const RowArguments& given) {
    if (given.key.isnull) throw_null("key");
    if (given.kind.isnull) throw_null("kind");
    if (given.at.isnull) throw_null("at");
    CheckedRow row{text_of(given.key), fact_kind_named(text_of(given.kind)), DatumGetTimestampTz(given.at.value),
                   Value{}};
    check_key(row.key);
    check_instant(row.at);
    const JsonbValue value = scalar_of(given.value);
    row.value = row.kind == FactKind::counter ? amount(value, row) : state_value(value, row);
    return row;
}

// Arguments: state, key, kind, at, value, actor, seq; the last two may be missing.
CSAGG_FUNCTION(csagg_history_add) {
    require_aggregate(fcinfo);
    const bool has_actor = PG_NARGS() > 5, has_seq = PG_NARGS() > 6;
    if (has_seq) reject_null(fcinfo, 6, "seq");
    const CheckedRow row = check_row(row_arguments(fcinfo, 1));
    HistoryLog log = history_log_argument(fcinfo);
    add_row(log, row, has_seq ? PG_GETARG_INT64(6) : 0, has_actor ? fcinfo->args[5] : NullableDatum{0, true});
    return state_result(fcinfo, log.flat());
}

// Arguments: key, kind, at, value, actor. Any actor will do.
CSAGG_FUNCTION(csagg_check_fact) {
    try {
        check_row(row_arguments(fcinfo, 0));
    } catch (const Error& e) {
        return make_text(e.what());
    }
    PG_RETURN_NULL();
}

}  // namespace csagg::pg
