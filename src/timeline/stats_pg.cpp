// SQL face of stats() and durations().
#include "timeline/stats.hpp"

#include "grid/grid_pg.hpp"
#include "postgres/rows.hpp"
#include "timeline/timeline_pg.hpp"
#include "value/value_pg.hpp"

namespace csagg::pg {
namespace {

void set_number(const Value& value, Datum& datum, bool& null) {
    null = value.absent;
    if (!null) datum = number_datum(value.number());
}

void set_stats(const BucketStats& stats, Datum* values, bool* nulls) {
    set_number(stats.first, values[0], nulls[0]);
    set_number(stats.last, values[1], nulls[1]);
    set_number(stats.least, values[2], nulls[2]);
    set_number(stats.greatest, values[3], nulls[3]);
    set_number(stats.present == 0 ? Value::none(Kind::number) : Value::of(stats.mean()), values[4], nulls[4]);
    values[5] = elapsed_datum(stats.present);
    nulls[5] = false;
}

void set_duration(const Duration& duration, Datum* values, bool* nulls) {
    values[0] = text_datum(duration.value);
    nulls[1] = duration.value.kind != Kind::number;
    if (!nulls[1]) values[1] = number_datum(duration.value.number());
    values[2] = elapsed_datum(duration.micros);
    nulls[0] = nulls[2] = false;
}

/// f(values, nulls, put) for each bucket in a row's memory, with `Columns` columns behind those of the bucket: NULL,
/// and put() once, where the bucket starts before known_from.
template <int Columns, class F>
void put_buckets(FunctionCallInfo fcinfo, const Steps& steps, F f) {
    const Grid& grid = cached_grid(bytes_argument(fcinfo, 1));
    RowSink rows(fcinfo, bucket_columns + Columns);
    RowMemory memory;
    Datum values[bucket_columns + Columns] = {};
    bool nulls[bucket_columns + Columns];
    const auto put = [&] { rows.put(values, nulls); };
    BucketWalk walk(steps);
    for (std::size_t i = 0; i < grid.size(); ++i) {
        set_bucket(grid, i, values);
        std::fill_n(nulls, bucket_columns, false);
        std::fill_n(nulls + bucket_columns, Columns, true);
        if (grid.starts_at(i) < steps.known_from)
            put();
        else
            memory.run([&] {
                f(walk, grid.starts_at(i), grid.ends_at(i), values + bucket_columns, nulls + bucket_columns, put);
            });
    }
}

}  // namespace

CSAGG_FUNCTION(csagg_timeline_stats) {
    ContextArena arena;
    const Steps steps = steps_argument(fcinfo, 0, arena);
    require_kind(steps.kind, Kind::number, "timeline");
    put_buckets<6>(fcinfo, steps,
                   [](BucketWalk& walk, Instant since, Instant until, Datum* values, bool* nulls, auto put) {
                       set_stats(bucket_stats(walk, since, until), values, nulls);
                       put();
                   });
    return 0;
}

CSAGG_FUNCTION(csagg_timeline_durations) {
    ContextArena arena;
    const Steps steps = steps_argument(fcinfo, 0, arena);
    Vector<Duration> durations(arena);
    put_buckets<3>(fcinfo, steps,
                   [&durations](BucketWalk& walk, Instant since, Instant until, Datum* values, bool* nulls, auto put) {
                       bucket_durations(walk, since, until, durations);
                       for (const Duration& duration : durations) {
                           set_duration(duration, values, nulls);
                           put();
                       }
                   });
    return 0;
}

}  // namespace csagg::pg
