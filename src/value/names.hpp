// Distinct texts, numbered in the order in which they first appear.
#pragma once
#include "base/memory.hpp"

namespace csagg {

class Names {
public:
    enum class Keep { views, copies };  // views: whoever adds a text keeps it alive

    explicit Names(Arena& arena, Keep keep = Keep::views) : keep_(keep), texts_(arena), slots_(arena) {}

    std::size_t size() const { return texts_.size(); }
    std::string_view operator[](std::size_t i) const { return texts_[i]; }
    std::span<const std::string_view> texts() const { return view(texts_); }

    /// Its number; a new text gets the next one.
    std::uint32_t number_of(std::string_view text);

    /// Drops the texts that are not in use and puts the others in byte order. `number` has one element a text: on entry
    /// not zero if it is in use, on return its new number.
    void sort(std::span<std::uint32_t> number);

private:
    static constexpr std::size_t few = 8;  // up to so many a look through all is faster than a table

    std::uint32_t append(std::string_view text);
    std::size_t slot_of(std::string_view text) const;
    void rebuild(std::size_t slots);

    Keep keep_;
    SmallVector<std::string_view, few> texts_;
    Vector<std::uint32_t> slots_;  // open addressing: number + 1, or 0; a power of two long, or empty
};

}  // namespace csagg
