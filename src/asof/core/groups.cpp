#include "asof/core/groups.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <algorithm>

namespace csagg::asof {

void Groups::put(std::uint64_t word, Group group) {
    std::size_t at = position(word);
    while (slots_[at].group != no_group) at = (at + 1) & mask();
    slots_[at] = {word, group};
}

void Groups::reserve(std::size_t groups) {
    slots_.clear();
    slots_.resize(std::bit_ceil(std::max<std::size_t>(64, groups * 2)), Slot{0, no_group});
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
    reserve(words_.size());
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

}  // namespace csagg::asof
