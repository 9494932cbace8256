// Finds the idiom in a LATERAL subquery as the rewriter has left it: views not yet pulled up, row-level security in its
// range table.
#include "asof/join/instant_pg.hpp"
#include "asof/node/conditions_pg.hpp"
#include "asof/node/node_pg.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_type_d.h"
#include "commands/defrem.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/prep.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

// ---- what may stand in the right side at all

struct Survey {
    int depth;        // 0: the subquery itself
    bool outer_ctes;  // CTEs of the queries around may be read
};

/// True at what makes the subquery one to leave alone.
bool is_foreign(Node* node, void* context) {
    if (node == nullptr) return false;
    auto* const survey = static_cast<Survey*>(context);
    const auto above = [survey](Index levels) { return int(levels) > survey->depth; };
    switch (nodeTag(node)) {
        case T_Var: return above(reinterpret_cast<Var*>(node)->varlevelsup);
        case T_Aggref: return above(reinterpret_cast<Aggref*>(node)->agglevelsup);
        case T_GroupingFunc: return above(reinterpret_cast<GroupingFunc*>(node)->agglevelsup);
        case T_Param: return reinterpret_cast<Param*>(node)->paramkind != PARAM_EXTERN;
        case T_PlaceHolderVar:
        case T_CurrentOfExpr:
        case T_SubLink: return true;
        case T_RangeTblEntry: {
            const auto* const rte = reinterpret_cast<RangeTblEntry*>(node);
            if (rte->tablesample != nullptr) return true;
            return rte->rtekind == RTE_CTE && above(rte->ctelevelsup) && (!survey->outer_ctes || rte->self_reference);
        }
        case T_Query: {
            auto* const query = reinterpret_cast<Query*>(node);
            if (query->commandType != CMD_SELECT || query->rowMarks != NIL || query->hasModifyingCTE) return true;
            ++survey->depth;
            const bool found = query_tree_walker(query, as_walker(is_foreign), context, QTW_EXAMINE_RTES_BEFORE);
            --survey->depth;
            return found;
        }
        default: return expression_tree_walker(node, as_walker(is_foreign), context);
    }
}

/// The right side reads nothing of the queries around, and left expressions nothing of those around the left side's.
bool is_self_contained(const PlannerInfo* root, const Idiom* idiom) {
    Survey right{-1, root->parent_root == nullptr};
    if (is_foreign(reinterpret_cast<Node*>(idiom->right), &right)) return false;
    for (void* expressions :
         {static_cast<void*>(idiom->left_keys), static_cast<void*>(idiom->left_at), static_cast<void*>(idiom->bounds),
          static_cast<void*>(idiom->left_conditions), static_cast<void*>(idiom->left_values),
          static_cast<void*>(idiom->pair_conditions), static_cast<void*>(idiom->outputs)}) {
        Survey expression{0, false};
        if (is_foreign(static_cast<Node*>(expressions), &expression)) return false;
    }
    return true;
}

bool is_plain_select(const Query* q) {
    return q->commandType == CMD_SELECT && !q->hasAggs && !q->hasWindowFuncs && !q->hasTargetSRFs && !q->hasSubLinks &&
           !q->hasDistinctOn && !q->hasRecursive && !q->hasModifyingCTE && !q->hasForUpdate && q->cteList == NIL &&
           q->groupClause == NIL && q->groupingSets == NIL && q->havingQual == nullptr && q->windowClause == NIL &&
           q->distinctClause == NIL && q->setOperations == nullptr && q->rowMarks == NIL && q->sortClause != NIL &&
           q->jointree != nullptr && q->jointree->fromlist != NIL;
}

/// Of a LIMIT that is a constant, or a parameter whose value the plan is made for, up to Idiom::most_rows; else 0.
int limit_of(const Query* q, ParamListInfo parameters) {
    if (q->limitCount == nullptr || q->limitOffset != nullptr || q->limitOption != LIMIT_OPTION_COUNT) return 0;
    PlannerGlobal global{};
    global.boundParams = parameters;
    PlannerInfo root{};
    root.glob = &global;
    const auto* const limit =
        reinterpret_cast<Const*>(eval_const_expressions(&root, static_cast<Node*>(copyObjectImpl(q->limitCount))));
    if (!IsA(limit, Const) || limit->constisnull || limit->consttype != INT8OID) return 0;
    const std::int64_t rows = DatumGetInt64(limit->constvalue);
    return rows >= 1 && rows <= Idiom::most_rows ? int(rows) : 0;
}

// ---- conditions

