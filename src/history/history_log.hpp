// The records in a HistoryLog. The low nibble of the first byte tells what a record is.
//
//   0 to 8          a row whose value is a number of so many bytes
//   record_text     a row whose value is a text
//   record_key      kind (1), number (varint), length (varint), key: rows behind it name it by the number
//   record_history  length (varint), bytes of a finished history
//   record_skip     length (varint), bytes that mean nothing
//
// A row: tag, number of the key (varint), instant (8), then what the tag says: seq (8), scale (1); coefficient without
// leading zero bytes, or length of the text (varint); length of the actor (varint); the text, or the actor. A state has
// no actor and an event no text, so one text at most ends a row.
#pragma once
#include "history/history.hpp"

namespace csagg {

inline constexpr Byte record_text = 9, record_key = 10, record_history = 11, record_skip = 12, record_mask = 0x0F;
inline constexpr Byte row_absent = 0x80, row_seq = 0x40, row_scale = 0x20, row_actor = 0x10;

/// A record without its text, which follows it into the log.
class RecordBuffer {
public:
    ByteSpan bytes() const { return {buffer_, std::size_t(end_ - buffer_)}; }
    void u8(Byte b) { *end_++ = b; }
    void varint(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) u8(Byte(v | 0x80));
        u8(Byte(v));
    }
    void row(std::uint32_t key, const Entry& e, const std::string_view* actor = nullptr) {
        const bool is_text = e.value.kind == Kind::text;
        const std::uint64_t word = zigzag(e.value.word);
        const unsigned width = (unsigned(std::bit_width(word)) + 7) / 8;
        u8(Byte((e.value.absent ? row_absent : 0) | (e.seq != 0 ? row_seq : 0) | (e.value.scale != 0 ? row_scale : 0) |
                (actor != nullptr ? row_actor : 0) | (is_text ? record_text : width)));
        varint(key);
        fixed(std::uint64_t(e.at), 8);
        if (e.seq != 0) fixed(std::uint64_t(e.seq), 8);
        if (e.value.scale != 0) u8(e.value.scale);
        if (is_text)
            varint(e.value.text.size());
        else
            fixed(word, width);
        if (actor != nullptr) varint(actor->size());
    }

private:
    // All eight bytes are stored, because that is one instruction; those behind `width` are written over.
    void fixed(std::uint64_t v, unsigned width) {
        store_le(end_, v);
        end_ += width;
    }

    Byte buffer_[48];
    Byte* end_ = buffer_;
};

struct KeyRecord {
    FactKind kind;
    std::uint32_t number;
    std::string_view key;

    /// Its tag, too, is still to be read.
    static KeyRecord read(ByteReader& in) {
        in.u8();
        KeyRecord record{};
        record.kind = FactKind(in.u8());
        record.number = std::uint32_t(in.varint());
        record.key = as_text(in.take(in.varint()));
        return record;
    }
};

struct RowRecord {
    std::uint32_t key = 0;
    bool has_actor = false;
    std::string_view actor;
    Entry entry{};  // value.kind is for the caller to set

    static RowRecord read(ByteReader& in) {
        RowRecord row;
        const Byte tag = in.u8();
        row.key = std::uint32_t(in.varint());
        row.entry.at = in.fixed<Instant>();
        if ((tag & row_seq) != 0) row.entry.seq = in.fixed<std::int64_t>();
        Value& value = row.entry.value;
        value.absent = (tag & row_absent) != 0;
        if ((tag & row_scale) != 0) value.scale = in.u8();
        if ((tag & record_mask) == record_text) {
            value.text = as_text(in.take(in.varint()));
            return row;
        }
        Byte word[8] = {};
        const ByteSpan bytes = in.take(tag & record_mask);
        std::copy(bytes.begin(), bytes.end(), word);
        value.word = unzigzag(load_le<std::uint64_t>(word));
        row.has_actor = (tag & row_actor) != 0;
        if (row.has_actor) row.actor = as_text(in.take(in.varint()));
        return row;
    }
};

}  // namespace csagg
