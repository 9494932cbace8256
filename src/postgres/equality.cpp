// Equality, hashing and order by bytes, for all types of csagg: equal contents have equal bytes. The order means
// nothing but that there is one, for DISTINCT, merge joins and indexes.
#include <algorithm>

#include "postgres/rows.hpp"
#include "postgres/state.hpp"
#include "postgres/varlena.hpp"

extern "C" {
#include "common/hashfn.h"
}

namespace csagg::pg {
namespace {

/// True if the argument's bytes are just there: it has not to be fetched, expanded or finished.
bool lies_ready(FunctionCallInfo fcinfo, int n) {
    const auto* const value = reinterpret_cast<const struct varlena*>(PG_GETARG_POINTER(n));
    if (VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value)) return false;
    return !is_state({reinterpret_cast<const Byte*>(VARDATA_ANY(value)), VARSIZE_ANY_EXHDR(value)});
}

/// compare() of both arguments. It leaves nothing behind: a sort calls it in memory that lasts as long as the sort.
template <class F>
auto of_both(FunctionCallInfo fcinfo, F compare) {
    decltype(compare(ByteSpan{}, ByteSpan{})) result{};
    const auto run = [&] { result = compare(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1)); };
    if (lies_ready(fcinfo, 0) && lies_ready(fcinfo, 1))
        run();
    else
        RowMemory().run(run);
    return result;
}

bool same_bytes(FunctionCallInfo fcinfo) {
    return of_both(fcinfo, [](ByteSpan a, ByteSpan b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); });
}

/// memcmp's order, and a beginning before the whole.
int compare_bytes(FunctionCallInfo fcinfo) {
    return of_both(fcinfo, [](ByteSpan a, ByteSpan b) { return as_text(a).compare(as_text(b)); });
}

}  // namespace

CSAGG_FUNCTION(csagg_bytes_eq) { PG_RETURN_BOOL(same_bytes(fcinfo)); }
CSAGG_FUNCTION(csagg_bytes_ne) { PG_RETURN_BOOL(!same_bytes(fcinfo)); }
CSAGG_FUNCTION(csagg_bytes_lt) { PG_RETURN_BOOL(compare_bytes(fcinfo) < 0); }
CSAGG_FUNCTION(csagg_bytes_le) { PG_RETURN_BOOL(compare_bytes(fcinfo) <= 0); }
CSAGG_FUNCTION(csagg_bytes_gt) { PG_RETURN_BOOL(compare_bytes(fcinfo) > 0); }
CSAGG_FUNCTION(csagg_bytes_ge) { PG_RETURN_BOOL(compare_bytes(fcinfo) >= 0); }
CSAGG_FUNCTION(csagg_bytes_cmp) { PG_RETURN_INT32(compare_bytes(fcinfo)); }
CSAGG_FUNCTION(csagg_bytes_hash) {
    const ByteSpan a = bytes_argument(fcinfo, 0);
    return hash_any(a.data(), int(a.size()));
}
CSAGG_FUNCTION(csagg_bytes_hash_extended) {
    const ByteSpan a = bytes_argument(fcinfo, 0);
    return hash_any_extended(a.data(), int(a.size()), std::uint64_t(PG_GETARG_INT64(1)));
}

}  // namespace csagg::pg
