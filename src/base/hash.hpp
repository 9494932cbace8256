// Hashing of what comes from outside: folded multiplication, as in Wang Yi's wyhash (public domain). Seeded, so that
// nobody can prepare keys that collide; a table that lives on in another process keeps its seed with it.
#pragma once
#include "base/bytes.hpp"

namespace csagg {

/// The server's face draws one for each process when the library is loaded.
inline std::uint64_t process_hash_seed = 0x6373616767;

inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
    __extension__ const auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_bytes(ByteSpan bytes, std::uint64_t seed);
/// For kilobytes: four multiplications at a time. Not the same number.
std::uint64_t hash_long(ByteSpan bytes, std::uint64_t seed);

}  // namespace csagg
