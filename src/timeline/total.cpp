#include "timeline/total.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"
#include "base/sort.hpp"
#include "value/wide.hpp"

namespace csagg {

TotalLog TotalLog::create(Flat::Grow grow) {
    TotalLog log(Flat::create(marker, 256, grow));
    log.flat_.allocate(sizeof(Header) - sizeof(FlatHeader));
    log.header().known_from = minus_infinity;
    return log;
}

void TotalLog::append(Instant at, const Value& value, int presence) {
    if (value.absent) return;
    const std::size_t offset = flat_.allocate(sizeof(Change));
    *flat_.at<Change>(offset) = {at, value.word, presence, value.scale};
}

void TotalLog::add(const Timeline& timeline, Arena& arena) {
    require_kind(timeline.kind(), Kind::number, "timeline");
    Entries entries(arena);
    timeline.read(entries);
    Value held = Value::none(Kind::number);
    for (const Entry& e : entries) {
        if (same(held, e.value)) continue;
        append(e.at, held, -1);
        append(e.at, e.value, +1);
        held = e.value;
    }
    header().known_from = std::max(header().known_from, timeline.known_from());
}

void TotalLog::add_all(const TotalLog& other) {
    const std::size_t size = other.flat_.used() - sizeof(Header);
    const std::size_t offset = flat_.allocate(size);  // may move the block
    if (size > 0) std::memcpy(flat_.block() + offset, other.flat_.block() + sizeof(Header), size);
    header().known_from = std::max(header().known_from, other.header().known_from);
}

Steps TotalLog::finish(Arena& arena) const {
    Vector<Change> changes(this->changes().begin(), this->changes().end(), arena);
    csagg::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at < b.at; });

    Steps out(Kind::number, arena);
    Wide sum;
    std::int64_t present = 0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const Change& c = changes[i];
        sum.add(Number{c.coefficient, std::uint8_t(c.scale)}, c.presence);
        present += c.presence;
        // One value an instant; what nobody can see must not be out of range either.
        if (i + 1 < changes.size() && changes[i + 1].at <= std::max(c.at, header().known_from)) continue;
        if (i % 4096 == 0) check_interrupts();
        const Value value = present == 0 ? Value::none(Kind::number) : Value::of(sum.to_number());
        const bool repeats = out.entries.empty() ? value.absent : same(out.entries.back().value, value);
        if (!repeats) out.entries.push_back({c.at, 0, value});
    }
    forget_before(out, header().known_from);
    return out;
}

namespace {

constexpr Byte wire_version = 0x10;

}  // namespace

void TotalLog::write(Bytes& out) const {
    ByteWriter writer(out);
    writer.u8(wire_version);
    writer.fixed(header().known_from);
    for (const Change& c : changes()) {
        writer.fixed(c.at);
        writer.fixed(c.coefficient);
        writer.u8(Byte(c.scale));
        writer.u8(c.presence > 0 ? 1 : 0);
    }
}

TotalLog TotalLog::read(ByteSpan bytes, Flat::Grow grow) {
    ByteReader in(bytes);
    if (in.u8() != wire_version) throw_corrupt("not a sum in the making of a known format");
    TotalLog log = create(grow);
    log.header().known_from = in.fixed<Instant>();
    if (log.header().known_from != minus_infinity) check_instant(log.header().known_from);
    while (in.left() > 0) {
        const auto at = in.fixed<Instant>();
        const auto coefficient = in.fixed<std::int64_t>();
        const Byte scale = in.u8(), enters = in.u8();
        check_instant(at);
        const Number number = Number::normalized(coefficient, scale);
        if (number.coefficient != coefficient || number.scale != scale || enters > 1)
            throw_corrupt("change of a sum is out of range");
        log.append(at, Value::of(number), enters == 1 ? +1 : -1);
    }
    return log;
}

}  // namespace csagg
