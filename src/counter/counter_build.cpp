#include "counter/counter_build.hpp"

#include "base/interrupt.hpp"
#include "base/prefetch.hpp"

namespace csagg {
namespace {

// One record: the instant (8 bytes), a tag, then what the tag says.
//   a row:       scale (1), coefficient without leading zero bytes (0 to 8), length of the actor (4), actor
//   tag_event:   an event of a finished counter: rows (varint), total, number of actors (varint), their texts
//   tag_horizon: the instant is a known_from; with tag_actor, events were forgotten
constexpr Byte tag_event = 0x80, tag_actor = 0x40, tag_scale = 0x20, tag_horizon = 0x10, tag_width = 0x0F;
constexpr std::size_t most_of_a_row = 8 + 1 + 1 + 8 + 4, usual_row = 10;
constexpr std::size_t first_capacity = 128;

// The coefficient is written whole, because that is one instruction: the buffer has room for it.
Byte* put_row(Byte* p, Instant at, const Number& amount, Byte tag) {
    const std::uint64_t coefficient = zigzag(amount.coefficient);
    const unsigned width = (unsigned(std::bit_width(coefficient)) + 7) / 8;
    std::memcpy(p, &at, 8);
    p[8] = Byte(tag | width | (amount.scale != 0 ? tag_scale : 0));
    p += 9;
    if (amount.scale != 0) *p++ = amount.scale;
    store_le(p, coefficient);
    return p + width;
}

class RecordReader {
public:
    RecordReader(Byte* begin, Byte* end, Arena& arena) : p_(begin), end_(end), actors_(arena) {}

    bool done() const { return p_ == end_; }
    Byte* at() const { return p_; }
    void go_to(Byte* p) { p_ = p; }
    /// Passes by a record; false if it is more than a row.
    bool skip_row() {
        const Byte tag = p_[8];
        if ((tag & (tag_event | tag_horizon)) != 0) return false;
        p_ += 9 + ((tag & tag_scale) != 0) + (tag & tag_width);
        if ((tag & tag_actor) != 0) read_actor();
        return true;
    }
    void read_into(Events& out) {
        Instant at = 0;
        std::memcpy(&at, p_, 8);
        const Byte tag = p_[8];
        p_ += 9;
        if ((tag & tag_event) != 0) {
            read_event(at, out);
            return;
        }
        if ((tag & tag_horizon) != 0) {
            out.forget_before(at, (tag & tag_actor) != 0);
            return;
        }
        const Number amount = read_amount(tag);
        if ((tag & tag_actor) == 0)
            out.add(at, amount);
        else
            out.add(at, amount, read_actor());
    }

private:
    Number read_amount(Byte tag) {
        Number amount;
        if ((tag & tag_scale) != 0) amount.scale = *p_++;
        Byte word[8] = {};
        std::memcpy(word, p_, tag & tag_width);
        p_ += tag & tag_width;
        amount.coefficient = unzigzag(load_le<std::uint64_t>(word));
        return amount;
    }
    std::string_view read_actor() {
        std::uint32_t size = 0;
        std::memcpy(&size, p_, 4);
        p_ += 4 + size;
        return {reinterpret_cast<const char*>(p_ - size), size};
    }
    void read_event(Instant at, Events& out) {
        ByteReader in({p_, std::size_t(end_ - p_)});
        const auto rows = std::int64_t(in.varint());
        const Wide total = Wide::read(in);
        actors_.clear();
        for (std::size_t n = in.count(8); n > 0; --n) actors_.push_back(as_text(in.take(in.count(8))));
        out.add(at, rows, total, view(actors_));
        p_ = end_ - in.left();
    }

