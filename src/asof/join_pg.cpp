#include "asof/join_pg.hpp"

#include "asof/ties_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/htup_details.h"
}

namespace csagg::pg {

AsOfJoin* AsOfJoin::begin(MemoryContext parent, const AsOfSpec& spec) {
    const MemoryContext context =
        call([parent] { return AllocSetContextCreate(parent, "as-of join", ALLOCSET_DEFAULT_SIZES); });
    ContextArena arena(context);
    return new (arena.allocate(sizeof(AsOfJoin), alignof(AsOfJoin))) AsOfJoin(context, spec);
}

AsOfJoin::AsOfJoin(MemoryContext context, const AsOfSpec& spec)
    : context_(context),
      arena_(context),
      shape_(call([context, &spec] {
          const MemoryContext before = MemoryContextSwitchTo(context);
          const TupleDesc own = CreateTupleDescCopyConstr(spec.shape);
          MemoryContextSwitchTo(before);
          return own;
      })),
      right_at_(spec.right_at),
      instants_(spec.left_at_type, spec.right_at_type),
      tolerance_(spec.tolerance != nullptr && spec.tolerance->given() ? spec.tolerance : nullptr),
      keys_(context, arena_, spec.keys, spec.key_count),
      index_(arena_, spec.search, instants_.order()),
      rows_(context),
      images_(context),
      left_(context),
      right_(context),
      given_limit_(spec.memory_limit),
      expected_rows_(spec.expected_rows) {
    call([this, &spec] {
        limit_ = given_limit_ != 0 ? given_limit_ : get_hash_memory_limit();
        const MemoryContext before = MemoryContextSwitchTo(context_);
        slot_ = MakeSingleTupleTableSlot(shape_, &TTSOpsMinimalTuple);
        scratch_ = AllocSetContextCreate(context_, "as-of join scratch", ALLOCSET_SMALL_SIZES);
        key_values_ = static_cast<Datum*>(palloc(std::size_t(spec.key_count + 1) * sizeof(Datum)));
        key_nulls_ = static_cast<bool*>(palloc(std::size_t(spec.key_count + 1) * sizeof(bool)));
        if (spec.tie_count > 0 || spec.last_tie != LastTie::arrival)
            ties_ = new (palloc(sizeof(SortTies))) SortTies(shape_, spec);
        MemoryContextSwitchTo(before);
    });
}

std::size_t AsOfJoin::memory() const {
    return rows_.bytes() + images_.bytes() + keys_.bytes() + index_.bytes() + index_.bytes_to_come();
}

int AsOfJoin::batch_of(std::uint64_t word) const {
    // Other bits than those that place a key in the table.
    const std::uint64_t hash = fold_multiply(word + 0x2545F4914F6CDD1D, process_hash_seed | 1);
    return int((hash >> 32) & std::uint64_t(batches_ - 1));
}

bool AsOfJoin::read_right(TupleTableSlot* slot, Datum& at) {
    bool at_null;
    at = slot_getattr(slot, right_at_, &at_null);
    if (at_null) return false;
    for (int i = 0; i < keys_.count(); ++i) key_values_[i] = slot_getattr(slot, keys_.spec(i).column, &key_nulls_[i]);
    return keys_.read_right(key_values_, key_nulls_);
}

void AsOfJoin::add_right(TupleTableSlot* slot) {
    ++statistics_.right_rows;
    add_row(slot);
}

void AsOfJoin::add_row(TupleTableSlot* slot) {
    Datum at;
    if (!read_right(slot, at)) return;
    if (batches_ > 1) {
        if (const int batch = batch_of(keys_.word()); batch != batch_) {
            right_.put(batch, slot);
            ++statistics_.right_spilled;
            return;
        }
    }
    keep(slot, at);
    if (memory() > limit_ && splittable_) split();
}

void AsOfJoin::keep(TupleTableSlot* slot, Datum at) {
    const asof::Group group = keys_.group(images_);
    StoredRow* row;
    if (instants_.by_reference()) {
        auto* const value = reinterpret_cast<struct varlena*>(instants_.right(at));
        row = rows_.add(slot, value, VARSIZE(value));
        row->instant = std::int64_t(RowStore::extra(row));
        if (PointerGetDatum(value) != at) pfree(value);
    } else {
        row = rows_.add(slot);
        row->instant = instants_.right(at);
    }
    row->group = group;
    index_.count(group);
    statistics_.memory_peak = std::max(statistics_.memory_peak, memory());
}

/// Doubles the batches, or more than that if many rows are still to come, and sends the rows of later ones to their
/// files.
void AsOfJoin::split() {
    const std::size_t rows = index_.rows();
    std::size_t factor = 2;
    if (batch_ == 0 && batches_ == 1)
        while (double(rows) * double(factor) < expected_rows_ && factor < 4096) factor *= 2;
    // The files need buffers, two a batch: beyond some number they would take more than the batches save.
    while (factor > 2 && std::size_t(batches_) * factor * 2 * BLCKSZ > limit_) factor /= 2;
    if (std::size_t(batches_) * factor * 2 * BLCKSZ > std::max(limit_, std::size_t(8) * BLCKSZ)) {
        limit_ *= 2;
        return;
    }
    batches_ *= int(factor);
    left_.grow(batches_);
    right_.grow(batches_);

    RowStore all = rows_;
    rows_ = RowStore(context_);
    Store images = images_;
    images_ = Store(context_);
    keys_.clear();
    index_.clear();
    all.each(true, [this](StoredRow* row) {
        ExecStoreMinimalTuple(row->tuple(), slot_, false);
        Datum at;
        read_right(slot_, at);
        if (const int batch = batch_of(keys_.word()); batch != batch_) {
            right_.put(batch, slot_);
            ++statistics_.right_spilled;
        } else {
            keep(slot_, at);
        }
    });
    ExecClearTuple(slot_);
    images.clear();
    // Nothing went, or nothing stayed: equal hashes, so that the next split would do no better.
    if (index_.rows() == rows || index_.rows() == 0) splittable_ = false;
}

void AsOfJoin::build() {
    index_.lay_out();
    rows_.each(false, [this](StoredRow* row) { index_.place(row->group, row->instant, row->tuple()); });
    index_.sort(ties_);
    statistics_.keys += keys_.groups();
}

void AsOfJoin::finish_right() { build(); }

AsOfJoin::Outcome AsOfJoin::probe(const Datum* keys, const bool* nulls, Datum at, bool at_null, TupleTableSlot* left) {
    queued_ = 0;
    if (!queue(keys, nulls, at, at_null, left)) return Outcome::deferred;
    resolve();
    return match() == nullptr ? Outcome::none : Outcome::matched;
}

bool AsOfJoin::queue(const Datum* keys, const bool* nulls, Datum at, bool at_null, TupleTableSlot* left) {
    Queued& q = queue_[queued_];
    q.searched = true;
    q.match = nullptr;
    if (at_null || !keys_.read_left(keys, nulls)) {
        ++queued_;
        return true;
    }
    if (batches_ > 1) {
        if (const int batch = batch_of(keys_.word()); batch != batch_) {
            left_.put(batch, left);
            ++statistics_.left_spilled;
            return false;
        }
    }
    ++queued_;
    if (keys_.is_word()) {
        q.word = keys_.word();
        keys_.prefetch();
    } else {
        q.group = keys_.find();
    }
    if (!instants_.by_reference() && tolerance_ == nullptr) {
        q.probe.at = instants_.left(at);
        q.searched = false;
        return true;
    }
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    q.probe.at = instants_.left(at);
    if (tolerance_ != nullptr) tolerance_->bound(q.probe);
    q.searched = instants_.by_reference();
    if (q.searched) q.match = static_cast<MinimalTuple>(index_.find(keys_.find(), q.probe));
    MemoryContextSwitchTo(before);
    MemoryContextReset(scratch_);
    return true;
}

void AsOfJoin::resolve() {
    Queued* const end = queue_ + queued_;
    if (keys_.is_word()) {
        for (Queued* q = queue_; q < end; ++q)
            if (!q->searched) q->group = keys_.find_word(q->word);
    }
    for (Queued* q = queue_; q < end; ++q)
        if (!q->searched && q->group != asof::no_group) index_.prefetch(q->group);
    for (Queued* q = queue_; q < end; ++q) {
        if (q->searched) continue;
        q->place = index_.locate(q->group, q->probe);
        if (q->place == asof::Index::no_place)
            q->searched = true;
        else
            index_.prefetch_row(q->place);
    }
    for (Queued* q = queue_; q < end; ++q) {
        if (q->searched) continue;
        q->match = static_cast<MinimalTuple>(index_.row(q->place));
        __builtin_prefetch(q->match);
        __builtin_prefetch(reinterpret_cast<char*>(q->match) + 63);
    }
    queued_ = 0;
}

void AsOfJoin::empty() {
    queued_ = 0;
    queue_[0].match = nullptr;
    keys_.clear();
    index_.clear();
    rows_.clear();
    images_.clear();
}

bool AsOfJoin::next_batch() {
    if (batch_ + 1 >= batches_) return false;
    empty();
    ++batch_;
    splittable_ = true;
    while (right_.get(batch_, slot_)) add_row(slot_);
    build();
    return true;
}

TupleTableSlot* AsOfJoin::next_left(TupleTableSlot* slot) { return left_.get(batch_, slot) ? slot : nullptr; }

bool AsOfJoin::rescan() {
    if (batches_ == 1) return true;
    restart();
    return false;
}

void AsOfJoin::restart() {
    empty();
    left_.close();
    right_.close();
    batch_ = 0;
    batches_ = 1;
    splittable_ = true;
    limit_ = given_limit_ != 0 ? given_limit_ : get_hash_memory_limit();
    statistics_ = {};
}

void AsOfJoin::end() {
    left_.close();
    right_.close();
    MemoryContextDelete(context_);
}

AsOfStatistics AsOfJoin::statistics() const {
    AsOfStatistics s = statistics_;
    s.batches = batches_;
    return s;
}

}  // namespace csagg::pg
