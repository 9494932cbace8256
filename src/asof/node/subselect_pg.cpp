// Finds correlated subselects that are computed once for every row of FROM and WHERE, as a join would; the rest of an
// expression around them may be whatever it likes.
//
// Left alone: what CASE, COALESCE, AND and OR may not get to; what may fail for rows that other tables or LIMIT leave
// out; what is computed a group and not a row; ON; queries with row locks and statements that change rows, which look
// again at rows that have changed meanwhile.
#include "asof/node/subselect_pg.hpp"
#include "asof/node/node_pg.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

struct Numbering {
    int last;
    List* of_query;    // Query: those numbered in the query at hand
    List* group_keys;  // its expressions in GROUP BY
    ParamListInfo parameters;
    const Query* outermost;  // others may become a part of the one around, and compute less than stands there
    bool of_each_row;        // what is computed is computed for every row of the one table that is read
};

/// Of an expression that has them only as arguments that are computed in any case.
bool computes_all(const Node* node) {
    switch (nodeTag(node)) {
        case T_ArrayCoerceExpr:
        case T_ArrayExpr:
        case T_BooleanTest:
        case T_CoerceToDomain:
        case T_CoerceViaIO:
        case T_CollateExpr:
        case T_ConvertRowtypeExpr:
        case T_DistinctExpr:
        case T_FieldSelect:
        case T_FuncExpr:
        case T_List:
        case T_MinMaxExpr:
        case T_NamedArgExpr:
        case T_NullIfExpr:
        case T_NullTest:
        case T_OpExpr:
        case T_RelabelType:
        case T_RowExpr:
        case T_ScalarArrayOpExpr:
        case T_TargetEntry: return true;
        default: return false;
    }
}

/// Whether it may raise an error, or tell something, when it is computed for a row.
bool may_fail(Node* node, void*) {
    if (node == nullptr) return false;
    switch (nodeTag(node)) {
        case T_BoolExpr:
        case T_CaseExpr:
        case T_CaseTestExpr:
        case T_CaseWhen:
        case T_CoalesceExpr:
        case T_Const:
        case T_Param:
        case T_Var: break;
        case T_CoerceToDomain: return true;
        default:
            if (!computes_all(node)) return true;
    }
    if (check_functions_in_node(
            node, [](Oid function, void*) { return !get_func_leakproof(function); }, nullptr))
        return true;
    return expression_tree_walker(node, as_walker(may_fail), nullptr);
}

bool is_ordering(Oid comparison) {
#if PG_VERSION_NUM >= 180000
    return get_op_index_interpretation(comparison) != NIL;
#else
    return get_op_btree_interpretation(comparison) != NIL;
#endif
}

/// A column of a view is what the view computes, and is computed for all rows of the right side.
bool computes_what_may_fail(Node* node, void* context) {
    if (node == nullptr || IsA(node, Query)) return false;
    if (!IsA(node, Var)) return expression_tree_walker(node, as_walker(computes_what_may_fail), context);
    const auto* const column = reinterpret_cast<Var*>(node);
    if (column->varlevelsup > 0) return false;
    const auto* const query = static_cast<const Query*>(context);
    const RangeTblEntry* const rte = rt_fetch(column->varno, query->rtable);
#if PG_VERSION_NUM >= 180000
    if (rte->rtekind == RTE_RELATION)
        return column->varattno > 0 && get_attgenerated(rte->relid, column->varattno) == 'v';
#endif
    if (rte->rtekind != RTE_SUBQUERY) return false;
    if (column->varattno <= 0 || rte->subquery->setOperations != nullptr) return true;
    const TargetEntry* const entry = get_tle_by_resno(rte->subquery->targetList, column->varattno);
    if (entry == nullptr || (!IsA(entry->expr, Var) && may_fail(reinterpret_cast<Node*>(entry->expr), nullptr)))
        return true;
    return computes_what_may_fail(reinterpret_cast<Node*>(entry->expr), rte->subquery);
}

/// Of a condition: comparing in itself does not.
bool may_fail_before_comparing(Node* condition) {
    if (!IsA(condition, OpExpr)) return may_fail(condition, nullptr);
    const auto* const comparison = reinterpret_cast<OpExpr*>(condition);
    if (list_length(comparison->args) != 2 || !is_ordering(comparison->opno)) return may_fail(condition, nullptr);
    return may_fail(reinterpret_cast<Node*>(comparison->args), nullptr);
}

