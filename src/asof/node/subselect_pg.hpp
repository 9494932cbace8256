// The correlated subselect as a LATERAL subquery: (SELECT plan FROM plan_log p WHERE ... ORDER BY at DESC LIMIT 1).
//
//     subselect_pg.cpp  finds those that are computed for every row of their query, and numbers them
//     lateral_pg.cpp    puts LEFT JOIN LATERAL ... ON true in their place
//     planner_pg.cpp    the planner's hook: plans the statement both ways, and takes the better one
#pragma once
#include "postgres/boundary.hpp"

extern "C" {
#include "nodes/bitmapset.h"
#include "nodes/params.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
}

namespace csagg::pg {

/// Numbers the subselects of a statement that may be the idiom, from 1 on, in their Query.queryId, which means nothing
/// below a statement's top. Equal ones of one query have one number. Gives the last.
int number_subselects(Query* statement, ParamListInfo parameters);

/// Makes joins of those numbered, where the number is in `numbers`.
void join_subselects(Query* statement, const Bitmapset* numbers);

/// The plan node has become part of a plan.
void note_asof_plan();

/// True if the planner's hook has this planning in hand: it can make a right side's nodes parallel when that is
/// allowed.
bool can_share_right_side();
void share_right_side(Plan* right);

/// To be called once, when the library is loaded.
void install_subselects(bool (*is_enabled)());
}  // namespace csagg::pg
