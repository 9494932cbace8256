// std::sort that can be interrupted.
#pragma once
#include "base/interrupt.hpp"

#include <algorithm>
#include <functional>

namespace csagg {

template <class Iterator, class Less = std::less<>>
void sort(Iterator begin, Iterator end, Less less = {}) {
    constexpr std::ptrdiff_t few = 1 << 16;
    if (end - begin <= few) {
        std::sort(begin, end, less);
        return;
    }
    std::ptrdiff_t comparisons = 0;
    std::sort(begin, end, [&](const auto& a, const auto& b) {
        if (++comparisons % few == 0) check_interrupts();
        return less(a, b);
    });
}

}  // namespace csagg
