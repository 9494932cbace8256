#include "asof/function/validity_pg.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

Validities::Validities(MemoryContext parent, const Validity* validities, int count) : count_(count) {
    call([this, parent] {
        compared_ = static_cast<Compared*>(MemoryContextAlloc(parent, most * sizeof(Compared)));
        scratch_ = AllocSetContextCreate(parent, "as-of join instants", ALLOCSET_SMALL_SIZES);
    });
    for (int i = 0; i < count; ++i) new (&compared_[i]) Compared(validities[i]);
}

bool Validities::keep_left(int i, TupleTableSlot* row) {
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    bool null = false;
    for (int c = 0; c < count_ && !null; ++c) {
        Compared& compared = compared_[c];
        const Datum at = slot_getattr(row, compared.validity.instants.left, &null);
        if (!null) compared.left[i] = compared.instants.kept_left(at);
    }
    MemoryContextSwitchTo(before);
    return !null;
}

bool Validities::Compared::holds(Datum right, std::int64_t left) {
    const std::int64_t at = instants.right(right);
    asof::InstantOrder* const order = instants.order();
    const bool later = order == nullptr ? at > left : order->compare(at, left) > 0;
    return later == (validity.kind == Validity::Kind::until);
}

asof::Condition::Verdict Validities::test(int left, TupleTableSlot* right) {
    for (int c = 0; c < count_; ++c) {
        Compared& compared = compared_[c];
        bool null;
        const Datum at = slot_getattr(right, compared.validity.instants.right, &null);
        const bool holds =
            null ? compared.validity.kind == Validity::Kind::until : compared.holds(at, compared.left[left]);
        if (!holds) return asof::Condition::Verdict::go_on;
    }
    return asof::Condition::Verdict::match;
}

}  // namespace csagg::pg
