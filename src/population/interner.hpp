// Interner: numbers distinct keys 1, 2, 3, ... in the order they arrive, inside a Flat block.
//
// A key is a word with a tag (a number of a scale, a date, a pair of ids) or a byte string (a text, a tuple of ids).
// Open addressing with linear probing, at most half full. The hash is seeded per state (base/hash.hpp).
#pragma once
#include "base/flat.hpp"
#include "base/hash.hpp"

namespace csagg {

struct InternSlot {
    std::uint64_t key;  // the word, or the hash of the bytes
    std::uint32_t tag;  // of a word: the caller's, below bytes_flag; of bytes: bytes_flag | their place in the block
    std::uint32_t id;   // 0: empty

    static constexpr std::uint32_t bytes_flag = 1u << 31;

    bool is_bytes() const { return (tag & bytes_flag) != 0; }
    std::size_t place() const { return tag & ~bytes_flag; }
};
static_assert(sizeof(InternSlot) == 16 && has_no_padding<InternSlot>);

class Interner {
public:
    void create(Flat& flat, unsigned log2_slots) {
        shift_ = 64 - log2_slots;
        slots_ = std::uint32_t(flat.allocate_zeroed(sizeof(InternSlot) << log2_slots));
        count_ = 0;
    }

    std::uint32_t count() const { return count_; }
    std::size_t capacity() const { return std::size_t(1) << (64 - shift_); }
    std::span<const InternSlot> slots(const Flat& flat) const { return {flat.at<InternSlot>(slots_), capacity()}; }

    /// Where the slots are just now, for looking up words without asking the block again.
    struct Lookup {
        const InternSlot* slots;
        std::uint64_t seed;
        unsigned shift;

        std::size_t position(std::uint64_t word, std::uint32_t tag) const {
            return std::size_t(fold_multiply(word ^ seed, tag ^ 0x9E3779B97F4A7C15) >> shift);
        }
        /// The id of a word, or 0.
        [[gnu::always_inline]] std::uint32_t find(std::uint64_t word, std::uint32_t tag) const {
            std::size_t i = position(word, tag);
            while (slots[i].key != word || slots[i].tag != tag) {
                if (slots[i].id == 0) return 0;
                i = (i + 1) & (~std::uint64_t(0) >> shift);
            }
            return slots[i].id;
        }
    };
    Lookup lookup(const Flat& flat, std::uint64_t seed) const { return {flat.at<InternSlot>(slots_), seed, shift_}; }
    std::uint32_t find(const Flat& flat, std::uint64_t hash, ByteSpan bytes) const;

    // The id that a key not found before gets. They may move the block and this object in it, which is why they are
    // static: `self` is the offset of the Interner in the block.
    static std::uint32_t insert(Flat& flat, std::size_t self, std::uint64_t seed, std::uint64_t word,
                                std::uint32_t tag);
    static std::uint32_t insert(Flat& flat, std::size_t self, std::uint64_t seed, std::uint64_t hash, ByteSpan bytes);

    /// The bytes of a slot that is_bytes().
    static ByteSpan bytes_of(const Flat& flat, const InternSlot& slot) {
        std::uint32_t size;
        std::memcpy(&size, flat.block() + slot.place(), sizeof size);
        return {flat.block() + slot.place() + sizeof size, size};
    }

private:
    static std::uint32_t insert_slot(Flat& flat, std::size_t self, std::uint64_t seed, InternSlot slot);
    static void enlarge(Flat& flat, std::size_t self, std::uint64_t seed);
    void place_slot(const Flat& flat, std::uint64_t seed, const InternSlot& slot) const;

    std::uint32_t slots_;
    std::uint32_t shift_;
    std::uint32_t count_;
    [[maybe_unused]] std::uint32_t spare_ = 0;  // so that there is no padding
};

}  // namespace csagg
