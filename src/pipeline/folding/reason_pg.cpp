// Why a row of a source cannot be folded.
#include "history/row_pg.hpp"
#include "postgres/varlena.hpp"

extern "C" {
#include "access/detoast.h"
}

namespace csagg::pg {
namespace {

enum : int { tenant, customer, key, kind, asked, at, value, actor, event_id, belongs, owner };

/// Indexes of (tenant, customer) and (tenant, event_id) hold about 2700 bytes a row.
constexpr std::size_t longest = 2000;
/// So that a step's rows fit into memory, whoever writes them.
constexpr std::size_t long_text = 1000;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

/// By the aggregate's own checks; an event of a counter counts once without a value.
std::string refusal_as(FunctionCallInfo fcinfo, int kind_argument) {
    LOCAL_FCINFO(row, 4);
    row->args[0] = fcinfo->args[key];
    row->args[1] = fcinfo->args[kind_argument];
    row->args[2] = fcinfo->args[at];
    row->args[3] = fcinfo->args[value];
    static const Datum once = call([] {
        const MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
        const Datum json = make_jsonb("1");
        MemoryContextSwitchTo(before);
        return json;
    });
    if (row->args[3].isnull && text_argument(fcinfo, kind_argument) == "counter") row->args[3] = {once, false};
    return refusal(row, 0);
}

std::string reason(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(tenant)) return "tenant is NULL";
    if (PG_ARGISNULL(customer)) return "customer is NULL";
    if (PG_ARGISNULL(key)) return "key is NULL";
    const std::size_t of_tenant = text_argument(fcinfo, tenant).size();
    if (of_tenant + text_argument(fcinfo, customer).size() > longest)
        return "tenant and customer are longer than 2000 bytes";
    if (!PG_ARGISNULL(event_id) && of_tenant + text_argument(fcinfo, event_id).size() > longest)
        return "tenant and event_id are longer than 2000 bytes";
    if (text_argument(fcinfo, key).size() > long_text) return "key is longer than 1000 bytes";
    if (!PG_ARGISNULL(actor) && text_argument(fcinfo, actor).size() > long_text)
        return "actor is longer than 1000 bytes";
    if (!PG_ARGISNULL(value) &&
        toast_raw_datum_size(PG_GETARG_DATUM(value)) > VARHDRSZ + 2 * sizeof(uint32) + long_text)
        return "value is longer than 1000 bytes";
    if (!PG_ARGISNULL(belongs) && !PG_ARGISNULL(owner) &&
        text_argument(fcinfo, belongs) != text_argument(fcinfo, owner))
        return "this key belongs to source " + quoted(text_argument(fcinfo, belongs));
    if (PG_ARGISNULL(kind) && PG_ARGISNULL(asked)) return "no rule set and no row of fact declares this key";
    if (!PG_ARGISNULL(kind) && !PG_ARGISNULL(asked) && text_argument(fcinfo, kind) != text_argument(fcinfo, asked))
        return "this key is a " + std::string(text_argument(fcinfo, kind)) + ", and rows of this source are of kind " +
               std::string(text_argument(fcinfo, asked));
    return refusal_as(fcinfo, PG_ARGISNULL(kind) ? asked : kind);
}

}  // namespace

// Arguments: tenant, customer, key, kind, asked, at, value, actor, event_id, belongs, owner.
CSAGG_FUNCTION(csagg_pipeline_reason) {
    const std::string why = reason(fcinfo);
    if (why.empty()) PG_RETURN_NULL();
    return make_text(why);
}

CSAGG_FUNCTION(csagg_pipeline_size) {
    PG_RETURN_INT64(std::int64_t(toast_raw_datum_size(PG_GETARG_DATUM(0))) - VARHDRSZ);
}

}  // namespace csagg::pg
