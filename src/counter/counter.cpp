#include "counter/counter.hpp"

#include "base/interrupt.hpp"
#include "counter/counter_block.hpp"

namespace csagg {
namespace {

constexpr Byte format_byte = 0x10 | counter_tag;  // the format version is the high nibble
constexpr Byte has_known_from = 1, is_paged = 2, has_names = 4, has_forgotten = 8;
constexpr std::size_t directory_entry = 12;  // int64 first instant, uint32 offset of the block

}  // namespace

Counter::Counter(ByteSpan bytes) : bytes_(bytes) {
    ByteReader in(bytes);
    if (in.u8() != format_byte) throw_corrupt("not a counter of a known format");
    const Byte flags = in.u8();
    if ((flags & ~(has_known_from | is_paged | has_names | has_forgotten)) != 0)
        throw_corrupt("unknown flags of a counter");
    const std::uint64_t count = in.varint();
    if (count > max_value_bytes) throw_corrupt("counter has too many instants");
    count_ = std::size_t(count);
    if ((flags & has_known_from) != 0) known_from_ = in.signed_varint();
    forgotten_ = (flags & has_forgotten) != 0;
    if (forgotten_ && known_from_ == minus_infinity) throw_corrupt("counter forgot without a horizon");
    if (((flags & is_paged) != 0) != paged()) throw_corrupt("directory of a counter does not fit its size");

    directory_ = bytes.size() - in.left();
    if (paged()) in.take(blocks() * directory_entry);
    if ((flags & has_names) != 0) {
        dictionary_ = Dictionary::read(in);
        // Each text is used somewhere, and a number takes a bit where there are two.
        if (dictionary_.size() == 0 || (dictionary_.size() > 1 && dictionary_.size() > bytes.size() * 8))
            throw_corrupt("dictionary of a counter does not fit its size");
    }
    if (!paged()) directory_ = bytes.size() - in.left();
}

ByteSpan Counter::block_bytes(std::size_t i) const {
    if (!paged()) return bytes_.subspan(directory_);
    const Byte* entry = bytes_.data() + directory_ + i * directory_entry;
    const std::size_t begin = load_le<std::uint32_t>(entry + 8);
    const std::size_t end = i + 1 < blocks() ? load_le<std::uint32_t>(entry + directory_entry + 8) : bytes_.size();
    if (begin > end || end > bytes_.size()) throw_corrupt("directory of a counter is out of order");
    return bytes_.subspan(begin, end - begin);
}

Instant Counter::block_start(std::size_t i) const {
    return load_le<Instant>(bytes_.data() + directory_ + i * directory_entry);
}

CounterBlock Counter::block(std::size_t i) const { return {block_size(i), block_bytes(i), dictionary_.size()}; }

Instant Counter::first() const {
    Instant at[block_entries];
    return block(0).decode_instants(at).front();
}

Instant Counter::last() const {
    Instant at[block_entries];
    return block(blocks() - 1).decode_instants(at).back();
}

/// Their numbers in `out`, which knows other names already.
void Counter::read_names(Events& out, Vector<std::uint32_t>& numbers) const {
    numbers.reserve(dictionary_.size());
    for (std::size_t i = 0; i < dictionary_.size(); ++i) {
        const std::string_view name = dictionary_[i];
        if (i > 0 && !(dictionary_[i - 1] < name)) throw_corrupt("dictionary of a counter is out of order");
        numbers.push_back(out.names_.number_of(name));
    }
}

void Counter::read(Events& out, Instant since, Instant until) const {
    out.forget_before(known_from_, forgotten_);
    Vector<std::uint32_t> numbers{Alloc<std::uint32_t>(out.arena())};
    read_names(out, numbers);
    if (since == minus_infinity && until == plus_infinity) out.reserve(count_);

    Instant previous = minus_infinity;
    std::int64_t rows = 0;
    Instant at[block_entries];
    for (std::size_t b = 0; b < blocks(); ++b) {
        if (b % 64 == 63) check_interrupts();
        if (paged() && (block_start(b) >= until || (b + 1 < blocks() && block_start(b + 1) <= since))) continue;
        CounterBlock block = this->block(b);
        const auto instants = block.decode_instants(at);
        if (b > 0 && instants.front() <= previous) throw_corrupt("instants are not increasing");
        previous = instants.back();
        for (std::size_t i = 0, actor = 0; i < block.size(); ++i) {
            Event& e = out.list_.emplace_back();
            e.at = instants[i];
            e.rows = block.rows(i);
            block.read_total(i, e.total);
            if ((rows += e.rows) > max_rows) throw_corrupt("counter has too many events");
            const std::size_t actors_end = actor + block.actor_count(i);
            if (e.at < since || e.at >= until) {
                actor = actors_end;
                out.list_.pop_back();
                continue;
            }
            e.first_actor = out.actors_.size();
            e.actor_count = actors_end - actor;
            for (; actor < actors_end; ++actor) out.actors_.push_back(numbers[block.actor(actor)]);
        }
    }
}

namespace {

/// The total as an integer at this scale, if it is one of 64 bits.
bool to_scaled(const Wide& total, int scale, std::int64_t& scaled) {
    const auto low = std::int64_t(total.coefficient.word(0));
    if (total.coefficient != WideInteger<4>(Int128(low))) return false;
    const auto shift = std::size_t(scale - total.scale);
    scaled = 0;
    if (low == 0) return true;
    return shift < std::size(power_of_ten) && !__builtin_mul_overflow(low, power_of_ten[shift], &scaled);
}

bool equals(const Wide& total, std::int64_t rows) {
    return total.scale == 0 && total.coefficient == WideInteger<4>(Int128(rows));
}

class BlockEncoder {
public:
    BlockEncoder(const Events& events, Arena& arena)
        : events_(events), at_(arena), rows_(arena), totals_(arena), counts_(arena), arena_(arena) {}

