// Long loops of the cores call check_interrupts() every thousand steps or so. The server's face installs
// PostgreSQL's handler at load; in unit tests nothing is installed and the call does nothing.
#pragma once
#include "base/pure.hpp"

namespace csagg {

inline void (*interrupt_handler)() = nullptr;

inline void check_interrupts() {
    if (interrupt_handler != nullptr) interrupt_handler();
}

}  // namespace csagg
