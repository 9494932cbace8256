#include "value/value_pg.hpp"

#include <charconv>

extern "C" {
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

// The wire form of numeric, numeric_send(): 16-bit fields in network order, then digits of base 10000.
constexpr int wire_header = 8;
constexpr std::size_t digits_that_matter = 16;  // of base 10000: enough for 18 significant and 37 fraction digits

unsigned wire_field(const Byte* p) { return unsigned(p[0]) << 8 | p[1]; }

}  // namespace

Number number_of(Datum numeric) {
    const Datum wire = call([numeric] { return DirectFunctionCall1(numeric_send, numeric); });
    const Byte* p = reinterpret_cast<const Byte*>(VARDATA(DatumGetPointer(wire)));
    const std::size_t n = wire_field(p);
    const int weight = static_cast<std::int16_t>(wire_field(p + 2));
    const unsigned sign = wire_field(p + 4);
    if (sign != 0 && sign != 0x4000)
        throw Error(Errc::out_of_range, sign == 0xC000 ? "NaN is not a value" : "infinity is not a number here",
                    "Leave such rows out; a state that is unknown is logged as NULL.");
    Byte digits[digits_that_matter * 4];
    const std::size_t kept = std::min(n, digits_that_matter);
    for (std::size_t i = 0; i < kept; ++i) {
        const unsigned group = wire_field(p + wire_header + 2 * i);
        digits[4 * i] = Byte(group / 1000);
        digits[4 * i + 1] = Byte(group / 100 % 10);
        digits[4 * i + 2] = Byte(group / 10 % 10);
        digits[4 * i + 3] = Byte(group % 10);
    }
    return Number::from_digits(sign != 0, {digits, kept * 4}, (weight + 1) * 4);
}

Datum number_datum(Number number) {
    return call([number] {
        return NumericGetDatum(number.scale == 0 ? int64_to_numeric(number.coefficient)
                                                 : int64_div_fast_to_numeric(number.coefficient, number.scale));
    });
}

Datum numeric_from_text(std::string_view decimal) {
    const Datum text = make_cstring(decimal);
    return call(
        [text] { return DirectFunctionCall3(numeric_in, text, ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)); });
}

Datum elapsed_datum(std::int64_t micros) {
    auto* result = static_cast<Interval*>(allocate(sizeof(Interval)));
    *result = Interval{micros % micros_per_day, std::int32_t(micros / micros_per_day), 0};
    return IntervalPGetDatum(result);
}

Datum text_datum(const Value& value) {
    if (value.kind == Kind::text) return make_text(value.text);
    ContextArena arena;
    String text(arena);
    print_value(value, text);
    return make_text({text.data(), text.size()});
}

namespace {

/// An integer as the integer type asked for, where no rounding and no overflow can happen.
bool small_integer(const Value& value, Oid type, Datum& result) {
    if (value.kind != Kind::number || value.scale != 0) return false;
    if (type == INT8OID)
        result = Int64GetDatum(value.word);
    else if (type == INT4OID && value.word == std::int32_t(value.word))
        result = Int32GetDatum(std::int32_t(value.word));
    else if (type == INT2OID && value.word == std::int16_t(value.word))
        result = Int16GetDatum(std::int16_t(value.word));
    else
        return false;
    return true;
}

}  // namespace

Datum value_datum(const Value& value, Oid type) {
    if (Datum result = 0; small_integer(value, type, result)) return result;
    const Datum number = value.kind == Kind::number ? number_datum(value.number()) : Datum(0);
    switch (type) {
        case TEXTOID:
        case VARCHAROID:
        case BPCHAROID: return text_datum(value);
        case BOOLOID:
            if (value.kind == Kind::boolean) return BoolGetDatum(value.word != 0);
            break;
        case NUMERICOID:
            if (value.kind == Kind::number) return number;
            break;
        case INT2OID:
            if (value.kind == Kind::number) return call([number] { return DirectFunctionCall1(numeric_int2, number); });
            break;
        case INT4OID:
            if (value.kind == Kind::number) return call([number] { return DirectFunctionCall1(numeric_int4, number); });
            break;
        case INT8OID:
            if (value.kind == Kind::number) return call([number] { return DirectFunctionCall1(numeric_int8, number); });
            break;
        case FLOAT4OID:
            if (value.kind == Kind::number)
                return call([number] { return DirectFunctionCall1(numeric_float4, number); });
            break;
        case FLOAT8OID:
            if (value.kind == Kind::number)
                return call([number] { return DirectFunctionCall1(numeric_float8, number); });
            break;
        case DATEOID:
            if (value.kind == Kind::date) return DateADTGetDatum(DateADT(value.word));
            break;
        case TIMESTAMPTZOID:
            if (value.kind == Kind::time) return TimestampTzGetDatum(value.word);
            break;
        default:
            if (const Oid base = call([type] { return getBaseType(type); }); base != type) {
                const Datum datum = value_datum(value, base);
                call([datum, type] { domain_check(datum, false, type, nullptr, nullptr); });
                return datum;
            }
    }
    const char* name = call([type] { return format_type_be(type); });
    throw Error(Errc::kind_mismatch, std::string("timeline holds ") + kind_name(value.kind) + " values, not " + name,
                value.kind == Kind::text ? "Cast the text: csagg.text_at(...)::" + std::string(name) + "." : "");
}

void check_encoding(std::string_view text) {
    const bool good =
        call([text] { return text.size() <= PG_INT32_MAX && pg_verifymbstr(text.data(), int(text.size()), true); });
    if (!good) throw Error(Errc::invalid_binary, "text is not valid in the server's encoding");
}

std::string_view text_form_argument(FunctionCallInfo fcinfo) {
    const std::string_view text = PG_GETARG_CSTRING(0);
    if (GetDatabaseEncoding() == PG_UTF8) return text;
    for (std::size_t at = text.find('\\'); at != text.npos; at = text.find('\\', at + 2)) {
        const std::string_view escape = text.substr(at, 6);
        if (!escape.starts_with("\\u")) continue;
        unsigned code = 0;
        std::from_chars(escape.data() + 2, escape.data() + escape.size(), code, 16);
        if (code >= 0x80)
            throw Error(Errc::invalid_text, "the escape " + excerpt(escape) + " is for servers with the encoding UTF8",
                        "Write the character itself.");
    }
    return text;
}

}  // namespace csagg::pg
