// What EXPLAIN prints of the plan node.
//
//     Custom Scan (AsOfJoin)
//       Join Type: Left
//       Key: (plan_log.customer_id = invoices.customer_id)
//       As Of: (plan_log.at <= invoices.at)
//       Order By: plan_log.at DESC, plan_log.id DESC
//       Keys: 20000  Right Rows: 400000  Batches: 1  Memory Usage: 40321kB
#include "asof/node/node_pg.hpp"
#include "asof/node/state_pg.hpp"

extern "C" {
#include "catalog/pg_am_d.h"
#include "commands/defrem.h"
#include "commands/explain.h"
#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/typcache.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
}

namespace csagg::pg {
namespace {

/// Expressions as SQL, of both plans.
class Printer {
public:
    Printer(const AsOfState* state, List* ancestors, ExplainState* es)
        : state_(state), ancestors_(ancestors), es_(es), prefix_(list_length(es->rtable) > 1 || es->verbose) {}

    char* left(const void* expression) const { return print(state_->css.ss.ps.plan, ancestors_, expression); }
    /// A raw column of the right side.
    char* right(int column) const {
        Plan* const plan = state_->right->plan;
        List* const ancestors = lcons(state_->css.ss.ps.plan, list_copy(ancestors_));
        return print(plan, ancestors, list_nth_node(TargetEntry, plan->targetlist, column - 1)->expr);
    }
    char* comparison(int column, const char* op, const void* expression) const {
        return psprintf("(%s %s %s)", right(column), op, left(expression));
    }
    /// An expression over both rows, as a join of the two plans has it.
    char* both(const void* expression) const {
        auto* const join = makeNode(NestLoop);
        join->join.plan.lefttree = state_->left->plan;
        join->join.plan.righttree = state_->right->plan;
        return print(&join->join.plan, ancestors_, expression);
    }

private:
    char* print(const Plan* plan, List* ancestors, const void* expression) const {
        List* const context = set_deparse_context_plan(es_->deparse_cxt, const_cast<Plan*>(plan), ancestors);
        return deparse_expression(static_cast<Node*>(const_cast<void*>(expression)), context, prefix_, false);
    }

    const AsOfState* state_;
    List* ancestors_;
    ExplainState* es_;
    bool prefix_;
};

void print_conditions(const char* label, const List* conditions, const Printer& printer, ExplainState* es,
                      char* (Printer::*print)(const void*) const = &Printer::left) {
    if (conditions == NIL) return;
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < list_length(conditions); ++i)
        appendStringInfo(&text, "%s%s", i > 0 ? " AND " : "", (printer.*print)(list_nth(conditions, i)));
    ExplainPropertyText(label, text.data, es);
}

void print_order(const CustomScan* plan, const Printer& printer, ExplainState* es) {
    const bool backward = number(plan, Number::backward) != 0;
    List* keys = list_make1(psprintf("%s%s", printer.right(number(plan, Number::at_column)), backward ? " DESC" : ""));
    const List* const columns = part(plan, Private::tie_columns);
    for (int i = 0; i < list_length(columns); ++i) {
        const Oid op = list_nth_oid(part(plan, Private::tie_operators), i);
        const bool nulls_first = list_nth_int(part(plan, Private::tie_nulls_first), i) != 0;
        Ordering order{};
        read_ordering(op, order);
        const bool plain = GetDefaultOpClass(order.type, BTREE_AM_OID) != InvalidOid &&
                           get_opclass_family(GetDefaultOpClass(order.type, BTREE_AM_OID)) == order.family;
        keys =
            lappend(keys, psprintf("%s%s%s%s", printer.right(list_nth_int(columns, i)),
                                   plain ? (order.descending ? " DESC" : "") : " USING ", plain ? "" : get_opname(op),
                                   nulls_first == order.descending ? ""
                                   : nulls_first                   ? " NULLS FIRST"
                                                                   : " NULLS LAST"));
    }
    ExplainPropertyList("Order By", keys, es);
}

void print_work(const AsOfState* state, ExplainState* es) {
    const AsOfStatistics s = state->join != nullptr ? state->join->statistics() : state->statistics;
    if (!es->analyze || (state->join == nullptr && s.memory_peak == 0)) return;
    const auto kilobytes = long((s.memory_peak + 1023) / 1024);
    if (es->format != EXPLAIN_FORMAT_TEXT) {
        ExplainPropertyInteger("Keys", nullptr, std::int64_t(s.keys), es);
        ExplainPropertyInteger("Right Rows", nullptr, std::int64_t(s.right_rows), es);
        ExplainPropertyInteger("Batches", nullptr, s.batches, es);
        ExplainPropertyInteger("Peak Memory Usage", "kB", kilobytes, es);
        ExplainPropertyInteger("Left Rows Spilled", nullptr, std::int64_t(s.left_spilled), es);
        ExplainPropertyInteger("Right Rows Spilled", nullptr, std::int64_t(s.right_spilled), es);
        return;
    }
    appendStringInfoSpaces(es->str, es->indent * 2);
    appendStringInfo(es->str, "Keys: %zu  Right Rows: %zu  Batches: %d  Memory Usage: %ldkB", s.keys, s.right_rows,
                     s.batches, kilobytes);
    if (s.batches > 1)
        appendStringInfo(es->str, "  Rows Spilled: %zu left, %zu right", s.left_spilled, s.right_spilled);
    appendStringInfoChar(es->str, '\n');
}

struct Subplan {
    int number;
    SubPlan* found;
};
bool find_subplan(Node* node, void* context) {
    if (node == nullptr) return false;
    auto* const wanted = static_cast<Subplan*>(context);
    if (IsA(node, SubPlan) && reinterpret_cast<SubPlan*>(node)->plan_id == wanted->number)
        wanted->found = reinterpret_cast<SubPlan*>(node);
    return wanted->found != nullptr || expression_tree_walker(node, as_walker(find_subplan), context);
}

/// EXPLAIN reads the columns that a subselect is given as those of the plan, not as those in place.
void unplace_subplans(PlanState* state, const CustomScan* plan) {
    ListCell* cell;
    foreach (cell, state->subPlan) {
        auto* const subplan = static_cast<SubPlanState*>(lfirst(cell));
        Subplan wanted{subplan->subplan->plan_id, nullptr};
        for (const List* expressions : {plan->scan.plan.targetlist, plan->custom_exprs})
            find_subplan(reinterpret_cast<Node*>(const_cast<List*>(expressions)), &wanted);
        if (wanted.found != nullptr) subplan->subplan = wanted.found;
    }
}

void print_removed(const char* label, double removed, const PlanState* state, ExplainState* es) {
    const Instrumentation* const instrument = state->instrument;
    if (!es->analyze || instrument == nullptr) return;
    if (removed > 0 || es->format != EXPLAIN_FORMAT_TEXT)
        ExplainPropertyFloat(label, nullptr, instrument->nloops > 0 ? removed / instrument->nloops : 0, 0, es);
}

}  // namespace