Node* bare(Node* node) {
    while (node != nullptr && IsA(node, RelabelType))
        node = reinterpret_cast<Node*>(reinterpret_cast<RelabelType*>(node)->arg);
    return node;
}

bool of_right(Node* node) { return contain_vars_of_level(node, 0) && !contain_vars_of_level(node, 1); }
bool of_left(Node* node) { return contain_vars_of_level(node, 1) && !contain_vars_of_level(node, 0); }

/// A comparison of a right expression with a left one.
struct Comparison {
    Node *right, *left;
    Oid right_left;  // the operator as `right op left`; InvalidOid if there is none
    Oid left_right;  // as `left op right`
    Oid collation;
    bool null_safe;  // IS NOT DISTINCT FROM
};

/// What IS NOT DISTINCT FROM negates, or nullptr.
Node* negated_distinct(Node* clause) {
    if (!IsA(clause, BoolExpr) || reinterpret_cast<BoolExpr*>(clause)->boolop != NOT_EXPR) return nullptr;
    auto* const arg = static_cast<Node*>(linitial(reinterpret_cast<BoolExpr*>(clause)->args));
    return IsA(arg, DistinctExpr) ? arg : nullptr;
}

bool read_comparison(Node* clause, Comparison& c) {
    Node* const distinct = negated_distinct(clause);
    if (distinct == nullptr && !IsA(clause, OpExpr)) return false;
    const auto* const op = reinterpret_cast<OpExpr*>(distinct != nullptr ? distinct : clause);
    if (list_length(op->args) != 2 || op->opretset || !op_strict(op->opno)) return false;
    auto *const first = static_cast<Node*>(linitial(op->args)), *const second = static_cast<Node*>(lsecond(op->args));
    const Oid commuted = get_commutator(op->opno);
    if (of_right(first) && of_left(second))
        c = {first, second, op->opno, commuted, op->inputcollid, distinct != nullptr};
    else if (of_left(first) && of_right(second))
        c = {second, first, commuted, op->opno, op->inputcollid, distinct != nullptr};
    else
        return false;
    return true;
}

bool is_key(const Comparison& c) {
    Oid left_hash, right_hash;
    return OidIsValid(c.left_right) && op_hashjoinable(c.left_right, exprType(c.left)) &&
           (!OidIsValid(c.right_left) || op_hashjoinable(c.right_left, exprType(c.right))) &&
           get_op_hash_functions(c.left_right, &left_hash, &right_hash);
}

Oid default_family(Oid type) {
    const Oid opclass = GetDefaultOpClass(type, BTREE_AM_OID);
    return OidIsValid(opclass) ? get_opclass_family(opclass) : InvalidOid;
}

/// The order of the instants: the first key of ORDER BY.
struct Order : Ordering {
    Node* expression;  // without relabelling
};

bool read_order(const Query* q, Order& order) {
    auto* const first = linitial_node(SortGroupClause, q->sortClause);
    if (!read_ordering(first->sortop, order)) return false;
    order.expression = bare(get_sortgroupclause_expr(first, q->targetList));
    return of_right(order.expression);
}

/// The comparison's strategy as `right op left`, if it is one of the instants in ORDER BY's own order; else 0.
int instant_strategy(const Comparison& c, const Order& order) {
    if (c.null_safe || !OidIsValid(c.right_left) || !equal(bare(c.right), order.expression)) return 0;
    const Oid right = getBaseType(exprType(c.right)), left = getBaseType(exprType(c.left));
    if (!Instants::are_comparable(left, right)) return 0;
    if (default_family(right) != order.family || default_family(left) != order.family) return 0;
    return get_op_opfamily_strategy(c.right_left, order.family);
}

// ---- the right side's columns

/// The raw column of an expression of the right side, one for equal ones.
int raw_column(Query* right, Node* expression) {
    ListCell* cell;
    foreach (cell, right->targetList) {
        auto* const entry = lfirst_node(TargetEntry, cell);
        if (equal(entry->expr, expression)) return entry->resno;
    }
    char name[16];
    snprintf(name, sizeof name, "c%d", list_length(right->targetList) + 1);
    auto* const entry = makeTargetEntry(static_cast<Expr*>(copyObjectImpl(expression)),
                                        AttrNumber(list_length(right->targetList) + 1), pstrdup(name), false);
    right->targetList = lappend(right->targetList, entry);
    return entry->resno;
}

