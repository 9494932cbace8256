// The order of right rows of one group at one instant.
#pragma once
#include "asof/core/asof.hpp"

#include "asof/join/composite_pg.hpp"
#include "asof/join/join_pg.hpp"

namespace csagg::pg {

class AsOfJoin::SortTies final : public asof::Ties {
public:
    /// Its memory is in the current context. May ereport.
    SortTies(TupleDesc shape, const AsOfSpec& spec);
    bool less(asof::Payload a, asof::Payload b) override;

private:
    int compare(MinimalTuple a, MinimalTuple b);
    Datum composite(MinimalTuple tuple);

    TupleDesc shape_;
    int count_;
    const TieKey* keys_;
    SortSupport sorts_;
    LastTie last_;
    CompositeHeader header_;
    FmgrInfo image_order_;
    TupleTableSlot *a_, *b_;
    MemoryContext scratch_;
};

}  // namespace csagg::pg
