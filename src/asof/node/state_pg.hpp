// The state of the plan node at run time.
#pragma once
#include "asof/join/join_pg.hpp"
#include "asof/node/node_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "nodes/extensible.h"
}

namespace csagg::pg {

/// A value of the left row: a column, or an expression.
struct LeftValue {
    AttrNumber column;
    ExprState* expression;
};

struct AsOfState {
    CustomScanState css;  // first: PostgreSQL knows no more
    PlanState *left, *right;
    AsOfJoin* join;
    SharedRight::State* shared;  // where the processes of a parallel plan share the right side; or nullptr
    AsOfStatistics statistics;   // of a join that is gone
    bool ready;                  // the right side is read
    bool finished;               // all rows are given
    bool inner_join;

    LeftValue *keys, *at, *bounds;
    int key_count, bound_count;
    FmgrInfo* bound_functions;
    PairCondition* condition;  // pair_conditions, and the bounds with them; or nullptr
    List* pair_expressions;    // over OUTER_VAR and INNER_VAR
    ExprState* pair_conditions;
    Datum* key_values;
    bool* key_nulls;
    AttrNumber at_column;

    // Left rows are read ahead where all are sure to be read, few at first, and probed together.
    Demand demand;
    TupleTableSlot* kept[AsOfJoin::max_queued];
    bool by_value;  // they are virtual, and so are all that come from the left side, without anything elsewhere
    int kept_count, next_kept, read_ahead;
    int limit;           // matches of a left row, at most
    int next_match;      // of the left row at hand
    bool matched;        // it has had one
    Buffer last_pinned;  // by the rows kept
    int pinned;
    bool left_ended;  // of the batch

    TupleTableSlot* left_slot;   // left rows that come back from files, unless they do so where they are kept
    TupleTableSlot* right_slot;  // the row that matched
    TupleTableSlot* null_slot;   // stands for the subquery's row where there is none
    ProjectionInfo* output;      // the subquery's row, if it is more than columns of the right row
    ExprState *left_conditions, *join_conditions, *conditions;
    ProjectionInfo* result;
};

inline AsOfState* state_of(CustomScanState* node) { return reinterpret_cast<AsOfState*>(node); }

}  // namespace csagg::pg
