// What r_until, l_known and r_known of csagg.asof_join say: which right rows were in force for a left row.
#pragma once
#include "asof/join/instant_pg.hpp"
#include "asof/join/join_pg.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// Two instants that are compared, of one instant_kind(): columns of the rows as the queries bring them.
struct InstantPair {
    AttrNumber left, right;
    Oid left_type, right_type;
};

/// A condition on instants of the right and the left row.
struct Validity {
    enum class Kind : std::uint8_t {
        until,  // right > left, or NULL: the row is still in force
        known,  // right <= left: the row was recorded by then
    };
    Kind kind;
    InstantPair instants;
};

class Validities final : public PairCondition {
public:
    static constexpr int most = 2;
    Validities(MemoryContext parent, const Validity* validities, int count);

    /// Keeps what is needed of the left row that may become the i-th in the queue. False if it has no match.
    bool keep_left(int i, TupleTableSlot* row);
    asof::Condition::Verdict test(int left, TupleTableSlot* right) override;
    /// To be called when the queue is empty.
    void forget() { MemoryContextReset(scratch_); }

private:
    struct Compared {
        explicit Compared(const Validity& v) : validity(v), instants(v.instants.left_type, v.instants.right_type) {}
        bool holds(Datum right, std::int64_t left);
        Validity validity;
        Instants instants;
        std::int64_t left[AsOfJoin::max_queued] = {};
    };

    int count_;
    Compared* compared_;
    MemoryContext scratch_;  // of the left instants kept
};

}  // namespace csagg::pg
