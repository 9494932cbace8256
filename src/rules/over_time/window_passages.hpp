// When a counter's events come into a window and when they go out of it, for whole histories at once. What several
// windows have in common is computed once: windows of one length, and the same window some time ago.
#pragma once
#include "rules/instant/facts.hpp"
#include "rules/language/ruleset.hpp"

namespace csagg {

/// The events that are ever in a window, each from enters[i] up to leaves[i], which is later. Neither decreases; behind
/// the last, past the spans' ends, stands infinity.
struct Passage {
    std::span<const Instant> enters, leaves;  // leaves is empty where nothing ever does
    std::span<const std::uint32_t> events;    // their numbers, empty where they are all events
};

class Windows {
public:
    /// All must outlive this.
    Windows(const Program& program, const Facts& facts, Arena& arena)
        : program_(program),
          facts_(facts),
          arena_(arena),
          days_(program.days()),
          exits_(program.exits().size(), nullptr, Alloc<const Instant*>(arena)),
          passages_(program.exits().size(), nullptr, Alloc<const Passage*>(arena)),
          days_of_(arena) {}

    Passage of(const Node& node);

    // Of what distinct() and active_days() count: the stretches during which an actor, or a day, has events in the
    // window.
    Passage of_actors(const Node& node);
    Passage of_days(const Node& node);

    /// The local day of each of a counter's events, as of LocalDays::day_of_event().
    std::span<const std::int64_t> days_of(std::size_t counter);

    NearDays& days() { return days_; }

private:
    const Instant* exits(std::uint32_t id);
    Passage drop_short(Passage passage);
    template <class T>
    T* make(std::size_t n) {
        return static_cast<T*>(arena_.allocate((n + 1) * sizeof(T), alignof(T)));
    }

    const Program& program_;
    const Facts& facts_;
    Arena& arena_;
    NearDays days_;
    Vector<const Instant*> exits_;
    Vector<const Passage*> passages_;               // by the exits that are their leaves
    SmallVector<const std::int64_t*, 16> days_of_;  // by facts
};

}  // namespace csagg
