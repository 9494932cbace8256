#include "timeline/timeline.hpp"

#include "base/interrupt.hpp"
#include "value/names.hpp"

namespace csagg {
namespace {

constexpr Byte format_version = 0x10;  // high nibble of the first byte; the low one is the kind
constexpr Byte has_known_from = 1, is_paged = 2;
constexpr Byte block_has_absent = 1 << 6, block_has_seq = 1 << 7;  // above InstantsHead's flags
constexpr Byte mixed_scales = 0x80;
constexpr std::size_t directory_entry = 12;  // int64 first instant, uint32 offset of the block

}  // namespace

TimelineHead TimelineHead::read(ByteReader& in, bool& paged) {
    TimelineHead head{};
    const Byte first = in.u8();
    if ((first & 0xF0) != format_version || !is_kind(first & 0x0F)) throw_corrupt("not a timeline of a known format");
    head.kind = Kind(first & 0x0F);
    const Byte flags = in.u8();
    if ((flags & ~(has_known_from | is_paged)) != 0) throw_corrupt("unknown flags of a timeline");
    head.count = std::size_t(in.varint());
    if (head.count > max_value_bytes) throw_corrupt("timeline has too many entries");
    if ((flags & has_known_from) != 0) head.known_from = in.signed_varint();
    paged = (flags & is_paged) != 0;
    if (paged != head.paged()) throw_corrupt("directory of a timeline does not fit its size");
    return head;
}

void TimelineHead::write(ByteWriter& out) const {
    out.u8(Byte(format_version | Byte(kind)));
    out.u8(Byte((known_from != minus_infinity ? has_known_from : 0) | (paged() ? is_paged : 0)));
    out.varint(count);
    if (known_from != minus_infinity) out.signed_varint(known_from);
}

TimelineBlock::TimelineBlock(Kind kind, std::size_t n, ByteSpan bytes) : kind_(kind), n_(n) {
    ByteReader in(bytes);
    const Byte flags = in.u8();
    has_absent_ = (flags & block_has_absent) != 0;
    has_seq_ = (flags & block_has_seq) != 0;
    instants_ = InstantsHead::read(flags, in, n);
    if (kind == Kind::number) {
        scale_ = in.u8();
        mixed_scale_ = scale_ == mixed_scales;
        if (!mixed_scale_ && scale_ > Number::max_scale) throw_corrupt("scale is too large");
    }
    words_ = IntegersHead::read(in);
    if (has_seq_) seqs_ = IntegersHead::read(in);

    bits_ = BitSpan(bytes.subspan(bytes.size() - in.left()));
    absent_start_ = instants_.low_bits(n);
    words_start_ = absent_start_ + (has_absent_ ? n : 0);
    scale_start_ = words_start_ + words_.bits(n);
    seqs_start_ = scale_start_ + (mixed_scale_ ? n * scale_width : 0);
    high_start_ = seqs_start_ + (has_seq_ ? seqs_.bits(n) : 0);
    if (high_start_ > bits_.bits()) throw_corrupt("block of a timeline ends too early");
}

void TimelineBlock::decode(bool words) {
    instants_.decode(bits_, 0, high_start_, n_, at_);
    if (words) words_.decode(bits_, words_start_, n_, word_);
}

Value TimelineBlock::value_of(std::size_t i, std::int64_t word, const Dictionary& dictionary) const {
    if (absent(i)) return Value::none(kind_);
    switch (kind_) {
        case Kind::boolean: return Value::of(word != 0);
        case Kind::number: {
            const unsigned scale = scale_of(i);
            if (scale > Number::max_scale || magnitude_of(word) >= std::uint64_t(power_of_ten[Number::max_digits]))
                throw_corrupt("number has too many digits");
            return Value::of(Number::normalized(word, int(scale)));
        }
        case Kind::text: return Value::of(dictionary[std::size_t(word)]);
        case Kind::date: return Value::of_date(Date(word));
        case Kind::time: return Value::of_time(word);
    }
    throw_corrupt("unknown kind");
}

Timeline::Timeline(ByteSpan bytes) : bytes_(bytes) {
    ByteReader in(bytes);
    bool paged = false;
    head_ = TimelineHead::read(in, paged);
    directory_ = bytes.size() - in.left();
    if (paged) in.take(head_.blocks() * directory_entry);
    if (head_.kind == Kind::text) dictionary_ = Dictionary::read(in);
    if (!paged) directory_ = bytes.size() - in.left();
}

ByteSpan Timeline::block_bytes(std::size_t i) const {
    if (!head_.paged()) return bytes_.subspan(directory_);
    const Byte* entry = bytes_.data() + directory_ + i * directory_entry;
    const std::size_t begin = load_le<std::uint32_t>(entry + 8);
    const std::size_t end = i + 1 < blocks() ? load_le<std::uint32_t>(entry + directory_entry + 8) : bytes_.size();
    if (begin > end || end > bytes_.size()) throw_corrupt("directory of a timeline is out of order");
    return bytes_.subspan(begin, end - begin);
}

Instant Timeline::block_start(std::size_t i) const {
    return load_le<Instant>(bytes_.data() + directory_ + i * directory_entry);
}

TimelineBlock Timeline::block(std::size_t i) const { return {head_.kind, head_.block_size(i), block_bytes(i)}; }

void Timeline::read(Entries& out) const {
    for (std::size_t b = 0; b < blocks(); ++b) {
        if (b % 64 == 63) check_interrupts();
        TimelineBlock block = this->block(b);
        block.decode(true);
        if (b > 0 && out.back().at >= block.instants().front()) throw_corrupt("instants are not increasing");
        for (std::size_t i = 0; i < block.size(); ++i)
            out.push_back({block.instants()[i], block.seq_of(i), block.value_of(i, block.words()[i], dictionary_)});
    }
}

namespace {

/// The greatest scale, if all numbers have few enough digits at it; else mixed_scales.
std::uint8_t common_scale(std::span<const Entry> entries) {
    std::uint8_t scale = 0;
    for (const Entry& e : entries) scale = std::max(scale, e.value.scale);
    if (scale == 0) return 0;
    bool fits = true;
    for (const Entry& e : entries) {
        const unsigned shift = scale - e.value.scale;
        const std::int64_t limit = shift <= Number::max_digits ? power_of_ten[Number::max_digits - shift] : 1;
        fits &= magnitude_of(e.value.word) < std::uint64_t(limit);
    }
    return fits ? scale : mixed_scales;
}

/// The numbers of all texts in the dictionary, entry by entry.
class TextNumbers {
public:
    explicit TextNumbers(Arena& arena) : names_(arena), of_entry_(arena) {}

