#include "history/history_build.hpp"

#include "base/hash.hpp"
#include "history/history_collect.hpp"
#include "history/history_log.hpp"

namespace csagg {
namespace {

constexpr std::size_t first_capacity = 192;
constexpr unsigned first_index_log2 = 3;
constexpr std::size_t slot_size = 4;

}  // namespace

HistoryLog HistoryLog::create(Flat::Grow grow) {
    HistoryLog log(Flat::create(marker, first_capacity, grow));
    log.flat_.allocate_zeroed(sizeof(Header) - sizeof(FlatHeader));
    log.header().seed = process_hash_seed;
    return log;
}

void HistoryLog::append(ByteSpan record, std::string_view text) {
    const std::size_t offset = flat_.allocate(record.size() + text.size());
    std::memcpy(flat_.block() + offset, record.data(), record.size());
    if (!text.empty()) std::memcpy(flat_.block() + offset + record.size(), text.data(), text.size());
}

// Slots hold the offset of the key's record, or 0; unaligned, for they lie in the log.

std::uint32_t HistoryLog::slot(std::size_t i) const {
    std::uint32_t offset = 0;
    std::memcpy(&offset, flat_.block() + header().index + i * slot_size, slot_size);
    return offset;
}

void HistoryLog::set_slot(std::size_t i, std::uint32_t offset) {
    std::memcpy(flat_.block() + header().index + i * slot_size, &offset, slot_size);
}

/// Where the key is, or the free slot where it belongs.
std::size_t HistoryLog::slot_of(std::string_view key) const {
    const std::size_t mask = (std::size_t(1) << header().flat.room[0]) - 1;
    std::size_t i = std::size_t(hash_bytes(as_bytes(key), header().seed)) & mask;
    for (;; i = (i + 1) & mask) {
        const std::uint32_t offset = slot(i);
        if (offset == 0) return i;
        ByteReader in({flat_.block() + offset, flat_.used() - offset});
        if (KeyRecord::read(in).key == key) return i;
    }
}

/// The table that is left behind stays in the log, to be skipped.
void HistoryLog::enlarge_index() {
    const std::size_t old_slots = header().index != 0 ? std::size_t(1) << header().flat.room[0] : 0;
    const std::size_t old_index = header().index;
    const unsigned log2 = old_slots == 0 ? first_index_log2 : header().flat.room[0] + 1u;
    const std::size_t size = slot_size << log2;
    RecordBuffer record;
    record.u8(record_skip);
    record.varint(size);
    append(record.bytes());
    header().index = std::uint32_t(flat_.allocate(size));
    header().flat.room[0] = Byte(log2);
    std::memset(flat_.block() + header().index, 0, size);
    for (std::size_t i = 0; i < old_slots; ++i) {
        std::uint32_t offset = 0;
        std::memcpy(&offset, flat_.block() + old_index + i * slot_size, slot_size);
        if (offset == 0) continue;
        ByteReader in({flat_.block() + offset, flat_.used() - offset});
        set_slot(slot_of(KeyRecord::read(in).key), offset);
    }
}

std::uint32_t HistoryLog::key_number(std::string_view key, FactKind kind) {
    if (header().index != 0) {
        if (const std::uint32_t offset = slot(slot_of(key)); offset != 0) {
            ByteReader in({flat_.block() + offset, flat_.used() - offset});
            const KeyRecord known = KeyRecord::read(in);
            if (known.kind != kind) throw_kinds_differ(key, known.kind, kind);
            return known.number;
        }
    }
    check_key(key);
    if (header().index == 0 || header().keys >= 3u << (header().flat.room[0] - 2u)) enlarge_index();
    const std::uint32_t number = header().keys++;
    RecordBuffer record;
    record.u8(record_key);
    record.u8(Byte(kind));
    record.varint(number);
    record.varint(key.size());
    const auto offset = std::uint32_t(flat_.used());
    append(record.bytes(), key);
    set_slot(slot_of(key), offset);
    return number;
}

void HistoryLog::add(std::string_view key, FactKind kind, const Entry& entry, const std::string_view* actor) {
    RecordBuffer record;
    record.row(key_number(key, kind), entry, actor);
    append(record.bytes(), actor != nullptr ? *actor : entry.value.text);
}

void HistoryLog::add_all(const HistoryLog& other) {
    append(other.log());
    header().index = 0;
    header().keys = 0;
}

void HistoryLog::add_all(ByteSpan history) {
    RecordBuffer record;
    record.u8(record_history);
    record.varint(history.size());
    append(record.bytes(), as_text(history));
}

void HistoryLog::finish(Bytes& out) const {
    Arena& arena = out.get_stored_allocator().arena();
    HistoryParts parts(log(), arena);
    HistoryWriter writer(parts.known_from(), arena);
    parts.write(writer);
    writer.finish(out);
}

}  // namespace csagg
