// The as-of join as PostgreSQL runs it, for whoever brings the rows: the function and the plan node.
//
//     AsOfJoin* join = AsOfJoin::begin(context, spec);
//     if (join->begin_right()) for each right row:  join->add_right(slot);
//     join->finish_right();
//     do {
//         while (left slot = first batch ? the left side's next row : join->next_left(slot)) {
//             if (join->queue(keys, nulls, at, at_null, left slot)) keep the left row;
//             after up to max_queued left rows, and at the end:
//                 join->resolve();
//                 for each left row kept, the i-th:  join->match(i) is the right row, or nullptr; or several
//         }
//     } while (join->next_batch());
//     join->end();
//
// A probe waits for memory several times, each time for what the last one told it: probed together, left rows take
// about half the time.
//
// While everything fits in memory there is one batch, and nothing is ever deferred: left rows come out in their own
// order. Beyond that both sides are split by the hash of their keys into batches, as a hash join does: rows of later
// batches wait in temporary files and come out batch by batch. Batches double until one fits. Two things are kept in
// memory beyond the limit: a batch that more batches cannot split, as when one key has most of the rows, and a batch
// where the files' own buffers would take as much as the limit.
//
// All methods may throw or ereport, and are to be called within a guard (postgres/boundary.hpp). No method needs a
// sigsetjmp for itself, so none costs one.
#pragma once
#include "asof/join/instant_pg.hpp"
#include "asof/join/keys_pg.hpp"
#include "asof/join/packed_pg.hpp"
#include "asof/join/shared_pg.hpp"
#include "asof/join/spill_pg.hpp"
#include "asof/join/store_pg.hpp"

extern "C" {
#include "utils/sortsupport.h"
}

namespace csagg::pg {

/// One key of the order among right rows of one group at one instant: backward takes the last row in this order,
/// forward the first.
struct TieKey {
    AttrNumber column;  // of the right row
    Oid sort_operator;  // `<` or `>` of a btree operator family
    Oid collation;
    bool nulls_first;
    bool reversed;  // the order is the opposite of what the operator and nulls_first say
};

/// Rows that all tie keys leave equal.
enum class LastTie : std::uint8_t {
    arrival,    // stay in the order in which they came
    row_image,  // are in the order of the rows' bytes (the operator *<), whatever their order of arrival was
};

/// What else a left and a right row must satisfy to match. A key's right rows are asked one after the other, from the
/// left row's instant on, while resolve() is under way. May throw or ereport.
class PairCondition {
public:
    /// `left` is the left row's place in the queue. The right row is in a slot of row_slot_kind().
    virtual asof::Condition::Verdict test(int left, TupleTableSlot* right) = 0;

protected:
    ~PairCondition() = default;
};

/// All it points to is copied by begin(), except `tolerance` and `condition`, which stay the caller's.
struct AsOfSpec {
    TupleDesc shape;  // of right rows, as they are added and come back; for LastTie::row_image one of a known row type
    TupleDesc left_shape = nullptr;  // of left rows, if they may come back in a virtual slot
    int key_count = 0;
    const KeySpec* keys = nullptr;
    AttrNumber right_at = 0;                                    // column of the right row's instant
    Oid left_at_type = InvalidOid, right_at_type = InvalidOid;  // of one instant_kind(), which is not `none`
    asof::Search search;
    const Tolerance* tolerance = nullptr;
    PairCondition* condition = nullptr;
    int matches = 1;  // of a left row at most: the nearest ones; more than one not with Direction::nearest
    int tie_count = 0;
    const TieKey* ties = nullptr;
    LastTie last_tie = LastTie::arrival;
    /// The columns of the right row that matches and the condition look at: nullptr: all. Few that are passed by value
    /// can be packed, where keys and instants are numbers and no ties are to be decided.
    const AttrNumber* columns = nullptr;
    int column_count = 0;
    bool in_order = false;         // left rows never wait in files, whatever memory that takes: there is one batch
    double expected_rows = 0;      // right ones; 0: not known. Saves splitting again and again
    std::size_t memory_limit = 0;  // bytes; 0: get_hash_memory_limit()
    // Where each process of a parallel plan has a part of the right rows, and all share them. Only where
    // AsOfJoin::packs()
    SharedRight::State* shared = nullptr;
    dsa_area* shared_area = nullptr;
};

/// For EXPLAIN ANALYZE. Where processes share the right rows, those of all, and their memory.
struct AsOfStatistics {
    std::size_t right_rows = 0;  // added, with those that NULLs leave out
    std::size_t keys = 0;        // distinct, in all batches
    int batches = 1;
    std::size_t memory_peak = 0;                      // bytes, files' buffers not counted
    std::size_t left_spilled = 0, right_spilled = 0;  // rows written to files; a row counts each time
};

class AsOfJoin {
public:
    /// The object and all it needs are in a context of its own below `parent`: where nobody calls end(), they go with
    /// that one, and temporary files with the resource owner that was current when they were made.
    static AsOfJoin* begin(MemoryContext parent, const AsOfSpec& spec);
    /// Whether right rows of this specification are packed.
    static bool packs(const AsOfSpec& spec);
    AsOfJoin(const AsOfJoin&) = delete;
    AsOfJoin& operator=(const AsOfJoin&) = delete;

