// The right side of an as-of join as the planner sees it: a query of its own, its paths, and what of its rows will be
// kept.
#pragma once
#include "asof/node/node_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "nodes/pathnodes.h"
}

namespace csagg::pg {

/// What the planner knows of a LATERAL subquery, worked out once a planning; at RelOptInfo.fdw_private, which means
/// nothing for a subquery.
struct Candidate {
    static constexpr std::uint64_t its_magic = 0x4153'4F46'4A4F'494E;
    std::uint64_t magic;
    Idiom* idiom;          // nullptr: it is not the idiom
    PlannerInfo* planner;  // of the right side
    Path* right;
    double groups;      // distinct keys on the right, estimated
    double matches;     // right rows for a left row; estimated
    double walked;      // right rows asked for those, for a left row; estimated
    bool packed;        // right rows are kept as few bytes
    bool left_passive;  // is_left_side_passive()
};

/// Of the subquery `rel`.
Candidate* candidate_of(PlannerInfo* root, RelOptInfo* rel);

/// The columns of the right row that a match is looked at for.
List* right_columns(const Idiom* idiom);

inline double tuple_bytes(int width) { return double(MAXALIGN(width) + MAXALIGN(SizeofMinimalTupleHeader)); }
/// What the node will keep of all right rows.
double right_bytes(const Candidate* candidate);

/// The cheapest path of the right side that a worker may run by itself, or nullptr.
Path* right_of_worker(const Candidate* candidate);
/// The cheapest path of the right side by which each worker has a part of a table's rows, or nullptr: then they can
/// share what they keep of them, which is few bytes.
Path* right_to_share(const Candidate* candidate);

}  // namespace csagg::pg
