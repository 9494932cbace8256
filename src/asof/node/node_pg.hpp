// The plan node "Custom Scan (AsOfJoin)": what its parts tell each other.
//
//     idiom_pg.cpp    finds the idiom in a LATERAL subquery: an Idiom
//     right_side_*    the right side's query: its paths, and what is kept of its rows
//     path_pg.cpp     the planner's hook: the costs, the paths, the plan
//     scan_pg.cpp     the executor's callbacks
//     parallel_pg.cpp those for parallel plans, whose processes share the right side
//     subselect_pg.*  makes such a subquery of a correlated subselect, before planning
//     demand_pg.cpp   how far the left side may be read ahead
//     explain_pg.cpp  what EXPLAIN prints
#pragma once
#include "postgres/boundary.hpp"

extern "C" {
#include "access/stratnum.h"
#include "nodes/extensible.h"
#include "nodes/pathnodes.h"
#include "nodes/plannodes.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {

// Walkers and mutators of expressions. Until PostgreSQL 15 they are declared as functions without arguments.
#if PG_VERSION_NUM >= 160000
using Walker = bool (*)(Node*, void*);
using Mutator = Node* (*)(Node*, void*);
#else
using Walker = bool (*)();
using Mutator = Node* (*)();
#endif
inline Walker as_walker(bool (*f)(Node*, void*)) { return reinterpret_cast<Walker>(reinterpret_cast<void (*)()>(f)); }
inline Mutator as_mutator(Node* (*f)(Node*, void*)) {
    return reinterpret_cast<Mutator>(reinterpret_cast<void (*)()>(f));
}

/// What `<` or `>` of a btree operator family says, as ORDER BY has it.
struct Ordering {
    Oid family, type;
    bool descending;
};
inline bool read_ordering(Oid op, Ordering& ordering) {
#if PG_VERSION_NUM >= 180000
    CompareType comparison;
    constexpr CompareType greater = COMPARE_GT;
#else
    int16 comparison;
    constexpr int16 greater = BTGreaterStrategyNumber;
#endif
    if (!get_ordering_op_properties(op, &ordering.family, &ordering.type, &comparison)) return false;
    ordering.descending = comparison == greater;
    return true;
}

/// LATERAL (SELECT p FROM right WHERE right.key = left.key AND right.at <= left.at ... ORDER BY at DESC, ties LIMIT 1),
/// or a LIMIT of a few.
/// Left expressions are of the level of the query around; columns are those of the right side's own query. Expressions
/// over both have Var(INNER_VAR, raw column) and Var(OUTER_VAR, place in left_values).
struct Idiom {
    static constexpr int most_rows = 1000;
    int limit;     // rows for each left row
    Query* right;  // the subquery without correlated conditions, ORDER BY, LIMIT; gives the raw columns

    // right.key = left.key
    List* key_columns;     // int
    List* key_operators;   // Oid, `left = right`
    List* key_collations;  // Oid
    List* key_null_safe;   // int: IS NOT DISTINCT FROM
    List* left_keys;       // expressions

    // right.at <= left.at
    int at_column;
    Oid at_operator;  // `right <= left`, or <, >=, >
    Oid left_at_type, right_at_type;
    Expr* left_at;
    bool backward, allow_exact;

    // further ORDER BY keys, as ORDER BY has them
    List* tie_columns;      // int
    List* tie_operators;    // Oid
    List* tie_collations;   // Oid
    List* tie_nulls_first;  // int

    // right.at > left expression: the other end, which the row that matched has to satisfy
    List* bound_operators;  // Oid, `right > left`
    List* bounds;           // expressions

    List* left_conditions;  // conditions on the left row alone

    List* left_values;      // Vars of the left row that these look at:
    List* pair_conditions;  // further conditions, on both rows
    List* columns;          // int: those of the subquery's columns that the query around uses
    List* outputs;          // their expressions
};

/// The right row's columns in an expression over both.
List* raw_columns(const void* expressions);

/// The idiom in the subquery of `rel`, or nullptr. All it gives is copied into the current context.
Idiom* recognise_idiom(PlannerInfo* root, const RelOptInfo* rel);

/// False if the query, as the rewriter has left it, is not the idiom with LIMIT 1 whatever stands around it.
/// parameters: those whose values the plan is made for; nullptr for a generic one.
bool may_be_idiom(const Query* q, ParamListInfo parameters);

/// What the plan keeps in CustomScan.custom_private, in the order of these names; each a List. The first is a list of
/// integers: those of Number, in their order.
enum class Private : int {
    numbers,
    key_columns,
    key_operators,
    key_collations,
    key_null_safe,
    tie_columns,
    tie_operators,
    tie_collations,
    tie_nulls_first,
    bound_operators,
    pair_conditions,
    outputs,
    right_columns,  // int: those of the right row that outputs, conditions and bounds look at
    right_rows,     // expected, one integer
    count
};
enum class Number : int {
    right_plan,
    jointype,
    at_column,
    backward,
    allow_exact,
    left_at_type,
    right_at_type,
    at_operator,
    left_passive,
    limit,
    count
};

/// What it keeps in CustomScan.custom_exprs: each a List of expressions over the scan tuple, which has the left plan's
/// columns and behind them the subquery's columns that are used.
enum class Exprs : int { left_keys, left_at, bounds, left_conditions, left_values, join_conditions, conditions, count };

inline List* part(const CustomScan* plan, Private which) {
    return static_cast<List*>(list_nth(plan->custom_private, int(which)));
}
inline List* part(const CustomScan* plan, Exprs which) {
    return static_cast<List*>(list_nth(plan->custom_exprs, int(which)));
}
inline int number(const CustomScan* plan, Number which) {
    return list_nth_int(part(plan, Private::numbers), int(which));
}
inline Oid number_oid(const CustomScan* plan, Number which) { return Oid(number(plan, which)); }

/// The nodes of a right side, down to its tables, of which workers may have a part each.
List* nodes_of(Plan* right);

/// True if it makes no difference when the left side's rows are read, and how many of them.
bool is_left_side_passive(const PlannerInfo* root);

/// How many of a node's rows its plan asks for.
class Demand {
public:
    static Demand none() { return {false, nullptr}; }
    static Demand of(const EState* estate, const Plan* node);
    /// All are sure to be asked for, unless there is an error.
    bool is_for_all() const;

private:
    Demand(bool always, const EState* of_run) : always_(always), of_run_(of_run) {}
    bool always_;
    const EState* of_run_;  // where the run of this plan is one to the end; or nullptr
};
/// To be called once, when the library is loaded.
void install_demand();

extern const CustomScanMethods asof_scan_methods;
/// The callbacks that parallel plans need.
void add_parallel_methods(CustomExecMethods* methods);
/// What EXPLAIN prints of the node.
void explain_asof(CustomScanState* state, List* ancestors, struct ExplainState* es);
}  // namespace csagg::pg
