// Reading and writing bytes that mean the same on every CPU: little endian, varints (LEB128), zigzag.
// A ByteReader never reads past its end; what does not fit is Errc::corrupt.
#pragma once
#include "base/error.hpp"
#include "base/memory.hpp"

#include <bit>
#include <cstring>

namespace csagg {

[[noreturn]] inline void throw_corrupt(const char* what) { throw Error(Errc::corrupt, what); }

constexpr std::uint64_t zigzag(std::int64_t v) {
    return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t v) {
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

template <class T>
T load_le(const Byte* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    if constexpr (std::endian::native == std::endian::big) {
        T swapped = 0;
        for (std::size_t i = 0; i < sizeof v; ++i) swapped = T(swapped << 8) | p[sizeof v - 1 - i];
        v = swapped;
    }
    return v;
}

template <class T>
void store_le(Byte* p, T v) {
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(p, &v, sizeof v);
    } else {
        for (std::size_t i = 0; i < sizeof v; ++i) p[i] = Byte(static_cast<std::uint64_t>(v) >> (8 * i));
    }
}

class ByteReader {
public:
    explicit ByteReader(ByteSpan bytes) : p_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    std::size_t left() const { return static_cast<std::size_t>(end_ - p_); }
    const Byte* position() const { return p_; }

    Byte u8() {
        if (p_ == end_) throw_corrupt("value ends too early");
        return *p_++;
    }
    template <class T>
    T fixed() {
        const Byte* p = take(sizeof(T)).data();
        return load_le<T>(p);
    }
    std::uint64_t varint() {
        std::uint64_t v = 0;
        for (unsigned shift = 0;; shift += 7) {
            const Byte b = u8();
            if (shift == 63 && b > 1) throw_corrupt("varint is too long");
            v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
            if ((b & 0x80) == 0) return v;
        }
    }
    std::int64_t signed_varint() { return unzigzag(varint()); }
    /// A count of things of which each takes at least `bits_each` bits of what is left.
    std::size_t count(std::size_t bits_each) {
        const std::uint64_t n = varint();
        if (bits_each > 0 && n > left() * 8 / bits_each) throw_corrupt("count is larger than the value");
        return static_cast<std::size_t>(n);
    }
    ByteSpan take(std::size_t n) {
        if (n > left()) throw_corrupt("value ends too early");
        const Byte* p = p_;
        p_ += n;
        return {p, n};
    }

private:
    const Byte* p_;
    const Byte* end_;
};

class ByteWriter {
public:
    explicit ByteWriter(Bytes& out) : out_(out) {}

    std::size_t size() const { return out_.size(); }
    void u8(Byte b) { out_.push_back(b); }
    template <class T>
    void fixed(T v) {
        Byte buffer[sizeof(T)];
        store_le(buffer, v);
        append({buffer, sizeof buffer});
    }
    void varint(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) u8(Byte(v | 0x80));
        u8(Byte(v));
    }
    void signed_varint(std::int64_t v) { varint(zigzag(v)); }
    // By pointers: the container copies those at once, a span's iterators one by one.
    void append(ByteSpan bytes) { out_.insert(out_.end(), bytes.data(), bytes.data() + bytes.size()); }
    void text(std::string_view s) {
        varint(s.size());
        append(as_bytes(s));
    }

private:
    Bytes& out_;
};

}  // namespace csagg
