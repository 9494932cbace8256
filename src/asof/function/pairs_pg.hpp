// The result of csagg.asof_join: pairs of rows as composite values, into the tuplestore of the function.
#pragma once
#include "asof/join/composite_pg.hpp"
#include "asof/join/join_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "executor/tuptable.h"
#include "utils/tuplestore.h"
}

namespace csagg::pg {

/// Every pair is one tuple of two composite values, put together by hand in a buffer: forming each value, and then the
/// tuple of them, would take several times as long. May ereport.
class PairSink {
public:
    struct Side {
        CompositeHeader header;  // of its row type
        int width;               // columns of the row type; slots may have further ones behind these
        TupleDesc shape;         // of its slots
    };
    PairSink(Tuplestorestate* store, MemoryContext context);

    void set_left(const Side& side) { left_ = side; }
    void set_right(const Side& side) { right_ = side; }

    /// Keeps the row of a left slot, up to AsOfJoin::max_queued of them.
    void queue(TupleTableSlot* left);
    /// What is kept, in bytes.
    std::size_t queued_bytes() const { return left_buffer_.size; }
    /// The i-th left row kept, with its right row or nullptr.
    void put(int i, MinimalTuple right);
    void forget_queue();

private:
    struct Buffer {
        char* data;
        std::size_t size, capacity;
    };

    /// Appends a composite value; they take the row's bytes from t_infomask2 on.
    void append(Buffer& buffer, const Side& side, const void* from_infomask2, std::size_t bytes);
    void append_flat(Buffer& buffer, const Side& side, HeapTupleHeader tuple, std::size_t bytes);
    void append_slot(Buffer& buffer, const Side& side, TupleTableSlot* slot);
    void append_minimal(Buffer& buffer, const Side& side, MinimalTuple tuple);
    static void reserve(Buffer& buffer, std::size_t bytes);

    Tuplestorestate* store_;
    MemoryContext scratch_;
    Side left_{}, right_{};
    Buffer pair_, left_buffer_;
    std::size_t ends_[AsOfJoin::max_queued];  // of the left rows kept
    int queued_ = 0;
};

}  // namespace csagg::pg
