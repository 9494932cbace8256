// How far the node may read its left side ahead: never where a left row does something when it is read, and elsewhere
// no further than rows that are sure to be asked for. One beyond a LIMIT would be in vain, or an error that nobody
// asked for.
//
// Rows are asked for one by one, and no node says how many there will be. They are all read where a node on the way up
// reads its input to the end before it gives a row, as a sort does. Where none does, the statement as a whole has to
// be: ExecutorRun() is told to the end, or up to a number of rows, as for a cursor's FETCH.
#include "asof/node/node_pg.hpp"

extern "C" {
#include "catalog/pg_class_d.h"
#include "catalog/pg_proc_d.h"
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

// ---- what reading does

bool is_volatile(Oid function, void*) { return func_volatile(function) == PROVOLATILE_VOLATILE; }

/// True at what shows when, or how often, it is run; of foreign tables nobody knows.
bool has_effect(Node* node, void* context) {
    if (node == nullptr) return false;
    if (check_functions_in_node(node, is_volatile, nullptr)) return true;
    switch (nodeTag(node)) {
        case T_NextValueExpr: return true;
        case T_RangeTblEntry: return reinterpret_cast<RangeTblEntry*>(node)->relkind == RELKIND_FOREIGN_TABLE;
        case T_SubPlan: {
            const auto* const glob = static_cast<const PlannerGlobal*>(context);
            const int number = reinterpret_cast<SubPlan*>(node)->plan_id;
            const auto* const planner = static_cast<PlannerInfo*>(list_nth(glob->subroots, number - 1));
            if (has_effect(reinterpret_cast<Node*>(planner->parse), context)) return true;
            break;
        }
        case T_Query: {
            auto* const query = reinterpret_cast<Query*>(node);
            if (query->commandType != CMD_SELECT || query->rowMarks != NIL) return true;
            return query_tree_walker(query, as_walker(has_effect), context, QTW_EXAMINE_RTES_BEFORE);
        }
        default: break;
    }
    return expression_tree_walker(node, as_walker(has_effect), context);
}

// ---- what the plan reads to the end

/// How the rows of a node are read.
enum class Reading {
    absent,     // the node is not there
    to_end,     // all
    with_root,  // all, if those of the plan's root are
    on_demand,  // nobody knows
};

/// Reads its input to the end before it gives a row.
bool is_blocking(const Plan* plan) {
    switch (nodeTag(plan)) {
        case T_Sort:
        case T_Hash: return true;
        case T_Agg: {
            const AggStrategy strategy = reinterpret_cast<const Agg*>(plan)->aggstrategy;
            return strategy == AGG_PLAIN || strategy == AGG_HASHED;
        }
        case T_ModifyTable: return reinterpret_cast<const ModifyTable*>(plan)->returningLists == NIL;
        default: return false;
    }
}

/// Reads `input` to the end where it is itself read to the end. A join may find at its first row that it needs no more:
/// one row is never ahead.
bool goes_on(const Plan* plan, const Plan* input) {
    switch (nodeTag(plan)) {
        case T_Agg:
        case T_Append:
        case T_Group:
        case T_IncrementalSort:
        case T_LockRows:
        case T_Material:
        case T_ModifyTable:
        case T_ProjectSet:
        case T_Result:
        case T_SubqueryScan:
        case T_Unique: return true;
        case T_HashJoin:
        case T_NestLoop: return input == plan->lefttree;
        case T_CustomScan: return reinterpret_cast<const CustomScan*>(plan)->methods == &asof_scan_methods;
        case T_WindowAgg: return reinterpret_cast<const WindowAgg*>(plan)->runCondition == NIL;
        default: return false;
    }
}

List* inputs(const Plan* plan) {
    List* all = NIL;
    switch (nodeTag(plan)) {
        case T_Append: all = list_copy(reinterpret_cast<const Append*>(plan)->appendplans); break;
        case T_MergeAppend: all = list_copy(reinterpret_cast<const MergeAppend*>(plan)->mergeplans); break;
        case T_CustomScan: all = list_copy(reinterpret_cast<const CustomScan*>(plan)->custom_plans); break;
        case T_SubqueryScan: all = list_make1(reinterpret_cast<const SubqueryScan*>(plan)->subplan); break;
        default: break;
    }
    for (Plan* input : {plan->lefttree, plan->righttree})
        if (input != nullptr) all = lappend(all, input);
    return all;
}

Reading reading_below(const Plan* plan, const Plan* node) {
    check_stack_depth();
    if (plan == node) return Reading::with_root;
    ListCell* cell;
    foreach (cell, inputs(plan)) {
        const auto* const input = static_cast<const Plan*>(lfirst(cell));
        const Reading reading = reading_below(input, node);
        if (reading == Reading::absent) continue;
        if (reading != Reading::with_root) return reading;
        return is_blocking(plan) ? Reading::to_end : goes_on(plan, input) ? Reading::with_root : Reading::on_demand;
    }
    return Reading::absent;
}

Reading reading_of(const PlannedStmt* statement, const Plan* node) {
    Reading reading = reading_below(statement->planTree, node);
    ListCell* cell;
    foreach (cell, statement->subplans) {
        if (reading != Reading::absent) return reading;
        // Who reads a subplan's root is not to be seen from here.
        if (lfirst(cell) != nullptr) reading = reading_below(static_cast<const Plan*>(lfirst(cell)), node);
        if (reading == Reading::with_root) return Reading::on_demand;
    }
    return reading;
}

// ---- how far the statement is run

/// The call of ExecutorRun() that is under way, the innermost.
struct StatementRun {
    const EState* estate;
    bool to_end;
};
StatementRun current_run{};
ExecutorRun_hook_type previous_run = nullptr;

/// PostgreSQL 18 has no further argument, those before it one.
template <class... Once>
void run_hook(QueryDesc* query, ScanDirection direction, std::uint64_t count, Once... once) {
    guard([&] {
        // Also after an error, which the statement around it may catch.
        struct Around {
            StatementRun run = current_run;
            ~Around() { current_run = run; }
        } around;
        current_run = {query->estate, count == 0};
        call(
            [=] { (previous_run != nullptr ? previous_run : standard_ExecutorRun)(query, direction, count, once...); });
    });
}

}  // namespace

bool is_left_side_passive(const PlannerInfo* root) {
    // Wider than the left side, and easier: what stands in FROM and WHERE, and all CTEs that it may read.
    PlannerGlobal* const glob = root->glob;
    if (range_table_walker(root->parse->rtable, as_walker(has_effect), glob, QTW_EXAMINE_RTES_BEFORE) ||
        has_effect(reinterpret_cast<Node*>(root->parse->jointree), glob))
        return false;
    for (; root != nullptr; root = root->parent_root)
        if (has_effect(reinterpret_cast<Node*>(root->parse->cteList), glob)) return false;
    return true;
}

Demand Demand::of(const EState* estate, const Plan* node) {
    const Reading reading = reading_of(estate->es_plannedstmt, node);
    return {reading == Reading::to_end, reading == Reading::with_root ? estate : nullptr};
}

bool Demand::is_for_all() const {
    return always_ || (of_run_ != nullptr && current_run.estate == of_run_ && current_run.to_end);
}

void install_demand() {
    previous_run = ExecutorRun_hook;
    ExecutorRun_hook = run_hook;
}

}  // namespace csagg::pg
