// A value in the TOAST table, of which only the pieces asked for are fetched.
#pragma once
#include "base/source.hpp"

#include "postgres/state.hpp"

extern "C" {
#include "access/detoast.h"
#include "access/heaptoast.h"
}

namespace csagg::pg {

/// True if `value` lies in a TOAST table, where a piece costs less than the whole.
inline bool is_toasted(const struct varlena* value) { return VARATT_IS_EXTERNAL_ONDISK(value); }

/// For types whose storage is EXTERNAL, never compressed; a compressed value is read right too, only not faster.
class ToastSource final : public ByteSource {
public:
    explicit ToastSource(struct varlena* value)
        : value_(value),
          size_(call([value] { return toast_raw_datum_size(PointerGetDatum(value)); }) - VARHDRSZ),
          head_(fetch(0, TOAST_MAX_CHUNK_SIZE)) {}
    /// Then it is not to be read in pieces.
    bool holds_state() const { return is_state(head_); }
    std::size_t size() const override { return size_; }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        if (offset <= head_.size() && length <= head_.size() - offset) return head_.subspan(offset, length);
        return fetch(offset, length);
    }

private:
    ByteSpan fetch(std::size_t offset, std::size_t length) const {
        auto* value = value_;
        auto* slice = call([value, offset, length] { return detoast_attr_slice(value, int32(offset), int32(length)); });
        return {reinterpret_cast<const Byte*>(VARDATA_ANY(slice)), VARSIZE_ANY_EXHDR(slice)};
    }

    struct varlena* value_;
    std::size_t size_;
    ByteSpan head_;  // what one row of the TOAST table holds, and most of all asked for
};

}  // namespace csagg::pg
