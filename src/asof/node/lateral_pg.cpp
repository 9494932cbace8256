// A correlated subselect of at most one row, put into FROM: LEFT JOIN LATERAL (subselect) ON true, next to the tables
// it looks at, and its column where it stood. What it says of the query around is of the same level there.
#include "asof/node/node_pg.hpp"
#include "asof/node/subselect_pg.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/prep.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "rewrite/rewriteManip.h"
}

namespace csagg::pg {
namespace {

struct Joining {
    const Bitmapset* numbers;
    Query* query;  // the one at hand
    List* done;    // its Var for each subselect that is a join already
    List* ids;     // and the number of that
};

Relids relids_of(Node* from) {
#if PG_VERSION_NUM >= 160000
    return get_relids_in_jointree(from, true, true);
#else
    return get_relids_in_jointree(from, true);
#endif
}

/// The place in the join tree of a query, as deep as it goes, that has all of `relids` and is made NULL by no join.
Node** place_of(Node** from, Relids relids) {
    while (IsA(*from, JoinExpr)) {
        auto* const join = reinterpret_cast<JoinExpr*>(*from);
        const bool inner = join->jointype == JOIN_INNER;
        if ((inner || join->jointype == JOIN_LEFT) && bms_is_subset(relids, relids_of(join->larg)))
            from = &join->larg;
        else if (inner && bms_is_subset(relids, relids_of(join->rarg)))
            from = &join->rarg;
        else
            break;
    }
    return from;
}

Node** place_in(FromExpr* tree, Relids relids) {
    ListCell* cell;
    foreach (cell, tree->fromlist)
        if (bms_is_subset(relids, relids_of(static_cast<Node*>(lfirst(cell)))))
            return place_of(reinterpret_cast<Node**>(&lfirst(cell)), relids);
    // Of several tables that are joined by WHERE.
    tree->fromlist = list_make1(makeFromExpr(tree->fromlist, nullptr));
    return reinterpret_cast<Node**>(&linitial(tree->fromlist));
}

int add_subquery(Query* q, Query* subselect) {
    ParseState* const state = make_parsestate(nullptr);
    state->p_rtable = q->rtable;
    addRangeTableEntryForSubquery(state, subselect, makeAlias("subselect", NIL), true, true);
    q->rtable = state->p_rtable;
    return list_length(q->rtable);
}

int add_join(Query* q) {
    auto* const rte = makeNode(RangeTblEntry);
    rte->rtekind = RTE_JOIN;
    rte->jointype = JOIN_LEFT;
    rte->eref = makeAlias("unnamed_join", NIL);
    rte->inFromCl = true;
    q->rtable = lappend(q->rtable, rte);
    return list_length(q->rtable);
}

Var* join_subselect(Query* q, Query* subselect) {
    const Relids relids = pull_varnos_of_level(nullptr, reinterpret_cast<Node*>(subselect), 1);
    Node** const place = place_in(q->jointree, relids);
    subselect->queryId = 0;
    auto* const right = makeNode(RangeTblRef);
    right->rtindex = add_subquery(q, subselect);
    auto* const join = makeNode(JoinExpr);
    join->jointype = JOIN_LEFT;
    join->larg = *place;
    join->rarg = reinterpret_cast<Node*>(right);
    join->quals = makeBoolConst(true, false);
    join->rtindex = add_join(q);
    *place = reinterpret_cast<Node*>(join);
    Var* const column = makeVarFromTargetEntry(right->rtindex, linitial_node(TargetEntry, subselect->targetList));
#if PG_VERSION_NUM >= 160000
    column->varnullingrels = bms_make_singleton(join->rtindex);
#endif
    return column;
}

Node* with_joins(Node* node, void* context) {
    if (node == nullptr || IsA(node, Query)) return node;
    if (!IsA(node, SubLink)) return expression_tree_mutator(node, as_mutator(with_joins), context);
    auto* const joining = static_cast<Joining*>(context);
    auto* const subselect = reinterpret_cast<Query*>(reinterpret_cast<SubLink*>(node)->subselect);
    const int number = int(subselect->queryId);
    if (!bms_is_member(number, joining->numbers)) return node;
    for (int i = 0; i < list_length(joining->ids); ++i)
        if (list_nth_int(joining->ids, i) == number)
            return static_cast<Node*>(copyObjectImpl(list_nth(joining->done, i)));
    Var* const column = join_subselect(joining->query, subselect);
    joining->done = lappend(joining->done, column);
    joining->ids = lappend_int(joining->ids, number);
    return static_cast<Node*>(copyObjectImpl(column));
}

template <class T>
void replace(T*& expression, Joining* joining) {
    expression = reinterpret_cast<T*>(with_joins(reinterpret_cast<Node*>(expression), joining));
}

void join_of_query(Query* q, const Bitmapset* numbers) {
    if (!q->hasSubLinks) return;
    Joining joining{numbers, q, NIL, NIL};
    replace(q->targetList, &joining);
    replace(q->havingQual, &joining);
    if (q->jointree != nullptr) replace(q->jointree->quals, &joining);
#if PG_VERSION_NUM >= 180000
    for (int i = 0; i < list_length(q->rtable); ++i)
        replace(list_nth_node(RangeTblEntry, q->rtable, i)->groupexprs, &joining);
#endif
    if (joining.done != NIL) q->hasSubLinks = checkExprHasSubLink(reinterpret_cast<Node*>(q));
}

bool join_below(Node* node, void* context) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, as_walker(join_below), context);
    auto* const q = reinterpret_cast<Query*>(node);
    join_of_query(q, static_cast<const Bitmapset*>(context));
    return query_tree_walker(q, as_walker(join_below), context, 0);
}

}  // namespace

void join_subselects(Query* statement, const Bitmapset* numbers) {
    join_below(reinterpret_cast<Node*>(statement), const_cast<Bitmapset*>(numbers));
}

}  // namespace csagg::pg
