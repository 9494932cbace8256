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
    make_room(sizeof(Change));
    const std::size_t offset = flat_.allocate(sizeof(Change));
    *flat_.at<Change>(offset) = {at, value.word, presence, value.scale};
}

void TotalLog::make_room(std::size_t bytes) {
    constexpr std::size_t worthwhile = 1024;
    if (bytes <= flat_.free_bytes().size() || changes().size() < worthwhile) return;
    compact();
    // Half of it is to be free, if that is possible, else the next time would come soon.
    flat_.reserve(std::max(bytes, std::min(flat_.used(), max_value_bytes - flat_.used())));
}

/// Of changes of one instant and scale there are three at most then, which come to the same: so often so much, once the
/// rest, and nothing as often as makes up for these.
void TotalLog::compact() {
    constexpr std::int64_t much = 1'000'000'000'000'000'000;
    Change* const changes = flat_.at<Change>(sizeof(Header));
    const std::size_t n = this->changes().size();
    csagg::sort(changes, changes + n,
                [](const Change& a, const Change& b) { return a.at != b.at ? a.at < b.at : a.scale < b.scale; });
    Change* out = changes;
    for (std::size_t i = 0; i < n;) {
        const Instant at = changes[i].at;
        const std::uint32_t scale = changes[i].scale;
        Int128 sum = 0;
        std::int64_t present = 0;
        std::size_t end = i;
        for (; end < n && changes[end].at == at && changes[end].scale == scale; ++end) {
            sum += Int128(changes[end].coefficient) * changes[end].presence;
            present += changes[end].presence;
        }
        const auto often = std::int64_t(sum / much), rest = std::int64_t(sum % much);
        const std::int64_t more = present - often - (rest != 0);
        if (end - i < 3 || often != std::int32_t(often) || more != std::int32_t(more)) {
            out = std::copy(changes + i, changes + end, out);
        } else {
            if (often != 0) *out++ = {at, much, std::int32_t(often), scale};
            if (rest != 0) *out++ = {at, rest, 1, scale};
            if (more != 0) *out++ = {at, 0, std::int32_t(more), scale};
        }
        i = end;
    }
    flat_.truncate(sizeof(Header) + std::size_t(out - changes) * sizeof(Change));
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
    make_room(size);
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

constexpr Byte wire_version = 0x11, one_by_one = 0x10;  // the version before: each change enters or leaves once

}  // namespace

void TotalLog::write(Bytes& out) const {
    ByteWriter writer(out);
    writer.u8(wire_version);
    writer.fixed(header().known_from);
    for (const Change& c : changes()) {
        writer.fixed(c.at);
        writer.fixed(c.coefficient);
        writer.u8(Byte(c.scale));
        writer.fixed(c.presence);
    }
}

TotalLog TotalLog::read(ByteSpan bytes, Flat::Grow grow) {
    ByteReader in(bytes);
    const Byte version = in.u8();
    if (version != wire_version && version != one_by_one) throw_corrupt("not a sum in the making of a known format");
    TotalLog log = create(grow);
    log.header().known_from = in.fixed<Instant>();
    if (log.header().known_from != minus_infinity) check_instant(log.header().known_from);
    while (in.left() > 0) {
        const auto at = in.fixed<Instant>();
        const auto coefficient = in.fixed<std::int64_t>();
        const Byte scale = in.u8();
        const std::int32_t presence = version == one_by_one ? in.u8() * 2 - 1 : in.fixed<std::int32_t>();
        check_instant(at);
        if (scale > Number::max_scale || (version == one_by_one && presence > 1))
            throw_corrupt("change of a sum is out of range");
        const std::size_t offset = log.flat_.allocate(sizeof(Change));
        *log.flat_.at<Change>(offset) = {at, coefficient, presence, scale};
    }
    return log;
}

}  // namespace csagg
