#include "asof/spill_pg.hpp"

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

void Spill::put(int file, TupleTableSlot* slot) {
    if (files_[file].file == nullptr) {
        PrepareTempTablespaces();
        const MemoryContext before = MemoryContextSwitchTo(context_);
        files_[file] = {BufFileCreateTemp(false), false};
        MemoryContextSwitchTo(before);
    }
    bool copied;
    const MinimalTuple tuple = ExecFetchSlotMinimalTuple(slot, &copied);
    BufFileWrite(files_[file].file, tuple, tuple->t_len);
    if (copied) heap_free_minimal_tuple(tuple);
}

bool Spill::get(int file, TupleTableSlot* slot) {
    File& from = files_[file];
    if (from.file == nullptr) return false;
    CHECK_FOR_INTERRUPTS();
    const auto fail = [] {
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not read a temporary file of the as-of join")));
    };
    if (!from.reading) {
        if (BufFileSeek(from.file, 0, 0, SEEK_SET) != 0) fail();
        from.reading = true;
    }
    std::uint32_t length;
    const std::size_t got = BufFileRead(from.file, &length, sizeof length);
    if (got == 0) {
        BufFileClose(from.file);
        from = {nullptr, false};
        ExecClearTuple(slot);
        return false;
    }
    if (got != sizeof length) fail();
    auto* const tuple = static_cast<MinimalTuple>(MemoryContextAllocHuge(slot->tts_mcxt, length));
    tuple->t_len = length;
    if (BufFileRead(from.file, reinterpret_cast<char*>(tuple) + sizeof length, length - sizeof length) !=
        length - sizeof length)
        fail();
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
