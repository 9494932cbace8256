#include "asof/join/store_pg.hpp"

namespace csagg::pg {

void Store::add_block(std::size_t bytes) {
    const std::size_t size = std::max(bytes, next_size_ - MAXALIGN(sizeof(Block)));
    auto* const block = static_cast<Block*>(MemoryContextAllocHuge(context_, size + MAXALIGN(sizeof(Block))));
    *block = {nullptr, size, 0};
    (newest_ == nullptr ? oldest_ : newest_->next) = block;
    newest_ = block;
    bytes_ += size;
    next_size_ = std::min(next_size_ * 2, last_size);
}

void Store::release(Block* block) {
    bytes_ -= block->size;
    pfree(block);
}

void Store::clear() {
    for (Block* block = oldest_; block != nullptr;) release(std::exchange(block, block->next));
    oldest_ = newest_ = nullptr;
    next_size_ = first_size;
}

void RowStore::forget() {
    oldest_ = newest_ = nullptr;
    next_size_ = first_size;
}

namespace {

/// A row that is a whole tuple already, without columns that only its table's catalog knows: its bytes from there on
/// are those of a minimal tuple.
HeapTuple whole_tuple(TupleTableSlot* slot) {
    if (!TTS_IS_HEAPTUPLE(slot) && !TTS_IS_BUFFERTUPLE(slot)) return nullptr;
    bool copied;
    const HeapTuple tuple = ExecFetchSlotHeapTuple(slot, false, &copied);
    return HeapTupleHeaderGetNatts(tuple->t_data) == slot->tts_tupleDescriptor->natts ? tuple : nullptr;
}

}  // namespace

StoredRow* RowStore::add(TupleTableSlot* slot, const void* extra, std::size_t extra_bytes) {
    const auto place = [this, extra, extra_bytes](std::size_t tuple_bytes) {
        const std::size_t size = sizeof(StoredRow) + MAXALIGN(tuple_bytes) + MAXALIGN(extra_bytes);
        auto* const row = static_cast<StoredRow*>(allocate(size));
        row->size = std::uint32_t(size);
        if (extra_bytes > 0)
            std::memcpy(reinterpret_cast<char*>(row->tuple()) + MAXALIGN(tuple_bytes), extra, extra_bytes);
        return row;
    };
    if (TTS_IS_MINIMALTUPLE(slot)) {
        bool copied;
        const MinimalTuple tuple = ExecFetchSlotMinimalTuple(slot, &copied);
        StoredRow* const row = place(tuple->t_len);
        std::memcpy(row->tuple(), tuple, tuple->t_len);
        return row;
    }
    if (const HeapTuple tuple = whole_tuple(slot)) {
        const std::size_t bytes = tuple->t_len - MINIMAL_TUPLE_OFFSET;
        StoredRow* const row = place(bytes);
        std::memcpy(row->tuple(), reinterpret_cast<char*>(tuple->t_data) + MINIMAL_TUPLE_OFFSET, bytes);
        row->tuple()->t_len = std::uint32_t(bytes);
        return row;
    }
    // As heap_form_minimal_tuple() does, in place.
    slot_getallattrs(slot);
    const TupleDesc shape = slot->tts_tupleDescriptor;
    const int columns = shape->natts;
    bool has_null = false;
    for (int i = 0; i < columns; ++i) has_null |= slot->tts_isnull[i];
    const std::size_t header = MAXALIGN(SizeofMinimalTupleHeader + (has_null ? BITMAPLEN(columns) : 0));
    const std::size_t data = heap_compute_data_size(shape, slot->tts_values, slot->tts_isnull);
    StoredRow* const row = place(header + data);
    const MinimalTuple tuple = row->tuple();
    std::memset(static_cast<void*>(tuple), 0, header + data);
    tuple->t_len = std::uint32_t(header + data);
    tuple->t_hoff = std::uint8_t(header + MINIMAL_TUPLE_OFFSET);
    HeapTupleHeaderSetNatts(tuple, columns);
    heap_fill_tuple(shape, slot->tts_values, slot->tts_isnull, reinterpret_cast<char*>(tuple) + header, data,
                    &tuple->t_infomask, has_null ? tuple->t_bits : nullptr);
    return row;
}

}  // namespace csagg::pg
