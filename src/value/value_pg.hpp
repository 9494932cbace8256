// Datum <-> Number and Value.
#pragma once
#include "value/value.hpp"

#include "postgres/varlena.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
}

namespace csagg::pg {

/// Errc::out_of_range for NaN, infinity and more than 18 integer digits; more digits are rounded.
Number number_of(Datum numeric);
Datum number_datum(Number number);
/// A numeric from its exact decimal text, of any length.
Datum numeric_from_text(std::string_view decimal);

/// Elapsed time as an interval: days of 24 hours and the rest, as timestamptz - timestamptz gives them.
Datum elapsed_datum(std::int64_t micros);

/// What print_value() gives, as text.
Datum text_datum(const Value& value);

/// The value as a Datum of type `type`: numbers go to the numeric types, every kind to text. Errc::kind_mismatch for
/// another type. The value is not absent.
Datum value_datum(const Value& value, Oid type);

/// The kind of values that a type of SQL gives: boolean, the types of numbers, text, date or timestamptz.
constexpr Kind kind_of(Oid type) {
    switch (type) {
        case BOOLOID: return Kind::boolean;
        case TEXTOID: return Kind::text;
        case DATEOID: return Kind::date;
        case TIMESTAMPTZOID: return Kind::time;
        default: return Kind::number;
    }
}
/// A Datum of one of these types as a value; text is not copied. Errors as Number's.
inline Value value_of(Datum datum, Oid type) {
    switch (type) {
        case BOOLOID: return Value::of(DatumGetBool(datum));
        case INT2OID: return Value::of(Number::of(DatumGetInt16(datum)));
        case INT4OID: return Value::of(Number::of(DatumGetInt32(datum)));
        case INT8OID: return Value::of(Number::of(DatumGetInt64(datum)));
        case NUMERICOID: return Value::of(number_of(datum));
        case FLOAT4OID: return Value::of(Number::from(DatumGetFloat4(datum)));
        case FLOAT8OID: return Value::of(Number::from(DatumGetFloat8(datum)));
        case TEXTOID: return Value::of(as_text(datum_bytes(datum)));
        case DATEOID: return Value::of_date(DatumGetInt32(datum));
        case TIMESTAMPTZOID: return Value::of_time(DatumGetInt64(datum));
        default: throw Error(Errc::not_supported, "type of value that csagg does not know");
    }
}

/// Throws Errc::invalid_binary unless the bytes are text of the server's encoding without zero bytes.
void check_encoding(std::string_view text);
/// The argument of an input function. Escapes such as \u00e9 become UTF-8: Errc::invalid_text for one in a server of
/// another encoding, where that would be other characters.
std::string_view text_form_argument(FunctionCallInfo fcinfo);

}  // namespace csagg::pg
