#include "counter/period_to_date.hpp"

#include "base/interrupt.hpp"
#include "counter/sums.hpp"

namespace csagg {
namespace {

/// The actors of the period so far.
class ActorsToDate {
public:
    explicit ActorsToDate(const Events& events)
        : events_(events), seen_in_(events.name_count(), 0, Alloc<std::size_t>(events.arena())) {}

    void reset() {
        ++period_;
        actors_ = 0;
    }
    void enter(const Event& e) {
        for (const std::uint32_t actor : events_.actors_of(e))
            actors_ += std::exchange(seen_in_[actor], period_) != period_;
    }
    Number value() const { return {actors_, 0}; }

private:
    const Events& events_;
    Vector<std::size_t> seen_in_;
    std::size_t period_ = 0;
    std::int64_t actors_ = 0;
};

template <class Sum>
class SumToDate {
public:
    explicit SumToDate(const Events&) {}
    void reset() { sum_ = Sum(); }
    void enter(const Event& e) { sum_.enter(e); }
    Number value() const { return sum_.value(); }

private:
    Sum sum_;
};

void put_value(Entries& out, Instant at, const Number& number) {
    const Value value = Value::of(number);
    if (out.empty() || !same(out.back().value, value)) out.push_back({at, 0, value});
}

template <class ToDate>
void sweep_periods(const Events& events, const Periods& periods, Instant start, Entries& out) {
    ToDate to_date(events);
    Instant end = minus_infinity;  // of the period of the last event
    for (const Event& e : events.list()) {
        if (e.at == minus_infinity || e.at < start) continue;  // of no period, or of one that is not known whole
        if (out.empty() && e.at > start) put_value(out, start, {0, 0});
        if (e.at >= end) {
            if (end != minus_infinity && end < e.at) put_value(out, end, {0, 0});
            end = periods.starts_at(periods.index_of(e.at) + 1);
            to_date.reset();
            check_interrupts();
        }
        to_date.enter(e);
        put_value(out, e.at, to_date.value());
    }
    put_value(out, std::max(start, end), {0, 0});
}

}  // namespace

Steps period_to_date(const Events& events, const Periods& periods, Measure measure, Arena& arena) {
    Steps steps(Kind::number, arena);
    steps.known_from = periods.start_from(events.known_from());
    const std::optional<Instant> start = start_of(events, steps.known_from);
    if (!start) return steps;
    switch (measure) {
        case Measure::total: sweep_periods<SumToDate<TotalSum>>(events, periods, *start, steps.entries); break;
        case Measure::events: sweep_periods<SumToDate<RowCount>>(events, periods, *start, steps.entries); break;
        case Measure::actors: sweep_periods<ActorsToDate>(events, periods, *start, steps.entries); break;
    }
    return steps;
}

}  // namespace csagg
