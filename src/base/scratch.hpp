// Scratch: memory for one call. Taken piece by piece from blocks that double, given back all at once at its end. The
// first block is part of the object. The second is the process's own, unless another Scratch has it: what it would cost
// to get fresh pages from the system, call after call, is more than what most calls do with them.
#pragma once
#include "base/memory.hpp"

#include <algorithm>

namespace csagg {

struct ScratchReserve {
    static constexpr std::size_t size = 1 << 19;

    bool taken = false;
    alignas(8) Byte bytes[size];
};
inline ScratchReserve scratch_reserve;

class Scratch final : public Arena {
public:
    explicit Scratch(Arena& upstream) : upstream_(upstream) {}
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() override {
        if (has_reserve_) scratch_reserve.taken = false;
        while (blocks_ != nullptr) {
            Block* const next = blocks_->next;
            upstream_.deallocate(blocks_, blocks_->bytes, alignof(Block));
            blocks_ = next;
        }
    }

private:
    struct Block {
        Block* next;
        std::size_t bytes;
    };
    static constexpr std::size_t unit = 8;

    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (alignment > unit) throw std::bad_alloc{};
        if (bytes > std::size_t(-1) / 2) throw std::bad_alloc{};
        bytes = (bytes + unit - 1) / unit * unit;
        if (bytes > left_) add_block(bytes);
        void* const p = free_;
        free_ += bytes;
        left_ -= bytes;
        return p;
    }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const Arena& other) const noexcept override { return this == &other; }

    void add_block(std::size_t bytes) {
        if (bytes <= ScratchReserve::size && !scratch_reserve.taken) {
            scratch_reserve.taken = has_reserve_ = true;
            free_ = scratch_reserve.bytes;
            left_ = ScratchReserve::size;
            return;
        }
        const std::size_t size = std::max(bytes + sizeof(Block), next_bytes_);
        auto* const block = static_cast<Block*>(upstream_.allocate(size, alignof(Block)));
        *block = {blocks_, size};
        blocks_ = block;
        free_ = reinterpret_cast<Byte*>(block + 1);
        left_ = size - sizeof(Block);
        next_bytes_ = std::min(next_bytes_ * 2, std::size_t(1) << 20);
    }

    alignas(unit) Byte first_[32'768];
    Arena& upstream_;
    bool has_reserve_ = false;
    Block* blocks_ = nullptr;
    Byte* free_ = first_;
    std::size_t left_ = sizeof first_;
    std::size_t next_bytes_ = 65'536;
};

}  // namespace csagg
