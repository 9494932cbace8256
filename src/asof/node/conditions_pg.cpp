#include "asof/node/conditions_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
}

namespace csagg::pg {

double OrderedConditions::cost_of(Node* condition) const {
    QualCost cost;
    cost_qual_eval_node(&cost, condition, root_);
    return cost.per_tuple;
}

/// What tells nothing and costs little may go before dearer ones of a lower level.
void OrderedConditions::add(RestrictInfo* condition) {
    auto* const clause = reinterpret_cast<Node*>(condition->clause);
    const bool is_free = condition->leakproof && cost_of(clause) < 10 * cpu_operator_cost;
    add(clause, is_free ? 0 : condition->security_level);
}

void OrderedConditions::add(Node* condition, Index level) {
    auto* const added = static_cast<Condition*>(palloc(sizeof(Condition)));
    *added = {condition, level, cost_of(condition)};
    conditions_ = lappend(conditions_, added);
}

List* OrderedConditions::list() const {
    const int count = list_length(conditions_);
    auto** const sorted = static_cast<const Condition**>(palloc(std::size_t(count + 1) * sizeof(Condition*)));
    for (int i = 0; i < count; ++i) {
        int at = i;
        auto* const condition = static_cast<const Condition*>(list_nth(conditions_, i));
        for (; at > 0 && *condition < *sorted[at - 1]; --at) sorted[at] = sorted[at - 1];
        sorted[at] = condition;
    }
    List* nodes = NIL;
    for (int i = 0; i < count; ++i) nodes = lappend(nodes, sorted[i]->node);
    return nodes;
}

}  // namespace csagg::pg
