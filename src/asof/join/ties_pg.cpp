#include "asof/join/ties_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
#include "utils/fmgroids.h"
}

namespace csagg::pg {

AsOfJoin::SortTies::SortTies(TupleDesc shape, const AsOfSpec& spec)
    : shape_(shape), count_(spec.tie_count), last_(spec.last_tie) {
    keys_ = static_cast<const TieKey*>(palloc(std::size_t(count_ + 1) * sizeof(TieKey)));
    std::copy_n(spec.ties, count_, const_cast<TieKey*>(keys_));
    sorts_ = static_cast<SortSupport>(palloc0(std::size_t(count_ + 1) * sizeof(SortSupportData)));
    for (int i = 0; i < count_; ++i) {
        SortSupport sort = &sorts_[i];
        sort->ssup_cxt = CurrentMemoryContext;
        sort->ssup_collation = keys_[i].collation;
        sort->ssup_nulls_first = keys_[i].nulls_first;
        sort->ssup_attno = keys_[i].column;
        PrepareSortSupportFromOrderingOp(keys_[i].sort_operator, sort);
        if (keys_[i].reversed) {
            sort->ssup_reverse = !sort->ssup_reverse;
            sort->ssup_nulls_first = !sort->ssup_nulls_first;
        }
    }
    if (last_ == LastTie::row_image) {
        header_ = CompositeHeader(shape_->tdtypeid);
        fmgr_info(F_BTRECORDIMAGECMP, &image_order_);
    }
    a_ = MakeSingleTupleTableSlot(shape_, &TTSOpsMinimalTuple);
    b_ = MakeSingleTupleTableSlot(shape_, &TTSOpsMinimalTuple);
    scratch_ = AllocSetContextCreate(CurrentMemoryContext, "as-of join ties", ALLOCSET_DEFAULT_SIZES);
}

bool AsOfJoin::SortTies::less(asof::Payload a, asof::Payload b) {
    return call([this, a = tuple_of(a), b = tuple_of(b)] {
        if (a == b) return false;
        const MemoryContext before = MemoryContextSwitchTo(scratch_);
        const int order = compare(a, b);
        MemoryContextSwitchTo(before);
        MemoryContextReset(scratch_);
        return order < 0;
    });
}

int AsOfJoin::SortTies::compare(MinimalTuple a, MinimalTuple b) {
    if (count_ > 0) {
        ExecStoreMinimalTuple(a, a_, false);
        ExecStoreMinimalTuple(b, b_, false);
        for (int i = 0; i < count_; ++i) {
            bool a_null, b_null;
            const Datum x = slot_getattr(a_, keys_[i].column, &a_null), y = slot_getattr(b_, keys_[i].column, &b_null);
            if (const int order = ApplySortComparator(x, a_null, y, b_null, &sorts_[i]); order != 0) return order;
        }
    }
    if (last_ != LastTie::row_image) return 0;
    return DatumGetInt32(FunctionCall2(&image_order_, composite(a), composite(b)));
}

Datum AsOfJoin::SortTies::composite(MinimalTuple tuple) {
    const HeapTuple whole = heap_tuple_from_minimal_tuple(tuple);
    header_.complete(whole->t_data, whole->t_len, shape_->natts);
    return PointerGetDatum(whole->t_data);
}

}  // namespace csagg::pg
