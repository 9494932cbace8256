#include "asof/join/spill_pg.hpp"

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
    for (; count_ < n; ++count_) files_[count_] = {nullptr, false};
}

BufFile* Spill::opened(int file) {
    if (files_[file].file == nullptr) {
        PrepareTempTablespaces();
        const MemoryContext before = MemoryContextSwitchTo(context_);
        files_[file] = {BufFileCreateTemp(false), false};
        MemoryContextSwitchTo(before);
    }
    return files_[file].file;
}

void Spill::put(int file, TupleTableSlot* slot) {
    if (packed_) {
        Byte record[PackedColumns::most_bytes];
        packed_->write(slot, record);
        return put(file, record, packed_->bytes());
    }
    bool copied;
    const MinimalTuple tuple = ExecFetchSlotMinimalTuple(slot, &copied);
    BufFileWrite(opened(file), tuple, tuple->t_len);
    if (copied) heap_free_minimal_tuple(tuple);
}

void Spill::put(int file, const void* record, std::size_t bytes) {
    // Until PostgreSQL 15 the data are not declared const.
    BufFileWrite(opened(file), const_cast<void*>(record), bytes);
}

void could_not_read_spilled() {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not read a temporary file of the as-of join")));
    pg_unreachable();
}

bool Spill::read(int file, void* data, std::size_t bytes) {
    File& from = files_[file];
    if (from.file == nullptr) return false;
    CHECK_FOR_INTERRUPTS();
    if (!from.reading) {
        if (BufFileSeek(from.file, 0, 0, SEEK_SET) != 0) could_not_read_spilled();
        from.reading = true;
    }
    const std::size_t got = BufFileRead(from.file, data, bytes);
    if (got == bytes) return true;
    if (got != 0) could_not_read_spilled();
    BufFileClose(from.file);
    from = {nullptr, false};
    return false;
}

bool Spill::get(int file, void* record, std::size_t bytes) { return read(file, record, bytes); }

bool Spill::get(int file, TupleTableSlot* slot) {
    if (packed_) {
        Byte record[PackedColumns::most_bytes];
        if (!read(file, record, packed_->bytes())) {
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
    for (int i = 0; i < count_; ++i) {
        if (files_[i].file != nullptr) BufFileClose(files_[i].file);
        files_[i] = {nullptr, false};
    }
}

}  // namespace csagg::pg
