// The calendar periods of one length: weeks from Sunday, months, quarters from February.
#pragma once
#include "grid/calendar.hpp"

#include <optional>

namespace csagg {

class Periods {
public:
    /// Counted from `origin`; without one months from January 2000, days from Monday 2000-01-03. The calendar must
    /// outlive them. Errc::invalid_parameter unless the step is of days or months, and an origin of months on one of
    /// the days 1 to 28; Errc::datetime_overflow for an infinite origin.
    Periods(const Calendar& calendar, const Span& step, std::optional<LocalTime> origin);

    /// The period that holds `at` (finite), by instants: also where the clocks show its start twice, or not at all.
    /// Where they skip whole periods, the last of them. Errc::datetime_overflow.
    std::int64_t index_of(Instant at) const;

    LocalTime label(std::int64_t i) const { return calendar_->add(origin_, step_, i); }
    Instant starts_at(std::int64_t i) const { return calendar_->to_instant(label(i)); }

    /// The start of the first period that starts at `at` or later; -infinity stays.
    Instant start_from(Instant at) const;

private:
    const Calendar* calendar_;
    Span step_;
    LocalTime origin_;
    double length_;
};

/// Errc::datetime_overflow unless finite. Errc::invalid_parameter for steps of months from a day above 28: it becomes
/// the last of a shorter month, and what starts there counts from that.
void check_origin(LocalTime origin, SpanUnit unit, const Calendar& calendar);

}  // namespace csagg