/// A join may be made before the other tables, conditions and LIMIT have left rows out: then it is made of what cannot
/// fail.
bool may_join_early(const Query* subselect) {
    if (may_fail(reinterpret_cast<Node*>(subselect->targetList), nullptr)) return false;
    ListCell* cell;
    foreach (cell, make_ands_implicit(reinterpret_cast<Expr*>(subselect->jointree->quals))) {
        auto* const condition = static_cast<Node*>(lfirst(cell));
        if (contain_vars_of_level(condition, 1) && may_fail_before_comparing(condition)) return false;
    }
    return true;
}

void number_subselect(const SubLink* link, Numbering* numbering) {
    if (link->subLinkType != EXPR_SUBLINK) return;
    auto* const subselect = reinterpret_cast<Query*>(link->subselect);
    // PostgreSQL computes its LIMIT only where it plans the subselect, which may be nowhere.
    if (may_fail(subselect->limitCount, nullptr)) return;
    if (!may_be_idiom(subselect, numbering->parameters) ||
        computes_what_may_fail(reinterpret_cast<Node*>(subselect->targetList), subselect))
        return;
    if (!numbering->of_each_row && !may_join_early(subselect)) return;
    ListCell* cell;
    foreach (cell, numbering->of_query)
        if (equal(lfirst(cell), subselect)) {
            subselect->queryId = lfirst_node(Query, cell)->queryId;
            return;
        }
    subselect->queryId = decltype(subselect->queryId)(++numbering->last);
    numbering->of_query = lappend(numbering->of_query, subselect);
}

Node* first_of(const List* list) { return list == NIL ? nullptr : static_cast<Node*>(linitial(list)); }

/// What of an expression is computed first, where the rest may be left out; nullptr: nobody knows.
Node* computed_first(Node* node) {
    switch (nodeTag(node)) {
        case T_BoolExpr: return first_of(reinterpret_cast<BoolExpr*>(node)->args);
        case T_CoalesceExpr: return first_of(reinterpret_cast<CoalesceExpr*>(node)->args);
        case T_CaseWhen: return reinterpret_cast<Node*>(reinterpret_cast<CaseWhen*>(node)->expr);
        case T_CaseExpr: {
            const auto* const c = reinterpret_cast<CaseExpr*>(node);
            return c->arg != nullptr ? reinterpret_cast<Node*>(c->arg) : first_of(c->args);
        }
        default: return nullptr;
    }
}

/// In an expression that is computed for every row.
bool number_of_row(Node* node, void* context) {
    if (node == nullptr) return false;
    if (IsA(node, SubLink)) {
        number_subselect(reinterpret_cast<SubLink*>(node), static_cast<Numbering*>(context));
        return false;
    }
    // Without FILTER arguments are computed for every row, else only the condition is.
    if (IsA(node, Aggref)) {
        const auto* const aggregate = reinterpret_cast<Aggref*>(node);
        if (aggregate->agglevelsup > 0) return false;
        auto* const filter = reinterpret_cast<Node*>(aggregate->aggfilter);
        return number_of_row(filter != nullptr ? filter : reinterpret_cast<Node*>(aggregate->args), context);
    }
    if (IsA(node, WindowFunc)) {
        const auto* const function = reinterpret_cast<WindowFunc*>(node);
        auto* const filter = reinterpret_cast<Node*>(function->aggfilter);
        return number_of_row(filter != nullptr ? filter : reinterpret_cast<Node*>(function->args), context);
    }
    if (Node* const first = computed_first(node)) return number_of_row(first, context);
    return computes_all(node) && expression_tree_walker(node, as_walker(number_of_row), context);
}

/// What is computed for every row need not be computed again anywhere in an expression of the row: it gets its number.
bool share_number(Node* node, void* context) {
    if (node == nullptr) return false;
    if (!IsA(node, SubLink)) return expression_tree_walker(node, as_walker(share_number), context);
    if (list_member(static_cast<Numbering*>(context)->of_query, reinterpret_cast<SubLink*>(node)->subselect))
        number_subselect(reinterpret_cast<SubLink*>(node), static_cast<Numbering*>(context));
    return false;
}

