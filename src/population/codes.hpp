// Codes: numbers distinct keys 1, 2, 3, ... in the order they arrive; all words, or all byte strings. As an Interner
// does, but in an arena, where what was outgrown is given back, and without a limit of 1 GB.
#pragma once
#include "base/hash.hpp"

namespace csagg {

class Codes {
public:
    using Code = std::uint32_t;

    /// The seed should differ from state to state.
    Codes(std::uint64_t seed, Arena& arena);

    std::size_t count() const { return count_; }
    /// Of memory.
    std::size_t bytes() const {
        return slots_.capacity() * sizeof(Slot) + ends_.capacity() * sizeof(std::uint64_t) + texts_.capacity();
    }

    [[gnu::always_inline]] Code of_word(std::uint64_t word) {
        for (std::size_t i = position(word);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i].code == 0) return insert_word(word);
            if (slots_[i].key == word) return slots_[i].code;
        }
    }
    Code of_bytes(ByteSpan bytes);
    /// What of_word() will look at.
    [[gnu::always_inline]] void prefetch(std::uint64_t word) const { __builtin_prefetch(&slots_[position(word)]); }

    /// The byte string with this code.
    ByteSpan bytes_of(Code code) const {
        const std::uint64_t begin = code == 1 ? 0 : ends_[code - 2];
        return {texts_.data() + begin, std::size_t(ends_[code - 1] - begin)};
    }
    /// All words by their codes, the first at [0].
    void words(Vector<std::uint64_t>& out) const;

private:
    struct Slot {
        std::uint64_t key;  // the word, or the hash of the bytes
        Code code;          // 0: empty
    };

    std::size_t position(std::uint64_t word) const {
        return std::size_t(fold_multiply(word ^ seed_, 0x9E3779B97F4A7C15) >> shift_);
    }
    Code insert_word(std::uint64_t word);
    Code insert(std::uint64_t key, std::size_t position);
    std::size_t free_position(std::size_t from) const;
    void make_room(bool words);

    std::uint64_t seed_;
    unsigned shift_;
    Code count_ = 0;
    Vector<Slot> slots_;          // open addressing, at most half full
    Vector<std::uint64_t> ends_;  // of the byte strings in texts_
    Bytes texts_;
};

}  // namespace csagg
