#include "pipeline/folding/reason_pg.hpp"

#include "postgres/varlena.hpp"

extern "C" {
#include "access/detoast.h"
}

namespace csagg::pg {
namespace {

/// Indexes of (tenant, customer) and (tenant, event_id) hold about 2700 bytes a row.
constexpr std::size_t longest = 2000;
/// So that a step's rows fit into memory, whoever writes them.
constexpr std::size_t long_text = 1000;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// The JSON number 1, for the rest of the session.
NullableDatum one() {
    static const Datum json = [] {
        struct Switch {
            MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
            ~Switch() { MemoryContextSwitchTo(before); }
        } back;
        return make_jsonb("1");
    }();
    return {json, false};
}

/// Empty if the columns fit each other and have the size that they may have.
std::string misfit(const NullableDatum* row) {
    if (row[tenant].isnull) return "tenant is NULL";
    if (row[customer].isnull) return "customer is NULL";
    if (row[key].isnull) return "key is NULL";
    const std::size_t of_tenant = text_of(row[tenant]).size();
    if (of_tenant + text_of(row[customer]).size() > longest) return "tenant and customer are longer than 2000 bytes";
    if (!row[event_id].isnull && of_tenant + text_of(row[event_id]).size() > longest)
        return "tenant and event_id are longer than 2000 bytes";
    if (text_of(row[key]).size() > long_text) return "key is longer than 1000 bytes";
    if (!row[actor].isnull && text_of(row[actor]).size() > long_text) return "actor is longer than 1000 bytes";
    if (!row[value].isnull && toast_raw_datum_size(row[value].value) > VARHDRSZ + 2 * sizeof(uint32) + long_text)
        return "value is longer than 1000 bytes";
    if (!row[belongs].isnull && !row[owner].isnull && text_of(row[belongs]) != text_of(row[owner]))
        return "this key belongs to source " + quoted(text_of(row[belongs]));
    if (row[kind].isnull && row[asked].isnull) return "no rule set and no row of fact declares this key";
    if (!row[kind].isnull && !row[asked].isnull && text_of(row[kind]) != text_of(row[asked]))
        return "this key is a " + std::string(text_of(row[kind])) + ", and rows of this source are of kind " +
               std::string(text_of(row[asked]));
    return {};
}

}  // namespace

std::string reason_of(const NullableDatum* row, CheckedRow& checked) {
    std::string why = misfit(row);
    if (!why.empty()) return why;
    RowArguments given{row[key], row[row[kind].isnull ? asked : kind], row[at], row[value]};
    if (given.value.isnull && text_of(given.kind) == "counter") given.value = one();  // an event counts once
    try {
        checked = check_row(given);
    } catch (const Error& e) {
        why = e.what();
    }
    return why;
}

// Arguments: the columns in their order.
CSAGG_FUNCTION(csagg_pipeline_reason) {
    CheckedRow checked{};
    const std::string why = reason_of(fcinfo->args, checked);
    if (why.empty()) PG_RETURN_NULL();
    return make_text(why);
}

CSAGG_FUNCTION(csagg_pipeline_size) {
    PG_RETURN_INT64(std::int64_t(toast_raw_datum_size(PG_GETARG_DATUM(0))) - VARHDRSZ);
}

}  // namespace csagg::pg
