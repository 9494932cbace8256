// The planner's hook for correlated subselects. The statement is planned as it is; where that runs subselects that may
// be the idiom, it is planned again with those as joins. What was planned first stays unless the second plan has
// further as-of joins and costs less: so nothing but the node itself changes any plan. And it has the last word on
// plans whose workers share a right side.
//
// Planning tells which subselects are run. A view's column that nobody reads is none of them, and gets no join, which
// could not be left out again.
#include "asof/node/node_pg.hpp"
#include "asof/node/subselect_pg.hpp"

extern "C" {
#include "optimizer/cost.h"
#include "optimizer/planmain.h"
#include "optimizer/planner.h"
}

namespace csagg::pg {
namespace {

/// A planning under way, the innermost.
struct Planning {
    int last;              // number of a subselect
    Bitmapset* planned;    // the numbers of subselects that have been
    int nodes;             // AsOfJoin in the plan
    List* to_be_parallel;  // Plan, see parallel_pg.cpp
};
Planning* current_planning = nullptr;
planner_hook_type previous_planner = nullptr;
create_upper_paths_hook_type previous_upper = nullptr;
bool (*is_node_enabled)() = nullptr;

/// For each table of the statement: at default costs this takes about as long as planning once more.
constexpr double worth_planning = 50;

PlannedStmt* plan_once(Query* statement, const char* text, int options, ParamListInfo parameters, Planning* planning) {
    // Also after an error, which the statement around it may catch.
    struct Around {
        Planning* planning = current_planning;
        ~Around() { current_planning = planning; }
    } around;
    current_planning = planning;
    PlannedStmt* const planned = call([=] {
        return (previous_planner != nullptr ? previous_planner : standard_planner)(statement, text, options,
                                                                                   parameters);
    });
    ListCell* cell;
    foreach (cell, planning->to_be_parallel) static_cast<Plan*>(lfirst(cell))->parallel_aware = true;
    return planned;
}

PlannedStmt* plan_both(Query* statement, const char* text, int options, ParamListInfo parameters) {
    // Whoever declares a cursor may go backwards in it, or change its rows, as in the statement as it stands.
    const bool cursor = (options & (CURSOR_OPT_FAST_PLAN | CURSOR_OPT_SCROLL)) != 0;
    const int last = is_node_enabled() && !cursor ? number_subselects(statement, parameters) : 0;
    Planning first{last, nullptr, 0, NIL}, second{};
    if (last == 0) return plan_once(statement, text, options, parameters, &first);
    auto* const joined = static_cast<Query*>(copyObjectImpl(statement));
    PlannedStmt* const plain = plan_once(statement, text, options, parameters, &first);
    // A subselect is run row by row, as a nested loop is: where that is not wanted, costs do not count.
    const double cost = plain->planTree->total_cost;
    if (first.planned == nullptr || (enable_nestloop && cost < worth_planning * list_length(plain->rtable)))
        return plain;
    join_subselects(joined, first.planned);
    PlannedStmt* const better = plan_once(joined, text, options, parameters, &second);
    return second.nodes > first.nodes && (!enable_nestloop || better->planTree->total_cost < cost) ? better : plain;
}

PlannedStmt* plan_statement(Query* statement, const char* text, int options, ParamListInfo parameters) {
    return guard([=] { return plan_both(statement, text, options, parameters); });
}

/// Every query of a statement comes here when it has been planned.
void upper_paths(PlannerInfo* root, UpperRelationKind stage, RelOptInfo* input, RelOptInfo* output, void* extra) {
    if (previous_upper != nullptr) previous_upper(root, stage, input, output, extra);
    if (stage != UPPERREL_FINAL || current_planning == nullptr || root->parent_root == nullptr) return;
    // Functions in SQL that have become a part of the statement have numbers of others in there.
    const auto number = std::uint64_t(root->parse->queryId);
    if (number == 0 || number > std::uint64_t(current_planning->last)) return;
    const MemoryContext before = MemoryContextSwitchTo(root->planner_cxt);
    current_planning->planned = bms_add_member(current_planning->planned, int(number));
    MemoryContextSwitchTo(before);
}

}  // namespace

void note_asof_plan() {
    if (current_planning != nullptr) ++current_planning->nodes;
}

bool can_share_right_side() { return current_planning != nullptr; }

void share_right_side(Plan* right) {
    ListCell* cell;
    foreach (cell, nodes_of(right)) {
        auto* const node = static_cast<Plan*>(lfirst(cell));
        if (!node->parallel_aware) continue;
        node->parallel_aware = false;
        current_planning->to_be_parallel = lappend(current_planning->to_be_parallel, node);
    }
}

void install_subselects(bool (*is_enabled)()) {
    is_node_enabled = is_enabled;
    previous_planner = planner_hook;
    planner_hook = plan_statement;
    previous_upper = create_upper_paths_hook;
    create_upper_paths_hook = upper_paths;
}

}  // namespace csagg::pg
