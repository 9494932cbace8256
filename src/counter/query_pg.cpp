// SQL face of what is asked of counters: parts, sums per bucket, trailing windows.
#include "counter/buckets.hpp"
#include "counter/counter_algebra.hpp"
#include "counter/period_to_date.hpp"
#include "counter/trailing.hpp"

#include "counter/counter_pg.hpp"
#include "grid/calendar_pg.hpp"
#include "grid/grid_pg.hpp"
#include "postgres/rows.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {

Datum numeric_datum(const Wide& total) {
    Wide normal = total;
    normal.normalize();
    const auto low = std::int64_t(normal.coefficient.word(0));
    if (normal.coefficient == WideInteger<4>(Int128(low)) &&
        magnitude_of(low) < std::uint64_t(power_of_ten[Number::max_digits]))
        return number_datum({low, std::uint8_t(normal.scale)});
    ContextArena arena;
    String text(arena);
    normal.print(text);
    return numeric_from_text({text.data(), text.size()});
}

namespace {

/// The counter that write(bytes) makes.
template <class F>
Datum counter_result(F write) {
    ContextArena arena;
    Bytes bytes(arena);
    write(bytes);
    return make_varlena(view(bytes));
}

Datum overlaid_counters(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return counter_result(
        [&](Bytes& out) { overlay_counters(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), out); });
}

Datum trailing_result(FunctionCallInfo fcinfo, Measure measure) {
    ContextArena arena;
    Events events(arena);
    counter_argument(fcinfo, 0).read(events);
    const Interval* length = PG_GETARG_INTERVAL_P(1);
    const Window window(calendar_for(text_argument(fcinfo, 2)), {length->month, length->day, length->time});
    return steps_result(trailing(events, window, measure, arena), arena);
}

/// Not STRICT: an origin of NULL is the calendar's own.
Datum period_to_date_result(FunctionCallInfo fcinfo, Measure measure) {
    for (int i = 0; i < 3; ++i)
        if (PG_ARGISNULL(i)) PG_RETURN_NULL();
    const Interval* step = PG_GETARG_INTERVAL_P(1);
    std::optional<LocalTime> origin;
    if (!PG_ARGISNULL(3)) origin = PG_GETARG_TIMESTAMP(3);
    const Periods periods(calendar_for(text_argument(fcinfo, 2)), {step->month, step->day, step->time}, origin);
    ContextArena arena;
    Events events(arena);
    counter_argument(fcinfo, 0).read(events);
    return steps_result(period_to_date(events, periods, measure, arena), arena);
}

/// An array of the names of an event's actors.
Datum actors_datum(const Events& events, const Event& e) {
    auto* names = static_cast<Datum*>(allocate(std::max<std::size_t>(e.actor_count, 1) * sizeof(Datum)));
    const auto actors = events.actors_of(e);
    for (std::size_t i = 0; i < actors.size(); ++i) names[i] = make_text(events.name(actors[i]));
    const auto n = int(actors.size());
    return call([names, n] {
        if (n == 0) return PointerGetDatum(construct_empty_array(TEXTOID));
        return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
    });
}

std::int64_t resolution_argument(FunctionCallInfo fcinfo, int n) {
    const Interval* resolution = PG_GETARG_INTERVAL_P(n);
    if (resolution->month != 0)
        throw Error(Errc::invalid_parameter, "resolution must be elapsed time, not months",
                    "15 minutes fits every time zone.");
    std::int64_t micros = 0;
    // Out of range anyway: downsample_counter() says so.
    if (__builtin_mul_overflow(std::int64_t(resolution->day), micros_per_day, &micros) ||
        __builtin_add_overflow(micros, resolution->time, &micros))
        return -1;
    return micros;
}

}  // namespace

// A missing piece adds nothing: so a LEFT JOIN of pieces needs no coalesce().
CSAGG_FUNCTION(csagg_counter_merge) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    return counter_result(
        [&](Bytes& out) { merge_counters(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), out); });
}
CSAGG_FUNCTION(csagg_counter_overlay) { return overlaid_counters(fcinfo); }
CSAGG_FUNCTION(csagg_counter_overlay_add) {
    require_aggregate(fcinfo);
    return overlaid_counters(fcinfo);
}
CSAGG_FUNCTION(csagg_counter_slice) {
    return counter_result([&](Bytes& out) {
        slice_counter(bytes_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_TIMESTAMPTZ(2), out);
    });
}
CSAGG_FUNCTION(csagg_counter_forget_before) {
    return counter_result(
        [&](Bytes& out) { forget_counter_before(bytes_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), out); });
}
CSAGG_FUNCTION(csagg_counter_downsample) {
    return counter_result(
        [&](Bytes& out) { downsample_counter(bytes_argument(fcinfo, 0), resolution_argument(fcinfo, 1), out); });
}

