// The transition state of the aggregates counter() and merge(): a log of rows, appended in place.
//
// The log is what arrived, in the order it arrived; sorting and adding up wait for the end. Two logs are put together
// by copying one behind the other.
#pragma once
#include "base/flat.hpp"
#include "counter/counter.hpp"
#include "value/by_instant.hpp"

namespace csagg {

class CounterLog {
public:
    static constexpr Byte marker = state_marker | counter_tag;

    explicit CounterLog(Flat flat) : flat_(flat) {}
    static CounterLog create(Flat::Grow grow);

    const Flat& flat() const { return flat_; }

    // One row; the instant is checked by the caller (check_instant).
    void add(Instant at, const Number& amount);
    void add(Instant at, const Number& amount, std::string_view actor);

    void add_all(const CounterLog& other);
    void add_all(const Counter& counter, Arena& arena);

    /// The counter's bytes. Changes nothing here.
    void finish(Bytes& out) const;

private:
    void append(std::span<const Byte> record, std::string_view text = {});
    void add_horizon(const Counter& counter);
    void add_event(const Events& events, const Event& e);
    Vector<RowPlace> out_of_order(Arena& arena) const;
    void read(Events& out) const;

    Flat flat_;  // no header of its own: 40,000 groups have 40,000 of them
};

}  // namespace csagg
