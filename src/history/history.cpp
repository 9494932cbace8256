// Bytes of a history:
//   format (1), flags (1), known_from (zigzag varint, if flagged), size of the directory (varint),
//   directory: keys (Dictionary), kinds (1 each), width of the ends (1), ends of the facts' bytes (bit-packed),
//   the bytes of the facts, as a timeline or counter stores them, in the order of their keys.
// A slice that holds the directory tells where a fact is, and a second slice is the fact.
#include "history/history.hpp"

#include "base/interrupt.hpp"
#include "history/history_algebra.hpp"

namespace csagg {
namespace {

constexpr Byte format_byte = 0x10 | history_tag;  // the format version is the high nibble
constexpr Byte has_known_from = 1;

// Reads up to the directory; gives its size.
std::uint64_t read_head(ByteReader& in, Instant& known_from) {
    if (in.u8() != format_byte) throw_corrupt("not a history of a known format");
    const Byte flags = in.u8();
    if ((flags & ~has_known_from) != 0) throw_corrupt("unknown flags of a history");
    known_from = (flags & has_known_from) != 0 ? in.signed_varint() : minus_infinity;
    return in.varint();
}

bool is_fact_kind(Byte code) { return is_kind(code) || code == counter_tag; }

}  // namespace

const char* kind_name(FactKind kind) { return kind == FactKind::counter ? "counter" : kind_name(state_kind(kind)); }

FactKind fact_kind_named(std::string_view name) {
    for (Byte code = 1; is_fact_kind(code); ++code)
        if (name == kind_name(FactKind(code))) return FactKind(code);
    throw Error(Errc::invalid_parameter, "unknown kind \"" + excerpt(name) + "\"",
                "Kinds are counter, boolean, number, text, date and time.");
}

FactKind fact_kind_of(ByteSpan bytes) {
    if (bytes.empty() || !is_fact_kind(bytes[0] & 0x0F)) throw_corrupt("neither a timeline nor a counter");
    return FactKind(bytes[0] & 0x0F);
}

void check_key(std::string_view key) {
    if (key.size() <= max_key_bytes) return;
    throw Error(Errc::invalid_parameter,
                "a key has " + std::to_string(key.size()) + " bytes, the limit is " + std::to_string(max_key_bytes));
}

void throw_kinds_differ(std::string_view key, FactKind a, FactKind b) {
    if (a > b) std::swap(a, b);  // the message does not depend on who came first
    throw Error(Errc::kind_mismatch,
                "fact \"" + excerpt(key) + "\" is of kind " + kind_name(a) + " and of kind " + kind_name(b),
                "Each key has one kind.");
}

Instant known_from(const Fact& fact) {
    return fact.kind == FactKind::counter ? Counter(fact.bytes).known_from() : Timeline(fact.bytes).known_from();
}

FactDirectory::FactDirectory(ByteSpan bytes) {
    ByteReader in(bytes);
    keys_ = Dictionary::read(in);
    if (size() > 0) {
        kinds_ = in.take(size());
        keys_and_kinds_ = bytes.first(bytes.size() - in.left());
        width_ = in.u8();
        if (width_ > 32) throw_corrupt("history is too large");
        ends_ = BitSpan(in.take((size() * width_ + 7) / 8));
    }
    if (in.left() > 0) throw_corrupt("directory of a history does not fit its size");
}

FactKind FactDirectory::kind(std::size_t i) const {
    if (!is_fact_kind(kinds_[i])) throw_corrupt("unknown kind of fact");
    return FactKind(kinds_[i]);
}

std::size_t FactDirectory::begin(std::size_t i) const {
    return i == 0 ? 0 : std::size_t(ends_.get((i - 1) * width_, width_));
}

/// Whether the key is number i, or would be if it were there.
bool FactDirectory::is_place_of(std::string_view key, std::size_t i) const {
    return i <= size() && (i == size() || !(keys_[i] < key)) && (i == 0 || keys_[i - 1] < key);
}

std::size_t FactDirectory::search(std::string_view key) const {
    std::size_t low = 0, high = size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (keys_[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::optional<std::size_t> FactDirectory::find(std::string_view key, std::size_t& place) const {
    if (place < size() && keys_[place] == key) return place;
    if (!is_place_of(key, place)) place = search(key);
    if (place == size() || keys_[place] != key) return std::nullopt;
    return place;
}

History::History(ByteSpan bytes) {
    ByteReader in(bytes);
    const std::uint64_t directory_size = read_head(in, known_from_);
    directory_ = FactDirectory(in.take(directory_size));
    facts_ = in.take(in.left());
    if (directory_.begin(size()) != facts_.size()) throw_corrupt("directory of a history does not fit its facts");
}

Fact History::fact(std::size_t i, std::string_view key) const {
    if (i >= size()) throw_corrupt("history has no such fact");
    const std::size_t begin = directory_.begin(i), end = directory_.begin(i + 1);
    if (begin > end || end > facts_.size()) throw_corrupt("directory of a history is out of order");
    const Fact fact{key, directory_.kind(i), facts_.subspan(begin, end - begin)};
    if (fact_kind_of(fact.bytes) != fact.kind) throw_corrupt("kind of a fact does not fit its bytes");
    return fact;
}

std::optional<Fact> History::find(std::string_view key) const {
    std::size_t place = 0;
    return find(key, place);
}

std::optional<Fact> History::find(std::string_view key, std::size_t& place) const {
    const auto i = directory_.find(key, place);
    if (!i) return std::nullopt;
    return fact(*i, key);
}

std::optional<Fact> find_fact(ByteSource& source, std::string_view key) {
    constexpr std::size_t first_piece = 1996;  // what PostgreSQL stores in one row of a TOAST table
    const ByteSpan first = source.read(0, first_piece);
    ByteReader in(first);
    Instant known_from = minus_infinity;
    const std::uint64_t directory_size = read_head(in, known_from);
    const std::size_t directory_begin = first.size() - in.left();
    auto piece = [&](std::size_t offset, std::size_t size) {
        if (offset + size <= first.size()) return first.subspan(offset, size);
        const ByteSpan bytes = source.read(offset, size);
        if (bytes.size() != size) throw_corrupt("value ends too early");
        return bytes;
    };
    if (directory_size > source.size()) throw_corrupt("value ends too early");

    const FactDirectory directory(piece(directory_begin, directory_size));
    std::size_t place = 0;
    const auto i = directory.find(key, place);
    if (!i) return std::nullopt;
    const std::size_t begin = directory.begin(*i), end = directory.begin(*i + 1);
    const std::size_t facts_begin = directory_begin + directory_size;
    if (begin > end || facts_begin + end > source.size()) throw_corrupt("directory of a history is out of order");
    const Fact fact{key, directory.kind(*i), piece(facts_begin + begin, end - begin)};
    if (fact_kind_of(fact.bytes) != fact.kind) throw_corrupt("kind of a fact does not fit its bytes");
    return fact;
}

HistoryWriter::HistoryWriter(Instant known_from, Arena& arena)
    : known_from_(known_from), keys_(arena), kinds_(arena), ends_(arena), facts_{Alloc<Byte>(arena)} {}

void HistoryWriter::add(const Fact& fact) {
    if (known_from_ != minus_infinity && csagg::known_from(fact) < known_from_)
        forget_fact_before(fact, known_from_, facts_);
    else
        facts_.insert(facts_.end(), fact.bytes.data(), fact.bytes.data() + fact.bytes.size());
    end_fact(fact.key, fact.kind);
}

void HistoryWriter::end_fact(std::string_view key, FactKind kind) {
    check_key(key);
    if (facts_.size() > max_value_bytes)
        throw Error(Errc::limit_exceeded, "history exceeds 1 GB", "Split it into periods with csagg.slice().");
    keys_.push_back(key);
    kinds_.push_back(Byte(kind));
    ends_.push_back(facts_.size());
    if (keys_.size() % 1024 == 0) check_interrupts();
}

void HistoryWriter::finish(Bytes& out) const {
    Arena& arena = out.get_stored_allocator().arena();
    Bytes directory{Alloc<Byte>(arena)};
    ByteWriter entries(directory);
    Dictionary::write(view(keys_), entries, arena);
    if (!keys_.empty()) {
        entries.append(view(kinds_));
        const auto width = unsigned(std::bit_width(ends_.back()));
        entries.u8(Byte(width));
        BitWriter bits(arena);
        for (const std::uint64_t end : ends_) bits.put(end, width);
        entries.append(bits.finish());
    }
    ByteWriter writer(out);
    writer.u8(format_byte);
    writer.u8(known_from_ != minus_infinity ? has_known_from : 0);
    if (known_from_ != minus_infinity) writer.signed_varint(known_from_);
    writer.varint(directory.size());
    writer.append(view(directory));
    writer.append(view(facts_));
}

void validate_history(ByteSpan bytes, Arena& arena) {
    const History history(bytes);
    const Instant known_from = history.known_from();
    if (known_from != minus_infinity && (known_from < first_instant || known_from > last_instant))
        throw_corrupt("instant is out of range");
    HistoryWriter again(known_from, arena);
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Fact fact = history[i];
        if (fact.key.size() > max_key_bytes) throw_corrupt("key is too long");
        if (i > 0 && !(history[i - 1].key < fact.key)) throw_corrupt("keys are not increasing");
        if (fact.kind == FactKind::counter)
            validate_counter(fact.bytes, arena);
        else
            validate_timeline(fact.bytes, arena);
        if (csagg::known_from(fact) < known_from)
            throw_corrupt("fact is not shortened to where the history is known from");
        again.add(fact);
    }
    Bytes encoded{Alloc<Byte>(arena)};
    again.finish(encoded);
    if (!std::equal(bytes.begin(), bytes.end(), encoded.begin(), encoded.end()))
        throw_corrupt("history is not in its normal form");
}

}  // namespace csagg
