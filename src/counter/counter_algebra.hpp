// Counters from counters. Every function appends the bytes of its result to `out`.
#pragma once
#include "counter/counter.hpp"
#include "grid/own_clock.hpp"

namespace csagg {

/// Adds up. Associative and commutative; not idempotent: each row is to be merged once.
void merge_counters(ByteSpan a, ByteSpan b, Bytes& out);

/// The events of a, but at instants where b has events, those of b instead.
void overlay_counters(ByteSpan a, ByteSpan b, Bytes& out);

/// The events in [since, until). Outside the result is known to be empty.
void slice_counter(ByteSpan counter, Instant since, Instant until, Bytes& out);

/// Drops the events before `horizon`; known_from becomes `horizon` unless it is later already. -infinity changes
/// nothing. Errc::datetime_overflow for infinity.
void forget_counter_before(ByteSpan counter, Instant horizon, Bytes& out);

/// Moves every instant up to the end of its slot. Slots have `resolution` microseconds and are counted from 2000-01-01
/// 00:00 UTC; an instant between two slots stays, and so does -infinity. known_from moves to where whole slots are
/// known. Errc::invalid_parameter unless 0 < resolution <= a day.
void downsample_counter(ByteSpan counter, std::int64_t resolution, Bytes& out);

/// Whoever was `actor` is `replacement`; where both acted at one instant, one of them did.
void replace_actor(ByteSpan counter, std::string_view actor, std::string_view replacement, Bytes& out);

/// By a customer's own clock.
void align_counter(ByteSpan counter, const OwnClock& clock, Bytes& out);

}  // namespace csagg
