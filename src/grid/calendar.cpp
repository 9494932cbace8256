#include "grid/calendar.hpp"

#include <algorithm>
#include <limits>

namespace csagg {
namespace {

// A regime outside of the table is searched from here on: zones that keep changing change about twice a year.
constexpr std::int64_t look_back = 400 * micros_per_day;

// PostgreSQL's infinite intervals, from 17 on.
using Part = std::numeric_limits<std::int32_t>;
using Micros = std::numeric_limits<std::int64_t>;
constexpr Span forever{Part::max(), Part::max(), Micros::max()}, never{Part::min(), Part::min(), Micros::min()};

/// sum + factor * times; false if it does not fit.
bool add_product(std::int64_t& sum, std::int64_t factor, std::int64_t times) {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(factor, times, &product) && !__builtin_add_overflow(sum, product, &sum);
}

}  // namespace

void throw_timestamp_overflow() { throw Error(Errc::datetime_overflow, "timestamp out of range"); }

std::int64_t days_in_micros(std::int32_t days) {
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(std::int64_t(days), micros_per_day, &micros)) throw_timestamp_overflow();
    return micros;
}

SpanUnit check_span(const Span& span, const char* what) {
    if (span == forever || span == never)
        throw Error(Errc::invalid_parameter, std::string(what) + " is infinite");
    const int units = (span.months != 0) + (span.days != 0) + (span.micros != 0);
    if (units > 1)
        throw Error(Errc::invalid_parameter, std::string(what) + " mixes months, days and shorter units",
                    "Use months and years, or weeks and days, or hours and shorter units.");
    if (units == 0 || span.months < 0 || span.days < 0 || span.micros < 0)
        throw Error(Errc::invalid_parameter, std::string(what) + " must be longer than zero");
    return span.months != 0 ? SpanUnit::months : span.days != 0 ? SpanUnit::days : SpanUnit::elapsed;
}

void check_finite(std::int64_t timestamp) {
    if (timestamp < first_instant || timestamp > last_instant) throw_timestamp_overflow();
}

bool is_zone_name(std::string_view name) {
    constexpr std::size_t most = 254;  // PostgreSQL's TZ_STRLEN_MAX, less the zero behind it
    constexpr std::string_view punctuation = "/_+-<>,.:";
    for (const char c : name) {
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && punctuation.find(c) == punctuation.npos) return false;
    }
    return !name.empty() && name.size() <= most;
}

LocalTime Calendar::add(LocalTime start, const Span& step, std::int64_t times) const {
    if (!in_range(start)) return infinite(start);
    std::int64_t months = 0;
    if (!add_product(months, step.months, times) || months != std::int32_t(months)) throw_timestamp_overflow();
    LocalTime sum = months == 0 ? start : add_months(start, std::int32_t(months));
    std::int64_t days = 0;
    if (!add_product(days, step.days, times) || !add_product(sum, micros_per_day, days)) throw_timestamp_overflow();
    check_finite(sum);
    if (!add_product(sum, step.micros, times)) throw_timestamp_overflow();
    return checked(sum);
}

Regime Calendar::find_regime(Instant at) const {
    Instant from = at - look_back;
    Boundary boundary = next_boundary(from);
    while (boundary.at <= at) {
        from = boundary.at;
        boundary = next_boundary(from);
    }
    for (const std::int64_t offset : {boundary.before, boundary.after})
        if (offset <= -micros_per_day || offset >= micros_per_day)
            throw Error(Errc::invalid_parameter, "time zone \"" + std::string(name()) + "\" is a day or more off UTC");
    return {from, boundary.at, boundary.before, boundary.after};
}

Regime Calendar::regime_outside(Instant at) const {
    if (slots_.empty()) {
        build_table();
        return regime_at(at);
    }
    if (at < outside_.from || at >= outside_.until) outside_ = find_regime(at);
    return outside_;
}

void Calendar::build_table() const {
    Vector<Regime> regimes(regimes_.get_stored_allocator());
    Vector<std::uint16_t> slots(slots_.get_stored_allocator());
    Instant at = table_from;
    for (std::uint64_t slot = 0; slot < std::uint64_t(table_until - table_from) >> slot_bits; ++slot) {
        const Instant start = table_from + Instant(slot << slot_bits);
        while (regimes.empty() || regimes.back().until <= start) {
            regimes.push_back(find_regime(at));
            at = regimes.back().until;
        }
        slots.push_back(std::uint16_t(regimes.size() - 1));
    }
    // The last slot may go on after the regime that holds its start.
    while (at < table_until) {
        regimes.push_back(find_regime(at));
        at = regimes.back().until;
    }
    if (regimes.size() > 65'535) throw Error(Errc::not_supported, "time zone changes too often");
    regimes_ = std::move(regimes);
    slots_ = std::move(slots);
}

}  // namespace csagg
