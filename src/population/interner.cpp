#include "population/interner.hpp"

namespace csagg {
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

std::uint32_t Interner::insert(Flat& flat, std::size_t self, std::uint64_t seed, std::uint64_t word,
                               std::uint32_t tag) {
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
