// Keys to group numbers 0, 1, 2, ... in the order of their first appearance.
#pragma once
#include "base/hash.hpp"
#include "base/memory.hpp"

#include <bit>

namespace csagg::asof {

using Group = std::uint32_t;
inline constexpr Group no_group = UINT32_MAX;

/// A word's hash. Its low bits are where it stands in a table; which of some tables that is, others can say.
inline std::uint64_t hash_word(std::uint64_t word, std::uint64_t seed) {
    return fold_multiply(word ^ seed, 0x9E3779B97F4A7C15);
}
/// In which of so many parts, a power of two, its key belongs: by other bits than its slot.
inline int part_of(std::uint64_t word, std::uint64_t seed, int parts) {
    return int(fold_multiply(word + 0x2545F4914F6CDD1D, seed | 1) >> 32 & std::uint64_t(parts - 1));
}

/// An open-addressing hash table with linear probing. A key that fits in 64 bits is its own word; of any other key the
/// word is a hash, and `equal(group)` compares the key at hand with the one of a group of the same word.
class Groups {
public:
    explicit Groups(Arena& arena) : slots_(arena), words_(arena) {}

    template <class Equal>
    Group find(std::uint64_t word, Equal equal) const {
        if (slots_.empty()) return no_group;
        for (std::size_t at = position(word);; at = (at + 1) & mask()) {
            const Slot& slot = slots_[at];
            if (slot.group == no_group || (slot.word == word && equal(slot.group))) return slot.group;
        }
    }

    /// The key's group, a new one (== the size before) if it has none yet. Errc::limit_exceeded at 2^31 groups.
    template <class Equal>
    Group find_or_add(std::uint64_t word, Equal equal) {
        const Group known = find(word, equal);
        return known != no_group ? known : add(word);
    }

    void prefetch(std::uint64_t word) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[position(word)]);
    }

    std::uint64_t word(Group group) const { return words_[group]; }
    std::size_t size() const { return words_.size(); }
    std::size_t bytes() const { return slots_.capacity() * sizeof(Slot) + words_.capacity() * sizeof(std::uint64_t); }
    void clear();
    void take_words(Vector<std::uint64_t>& words) { words.swap(words_); }

private:
    struct Slot {
        std::uint64_t word;
        Group group;
    };

    std::size_t mask() const { return slots_.size() - 1; }
    std::size_t position(std::uint64_t word) const { return hash_word(word, process_hash_seed) & mask(); }
    Group add(std::uint64_t word);
    void put(std::uint64_t word, Group group);

    Vector<Slot> slots_;  // a power of two, at most half of them taken
    Vector<std::uint64_t> words_;
};

/// Keys that fit in 64 bits and their groups as bytes, aligned to 8, that processes can share.
///
///     number of slots, a power of two | slots: word and group
class GroupsImage {
public:
    static std::size_t bytes(const Groups& groups);
    /// `seed` places the words: the same for all who read it.
    static void write(const Groups& groups, std::uint64_t seed, Byte* to);

    GroupsImage() = default;
    explicit GroupsImage(const Byte* image);
    /// `hash`: of the word, by that seed.
    Group find(std::uint64_t word, std::uint64_t hash) const {
        for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
            const Slot& slot = slots_[at];
            if (slot.group == no_group || slot.word == word) return Group(slot.group);
        }
    }
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

private:
    struct Slot {
        std::uint64_t word, group;
    };
    static std::size_t slots_of(std::size_t groups) { return std::bit_ceil(2 * groups + 1); }

    const Slot* slots_ = nullptr;
    std::size_t mask_ = 0;
};

}  // namespace csagg::asof
