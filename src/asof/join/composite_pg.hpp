// Composite values from the bytes of rows.
#pragma once
#include "base/memory.hpp"

#include <cstddef>
#include <cstring>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
}

namespace csagg::pg {

/// What PostgreSQL writes before and into the header of a value of a row type, taken from one that it has made itself:
/// some minor releases mark values with a version of their type.
class CompositeHeader {
public:
    /// Where the part of a row begins that heap tuples and minimal tuples share.
    static constexpr std::size_t size = offsetof(HeapTupleHeaderData, t_infomask2);
    static_assert(size - offsetof(MinimalTupleData, t_infomask2) == MINIMAL_TUPLE_OFFSET);

    CompositeHeader() = default;
    /// May ereport.
    explicit CompositeHeader(Oid row_type);

    /// Makes `value` a composite value of `bytes` bytes and `width` columns. From t_infomask2 on it is a row already.
    void complete(HeapTupleHeader value, std::size_t bytes, int width) const {
        std::memcpy(static_cast<void*>(value), start_, size);
        HeapTupleHeaderSetDatumLength(value, bytes);
        value->t_infomask =
            std::uint16_t((value->t_infomask & (HEAP_HASNULL | HEAP_HASVARWIDTH | HEAP_HASEXTERNAL)) | flags_);
        value->t_infomask2 = std::uint16_t(width | flags2_);
    }

private:
    char start_[size];
    std::uint16_t flags_, flags2_;
};

}  // namespace csagg::pg
