#include "asof/join/floats.hpp"
#include "asof/join/instant_pg.hpp"

#include <bit>
#include <cmath>

#include "postgres/boundary.hpp"

extern "C" {
#include "catalog/pg_type_d.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

// Floats in the order of their bits as integers; NaN comes last, as in SQL.
std::int64_t float_instant(double d) {
    const auto bits = std::int64_t(asof::equal_bits(d));
    return bits ^ ((bits >> 63) & INT64_MAX);
}
double float_of(std::int64_t instant) { return std::bit_cast<double>(instant ^ ((instant >> 63) & INT64_MAX)); }

std::int64_t saturated(std::int64_t at, std::int64_t units, bool later) {
    std::int64_t sum;
    if (later) return __builtin_add_overflow(at, units, &sum) ? INT64_MAX : sum;
    return __builtin_sub_overflow(at, units, &sum) ? INT64_MIN : sum;
}

int numeric_order(Datum a, Datum b) { return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b)); }

}  // namespace

InstantKind instant_kind(Oid type) {
    switch (type) {
        case INT2OID:
        case INT4OID:
        case INT8OID: return InstantKind::integer;
        case DATEOID: return InstantKind::date;
        case TIMESTAMPOID: return InstantKind::timestamp;
        case TIMESTAMPTZOID: return InstantKind::timestamptz;
        case FLOAT4OID:
        case FLOAT8OID: return InstantKind::floating;
        case NUMERICOID: return InstantKind::numeric;
        default: return InstantKind::none;
    }
}

bool Instants::are_comparable(Oid left, Oid right) {
    const InstantKind l = instant_kind(left), r = instant_kind(right);
    if (l == r) return l != InstantKind::none;
    if (r == InstantKind::timestamptz) return l == InstantKind::date || l == InstantKind::timestamp;
    return r == InstantKind::timestamp && l == InstantKind::date;
}

Instants::Instants(Oid left, Oid right)
    : left_(left), right_(right), kind_(instant_kind(right)), converted_(instant_kind(left) != kind_) {
    if (!are_comparable(left, right)) throw std::logic_error("instants of types that the as-of join cannot compare");
}

asof::InstantOrder* Instants::order() {
    if (kind_ == InstantKind::floating) return &float_;
    if (kind_ == InstantKind::numeric) return &numeric_;
    return nullptr;
}

std::int64_t Instants::infinity() const {
    if (kind_ == InstantKind::date) return DATEVAL_NOEND;
    return kind_ == InstantKind::timestamp || kind_ == InstantKind::timestamptz ? DT_NOEND : 0;
}

std::int64_t Instants::read(Oid type, Datum at) {
    switch (type) {
        case INT2OID: return DatumGetInt16(at);
        case INT4OID:
        case DATEOID: return DatumGetInt32(at);
        case FLOAT4OID: return float_instant(DatumGetFloat4(at));
        case FLOAT8OID: return float_instant(DatumGetFloat8(at));
        case NUMERICOID: return std::int64_t(PointerGetDatum(DatumGetNumeric(at)));
        default: return DatumGetInt64(at);
    }
}

std::int64_t Instants::kept_left(Datum at) const {
    const std::int64_t read = left(at);
    return by_reference() ? std::int64_t(datumCopy(Datum(read), false, -1)) : read;
}

/// As comparisons of the two types do it: in the session's time zone, and what is beyond the timestamps comes before or
/// behind all finite ones.
std::int64_t Instants::convert(Datum at) const {
    int beyond = 0;
    const Timestamp converted =
        left_ == TIMESTAMPOID             ? timestamp2timestamptz_opt_overflow(DatumGetTimestamp(at), &beyond)
        : kind_ == InstantKind::timestamp ? date2timestamp_opt_overflow(DatumGetDateADT(at), &beyond)
                                          : date2timestamptz_opt_overflow(DatumGetDateADT(at), &beyond);
    return beyond > 0 ? END_TIMESTAMP : beyond < 0 ? MIN_TIMESTAMP - 1 : converted;
}

int Instants::FloatOrder::compare(std::int64_t a, std::int64_t b) { return a < b ? -1 : a > b; }

bool Instants::FloatOrder::prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) {
    if (before == at || after == at) return before == at;
    const double back = float_of(at) - float_of(before), ahead = float_of(after) - float_of(at);
    return back <= ahead || std::isnan(ahead);
}

int Instants::NumericOrder::compare(std::int64_t a, std::int64_t b) {
    return call([a, b] { return numeric_order(Datum(a), Datum(b)); });
}

bool Instants::NumericOrder::prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) {
    return call([before, at, after] {
        if (numeric_order(Datum(before), Datum(at)) == 0) return true;
        if (numeric_order(Datum(after), Datum(at)) == 0) return false;
        const Datum back = DirectFunctionCall2(numeric_sub, Datum(at), Datum(before));
        const Datum ahead = DirectFunctionCall2(numeric_sub, Datum(after), Datum(at));
        return numeric_order(back, ahead) <= 0;
    });
}

