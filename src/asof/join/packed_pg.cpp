#include "asof/join/packed_pg.hpp"

#include <cstring>

#include "postgres/boundary.hpp"

namespace csagg::pg {
namespace {

template <class T>
void put(Byte* to, Datum value) {
    const auto v = static_cast<T>(value);
    std::memcpy(to, &v, sizeof v);
}

template <class T>
T got(const Byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

void put_value(Byte* to, Datum value, int length) {
    switch (length) {
        case 1: return put<std::uint8_t>(to, value);
        case 2: return put<std::uint16_t>(to, value);
        case 4: return put<std::uint32_t>(to, value);
        default: return put<std::uint64_t>(to, value);
    }
}

/// As fetch_att() gives it, which needs aligned data.
Datum value_at(const Byte* from, int length) {
    switch (length) {
        case 1: return CharGetDatum(got<char>(from));
        case 2: return Int16GetDatum(got<std::int16_t>(from));
        case 4: return Int32GetDatum(got<std::int32_t>(from));
        default: return got<Datum>(from);
    }
}

}  // namespace

bool PackedColumns::fit(TupleDesc shape, const AttrNumber* columns, int count) {
    if (count > most) return false;
    for (int i = 0; i < count; ++i)
        if (columns[i] <= 0 || !TupleDescAttr(shape, columns[i] - 1)->attbyval) return false;
    return true;
}

std::optional<PackedColumns> PackedColumns::of_row(TupleDesc shape) {
    AttrNumber columns[most];
    if (shape->natts > most) return std::nullopt;
    for (int i = 0; i < shape->natts; ++i) columns[i] = AttrNumber(i + 1);
    if (!fit(shape, columns, shape->natts)) return std::nullopt;
    return PackedColumns(shape, columns, shape->natts);
}

PackedColumns::PackedColumns(TupleDesc shape, const AttrNumber* columns, int count) : count_(count) {
    for (int i = 0; i < count; ++i) {
        columns_[i] = {columns[i], TupleDescAttr(shape, columns[i] - 1)->attlen};
        bytes_ += std::size_t(columns_[i].length);
    }
}

void PackedColumns::write(TupleTableSlot* row, Byte* to) const {
    Byte* const nulls = to++;
    *nulls = 0;
    for (int i = 0; i < count_; ++i) {
        bool null;
        const Datum value = slot_getattr(row, columns_[i].number, &null);
        if (null) *nulls |= Byte(1 << i);
        put_value(to, null ? 0 : value, columns_[i].length);
        to += columns_[i].length;
    }
}

void PackedColumns::read(const Byte* from, TupleTableSlot* row) const {
    // Values in the slot itself: nothing of the row before is to be freed.
    const int all = row->tts_tupleDescriptor->natts;
    if (all > count_) std::memset(row->tts_isnull, 1, std::size_t(all));
    const Byte nulls = *from++;
    for (int i = 0; i < count_; ++i) {
        const int at = columns_[i].number - 1;
        row->tts_isnull[at] = (nulls >> i & 1) != 0;
        row->tts_values[at] = value_at(from, columns_[i].length);
        from += columns_[i].length;
    }
    row->tts_flags &= std::uint16_t(~TTS_FLAG_EMPTY);
    row->tts_nvalid = AttrNumber(all);
}

}  // namespace csagg::pg
