// SQL face of replacing and dropping facts.
#include "history/history_replace.hpp"

#include "history/history_pg.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
}

namespace csagg::pg {
namespace {

void read_keys(FunctionCallInfo fcinfo, int n, Vector<std::string_view>& keys) {
    struct Items {
        Datum* values;
        bool* nulls;
        int count;
    };
    const Items items = call([fcinfo, n] {
        Items i{};
        deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &i.values, &i.nulls, &i.count);
        return i;
    });
    for (int i = 0; i < items.count; ++i) {
        if (items.nulls[i])
            throw Error(Errc::null_not_allowed, "element " + std::to_string(i + 1) + " of keys is NULL");
        keys.push_back(as_text(datum_bytes(items.values[i])));
    }
}

}  // namespace

CSAGG_FUNCTION(csagg_history_replace_facts) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1)) return either_argument(fcinfo);
    ContextArena arena;
    Bytes bytes(arena);
    replace_facts(bytes_argument(fcinfo, 0), bytes_argument(fcinfo, 1), bytes);
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_history_drop_facts) {
    ContextArena arena;
    Vector<std::string_view> keys(arena);
    read_keys(fcinfo, 1, keys);
    Bytes bytes(arena);
    drop_facts(bytes_argument(fcinfo, 0), {keys.data(), keys.size()}, bytes);
    return make_varlena(view(bytes));
}

CSAGG_FUNCTION(csagg_history_replace_actor) {
    ContextArena arena;
    Bytes bytes(arena);
    replace_history_actor(bytes_argument(fcinfo, 0), as_text(bytes_argument(fcinfo, 1)),
                          as_text(bytes_argument(fcinfo, 2)), bytes);
    return make_varlena(view(bytes));
}

}  // namespace csagg::pg
