// mean(x, n days): the mean of what a number was at the end of each of the last n whole local days; NULLs are passed
// over.
#pragma once
#include "rules/instant/facts.hpp"
#include "rules/calendar/local_days.hpp"
#include "rules/instant/value_until.hpp"
#include "value/wide.hpp"

namespace csagg {

class DayMean {
public:
    DayMean(const LocalDays& days, const StateData& data, std::int64_t length)
        : days_(days), runs_(view(data.runs)), length_(length) {
        if (data.known_from != minus_infinity) known_ = days_.begin_of(days_.day_of(data.known_from) + length);
    }

    ValueUntil at(Instant now) const {
        const Value none = Value::none(Kind::number);
        if (now < known_) return {none, known_};
        const std::int64_t today = days_.day_of(now), first = today - length_;
        auto begun = std::size_t(std::ranges::upper_bound(runs_, now, {}, &Run::at) - runs_.begin());
        // While all days end with one value nothing changes, up to the end of the day of the next.
        const bool is_steady = begun == 0 || day_of(begun - 1) <= first;
        const Instant until = !is_steady             ? days_.begin_of(today + 1)
                              : begun < runs_.size() ? days_.begin_of(days_.day_of(runs_[begun].at) + 1)
                                                     : plus_infinity;
        Wide sum;
        std::int64_t count = 0;
        for (std::int64_t end = today; begun > 0 && end > first; --begun) {
            const std::int64_t day = std::max(day_of(begun - 1), first);
            if (day < end && !runs_[begun - 1].value.absent) {
                sum.add(runs_[begun - 1].value.number(), end - day);
                count += end - day;
            }
            end = std::min(end, day);
        }
        return {count == 0 ? none : Value::of(divide_rounded(sum, count)), until};
    }

private:
    std::int64_t day_of(std::size_t run) const { return days_.day_of_event(runs_[run].at); }

    const LocalDays& days_;
    std::span<const Run> runs_;
    std::int64_t length_;
    Instant known_ = minus_infinity;
};

}  // namespace csagg