    void add(std::span<const Entry> entries) {
        for (const Entry& e : entries) of_entry_.push_back(e.value.absent ? 0 : names_.number_of(e.value.text));
    }
    void write_dictionary(ByteWriter& out) {
        Arena& arena = of_entry_.get_stored_allocator().arena();
        SmallVector<std::uint32_t, 16> rank(arena);
        rank.resize(names_.size(), 1);  // all are in use
        names_.sort({rank.data(), rank.size()});
        for (std::uint32_t& number : of_entry_)
            if (number < rank.size()) number = rank[number];
        Dictionary::write(names_.texts(), out, arena);
    }
    std::span<const std::uint32_t> of(std::size_t first, std::size_t n) const {
        return view(of_entry_).subspan(first, n);
    }

private:
    Names names_;
    SmallVector<std::uint32_t, 32> of_entry_;
};

class BlockEncoder {
public:
    BlockEncoder(Kind kind, Arena& arena) : kind_(kind), at_(arena), words_(arena), seqs_(arena), arena_(arena) {}

    /// Of texts, their numbers in the dictionary.
    void write(std::span<const Entry> entries, std::span<const std::uint32_t> texts, Bytes& out) {
        const std::uint8_t scale = kind_ == Kind::number ? common_scale(entries) : 0;
        if (kind_ == Kind::text)
            collect(entries, [texts](std::size_t i, const Value&) { return std::int64_t(texts[i]); });
        else if (kind_ == Kind::number && scale != mixed_scales)
            collect(entries, [scale](std::size_t, const Value& v) {
                return v.word == 0 ? 0 : v.word * power_of_ten[scale - v.scale];
            });
        else
            collect(entries, [](std::size_t, const Value& v) { return v.word; });
        const auto at = view(at_), words = view(words_), seqs = view(seqs_);
        const InstantsHead instants = InstantsHead::plan(at);
        const IntegersHead word_head = IntegersHead::plan(words), seq_head = IntegersHead::plan(seqs);
        const bool has_seq = seq_head.least != 0 || seq_head.width != 0;

        ByteWriter head(out);
        head.u8(Byte(instants.flags() | (has_absent_ ? block_has_absent : 0) | (has_seq ? block_has_seq : 0)));
        instants.write(head, at.size());
        if (kind_ == Kind::number) head.u8(scale);
        word_head.write(head);
        if (has_seq) seq_head.write(head);

        BitWriter bits(arena_);
        instants.write_low(at, bits);
        if (has_absent_)
            for (const Entry& e : entries) bits.put(e.value.absent ? 1 : 0, 1);
        word_head.write_bits(words, bits);
        if (scale == mixed_scales)
            for (const Entry& e : entries) bits.put(e.value.scale, TimelineBlock::scale_width);
        if (has_seq) seq_head.write_bits(seqs, bits);
        instants.write_high(at, bits);
        head.append(bits.finish());
    }

private:
    template <class Word>
    void collect(std::span<const Entry> entries, Word word_of) {
        const std::size_t n = entries.size();
        at_.resize(n, boost::container::default_init);
        words_.resize(n, boost::container::default_init);
        seqs_.resize(n, boost::container::default_init);
        has_absent_ = false;
        std::int64_t filler = 0;  // an absent entry's word must not widen the column: any present one serves
        for (std::size_t i = n; i-- > 0;) {
            const Entry& e = entries[i];
            check_instant(e.at);
            at_[i] = e.at;
            seqs_[i] = e.seq;
            if (!e.value.absent) words_[i] = filler = word_of(i, e.value);
            has_absent_ |= e.value.absent;
        }
        if (!has_absent_) return;
        for (std::size_t i = 0; i < n; ++i)
            if (entries[i].value.absent) words_[i] = filler;
    }

