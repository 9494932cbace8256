// lowest(x, w), highest(x, w): over all that a state was in a window, what it was at its beginning included. What it is
// now counts too where the window is empty: one of a day is, around a day that the clocks skip.
#pragma once
#include "rules/instant/facts.hpp"
#include "rules/calendar/lookback.hpp"
#include "rules/instant/value_until.hpp"

namespace csagg {

/// Of the runs in the window those are kept that no later one beats: the first of them is the answer.
class Extremes {
public:
    Extremes(const StateData& data, const Lookback& window, bool lowest, Kind kind, Arena& arena)
        : runs_(view(data.runs)), window_(window), lowest_(lowest), none_(Value::none(kind)) {
        if (data.known_from != minus_infinity) known_ = window.exit_of(std::max(data.known_from - 1, first_instant));
        kept_ = static_cast<std::uint32_t*>(
            arena.allocate((runs_.size() + 1) * sizeof(std::uint32_t), alignof(std::uint32_t)));
    }

    /// Instants never go back.
    ValueUntil at(Instant now) {
        if (now < known_) return {none_, known_};
        if (!started_) start(now);
        for (; entered_ < runs_.size() && runs_[entered_].at <= now; ++entered_) keep(entered_);
        for (; leaves(left_) <= now; ++left_) {
        }
        while (head_ < tail_ && kept_[head_] < left_) ++head_;
        const Instant next = entered_ < runs_.size() ? runs_[entered_].at : plus_infinity;
        return {head_ == tail_ ? none_ : runs_[kept_[head_]].value, std::min(next, leaves(left_))};
    }

private:
    /// When the last instant of a run goes out of the window; not before it is over.
    Instant leaves(std::size_t run) const {
        if (run + 1 >= runs_.size()) return plus_infinity;
        const Instant end = runs_[run + 1].at;
        return std::max(window_.exit_of(end - 1), end);
    }
    void start(Instant now) {
        started_ = true;
        const Instant first = std::min(window_.begin_of(now) + 1, now);
        const auto begun = std::size_t(std::ranges::upper_bound(runs_, first, {}, &Run::at) - runs_.begin());
        entered_ = left_ = begun > 0 ? begun - 1 : 0;
    }
    void keep(std::size_t run) {
        const Value& value = runs_[run].value;
        if (value.absent) return;
        const auto beats = [&](const Value& other) {
            const auto order = compare(value, other);
            return lowest_ ? order <= 0 : order >= 0;
        };
        while (tail_ > head_ && beats(runs_[kept_[tail_ - 1]].value)) --tail_;
        kept_[tail_++] = std::uint32_t(run);
    }

    std::span<const Run> runs_;
    const Lookback window_;
    const bool lowest_;
    const Value none_;
    Instant known_ = minus_infinity;
    bool started_ = false;
    std::size_t entered_ = 0, left_ = 0;
    std::uint32_t* kept_;
    std::size_t head_ = 0, tail_ = 0;
};

}  // namespace csagg
