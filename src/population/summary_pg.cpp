// The type csagg.summary: mean, deviation and quantiles of numbers.
#include "population/count.hpp"
#include "population/statistics.hpp"

#include "population/population_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

bool is_summary(Form form) { return form == Form::summary; }

}  // namespace

CSAGG_FUNCTION(csagg_summary_in) { return population_in(fcinfo, is_summary); }
CSAGG_FUNCTION(csagg_summary_recv) { return population_recv(fcinfo, is_summary); }

CSAGG_FUNCTION(csagg_summary_add) {
    return add_timeline(fcinfo, Form::summary, [](Cells& cells, const auto& timeline, const Grid& grid) {
        count_summary(cells, timeline, grid);
    });
}

CSAGG_FUNCTION(csagg_summary_buckets) {
    ContextArena arena;
    const StoredArgument in(fcinfo, 0, arena);
    Counts counts(in.stored, in.grid.size(), arena);
    RowSink rows(fcinfo, bucket_columns + 4);
    RowMemory memory;
    Moment sums;
    auto change = counts.moments().begin();
    String text(arena);
    for (std::size_t b = 0; b < in.grid.size(); ++b) {
        std::int64_t n = 0;
        counts.next_bucket([&n](std::size_t, std::int64_t count) {
            if (__builtin_add_overflow(n, count, &n)) throw Error(Errc::out_of_range, "count does not fit in bigint");
        });
        for (; change != counts.moments().end() && change->bucket == b; ++change) sums.add(*change);

        const auto deviation = standard_deviation(n, sums.sum, sums.squares);
        memory.run([&] {
            Datum values[bucket_columns + 4] = {};
            set_bucket(in.grid, b, values);
            Datum* const figures = values + bucket_columns;
            const bool nulls[] = {false, false, false, false, n == 0, n == 0, !deviation.has_value()};
            figures[0] = Int64GetDatum(n);
            if (n > 0) {
                text.clear();
                sums.sum.print(text);
                figures[1] = numeric_from_text({text.data(), text.size()});
                figures[2] = number_datum(divide_rounded(sums.sum, n));
            }
            if (deviation.has_value()) figures[3] = number_datum(*deviation);
            rows.put(values, nulls);
        });
    }
    return Datum(0);
}

CSAGG_FUNCTION(csagg_summary_quantile) {
    ContextArena arena;
    const double q = PG_GETARG_FLOAT8(1);
    quantile_rank(q, 0);  // an error even if there is no bucket
    const StoredArgument in(fcinfo, 0, arena);
    Counts counts(in.stored, in.grid.size(), arena);
    RowSink rows(fcinfo, bucket_columns + 1);
    Vector<Datum> numbers(arena);
    for (const Value& value : in.stored.values())
        numbers.push_back(value.absent ? Datum(0) : number_datum(value.number()));

    struct Part {
        std::size_t column;
        std::int64_t up_to;  // how many have a value up to this one
    };
    Vector<Part> parts(arena);
    for (std::size_t b = 0; b < in.grid.size(); ++b) {
        parts.clear();
        std::int64_t n = 0;
        counts.next_bucket([&](std::size_t column, std::int64_t count) {
            if (__builtin_add_overflow(n, count, &n)) throw Error(Errc::out_of_range, "count does not fit in bigint");
            parts.push_back({column, n});
        });
        Datum values[bucket_columns + 1] = {};
        set_bucket(in.grid, b, values);
        const bool nulls[] = {false, false, false, n == 0};
        if (n > 0) {
            const std::int64_t rank = quantile_rank(q, n);
            const auto part = std::lower_bound(parts.begin(), parts.end(), rank,
                                               [](const Part& p, std::int64_t wanted) { return p.up_to < wanted; });
            values[bucket_columns] = numbers[counts.members(part->column)[0]];
        }
        rows.put(values, nulls);
    }
    return Datum(0);
}

}  // namespace csagg::pg
