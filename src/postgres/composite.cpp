#include "postgres/composite.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/array.h"
#include "utils/typcache.h"
}

namespace csagg::pg {

std::span<const Datum> rows_argument(FunctionCallInfo fcinfo, int n) {
    return call([fcinfo, n] {
        ArrayType* const array = PG_GETARG_ARRAYTYPE_P(n);
        Datum* rows = nullptr;
        bool* nulls = nullptr;
        int count = 0, kept = 0;
        deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &rows, &nulls, &count);
        for (int i = 0; i < count; ++i)
            if (!nulls[i]) rows[kept++] = rows[i];
        return std::span<const Datum>(rows, std::size_t(kept));
    });
}

void read_row(Datum row, Datum* values, bool* nulls) {
    call([row, values, nulls] {
        const HeapTupleHeader header = DatumGetHeapTupleHeader(row);
        const TupleDesc columns =
            lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
        HeapTupleData tuple{};
        tuple.t_len = HeapTupleHeaderGetDatumLength(header);
        tuple.t_data = header;
        heap_deform_tuple(&tuple, columns, values, nulls);
        ReleaseTupleDesc(columns);
    });
}

}  // namespace csagg::pg