/// The place of a left row's column, a Var of the query around, among left_values; from 1 on.
int left_place(Idiom* idiom, const Var* var) {
    auto* const column = static_cast<Var*>(copyObjectImpl(var));
    column->varlevelsup = 0;
    for (int i = 0; i < list_length(idiom->left_values); ++i)
        if (equal(list_nth(idiom->left_values, i), column)) return i + 1;
    idiom->left_values = lappend(idiom->left_values, column);
    return list_length(idiom->left_values);
}

Node* over_both_rows(Node* node, void* context) {
    if (node == nullptr) return nullptr;
    if (IsA(node, Var) && reinterpret_cast<Var*>(node)->varlevelsup <= 1) {
        auto* const idiom = static_cast<Idiom*>(context);
        const auto* const var = reinterpret_cast<Var*>(node);
        const bool left = var->varlevelsup == 1;
        return reinterpret_cast<Node*>(makeVar(
            left ? OUTER_VAR : INNER_VAR, AttrNumber(left ? left_place(idiom, var) : raw_column(idiom->right, node)),
            var->vartype, var->vartypmod, var->varcollid, 0));
    }
    return expression_tree_mutator(node, as_mutator(over_both_rows), context);
}

/// Numbers of the columns of `rel` that the query around uses. False if it uses the row as a whole.
bool used_columns(const RelOptInfo* rel, List*& columns) {
    Bitmapset* used = nullptr;
    pull_varattnos(reinterpret_cast<Node*>(rel->reltarget->exprs), rel->relid, &used);
    ListCell* cell;
    foreach (cell, rel->baserestrictinfo)
        pull_varattnos(reinterpret_cast<Node*>(lfirst_node(RestrictInfo, cell)->clause), rel->relid, &used);
    for (int i = -1; (i = bms_next_member(used, i)) >= 0;) {
        const int column = i + FirstLowInvalidHeapAttributeNumber;
        if (column <= 0) return false;
        columns = lappend_int(columns, column);
    }
    return true;
}

/// An expression of the query around, out of the subquery's.
Expr* at_left_level(PlannerInfo* root, Node* expression) {
    auto* const left = static_cast<Node*>(copyObjectImpl(expression));
    IncrementVarSublevelsUp(left, -1, 1);
    return reinterpret_cast<Expr*>(eval_const_expressions(root, left));
}

bool read_instants(PlannerInfo* root, Node* clause, const Order& order, Idiom* idiom) {
    Comparison c;
    if (!read_comparison(clause, c)) return false;
    const int strategy = instant_strategy(c, order);
    const bool below = strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber;
    const bool above = strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber;
    if (!below && !above) return false;
    if (order.descending != below) {
        idiom->bounds = lappend(idiom->bounds, at_left_level(root, c.left));
        idiom->bound_operators = lappend_oid(idiom->bound_operators, c.right_left);
        idiom->at_column = raw_column(idiom->right, c.right);
        return true;
    }
    // Of two such ends the second is a condition as any other.
    if (idiom->left_at != nullptr) return false;
    idiom->left_at = at_left_level(root, c.left);
    idiom->at_operator = c.right_left;
    idiom->backward = order.descending;
    idiom->allow_exact = strategy == BTLessEqualStrategyNumber || strategy == BTGreaterEqualStrategyNumber;
    idiom->right_at_type = getBaseType(exprType(c.right));
    idiom->left_at_type = getBaseType(exprType(c.left));
    idiom->at_column = raw_column(idiom->right, c.right);
    return true;
}

bool read_key(PlannerInfo* root, Node* clause, Idiom* idiom) {
    Comparison c;
    if (!read_comparison(clause, c) || !is_key(c)) return false;
    idiom->left_keys = lappend(idiom->left_keys, at_left_level(root, c.left));
    idiom->key_columns = lappend_int(idiom->key_columns, raw_column(idiom->right, c.right));
    idiom->key_operators = lappend_oid(idiom->key_operators, c.left_right);
    idiom->key_collations = lappend_oid(idiom->key_collations, c.collation);
    idiom->key_null_safe = lappend_int(idiom->key_null_safe, c.null_safe);
    return true;
}

