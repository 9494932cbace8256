// Memory in chunks of one size, which are given back and taken again.
#pragma once
#include "base/memory.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace csagg::asof {

class Chunks {
public:
    Chunks(Arena& arena, std::size_t chunk_bytes) : size_(chunk_bytes), slabs_(arena) {}
    ~Chunks() { clear(); }
    Chunks(const Chunks&) = delete;
    Chunks& operator=(const Chunks&) = delete;

    Byte* take() {
        Byte* chunk = free_;
        if (chunk != nullptr) {
            std::memcpy(&free_, chunk, sizeof free_);
        } else {
            if (fresh_ == 0) add_slab();
            const auto& [slab, chunks] = slabs_.back();
            chunk = slab + (chunks - fresh_--) * size_;
        }
        bytes_ += size_;
        return chunk;
    }
    void give_back(Byte* chunk) {
        std::memcpy(chunk, &free_, sizeof free_);
        free_ = chunk;
        bytes_ -= size_;
    }
    /// Of the chunks that are taken.
    std::size_t bytes() const { return bytes_; }
    Arena& arena() const { return slabs_.get_stored_allocator().arena(); }
    /// Gives back all, taken or not.
    void clear() {
        for (const auto& [slab, chunks] : slabs_) arena().deallocate(slab, chunks * size_, alignof(std::int64_t));
        slabs_ = Slabs(slabs_.get_stored_allocator());
        free_ = nullptr;
        fresh_ = 0;
        bytes_ = 0;
    }

private:
    using Slabs = Vector<std::pair<Byte*, std::size_t>>;

    /// Each slab is twice as large as the one before, up to a limit: a small join takes little.
    void add_slab() {
        constexpr std::size_t most = 64;
        if (slabs_.size() == slabs_.capacity()) slabs_.reserve(2 * slabs_.size() + 8);
        const std::size_t chunks = slabs_.empty() ? 1 : std::min(most, 2 * slabs_.back().second);
        auto* const slab = static_cast<Byte*>(arena().allocate(chunks * size_, alignof(std::int64_t)));
        slabs_.emplace_back(slab, chunks);
        fresh_ = chunks;
    }

    std::size_t size_;
    Slabs slabs_;
    Byte* free_ = nullptr;   // the first chunk given back; the next one's address is in it
    std::size_t fresh_ = 0;  // chunks at the end of the last slab that were never taken
    std::size_t bytes_ = 0;
};

}  // namespace csagg::asof
