// What expressions ask of facts.
#pragma once
#include "rules/calendar/lookback.hpp"
#include "rules/language/expression.hpp"

namespace csagg {

/// When the events of a counter go out of windows of one length: those events, or what exits `of` gives.
struct Exits {
    static constexpr std::uint32_t none = ~std::uint32_t(0);

    std::uint32_t fact;
    std::uint32_t of;  // none: the events
    Span length;
    bool calendar;  // of a period
    Lookback by;
};

/// A node that asks a fact: where it looks, and which cursor it has.
struct Question {
    NodeId node;
    bool has_window = false;
    Lookback window;                                           // how far back
    Lookback shift;                                            // from when on
    std::uint32_t enters = Exits::none, leaves = Exits::none;  // of counters, if the window is shifted, if there is one

    /// From when on a counter that is known from `known_from` on has the window whole: it begins after the last unknown
    /// instant.
    Instant known(Instant known_from) const {
        return has_window ? shift.exit_of(window.exit_of(std::max(known_from - 1, first_instant))) : plus_infinity;
    }
};

}  // namespace csagg
