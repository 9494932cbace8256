#include "asof/node/conditions_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
}

namespace csagg::pg {

/// What tells nothing and costs little may go before dearer ones of a lower level.
void OrderedConditions::add(Node* condition, Index level, bool leakproof) {
    QualCost cost;
    cost_qual_eval_node(&cost, condition, root_);
    auto* const added = static_cast<Rank*>(palloc(sizeof(Rank)));
    *added = {leakproof && cost.per_tuple < 10 * cpu_operator_cost ? 0 : level, cost.per_tuple};
    int at = list_length(list_);
    while (at > 0 && *added < *static_cast<const Rank*>(list_nth(ranks_, at - 1))) --at;
    list_ = list_insert_nth(list_, at, condition);
    ranks_ = list_insert_nth(ranks_, at, added);
}

void OrderedConditions::add(const RestrictInfo* condition) {
    add(reinterpret_cast<Node*>(condition->clause), condition->security_level, condition->leakproof);
}

}  // namespace csagg::pg
