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
    static constexpr std::size_t block_bytes = 1024;
    /// Records of some bytes go through a block, since a call to write each would take longer than copying it.
    struct File {
        BufFile* file;
        bool reading;
        Byte* block;          // of records: not written yet, or read already; nullptr: none
        std::size_t at, end;  // in the block: what is to be given next, and where it ends
    };
    BufFile* opened(int file);
    bool begin_reading(File& from);
    bool read(int file, void* data, std::size_t bytes);
    Byte* room_for(int file, std::size_t bytes);
    const Byte* next_record(int file, std::size_t bytes);
    void drop(File& file);

    MemoryContext context_;
    std::optional<PackedColumns> packed_;
    File* files_ = nullptr;
    int count_ = 0;
};

}  // namespace csagg::pg
