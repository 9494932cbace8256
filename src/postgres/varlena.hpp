// Values of csagg's types as PostgreSQL passes them: fetching arguments, returning results.
#pragma once
#include "base/memory.hpp"
#include "base/prefetch.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// The payload (no length word), detoasted. Bytes stay valid for the call.
ByteSpan datum_bytes(Datum datum);
/// The same of a type of csagg's, where a state counts as the value that it makes: see state.hpp.
ByteSpan value_bytes(Datum datum);
inline ByteSpan bytes_argument(FunctionCallInfo fcinfo, int n) { return value_bytes(PG_GETARG_DATUM(n)); }

/// Where values of a scan come from.
struct ScanPlace {
    std::uintptr_t last = 0;
    std::size_t row = 0;  // how far a row lies before the last one; 0: not known
};
inline ScanPlace scan_place;

/// Fetches the row that a scan most likely comes to next, while something is done with a value of this one: tuples fill
/// their page from its end, so the next lies before, about as far as this one before the last. Nothing where values
/// come in no such order.
[[gnu::always_inline]] inline void prefetch_next(Datum datum) {
    constexpr std::size_t head = 128, most = 2048;  // of a tuple, to the value
    const auto here = reinterpret_cast<std::uintptr_t>(DatumGetPointer(datum));
    const std::size_t before = scan_place.last - here;
    const std::size_t row = before < most ? before : scan_place.row;  // the first of a page
    scan_place = {here, before < most ? before : 0};
    if (row != 0) prefetch(reinterpret_cast<const void*>(here - head - row), head + row);
}

/// Errc::limit_exceeded for a value of so many bytes, its length word included, at 1 GB.
void require_size(std::size_t bytes);
/// A new value of a variable-length type, in the current context. Errc::limit_exceeded at 1 GB.
Datum make_varlena(ByteSpan payload);
Datum make_text(std::string_view text);
Datum make_cstring(std::string_view text);
/// From JSON text, which is to be well-formed.
Datum make_jsonb(std::string_view json);

inline std::string_view text_of(const NullableDatum& datum) { return as_text(datum_bytes(datum.value)); }
inline std::string_view text_argument(FunctionCallInfo fcinfo, int n) { return text_of(fcinfo->args[n]); }

/// Errc::null_not_allowed that names the argument when it is NULL.
[[noreturn]] void throw_null(const char* name);
inline void reject_null(FunctionCallInfo fcinfo, int n, const char* name) {
    if (PG_ARGISNULL(n)) throw_null(name);
}

/// The one of arguments 0 and 1 that is not NULL, or NULL: for functions to which NULL adds nothing.
Datum either_argument(FunctionCallInfo fcinfo);

}  // namespace csagg::pg