    Kind kind_;
    bool has_absent_ = false;
    SmallVector<Instant, 32> at_;
    SmallVector<std::int64_t, 32> words_, seqs_;
    Arena& arena_;
};

void store_directory_entry(Bytes& out, std::size_t position, Instant first, std::size_t offset) {
    store_le(out.data() + position, first);
    store_le(out.data() + position + 8, std::uint32_t(offset));
}

}  // namespace

void encode_timeline(Kind kind, EntryBlocks& entries, Instant known_from, Bytes& out) {
    Arena& arena = out.get_stored_allocator().arena();
    const std::size_t start = out.size();
    const TimelineHead head{kind, entries.size(), known_from};
    ByteWriter writer(out);
    head.write(writer);
    const std::size_t directory = out.size();
    if (head.paged()) out.resize(out.size() + head.blocks() * directory_entry);

    TextNumbers texts(arena);
    if (kind == Kind::text) {
        for (std::size_t b = 0; b < head.blocks(); ++b) texts.add(entries.block(b));
        texts.write_dictionary(writer);
    }
    BlockEncoder encoder(kind, arena);
    for (std::size_t b = 0; b < head.blocks(); ++b) {
        const auto part = entries.block(b);
        if (head.paged()) {
            check_interrupts();
            store_directory_entry(out, directory + b * directory_entry, part.front().at, out.size() - start);
        }
        encoder.write(part,
                      kind == Kind::text ? texts.of(b * block_entries, part.size()) : std::span<const std::uint32_t>{},
                      out);
        if (out.size() - start > max_value_bytes)
            throw Error(Errc::limit_exceeded, "timeline exceeds 1 GB", "Split it into periods with csagg.slice().");
    }
}

void encode_timeline(Kind kind, std::span<const Entry> entries, Instant known_from, Bytes& out) {
    class Blocks final : public EntryBlocks {
    public:
        explicit Blocks(std::span<const Entry> entries) : entries_(entries) {}
        std::size_t size() const override { return entries_.size(); }
        std::span<const Entry> block(std::size_t i) override {
            const std::size_t first = i * block_entries;
            return entries_.subspan(first, std::min(block_entries, entries_.size() - first));
        }

    private:
        std::span<const Entry> entries_;
    } blocks(entries);
    encode_timeline(kind, blocks, known_from, out);
}

namespace {

bool in_range(const Value& value) {
    const std::int64_t v = value.word;
    if (value.absent) return true;
    if (value.kind == Kind::date)
        return v == minus_infinity_date || v == plus_infinity_date || (v >= first_date && v <= last_date);
    if (value.kind == Kind::time)
        return v == minus_infinity || v == plus_infinity || (v >= first_instant && v <= last_instant);
    return true;
}

}  // namespace

void validate_timeline(ByteSpan bytes, Arena& arena) {
    const Timeline timeline(bytes);
    Entries entries(arena);
    timeline.read(entries);
    for (const Entry& e : entries)
        if (!in_range(e.value)) throw_corrupt("date or time is out of range");
    const Instant known_from = timeline.known_from();
    if (known_from != minus_infinity && (known_from < first_instant || known_from > last_instant))
        throw_corrupt("instant is out of range");
    if (known_from != minus_infinity && entries.size() > 1 && entries[1].at <= known_from)
        throw_corrupt("timeline is not shortened to where it is known from");
    Bytes again(arena);
    encode_timeline(timeline.kind(), view(entries), timeline.known_from(), again);
    if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end()))
        throw_corrupt("timeline is not in its normal form");
}