CSAGG_FUNCTION(csagg_counter_aligned) {
    const OwnClock clock(calendar_for(text_argument(fcinfo, 2)), PG_GETARG_TIMESTAMPTZ(1));
    return counter_result([&](Bytes& out) { align_counter(bytes_argument(fcinfo, 0), clock, out); });
}

CSAGG_FUNCTION(csagg_counter_known_from) {
    const Instant known_from = counter_argument(fcinfo, 0).known_from();
    if (known_from == minus_infinity) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(known_from);
}
CSAGG_FUNCTION(csagg_counter_first) {
    const Counter counter = counter_argument(fcinfo, 0);
    if (counter.size() == 0 || counter.forgotten()) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(counter.first());
}
CSAGG_FUNCTION(csagg_counter_last) {
    const Counter counter = counter_argument(fcinfo, 0);
    if (counter.size() == 0) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(counter.last());
}

CSAGG_FUNCTION(csagg_counter_trailing) { return trailing_result(fcinfo, Measure::total); }
CSAGG_FUNCTION(csagg_counter_trailing_events) { return trailing_result(fcinfo, Measure::events); }
CSAGG_FUNCTION(csagg_counter_trailing_actors) { return trailing_result(fcinfo, Measure::actors); }

CSAGG_FUNCTION(csagg_counter_period_to_date) { return period_to_date_result(fcinfo, Measure::total); }
CSAGG_FUNCTION(csagg_counter_period_to_date_events) { return period_to_date_result(fcinfo, Measure::events); }
CSAGG_FUNCTION(csagg_counter_period_to_date_actors) { return period_to_date_result(fcinfo, Measure::actors); }

CSAGG_FUNCTION(csagg_counter_events) {
    ContextArena arena;
    Events events(arena);
    counter_argument(fcinfo, 0).read(events);
    RowSink rows(fcinfo, 4);
    RowMemory memory;
    for (const Event& e : events.list())
        memory.run([&] {
            const Datum values[] = {TimestampTzGetDatum(e.at), Int64GetDatum(e.rows), numeric_datum(e.total),
                                    actors_datum(events, e)};
            const bool nulls[4] = {};
            rows.put(values, nulls);
        });
    return 0;
}

CSAGG_FUNCTION(csagg_counter_totals) {
    ContextArena arena;
    const Grid& grid = cached_grid(bytes_argument(fcinfo, 1));
    Events events(arena);
    counter_argument(fcinfo, 0).read(events, grid.starts_at(0), grid.starts_at(grid.size()));
    RowSink rows(fcinfo, bucket_columns + 2);
    RowMemory memory;
    const Datum zero = number_datum({0, 0});
    for_each_bucket(events, grid, [&](std::size_t i, std::span<const Event> bucket, bool known) {
        const BucketSum sum = sum_of(bucket);
        memory.run([&] {
            Datum values[bucket_columns + 2];
            set_bucket(grid, i, values);
            values[bucket_columns] = Int64GetDatum(sum.rows);
            values[bucket_columns + 1] = bucket.empty() ? zero : numeric_datum(sum.total);
            const bool nulls[] = {false, false, false, !known, !known};
            rows.put(values, nulls);
        });
    });
    return 0;
}

CSAGG_FUNCTION(csagg_counter_actors) {
    ContextArena arena;
    const Grid& grid = cached_grid(bytes_argument(fcinfo, 1));
    Events events(arena);
    counter_argument(fcinfo, 0).read(events, grid.starts_at(0), grid.starts_at(grid.size()));
    RowSink rows(fcinfo, bucket_columns + 1);
    ActorCounter actors(events);
    for_each_bucket(events, grid, [&](std::size_t i, std::span<const Event> bucket, bool known) {
        Datum values[bucket_columns + 1];
        set_bucket(grid, i, values);
        values[bucket_columns] = Int64GetDatum(actors.count(bucket));
        const bool nulls[] = {false, false, false, !known};
        rows.put(values, nulls);
    });
    return 0;
}

}  // namespace csagg::pg
