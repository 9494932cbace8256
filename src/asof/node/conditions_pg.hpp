// Conditions in the order in which PostgreSQL asks those of its own plan nodes: by their level of security, then by
// what they cost. Who relies on a cheap one that keeps a dear one from failing finds it as without the node.
#pragma once
#include "postgres/boundary.hpp"

extern "C" {
#include "nodes/pathnodes.h"
#include "nodes/pg_list.h"
}

namespace csagg::pg {

class OrderedConditions {
public:
    /// `root` may be nullptr where a condition's variables are none of the query's.
    explicit OrderedConditions(PlannerInfo* root) : root_(root) {}
    void add(const RestrictInfo* condition);
    void add(Node* condition, Index level = 0, bool leakproof = false);
    /// Of one level and cost in the order in which they came.
    List* list() const { return list_; }

private:
    struct Rank {
        Index level;
        double cost;
        bool operator<(const Rank& other) const {
            return level != other.level ? level < other.level : cost < other.cost;
        }
    };

    PlannerInfo* root_;
    List *list_ = NIL, *ranks_ = NIL;
};

}  // namespace csagg::pg
