// For tests of what computes with timelines: twins and their steps, and what every result must be.
#pragma once
#include "timeline/timeline_twin.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace csagg::test {

inline Steps steps_of(const Twin& twin, Arena& arena) {
    Steps out(twin.kind, arena);
    out.known_from = twin.known_from;
    for (const Entry& e : twin.list()) out.entries.push_back(e);
    return out;
}

/// A twin of random entries, now and then shortened.
inline Twin random_twin(Random& random, Kind kind, std::size_t rows = 8, bool with_seq = true) {
    Twin twin(kind, random.log(kind, random.below(rows + 1), 10, with_seq && random.one_in(2)));
    if (random.one_in(4)) {
        const Instant horizon = random.instant(10);
        twin.known_from = horizon;
        while (twin.entries.size() > 1 && std::next(twin.entries.begin())->first <= horizon)
            twin.entries.erase(twin.entries.begin());
    }
    return twin;
}

/// Known from there on, and not on known instants before.
inline void expect_known_from(const Steps& steps, std::initializer_list<const Twin*> arguments) {
    Instant expected = minus_infinity;
    for (const Twin* twin : arguments) expected = std::max(expected, twin->known_from);
    EXPECT_EQ(steps.known_from, expected);
}

/// Its bytes are valid and no entry is superfluous; so equal functions that are known from the same instant on, and
/// from their first entry on, have equal bytes.
inline void expect_simplified(const Steps& steps) {
    TestArena arena;
    EXPECT_NO_THROW(validate_timeline(encoded(steps), arena));
    for (std::size_t i = 0; i < steps.entries.size(); ++i) {
        EXPECT_EQ(steps.entries[i].seq, 0);
        const Value before = i == 0 ? Value::none(steps.kind) : steps.entries[i - 1].value;
        EXPECT_FALSE(same(steps.entries[i].value, before));
    }
}

/// The function is `expected` at every instant that matters and is known.
inline void expect_function(const Steps& steps, std::initializer_list<const Twin*> arguments,
                            const std::function<Value(Instant)>& expected, std::initializer_list<Instant> more = {}) {
    const Twin result(steps);
    std::set<Instant> instants = probes(arguments, more);
    instants.merge(probes({&result}));
    for (const Instant t : instants) {
        const Value wanted = t < steps.known_from ? Value::none(steps.kind) : expected(t);
        ASSERT_TRUE(same(result.at(t), wanted)) << t << ": " << name_of(result.at(t)) << ", not " << name_of(wanted);
    }
}

}  // namespace csagg::test
