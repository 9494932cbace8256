// Episodes: the intervals in which the alerts of a history of boolean timelines are firing.
#pragma once
#include "history/history.hpp"

#include <span>

namespace csagg {

struct Episode {
    std::string_view alert;
    Instant since;
    Instant until;  // plus_infinity: it goes on

    bool operator==(const Episode&) const = default;
};

/// Errc::kind_mismatch for a fact that is not boolean.
Timeline alert_timeline(const Fact& fact);

/// By alert, then in time. Errc::kind_mismatch for a fact that is not boolean. Texts point into the history's bytes.
void read_episodes(const History& alerts, Vector<Episode>& out);

/// The same as they are known at an instant: without those to come, and those that have not ended by then go on.
void read_episodes(const History& alerts, Instant through, Vector<Episode>& out);

/// An episode by its number in a book.
struct Booked {
    std::int64_t number;
    Episode episode;
};

/// What becomes of the book.
struct Turn {
    const Booked* booked;     // nullptr: `firing` is a new episode
    const Episode* firing;    // what it is from now on; nullptr: it never was
    bool overlapped = false;  // of one that never was: whether its alert was firing at some time of it
};

/// What has to be done for `booked` to become `firing`, and no more. An open episode goes on in the first interval that
/// it overlaps and that is not booked as it is, a closed one likewise in a closed interval; of several that would go on
/// in one, an open one does, then the one that began first. `firing` is as read_episodes() gives it; `booked` gets
/// sorted. The result points into both.
void turn_episodes(std::span<Booked> booked, std::span<const Episode> firing, Vector<Turn>& out);

/// The first instant after `after` at which an alert begins or ceases to fire, plus_infinity if there is none.
Instant next_edge(const History& alerts, Instant after, Arena& arena);

/// When to look for what comes at `at`: then; or, if that is two minutes off or more, between half of the way from
/// `now` and there, and then again. What is far moves with each event: as many instants as come of it fall on few,
/// which are counted from `origin`.
Instant look_at(Instant at, Instant now, Instant origin);

}  // namespace csagg
