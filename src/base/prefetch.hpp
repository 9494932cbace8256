// Advice to the processor: what will be read soon is fetched while something else is done.
#pragma once
#include "base/memory.hpp"

namespace csagg {

inline void prefetch(const void* begin, std::size_t bytes) {
    constexpr std::size_t line = 64;
    const auto* const p = static_cast<const char*>(begin);
    for (std::size_t i = 0; i < bytes; i += line) __builtin_prefetch(p + i);
}

template <class Container>
void prefetch(const Container& c) {
    prefetch(c.data(), c.size() * sizeof(typename Container::value_type));
}

}  // namespace csagg
