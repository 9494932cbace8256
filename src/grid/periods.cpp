#include "grid/periods.hpp"

#include <cmath>

namespace csagg {

void check_origin(LocalTime origin, SpanUnit unit, const Calendar& calendar) {
    if (origin == minus_infinity || origin == plus_infinity)
        throw Error(Errc::datetime_overflow, "origin must be finite");
    if (unit != SpanUnit::months) return;
    for (int i = 1; i <= 24; ++i)  // one of the two Februaries is no leap year's
        if (calendar.add(calendar.add(origin, {1, 0, 0}, i), {1, 0, 0}, -i) != origin)
            throw Error(Errc::invalid_parameter, "origin of steps of months must lie on one of the days 1 to 28");
}

Periods::Periods(const Calendar& calendar, const Span& step, std::optional<LocalTime> origin)
    : calendar_(&calendar), step_(step) {
    const SpanUnit unit = check_span(step, "step");
    if (unit == SpanUnit::elapsed)
        throw Error(Errc::invalid_parameter, "step must be of days or months",
                    "A calendar period is 1 day, 7 days, 1 month, 3 months or 1 year.");
    if (origin) check_origin(*origin, unit, calendar);
    origin_ = origin.value_or(unit == SpanUnit::months ? 0 : 2 * micros_per_day);  // the 1st of a January, a Monday
    constexpr double mean_month = 2'629'746.0 * double(micros_per_second);         // 146097 days in 4800 months
    length_ = unit == SpanUnit::months ? double(step.months) * mean_month : double(days_in_micros(step.days));
}

std::int64_t Periods::index_of(Instant at) const {
    auto i = std::int64_t(std::floor((double(calendar_->to_local(at)) - double(origin_)) / length_));
    while (starts_at(i) > at) --i;
    while (starts_at(i + 1) <= at) ++i;
    return i;
}

Instant Periods::start_from(Instant at) const {
    if (at == minus_infinity) return at;
    const std::int64_t i = index_of(at);
    return starts_at(i) == at ? at : starts_at(i + 1);
}

}  // namespace csagg
