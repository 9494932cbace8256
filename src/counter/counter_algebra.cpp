#include "counter/counter_algebra.hpp"

#include "base/interrupt.hpp"

namespace csagg {
namespace {

Arena& arena_of(Bytes& out) { return out.get_stored_allocator().arena(); }

/// The end of the slot (k * resolution, (k + 1) * resolution] that holds `at`.
Instant slot_end(Instant at, std::int64_t resolution) {
    if (at == minus_infinity) return at;
    const std::int64_t into = at % resolution;
    if (into == 0) return at;
    Instant end = 0;
    if (__builtin_add_overflow(at, (into > 0 ? resolution : 0) - into, &end) || end > last_instant)
        throw_after_end_of_time("the slot that holds", at);
    return end;
}

}  // namespace

void merge_counters(ByteSpan a, ByteSpan b, Bytes& out) {
    Events events(arena_of(out));
    Counter(a).read(events);
    Counter(b).read(events);
    encode_counter(events, out);
}

void overlay_counters(ByteSpan a, ByteSpan b, Bytes& out) {
    Events below(arena_of(out)), result(arena_of(out));
    Counter(a).read(below);
    Counter(b).read(result);
    result.forget_before(below.known_from(), below.forgotten());
    const std::size_t above = result.list().size();
    std::size_t j = 0;
    for (std::size_t i = 0; i < below.list().size(); ++i) {
        if (i % 4096 == 4095) check_interrupts();
        const Instant at = below.list()[i].at;
        while (j < above && result.list()[j].at < at) ++j;
        if (j == above || result.list()[j].at != at) result.add_from(below, i, i + 1);
    }
    encode_counter(result, out);
}

void slice_counter(ByteSpan counter, Instant since, Instant until, Bytes& out) {
    Events events(arena_of(out));
    Counter(counter).read(events, since, until);
    events.slice(since, until);
    encode_counter(events, out);
}

void forget_counter_before(ByteSpan counter, Instant horizon, Bytes& out) {
    check_instant(horizon);
    Events events(arena_of(out));
    Counter(counter).read(events);
    events.forget_before(horizon);
    encode_counter(events, out);
}

void downsample_counter(ByteSpan counter, std::int64_t resolution, Bytes& out) {
    if (resolution <= 0 || resolution > micros_per_day)
        throw Error(Errc::invalid_parameter, "resolution must be more than zero and at most a day",
                    "15 minutes fits every time zone.");
    Events events(arena_of(out));
    Counter(counter).read(events);
    // A slot of which only a part is known is not known. The first whole one begins at the first slot end from
    // known_from - 1 us on, and what moves to its end lies behind that.
    if (events.known_from() != minus_infinity) events.forget_before(slot_end(events.known_from() - 1, resolution) + 1);
    events.move_instants([resolution](Instant& at) { at = slot_end(at, resolution); });
    encode_counter(events, out);
}

void replace_actor(ByteSpan counter, std::string_view actor, std::string_view replacement, Bytes& out) {
    Arena& arena = arena_of(out);
    Events events(arena), renamed(arena);
    Counter(counter).read(events);
    renamed.forget_before(events.known_from(), events.forgotten());
    renamed.reserve(events.list().size());
    Vector<std::string_view> names(arena);
    for (std::size_t i = 0; i < events.list().size(); ++i) {
        if (i % 4096 == 4095) check_interrupts();
        const Event& e = events.list()[i];
        names.clear();
        for (const std::uint32_t number : events.actors_of(e))
            names.push_back(events.name(number) == actor ? replacement : events.name(number));
        renamed.add(e.at, e.rows, e.total, {names.data(), names.size()});
    }
    encode_counter(renamed, out);
}

void align_counter(ByteSpan counter, const OwnClock& clock, Bytes& out) {
    Events events(arena_of(out));
    Counter(counter).read(events);
    events.move_time(clock);
    encode_counter(events, out);
}

}  // namespace csagg
