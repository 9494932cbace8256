// Whose memory a container uses is said at its construction: Alloc has no default constructor.
// In the server an Arena is a MemoryContext (postgres/boundary.hpp), in unit tests the heap.
#pragma once
#include "base/pure.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/container/vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <span>
#include <string>
#include <string_view>

namespace csagg {

using Arena = std::pmr::memory_resource;

template <class T>
class Alloc {
public:
    using value_type = T;

    Alloc(Arena& arena) noexcept : arena_(&arena) {}
    template <class U>
    Alloc(const Alloc<U>& other) noexcept : arena_(&other.arena()) {}

    T* allocate(std::size_t n) {
        if (n > std::size_t(-1) / sizeof(T)) throw std::bad_array_new_length{};
        return static_cast<T*>(arena_->allocate(n * sizeof(T), alignof(T)));
    }
    void deallocate(T* p, std::size_t n) noexcept { arena_->deallocate(p, n * sizeof(T), alignof(T)); }

    Arena& arena() const noexcept { return *arena_; }

    template <class U>
    bool operator==(const Alloc<U>& other) const noexcept {
        return *arena_ == other.arena();
    }

private:
    Arena* arena_;
};

template <class T>
using Vector = boost::container::vector<T, Alloc<T>>;
/// A vector whose first N elements live in the object itself.
template <class T, std::size_t N>
class SmallVector : public boost::container::small_vector<T, N, Alloc<T>> {
    using Base = boost::container::small_vector<T, N, Alloc<T>>;

public:
    explicit SmallVector(Arena& arena) : Base(typename Base::allocator_type(Alloc<T>(arena))) {}
};
using String = std::basic_string<char, std::char_traits<char>, Alloc<char>>;

inline constexpr std::size_t max_value_bytes = 0x3FFFFFFF;  // PostgreSQL's limit of one value: 1 GB - 1

/// A contiguous container as a span of constants.
template <class Container>
auto view(const Container& c) {
    return std::span<const typename Container::value_type>(c.data(), c.size());
}

using Byte = std::uint8_t;
using Bytes = Vector<Byte>;
using ByteSpan = std::span<const Byte>;

inline ByteSpan as_bytes(std::string_view text) { return {reinterpret_cast<const Byte*>(text.data()), text.size()}; }
inline std::string_view as_text(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace csagg