    /// Whether right rows are to be added: not if other processes have read them all.
    bool begin_right() { return shared_ == nullptr || shared_->begin_reading(); }
    /// The row is copied. A row with a NULL key or instant is left out.
    void add_right(TupleTableSlot* slot);
    void finish_right();

    static constexpr int max_queued = 64;
    /// `keys` are of the left types of the equalities, in the order of spec.keys. A NULL key (unless it equals NULL) or
    /// instant has no match.
    /// False if a later batch brings the row again: then it is stored, and not in the queue.
    bool queue(const Datum* keys, const bool* nulls, Datum at, bool at_null, TupleTableSlot* left);
    int queued() const { return queued_; }
    /// Finds the matches of the rows in the queue, and empties it.
    void resolve();
    /// The match of the i-th row queued since the resolve() before the last, or nullptr. It stays where it is until
    /// next_batch(), rescan() or end(). Not for packed rows.
    MinimalTuple match(int i) const { return queue_[i].match == nullptr ? nullptr : tuple_of(queue_[i].match); }
    /// The same, put into a slot of row_slot_kind(). False if there is none.
    bool match(int i, TupleTableSlot* slot) const;
    /// The n-th match of that row, from 0 on.
    bool match(int i, int n, TupleTableSlot* slot) const;
    /// Of the slots that right rows come back in.
    const TupleTableSlotOps* row_slot_kind() const { return packed_ ? &TTSOpsVirtual : &TTSOpsMinimalTuple; }

    /// To be called when the left side, or the batch's part of it, has come to its end. False if that was the last
    /// batch.
    bool next_batch();
    /// The next left row of the batch, in a slot of left_slot_kind(); nullptr at the end of the batch. Not for the
    /// first batch.
    TupleTableSlot* next_left(TupleTableSlot* slot);
    const TupleTableSlotOps* left_slot_kind() const { return left_.slot_kind(); }
    bool in_batches() const { return batches_ > 1; }
    bool in_first_batch() const { return batch_ == 0; }

    /// To probe from the beginning. True if the right side is as it was: it stays. False if it is empty now, because it
    /// did not fit in memory: add_right() all rows again.
    bool rescan();
    /// Forgets everything: add_right() all rows again, for when the right side has changed.
    void restart();
    void end();

    AsOfStatistics statistics() const;

private:
    class SortTies;
    class Tested;
    struct Queued {
        bool pending;  // it may have a match
        asof::Group group;
        std::uint64_t word;
        asof::Probe probe;
        asof::Index::Place place;
        asof::Payload match;
        int further;  // matches, in further_matches_
    };

    static MinimalTuple tuple_of(asof::Payload payload) {
        MinimalTuple tuple;
        std::memcpy(&tuple, payload, sizeof tuple);
        return tuple;
    }
    AsOfJoin(MemoryContext context, const AsOfSpec& spec);
    asof::Payload* further_matches(int i) { return further_matches_.data() + i * (matches_ - 1); }

    bool read_right(TupleTableSlot* slot, Datum& at);
    void add_row(TupleTableSlot* slot);
    void load(asof::Payload row, TupleTableSlot* slot) const;
    void find_matches(Queued* end);
    void find_tested_matches(Queued* end);
    void keep(TupleTableSlot* slot, Datum at);
    std::size_t record_bytes() const { return columns_.bytes() + SharedRight::word_from_end; }
    std::size_t word_at() const { return record_bytes() - SharedRight::word_from_end; }
    std::size_t instant_at() const { return record_bytes() - SharedRight::instant_from_end; }
    void begin_record(std::uint64_t word, std::int64_t instant);
    void add_record();
    void read_word(const Byte* record);
    void index_record(const Byte* record);
    template <class... Row>
    bool is_later(Row... row);
    void build();
    void read_shared();
    void build_shared();
    void split_if_large();
    void split();
    void split_rows();
    void split_records();
    int batch_of(std::uint64_t word) const;
    std::size_t memory() const;
    void empty();

    MemoryContext context_;
    ContextArena arena_;
    TupleDesc shape_;
    TupleTableSlot* slot_;                   // for rows that come back from memory or files
    TupleTableSlot* tested_slot_ = nullptr;  // for the condition
    MemoryContext scratch_;                  // what the probes in the queue need, and leave behind
    AttrNumber right_at_;
    Instants instants_;
    const Tolerance* tolerance_;
    PairCondition* condition_;
    int matches_;
    Vector<asof::Payload> further_matches_;  // of each row in the queue, all but the first
    Keys keys_;
    bool packed_;
    PackedColumns columns_;
    Byte* record_ = nullptr;  // a packed row on its way: its columns, its key's word, its instant
    asof::Index index_;
    RowStore rows_;                  // none if packed
    SharedRight* shared_ = nullptr;  // or nullptr
    bool adopted_ = false;           // the index is that of all processes, whose keys shared_ has
    std::size_t row_count_ = 0;
    Store images_;
    Spill left_, right_;
    Vector<std::uint64_t> split_words_;  // of the groups there were before a split
    SortTies* ties_ = nullptr;
    Datum* key_values_;
    bool* key_nulls_;
    Queued queue_[max_queued];
    int queued_ = 0;
    int batch_ = 0, batches_ = 1;
    bool in_order_, splittable_;
    std::size_t given_limit_, limit_;
    double expected_rows_;
    AsOfStatistics statistics_;
};

}  // namespace csagg::pg
