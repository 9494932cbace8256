#include "rules/over_time/window_passages.hpp"

#include "base/interrupt.hpp"

namespace csagg {

const Instant* Windows::exits(std::uint32_t id) {
    if (exits_[id] != nullptr) return exits_[id];
    check_interrupts();
    const Exits& exits = program_.exits()[id];
    const auto events = facts_.counter(exits.fact).instants();
    const Instant* const from = exits.of == Exits::none ? events.data() : this->exits(exits.of);
    auto* const instants = make<Instant>(events.size());
    exits.by.exits_of({from, events.size()}, instants);
    instants[events.size()] = plus_infinity;
    return exits_[id] = instants;
}

namespace {

/// Whether an event may leave no later than it enters. Told by signs, several at a time; of what leaves at infinity
/// they may say so too.
bool may_be_short(const Passage& passage) {
    std::uint64_t signs = 0;
    for (std::size_t i = 0; i < passage.enters.size(); ++i)
        signs |= std::uint64_t(passage.leaves[i]) - std::uint64_t(passage.enters[i]) - 1;
    return signs >> 63 != 0;
}

}  // namespace

Passage Windows::of(const Node& node) {
    const Question& question = program_.questions()[node.question];
    const auto events = facts_.counter(node.fact).instants();
    if (question.leaves != Exits::none && passages_[question.leaves] != nullptr) return *passages_[question.leaves];
    Passage passage;
    passage.enters = question.enters == Exits::none ? events : std::span(exits(question.enters), events.size());
    if (question.leaves == Exits::none) return passage;
    passage.leaves = {exits(question.leaves), events.size()};
    if (may_be_short(passage)) passage = drop_short(passage);
    passages_[question.leaves] = new (arena_.allocate(sizeof(Passage), alignof(Passage))) Passage(passage);
    return passage;
}

/// Without the events that leave no later than they enter: those since ever, and some where clocks skip a day.
Passage Windows::drop_short(Passage passage) {
    const std::size_t n = passage.enters.size();
    auto* const enters = make<Instant>(n);
    auto* const leaves = make<Instant>(n);
    auto* const events = make<std::uint32_t>(n);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (passage.leaves[i] <= passage.enters[i]) continue;
        enters[kept] = passage.enters[i];
        leaves[kept] = passage.leaves[i];
        events[kept++] = std::uint32_t(i);
    }
    enters[kept] = leaves[kept] = plus_infinity;
    return {{enters, kept}, {leaves, kept}, {events, kept}};
}

std::span<const std::int64_t> Windows::days_of(std::size_t counter) {
    const auto events = facts_.counter(counter).instants();
    if (days_of_.size() <= counter) days_of_.resize(counter + 1, nullptr);
    if (days_of_[counter] == nullptr) {
        auto* const days = make<std::int64_t>(events.size());
        for (std::size_t i = 0; i < events.size(); ++i)
            days[i] = events[i] == minus_infinity ? minus_infinity : days_.day_of(events[i]);
        days_of_[counter] = days;
    }
    return {days_of_[counter], events.size()};
}

Passage Windows::of_days(const Node& node) {
    const Passage all = of(node);
    const auto days = days_of(node.fact);
    auto* const enters = make<Instant>(all.enters.size());
    auto* const leaves = make<Instant>(all.leaves.size());
    std::size_t n = 0;
    std::int64_t last_day = 0;
    for (std::size_t i = 0; i < all.enters.size(); ++i) {
        const std::int64_t day = days[all.events.empty() ? i : all.events[i]];
        // An event of the same day, that comes before the last one has gone, goes on with its stretch.
        const bool goes_on = n > 0 && day == last_day && (all.leaves.empty() || all.enters[i] <= leaves[n - 1]);
        last_day = day;
        n += goes_on ? 0 : 1;
        if (!goes_on) enters[n - 1] = all.enters[i];
        if (!all.leaves.empty()) leaves[n - 1] = all.leaves[i];
    }
    enters[n] = plus_infinity;
    if (all.leaves.empty()) return {{enters, n}, {}, {}};
    leaves[n] = plus_infinity;
    return {{enters, n}, {leaves, n}, {}};
}

Passage Windows::of_actors(const Node& node) {
    const Passage all = of(node);
    const CounterColumns& counter = facts_.counter(node.fact);
    static constexpr Instant infinity = plus_infinity;
    if (counter.name_count() == 0) return {{&infinity, 0}, {}, {}};
    const ActorColumn& actors = counter.actors();
    const bool leaving = !all.leaves.empty();
    auto* const enters = make<Instant>(actors.numbers.size());
    auto* const leaves = make<Instant>(actors.numbers.size());
    // Per actor, the event seen last; and for each event, how many actors' stretches end with it.
    constexpr std::uint32_t never = ~std::uint32_t(0);
    auto* const last = make<std::uint32_t>(counter.name_count());
    std::fill_n(last, counter.name_count(), never);
    auto* const ends = make<std::uint32_t>(all.enters.size());
    std::size_t n = 0;
    // One actor an event. Who comes again in time is not to be predicted: no branches.
    const auto enter_one_each = [&] {
        for (std::size_t i = 0; i < all.enters.size(); ++i) {
            const std::uint32_t before = std::exchange(last[actors.numbers[i]], std::uint32_t(i));
            const std::size_t any = before != never ? before : i;
            const std::uint32_t goes_on =
                std::uint32_t(before != never) & std::uint32_t(all.enters[i] <= all.leaves[any]);
            ends[i] = 1;
            ends[any] -= goes_on;
            enters[n] = all.enters[i];
            n += 1 - goes_on;
        }
    };
    const auto enter_any = [&] {
        for (std::size_t i = 0; i < all.enters.size(); ++i) {
            const auto here = actors.of(all.events.empty() ? i : all.events[i]);
            ends[i] = std::uint32_t(here.size());
            for (const std::uint32_t actor : here) {
                const std::uint32_t before = std::exchange(last[actor], std::uint32_t(i));
                if (before != never && (before == i || !leaving || all.enters[i] <= all.leaves[before]))
                    --ends[before];
                else
                    enters[n++] = all.enters[i];
            }
        }
    };
    if (actors.begins.empty() && leaving && all.events.empty())
        enter_one_each();
    else
        enter_any();
    enters[n] = plus_infinity;
    if (!leaving) return {{enters, n}, {}, {}};
    std::size_t left = 0;
    for (std::size_t i = 0; i < all.enters.size(); ++i) {
        leaves[left] = all.leaves[i];
        for (std::uint32_t k = 1; k < ends[i]; ++k) leaves[++left] = all.leaves[i];
        left += ends[i] > 0 ? 1 : 0;
    }
    leaves[left] = plus_infinity;
    return {{enters, n}, {leaves, left}, {}};
}

}  // namespace csagg