bool split_conditions(PlannerInfo* root, Query* q, const Order& order, Idiom* idiom) {
    List* filters = NIL;
    auto* const quals = reinterpret_cast<Expr*>(
        canonicalize_qual(reinterpret_cast<Expr*>(eval_const_expressions(root, q->jointree->quals)), false));
    OrderedConditions pairs(nullptr);
    ListCell* cell;
    foreach (cell, make_ands_implicit(quals)) {
        auto* const clause = static_cast<Node*>(lfirst(cell));
        if (!contain_vars_of_level(clause, 1)) {
            filters = lappend(filters, clause);
            continue;
        }
        if (!contain_vars_of_level(clause, 0)) {
            idiom->left_conditions = lappend(idiom->left_conditions, at_left_level(root, clause));
            continue;
        }
        if (!read_instants(root, clause, order, idiom) && !read_key(root, clause, idiom))
            pairs.add(over_both_rows(clause, idiom));
    }
    idiom->pair_conditions = pairs.list();
    idiom->right->jointree->quals = reinterpret_cast<Node*>(make_ands_explicit(filters));
    if (filters == NIL) idiom->right->jointree->quals = nullptr;
    return idiom->left_at != nullptr;
}

bool compares_instants(Node* condition, const Order& order) {
    if (condition == nullptr) return false;
    if (is_andclause(condition)) {
        ListCell* cell;
        foreach (cell, reinterpret_cast<BoolExpr*>(condition)->args)
            if (compares_instants(static_cast<Node*>(lfirst(cell)), order)) return true;
        return false;
    }
    Comparison c;
    return read_comparison(condition, c) && instant_strategy(c, order) != 0;
}

bool read_ties(const Query* q, Idiom* idiom) {
    for (int i = 1; i < list_length(q->sortClause); ++i) {
        auto* const clause = list_nth_node(SortGroupClause, q->sortClause, i);
        Node* const expression = get_sortgroupclause_expr(clause, q->targetList);
        if (contain_vars_of_level(expression, 1)) return false;
        // It is computed for all right rows, and not only for those that are candidates: it must not fail.
        if (!IsA(bare(expression), Var) && contain_leaked_vars(expression)) return false;
        idiom->tie_columns = lappend_int(idiom->tie_columns, raw_column(idiom->right, expression));
        idiom->tie_operators = lappend_oid(idiom->tie_operators, clause->sortop);
        idiom->tie_collations = lappend_oid(idiom->tie_collations, exprCollation(expression));
        idiom->tie_nulls_first = lappend_int(idiom->tie_nulls_first, clause->nulls_first);
    }
    return true;
}

bool read_outputs(PlannerInfo* root, const Query* q, Idiom* idiom) {
    ListCell* cell;
    foreach (cell, idiom->columns) {
        const TargetEntry* const entry = get_tle_by_resno(q->targetList, AttrNumber(lfirst_int(cell)));
        if (entry == nullptr) return false;
        Node* const output =
            eval_const_expressions(root, static_cast<Node*>(copyObjectImpl(const_cast<Expr*>(entry->expr))));
        idiom->outputs = lappend(idiom->outputs, over_both_rows(output, idiom));
    }
    return true;
}

}  // namespace

List* raw_columns(const void* expressions) {
    List* columns = NIL;
    ListCell* cell;
    foreach (cell, pull_var_clause(static_cast<Node*>(const_cast<void*>(expressions)), 0)) {
        auto* const var = lfirst_node(Var, cell);
        if (var->varno == INNER_VAR) columns = lappend(columns, var);
    }
    return columns;
}

bool may_be_idiom(const Query* q, ParamListInfo parameters) {
    Order order;
    return is_plain_select(q) && limit_of(q, parameters) == 1 && read_order(q, order) &&
           compares_instants(q->jointree->quals, order) &&
           !contain_volatile_functions(reinterpret_cast<Node*>(const_cast<Query*>(q)));
}

Idiom* recognise_idiom(PlannerInfo* root, const RelOptInfo* rel) {
    Query* const original = planner_rt_fetch(rel->relid, root)->subquery;
    const int limit = is_plain_select(original) ? limit_of(original, root->glob->boundParams) : 0;
    if (limit == 0) return nullptr;
    if (contain_volatile_functions(reinterpret_cast<Node*>(original))) return nullptr;

    auto* const q = static_cast<Query*>(copyObjectImpl(original));
    Order order;
    if (!read_order(q, order)) return nullptr;

    auto* const idiom = static_cast<Idiom*>(palloc0(sizeof(Idiom)));
    idiom->limit = limit;
    if (!used_columns(rel, idiom->columns)) return nullptr;
    idiom->right = static_cast<Query*>(copyObjectImpl(original));
    idiom->right->targetList = NIL;
    idiom->right->sortClause = NIL;
    idiom->right->limitCount = nullptr;
    // The columns to be given come first: rows are taken apart from the front.
    if (!read_outputs(root, q, idiom) || !split_conditions(root, q, order, idiom) || !read_ties(q, idiom))
        return nullptr;
    return is_self_contained(root, idiom) ? idiom : nullptr;
}

}  // namespace csagg::pg
