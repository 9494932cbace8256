#include "history/history_algebra.hpp"

#include "counter/counter_algebra.hpp"
#include "timeline/algebra.hpp"

namespace csagg {
namespace {

Arena& arena_of(Bytes& out) { return out.get_stored_allocator().arena(); }

using MapSteps = Steps (*)(const Steps& a, const Steps& b, Arena& arena);
using MapCounters = void (*)(ByteSpan a, ByteSpan b, Bytes& out);

/// Walks the keys of both; a fact that only one side has passes. No horizon can get lost: that of a timeline or counter
/// made of two is the greater one.
void combine(ByteSpan a_bytes, ByteSpan b_bytes, Bytes& out, MapSteps states, MapCounters counters) {
    Arena& arena = arena_of(out);
    const History a(a_bytes), b(b_bytes);
    HistoryWriter writer(std::max(a.known_from(), b.known_from()), arena);
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        const Fact x = a[i], y = b[j];
        if (x.key != y.key) {
            const bool x_first = x.key < y.key;
            writer.add(x_first ? x : y);
            ++(x_first ? i : j);
            continue;
        }
        if (x.kind != y.kind) throw_kinds_differ(x.key, x.kind, y.kind);
        writer.add(x.key, x.kind, [&](Bytes& fact) {
            if (x.kind == FactKind::counter)
                counters(x.bytes, y.bytes, fact);
            else
                states(Steps(Timeline(x.bytes), arena), Steps(Timeline(y.bytes), arena), arena).write(fact);
        });
        ++i;
        ++j;
    }
    for (; i < a.size(); ++i) writer.add(a[i]);
    for (; j < b.size(); ++j) writer.add(b[j]);
    writer.finish(out);
}

}  // namespace

void merge_histories(ByteSpan a, ByteSpan b, Bytes& out) { combine(a, b, out, merge, merge_counters); }

void overlay_histories(ByteSpan a, ByteSpan b, Bytes& out) { combine(a, b, out, overlay, overlay_counters); }

void slice_history(ByteSpan bytes, Instant since, Instant until, Bytes& out) {
    const History history(bytes);
    // As in the slices of the facts: outside of the part it is known that there is nothing.
    const bool unknown = since < until && history.known_from() > since;
    Arena& arena = arena_of(out);
    HistoryWriter writer(unknown ? std::min(history.known_from(), until) : minus_infinity, arena);
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Fact fact = history[i];
        writer.add(fact.key, fact.kind, [&](Bytes& part) {
            if (fact.kind == FactKind::counter)
                slice_counter(fact.bytes, since, until, part);
            else
                slice(Steps(Timeline(fact.bytes), arena), since, until, arena).write(part);
        });
    }
    writer.finish(out);
}

void forget_fact_before(const Fact& fact, Instant horizon, Bytes& out) {
    if (fact.kind == FactKind::counter) {
        forget_counter_before(fact.bytes, horizon, out);
        return;
    }
    Steps steps(Timeline(fact.bytes), arena_of(out));
    forget_before(steps, horizon);
    steps.write(out);
}

void forget_history_before(ByteSpan bytes, Instant horizon, Bytes& out) {
    check_instant(horizon);
    const History history(bytes);
    HistoryWriter writer(std::max(history.known_from(), horizon), arena_of(out));
    for (std::size_t i = 0; i < history.size(); ++i) writer.add(history[i]);
    writer.finish(out);
}

namespace {

/// Without horizons of the facts' own.
Steps steps_of(const Fact& fact, Instant horizon, Arena& arena) {
    Steps steps(Timeline(fact.bytes), arena);
    steps.known_from = horizon;
    return steps;
}
void add_events(ByteSpan counter, Instant until, Events& out) {
    Events events(out.arena());
    Counter(counter).read(events, minus_infinity, until);
    out.add_from(events, 0, events.list().size());
}

/// What of a fact lies before `at`; nothing, if it need not be apart.
void write_before(const Fact& fact, Instant at, Instant horizon, Bytes& out) {
    Arena& arena = arena_of(out);
    if (fact.kind == FactKind::counter) {
        Events events(arena);
        add_events(fact.bytes, at, events);
        if (events.list().empty()) return;
        events.forget_before(horizon, known_from(fact) == horizon && Counter(fact.bytes).forgotten());
        encode_counter(events, out);
        return;
    }
    Steps steps = steps_of(fact, horizon, arena);
    Entries& entries = steps.entries;
    if (entries.empty() || entries[0].at >= at || (entries[0].value.absent && known_from(fact) == horizon)) return;
    entries.erase(std::ranges::find_if(entries, [at](const Entry& e) { return e.at >= at; }), entries.end());
    steps.write(out);
}

Steps unite_steps(const Steps& before, const Steps& after, Arena& arena) {
    Steps later = after;
    later.known_from = before.known_from;
    return merge(before, later, arena);
}
void unite_counters(ByteSpan before, ByteSpan after, Bytes& out) {
    Events events(arena_of(out));
    Counter(before).read(events);
    add_events(after, plus_infinity, events);
    encode_counter(events, out);
}

}  // namespace

void split_history(ByteSpan bytes, Instant at, Bytes& before, Bytes& after) {
    check_instant(at);
    Arena& arena = arena_of(before);
    const History history(bytes);
    HistoryWriter first(history.known_from(), arena), second(history.known_from(), arena);
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Fact fact = history[i];
        Bytes part{Alloc<Byte>(arena)};
        write_before(fact, at, history.known_from(), part);
        if (part.empty()) {
            second.add(fact);
            continue;
        }
        first.add({fact.key, fact.kind, view(part)});
        second.add(fact.key, fact.kind, [&](Bytes& rest) { forget_fact_before(fact, at, rest); });
    }
    first.finish(before);
    second.finish(after);
}

void unite_histories(ByteSpan before, ByteSpan after, Bytes& out) {
    combine(before, after, out, unite_steps, unite_counters);
}

Instant known_throughout_from(const History& history) {
    Instant known = history.known_from();
    for (std::size_t i = 0; i < history.size(); ++i) known = std::max(known, known_from(history[i]));
    return known;
}

}  // namespace csagg
