#include "timeline/timeline_build.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"
#include "base/sort.hpp"

namespace csagg {
namespace {

// One record: the instant (8 bytes), a tag, then what the tag says: seq (8), scale (1), word (0 to 8), or text.
// A record may also be a horizon: the instant is a known_from, and nothing follows the tag.
constexpr Byte tag_absent = 0x80, tag_seq = 0x40, tag_scale = 0x20, tag_word_bytes = 0x0F, tag_horizon = 0x0F;
constexpr std::size_t most_of_a_record = 8 + 1 + 8 + 1 + 8;
constexpr std::size_t first_capacity = 128;

unsigned word_bytes(std::int64_t word) { return (unsigned(std::bit_width(zigzag(word))) + 7) / 8; }

// Words are stored without their leading zero bytes; the copy is of fixed size, because that is one instruction.
std::size_t put_record(Byte* p, const Entry& e, Kind kind) {
    Byte* const start = p;
    std::memcpy(p, &e.at, 8);
    Byte& tag = p[8];
    tag = Byte((e.value.absent ? tag_absent : 0) | (e.seq != 0 ? tag_seq : 0) | (e.value.scale != 0 ? tag_scale : 0));
    p += 9;
    if (e.seq != 0) {
        std::memcpy(p, &e.seq, 8);
        p += 8;
    }
    if (e.value.scale != 0) *p++ = e.value.scale;
    const std::int64_t word = kind == Kind::text ? std::int64_t(e.value.text.size()) : e.value.word;
    const unsigned width = word_bytes(word);
    tag |= Byte(width);
    store_le(p, zigzag(word));
    return std::size_t(p + width - start);
}

const Byte* get_record(const Byte* p, const Byte* end, Entry& e, Kind kind) {
    std::memcpy(&e.at, p, 8);
    const Byte tag = p[8];
    p += 9;
    e.seq = 0;
    e.value = Value::none(kind);
    e.value.absent = (tag & tag_absent) != 0;
    if ((tag & tag_seq) != 0) {
        std::memcpy(&e.seq, p, 8);
        p += 8;
    }
    if ((tag & tag_scale) != 0) e.value.scale = *p++;
    const unsigned width = tag & tag_word_bytes;
    std::uint64_t coded = 0;
    if (end - p >= 8) [[likely]] {
        coded = load_le<std::uint64_t>(p) & low_mask(8 * width);
    } else {
        Byte word[8] = {};
        std::memcpy(word, p, width);
        coded = load_le<std::uint64_t>(word);
    }
    p += width;
    if (kind != Kind::text) {
        e.value.word = unzigzag(coded);
    } else {
        const auto size = std::size_t(unzigzag(coded));
        e.value.text = {reinterpret_cast<const char*>(p), size};
        p += size;
    }
    return p;
}

}  // namespace

TimelineLog TimelineLog::create(Kind kind, Flat::Grow grow) {
    TimelineLog log(Flat::create(Byte(state_marker | Byte(kind)), first_capacity, grow));
    log.flat_.allocate(sizeof(Header) - sizeof(FlatHeader));
    log.header().last = minus_infinity;
    return log;
}

void TimelineLog::note(Instant first, Instant last, bool in_order) {
    Header& h = header();
    const bool empty = flat_.used() == sizeof(Header);
    if (!in_order || (!empty && first <= h.last)) h.flat.room[0] = 1;
    h.last = last;
}

void TimelineLog::append(std::span<const Byte> record, std::string_view text) {
    const std::size_t offset = flat_.allocate(record.size() + text.size());
    std::memcpy(flat_.block() + offset, record.data(), record.size());
    if (!text.empty()) std::memcpy(flat_.block() + offset + record.size(), text.data(), text.size());
}

void TimelineLog::add(const Entry& entry) {
    note(entry.at, entry.at, true);
    const std::string_view text = entry.value.text;
    if (flat_.free_bytes().size() >= most_of_a_record + text.size()) [[likely]] {
        Byte* const place = flat_.free_bytes().data();
        const std::size_t size = put_record(place, entry, kind());
        if (!text.empty()) std::memcpy(place + size, text.data(), text.size());
        flat_.allocate(size + text.size());
        return;
    }
    // Into a buffer: the length is known only afterwards, and the block must not grow before it is full.
    Byte record[most_of_a_record];
    append({record, put_record(record, entry, kind())}, text);
}

void TimelineLog::add_horizon(Instant known_from) {
    if (known_from == minus_infinity) return;
    header().flat.room[0] = 1;
    Byte record[9];
    std::memcpy(record, &known_from, 8);
    record[8] = tag_horizon;
    append(record, {});
}

void TimelineLog::add_all(const TimelineLog& other) {
    require_kind(other.kind(), kind(), "the timeline to be merged");
    const std::size_t size = other.flat_.used() - sizeof(Header);
    if (size == 0) return;
    Instant first = 0;
    std::memcpy(&first, other.flat_.block() + sizeof(Header), sizeof first);
    note(first, other.header().last, other.in_order());
    append({other.flat_.block() + sizeof(Header), size}, {});
}

void TimelineLog::add_all(const Timeline& timeline, Arena& arena) {
    require_kind(timeline.kind(), kind(), "the timeline to be merged");
    add_horizon(timeline.known_from());
    Entries entries(arena);
    timeline.read(entries);
    for (const Entry& e : entries) add(e);
}

Instant TimelineLog::read(Entries& out) const {
    Instant known_from = minus_infinity;
    const Byte* p = flat_.block() + sizeof(Header);
    const Byte* const end = flat_.block() + flat_.used();
    while (p < end) {
        if (p[8] == tag_horizon) {
            Instant horizon = 0;
            std::memcpy(&horizon, p, sizeof horizon);
            known_from = std::max(known_from, horizon);
            p += 9;
            continue;
        }
        p = get_record(p, end, out.emplace_back(), kind());
        if (out.size() % 65536 == 0) check_interrupts();
    }
    return known_from;
}

void TimelineLog::finish(Bytes& out) const {
    Entries entries(out.get_stored_allocator().arena());
    const Instant known_from = read(entries);
    if (!in_order()) sort_entries(entries);
    drop_before(entries, known_from);
    encode_timeline(kind(), view(entries), known_from, out);
}

void sort_entries(Entries& entries) {
    auto before = [](const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at < b.at : compare_rank(a, b) > 0;
    };
    csagg::sort(entries.begin(), entries.end(), before);
    auto at_once = [](const Entry& a, const Entry& b) { return a.at == b.at; };
    entries.erase(std::unique(entries.begin(), entries.end(), at_once), entries.end());
}

void drop_before(Entries& entries, Instant horizon) {
    if (horizon == minus_infinity) return;
    auto later = std::partition_point(entries.begin(), entries.end(), [=](const Entry& e) { return e.at < horizon; });
    const bool carried = later != entries.begin() && (later == entries.end() || later->at != horizon);
    entries.erase(entries.begin(), carried ? later - 1 : later);
}

}  // namespace csagg