void explain_asof(CustomScanState* node, List* ancestors, ExplainState* es) {
    const auto* const state = reinterpret_cast<AsOfState*>(node);
    const auto* const plan = reinterpret_cast<const CustomScan*>(node->ss.ps.plan);
    const Printer printer(state, ancestors, es);
    unplace_subplans(&node->ss.ps, plan);

    ExplainPropertyText("Join Type", state->inner_join ? "Inner" : "Left", es);
    List* keys = NIL;
    for (int i = 0; i < state->key_count; ++i) {
        // The operator is `left = right`; printed the other way round, as the subquery mostly has it.
        const Oid op = list_nth_oid(part(plan, Private::key_operators), i);
        const bool null_safe = list_nth_int(part(plan, Private::key_null_safe), i) != 0;
        keys = lappend(keys, printer.comparison(list_nth_int(part(plan, Private::key_columns), i),
                                                null_safe ? "IS NOT DISTINCT FROM" : get_opname(op),
                                                list_nth(part(plan, Exprs::left_keys), i)));
    }
    if (keys != NIL) ExplainPropertyList("Key", keys, es);
    const int at = number(plan, Number::at_column);
    ExplainPropertyText(
        "As Of",
        printer.comparison(at, get_opname(number_oid(plan, Number::at_operator)), linitial(part(plan, Exprs::left_at))),
        es);
    print_order(plan, printer, es);
    if (state->limit > 1) ExplainPropertyInteger("Limit", nullptr, state->limit, es);
    List* bounds = NIL;
    for (int i = 0; i < state->bound_count; ++i)
        bounds =
            lappend(bounds, printer.comparison(at, get_opname(list_nth_oid(part(plan, Private::bound_operators), i)),
                                               list_nth(part(plan, Exprs::bounds), i)));
    if (bounds != NIL) ExplainPropertyList("Bounds", bounds, es);
    print_conditions("Left Filter", part(plan, Exprs::left_conditions), printer, es);
    print_conditions("Match Filter", state->pair_expressions, printer, es, &Printer::both);
    if (state->condition != nullptr && node->ss.ps.instrument != nullptr)
        print_removed("Rows Removed by Match Filter", node->ss.ps.instrument->ntuples2, &node->ss.ps, es);
    print_conditions("Join Filter", part(plan, Exprs::join_conditions), printer, es);
    const Instrumentation* const instrument = node->ss.ps.instrument;
    if (part(plan, Exprs::join_conditions) != NIL && instrument != nullptr)
        print_removed("Rows Removed by Join Filter", instrument->nfiltered2, &node->ss.ps, es);
    print_conditions("Filter", part(plan, Exprs::conditions), printer, es);
    if (part(plan, Exprs::conditions) != NIL && instrument != nullptr)
        print_removed("Rows Removed by Filter", instrument->nfiltered1, &node->ss.ps, es);
    print_work(state, es);
}

}  // namespace csagg::pg
