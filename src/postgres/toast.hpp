// A value in the TOAST table, of which only the pieces asked for are fetched.
#pragma once
#include "base/source.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/detoast.h"
}

namespace csagg::pg {

/// True if `value` lies in a TOAST table, where a piece costs less than the whole.
inline bool is_toasted(const struct varlena* value) { return VARATT_IS_EXTERNAL_ONDISK(value); }

/// For types whose storage is EXTERNAL, never compressed; a compressed value is read right too, only not faster.
class ToastSource final : public ByteSource {
public:
    explicit ToastSource(struct varlena* value)
        : value_(value), size_(call([value] { return toast_raw_datum_size(PointerGetDatum(value)); }) - VARHDRSZ) {}
    std::size_t size() const override { return size_; }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        auto* value = value_;
        auto* slice = call([value, offset, length] { return detoast_attr_slice(value, int32(offset), int32(length)); });
        return {reinterpret_cast<const Byte*>(VARDATA_ANY(slice)), VARSIZE_ANY_EXHDR(slice)};
    }

private:
    struct varlena* value_;
    std::size_t size_;
};

}  // namespace csagg::pg
