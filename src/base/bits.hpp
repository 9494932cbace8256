// Bit-packed fields in a byte string, least significant bit first; random access by bit position.
#pragma once
#include "base/bytes.hpp"

namespace csagg {

constexpr std::uint64_t low_mask(unsigned width) {
    return width >= 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << width) - 1;
}

class BitWriter {
public:
    explicit BitWriter(Arena& arena) : bytes_(arena) {}

    void put(std::uint64_t v, unsigned width) {
        v &= low_mask(width);
        pending_ |= v << fill_;
        if (fill_ + width >= 64) {
            flush_word();
            pending_ = fill_ == 0 ? 0 : v >> (64 - fill_);
            fill_ = fill_ + width - 64;
        } else {
            fill_ += width;
        }
    }
    /// Sets the bit at `gap` places behind the last one written: unary coding.
    void put_unary(std::uint64_t gap) {
        for (; gap >= 63; gap -= 63) put(0, 63);
        put(std::uint64_t(1) << gap, unsigned(gap) + 1);
    }
    /// The bytes; the writer is not to be used any more.
    ByteSpan finish() {
        flush_word();
        return {bytes_.data(), size_ - 8 + (fill_ + 7) / 8};
    }

private:
    void flush_word() {
        if (size_ + 8 > bytes_.size()) bytes_.resize(2 * (size_ + 8), boost::container::default_init);
        store_le(bytes_.data() + size_, pending_);
        size_ += 8;
    }

    SmallVector<Byte, 512> bytes_;
    std::size_t size_ = 0;
    std::uint64_t pending_ = 0;
    unsigned fill_ = 0;
};

class BitSpan {
public:
    BitSpan() = default;
    explicit BitSpan(ByteSpan bytes) : p_(bytes.data()), size_(bytes.size()) {}

    std::size_t bits() const { return size_ * 8; }

    /// The field of `width` <= 64 bits at bit `position`; bits past the end read as zero.
    std::uint64_t get(std::size_t position, unsigned width) const {
        const std::size_t byte = position / 8;
        const unsigned shift = position % 8;
        if (byte + 9 <= size_) [[likely]] {
            std::uint64_t v = load_le<std::uint64_t>(p_ + byte) >> shift;
            if (shift + width > 64) v |= std::uint64_t(p_[byte + 8]) << (64 - shift);
            return v & low_mask(width);
        }
        return get_near_end(byte, shift) & low_mask(width);
    }

    /// n fields in a row, each with `plus` added: get(start) + plus, get(start + width) + plus, ...
    void unpack(std::size_t start, unsigned width, std::size_t n, std::uint64_t plus, std::uint64_t* out) const {
        for_each(start, width, n, [&out, plus](std::uint64_t field) { *out++ = field + plus; });
    }

    /// Calls f(get(start)), f(get(start + width)), ... for n fields in a row.
    template <class F>
    [[gnu::always_inline]] void for_each(std::size_t start, unsigned width, std::size_t n, F f) const {
        const std::size_t step = std::max(width, 1u),
                          end = start + n * step;  // of fields without bits, it does not matter where
        const std::uint64_t mask = low_mask(width);
        std::size_t position = start;
        if (width <= 57 && size_ >= 8) {  // a field and its shift fit into one load, but near the end
            const std::size_t until = std::min(end, (size_ - 7) * 8);
            for (; position < until; position += step)
                f((load_le<std::uint64_t>(p_ + position / 8) >> (position % 8)) & mask);
        }
        for (; position < end; position += step) f(get(position, width));
    }

private:
    std::uint64_t get_near_end(std::size_t byte, unsigned shift) const {
        if (byte >= size_) return 0;
        if (size_ >= 8) return load_le<std::uint64_t>(p_ + size_ - 8) >> (8 * (byte + 8 - size_) + shift);
        Byte buffer[9] = {};
        std::memcpy(buffer, p_ + byte, std::min<std::size_t>(9, size_ - byte));
        const std::uint64_t v = load_le<std::uint64_t>(buffer) >> shift;
        return shift == 0 ? v : v | std::uint64_t(buffer[8]) << (64 - shift);
    }

    const Byte* p_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace csagg