namespace {

Found find_in_block(TimelineBlock& block, const Dictionary& dictionary, Instant at) {
    block.decode(false);
    const auto instants = block.instants();
    const auto after = std::upper_bound(instants.begin(), instants.end(), at);
    if (after == instants.begin()) return {};
    const auto i = std::size_t(after - instants.begin() - 1);
    return {block.value(i, dictionary), true, instants[i]};
}

constexpr std::size_t head_bytes = 32;  // an upper bound of TimelineHead's size

}  // namespace

Found find_value(const Timeline& timeline, Instant at) {
    Found none;
    none.value = Value::none(timeline.kind());
    if (timeline.size() == 0 || at < timeline.known_from()) return none;
    std::size_t low = 0, high = timeline.blocks();  // the last block that starts at or before `at`
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        (timeline.block_start(middle) <= at ? low : high) = middle;
    }
    TimelineBlock block = timeline.block(low);
    const Found found = find_in_block(block, timeline.dictionary(), at);
    return found.any ? found : none;
}

Found find_value(ByteSpan bytes, Instant at) { return find_value(Timeline(bytes), at); }

Found find_value(const UnencodedTimeline& timeline, Instant at) {
    const auto entries = timeline.entries();
    const auto after =
        std::upper_bound(entries.begin(), entries.end(), at, [](Instant t, const Entry& e) { return t < e.at; });
    if (after == entries.begin() || at < timeline.known_from()) return {Value::none(timeline.kind())};
    return {after[-1].value, true, after[-1].at};
}

Found find_value(ByteSource& source, Instant at) {
    ByteReader in(source.read(0, head_bytes));
    bool paged = false;
    const TimelineHead head = TimelineHead::read(in, paged);
    if (!paged) return find_value(source.read(0, source.size()), at);
    Found none;
    none.value = Value::none(head.kind);
    if (at < head.known_from) return none;

    const std::size_t directory_start = std::min(head_bytes, source.size()) - in.left();
    const ByteSpan directory = source.read(directory_start, head.blocks() * directory_entry);
    if (directory.size() < head.blocks() * directory_entry) throw_corrupt("value ends too early");
    auto first_at = [&](std::size_t i) { return load_le<Instant>(directory.data() + i * directory_entry); };
    auto offset_of = [&](std::size_t i) -> std::size_t {
        return i < head.blocks() ? load_le<std::uint32_t>(directory.data() + i * directory_entry + 8) : source.size();
    };
    std::size_t low = 0, high = head.blocks();  // the last block that starts at or before `at`
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (first_at(middle) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return none;
    const std::size_t begin = offset_of(low - 1), end = offset_of(low);
    if (begin > end || end > source.size()) throw_corrupt("directory of a timeline is out of order");
    Dictionary dictionary;
    if (head.kind == Kind::text) {
        const std::size_t texts = directory_start + directory.size();
        if (offset_of(0) < texts) throw_corrupt("directory of a timeline is out of order");
        ByteReader texts_in(source.read(texts, offset_of(0) - texts));
        dictionary = Dictionary::read(texts_in);
    }
    TimelineBlock block(head.kind, head.block_size(low - 1), source.read(begin, end - begin));
    const Found found = find_in_block(block, dictionary, at);
    return found.any ? found : none;
}

}  // namespace csagg
