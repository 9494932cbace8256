// Flat: the memory of an aggregate's transition state, one relocatable block that is changed in place.
//
// Everything inside is found by its offset, so the block may be moved, copied to another process, or grown by
// doubling. Room that a grown part leaves behind is not reused: doubling bounds the waste to the size in use.
// The first bytes are the value's own header; in the server they are a varlena header and the marker byte that
// tells a state from a finished value. A state may come to lie in a table, so every byte in use has been written, the
// gaps before aligned parts too, and what is in it has no padding.
#pragma once
#include "base/error.hpp"
#include "base/memory.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace csagg {

inline constexpr Byte state_marker = 0xF0;  // high nibble of the format byte of a state
inline constexpr Byte state_layout = 1;     // of all states; to be raised with any change of what lies where in one

/// For a static_assert about whatever lies in a Flat.
template <class... T>
inline constexpr bool has_no_padding = (std::has_unique_object_representations_v<T> && ...);

struct FlatHeader {
    std::uint32_t varlena;  // PostgreSQL's length word: the capacity; the cores do not touch it
    Byte marker;            // state_marker | kind of state; each kind has its own, whatever its SQL type
    Byte room[2];           // the owner's
    Byte layout;            // state_layout
    std::uint32_t used;     // bytes in use, this header included
    std::uint32_t capacity;
};
static_assert(sizeof(FlatHeader) == 16 && has_no_padding<FlatHeader>);

class Flat {
public:
    /// Gives a block of `bytes` bytes, aligned to 8, that begins with the first `used` bytes of `old`, which is gone
    /// then: it may be the same memory. Only PostgreSQL's length word is another. The first block has no old one.
    using Grow = void* (*)(void* old, std::size_t used, std::size_t bytes);

    Flat(void* block, Grow grow) : block_(static_cast<Byte*>(block)), grow_(grow) {}

    static Flat create(Byte marker, std::size_t capacity, Grow grow) {
        capacity = (std::max(capacity, sizeof(FlatHeader)) + 7) & ~std::size_t(7);
        Flat flat(grow(nullptr, 0, capacity), grow);
        flat.header() =
            FlatHeader{flat.header().varlena, marker, {}, state_layout, sizeof(FlatHeader), std::uint32_t(capacity)};
        return flat;
    }

    Byte* block() const { return block_; }
    FlatHeader& header() const { return *reinterpret_cast<FlatHeader*>(block_); }
    std::size_t used() const { return header().used; }

    template <class T>
    T* at(std::size_t offset) const {
        return reinterpret_cast<T*>(block_ + offset);
    }

    /// Room for `bytes` more at the end, all of them to be written; gives its offset. Pointers into the block are
    /// invalid afterwards.
    std::size_t allocate(std::size_t bytes) {
        const std::size_t offset = header().used;
        if (bytes > header().capacity - offset) enlarge(offset + bytes);
        header().used = std::uint32_t(offset + bytes);
        return offset;
    }
    /// Room for `bytes` more is made at once, for several calls of allocate().
    void reserve(std::size_t bytes) {
        if (bytes > header().capacity - used()) enlarge(used() + bytes);
    }
    /// What lies behind so many bytes is given up.
    void truncate(std::size_t bytes) { header().used = std::uint32_t(bytes); }
    /// The free bytes behind those in use, to be written to and then claimed by allocate() without moving the block.
    std::span<Byte> free_bytes() const { return {block_ + header().used, header().capacity - header().used}; }
    /// allocate(), aligned to 8 and zeroed.
    std::size_t allocate_zeroed(std::size_t bytes) {
        const std::size_t gap = (8 - used() % 8) % 8;
        const std::size_t offset = allocate(gap + bytes);
        std::memset(block_ + offset, 0, gap + bytes);
        return offset + gap;
    }

private:
    void enlarge(std::size_t needed) {
        std::size_t capacity = std::size_t(header().capacity) * 2;
        capacity = (std::max(capacity, needed) + 7) & ~std::size_t(7);
        if (capacity > max_value_bytes) capacity = max_value_bytes & ~std::size_t(7);
        if (needed > capacity)
            throw Error(Errc::limit_exceeded, "state of the aggregate exceeds 1 GB",
                        "Aggregate fewer rows per group, for example one period at a time, and merge the results.");
        block_ = static_cast<Byte*>(grow_(block_, header().used, capacity));
        header().capacity = std::uint32_t(capacity);
    }

    Byte* block_;
    Grow grow_;
};

}  // namespace csagg
