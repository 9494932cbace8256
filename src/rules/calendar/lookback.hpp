// How far back an expression looks from an instant.
#pragma once
#include "base/prefetch.hpp"
#include "grid/periods.hpp"
#include "grid/window.hpp"

#include <algorithm>
#include <tuple>

namespace csagg {

/// The calendar period that an instant lies in, looked back at as a window is: (begin_of(t), t] is what of it there has
/// been.
class Period {
public:
    Period(const Calendar& calendar, const Span& length) : periods_(calendar, length, std::nullopt), length_(length) {}

    const Span& length() const { return length_; }
    /// The last instant before the period of `t`.
    Instant begin_of(Instant t) const {
        find(t);
        return begin_ - 1;
    }
    /// The first instant after it.
    Instant exit_of(Instant t) const {
        find(t);
        return end_;
    }

private:
    /// Remembers: neighbours are asked for one after the other.
    void find(Instant t) const {
        if (begin_ <= t && t < end_) return;
        const std::int64_t i = periods_.index_of(t);
        begin_ = periods_.starts_at(i);
        end_ = periods_.starts_at(i + 1);
    }

    Periods periods_;
    Span length_;
    mutable Instant begin_ = plus_infinity, end_ = minus_infinity;
};

/// A Window, a Period, or nothing: then begin and exit are the instant itself. What lies beyond a timestamp's range is
/// infinite.
class Lookback {
public:
    Lookback() = default;
    explicit Lookback(const Window& window) : window_(&window) {}
    explicit Lookback(const Period& period) : period_(&period) {}

    Instant begin_of(Instant t) const {
        if (window_ == nullptr)
            return period_ == nullptr ? t : t < first_instant + margin ? minus_infinity : period_->begin_of(t);
        return t < first_instant + margin ? minus_infinity : window_->begin_of(t);
    }
    Instant exit_of(Instant event) const {
        if (window_ == nullptr) return period_ == nullptr ? event : exit_of_period(event);
        return event > last_instant - margin ? plus_infinity : window_->exit_of(event);
    }

    /// exit_of() of each; they do not decrease.
    void exits_of(std::span<const Instant> events, Instant* exits) const {
        if (window_ != nullptr && (events.empty() || events.back() <= last_instant - margin))
            return window_->exits_of(events, exits);
        for (std::size_t i = 0; i < events.size(); ++i) exits[i] = exit_of(events[i]);
    }

private:
    static constexpr std::int64_t margin = 1002 * 366 * micros_per_day;  // durations have at most 1000 years
    Instant exit_of_period(Instant event) const {
        if (event < first_instant + margin) return minus_infinity;
        return event > last_instant - margin ? plus_infinity : period_->exit_of(event);
    }

    const Window* window_ = nullptr;
    const Period* period_ = nullptr;
};

/// The windows of a rule set, one for each length: they are large, since they remember what they were asked. And the
/// periods, which are few.
class Lookbacks {
public:
    Lookbacks(const Calendar& calendar, Arena& arena) : calendar_(&calendar), windows_(arena), periods_(arena) {}

    Lookback of(const Span& length) {
        const auto place =
            std::lower_bound(windows_.begin(), windows_.end(), length,
                             [](const Window* w, const Span& sought) { return order(w->length()) < order(sought); });
        if (place != windows_.end() && (*place)->length() == length) return Lookback(**place);
        Arena& arena = windows_.get_stored_allocator().arena();
        const Window* const made = new (arena.allocate(sizeof(Window), alignof(Window))) Window(*calendar_, length);
        return Lookback(**windows_.insert(place, made));
    }
    Lookback period(const Span& length) {
        for (const Period* const period : periods_)
            if (period->length() == length) return Lookback(*period);
        Arena& arena = periods_.get_stored_allocator().arena();
        periods_.push_back(new (arena.allocate(sizeof(Period), alignof(Period))) Period(*calendar_, length));
        return Lookback(*periods_.back());
    }
    /// The beginning of each; they seldom remember more.
    void prefetch() const {
        for (const Window* const window : windows_) csagg::prefetch(window, std::min<std::size_t>(sizeof *window, 192));
    }

private:
    static std::tuple<std::int32_t, std::int32_t, std::int64_t> order(const Span& s) {
        return {s.months, s.days, s.micros};
    }

    const Calendar* calendar_;
    Vector<const Window*> windows_;
    Vector<const Period*> periods_;
};

}  // namespace csagg
