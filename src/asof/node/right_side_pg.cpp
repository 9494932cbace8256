#include "asof/node/right_side_pg.hpp"

#include "asof/join/join_pg.hpp"
#include "asof/node/spec_pg.hpp"
#include "asof/node/subselect_pg.hpp"

#include <algorithm>

extern "C" {
#include "executor/executor.h"
#include "executor/nodeHash.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/pathnode.h"
#include "optimizer/planner.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
}

namespace csagg::pg {
namespace {

/// Whether right rows are packed: see AsOfSpec::columns.
bool are_packed(const Idiom* idiom, const PlannerInfo* planner) {
    AsOfSpec spec{};
    spec.shape = ExecTypeFromTL(planner->processed_tlist);
    spec.left_at_type = idiom->left_at_type;
    spec.right_at_type = idiom->right_at_type;
    spec.tie_count = list_length(idiom->tie_columns);
    set_keys(&spec, idiom->key_columns, idiom->key_operators, idiom->key_collations, idiom->key_null_safe);
    set_columns(&spec, right_columns(idiom));
    return AsOfJoin::packs(spec);
}

/// Of the rows of a key that the instants allow, a third as PostgreSQL guesses, the first that satisfy the
/// conditions: how many do is what the subquery, planned as it stands, expects before its LIMIT.
double walked_rows(const Candidate* candidate, const RelOptInfo* rel) {
    const double limit = candidate->idiom->limit;
    if (candidate->idiom->pair_conditions == NIL || rel->subroot == nullptr) return limit - 1;
    const List* const ordered = fetch_upper_rel(rel->subroot, UPPERREL_ORDERED, nullptr)->pathlist;
    const double matching = ordered == NIL ? 1 : std::max(1.0, static_cast<const Path*>(linitial(ordered))->rows);
    const double allowed = candidate->right->rows / std::max(1.0, candidate->groups) * DEFAULT_INEQ_SEL;
    return std::max(1.0, allowed * std::min(1.0, limit / matching));
}

void plan_right_side(PlannerInfo* root, const RelOptInfo* subquery, Candidate* candidate) {
#if PG_VERSION_NUM >= 170000
    candidate->planner = subquery_planner(root->glob, candidate->idiom->right, root, false, 0, nullptr);
#else
    candidate->planner = subquery_planner(root->glob, candidate->idiom->right, root, false, 0);
#endif
    RelOptInfo* const rel = fetch_upper_rel(candidate->planner, UPPERREL_FINAL, nullptr);
    candidate->right = rel->cheapest_total_path;
    if (IS_DUMMY_REL(rel) || root->plan_params != NIL || candidate->planner->init_plans != NIL) {
        candidate->idiom = nullptr;
        return;
    }
    List* keys = NIL;
    ListCell* cell;
    foreach (cell, candidate->idiom->key_columns)
        keys =
            lappend(keys, list_nth_node(TargetEntry, candidate->planner->processed_tlist, lfirst_int(cell) - 1)->expr);
    candidate->groups = estimate_num_groups(candidate->planner, keys, candidate->right->rows, nullptr, nullptr);
    candidate->matches = candidate->idiom->limit == 1 ? 1 : std::max(1.0, subquery->rows);
    candidate->walked = walked_rows(candidate, subquery);
    candidate->packed = are_packed(candidate->idiom, candidate->planner);
    candidate->left_passive = is_left_side_passive(root);
}

/// What the node will keep of a right row.
double kept_bytes(const Candidate* candidate) {
    constexpr double instant_and_group = 9;
    if (!candidate->packed)
        return tuple_bytes(candidate->right->pathtarget->width) + sizeof(StoredRow) + instant_and_group +
               sizeof(MinimalTuple);
    double values = 1;
    ListCell* cell;
    foreach (cell, right_columns(candidate->idiom)) {
        const auto* const column =
            list_nth_node(TargetEntry, candidate->planner->processed_tlist, lfirst_int(cell) - 1);
        values += get_typlen(exprType(reinterpret_cast<const Node*>(column->expr)));
    }
    return instant_and_group + values;
}

/// Of a table, or of its parts.
bool is_scan(const Path* path) {
    if (IsA(path, ProjectionPath)) return is_scan(reinterpret_cast<const ProjectionPath*>(path)->subpath);
    if (!IsA(path, AppendPath))
        return path->pathtype == T_SeqScan || path->pathtype == T_IndexScan || path->pathtype == T_IndexOnlyScan;
    ListCell* cell;
    foreach (cell, reinterpret_cast<const AppendPath*>(path)->subpaths)
        if (!is_scan(static_cast<const Path*>(lfirst(cell)))) return false;
    return true;
}

}  // namespace

List* right_columns(const Idiom* idiom) {
    List* columns = idiom->bounds == NIL ? NIL : list_make1_int(idiom->at_column);
    ListCell* cell;
    foreach (cell, list_concat(raw_columns(idiom->outputs), raw_columns(idiom->pair_conditions)))
        columns = list_append_unique_int(columns, lfirst_node(Var, cell)->varattno);
    return columns;
}

Candidate* candidate_of(PlannerInfo* root, RelOptInfo* rel) {
    if (rel->fdw_private != nullptr) {
        auto* const known = static_cast<Candidate*>(rel->fdw_private);
        return known->magic == Candidate::its_magic ? known : nullptr;
    }
    // GEQO plans joins in a context that is gone before the plan is made.
    const MemoryContext before = MemoryContextSwitchTo(root->planner_cxt);
    auto* const candidate = static_cast<Candidate*>(palloc0(sizeof(Candidate)));
    candidate->magic = Candidate::its_magic;
    candidate->idiom = recognise_idiom(root, rel);
    if (candidate->idiom != nullptr) plan_right_side(root, rel, candidate);
    rel->fdw_private = candidate;
    MemoryContextSwitchTo(before);
    return candidate;
}

double right_bytes(const Candidate* candidate) {
    constexpr double bytes_of_key = 64;
    return candidate->right->rows * kept_bytes(candidate) + (candidate->packed ? candidate->groups * bytes_of_key : 0);
}

Path* right_of_worker(const Candidate* candidate) {
    Path* cheapest = nullptr;
    ListCell* cell;
    foreach (cell, fetch_upper_rel(candidate->planner, UPPERREL_FINAL, nullptr)->pathlist) {
        auto* const path = static_cast<Path*>(lfirst(cell));
        if (path->parallel_safe && (cheapest == nullptr || path->total_cost < cheapest->total_cost)) cheapest = path;
    }
    return cheapest;
}

Path* right_to_share(const Candidate* candidate) {
    // One sequence cannot be dealt out; and what is more than expected must be allowed to be split.
    if (!can_share_right_side() || !candidate->packed || candidate->idiom->left_keys == NIL ||
        !candidate->left_passive || right_bytes(candidate) > double(get_hash_memory_limit()))
        return nullptr;
    ListCell* cell;
    foreach (cell, fetch_upper_rel(candidate->planner, UPPERREL_FINAL, nullptr)->partial_pathlist)
        if (is_scan(static_cast<const Path*>(lfirst(cell)))) return static_cast<Path*>(lfirst(cell));
    return nullptr;
}

}  // namespace csagg::pg
