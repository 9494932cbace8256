// The planner's side of the plan node: a path for every join whose inner side is the idiom.
//
// The right side cannot be a child path, because it belongs to a query of its own. So it becomes one of the plan's
// subplans, and the node finds it there by its number. That happens when the path has been chosen, not before: all
// subplans are initialised, used or not.
#include "asof/join/join_pg.hpp"
#include "asof/node/conditions_pg.hpp"
#include "asof/node/node_pg.hpp"
#include "asof/node/right_side_pg.hpp"
#include "asof/node/subselect_pg.hpp"

#include <algorithm>
#include <cmath>

extern "C" {
#include "access/htup_details.h"
#include "executor/nodeHash.h"
#include "nodes/makefuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/planner.h"
#include "optimizer/restrictinfo.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
}

namespace csagg::pg {
namespace {

bool enable_asofjoin = true;
bool is_asofjoin_enabled() { return enable_asofjoin; }
set_join_pathlist_hook_type previous_hook = nullptr;

/// At CustomPath.custom_private.
struct JoinParts {
    Candidate* candidate;
    Path* right;  // the candidate's, or one that workers may run
    JoinType jointype;
    Index nulled_by;        // from PostgreSQL 16 on: the outer join that makes the subquery's columns NULL, or 0
    List* join_conditions;  // where they fail, there is no match
    List* conditions;       // where they fail, there is no row
    double share;           // of the right rows that a process reads, the others bring the rest; 1: it reads them all
};

bool has_place_holder(Node* node) {
    ListCell* cell;
    foreach (cell, pull_var_clause(node, PVC_INCLUDE_PLACEHOLDERS | PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS))
        if (IsA(lfirst(cell), PlaceHolderVar)) return true;
    return false;
}

/// Cheap checks, before the subquery is looked at.
bool is_possible(PlannerInfo* root, const RelOptInfo* join, const RelOptInfo* left, const RelOptInfo* right,
                 JoinType jointype) {
    return (jointype == JOIN_LEFT || jointype == JOIN_INNER) && right->reloptkind == RELOPT_BASEREL &&
           right->rtekind == RTE_SUBQUERY && !IS_OTHER_REL(join) && !bms_is_empty(right->lateral_relids) &&
           bms_is_subset(right->lateral_relids, left->relids) && bms_is_empty(join->lateral_relids) &&
           root->rowMarks == NIL && root->parse->rowMarks == NIL &&
           (root->parse->commandType == CMD_SELECT || root->parse->commandType == CMD_INSERT) &&
           planner_rt_fetch(right->relid, root)->subquery != nullptr && left->cheapest_total_path != nullptr &&
           left->cheapest_total_path->param_info == nullptr;
}

bool read_conditions(PlannerInfo* root, const RelOptInfo* join, const RelOptInfo* right, const List* restrictions,
                     JoinParts* parts) {
    OrderedConditions of_join(root), after(root);
    const bool is_outer = IS_OUTER_JOIN(parts->jointype);
    ListCell* cell;
    foreach (cell, right->baserestrictinfo) {
        const auto* const condition = lfirst_node(RestrictInfo, cell);
        if (condition->pseudoconstant) return false;
        of_join.add(condition);
    }
    foreach (cell, restrictions) {
        const auto* const condition = lfirst_node(RestrictInfo, cell);
        if (condition->pseudoconstant) return false;
        (is_outer && RINFO_IS_PUSHED_DOWN(condition, join->relids) ? after : of_join).add(condition);
    }
    parts->join_conditions = of_join.list();
    parts->conditions = after.list();
    for (List* list : {parts->join_conditions, parts->conditions, join->reltarget->exprs})
        if (has_place_holder(reinterpret_cast<Node*>(list))) return false;
    return !contain_volatile_functions(reinterpret_cast<Node*>(parts->join_conditions)) &&
           !contain_volatile_functions(reinterpret_cast<Node*>(parts->conditions));
}

void set_costs(PlannerInfo* root, Path* path, const Path* left, const JoinParts* parts) {
    const Candidate* const candidate = parts->candidate;
    const Path* const right = parts->right;
    const Idiom* const idiom = candidate->idiom;
    const double right_rows = candidate->right->rows, keys = list_length(idiom->left_keys);
    const double rows_of_group = right_rows / std::max(1.0, candidate->groups);
    const double steps = std::log2(std::max(2.0, rows_of_group));

    // A process reads its share, and builds the index of some groups, one at least.
    const double read = right->total_cost * (right_rows * parts->share / std::max(1.0, right->rows));
    const double built_rows = std::max(right_rows * parts->share, rows_of_group);
    // As a hash join has it, and on top of that a sort of each group and a binary search a left row.
    const double build = built_rows * (cpu_tuple_cost + cpu_operator_cost * (keys + 1 + 2 * steps));
    const double probes = left->rows * cpu_operator_cost * (keys + steps);

    // What reads both rows has variables that statistics know nothing of: no planner for it.
    QualCost left_side, pair, match, after, outputs;
    cost_qual_eval(&left_side,
                   list_concat(list_concat_copy(idiom->left_keys, idiom->left_conditions), list_make1(idiom->left_at)),
                   root);
    cost_qual_eval(&pair, idiom->pair_conditions, nullptr);
    cost_qual_eval(&match, list_concat_copy(parts->join_conditions, idiom->bounds), root);
    cost_qual_eval(&after, parts->conditions, root);
    cost_qual_eval(&outputs, idiom->outputs, nullptr);
    const double walk = candidate->walked * (cpu_tuple_cost + pair.per_tuple);
    const double per_match = match.per_tuple + after.per_tuple + outputs.per_tuple;
    const double per_left = left_side.per_tuple + walk + candidate->matches * per_match;

    double files = 0;
    const double bytes = right_bytes(candidate);
    if (const double limit = double(get_hash_memory_limit()); bytes > limit) {
        const double share = 1 - limit / bytes;
        const double pages = (bytes + left->rows * tuple_bytes(left->pathtarget->width)) / BLCKSZ;
        files = 2 * seq_page_cost * pages * share;
    }

    path->startup_cost = left->startup_cost + read + build + left_side.startup + match.startup + after.startup +
                         outputs.startup + path->pathtarget->cost.startup;
    path->total_cost = path->startup_cost + (left->total_cost - left->startup_cost) + probes + left->rows * per_left +
                       files + path->rows * (cpu_tuple_cost + path->pathtarget->cost.per_tuple);
}

Plan* plan_custom_path(PlannerInfo* root, RelOptInfo* rel, CustomPath* path, List* tlist, List* clauses,
                       List* custom_plans);
const CustomPathMethods path_methods = {"AsOfJoin", plan_custom_path, nullptr};

Path* make_path(PlannerInfo* root, RelOptInfo* join, Path* left, double rows, JoinParts* parts) {
    auto* const path = makeNode(CustomPath);
    path->path.pathtype = T_CustomScan;
    path->path.parent = join;
    path->path.pathtarget = join->reltarget;
    path->path.rows = rows;
#if PG_VERSION_NUM >= 180000
    path->path.disabled_nodes = left->disabled_nodes + parts->right->disabled_nodes;
#endif
#if PG_VERSION_NUM >= 150000
    path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
#endif
    path->custom_paths = list_make1(left);
    path->custom_private = reinterpret_cast<List*>(parts);
    path->methods = &path_methods;
    set_costs(root, &path->path, left, parts);
    return &path->path;
}

/// Because of its LIMIT the planner thinks that no worker may run the subquery; but a worker has all rows of its left
/// ones.
bool may_be_parallel(PlannerInfo* root, const RelOptInfo* join, const RelOptInfo* left, const RelOptInfo* right,
                     const JoinParts* parts) {
    if (!root->glob->parallelModeOK || !left->consider_parallel || left->partial_pathlist == NIL) return false;
    for (Node* node : {reinterpret_cast<Node*>(planner_rt_fetch(right->relid, root)->subquery),
                       reinterpret_cast<Node*>(join->reltarget->exprs), reinterpret_cast<Node*>(parts->join_conditions),
                       reinterpret_cast<Node*>(parts->conditions)})
        if (!is_parallel_safe(root, node)) return false;
    return true;
}

/// Each worker has a part of the left rows; of the right ones, too, where they can be shared, or else all.
void add_parallel_path(PlannerInfo* root, RelOptInfo* join, RelOptInfo* left, const JoinParts* serial, Path* right,
                       bool shared) {
    if (right == nullptr) return;
    auto* const parts = static_cast<JoinParts*>(palloc(sizeof(JoinParts)));
    *parts = *serial;
    parts->right = right;
    auto* const partial = static_cast<Path*>(linitial(left->partial_pathlist));
    const double part = partial->rows / std::max(1.0, left->rows);
    parts->share = shared ? part : 1;
    Path* const path = make_path(root, join, partial, clamp_row_est(join->rows * part), parts);
    path->parallel_safe = true;
    path->parallel_aware = shared;
    path->parallel_workers = partial->parallel_workers;
    join->consider_parallel = true;
    add_partial_path(join, path);
}

void add_asof_path(PlannerInfo* root, RelOptInfo* join, RelOptInfo* left, RelOptInfo* right, JoinType jointype,
                   const JoinPathExtraData* extra) {
    if (!is_possible(root, join, left, right, jointype)) return;
    auto* const parts = static_cast<JoinParts*>(palloc0(sizeof(JoinParts)));
    parts->jointype = jointype;
#if PG_VERSION_NUM >= 160000
    if (IS_OUTER_JOIN(jointype)) parts->nulled_by = extra->sjinfo->ojrelid;
#endif
    if (!read_conditions(root, join, right, extra->restrictlist, parts)) return;
    parts->candidate = candidate_of(root, right);
    if (parts->candidate == nullptr || parts->candidate->idiom == nullptr) return;
    // In batches left rows are read on for those of the batch; and one sequence cannot be split.
    const bool in_one_batch = !parts->candidate->left_passive || parts->candidate->idiom->left_keys == NIL;
    if (in_one_batch && right_bytes(parts->candidate) > double(get_hash_memory_limit())) return;
    if (has_place_holder(reinterpret_cast<Node*>(left->cheapest_total_path->pathtarget->exprs))) return;
    parts->right = parts->candidate->right;
    parts->share = 1;
    add_path(join, make_path(root, join, left->cheapest_total_path, join->rows, parts));
    if (!may_be_parallel(root, join, left, right, parts)) return;
    add_parallel_path(root, join, left, parts, right_of_worker(parts->candidate), false);
    add_parallel_path(root, join, left, parts, right_to_share(parts->candidate), true);
}

/// Makes the right side's plan one of the whole plan's subplans, and gives its number.
int add_subplan(PlannerInfo* root, const Candidate* candidate, Path* right, const Path* join) {
    Plan* const plan = create_plan(candidate->planner, right);
    plan->parallel_safe = join->parallel_safe;  // else no worker gets it
    if (join->parallel_aware) share_right_side(plan);
    PlannerGlobal* const glob = root->glob;
    glob->subplans = lappend(glob->subplans, plan);
    glob->subroots = lappend(glob->subroots, candidate->planner);
#if PG_VERSION_NUM >= 170000
    glob->subpaths = lappend(glob->subpaths, right);
#endif
    return list_length(glob->subplans);
}

/// A column of the subquery as the joined row has it.
Var* joined_column(const RelOptInfo* subquery, TargetEntry* entry, [[maybe_unused]] Index nulled_by) {
    Var* const column = makeVarFromTargetEntry(int(subquery->relid), entry);
#if PG_VERSION_NUM >= 160000
    if (nulled_by != 0) column->varnullingrels = bms_make_singleton(int(nulled_by));
#endif
    return column;
}

/// Conditions over the same columns. The planner gives them as they are before the join.
List* joined_conditions(List* conditions, [[maybe_unused]] const RelOptInfo* subquery,
                        [[maybe_unused]] Index nulled_by) {
#if PG_VERSION_NUM >= 160000
    if (nulled_by != 0)
        return reinterpret_cast<List*>(add_nulling_relids(reinterpret_cast<Node*>(conditions), subquery->relids,
                                                          bms_make_singleton(int(nulled_by))));
#endif
    return conditions;
}

/// The left plan's columns, then those of the subquery that are used.
List* scan_columns(const Plan* left, const RelOptInfo* subquery, const JoinParts* parts, const Query* original) {
    List* columns = NIL;
    ListCell* cell;
    const auto add = [&columns](void* expression) {
        columns = lappend(columns, makeTargetEntry(static_cast<Expr*>(expression), AttrNumber(list_length(columns) + 1),
                                                   nullptr, false));
    };
    foreach (cell, left->targetlist) add(copyObjectImpl(lfirst_node(TargetEntry, cell)->expr));
    foreach (cell, parts->candidate->idiom->columns)
        add(joined_column(subquery, get_tle_by_resno(original->targetList, AttrNumber(lfirst_int(cell))),
                          parts->nulled_by));
    return columns;
}

Index subquery_of(const RelOptInfo* join, const Candidate* candidate, PlannerInfo* root) {
    for (int i = -1; (i = bms_next_member(join->relids, i)) >= 0;) {
        const RelOptInfo* const rel = root->simple_rel_array[i];
        if (rel != nullptr && rel->rtekind == RTE_SUBQUERY && rel->fdw_private == candidate) return Index(i);
    }
    throw std::logic_error("the as-of join's subquery is gone");
}

Plan* make_plan(PlannerInfo* root, const RelOptInfo* rel, const CustomPath* path, List* tlist, List* plans) {
    const auto* const parts = reinterpret_cast<const JoinParts*>(path->custom_private);
    const Candidate* const candidate = parts->candidate;
    const Idiom* const idiom = candidate->idiom;
    auto* const left = static_cast<Plan*>(linitial(plans));
    const Index subquery = subquery_of(rel, candidate, root);
    note_asof_plan();

    auto* const scan = makeNode(CustomScan);
    scan->methods = &asof_scan_methods;
    scan->flags = path->flags;
    scan->custom_plans = plans;
    scan->scan.plan.targetlist = tlist;
    scan->custom_scan_tlist =
        scan_columns(left, root->simple_rel_array[subquery], parts, planner_rt_fetch(subquery, root)->subquery);

    List* exprs[int(Exprs::count)];
    exprs[int(Exprs::left_keys)] = idiom->left_keys;
    exprs[int(Exprs::left_at)] = list_make1(idiom->left_at);
    exprs[int(Exprs::bounds)] = idiom->bounds;
    exprs[int(Exprs::left_conditions)] = idiom->left_conditions;
    exprs[int(Exprs::left_values)] = idiom->left_values;
    exprs[int(Exprs::join_conditions)] =
        joined_conditions(parts->join_conditions, root->simple_rel_array[subquery], parts->nulled_by);
    exprs[int(Exprs::conditions)] = parts->conditions;
    for (List* list : exprs) scan->custom_exprs = lappend(scan->custom_exprs, copyObjectImpl(list));

    // The planner does not look into custom_private: of functions in there it has to be told.
    auto* const outputs = static_cast<List*>(copyObjectImpl(idiom->outputs));
    auto* const pair_conditions = static_cast<List*>(copyObjectImpl(idiom->pair_conditions));
    for (List* list : {outputs, pair_conditions})
        extract_query_dependencies_walker(reinterpret_cast<Node*>(list), root);

    List* priv[int(Private::count)];
    List* numbers = NIL;
    for (int n : {add_subplan(root, candidate, parts->right, &path->path), int(parts->jointype), idiom->at_column,
                  int(idiom->backward), int(idiom->allow_exact), int(idiom->left_at_type), int(idiom->right_at_type),
                  int(idiom->at_operator), int(candidate->left_passive), idiom->limit})
        numbers = lappend_int(numbers, n);
    priv[int(Private::numbers)] = numbers;
    priv[int(Private::key_columns)] = idiom->key_columns;
    priv[int(Private::key_operators)] = idiom->key_operators;
    priv[int(Private::key_collations)] = idiom->key_collations;
    priv[int(Private::key_null_safe)] = idiom->key_null_safe;
    priv[int(Private::tie_columns)] = idiom->tie_columns;
    priv[int(Private::tie_operators)] = idiom->tie_operators;
    priv[int(Private::tie_collations)] = idiom->tie_collations;
    priv[int(Private::tie_nulls_first)] = idiom->tie_nulls_first;
    priv[int(Private::bound_operators)] = idiom->bound_operators;
    priv[int(Private::pair_conditions)] = pair_conditions;
    priv[int(Private::outputs)] = outputs;
    priv[int(Private::right_columns)] = right_columns(idiom);
    priv[int(Private::right_rows)] = list_make1_int(int(std::min(candidate->right->rows, 2e9)));
    for (List* list : priv) scan->custom_private = lappend(scan->custom_private, list);
    return &scan->scan.plan;
}

Plan* plan_custom_path(PlannerInfo* root, RelOptInfo* rel, CustomPath* path, List* tlist, List*, List* custom_plans) {
    return guard([=] { return make_plan(root, rel, path, tlist, custom_plans); });
}

void join_pathlist_hook(PlannerInfo* root, RelOptInfo* join, RelOptInfo* left, RelOptInfo* right, JoinType jointype,
                        JoinPathExtraData* extra) {
    if (previous_hook != nullptr) previous_hook(root, join, left, right, jointype, extra);
    if (enable_asofjoin) guard([=] { add_asof_path(root, join, left, right, jointype, extra); });
}

/// Plans must not depend on what a session did before: the hook is there from its first query on, or never. While
/// session_preload_libraries are loaded, the process is not yet in normal mode.
bool is_preloaded() { return process_shared_preload_libraries_in_progress || !IsNormalProcessingMode(); }

void initialise() {
    DefineCustomBoolVariable("csagg.enable_asofjoin", "Lets the planner use as-of joins for LATERAL subqueries.",
                             "It does so only where csagg is loaded by session_preload_libraries or "
                             "shared_preload_libraries.",
                             &enable_asofjoin, true, PGC_USERSET, GUC_EXPLAIN, nullptr, nullptr, nullptr);
#if PG_VERSION_NUM >= 150000
    MarkGUCPrefixReserved("csagg");
#else
    EmitWarningsOnPlaceholders("csagg");
#endif
    RegisterCustomScanMethods(&asof_scan_methods);  // also for workers, which load what their leader has loaded
    if (!is_preloaded()) return;
    previous_hook = set_join_pathlist_hook;
    set_join_pathlist_hook = join_pathlist_hook;
    install_demand();
    install_subselects(is_asofjoin_enabled);
}

const AtLoad at_load{initialise};

}  // namespace
}  // namespace csagg::pg
