#include "asof/join/spill_pg.hpp"

#include <cstring>
#include <utility>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "commands/tablespace.h"
}

namespace csagg::pg {

void Spill::grow(int n) {
    const auto bytes = std::size_t(n) * sizeof(File);
    files_ =
        static_cast<File*>(files_ == nullptr ? MemoryContextAllocHuge(context_, bytes) : repalloc_huge(files_, bytes));
    for (; count_ < n; ++count_) files_[count_] = {};
}

BufFile* Spill::opened(int file) {
    if (files_[file].file == nullptr) {
        PrepareTempTablespaces();
        const MemoryContext before = MemoryContextSwitchTo(context_);
        files_[file].file = BufFileCreateTemp(false);
        MemoryContextSwitchTo(before);
    }
    return files_[file].file;
}

void Spill::put(int file, TupleTableSlot* slot) {
    if (packed_) {
        packed_->write(slot, room_for(file, packed_->bytes()));
        return;
    }
    bool copied;
    const MinimalTuple tuple = ExecFetchSlotMinimalTuple(slot, &copied);
    BufFileWrite(opened(file), tuple, tuple->t_len);
    if (copied) heap_free_minimal_tuple(tuple);
}

/// Of another record.
Byte* Spill::room_for(int file, std::size_t bytes) {
    File& to = files_[file];
    if (to.block == nullptr) to.block = static_cast<Byte*>(MemoryContextAlloc(context_, block_bytes));
    if (to.end + bytes > block_bytes) {
        BufFileWrite(opened(file), to.block, to.end);
        to.end = 0;
    }
    return to.block + std::exchange(to.end, to.end + bytes);
}

void Spill::put(int file, const void* record, std::size_t bytes) { std::memcpy(room_for(file, bytes), record, bytes); }

void could_not_read_spilled() {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not read a temporary file of the as-of join")));
    pg_unreachable();
}

void Spill::drop(File& file) {
    if (file.file != nullptr) BufFileClose(file.file);
    if (file.block != nullptr) pfree(file.block);
    file = {};
}

/// False if there is no file to read from.
bool Spill::begin_reading(File& from) {
    if (from.file == nullptr) return false;
    if (from.reading) return true;
    if (from.end > 0) BufFileWrite(from.file, from.block, from.end);
    from.end = 0;
    if (BufFileSeek(from.file, 0, 0, SEEK_SET) != 0) could_not_read_spilled();
    from.reading = true;
    return true;
}

bool Spill::read(int file, void* data, std::size_t bytes) {
    File& from = files_[file];
    if (!begin_reading(from)) return false;
    CHECK_FOR_INTERRUPTS();
    const std::size_t got = BufFileRead(from.file, data, bytes);
    if (got == bytes) return true;
    if (got != 0) could_not_read_spilled();
    drop(from);
    return false;
}

/// Where it lies, up to the next call; nullptr behind the last one.
const Byte* Spill::next_record(int file, std::size_t bytes) {
    File& from = files_[file];
    const bool in_file = begin_reading(from);
    if (from.at == from.end) {
        CHECK_FOR_INTERRUPTS();
        from.at = 0;
        from.end = in_file ? BufFileRead(from.file, from.block, block_bytes / bytes * bytes) : 0;
        if (from.end % bytes != 0) could_not_read_spilled();
        if (from.end == 0) {
            drop(from);
            return nullptr;
        }
    }
    return from.block + std::exchange(from.at, from.at + bytes);
}

bool Spill::get(int file, void* record, std::size_t bytes) {
    const Byte* const next = next_record(file, bytes);
    if (next != nullptr) std::memcpy(record, next, bytes);
    return next != nullptr;
}

bool Spill::get(int file, TupleTableSlot* slot) {
    if (packed_) {
        const Byte* const record = next_record(file, packed_->bytes());
        if (record == nullptr) {
            ExecClearTuple(slot);
            return false;
        }
        packed_->read(record, slot);
        return true;
    }
    std::uint32_t length;
    if (!read(file, &length, sizeof length)) {
        ExecClearTuple(slot);
        return false;
    }
    auto* const tuple = static_cast<MinimalTuple>(MemoryContextAllocHuge(slot->tts_mcxt, length));
    tuple->t_len = length;
    const std::size_t rest = length - sizeof length;
    if (BufFileRead(files_[file].file, reinterpret_cast<char*>(tuple) + sizeof length, rest) != rest)
        could_not_read_spilled();
    ExecForceStoreMinimalTuple(tuple, slot, true);
    return true;
}

void Spill::close() {
    for (int i = 0; i < count_; ++i) drop(files_[i]);
}

}  // namespace csagg::pg
