// Episodes: the intervals in which the alerts of a history of boolean timelines are firing.
#pragma once
#include "history/history.hpp"

namespace csagg {

struct Episode {
    std::string_view alert;
    Instant since;
    Instant until;  // plus_infinity: it goes on
};

/// Errc::kind_mismatch for a fact that is not boolean.
Timeline alert_timeline(const Fact& fact);

/// By alert, then in time. Errc::kind_mismatch for a fact that is not boolean. Texts point into the history's bytes.
void read_episodes(const History& alerts, Vector<Episode>& out);

/// The first instant after `after` at which an alert begins or ceases to fire, plus_infinity if there is none.
Instant next_edge(const History& alerts, Instant after, Arena& arena);

}  // namespace csagg
