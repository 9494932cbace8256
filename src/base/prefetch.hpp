// Advice to the processor: what will be read soon is fetched while something else is done.
#pragma once
#include "base/memory.hpp"

namespace csagg {

// Inlined by force: GCC may take a function that does no more than this, or calls no more, for one without effect, and
// drop the call.
[[gnu::always_inline]] inline void prefetch(const void* begin, std::size_t bytes) {
    constexpr std::size_t line = 64;
    const auto* const p = static_cast<const char*>(begin);
    for (std::size_t i = 0; i < bytes; i += line) __builtin_prefetch(p + i);
}

template <class Container>
[[gnu::always_inline]] inline void prefetch(const Container& c) {
    prefetch(c.data(), c.size() * sizeof(typename Container::value_type));
}

}  // namespace csagg
