// Rows in temporary files: one file a batch and side, rows come back in the order they were put. All rows of a Spill
// are tuples, or all are records of one size.
#pragma once
#include "asof/join/packed_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "executor/tuptable.h"
#include "storage/buffile.h"
}

namespace csagg::pg {

/// The error of a temporary file that ends too early.
[[noreturn]] void could_not_read_spilled();

class Spill {
public:
    /// `shape`: of rows that may come back in a virtual slot: few columns passed by value are packed.
    explicit Spill(MemoryContext context, TupleDesc shape = nullptr)
        : context_(context), packed_(shape != nullptr ? PackedColumns::of_row(shape) : std::nullopt) {}

    const TupleTableSlotOps* slot_kind() const { return packed_ ? &TTSOpsVirtual : &TTSOpsMinimalTuple; }

    /// Room for files 0 .. n-1; files there are stay.
    void grow(int n);
    void put(int file, TupleTableSlot* slot);
    /// The first get() of a file rewinds it. False behind its last row, and the file is gone.
    bool get(int file, TupleTableSlot* slot);
    void put(int file, const void* record, std::size_t bytes);
    bool get(int file, void* record, std::size_t bytes);
    /// Closes all files.
    void close();

private:
    struct File {
        BufFile* file;
        bool reading;
    };
    BufFile* opened(int file);
    bool read(int file, void* data, std::size_t bytes);

    MemoryContext context_;
    std::optional<PackedColumns> packed_;
    File* files_ = nullptr;
    int count_ = 0;
};

}  // namespace csagg::pg
