#include "value/names.hpp"

#include "base/hash.hpp"
#include "base/sort.hpp"

#include <cstring>

namespace csagg {

std::uint32_t Names::number_of(std::string_view text) {
    if (slots_.empty()) {
        for (std::size_t i = 0; i < texts_.size(); ++i)
            if (texts_[i] == text) return std::uint32_t(i);
        if (texts_.size() < few) return append(text);
        rebuild(4 * few);
    } else if (slots_.size() < 2 * texts_.size()) {
        rebuild(2 * slots_.size());
    }
    const std::size_t slot = slot_of(text);
    if (slots_[slot] == 0) slots_[slot] = append(text) + 1;
    return slots_[slot] - 1;
}

std::uint32_t Names::append(std::string_view text) {
    if (keep_ == Keep::copies && !text.empty()) {
        auto* const bytes = static_cast<char*>(slots_.get_stored_allocator().arena().allocate(text.size(), 1));
        std::memcpy(bytes, text.data(), text.size());
        text = {bytes, text.size()};
    }
    texts_.push_back(text);
    return std::uint32_t(texts_.size() - 1);
}

/// Where the text is, or the free slot where it belongs.
std::size_t Names::slot_of(std::string_view text) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::size_t(hash_bytes(as_bytes(text), process_hash_seed)) & mask;
    while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text) slot = (slot + 1) & mask;
    return slot;
}

void Names::rebuild(std::size_t slots) {
    slots_.assign(slots, 0);
    check_interrupts();
    for (std::size_t i = 0; i < texts_.size(); ++i) slots_[slot_of(texts_[i])] = std::uint32_t(i) + 1;
}

void Names::sort(std::span<std::uint32_t> number) {
    Arena& arena = slots_.get_stored_allocator().arena();
    SmallVector<std::uint32_t, few> order(arena);
    for (std::size_t i = 0; i < texts_.size(); ++i)
        if (number[i] != 0) order.push_back(std::uint32_t(i));
    auto before = [this](std::uint32_t a, std::uint32_t b) { return texts_[a] < texts_[b]; };
    if (!std::is_sorted(order.begin(), order.end(), before)) csagg::sort(order.begin(), order.end(), before);

    SmallVector<std::string_view, few> sorted(arena);
    sorted.reserve(order.size());
    for (const std::uint32_t old : order) {
        number[old] = std::uint32_t(sorted.size());
        sorted.push_back(texts_[old]);
    }
    texts_ = std::move(sorted);
    slots_.clear();
    if (texts_.size() > few) {
        std::size_t slots = 4 * few;
        while (slots < 2 * texts_.size()) slots *= 2;
        rebuild(slots);
    }
}

}  // namespace csagg
