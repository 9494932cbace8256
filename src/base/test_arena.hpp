// For tests: an Arena that behaves like a MemoryContext. What is left at its end goes with it, so that a leak checker
// sees only what escaped from it; and it can be told to fail.
#pragma once
#include "base/flat.hpp"
#include "base/memory.hpp"

#include <limits>
#include <unordered_map>
#include <vector>

namespace csagg::test {

class TestArena final : public Arena {
public:
    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

    /// Allocation number `fail_at` (the first is 0) throws std::bad_alloc, and so does every later one.
    explicit TestArena(std::size_t fail_at = never) : fail_at_(fail_at) {}
    ~TestArena() override {
        for (const auto& [p, bytes] : blocks_) ::operator delete(p);
    }
    TestArena(const TestArena&) = delete;
    TestArena& operator=(const TestArena&) = delete;

    std::size_t allocations() const { return allocations_; }
    std::size_t peak_bytes() const { return peak_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__ || allocations_++ >= fail_at_) throw std::bad_alloc{};
        void* p = ::operator new(bytes);
        try {
            blocks_.emplace(p, bytes);
        } catch (...) {  // operator new may fail in tests (test_failure.hpp)
            ::operator delete(p);
            throw;
        }
        live_ += bytes;
        peak_ = std::max(peak_, live_);
        return p;
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t) override {
        const auto block = blocks_.find(p);
        if (block == blocks_.end() || block->second != bytes) std::abort();  // not ours, or not as large as we gave it
        blocks_.erase(block);
        live_ -= bytes;
        ::operator delete(p);
    }
    bool do_is_equal(const Arena& other) const noexcept override { return this == &other; }

    std::size_t fail_at_, allocations_ = 0, live_ = 0, peak_ = 0;
    std::unordered_map<void*, std::size_t> blocks_;
};

/// The arena that grow_in_arena() takes from, and what its memory is full of; Flat::Grow has no room for them.
inline Arena* state_arena = nullptr;
inline Byte state_dirt = 0xA5;

inline void* grow_in_arena(void* old, std::size_t used, std::size_t bytes) {
    void* block = state_arena->allocate(bytes, alignof(std::int64_t));
    std::memset(block, state_dirt, bytes);  // nothing may rely on zeroes
    if (used > 0) {
        std::memcpy(block, old, used);
        std::memset(old, state_dirt, used);  // nor on what was there
    }
    return block;
}

/// Has states live in `arena` for its own life.
class StateArena {
public:
    explicit StateArena(Arena& arena) : before_(state_arena) { state_arena = &arena; }
    ~StateArena() { state_arena = before_; }
    StateArena(const StateArena&) = delete;
    StateArena& operator=(const StateArena&) = delete;

private:
    Arena* before_;
};

/// What is in use of the states that make() gives, the owner's length word aside, in memory full of `dirt`.
template <class F>
std::vector<Byte> bytes_in_use(Byte dirt, F make) {
    TestArena arena;
    const StateArena states(arena);
    state_dirt = dirt;
    const Flat flat = make();
    state_dirt = 0xA5;
    return {flat.block() + sizeof(std::uint32_t), flat.block() + flat.used()};
}

/// That nothing shines through of what the memory of a state held before.
template <class F>
bool is_written_throughout(F make) {
    return bytes_in_use(0xFF, make) == bytes_in_use(0x00, make);
}

}  // namespace csagg::test
