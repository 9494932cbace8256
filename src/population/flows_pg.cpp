// The type csagg.flows: who moved from which value to which.
#include "population/count.hpp"

#include "population/population_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

bool is_flows(Form form) { return form == Form::flows; }

}  // namespace

CSAGG_FUNCTION(csagg_flows_in) { return population_in(fcinfo, is_flows); }
CSAGG_FUNCTION(csagg_flows_recv) { return population_recv(fcinfo, is_flows); }

CSAGG_FUNCTION(csagg_flows_add) {
    return add_timeline(fcinfo, Form::flows, [](Cells& cells, const auto& timeline, const Grid& grid) {
        count_flows(cells, timeline, grid);
    });
}

CSAGG_FUNCTION(csagg_flows_buckets) {
    ContextArena arena;
    const StoredArgument in(fcinfo, 0, arena);
    const bool zeros = PG_GETARG_BOOL(1);
    Counts counts(in.stored, in.grid.size(), arena);
    RowSink rows(fcinfo, bucket_columns + 3);
    Vector<Datum> texts(arena);  // by place among the values
    texts.push_back(Datum(0));
    for (const Value& value : in.stored.values().subspan(1)) texts.push_back(text_datum(value));
    for (std::size_t b = 0; b < in.grid.size(); ++b) {
        Datum values[bucket_columns + 3];
        set_bucket(in.grid, b, values);
        counts.next_bucket(zeros, [&](std::size_t column, std::int64_t n) {
            const std::uint32_t from = counts.members(column)[0], to = counts.members(column)[1];
            Datum* const move = values + bucket_columns;
            move[0] = texts[from];
            move[1] = texts[to];
            move[2] = Int64GetDatum(n);
            const bool nulls[] = {false, false, false, from == 0, to == 0, false};
            rows.put(values, nulls);
        });
    }
    return Datum(0);
}

}  // namespace csagg::pg
