#include "value/columns.hpp"

#include <bit>

namespace csagg {
namespace {

constexpr std::int64_t units[] = {1, 1'000, 1'000'000, 60'000'000, 3'600'000'000, 86'400'000'000};
constexpr unsigned unit_count = std::size(units);
constexpr unsigned base_unit_count = 3;  // a base is at best a whole second: zones of half an hour exist

// A switch over constants, so that each division is a multiplication.
bool divides(unsigned unit, std::uint64_t v) {
    switch (unit) {
        case 0: return true;
        case 1: return v % 1'000 == 0;
        case 2: return v % 1'000'000 == 0;
        case 3: return v % 60'000'000 == 0;
        case 4: return v % 3'600'000'000 == 0;
        default: return v % 86'400'000'000 == 0;
    }
}

std::uint64_t divide(unsigned unit, std::uint64_t v) {
    switch (unit) {
        case 0: return v;
        case 1: return v / 1'000;
        case 2: return v / 1'000'000;
        case 3: return v / 60'000'000;
        case 4: return v / 3'600'000'000;
        default: return v / 86'400'000'000;
    }
}

std::uint64_t magnitude(std::int64_t v) { return v < 0 ? 0 - std::uint64_t(v) : std::uint64_t(v); }

}  // namespace

InstantsHead InstantsHead::plan(std::span<const Instant> at) {
    InstantsHead head;
    head.since_ever = !at.empty() && at.front() == minus_infinity;
    const auto finite = at.subspan(head.since_ever ? 1 : 0);
    if (finite.empty()) return head;
    head.base = finite.front();
    for (head.base_unit = base_unit_count - 1; !divides(head.base_unit, magnitude(head.base));) --head.base_unit;
    if (finite.size() == 1) return head;

    unsigned unit = unit_count - 1;
    for (const Instant t : finite.subspan(1))
        while (!divides(unit, std::uint64_t(t) - std::uint64_t(head.base))) --unit;
    head.unit = std::uint8_t(unit);
    const std::uint64_t per_entry = head.distance(finite.back()) / (finite.size() - 1);
    head.low_width = std::uint8_t(per_entry == 0 ? 0 : std::bit_width(per_entry) - 1);
    return head;
}

InstantsHead InstantsHead::read(Byte flags, ByteReader& in, std::size_t n) {
    InstantsHead head;
    head.base_unit = flags & 3;
    head.unit = flags >> 2 & 7;
    head.since_ever = (flags >> 5 & 1) != 0;
    if (head.base_unit >= base_unit_count || head.unit >= unit_count) throw_corrupt("unknown unit of time");
    if (n <= (head.since_ever ? 1u : 0u)) return head;
    if (__builtin_mul_overflow(in.signed_varint(), units[head.base_unit], &head.base))
        throw_corrupt("instant is out of range");
    if (head.base < first_instant || head.base > last_instant) throw_corrupt("instant is out of range");
    if (head.coded(n) == 0) return head;
    head.low_width = in.u8();
    if (head.low_width > 63) throw_corrupt("instants are too wide");
    return head;
}

void InstantsHead::write(ByteWriter& out, std::size_t n) const {
    if (n <= (since_ever ? 1u : 0u)) return;
    out.signed_varint(base / units[base_unit]);
    if (coded(n) > 0) out.u8(low_width);
}

std::uint64_t InstantsHead::distance(Instant at) const { return divide(unit, std::uint64_t(at) - std::uint64_t(base)); }

void InstantsHead::write_low(std::span<const Instant> at, BitWriter& out) const {
    for (const Instant t : at.last(coded(at.size()))) out.put(distance(t), low_width);
}

void InstantsHead::write_high(std::span<const Instant> at, BitWriter& out) const {
    std::uint64_t previous = 0;
    for (const Instant t : at.last(coded(at.size()))) {
        const std::uint64_t high = distance(t) >> low_width;
        out.put_unary(high - previous);
        previous = high;
    }
}

std::size_t InstantsHead::decode(BitSpan bits, std::size_t low, std::size_t high, std::size_t n, Instant* at) const {
    if (n == 0) return high;
    if (since_ever) *at++ = minus_infinity;
    if (n > (since_ever ? 1u : 0u)) *at++ = base;
    const std::size_t m = coded(n);
    if (m == 0) return high;
    const auto step = std::uint64_t(units[unit]);
    // A high part is how many zeros stand before its one: all bits before it, but for the ones.
    std::uint64_t distance = 0, zeros = 0, ones = 0, zeros_before = std::uint64_t(-64);
    const auto first = std::uint64_t(base);
    std::size_t word = high - 64;
    bits.for_each(low, low_width, m, [&](std::uint64_t low_part) {
        while (ones == 0) {
            word += 64;
            zeros_before += 64;
            if (word >= bits.bits()) throw_corrupt("instants end too early");
            ones = bits.get(word, 64);
        }
        zeros = zeros_before-- + unsigned(std::countr_zero(ones));
        ones &= ones - 1;
        const std::uint64_t previous = distance;
        distance = zeros << low_width | low_part;
        if (distance <= previous) throw_corrupt("instants are not increasing");
        *at++ = Instant(first + distance * step);
    });
    check_last(at[-1], distance, zeros);
    return high + zeros + m;
}

/// Distances increase: if a sum has left the range of an instant, or has wrapped around, so has the last.
void InstantsHead::check_last(Instant last, std::uint64_t distance, std::uint64_t zeros) const {
    if (zeros >> (63 - low_width) > 1) throw_corrupt("instants are not increasing");
    if (__builtin_mul_overflow(distance, std::uint64_t(units[unit]), &distance) || last <= base || last > last_instant)
        throw_corrupt("instant is out of range");
}

/// The last of m coded instants that lies before `since`, as far as its high part tells; the first if there is none.
InstantsHead::Place InstantsHead::place_before(Instant since, BitSpan bits, std::size_t high, std::size_t m) const {
    Place place{high, 0, bits.get(high, 64)};
    if (since <= base) return place;
    const std::uint64_t sought = distance(since) >> low_width;
    for (Place next = place;;) {
        const auto ones = std::size_t(std::popcount(next.word));
        const std::size_t zeros = next.position - high - next.ones;
        if (next.word != 0 && zeros + std::size_t(std::countr_zero(next.word)) < sought) place = next;
        if (next.ones + ones >= m || zeros + 64 - ones >= sought || next.position + 64 >= bits.bits()) break;
        next = {next.position + 64, next.ones + ones, bits.get(next.position + 64, 64)};
    }
    for (std::uint64_t rest = place.word & (place.word - 1); rest != 0 && place.ones + 1 < m; rest &= rest - 1) {
        if (place.position + std::size_t(std::countr_zero(rest)) - high - place.ones - 1 >= sought) break;
        place = {place.position, place.ones + 1, rest};
    }
    return place;
}

InstantsHead::Part InstantsHead::decode_part(BitSpan bits, std::size_t low, std::size_t high, std::size_t n,
                                             const Stretch& stretch, Instant* at) const {
    const std::size_t m = coded(n);
    Place place = m == 0 ? Place{high, 0, 0} : place_before(stretch.since, bits, high, m);
    const std::size_t first = place.ones;
    Part part{first == 0 ? 0 : n - m + first, 0};
    if (first == 0) {
        if (n > 0 && since_ever) at[part.count++] = minus_infinity;
        if (part.count < n) at[part.count++] = base;
    }
    std::uint64_t distance = 0, zeros = 0;
    bool increasing = true;
    for (Instant last = base; place.ones < m && last <= stretch.until;) {
        if (place.word == 0) {
            place.position += 64;
            if (place.position >= bits.bits()) throw_corrupt("instants end too early");
            place.word = bits.get(place.position, 64);
            continue;
        }
        zeros = place.position + std::size_t(std::countr_zero(place.word)) - high - place.ones;
        const std::uint64_t previous = distance;
        distance = zeros << low_width | bits.get(low + place.ones * low_width, low_width);
        increasing &= distance > previous;
        last = at[part.count++] = Instant(std::uint64_t(base) + distance * std::uint64_t(units[unit]));
        place = {place.position, place.ones + 1, place.word & (place.word - 1)};
    }
    if (!increasing) throw_corrupt("instants are not increasing");
    if (place.ones > first) check_last(at[part.count - 1], distance, zeros);
    return part;
}

IntegersHead IntegersHead::plan(std::span<const std::int64_t> values) {
    IntegersHead head;
    if (values.empty()) return head;
    std::int64_t least = values.front(), greatest = values.front();
    for (const std::int64_t v : values) {  // without branches: what the values are is not to be predicted
        least = std::min(least, v);
        greatest = std::max(greatest, v);
    }
    head.least = least;
    head.width = std::uint8_t(std::bit_width(std::uint64_t(greatest) - std::uint64_t(least)));
    return head;
}

IntegersHead IntegersHead::read(ByteReader& in) {
    IntegersHead head;
    head.least = in.signed_varint();
    head.width = in.u8();
    if (head.width > 64) throw_corrupt("integers are too wide");
    return head;
}

Dictionary Dictionary::read(ByteReader& in) {
    Dictionary dictionary;
    dictionary.n_ = in.count(0);
    if (dictionary.n_ == 0) return dictionary;
    dictionary.width_ = in.u8();
    // Of distinct texts only one is empty.
    if (dictionary.width_ > 32 || dictionary.n_ > max_texts || (dictionary.width_ == 0 && dictionary.n_ > 1))
        throw_corrupt("dictionary is too large");
    const ByteSpan ends = in.take((dictionary.n_ * dictionary.width_ + 7) / 8);
    dictionary.ends_ = BitSpan(ends);
    const std::size_t total = dictionary.ends_.get((dictionary.n_ - 1) * dictionary.width_, dictionary.width_);
    dictionary.texts_ = in.take(total);
    // The texts lie behind: with them, no end is near the end of the bytes, where reading is slow.
    dictionary.ends_ = BitSpan(ByteSpan(ends.data(), ends.size() + total));
    return dictionary;
}

void Dictionary::write(std::span<const std::string_view> sorted, ByteWriter& out, Arena& arena) {
    out.varint(sorted.size());
    if (sorted.empty()) return;
    std::uint64_t total = 0;
    for (const auto text : sorted) total += text.size();
    const auto width = unsigned(std::bit_width(total));
    out.u8(Byte(width));
    BitWriter ends(arena);
    std::uint64_t end = 0;
    for (const auto text : sorted) ends.put(end += text.size(), width);
    out.append(ends.finish());
    for (const auto text : sorted) out.append(as_bytes(text));
}

std::string_view Dictionary::operator[](std::size_t i) const {
    if (i >= n_) throw_corrupt("text is not in the dictionary");
    const std::size_t begin = i == 0 ? 0 : ends_.get((i - 1) * width_, width_);
    const std::size_t end = ends_.get(i * width_, width_);
    if (begin > end || end > texts_.size()) throw_corrupt("dictionary is out of order");
    return as_text(texts_.subspan(begin, end - begin));
}

}  // namespace csagg
