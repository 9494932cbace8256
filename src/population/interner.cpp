#include "population/interner.hpp"

namespace csagg {
namespace {

constexpr std::uint64_t secret[] = {0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3};

/// The last 0 to 16 bytes as two words: they overlap where there are fewer, which costs no call of memcpy.
struct Tail {
    std::uint64_t a = 0, b = 0;

    Tail(const Byte* p, std::size_t size) {
        if (size >= 8) {
            a = load_le<std::uint64_t>(p);
            b = load_le<std::uint64_t>(p + size - 8);
        } else if (size >= 4) {
            a = load_le<std::uint32_t>(p);
            b = load_le<std::uint32_t>(p + size - 4);
        } else if (size > 0) {
            a = std::uint64_t(p[0]) << 16 | std::uint64_t(p[size / 2]) << 8 | p[size - 1];
        }
    }
};

}  // namespace

std::uint64_t hash_bytes(ByteSpan bytes, std::uint64_t seed) {
    const Byte* p = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t h = seed ^ secret[0];
    for (; left > 16; p += 16, left -= 16)
        h = fold_multiply(load_le<std::uint64_t>(p) ^ secret[1], load_le<std::uint64_t>(p + 8) ^ h);
    const Tail tail(p, left);
    h = fold_multiply(tail.a ^ secret[1], tail.b ^ h);
    return fold_multiply(h ^ secret[2], bytes.size() ^ secret[1] ^ seed);
}

std::uint32_t Interner::find(const Flat& flat, std::uint64_t hash, ByteSpan bytes) const {
    const InternSlot* const slots = flat.at<InternSlot>(slots_);
    for (std::size_t i = std::size_t(hash >> shift_);; i = (i + 1) & (capacity() - 1)) {
        const InternSlot& slot = slots[i];
        if (slot.id == 0) return 0;
        if (slot.key != hash || !slot.is_bytes()) continue;
        const ByteSpan found = bytes_of(flat, slot);
        if (found.size() == bytes.size() && std::memcmp(found.data(), bytes.data(), bytes.size()) == 0) return slot.id;
    }
}

std::uint32_t Interner::insert(Flat& flat, std::size_t self, std::uint64_t seed, std::uint64_t word, std::uint32_t tag) {
    return insert_slot(flat, self, seed, {word, tag, 0});
}

std::uint32_t Interner::insert(Flat& flat, std::size_t self, std::uint64_t seed, std::uint64_t hash, ByteSpan bytes) {
    const auto size = std::uint32_t(bytes.size());
    const std::size_t place = flat.allocate(sizeof size + size);
    std::memcpy(flat.block() + place, &size, sizeof size);
    if (size > 0) std::memcpy(flat.block() + place + sizeof size, bytes.data(), size);
    return insert_slot(flat, self, seed, {hash, InternSlot::bytes_flag | std::uint32_t(place), 0});
}

std::uint32_t Interner::insert_slot(Flat& flat, std::size_t self, std::uint64_t seed, InternSlot slot) {
    if (2 * (std::size_t(flat.at<Interner>(self)->count_) + 1) > flat.at<Interner>(self)->capacity())
        enlarge(flat, self, seed);
    Interner& interner = *flat.at<Interner>(self);
    slot.id = ++interner.count_;
    interner.place_slot(flat, seed, slot);
    return slot.id;
}

void Interner::enlarge(Flat& flat, std::size_t self, std::uint64_t seed) {
    const Interner old = *flat.at<Interner>(self);
    const std::size_t larger = flat.allocate_zeroed(2 * old.capacity() * sizeof(InternSlot));
    Interner& interner = *flat.at<Interner>(self);
    interner.slots_ = std::uint32_t(larger);
    --interner.shift_;
    for (const InternSlot& slot : old.slots(flat))
        if (slot.id != 0) interner.place_slot(flat, seed, slot);
}

void Interner::place_slot(const Flat& flat, std::uint64_t seed, const InternSlot& slot) const {
    InternSlot* const slots = flat.at<InternSlot>(slots_);
    std::size_t i = slot.is_bytes() ? std::size_t(slot.key >> shift_) : lookup(flat, seed).position(slot.key, slot.tag);
    while (slots[i].id != 0) i = (i + 1) & (capacity() - 1);
    slots[i] = slot;
}

}  // namespace csagg
