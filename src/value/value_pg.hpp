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

/// Throws Errc::invalid_binary unless the bytes are text of the server's encoding without zero bytes.
void check_encoding(std::string_view text);

}  // namespace csagg::pg
