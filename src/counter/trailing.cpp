#include "counter/trailing.hpp"

#include "base/interrupt.hpp"
#include "base/sort.hpp"
#include "counter/sums.hpp"

namespace csagg {
namespace {

// From..until an event, or an actor by its events, is in the window.
struct Change {
    Instant at;
    const Event* event;
};

struct Changes {
    Vector<Change> in, out;

    explicit Changes(Arena& arena) : in(arena), out(arena) {}
};

class ActorCount {
public:
    void enter(const Event&) { ++actors_; }
    void leave(const Event&) { --actors_; }
    Number value() const { return {actors_, 0}; }

private:
    std::int64_t actors_ = 0;
};

/// When an event leaves the window; the error says which one cannot.
Instant exit_of(const Window& window, Instant event) {
    try {
        return window.exit_of(event);
    } catch (const Error& error) {
        if (error.code() != Errc::datetime_overflow) throw;
        throw_after_end_of_time("the window over", event);
    }
}

void event_changes(const Events& events, const Window& window, Changes& changes) {
    changes.in.reserve(events.list().size());
    changes.out.reserve(events.list().size());
    for (const Event& e : events.list()) {
        const Instant exit = exit_of(window, e.at);
        if (exit <= e.at) continue;  // it is in no window
        changes.in.push_back({e.at, &e});
        changes.out.push_back({exit, &e});
        if (changes.in.size() % 4096 == 0) check_interrupts();
    }
}

/// Per actor the union of its events' stays.
void actor_changes(const Events& events, const Window& window, Changes& changes) {
    struct Stay {
        const Event* last = nullptr;
        Instant until = minus_infinity;
    };
    Vector<Stay> stays(events.name_count(), Stay{}, Alloc<Stay>(events.arena()));
    for (const Event& e : events.list()) {
        if (e.actor_count == 0) continue;
        const Instant exit = exit_of(window, e.at);
        if (exit <= e.at) continue;
        for (const std::uint32_t actor : events.actors_of(e)) {
            Stay& stay = stays[actor];
            if (stay.last == nullptr || stay.until < e.at) {
                if (stay.last != nullptr) changes.out.push_back({stay.until, stay.last});
                changes.in.push_back({e.at, &e});
            }
            stay = {&e, exit};
        }
        check_interrupts();
    }
    for (const Stay& stay : stays)
        if (stay.last != nullptr) changes.out.push_back({stay.until, stay.last});
    csagg::sort(changes.out.begin(), changes.out.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
}

template <class Sum>
void sweep(const Changes& changes, Instant start, Entries& out) {
    Sum sum;
    auto in = changes.in.begin();
    auto leaving = changes.out.begin();
    auto advance_to = [&](Instant at) {
        for (; in != changes.in.end() && in->at <= at; ++in) sum.enter(*in->event);
        for (; leaving != changes.out.end() && leaving->at <= at; ++leaving) sum.leave(*leaving->event);
    };
    for (Instant at = start;;) {
        advance_to(at);
        const Value value = Value::of(sum.value());
        if (out.empty() || !same(out.back().value, value)) out.push_back({at, 0, value});
        if (out.size() % 4096 == 0) check_interrupts();
        // What is in has yet to leave, so the outs end last.
        if (leaving == changes.out.end() && in == changes.in.end()) return;
        at = leaving == changes.out.end() ? in->at : leaving->at;
        if (in != changes.in.end()) at = std::min(at, in->at);
    }
}

}  // namespace

std::optional<Instant> start_of(const Events& events, Instant known_from) {
    if (events.forgotten()) return known_from;
    if (events.list().empty()) return std::nullopt;
    return std::max(events.list().front().at, known_from);
}

Steps trailing(const Events& events, const Window& window, Measure measure, Arena& arena) {
    Steps steps(Kind::number, arena);
    // The window at t is known whole if it begins after the last unknown instant.
    if (events.known_from() != minus_infinity)
        steps.known_from = window.exit_of(std::max(events.known_from() - 1, first_instant));
    const std::optional<Instant> start = start_of(events, steps.known_from);
    if (!start) return steps;

    Changes changes(arena);
    if (measure == Measure::actors)
        actor_changes(events, window, changes);
    else
        event_changes(events, window, changes);
    switch (measure) {
        case Measure::total: sweep<TotalSum>(changes, *start, steps.entries); break;
        case Measure::events: sweep<RowCount>(changes, *start, steps.entries); break;
        case Measure::actors: sweep<ActorCount>(changes, *start, steps.entries); break;
    }
    return steps;
}

}  // namespace csagg
