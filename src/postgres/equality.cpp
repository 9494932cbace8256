// Equality and hashing by bytes, for all types of csagg: equal contents have equal bytes.
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

}  // namespace

CSAGG_FUNCTION(csagg_bytes_eq) { PG_RETURN_BOOL(same_bytes(fcinfo)); }
CSAGG_FUNCTION(csagg_bytes_ne) { PG_RETURN_BOOL(!same_bytes(fcinfo)); }
CSAGG_FUNCTION(csagg_bytes_hash) {
    const ByteSpan a = bytes_argument(fcinfo, 0);
    return hash_any(a.data(), int(a.size()));
}
CSAGG_FUNCTION(csagg_bytes_hash_extended) {
    const ByteSpan a = bytes_argument(fcinfo, 0);
    return hash_any_extended(a.data(), int(a.size()), std::uint64_t(PG_GETARG_INT64(1)));
}

}  // namespace csagg::pg
