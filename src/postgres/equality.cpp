// Equality, hashing and order by bytes, for all types of csagg: equal contents have equal bytes. The order means
// nothing but that there is one, for DISTINCT, merge joins and indexes.
#include "postgres/varlena.hpp"

#include <algorithm>

extern "C" {
#include "common/hashfn.h"
}

namespace csagg::pg {
namespace {

bool same_bytes(FunctionCallInfo fcinfo) {
    const ByteSpan a = bytes_argument(fcinfo, 0), b = bytes_argument(fcinfo, 1);
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// memcmp's order, and a beginning before the whole.
int compare_bytes(FunctionCallInfo fcinfo) {
    return as_text(bytes_argument(fcinfo, 0)).compare(as_text(bytes_argument(fcinfo, 1)));
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
