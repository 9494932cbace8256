// Histories from histories. Every function appends the bytes of its result to `out`.
#pragma once
#include "history/history.hpp"

namespace csagg {

/// Fact by fact: states by rank, counters add up. Associative and commutative, to the byte; each row of a counter is to
/// be merged once. Errc::kind_mismatch for a key of two kinds.
void merge_histories(ByteSpan a, ByteSpan b, Bytes& out);

/// Fact by fact: a state of b wherever it has a value, events of b at the instants where it has some, else what a has.
/// Errc::kind_mismatch for a key of two kinds.
void overlay_histories(ByteSpan a, ByteSpan b, Bytes& out);

/// The part in [since, until) of every fact. Facts without anything in it stay, empty: their kinds are known.
void slice_history(ByteSpan history, Instant since, Instant until, Bytes& out);

/// Every fact, and what is merged in later, is forgotten before `horizon`. -infinity changes nothing.
/// Errc::datetime_overflow for infinity.
void forget_history_before(ByteSpan history, Instant horizon, Bytes& out);
void forget_fact_before(const Fact& fact, Instant horizon, Bytes& out);

/// A history in two parts that unite_histories() puts together again: `before` has what happened before `at`, `after`
/// is what look_back() asks for from then on: facts of which something lies before `at` are forgotten before it. A
/// state that begins without a value is all in `after`, since a forgotten one may have had some.
/// Errc::datetime_overflow for an infinite instant.
void split_history(ByteSpan history, Instant at, Bytes& before, Bytes& after);
/// The merge of both, of which only what the history had forgotten is. Errc::kind_mismatch for a key of two kinds.
void unite_histories(ByteSpan before, ByteSpan after, Bytes& out);

/// From there on every fact is known: the greatest horizon of the history and of its facts, or -infinity.
Instant known_throughout_from(const History& history);

}  // namespace csagg