bool share_in_aggregates(Node* node, void* context) {
    if (node == nullptr || IsA(node, SubLink)) return false;
    if (!IsA(node, Aggref)) return expression_tree_walker(node, as_walker(share_in_aggregates), context);
    const auto* const aggregate = reinterpret_cast<Aggref*>(node);
    return aggregate->agglevelsup == 0 && share_number(reinterpret_cast<Node*>(aggregate->args), context);
}

/// In an expression that is computed for every group.
bool number_of_group(Node* node, void* context) {
    if (node == nullptr) return false;
    if (IsA(node, Aggref) || list_member(static_cast<Numbering*>(context)->group_keys, node))
        return number_of_row(node, context);
    return !IsA(node, SubLink) && expression_tree_walker(node, as_walker(number_of_group), context);
}

void number_of_where(const Query* q, Numbering* numbering) {
    // How often a volatile condition is asked depends on those before it.
    Node* const where = q->jointree->quals;
    if (where == nullptr || contain_volatile_functions(where)) return;
    if (is_andclause(where))
        expression_tree_walker(where, as_walker(number_of_row), numbering);
    else
        number_of_row(where, numbering);
}

bool is_grouped(const Query* q) {
    return q->hasAggs || q->groupClause != NIL || q->groupingSets != NIL || q->havingQual != nullptr;
}

void number_of_groups(Query* q, Numbering* numbering) {
    numbering->group_keys = get_sortgrouplist_exprs(q->groupClause, q->targetList);
    for (Node* groups : {reinterpret_cast<Node*>(q->targetList), q->havingQual}) {
        number_of_group(groups, numbering);
        share_in_aggregates(groups, numbering);
    }
#if PG_VERSION_NUM >= 180000
    ListCell* cell;
    foreach (cell, q->rtable)
        number_of_row(reinterpret_cast<Node*>(lfirst_node(RangeTblEntry, cell)->groupexprs), numbering);
#endif
}

/// All of it, without LIMIT.
bool reads_one_table(const Query* q) {
    const List* const from = q->jointree->fromlist;
    if (list_length(from) != 1 || !IsA(linitial(from), RangeTblRef) || q->limitCount != nullptr ||
        q->limitOffset != nullptr)
        return false;
    const int table = linitial_node(RangeTblRef, from)->rtindex;
    return rt_fetch(table, q->rtable)->rtekind == RTE_RELATION;
}

void number_of_query(Query* q, Numbering* numbering) {
    if (!q->hasSubLinks || q->hasTargetSRFs || q->jointree == nullptr || q->jointree->fromlist == NIL) return;
    numbering->of_query = NIL;
    const bool alone = q == numbering->outermost && reads_one_table(q);
    Node* const where = q->jointree->quals;
    numbering->of_each_row = alone && list_length(make_ands_implicit(reinterpret_cast<Expr*>(where))) == 1;
    number_of_where(q, numbering);
    numbering->of_each_row = alone && !checkExprHasSubLink(where);
    if (is_grouped(q)) return number_of_groups(q, numbering);
    number_of_row(reinterpret_cast<Node*>(q->targetList), numbering);
    share_number(reinterpret_cast<Node*>(q->targetList), numbering);
}

bool number_below(Node* node, void* context) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, as_walker(number_below), context);
    auto* const q = reinterpret_cast<Query*>(node);
    if ((q->commandType != CMD_SELECT && q->commandType != CMD_INSERT) || q->rowMarks != NIL) return false;
    if (q->commandType == CMD_SELECT) number_of_query(q, static_cast<Numbering*>(context));
    return query_tree_walker(q, as_walker(number_below), context, 0);
}

/// That of INSERT ... SELECT is its own.
const Query* outermost_select(const Query* statement) {
    if (statement->commandType != CMD_INSERT || list_length(statement->jointree->fromlist) != 1) return statement;
    const Node* const from = static_cast<Node*>(linitial(statement->jointree->fromlist));
    if (!IsA(from, RangeTblRef)) return statement;
    const RangeTblEntry* const rte = rt_fetch(reinterpret_cast<const RangeTblRef*>(from)->rtindex, statement->rtable);
    return rte->rtekind == RTE_SUBQUERY ? rte->subquery : statement;
}

}  // namespace

int number_subselects(Query* statement, ParamListInfo parameters) {
    Numbering numbering{};
    numbering.parameters = parameters;
    numbering.outermost = outermost_select(statement);
    number_below(reinterpret_cast<Node*>(statement), &numbering);
    return numbering.last;
}

}  // namespace csagg::pg
