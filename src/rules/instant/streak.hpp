// streak(x): local days in a row with an event, up to today or yesterday.
#pragma once
#include "rules/instant/facts.hpp"
#include "rules/calendar/local_days.hpp"
#include "rules/instant/value_until.hpp"

namespace csagg {

class Streak {
public:
    Streak(const LocalDays& days, const CounterColumns& counter) : days_(days), events_(counter.instants()) {
        if (counter.known_from() == minus_infinity) return;
        known_day_ = days_.day_of(counter.known_from());
        if (days_.begin_of(known_day_) < counter.known_from()) ++known_day_;
    }

    /// Instants never go back.
    ValueUntil at(Instant now) {
        move_to(now);
        const Instant next = entered_ < events_.size() ? events_[entered_] : plus_infinity;
        const std::int64_t today = days_.day_of(now);
        // The day before the streak is known to be without an event, or it may be longer.
        if (length_ > 0 && last_day_ >= today - 1)
            return {number(last_day_ - length_ >= known_day_, length_), std::min(next, days_.begin_of(last_day_ + 2))};
        const bool known = today - 1 >= known_day_;
        return {number(known, 0), known ? next : std::min(next, days_.begin_of(known_day_ + 1))};
    }

private:
    static Value number(bool known, std::int64_t length) {
        return known ? Value::of(Number::of(length)) : Value::none(Kind::number);
    }
    void move_to(Instant now) {
        if (!started_) start(now);
        for (; entered_ < events_.size() && events_[entered_] <= now; ++entered_) {
            const std::int64_t day = days_.day_of(events_[entered_]);
            if (day == last_day_ && length_ > 0) continue;
            length_ = length_ > 0 && day == last_day_ + 1 ? length_ + 1 : 1;
            last_day_ = day;
        }
    }
    /// Back from the last event to where the streak begins. What happened since ever has no day.
    void start(Instant now) {
        started_ = true;
        entered_ = std::size_t(std::ranges::upper_bound(events_, now) - events_.begin());
        for (std::size_t i = entered_; i > 0 && events_[i - 1] != minus_infinity; --i) {
            const std::int64_t day = days_.day_of(events_[i - 1]);
            if (length_ == 0) last_day_ = day;
            if (day < last_day_ - length_) return;
            if (day == last_day_ - length_) ++length_;
        }
    }

    const LocalDays& days_;
    std::span<const Instant> events_;
    std::int64_t known_day_ = minus_infinity;  // the first that is known whole
    bool started_ = false;
    std::size_t entered_ = 0;
    std::int64_t last_day_ = 0, length_ = 0;
};

}  // namespace csagg
