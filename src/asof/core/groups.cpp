#include "asof/core/groups.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <algorithm>
#include <cstring>

namespace csagg::asof {

void Groups::put(std::uint64_t word, Group group) {
    std::size_t at = position(word);
    while (slots_[at].group != no_group) at = (at + 1) & mask();
    slots_[at] = {word, group};
}

Group Groups::add(std::uint64_t word) {
    if (words_.size() >= std::size_t(1) << 31)
        throw Error(Errc::limit_exceeded, "as-of join: more than 2147483648 keys");
    words_.push_back(word);
    const auto group = Group(words_.size() - 1);
    if (words_.size() * 2 <= slots_.size()) {
        put(word, group);
        return group;
    }
    const std::size_t size = std::bit_ceil(std::max<std::size_t>(64, words_.size() * 2));
    slots_.clear();
    slots_.resize(size, Slot{0, no_group});
    for (Group g = 0; g < words_.size(); ++g) {
        if (g % 65536 == 65535) check_interrupts();
        put(words_[g], g);
    }
    return group;
}

void Groups::clear() {
    words_ = Vector<std::uint64_t>(words_.get_stored_allocator());
    slots_ = Vector<Slot>(slots_.get_stored_allocator());
}

std::size_t GroupsImage::bytes(const Groups& groups) {
    return sizeof(std::uint64_t) + slots_of(groups.size()) * sizeof(Slot);
}

void GroupsImage::write(const Groups& groups, std::uint64_t seed, Byte* to) {
    const std::uint64_t size = slots_of(groups.size());
    std::memcpy(to, &size, sizeof size);
    auto* const slots = reinterpret_cast<Slot*>(to + sizeof size);
    std::fill_n(slots, size, Slot{0, no_group});
    const GroupsImage image(to);
    for (Group g = 0; g < groups.size(); ++g) {
        if (g % 65536 == 65535) check_interrupts();
        std::size_t at = hash_word(groups.word(g), seed) & image.mask_;
        while (slots[at].group != no_group) at = (at + 1) & image.mask_;
        slots[at] = {groups.word(g), g};
    }
}

GroupsImage::GroupsImage(const Byte* image) : slots_(reinterpret_cast<const Slot*>(image + sizeof(std::uint64_t))) {
    std::uint64_t size;
    std::memcpy(&size, image, sizeof size);
    mask_ = size - 1;
}

}  // namespace csagg::asof
