// explain, explain_change.
#include "base/scratch.hpp"
#include "rules/explanation/explain.hpp"

#include "counter/counter_pg.hpp"
#include "postgres/rows.hpp"
#include "postgres/varlena.hpp"
#include "rules/instant/row_pg.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace csagg::pg {

// Arguments: ruleset, facts, as_of. Rows: part, rule, applies, matched, missing, points, facts.
CSAGG_FUNCTION(csagg_explain) {
    const Instant as_of = instant_argument(fcinfo, 2, "as_of");
    Asked asked(fcinfo);
    Assessor assessor(asked.rules(), asked.inputs(), asked.arena);
    assessor.move_to(as_of);
    RowSink rows(fcinfo, 7);
    RowMemory row_memory;
    for (const Explanation& row : explain(asked.rules(), assessor, asked.arena))
        row_memory.run([&] {
            const bool is_rule = row.part == Part::rule;
            Datum values[7] = {make_text(part_name(row.part))};
            const bool asks = is_rule ? row.applies : row.part == Part::override;
            const bool nulls[7] = {false, !is_rule, !is_rule, !row.matched, !is_rule || !row.applies, false, !asks};
            if (is_rule) values[1] = make_text(asked.rules().rules()[row.rule].name);
            values[2] = BoolGetDatum(row.applies);
            values[3] = BoolGetDatum(row.matched.value_or(false));
            values[4] = BoolGetDatum(row.missing);
            values[5] = numeric_datum(row.points);
            if (!nulls[6]) {
                csagg::String json(asked.arena);
                print_facts_seen(asked.rules(), row, assessor, json);
                values[6] = make_jsonb({json.data(), json.size()});
            }
            rows.put(values, nulls);
        });
    return Datum(0);
}

// Arguments: ruleset, facts, a, b, and maybe another ruleset. Rows: at, cause, part, rule, points.
CSAGG_FUNCTION(csagg_explain_change) {
    const Instant a = instant_argument(fcinfo, 2, "a"), b = instant_argument(fcinfo, 3, "b");
    SharedRules& before = ruleset_argument(fcinfo, 0);
    SharedRules& after = PG_NARGS() > 4 ? ruleset_argument(fcinfo, 4) : before;
    ContextArena memory;
    Scratch arena(memory);
    Vector<FactInput> inputs{Alloc<FactInput>(arena)}, inputs_after{Alloc<FactInput>(arena)};
    read_row(fcinfo, 1, before, inputs);
    read_row(fcinfo, 1, after, inputs_after);
    RowSink rows(fcinfo, 5);
    RowMemory row_memory;
    for (const ScoreChange& change :
         explain_change(before.rules, view(inputs), after.rules, view(inputs_after), a, b, arena))
        row_memory.run([&] {
            const bool is_rule = change.part == Part::rule;
            const Datum values[] = {TimestampTzGetDatum(change.at), make_text(cause_name(change.cause)),
                                    make_text(part_name(change.part)), is_rule ? make_text(change.rule) : Datum(0),
                                    numeric_datum(change.points)};
            const bool nulls[] = {false, false, false, !is_rule, false};
            rows.put(values, nulls);
        });
    return Datum(0);
}

}  // namespace csagg::pg
