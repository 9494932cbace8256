// SQL face of id_ranges.
#include "pipeline/folding/id_ranges.hpp"

#include "base/interrupt.hpp"
#include "postgres/boundary.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

/// {[1,5],[7,7]}
Datum multirange(const Vector<IdRange>& ranges, Arena& arena) {
    String text(arena);
    char range[64];
    for (const IdRange& r : ranges) {
        snprintf(range, sizeof range, "%c[%lld,%lld]", text.empty() ? '{' : ',', static_cast<long long>(r.first),
                 static_cast<long long>(r.last));
        text += range;
    }
    text += text.empty() ? "{}" : "}";
    return call([s = text.data()] {
        Oid input = InvalidOid, type_of_parts = InvalidOid;
        getTypeInputInfo(INT8MULTIRANGEOID, &input, &type_of_parts);
        return OidInputFunctionCall(input, s, type_of_parts, -1);
    });
}

}  // namespace

// Argument: bigint[].
CSAGG_FUNCTION(csagg_pipeline_ids) {
    auto* const array = call([fcinfo] { return PG_GETARG_ARRAYTYPE_P(0); });
    if (call([array] { return array_contains_nulls(array); })) throw Error(Errc::null_not_allowed, "an id is NULL");
    const auto* const ids = reinterpret_cast<const std::int64_t*>(ARR_DATA_PTR(array));
    const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    ContextArena arena;
    IdRanges ranges(arena);
    for (int i = 0; i < count; ++i) {
        if (i % 65536 == 65535) check_interrupts();
        ranges.add(ids[i]);
    }
    return multirange(ranges.merged(), arena);
}

}  // namespace csagg::pg
