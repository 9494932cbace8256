#include "asof/join/composite_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "utils/typcache.h"
}

namespace csagg::pg {

CompositeHeader::CompositeHeader(Oid row_type) {
    const TupleDesc shape = lookup_rowtype_tupdesc(row_type, -1);
    auto* const values = static_cast<Datum*>(palloc0(std::size_t(shape->natts + 1) * sizeof(Datum)));
    auto* const nulls = static_cast<bool*>(palloc(std::size_t(shape->natts + 1)));
    std::memset(nulls, true, std::size_t(shape->natts));
    const auto value = DatumGetHeapTupleHeader(heap_copy_tuple_as_datum(heap_form_tuple(shape, values, nulls), shape));
    ReleaseTupleDesc(shape);
    std::memcpy(start_, static_cast<void*>(value), size);
    flags_ = value->t_infomask & std::uint16_t(~(HEAP_HASNULL | HEAP_HASVARWIDTH | HEAP_HASEXTERNAL));
    flags2_ = value->t_infomask2 & std::uint16_t(~HEAP_NATTS_MASK);
}

}  // namespace csagg::pg
