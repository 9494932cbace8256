#include "population/codes.hpp"

#include <algorithm>
#include <limits>

namespace csagg {
namespace {

constexpr unsigned log2_first_codes = 4;

}  // namespace

Codes::Codes(std::uint64_t seed, Arena& arena)
    : seed_(seed),
      shift_(64 - log2_first_codes),
      slots_(std::size_t(1) << log2_first_codes, Slot{}, arena),
      ends_(arena),
      texts_(arena) {}

Codes::Code Codes::of_bytes(ByteSpan bytes) {
    const std::uint64_t hash = hash_bytes(bytes, seed_);
    for (std::size_t i = std::size_t(hash >> shift_);; i = (i + 1) & (slots_.size() - 1)) {
        const Slot& slot = slots_[i];
        if (slot.code == 0) break;
        if (slot.key != hash) continue;
        const ByteSpan found = bytes_of(slot.code);
        if (std::equal(found.begin(), found.end(), bytes.begin(), bytes.end())) return slot.code;
    }
    make_room(false);
    texts_.insert(texts_.end(), bytes.data(), bytes.data() + bytes.size());
    ends_.push_back(texts_.size());
    return insert(hash, std::size_t(hash >> shift_));
}

Codes::Code Codes::insert_word(std::uint64_t word) {
    make_room(true);
    return insert(word, position(word));
}

Codes::Code Codes::insert(std::uint64_t key, std::size_t position) {
    slots_[free_position(position)] = {key, ++count_};
    return count_;
}

std::size_t Codes::free_position(std::size_t from) const {
    while (slots_[from].code != 0) from = (from + 1) & (slots_.size() - 1);
    return from;
}

void Codes::make_room(bool words) {
    if (2 * (std::size_t(count_) + 1) <= slots_.size()) return;
    if (count_ == std::numeric_limits<Code>::max() / 2)
        throw Error(Errc::limit_exceeded, "too many distinct keys or values in one aggregate");
    Vector<Slot> old(2 * slots_.size(), Slot{}, slots_.get_stored_allocator());
    old.swap(slots_);
    --shift_;
    for (const Slot& slot : old)
        if (slot.code != 0) slots_[free_position(words ? position(slot.key) : std::size_t(slot.key >> shift_))] = slot;
}

void Codes::words(Vector<std::uint64_t>& out) const {
    out.resize(count_);
    for (const Slot& slot : slots_)
        if (slot.code != 0) out[slot.code - 1] = slot.key;
}

}  // namespace csagg
