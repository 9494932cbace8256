#include "asof/pairs_pg.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/heaptoast.h"
}

namespace csagg::pg {
namespace {

constexpr std::size_t pair_header = MAXALIGN(SizeofHeapTupleHeader + 1);  // with the NULL bitmap of two columns
constexpr std::size_t fields = CompositeHeader::size;

}  // namespace

PairSink::PairSink(Tuplestorestate* store, MemoryContext context) : store_(store), context_(context) {
    scratch_ = AllocSetContextCreate(context, "as-of join output", ALLOCSET_DEFAULT_SIZES);
    buffer_ = static_cast<char*>(MemoryContextAlloc(context, capacity_));
}

void PairSink::reserve(std::size_t bytes) {
    const std::size_t needed = size_ + MAXALIGN(bytes);
    if (needed <= capacity_) return;
    if (needed > MaxAllocSize)
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                        errmsg("as-of join: two rows together are larger than 1 GB")));
    capacity_ = std::min(std::max(needed, 2 * capacity_), std::size_t(MaxAllocSize));
    buffer_ = static_cast<char*>(repalloc(buffer_, capacity_));
}

void PairSink::append(const Side& side, const void* from_infomask2, std::size_t bytes) {
    reserve(fields + bytes);
    auto* const value = reinterpret_cast<HeapTupleHeader>(buffer_ + size_);
    std::memcpy(buffer_ + size_ + fields, from_infomask2, bytes);
    side.header.complete(value, fields + bytes, side.width);
    const std::size_t end = size_ + fields + bytes;
    size_ = MAXALIGN(end);
    std::memset(buffer_ + end, 0, size_ - end);
}

// Composite values have no TOAST pointers.
void PairSink::append_flat(const Side& side, HeapTupleHeader tuple, std::size_t bytes) {
    if ((tuple->t_infomask & HEAP_HASEXTERNAL) == 0) {
        append(side, reinterpret_cast<const char*>(tuple) + fields, bytes - fields);
        return;
    }
    const auto flat = reinterpret_cast<HeapTupleHeader>(
        DatumGetPointer(toast_flatten_tuple_to_datum(tuple, std::uint32_t(bytes), side.shape)));
    append(side, reinterpret_cast<const char*>(flat) + fields, HeapTupleHeaderGetDatumLength(flat) - fields);
}

void PairSink::append_minimal(const Side& side, MinimalTuple tuple) {
    // All that comes before t_infomask2 is not looked at.
    append_flat(side, reinterpret_cast<HeapTupleHeader>(reinterpret_cast<char*>(tuple) - MINIMAL_TUPLE_OFFSET),
                tuple->t_len + MINIMAL_TUPLE_OFFSET);
}

void PairSink::append_slot(const Side& side, TupleTableSlot* slot) {
    const int columns = slot->tts_tupleDescriptor->natts;
    bool copied;
    if (TTS_IS_HEAPTUPLE(slot) || TTS_IS_BUFFERTUPLE(slot)) {
        const HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &copied);
        if (HeapTupleHeaderGetNatts(tuple->t_data) == columns) {
            append_flat(side, tuple->t_data, tuple->t_len);
            return;
        }
    } else if (TTS_IS_MINIMALTUPLE(slot)) {
        append_minimal(side, ExecFetchSlotMinimalTuple(slot, &copied));
        return;
    }
    slot_getallattrs(slot);
    const HeapTuple tuple = heap_form_tuple(slot->tts_tupleDescriptor, slot->tts_values, slot->tts_isnull);
    append_flat(side, tuple->t_data, tuple->t_len);
}

void PairSink::put(TupleTableSlot* left, MinimalTuple right) {
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    size_ = pair_header;
    append_slot(left_, left);
    if (right != nullptr) append_minimal(right_, right);

    HeapTupleData pair{};
    pair.t_len = std::uint32_t(size_);
    pair.t_data = reinterpret_cast<HeapTupleHeader>(buffer_);
    std::memset(buffer_, 0, pair_header);
    pair.t_data->t_infomask = HEAP_HASVARWIDTH;
    if (right == nullptr) {
        pair.t_data->t_infomask |= HEAP_HASNULL;
        pair.t_data->t_bits[0] = 1;
    }
    pair.t_data->t_hoff = pair_header;
    HeapTupleHeaderSetNatts(pair.t_data, 2);
    ItemPointerSetInvalid(&pair.t_data->t_ctid);
    tuplestore_puttuple(store_, &pair);
    MemoryContextSwitchTo(before);
    MemoryContextReset(scratch_);
}

}  // namespace csagg::pg
