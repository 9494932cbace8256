// What the planner is told of csagg.asof_join.
#include "asof/function/input_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

/// The relation whose row type argument `n` has, or InvalidOid.
Oid relation_of(Node* call_node, int n) {
    if (call_node == nullptr || !IsA(call_node, FuncExpr)) return InvalidOid;
    List* const args = reinterpret_cast<FuncExpr*>(call_node)->args;
    if (n >= list_length(args)) return InvalidOid;
    return get_typ_typrelid(exprType(static_cast<Node*>(list_nth(args, n))));
}

bool tell_rows(SupportRequestRows* request) {
    const Oid left = relation_of(request->node, 0);
    if (!OidIsValid(left)) return false;
    request->rows = clamp_row_est(expected_rows(left).rows);
    return true;
}

bool tell_cost(SupportRequestCost* request) {
    const Oid left = relation_of(request->node, 0), right = relation_of(request->node, 1);
    if (!OidIsValid(left) || !OidIsValid(right)) return false;
    const Expected l = expected_rows(left), r = expected_rows(right);
    // Each right row is hashed, kept and sorted among its group's; each left row hashed, searched for and put together.
    request->startup =
        l.cost + r.cost + r.rows * 4 * cpu_operator_cost + l.rows * (4 * cpu_operator_cost + cpu_tuple_cost);
    request->per_tuple = 0;
    return true;
}

}  // namespace

CSAGG_FUNCTION(csagg_asof_join_support) {
    auto* const request = reinterpret_cast<Node*>(PG_GETARG_POINTER(0));
    const bool told = call([request] {
        if (IsA(request, SupportRequestRows)) return tell_rows(reinterpret_cast<SupportRequestRows*>(request));
        if (IsA(request, SupportRequestCost)) return tell_cost(reinterpret_cast<SupportRequestCost*>(request));
        return false;
    });
    return PointerGetDatum(told ? request : nullptr);
}

}  // namespace csagg::pg
