// What rule sets, each as long as it holds, say of a customer.
#include "history/history_algebra.hpp"

#include "base/scratch.hpp"
#include "history/history_pg.hpp"
#include "postgres/composite.hpp"
#include "rules/assessment/alert_seed_pg.hpp"
#include "rules/assessment/try_assess_pg.hpp"
#include "timeline/timeline_pg.hpp"

extern "C" {
#include "utils/datum.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

/// A rule set that holds in [since, until).
struct Reign {
    Datum rules;
    Instant since, until;
};

Reign reign_of(Datum row) {
    Datum values[3];
    bool nulls[3];
    read_row(row, values, nulls);
    if (nulls[0] || nulls[1] || nulls[2]) return {0, plus_infinity, plus_infinity};
    return {values[0], DatumGetTimestampTz(values[1]), DatumGetTimestampTz(values[2])};
}

/// In the order of `since`.
Vector<Reign> reigns_argument(FunctionCallInfo fcinfo, int n, Arena& arena) {
    Vector<Reign> reigns(arena);
    for (const Datum row : rows_argument(fcinfo, n)) reigns.push_back(reign_of(row));
    std::ranges::stable_sort(reigns, {}, &Reign::since);
    return reigns;
}

/// Puts what is said for a later time over what was said before.
void overlay_onto(Datum* said, const Datum* later, Arena& arena) {
    constexpr int alerts = over_columns - 1;
    const auto steps = [&arena](Datum timeline) { return Steps(Timeline(datum_bytes(timeline)), arena); };
    for (int i = 0; i < alerts; ++i) said[i] = steps_bytes(overlay(steps(said[i]), steps(later[i]), arena), arena);
    Bytes both{Alloc<Byte>(arena)};
    overlay_histories(datum_bytes(said[alerts]), datum_bytes(later[alerts]), both);
    said[alerts] = make_varlena(view(both));
}

/// What the rules say from `since` on, up to `until`; where they cannot be evaluated for all of that, up to the first
/// instant for which they cannot, as long as that is after `now`.
struct Outlook {
    Datum said[over_columns] = {};
    bool is_said = false;
    Instant until, now;
    std::optional<DataFailure> failure;  // at `until`

    /// seed: the states of the alerts before `since`, or 0.
    Outlook(const History& facts, std::span<const Reign> reigns, Instant since, Instant until, Instant now, Datum seed,
            Arena& arena)
        : until(until), now(now) {
        for (const Reign& reign : reigns)
            if (!failure && reign.since < until && reign.until > since)
                add(facts, reign, std::max(reign.since, since), std::min(reign.until, until),
                    reign.since <= since ? seed : 0, arena);
        if (ends_too_early()) is_said = false;
    }

    bool ends_too_early() const { return failure && until <= now; }

private:
    void add(const History& facts, const Reign& reign, Instant since, Instant end, Datum seed, Arena& arena) {
        const RuleSet& rules = compiled_rules(reign.rules).rules;
        Vector<FactInput> inputs{Alloc<FactInput>(arena)};
        read_history(facts, rules, inputs);
        Vector<AlertMachine> machines{Alloc<AlertMachine>(arena)};
        if (seed != 0) read_alert_seed(seed, rules, machines);
        Datum values[over_columns];
        // What an alert asks for is evaluated first: it may tell of a later failure than there is.
        while (const auto failed = failure_of(errors_of_data, [&] {
                   put_over(rules, assess_over(rules, view(inputs), since, end, arena, view(machines)), arena, values);
               })) {
            end = until = failed->at < end ? std::max(since, failed->at) : since;
            failure = failed;
            if (end == since || ends_too_early()) return;
        }
        if (is_said)
            overlay_onto(said, values, arena);
        else
            std::copy_n(values, over_columns, said);
        is_said = true;
    }
};

}  // namespace

// Arguments: facts, reigns, since, until, now, seed.
CSAGG_FUNCTION(csagg_pipeline_over) {
    for (int n = 0; n < 5; ++n)
        if (PG_ARGISNULL(n)) PG_RETURN_NULL();
    const Instant since = instant_argument(fcinfo, 2, "since"), until = instant_argument(fcinfo, 3, "until"),
                  now = instant_argument(fcinfo, 4, "now");
    const History facts = history_argument(fcinfo, 0);
    ContextArena memory;
    Scratch arena(memory);
    const Vector<Reign> reigns = reigns_argument(fcinfo, 1, arena);
    Outlook outlook(facts, view(reigns), since, until, now, PG_ARGISNULL(5) ? 0 : PG_GETARG_DATUM(5), arena);
    const std::optional<DataFailure> failure = outlook.ends_too_early() ? outlook.failure : std::nullopt;
    if (failure && since < now) outlook = Outlook(facts, view(reigns), now, until, now, 0, arena);
    // stage, score, band, coverage, alerts: the score comes first here.
    const Datum values[over_columns + 2] = {outlook.said[1],
                                            outlook.said[0],
                                            outlook.said[2],
                                            outlook.said[3],
                                            outlook.said[4],
                                            failure ? failure->error : 0,
                                            TimestampTzGetDatum(outlook.until)};
    bool nulls[over_columns + 2];
    std::fill_n(nulls, over_columns, !outlook.is_said);
    nulls[over_columns] = !failure;
    nulls[over_columns + 1] = outlook.ends_too_early();
    return make_row(fcinfo, values, nulls);
}

/// pipeline_stored(stored, said): the second, or the first where that is the same, which may lie in the TOAST table.
CSAGG_FUNCTION(csagg_pipeline_stored) {
    if (PG_ARGISNULL(1)) PG_RETURN_NULL();
    const Datum stored = PG_GETARG_DATUM(0), said = PG_GETARG_DATUM(1);
    if (PG_ARGISNULL(0)) return said;
    return call([stored, said] { return datum_image_eq(stored, said, false, -1); }) ? stored : said;
}

}  // namespace csagg::pg
