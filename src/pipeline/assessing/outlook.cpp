#include "pipeline/assessing/outlook.hpp"

#include <algorithm>

namespace csagg {
namespace {

/// The first entry after that instant.
std::size_t first_after(const Entries& entries, Instant at) {
    return std::size_t(
        std::upper_bound(entries.begin(), entries.end(), at, [](Instant t, const Entry& e) { return t < e.at; }) -
        entries.begin());
}

}  // namespace

std::optional<Instant> held_since(const Steps& steps, Instant at) {
    const std::size_t next = first_after(steps.entries, at);
    if (next == 0 || steps.entries[next - 1].value.absent) return std::nullopt;
    return steps.entries[next - 1].at;
}

Value held_before(const Steps& steps, Instant at) {
    for (std::size_t i = first_after(steps.entries, at); i > 1; --i)
        if (!steps.entries[i - 2].value.absent) return steps.entries[i - 2].value;
    return Value::none(steps.kind);
}

Instant next_change(const Steps& steps, Instant after) {
    const std::size_t next = first_after(steps.entries, after);
    return next < steps.entries.size() ? steps.entries[next].at : plus_infinity;
}

void hold_on(Steps& steps, Instant end) {
    if (steps.entries.empty()) return;
    const Entry& last = steps.entries.back();
    if (last.at == end && last.value.absent) steps.entries.pop_back();
}

}  // namespace csagg