    void write(std::span<const Event> part, Bytes& out) {
        collect(part);
        const InstantsHead instants = InstantsHead::plan(view(at_));
        const IntegersHead rows = IntegersHead::plan(view(rows_)), counts = IntegersHead::plan(view(counts_));
        const IntegersHead totals = IntegersHead::plan(view(totals_));
        const bool has_rows = rows.least != 1 || rows.width != 0;
        const bool has_names = events_.name_count() > 0;

        ByteWriter head(out);
        head.u8(Byte(instants.flags() | (has_totals_ ? block_has_totals : 0) | (has_rows ? block_has_rows : 0)));
        instants.write(head, at_.size());
        if (has_rows) rows.write(head);
        if (has_totals_) head.u8(scale_);
        if (has_totals_ && scale_ == wide_totals) write_wide(part, head);
        if (has_totals_ && scale_ != wide_totals) totals.write(head);
        if (has_names) counts.write(head);

        BitWriter bits(arena_);
        instants.write_low(view(at_), bits);
        if (has_rows) rows.write_bits(view(rows_), bits);
        if (has_totals_ && scale_ != wide_totals) totals.write_bits(view(totals_), bits);
        if (has_names) write_actors(part, counts, bits);
        instants.write_high(view(at_), bits);
        head.append(bits.finish());
    }

private:
    void collect(std::span<const Event> part) {
        at_.clear();
        rows_.clear();
        totals_.clear();
        counts_.clear();
        has_totals_ = false;
        for (const Event& e : part) {
            at_.push_back(e.at);
            rows_.push_back(e.rows);
            counts_.push_back(std::int64_t(e.actor_count));
            has_totals_ |= !equals(e.total, e.rows);
        }
        if (has_totals_) collect_totals(part);
    }
    void collect_totals(std::span<const Event> part) {
        std::int64_t scale = 0;
        for (const Event& e : part) scale = std::max(scale, e.total.scale);
        scale_ = Byte(scale);
        for (const Event& e : part) {
            std::int64_t scaled = 0;
            if (!to_scaled(e.total, int(scale), scaled)) {
                scale_ = wide_totals;
                return;
            }
            totals_.push_back(scaled);
        }
    }
    void write_wide(std::span<const Event> part, ByteWriter& head) {
        Bytes wide{Alloc<Byte>(arena_)};
        ByteWriter writer(wide);
        for (const Event& e : part) e.total.write(writer);
        head.varint(wide.size());
        head.append(view(wide));
    }
    void write_actors(std::span<const Event> part, const IntegersHead& counts, BitWriter& bits) {
        counts.write_bits(view(counts_), bits);
        const auto width = unsigned(std::bit_width(events_.name_count() - 1));
        for (const Event& e : part)
            for (const std::uint32_t actor : events_.actors_of(e)) bits.put(actor, width);
    }

