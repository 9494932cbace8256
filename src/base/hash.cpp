#include "base/hash.hpp"

namespace csagg {
namespace {

constexpr std::uint64_t secret[] = {0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3};

/// The last 0 to 16 bytes as two words: they overlap where there are fewer, which costs no call of memcpy.
struct Tail {
    std::uint64_t a = 0, b = 0;

    Tail(const Byte* p, std::size_t size) {
        if (size >= 8) {
            a = load_le<std::uint64_t>(p);
            b = load_le<std::uint64_t>(p + size - 8);
        } else if (size >= 4) {
            a = load_le<std::uint32_t>(p);
            b = load_le<std::uint32_t>(p + size - 4);
        } else if (size > 0) {
            a = std::uint64_t(p[0]) << 16 | std::uint64_t(p[size / 2]) << 8 | p[size - 1];
        }
    }
};

}  // namespace

std::uint64_t hash_bytes(ByteSpan bytes, std::uint64_t seed) {
    const Byte* p = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t h = seed ^ secret[0];
    for (; left > 16; p += 16, left -= 16)
        h = fold_multiply(load_le<std::uint64_t>(p) ^ secret[1], load_le<std::uint64_t>(p + 8) ^ h);
    const Tail tail(p, left);
    h = fold_multiply(tail.a ^ secret[1], tail.b ^ h);
    return fold_multiply(h ^ secret[2], bytes.size() ^ secret[1] ^ seed);
}

std::uint64_t hash_long(ByteSpan bytes, std::uint64_t seed) {
    constexpr std::size_t lanes = 4, block = lanes * 16;
    std::uint64_t h[lanes] = {seed, seed, seed, seed};
    std::size_t done = 0;
    for (; bytes.size() - done > block; done += block)
        for (std::size_t i = 0; i < lanes; ++i) {
            const Byte* const p = bytes.data() + done + i * 16;
            h[i] = fold_multiply(load_le<std::uint64_t>(p) ^ secret[i] ^ seed, load_le<std::uint64_t>(p + 8) ^ h[i]);
        }
    return hash_bytes(bytes.subspan(done),
                      fold_multiply(h[0] ^ secret[1], h[1]) ^ fold_multiply(h[2] ^ secret[3], h[3]) ^ bytes.size());
}

}  // namespace csagg
