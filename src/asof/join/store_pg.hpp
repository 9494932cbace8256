// Rows and keys in memory, one behind the other, and given back all at once. Everything here may ereport, and holds
// nothing that would need a destructor.
#pragma once
#include "base/memory.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "executor/tuptable.h"
}

namespace csagg::pg {

/// Memory in blocks that double.
class Store {
public:
    explicit Store(MemoryContext context) : context_(context) {}

    /// Aligned to MAXALIGN.
    void* allocate(std::size_t bytes) {
        bytes = MAXALIGN(bytes);
        if (newest_ == nullptr || bytes > newest_->size - newest_->used) add_block(bytes);
        void* const p = newest_->data() + newest_->used;
        newest_->used += bytes;
        return p;
    }

    std::size_t bytes() const { return bytes_; }
    /// Gives back all.
    void clear();

protected:
    struct Block {
        Block* next;  // the next newer one
        std::size_t size, used;
        char* data() { return reinterpret_cast<char*>(this) + MAXALIGN(sizeof(Block)); }
    };
    void add_block(std::size_t bytes);
    void release(Block* block);

    static constexpr std::size_t first_size = 8192, last_size = 262'144;

    MemoryContext context_;
    Block* oldest_ = nullptr;
    Block* newest_ = nullptr;
    std::size_t bytes_ = 0;
    std::size_t next_size_ = first_size;
};

/// Right rows as they are kept.
struct StoredRow {
    std::int64_t instant;
    std::uint32_t group;
    std::uint32_t size;  // all of it in memory
    MinimalTuple tuple() { return reinterpret_cast<MinimalTuple>(this + 1); }
};
static_assert(MAXALIGN(sizeof(StoredRow)) == sizeof(StoredRow));

class RowStore final : public Store {
public:
    using Store::Store;

    /// Copies the slot's row as a minimal tuple, with `extra` bytes behind it for a value its instant points to.
    StoredRow* add(TupleTableSlot* slot, const void* extra = nullptr, std::size_t extra_bytes = 0);
    /// Where the extra bytes of a row are.
    static void* extra(StoredRow* row) { return reinterpret_cast<char*>(row->tuple()) + MAXALIGN(row->tuple()->t_len); }

    /// Calls f(StoredRow*) for every row in the order of adding. With `consume` each block is given back behind its
    /// last row.
    template <class F>
    void each(bool consume, F f) {
        for (Block* block = oldest_; block != nullptr;) {
            CHECK_FOR_INTERRUPTS();
            for (std::size_t at = 0; at < block->used;) {
                auto* const row = reinterpret_cast<StoredRow*>(block->data() + at);
                at += row->size;
                f(row);
            }
            Block* const next = block->next;
            if (consume) release(block);
            block = next;
        }
        if (consume) forget();
    }

private:
    void forget();
};

}  // namespace csagg::pg
