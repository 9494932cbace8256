// The calendar of one named zone, as PostgreSQL reads it.
//
// A zone is a sequence of regimes: stretches of time with one offset from UTC. Two questions are left to whoever
// knows the zone (calendar_pg.cpp: PostgreSQL; the tests: a synthetic zone): where the next boundary is, and what
// "plus n months" is. All else is arithmetic on regimes, and cheap: a conversion is a table look-up and an addition.
#pragma once
#include "base/error.hpp"
#include "base/memory.hpp"
#include "value/instant.hpp"

namespace csagg {

/// A local wall-clock reading, microseconds since 2000-01-01 00:00 local.
using LocalTime = std::int64_t;

/// PostgreSQL's interval, field by field.
struct Span {
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t micros = 0;

    friend bool operator==(const Span&, const Span&) = default;
};

/// months and days are calendar lengths, what is shorter is elapsed time.
enum class SpanUnit { months, days, elapsed };

/// A length that can be stepped by: positive, and of one unit only. `what` names it in the message ("step", "window").
/// Errc::invalid_parameter with a hint.
SpanUnit check_span(const Span& span, const char* what);

/// The last midnight at or before `local`.
constexpr LocalTime midnight_of(LocalTime local) {
    const std::int64_t rest = local % micros_per_day;
    return local - (rest < 0 ? rest + micros_per_day : rest);
}

/// Errc::datetime_overflow.
[[noreturn]] void throw_timestamp_overflow();
/// Errc::datetime_overflow if they do not fit.
std::int64_t days_in_micros(std::int32_t days);

/// Errc::datetime_overflow unless PostgreSQL has a finite timestamp for it.
void check_finite(std::int64_t timestamp);

/// What a zone's name can consist of, POSIX rules included. Anything else would let a name break out of the text form
/// of a grid.
bool is_zone_name(std::string_view name);

/// Where the rules of a zone change. Offsets are local time minus UTC, in microseconds, less than a day either way.
struct Boundary {
    Instant at;           // plus_infinity: no further boundary
    std::int64_t before;  // offset up to it
    std::int64_t after;   // offset from it on; may equal `before`: PostgreSQL also stops where only the name changes
};

/// A stretch [from, until) of one offset. `from` may be later than the true beginning, `until` is a Boundary.
struct Regime {
    Instant from;
    Instant until;
    std::int64_t offset;
    std::int64_t next_offset;  // from `until` on
};

class Calendar {
public:
    Calendar(std::string_view name, Arena& arena)
        : name_(name.begin(), name.end(), arena), regimes_(arena), slots_(arena) {}
    Calendar(const Calendar&) = delete;
    Calendar& operator=(const Calendar&) = delete;

    /// The zone's name in its canonical spelling.
    std::string_view name() const { return {name_.data(), name_.size()}; }

    /// `at AT TIME ZONE zone`. Infinite stays infinite. Errc::datetime_overflow.
    LocalTime to_local(Instant at) const {
        if (!in_range(at)) return infinite(at);
        return checked(at + regime_at(at).offset);
    }

    /// `local AT TIME ZONE zone`: a reading that the clocks skip counts by the offset before the gap, one that they
    /// show twice is the second. Infinite stays infinite. Errc::datetime_overflow.
    Instant to_instant(LocalTime local) const {
        if (!in_range(local)) return infinite(local);
        return checked(local - reading_of(local).offset);
    }

    /// start + times * step on the wall clock, as PostgreSQL's timestamp + interval: a day of the month that does not
    /// exist becomes the month's last. Errc::datetime_overflow.
    LocalTime add(LocalTime start, const Span& step, std::int64_t times) const;

    /// The regime that holds `at`: finite, and at most a day outside of PostgreSQL's range.
    Regime regime_at(Instant at) const {
        const std::uint64_t slot = (std::uint64_t(at) - std::uint64_t(table_from)) >> slot_bits;
        if (slot >= slots_.size()) return regime_outside(at);
        const Regime* regime = regimes_.data() + slots_[slot];
        while (at >= regime->until) ++regime;
        return *regime;
    }

    /// How to_instant reads the local times from `local` (finite) up to `until`: all by one offset.
    struct Reading {
        std::int64_t offset;
        LocalTime until;
    };
    Reading reading_of(LocalTime local) const {
        // PostgreSQL looks for the first boundary later than a day before the reading and decides between the offsets
        // around it (DetermineTimeZoneOffset). Its case analysis comes down to one comparison: in a gap as in a fold
        // the second offset holds from the reading that it gives the boundary itself.
        const Regime regime = regime_at(local - micros_per_day);
        if (regime.until == plus_infinity) return {regime.offset, plus_infinity};
        const LocalTime change = regime.until + regime.next_offset;
        if (local < change) return {regime.offset, change};
        return {regime.next_offset, regime.until + micros_per_day};
    }

protected:
    ~Calendar() = default;

private:
    /// The first boundary after `after` (finite); without one, `before` is the offset at `after` all the same.
    virtual Boundary next_boundary(Instant after) const = 0;
    /// Errc::datetime_overflow, or PostgreSQL's own error.
    virtual LocalTime add_months(LocalTime start, std::int32_t months) const = 0;

    static bool in_range(std::int64_t timestamp) { return timestamp >= first_instant && timestamp <= last_instant; }
    static std::int64_t checked(std::int64_t timestamp) {
        if (!in_range(timestamp)) check_finite(timestamp);
        return timestamp;
    }
    static std::int64_t infinite(std::int64_t timestamp) {
        if (timestamp != minus_infinity && timestamp != plus_infinity) check_finite(timestamp);
        return timestamp;
    }
    Regime regime_outside(Instant at) const;
    Regime find_regime(Instant at) const;
    void build_table() const;

    // 1970 to 2100 is a table, built when first asked: slots of 102 days point at the regime that holds their start.
    static constexpr Instant table_from = -10'957 * micros_per_day;
    static constexpr Instant table_until = 36'525 * micros_per_day;
    static constexpr int slot_bits = 43;

    Vector<char> name_;
    mutable Vector<Regime> regimes_;
    mutable Vector<std::uint16_t> slots_;
    mutable Regime outside_{plus_infinity, minus_infinity, 0, 0};  // the last one found outside of the table
};

}  // namespace csagg
