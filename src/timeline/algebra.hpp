// Computing with whole step functions: one pass over the breakpoints of all arguments.
#pragma once
#include "grid/own_clock.hpp"
#include "timeline/timeline_build.hpp"

namespace csagg {

/// A timeline taken apart, ready to compute with.
struct Steps {
    Kind kind;
    Instant known_from = minus_infinity;
    Entries entries;

    Steps(Kind kind, Arena& arena) : kind(kind), entries(arena) {}
    Steps(const Timeline& timeline, Arena& arena);
    Steps(const UnencodedTimeline& timeline, Arena& arena);
    void write(Bytes& out) const { encode_timeline(kind, view(entries), known_from, out); }
};

/// One value since ever.
Steps constant(const Value& value, Arena& arena);

/// Drops entries that repeat the value before them, and absent ones at the beginning; seq becomes 0.
void simplify(Steps& steps);
/// Equal at every instant, whatever the entries; equal known_from too.
bool same_function(Steps a, Steps b);

/// Later entries win by rank, wherever they come from. Associative, commutative, idempotent.
Steps merge(const Steps& a, const Steps& b, Arena& arena);
/// b wherever it has a value, else a. Simplified.
Steps overlay(const Steps& a, const Steps& b, Arena& arena);
/// The part in [since, until), absent outside; known_from is `until` at most.
Steps slice(const Steps& steps, Instant since, Instant until, Arena& arena);
void forget_before(Steps& steps, Instant horizon);
/// By a customer's own clock. Simplified.
Steps aligned(const Steps& steps, const OwnClock& clock, Arena& arena);

/// Elapsed microseconds in [since, until) during which a boolean timeline is true; only from known_from on, so that
/// callers must see to it that nothing before it is asked for. Errc::datetime_overflow when it is true since ever and
/// `since` is -infinity, or likewise without end, and beyond 2^63 microseconds.
std::int64_t time_true(const Steps& steps, Instant since, Instant until);

enum class Arithmetic { add, subtract, multiply, divide };
enum class Comparison { eq, ne, lt, le, gt, ge };

// Lifted operations: absent where an argument is absent, as SQL's NULL; results are simplified.
Steps lift(Arithmetic op, const Steps& a, const Steps& b, Arena& arena);
Steps lift(Comparison op, const Steps& a, const Steps& b, Arena& arena);
// Three-valued logic of SQL's AND, OR, NOT, absent being NULL.
Steps all_of(std::span<const Steps> conditions, Arena& arena);
Steps any_of(std::span<const Steps> conditions, Arena& arena);
Steps negate(const Steps& condition, Arena& arena);
/// a where the condition is true, b where it is false or absent, as CASE does.
Steps choose(const Steps& condition, const Steps& a, const Steps& b, Arena& arena);

/// Band numbers as width_bucket() gives them: 0 below the first threshold, n from the last one on; with n + 1 labels
/// the label instead. Thresholds must increase.
Steps bin(const Steps& steps, std::span<const Number> thresholds, std::span<const std::string_view> labels,
          Arena& arena);

}  // namespace csagg
