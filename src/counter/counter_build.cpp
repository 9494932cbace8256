#include "counter/counter_build.hpp"

#include "base/interrupt.hpp"

namespace csagg {
namespace {

// One record: the instant (8 bytes), a tag, then what the tag says.
//   a row:       scale (1), coefficient without leading zero bytes (0 to 8), length of the actor (4), actor
//   tag_event:   an event of a finished counter: rows (varint), total, number of actors (varint), their texts
constexpr Byte tag_event = 0x80, tag_actor = 0x40, tag_scale = 0x20, tag_width = 0x0F;
constexpr std::size_t most_of_a_row = 8 + 1 + 1 + 8 + 4;
constexpr std::size_t first_capacity = 128;

// The copies are of fixed size, because each is one instruction then; the buffer has room for it.
Byte* put_row(Byte* p, Instant at, const Number& amount, Byte tag) {
    const std::uint64_t coefficient = zigzag(amount.coefficient);
    const unsigned width = (unsigned(std::bit_width(coefficient)) + 7) / 8;
    std::memcpy(p, &at, 8);
    p[8] = Byte(tag | width | (amount.scale != 0 ? tag_scale : 0));
    p += 9;
    if (amount.scale != 0) *p++ = amount.scale;
    std::memcpy(p, &coefficient, 8);
    return p + width;
}

class RecordReader {
public:
    RecordReader(Byte* begin, Byte* end, Arena& arena) : p_(begin), end_(end), actors_(arena) {}

    bool done() const { return p_ == end_; }
    void read_into(Events& out) {
        Instant at = 0;
        std::memcpy(&at, p_, 8);
        const Byte tag = p_[8];
        p_ += 9;
        if ((tag & tag_event) != 0) {
            read_event(at, out);
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
        std::uint64_t coefficient = 0;
        std::memcpy(&coefficient, p_, tag & tag_width);
        p_ += tag & tag_width;
        amount.coefficient = unzigzag(coefficient);
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

CounterLog CounterLog::create(Flat::Grow grow) {
    CounterLog log(Flat::create(marker, first_capacity, grow));
    log.flat_.allocate_zeroed(sizeof(Header) - sizeof(FlatHeader));
    log.header().known_from = minus_infinity;
    return log;
}

void CounterLog::add(Instant at, const Number& amount) {
    // Record first into a buffer: its length is known only afterwards, and the block must not run over.
    Byte record[most_of_a_row + 8];
    const auto size = std::size_t(put_row(record, at, amount, 0) - record);
    const std::size_t offset = flat_.allocate(size);
    std::memcpy(flat_.block() + offset, record, size);
    ++header().records;
}

void CounterLog::add(Instant at, const Number& amount, std::string_view actor) {
    Byte record[most_of_a_row + 8];
    Byte* const end = put_row(record, at, amount, tag_actor);
    const auto length = std::uint32_t(actor.size());
    std::memcpy(end, &length, 4);
    const auto size = std::size_t(end + 4 - record);
    const std::size_t offset = flat_.allocate(size + actor.size());
    std::memcpy(flat_.block() + offset, record, size);
    if (!actor.empty()) std::memcpy(flat_.block() + offset + size, actor.data(), actor.size());
    ++header().records;
}

void CounterLog::add_all(const CounterLog& other) {
    const std::size_t size = other.flat_.used() - sizeof(Header);
    const std::size_t offset = flat_.allocate(size);
    std::memcpy(flat_.block() + offset, other.flat_.block() + sizeof(Header), size);
    header().records += other.header().records;
    header().known_from = std::max(header().known_from, other.header().known_from);
    header().forgotten |= other.header().forgotten;
}

void CounterLog::add_all(const Counter& counter, Arena& arena) {
    Events events(arena);
    counter.read(events);
    for (const Event& e : events.list()) add_event(events, e);
    header().known_from = std::max(header().known_from, counter.known_from());
    header().forgotten |= counter.forgotten();
}

void CounterLog::add_event(const Events& events, const Event& e) {
    const bool plain = e.rows == 1 && e.actor_count == 0 && e.total.coefficient == WideInteger<4>(Int128(std::int64_t(e.total.coefficient.word(0))));
    if (plain) {
        add(e.at, {std::int64_t(e.total.coefficient.word(0)), std::uint8_t(e.total.scale)});
        return;
    }
    Bytes record{events.arena()};
    ByteWriter out(record);
    Byte at[8];
    std::memcpy(at, &e.at, 8);
    out.append(at);
    out.u8(tag_event);
    out.varint(std::uint64_t(e.rows));
    e.total.write(out);
    out.varint(e.actor_count);
    for (const std::uint32_t actor : events.actors_of(e)) out.text(events.name(actor));
    const std::size_t offset = flat_.allocate(record.size());
    std::memcpy(flat_.block() + offset, record.data(), record.size());
    ++header().records;
}

void CounterLog::read(Events& out) const {
    out.forget_before(header().known_from, header().forgotten);
    out.reserve(std::size_t(header().records));
    RecordReader records(flat_.block() + sizeof(Header), flat_.block() + flat_.used(), out.arena());
    for (std::size_t n = 1; !records.done(); ++n) {
        records.read_into(out);
        if (n % 65536 == 0) check_interrupts();
    }
}

void CounterLog::finish(Bytes& out) const {
    Events events(out.get_stored_allocator().arena());
    read(events);
    encode_counter(events, out);
}

}  // namespace csagg