    const Events& events_;
    bool has_totals_ = false;
    Byte scale_ = 0;
    SmallVector<Instant, 32> at_;
    SmallVector<std::int64_t, 32> rows_, totals_, counts_;
    Arena& arena_;
};

void write_names(const Events& events, ByteWriter& out, Arena& arena) {
    SmallVector<std::string_view, 16> names(arena);
    for (std::uint32_t i = 0; i < events.name_count(); ++i) names.push_back(events.name(i));
    Dictionary::write(view(names), out, arena);
}

}  // namespace

void encode_counter(Events& events, Bytes& out) {
    events.settle();
    Arena& arena = out.get_stored_allocator().arena();
    const auto list = events.list();
    const std::size_t start = out.size();
    const bool paged = list.size() > block_entries, whole = events.known_from() == minus_infinity;
    ByteWriter writer(out);
    writer.u8(format_byte);
    writer.u8(Byte((whole ? 0 : has_known_from) | (paged ? is_paged : 0) | (events.name_count() > 0 ? has_names : 0) |
                   (events.forgotten() ? has_forgotten : 0)));
    writer.varint(list.size());
    if (!whole) writer.signed_varint(events.known_from());
    std::size_t directory = out.size();
    const std::size_t blocks = (list.size() + block_entries - 1) / block_entries;
    if (paged) out.resize(out.size() + blocks * directory_entry);
    if (events.name_count() > 0) write_names(events, writer, arena);

    BlockEncoder encoder(events, arena);
    for (std::size_t b = 0; b < blocks; ++b) {
        const auto part = list.subspan(b * block_entries, std::min(block_entries, list.size() - b * block_entries));
        if (paged) {
            check_interrupts();
            store_le(out.data() + directory, part.front().at);
            store_le(out.data() + directory + 8, std::uint32_t(out.size() - start));
            directory += directory_entry;
        }
        encoder.write(part, out);
        if (out.size() - start > max_value_bytes)
            throw Error(Errc::limit_exceeded, "counter exceeds 1 GB",
                        "Split it into periods with csagg.slice(), or shorten it with csagg.downsample().");
    }
}

bool is_reachable(std::int64_t rows, const Wide& total) {
    Wide excess = total;
    if (excess.coefficient.is_negative()) excess.negate();
    excess.add(Number{power_of_ten[Number::max_digits] - 1, 0}, -rows);
    return excess.is_zero() || excess.coefficient.is_negative();
}

void validate_counter(ByteSpan bytes, Arena& arena) {
    const Counter counter(bytes);
    Events events(arena);
    counter.read(events);
    if (counter.known_from() != minus_infinity &&
        (counter.known_from() < first_instant || counter.known_from() > last_instant))
        throw_corrupt("instant is out of range");
    for (const Event& e : events.list()) {
        if (e.at != minus_infinity && (e.at < first_instant || e.at > last_instant))
            throw_corrupt("instant is out of range");
        if (!is_reachable(e.rows, e.total)) throw_corrupt("total is out of range");
    }
    Bytes again{Alloc<Byte>(arena)};
    encode_counter(events, again);
    if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end()))
        throw_corrupt("counter is not in its normal form");
}

}  // namespace csagg
