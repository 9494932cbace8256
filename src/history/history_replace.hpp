// Facts of a history put in place of another's, and taken out. Every function appends the bytes of its result to `out`.
#pragma once
#include "history/history.hpp"

namespace csagg {

/// Every fact that b has, whole and of b's kind; of the other keys a's. Associative: what was forgotten on one side is
/// dropped from the other, as in a merge.
void replace_facts(ByteSpan a, ByteSpan b, Bytes& out);

/// Without the facts of these keys, in any order, once or more; the history's own horizon stays.
void drop_facts(ByteSpan history, std::span<std::string_view> keys, Bytes& out);

/// In every counter, as replace_actor() does. Counters without the actor stay as they are, byte for byte.
void replace_history_actor(ByteSpan history, std::string_view actor, std::string_view replacement, Bytes& out);

}  // namespace csagg
