// SQL face of episodes.
#include "pipeline/assessing/episodes.hpp"

#include "history/history_pg.hpp"
#include "postgres/composite.hpp"
#include "postgres/rows.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

Booked booked_of(Datum row) {
    Datum values[4];
    bool nulls[4];
    read_row(row, values, nulls);
    if (nulls[0] || nulls[1] || nulls[2])
        throw Error(Errc::null_not_allowed, "an episode has a number, an alert and a beginning");
    return {DatumGetInt64(values[0]),
            {as_text(datum_bytes(values[1])), DatumGetTimestampTz(values[2]),
             nulls[3] ? plus_infinity : DatumGetTimestampTz(values[3])}};
}

void put_turn(RowSink& rows, const Turn& turn) {
    const Episode nothing{{}, 0, 0};
    const Episode& was = turn.booked != nullptr ? turn.booked->episode : nothing;
    const Episode& is = turn.firing != nullptr ? *turn.firing : nothing;
    const Datum values[7] = {Int64GetDatum(turn.booked != nullptr ? turn.booked->number : 0),
                             make_text(turn.booked != nullptr ? was.alert : is.alert),
                             TimestampTzGetDatum(was.since),
                             TimestampTzGetDatum(was.until),
                             TimestampTzGetDatum(is.since),
                             TimestampTzGetDatum(is.until),
                             BoolGetDatum(turn.overlapped)};
    const bool is_new = turn.booked == nullptr, is_gone = turn.firing == nullptr;
    const bool nulls[7] = {
        is_new, false, is_new, is_new || was.until == plus_infinity, is_gone, is_gone || is.until == plus_infinity,
        false};
    rows.put(values, nulls);
}

}  // namespace

CSAGG_FUNCTION(csagg_pipeline_edge) {
    ContextArena arena;
    const Instant edge = next_edge(history_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), arena);
    if (edge == plus_infinity) PG_RETURN_NULL();
    PG_RETURN_TIMESTAMPTZ(edge);
}

/// pipeline_halfway(at, now, until_at, put_down)
CSAGG_FUNCTION(csagg_pipeline_halfway) {
    const TimestampTz at = PG_GETARG_TIMESTAMPTZ(0), now = PG_GETARG_TIMESTAMPTZ(1),
                      until_at = PG_GETARG_TIMESTAMPTZ(2), put_down = PG_GETARG_TIMESTAMPTZ(3);
    if (at >= until_at) PG_RETURN_TIMESTAMPTZ(until_at);
    PG_RETURN_TIMESTAMPTZ(put_down > now && put_down <= at ? put_down : look_at(at, now, until_at));
}

/// pipeline_stirred(before, after, through); NULL: no alert is firing.
CSAGG_FUNCTION(csagg_pipeline_stirred) {
    ContextArena arena;
    reject_null(fcinfo, 2, "through");
    const auto firing = [fcinfo, &arena](int n) {
        Vector<Episode> episodes{Alloc<Episode>(arena)};
        if (!PG_ARGISNULL(n)) read_episodes(history_argument(fcinfo, n), PG_GETARG_TIMESTAMPTZ(2), episodes);
        return episodes;
    };
    PG_RETURN_BOOL(!std::ranges::equal(firing(0), firing(1)));
}

CSAGG_FUNCTION(csagg_pipeline_firing) {
    ContextArena arena;
    Vector<Episode> episodes{Alloc<Episode>(arena)};
    read_episodes(history_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), episodes);
    RowSink rows(fcinfo, 3);
    for (const Episode& e : episodes) {
        const Datum values[3] = {make_text(e.alert), TimestampTzGetDatum(e.since), TimestampTzGetDatum(e.until)};
        const bool nulls[3] = {false, false, e.until == plus_infinity};
        rows.put(values, nulls);
    }
    return 0;
}

// Arguments: alerts, through, booked; alerts NULL: none is firing, booked NULL: none is booked.
CSAGG_FUNCTION(csagg_pipeline_turns) {
    ContextArena arena;
    Vector<Episode> firing{Alloc<Episode>(arena)};
    Vector<Booked> booked{Alloc<Booked>(arena)};
    Vector<Turn> turns{Alloc<Turn>(arena)};
    reject_null(fcinfo, 1, "through");
    if (!PG_ARGISNULL(0)) read_episodes(history_argument(fcinfo, 0), PG_GETARG_TIMESTAMPTZ(1), firing);
    if (!PG_ARGISNULL(2))
        for (const Datum row : rows_argument(fcinfo, 2)) booked.push_back(booked_of(row));
    turn_episodes({booked.data(), booked.size()}, view(firing), turns);
    RowSink rows(fcinfo, 7);
    for (const Turn& turn : turns) put_turn(rows, turn);
    return 0;
}

}  // namespace csagg::pg
