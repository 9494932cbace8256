#include "grid/grid.hpp"

#include "base/interrupt.hpp"

#include <algorithm>

namespace csagg {

Grid::Grid(const GridSpec& spec, const Calendar& calendar, Arena& arena)
    : labels_(arena),
      starts_(arena),
      snapshot_(spec.snapshot),
      lead_(spec.snapshot == Snapshot::end ? 1 : 0),
      even_(!spec.is_irregular()) {
    const std::size_t n = check_grid(spec, calendar);
    labels_.reserve(n);
    starts_.reserve(n + 1);
    starts_.push_back(spec.is_elapsed() ? spec.start : calendar.to_instant(spec.start));
    if (even_)
        add_regular(spec, n, calendar);
    else
        add_irregular(spec, n, calendar);
    if (n == 0) return;
    first_closing_ = closing(0);
    last_closing_ = closing(n - 1);
    const std::uint64_t length = std::uint64_t(starts_.back()) - std::uint64_t(starts_.front());
    constexpr std::uint64_t one = ~std::uint64_t(0);  // all but: so the place of the grid's end is below n, too
    if (length > 0) steps_per_micro_ = n < length ? std::uint64_t(Uint128(n) * one / length) : one;
    even_ = even_ || is_about_even();
}

void Grid::add_regular(const GridSpec& spec, std::size_t n, const Calendar& calendar) {
    for (std::size_t i = 0; i < n; ++i) {
        if (i % 1024 == 0) check_interrupts();
        // The labels count from the start, not from each other: 31 January + 2 months is 31 March.
        if (spec.is_elapsed()) {
            labels_.push_back(calendar.to_local(starts_.back()));
            starts_.push_back(starts_.back() + spec.step.micros);
        } else {
            labels_.push_back(calendar.add(spec.start, spec.step, std::int64_t(i)));
            const Instant next = calendar.to_instant(calendar.add(spec.start, spec.step, std::int64_t(i) + 1));
            // Only rules that change twice within two days could give an earlier one; the search relies on the order.
            starts_.push_back(std::max(next, starts_.back()));
        }
    }
}

void Grid::add_irregular(const GridSpec& spec, std::size_t n, const Calendar& calendar) {
    for (std::size_t i = 0; i < n; ++i) {
        if (i % 1024 == 0) check_interrupts();
        labels_.push_back(spec.boundary(i));
        // A start that the clocks skip may lie behind the next one.
        starts_.push_back(std::max(calendar.to_instant(spec.boundary(i + 1)), starts_.back()));
    }
}

// Whoever writes down the days up to this hour, boundary by boundary, shall not pay for that at each look-up.
bool Grid::is_about_even() const {
    constexpr std::size_t most = 2;
    for (std::size_t i = 0; i < size(); ++i) {
        if (i % 65536 == 0) check_interrupts();
        const std::size_t place = even_place(starts_[i]);
        if (place + most < i || place > i + most) return false;
    }
    return true;
}

std::size_t Grid::search(Instant at) const {
    return std::size_t(std::upper_bound(starts_.begin(), starts_.end() - 1, at) - starts_.begin()) - 1;
}

std::size_t Grid::place_before(Instant at) const {
    std::size_t i = even_ ? even_place(at) : search(at);
    while (starts_[i] >= at) --i;
    while (starts_[i + 1] < at) ++i;
    return i;
}

}  // namespace csagg
