#include "asof/function/pairs_pg.hpp"

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

PairSink::PairSink(Tuplestorestate* store, MemoryContext context) : store_(store) {
    scratch_ = AllocSetContextCreate(context, "as-of join output", ALLOCSET_DEFAULT_SIZES);
    constexpr std::size_t first = 8192;
    pair_ = {static_cast<char*>(MemoryContextAllocZero(context, first)), 0, first};
    left_buffer_ = {static_cast<char*>(MemoryContextAlloc(context, first)), 0, first};
}

void PairSink::reserve(Buffer& buffer, std::size_t bytes) {
    const std::size_t needed = buffer.size + MAXALIGN(bytes);
    if (needed <= buffer.capacity) return;
    buffer.capacity = std::max(needed, 2 * buffer.capacity);
    buffer.data = static_cast<char*>(repalloc_huge(buffer.data, buffer.capacity));
}

void PairSink::append(Buffer& buffer, const Side& side, const void* from_infomask2, std::size_t bytes) {
    reserve(buffer, fields + bytes);
    char* const value = buffer.data + buffer.size;
    std::memcpy(value + fields, from_infomask2, bytes);
    side.header.complete(reinterpret_cast<HeapTupleHeader>(value), fields + bytes, side.width);
    const std::size_t end = fields + bytes;
    std::memset(value + end, 0, MAXALIGN(end) - end);
    buffer.size += MAXALIGN(end);
}

// Composite values have no TOAST pointers.
void PairSink::append_flat(Buffer& buffer, const Side& side, HeapTupleHeader tuple, std::size_t bytes) {
    if ((tuple->t_infomask & HEAP_HASEXTERNAL) == 0) {
        append(buffer, side, reinterpret_cast<const char*>(tuple) + fields, bytes - fields);
        return;
    }
    const Datum datum = toast_flatten_tuple_to_datum(tuple, std::uint32_t(bytes), side.shape);
    const auto flat = reinterpret_cast<HeapTupleHeader>(DatumGetPointer(datum));
    append(buffer, side, reinterpret_cast<const char*>(flat) + fields, HeapTupleHeaderGetDatumLength(flat) - fields);
}

void PairSink::append_minimal(Buffer& buffer, const Side& side, MinimalTuple tuple) {
    // All that comes before t_infomask2 is not looked at.
    append_flat(buffer, side, reinterpret_cast<HeapTupleHeader>(reinterpret_cast<char*>(tuple) - MINIMAL_TUPLE_OFFSET),
                tuple->t_len + MINIMAL_TUPLE_OFFSET);
}

void PairSink::append_slot(Buffer& buffer, const Side& side, TupleTableSlot* slot) {
    const int columns = slot->tts_tupleDescriptor->natts;
    bool copied;
    if (TTS_IS_HEAPTUPLE(slot) || TTS_IS_BUFFERTUPLE(slot)) {
        const HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &copied);
        if (HeapTupleHeaderGetNatts(tuple->t_data) == columns) {
            append_flat(buffer, side, tuple->t_data, tuple->t_len);
            return;
        }
    } else if (TTS_IS_MINIMALTUPLE(slot)) {
        append_minimal(buffer, side, ExecFetchSlotMinimalTuple(slot, &copied));
        return;
    }
    slot_getallattrs(slot);
    const HeapTuple tuple = heap_form_tuple(slot->tts_tupleDescriptor, slot->tts_values, slot->tts_isnull);
    append_flat(buffer, side, tuple->t_data, tuple->t_len);
}

void PairSink::queue(TupleTableSlot* left) {
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    append_slot(left_buffer_, left_, left);
    ends_[queued_++] = left_buffer_.size;
    MemoryContextSwitchTo(before);
    MemoryContextReset(scratch_);
}

void PairSink::forget_queue() {
    left_buffer_.size = 0;
    queued_ = 0;
}

void PairSink::put(int i, MinimalTuple right) {
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1], left_bytes = ends_[i] - begin;
    pair_.size = pair_header;
    reserve(pair_, left_bytes);
    std::memcpy(pair_.data + pair_header, left_buffer_.data + begin, left_bytes);
    pair_.size += left_bytes;
    if (right != nullptr) append_minimal(pair_, right_, right);
    if (!AllocSizeIsValid(pair_.size))
        ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                        errmsg("as-of join: two rows together are larger than 1 GB")));

    HeapTupleData pair{};
    pair.t_len = std::uint32_t(pair_.size);
    pair.t_data = reinterpret_cast<HeapTupleHeader>(pair_.data);
    pair.t_data->t_infomask = std::uint16_t(HEAP_HASVARWIDTH | (right == nullptr ? HEAP_HASNULL : 0));
    pair.t_data->t_bits[0] = right == nullptr ? 1 : 3;
    pair.t_data->t_hoff = pair_header;
    HeapTupleHeaderSetNatts(pair.t_data, 2);
    tuplestore_puttuple(store_, &pair);
    MemoryContextSwitchTo(before);
    MemoryContextReset(scratch_);
}

}  // namespace csagg::pg
