// Few columns of a row, all passed by value, as some bytes: what most as-of joins have to keep of a right row.
#pragma once
#include "base/memory.hpp"

#include <optional>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/attnum.h"
#include "executor/tuptable.h"
}

namespace csagg::pg {

/// One byte with a bit for each column that is NULL, and behind it the values, unaligned.
class PackedColumns {
public:
    static constexpr int most = 8;

    /// Whether these columns of a row can be packed.
    static bool fit(TupleDesc shape, const AttrNumber* columns, int count);

    /// Those of a whole row, if they can be packed.
    static std::optional<PackedColumns> of_row(TupleDesc shape);

    PackedColumns() = default;
    PackedColumns(TupleDesc shape, const AttrNumber* columns, int count);

    std::size_t bytes() const { return bytes_; }
    void write(TupleTableSlot* row, Byte* to) const;
    /// Into a virtual slot; columns that are not kept are NULL.
    void read(const Byte* from, TupleTableSlot* row) const;

private:
    struct Column {
        AttrNumber number;
        std::int16_t length;
    };
    int count_ = 0;
    std::size_t bytes_ = 1;
    Column columns_[most] = {};
};

}  // namespace csagg::pg