namespace {

/// As PostgreSQL reads the text; its error says whose argument it was.
Datum read_text(PGFunction input, const char* text) {
    return call([input, text] {
        ErrorContextCallback context;
        context.previous = error_context_stack;
        context.callback = [](void*) { errcontext("argument \"tolerance\" of csagg.asof_join"); };
        context.arg = nullptr;
        error_context_stack = &context;
        const Datum value =
            DirectFunctionCall3(input, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
        error_context_stack = context.previous;
        return value;
    });
}

[[noreturn]] void throw_tolerance(const char* text, const char* what) {
    throw Error(Errc::invalid_parameter, "tolerance \"" + excerpt(text) + "\" is " + what,
                "Give how far a match may be: zero or more.");
}

bool is_number(const char* text) { return std::strspn(text, " +-.0123456789") == std::strlen(text); }

/// What an interval without months is in microseconds, or INT64_MAX.
std::int64_t microseconds(const Interval& interval) {
    std::int64_t days, sum;
    if (__builtin_mul_overflow(std::int64_t(interval.day), USECS_PER_DAY, &days) ||
        __builtin_add_overflow(days, interval.time, &sum))
        return INT64_MAX;
    return sum;
}

}  // namespace

Tolerance::Tolerance(InstantKind kind, const char* text) : kind_(kind), given_(true) {
    const bool number = kind == InstantKind::integer || kind == InstantKind::floating || kind == InstantKind::numeric ||
                        (kind == InstantKind::date && is_number(text));
    value_ = read_text(number ? numeric_in : interval_in, text);
    if (!number) {
        const auto& interval = *DatumGetIntervalP(value_);
        const bool negative = call([&interval] {
            Interval zero{};
            return DatumGetInt32(
                       DirectFunctionCall2(interval_cmp, PointerGetDatum(&interval), PointerGetDatum(&zero))) < 0;
        });
        if (negative) throw_tolerance(text, "negative");
        plain_ = interval.month == 0 &&
                 (kind == InstantKind::timestamp || (kind == InstantKind::timestamptz && interval.day == 0));
        units_ = microseconds(interval);
        return;
    }
    struct Limits {
        bool nan, negative, huge;
    };
    const auto is = call([value = value_] {
        const Datum zero = NumericGetDatum(int64_to_numeric(0)), most = NumericGetDatum(int64_to_numeric(INT64_MAX));
        const auto n = DatumGetNumeric(value);
        return Limits{numeric_is_nan(n) || numeric_is_inf(n), numeric_order(value, zero) < 0,
                      numeric_order(value, most) >= 0};
    });
    if (is.negative) throw_tolerance(text, "negative");
    if (is.nan) throw_tolerance(text, "not a finite number");
    plain_ = kind == InstantKind::integer || kind == InstantKind::date;
    if (plain_ && is.huge)
        units_ = INT64_MAX;
    else if (plain_)
        units_ = call([value = value_] {
            return DatumGetInt64(DirectFunctionCall1(numeric_int8, DirectFunctionCall1(numeric_floor, value)));
        });
    else if (kind == InstantKind::floating)
        floating_ = call([value = value_] { return DatumGetFloat8(DirectFunctionCall1(numeric_float8, value)); });
}

std::int64_t Tolerance::shifted(std::int64_t at, bool later) const {
    switch (kind_) {
        case InstantKind::integer: return saturated(at, units_, later);
        case InstantKind::floating: return float_instant(later ? float_of(at) + floating_ : float_of(at) - floating_);
        case InstantKind::numeric:
            return call([this, at, later] {
                return std::int64_t(DirectFunctionCall2(later ? numeric_add : numeric_sub, Datum(at), value_));
            });
        case InstantKind::date: {
            const auto day = DateADT(at);
            if (DATE_NOT_FINITE(day)) return at;
            if (plain_) return saturated(at, units_, later);
            // A date is its first moment: the bound is the last one before the moment, or the first behind it.
            const Timestamp moment = call([this, day, later] {
                return DatumGetTimestamp(
                    DirectFunctionCall2(later ? date_pl_interval : date_mi_interval, DateADTGetDatum(day), value_));
            });
            if (TIMESTAMP_NOT_FINITE(moment)) return later ? DATEVAL_NOEND : DATEVAL_NOBEGIN;
            const std::int64_t whole = moment / USECS_PER_DAY, rest = moment % USECS_PER_DAY;
            return whole + (later ? -std::int64_t(rest < 0) : std::int64_t(rest > 0));
        }
        default:
            if (TIMESTAMP_NOT_FINITE(at)) return at;
            if (plain_) {
                const std::int64_t bound = saturated(at, units_, later);
                return bound == INT64_MIN ? bound + 1 : bound == INT64_MAX ? bound - 1 : bound;
            }
            return call([this, at, later] {
                const bool zoned = kind_ == InstantKind::timestamptz;
                const PGFunction shift = zoned ? (later ? timestamptz_pl_interval : timestamptz_mi_interval)
                                               : (later ? timestamp_pl_interval : timestamp_mi_interval);
                return DatumGetTimestamp(DirectFunctionCall2(shift, TimestampGetDatum(at), value_));
            });
    }
}

void Tolerance::bound(asof::Probe& probe, asof::Direction direction) const {
    probe.bounded = true;
    if (direction != asof::Direction::forward) probe.lowest = shifted(probe.at, false);
    if (direction != asof::Direction::backward) probe.highest = shifted(probe.at, true);
}

}  // namespace csagg::pg