    Byte* p_;
    Byte* end_;
    SmallVector<std::string_view, 8> actors_;
};

}  // namespace

CounterLog CounterLog::create(Flat::Grow grow) { return CounterLog(Flat::create(marker, first_capacity, grow)); }

void CounterLog::append(std::span<const Byte> record, std::string_view text) {
    const std::size_t offset = flat_.allocate(record.size() + text.size());
    std::memcpy(flat_.block() + offset, record.data(), record.size());
    if (!text.empty()) std::memcpy(flat_.block() + offset + record.size(), text.data(), text.size());
}

// Into a buffer first: the length is known only afterwards, and the block must not run over.

void CounterLog::add(Instant at, const Number& amount) {
    Byte record[most_of_a_row];
    append({record, put_row(record, at, amount, 0)});
}

void CounterLog::add(Instant at, const Number& amount, std::string_view actor) {
    Byte record[most_of_a_row];
    Byte* const end = put_row(record, at, amount, tag_actor);
    const auto length = std::uint32_t(actor.size());
    std::memcpy(end, &length, 4);
    append({record, end + 4}, actor);
}

void CounterLog::add_horizon(const Counter& counter) {
    if (counter.known_from() == minus_infinity) return;
    const Instant known_from = counter.known_from();
    Byte record[9];
    std::memcpy(record, &known_from, 8);
    record[8] = Byte(tag_horizon | (counter.forgotten() ? tag_actor : 0));
    append(record);
}

void CounterLog::add_event(const Events& events, const Event& e) {
    const auto low = std::int64_t(e.total.coefficient.word(0));
    if (e.rows == 1 && e.actor_count == 0 && e.total.coefficient == WideInteger<4>(Int128(low))) {
        add(e.at, {low, std::uint8_t(e.total.scale)});
        return;
    }
    Bytes record{Alloc<Byte>(events.arena())};
    record.resize(8);
    std::memcpy(record.data(), &e.at, 8);
    ByteWriter out(record);
    out.u8(tag_event);
    out.varint(std::uint64_t(e.rows));
    e.total.write(out);
    out.varint(e.actor_count);
    for (const std::uint32_t actor : events.actors_of(e)) out.text(events.name(actor));
    append(view(record));
}

void CounterLog::add_all(const CounterLog& other) {
    append({other.flat_.block() + sizeof(FlatHeader), other.flat_.used() - sizeof(FlatHeader)});
}

void CounterLog::add_all(const Counter& counter, Arena& arena) {
    add_horizon(counter);
    Events events(arena);
    counter.read(events);
    for (const Event& e : events.list()) add_event(events, e);
}

/// The rows' instants and places, if there are many, out of order, and nothing but rows; else none.
Vector<RowPlace> CounterLog::out_of_order(Arena& arena) const {
    constexpr std::size_t many = 4096;
    Byte* const begin = flat_.block();
    Byte* const end = begin + flat_.used();
    Vector<RowPlace> places{Alloc<RowPlace>(arena)};
    if (flat_.used() < many * usual_row) return places;
    places.reserve(flat_.used() / usual_row);
    bool in_order = true;
    RecordReader records(begin + sizeof(FlatHeader), end, arena);
    while (!records.done()) {
        if (places.size() % 65536 == 65535) check_interrupts();
        RowPlace place{0, std::size_t(records.at() - begin)};
        std::memcpy(&place.at, records.at(), sizeof place.at);
        in_order &= places.empty() || places.back().at <= place.at;
        places.push_back(place);
        if (!records.skip_row()) return Vector<RowPlace>{Alloc<RowPlace>(arena)};
    }
    if (in_order) places.clear();
    return places;
}

void CounterLog::read(Events& out) const {
    Byte* const begin = flat_.block();
    out.reserve((flat_.used() - sizeof(FlatHeader)) / usual_row);
    RecordReader records(begin + sizeof(FlatHeader), begin + flat_.used(), out.arena());
    Vector<RowPlace> places = out_of_order(out.arena());
    if (places.empty()) {
        for (std::size_t n = 1; !records.done(); ++n) {
            records.read_into(out);
            if (n % 65536 == 0) check_interrupts();
        }
        return;
    }
    // Events are several times as large as rows: these are sorted.
    sort_by_instant({places.data(), places.size()}, out.arena());
    constexpr std::size_t ahead = 16;  // they lie all over the log
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (i % 65536 == 65535) check_interrupts();
        if (i + ahead < places.size()) prefetch(begin + places[i + ahead].place, usual_row);
        records.go_to(begin + places[i].place);
        records.read_into(out);
    }
}

void CounterLog::finish(Bytes& out) const {
    Events events(out.get_stored_allocator().arena());
    read(events);
    encode_counter(events, out);
}

}  // namespace csagg
