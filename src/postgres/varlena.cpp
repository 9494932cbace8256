#include "postgres/varlena.hpp"

extern "C" {
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

namespace csagg::pg {

ByteSpan datum_bytes(Datum datum) {
    auto* value = reinterpret_cast<struct varlena*>(DatumGetPointer(datum));
    // A short length word is read in place. VARATT_IS_SHORT alone would also be true of a pointer to a TOAST table.
    if (VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value))
        value = call([value] { return pg_detoast_datum(value); });
    return {reinterpret_cast<const Byte*>(VARDATA_ANY(value)), VARSIZE_ANY_EXHDR(value)};
}

void require_size(std::size_t bytes) {
    if (bytes > max_value_bytes)
        throw Error(Errc::limit_exceeded, "value exceeds 1 GB", "Split it into periods with csagg.slice().");
}

Datum make_varlena(ByteSpan payload) {
    require_size(payload.size() + VARHDRSZ);
    auto* value = static_cast<struct varlena*>(allocate(payload.size() + VARHDRSZ));
    SET_VARSIZE(value, payload.size() + VARHDRSZ);
    if (!payload.empty()) std::memcpy(VARDATA(value), payload.data(), payload.size());
    return PointerGetDatum(value);
}

Datum make_text(std::string_view text) { return make_varlena(as_bytes(text)); }

Datum make_cstring(std::string_view text) {
    if (text.size() >= MaxAllocSize) throw Error(Errc::limit_exceeded, "text form exceeds 1 GB");
    auto* s = static_cast<char*>(allocate(text.size() + 1));
    std::memcpy(s, text.data(), text.size());
    s[text.size()] = '\0';
    return CStringGetDatum(s);
}

Datum make_jsonb(std::string_view json) {
    const Datum text = make_cstring(json);
    return call([text] { return DirectFunctionCall1(jsonb_in, text); });
}

void throw_null(const char* name) {
    throw Error(Errc::null_not_allowed, std::string("argument \"") + name + "\" is NULL");
}

Datum either_argument(FunctionCallInfo fcinfo) {
    for (int n = 0; n < 2; ++n)
        if (!PG_ARGISNULL(n)) return PG_GETARG_DATUM(n);
    PG_RETURN_NULL();
}

}  // namespace csagg::pg
