// The events of a counter by the buckets of a grid.
#pragma once
#include "base/interrupt.hpp"
#include "counter/counter.hpp"
#include "grid/grid.hpp"

namespace csagg {

struct BucketSum {
    std::int64_t rows = 0;
    Wide total;
};

inline BucketSum sum_of(std::span<const Event> events) {
    BucketSum sum;
    for (const Event& e : events) {
        sum.rows += e.rows;
        sum.total.add(e.total);
    }
    return sum;
}

/// Counts the distinct actors of one bucket after another.
class ActorCounter {
public:
    explicit ActorCounter(const Events& events)
        : events_(events), seen_in_(events.name_count(), 0, Alloc<std::size_t>(events.arena())) {}

    std::int64_t count(std::span<const Event> bucket) {
        ++round_;
        std::int64_t n = 0;
        for (const Event& e : bucket)
            for (const std::uint32_t actor : events_.actors_of(e))
                n += std::exchange(seen_in_[actor], round_) != round_;
        return n;
    }

private:
    const Events& events_;
    Vector<std::size_t> seen_in_;
    std::size_t round_ = 0;
};

/// Calls f(i, events of bucket i, known) for each bucket of the grid in order; `known` is false where a bucket starts
/// before the counter's known_from. `events` is settled.
template <class F>
void for_each_bucket(const Events& events, const Grid& grid, F f) {
    const auto list = events.list();
    auto next =
        std::partition_point(list.begin(), list.end(), [&](const Event& e) { return e.at < grid.starts_at(0); });
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const auto begin = next;
        while (next != list.end() && next->at < grid.starts_at(i + 1)) ++next;
        f(i, std::span<const Event>(begin, next), grid.starts_at(i) >= events.known_from());
        if (i % 4096 == 4095) check_interrupts();
    }
}

}  // namespace csagg
