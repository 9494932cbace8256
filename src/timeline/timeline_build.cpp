#include "timeline/timeline_build.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"
#include "base/prefetch.hpp"
#include "base/sort.hpp"
#include "value/by_instant.hpp"

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

/// The word that takes the `width` bytes at p.
std::int64_t get_word(const Byte* p, const Byte* end, unsigned width) {
    if (end - p >= 8) [[likely]]
        return unzigzag(load_le<std::uint64_t>(p) & low_mask(8 * width));
    Byte word[8] = {};
    std::memcpy(word, p, width);
    return unzigzag(load_le<std::uint64_t>(word));
}

const Byte* skip_record(const Byte* p, const Byte* end, Kind kind) {
    const Byte tag = p[8];
    p += 9;
    if (tag == tag_horizon) return p;
    p += ((tag & tag_seq) != 0 ? 8 : 0) + ((tag & tag_scale) != 0 ? 1 : 0);
    const unsigned width = tag & tag_word_bytes;
    return p + width + (kind == Kind::text ? get_word(p, end, width) : 0);
}

void get_record(const Byte* p, const Byte* end, Entry& e, Kind kind) {
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
    const std::int64_t word = get_word(p, end, width);
    if (kind != Kind::text)
        e.value.word = word;
    else
        e.value.text = {reinterpret_cast<const char*>(p + width), std::size_t(word)};
}

/// The records of a log as the entries of its timeline: sorted, one an instant, shortened. They are read when they are
/// asked for, a block at a time.
class Records final : public EntryBlocks {
public:
    Records(const Flat& flat, std::size_t begin, Kind kind, Arena& arena)
        : block_(flat.block()), end_(block_ + flat.used()), kind_(kind), places_(arena), entries_(arena) {
        find(block_ + begin);
    }

    Instant known_from() const { return known_from_; }
    void put_in_order() {
        sort_by_instant({places_.data(), places_.size()}, places_.get_stored_allocator().arena());
        keep_greatest_ranks();
        drop_before(places_, known_from_);
    }

    std::size_t size() const override { return places_.size(); }
    std::span<const Entry> block(std::size_t i) override {
        const std::size_t first = i * block_entries;
        entries_.resize(std::min(block_entries, places_.size() - first), boost::container::default_init);
        constexpr std::size_t ahead = 16;  // out of order they lie all over the log
        for (std::size_t n = 0; n < entries_.size(); ++n) {
            if (first + n + ahead < places_.size()) prefetch(block_ + places_[first + n + ahead].place, 1);
            read(places_[first + n], entries_[n]);
        }
        return view(entries_);
    }

private:
    void read(const RowPlace& place, Entry& e) const { get_record(block_ + place.place, end_, e, kind_); }
    void find(const Byte* p) {
        const std::size_t usual_record = kind_ == Kind::text ? 24 : 11;
        places_.reserve(std::size_t(end_ - p) / usual_record);
        for (std::size_t n = 1; p < end_; p = skip_record(p, end_, kind_), ++n) {
            Instant at = 0;
            std::memcpy(&at, p, sizeof at);
            if (p[8] == tag_horizon)
                known_from_ = std::max(known_from_, at);
            else
                places_.push_back({at, std::size_t(p - block_)});
            if (n % 65536 == 0) check_interrupts();
        }
    }
    void keep_greatest_ranks() {
        std::size_t kept = 0;
        for (const RowPlace& place : places_) {
            if (kept == 0 || places_[kept - 1].at != place.at)
                places_[kept++] = place;
            else if (is_greater(place, places_[kept - 1]))
                places_[kept - 1] = place;
        }
        places_.erase(places_.begin() + std::ptrdiff_t(kept), places_.end());
    }
    bool is_greater(const RowPlace& a, const RowPlace& b) const {
        Entry x, y;
        read(a, x);
        read(b, y);
        return compare_rank(x, y) > 0;
    }

    const Byte* block_;
    const Byte* end_;
    Kind kind_;
    Instant known_from_ = minus_infinity;
    SmallVector<RowPlace, 24> places_;
    Entries entries_;
};

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

void TimelineLog::finish(Bytes& out) const {
    Records records(flat_, sizeof(Header), kind(), out.get_stored_allocator().arena());
    if (!in_order()) records.put_in_order();
    encode_timeline(kind(), records, records.known_from(), out);
}

void sort_entries(Entries& entries) {
    auto before = [](const Entry& a, const Entry& b) { return a.at != b.at ? a.at < b.at : compare_rank(a, b) > 0; };
    csagg::sort(entries.begin(), entries.end(), before);
    auto at_once = [](const Entry& a, const Entry& b) { return a.at == b.at; };
    entries.erase(std::unique(entries.begin(), entries.end(), at_once), entries.end());
}

}  // namespace csagg
