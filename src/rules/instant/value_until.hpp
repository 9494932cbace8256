#pragma once
#include "value/value.hpp"

namespace csagg {

/// A value, and the instant before which it does not change.
struct ValueUntil {
    Value value;
    Instant until;
};

}  // namespace csagg
