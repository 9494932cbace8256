#include "asof/join/join_pg.hpp"

#include "asof/join/ties_pg.hpp"

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
      condition_(spec.condition),
      matches_(spec.matches),
      further_matches_(std::size_t(max_queued * (spec.matches - 1)), nullptr, arena_),
      keys_(context, arena_, spec.keys, spec.key_count),
      packed_(packs(spec)),
      columns_(packed_ ? PackedColumns(shape_, spec.columns, spec.column_count) : PackedColumns()),
      index_(arena_, {spec.search.direction, spec.search.allow_exact, instants_.infinity()}, instants_.order(), packed_ ? columns_.bytes() : sizeof(MinimalTuple)),
      rows_(context),
      images_(context),
      left_(context, spec.left_shape),
      right_(context),
      split_words_(arena_),
      in_order_(spec.in_order),
      splittable_(!in_order_),
      given_limit_(spec.memory_limit),
      expected_rows_(spec.expected_rows) {
    call([this, &spec] {
        limit_ = given_limit_ != 0 ? given_limit_ : get_hash_memory_limit();
        const MemoryContext before = MemoryContextSwitchTo(context_);
        slot_ = MakeSingleTupleTableSlot(shape_, &TTSOpsMinimalTuple);
        if (condition_ != nullptr) tested_slot_ = MakeSingleTupleTableSlot(shape_, row_slot_kind());
        scratch_ = AllocSetContextCreate(context_, "as-of join scratch", ALLOCSET_SMALL_SIZES);
        key_values_ = static_cast<Datum*>(palloc(std::size_t(spec.key_count + 1) * sizeof(Datum)));
        key_nulls_ = static_cast<bool*>(palloc(std::size_t(spec.key_count + 1) * sizeof(bool)));
        if (packed_) record_ = static_cast<Byte*>(palloc(record_bytes()));
        if (spec.shared != nullptr && !packed_) elog(ERROR, "rows that cannot be packed are not shared");
        if (spec.shared != nullptr)
            shared_ = new (palloc(sizeof(SharedRight)))
                SharedRight(spec.shared, spec.shared_area, context_, record_bytes(), limit_);
        if (spec.tie_count > 0 || spec.last_tie != LastTie::arrival)
            ties_ = new (palloc(sizeof(SortTies))) SortTies(shape_, spec);
        MemoryContextSwitchTo(before);
    });
}

/// Packed, rows are not more than what the index keeps of them.
bool AsOfJoin::packs(const AsOfSpec& spec) {
    return spec.columns != nullptr && spec.tie_count == 0 && spec.last_tie == LastTie::arrival &&
           call([&spec] { return Keys::are_words(spec.keys, spec.key_count); }) &&
           !Instants(spec.left_at_type, spec.right_at_type).by_reference() &&
           PackedColumns::fit(spec.shape, spec.columns, spec.column_count);
}

std::size_t AsOfJoin::memory() const {
    return rows_.bytes() + images_.bytes() + keys_.bytes() + index_.bytes() +
           index_.bytes_to_come(row_count_, keys_.groups());
}

int AsOfJoin::batch_of(std::uint64_t word) const { return asof::part_of(word, process_hash_seed, batches_); }

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
    if (packed_) {
        begin_record(keys_.word(), instants_.right(at));
        columns_.write(slot, record_);
        if (shared_ != nullptr) return shared_->put(record_);
        add_record();
    } else if (!is_later(slot)) {
        keep(slot, at);
    }
    split_if_large();
}

/// Sends a right row, whose key is at hand, to its batch's file if that is a later one.
template <class... Row>
bool AsOfJoin::is_later(Row... row) {
    if (batches_ == 1) return false;
    const int batch = batch_of(keys_.word());
    if (batch == batch_) return false;
    right_.put(batch, row...);
    ++statistics_.right_spilled;
    return true;
}

void AsOfJoin::begin_record(std::uint64_t word, std::int64_t instant) {
    std::memcpy(record_ + word_at(), &word, sizeof word);
    std::memcpy(record_ + instant_at(), &instant, sizeof instant);
}

void AsOfJoin::read_word(const Byte* record) {
    std::uint64_t word;
    std::memcpy(&word, record + word_at(), sizeof word);
    keys_.set_word(word);
}

void AsOfJoin::index_record(const Byte* record) {
    std::int64_t instant;
    std::memcpy(&instant, record + instant_at(), sizeof instant);
    index_.add(keys_.group(images_), instant, record);
}

void AsOfJoin::add_record() {
    read_word(record_);
    if (is_later(static_cast<const void*>(record_), record_bytes())) return;
    index_record(record_);
    ++row_count_;
    statistics_.memory_peak = std::max(statistics_.memory_peak, memory());
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
    ++row_count_;
    statistics_.memory_peak = std::max(statistics_.memory_peak, memory());
}

void AsOfJoin::split_if_large() {
    if (memory() > limit_ && splittable_) split();
}

/// Doubles the batches, or more than that if many rows are still to come, and sends the rows of later ones to their
/// files.
void AsOfJoin::split() {
    const std::size_t rows = row_count_;
    std::size_t factor = 2;
    if (batch_ == 0 && batches_ == 1) {
        // Most keys are there already, their rows are not.
        const double of_keys = double(keys_.bytes() + images_.bytes()), of_rows = double(memory()) - of_keys;
        const double expected = of_keys + of_rows * (expected_rows_ / double(rows));
        while (double(limit_) * double(factor) < expected && factor < 4096) factor *= 2;
    }
    // The files need buffers, two a batch: beyond some number they would take more than the batches save.
    while (factor > 2 && std::size_t(batches_) * factor * 2 * BLCKSZ > limit_) factor /= 2;
    if (std::size_t(batches_) * factor * 2 * BLCKSZ > std::max(limit_, std::size_t(8) * BLCKSZ)) {
        limit_ *= 2;
        return;
    }
    batches_ *= int(factor);
    left_.grow(batches_);
    right_.grow(batches_);
    row_count_ = 0;
    if (packed_)
        split_records();
    else
        split_rows();
    // Nothing went, or nothing stayed: equal hashes, so that the next split would do no better.
    if (row_count_ == rows || row_count_ == 0) splittable_ = false;
}

void AsOfJoin::split_rows() {
    RowStore all = rows_;
    rows_ = RowStore(context_);
    Store images = images_;
    images_ = Store(context_);
    keys_.clear();
    all.each(true, [this](StoredRow* row) {
        ExecStoreMinimalTuple(row->tuple(), slot_, false);
        Datum at;
        read_right(slot_, at);
        if (!is_later(slot_)) keep(slot_, at);
    });
    ExecClearTuple(slot_);
    images.clear();
}

void AsOfJoin::split_records() {
    keys_.take_words(split_words_);
    index_.take([this](asof::Group group, std::int64_t instant, asof::Payload columns) {
        begin_record(split_words_[group], instant);
        std::memcpy(record_, columns, columns_.bytes());
        add_record();
    });
    split_words_.clear();
}

void AsOfJoin::build() {
    // The tuples stay where they are; only their addresses are sorted.
    rows_.each(false, [this](StoredRow* row) {
        const MinimalTuple tuple = row->tuple();
        index_.add(row->group, row->instant, reinterpret_cast<asof::Payload>(&tuple));
    });
    statistics_.memory_peak = std::max(statistics_.memory_peak, memory());
    index_.sort(ties_);
    statistics_.keys += keys_.groups();
}

void AsOfJoin::finish_right() {
    if (shared_ == nullptr) return build();
    const bool in_files = shared_->end_reading(statistics_.right_rows);
    statistics_.right_rows = shared_->sums().rows_read;
    if (in_files)
        read_shared();
    else
        build_shared();
}

/// The right rows of all processes, for an index of its own.
void AsOfJoin::read_shared() {
    expected_rows_ = double(statistics_.right_rows);
    shared_->each_in_files([this](const Byte* record) {
        std::memcpy(record_, record, record_bytes());
        add_record();
        split_if_large();
    });
    build();
}

/// Its part of the index of all processes, which it then has.
void AsOfJoin::build_shared() {
    for (int share; (share = shared_->next_share()) >= 0;) {
        CHECK_FOR_INTERRUPTS();
        shared_->each_record(share, [this](const Byte* record) {
            read_word(record);
            index_record(record);
        });
        index_.sort(nullptr);
        shared_->publish(share, keys_.words(), index_);
        index_.clear();
        keys_.clear();
    }
    shared_->end_building(index_);
    adopted_ = true;
    statistics_.keys = shared_->sums().keys;
    statistics_.memory_peak = shared_->sums().peak_bytes + index_.bytes();
}

bool AsOfJoin::queue(const Datum* keys, const bool* nulls, Datum at, bool at_null, TupleTableSlot* left) {
    Queued& q = queue_[queued_];
    q.pending = false;
    q.match = nullptr;
    q.further = 0;
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
        if (adopted_)
            shared_->prefetch(q.word);
        else
            keys_.prefetch();
    } else {
        q.group = keys_.find();
    }
    q.pending = true;
    if (!instants_.by_reference() && tolerance_ == nullptr) {
        q.probe.at = instants_.left(at);
        return true;
    }
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    q.probe.at = instants_.kept_left(at);
    if (tolerance_ != nullptr) tolerance_->bound(q.probe, index_.direction());
    MemoryContextSwitchTo(before);
    return true;
}

class AsOfJoin::Tested final : public asof::Condition {
public:
    explicit Tested(AsOfJoin& join) : join_(join) {}
    void set_left(int left) {
        left_ = left;
        first_ = nullptr;
    }
    Verdict test(asof::Payload row) override {
        const Verdict verdict = test_pair(row);
        if (verdict != Verdict::match || join_.matches_ == 1) return verdict;
        return collect(row);
    }
    /// Where rows are collected, the one that ended the walk is the last, if it is any.
    asof::Payload first(asof::Payload last) const { return join_.matches_ == 1 ? last : first_; }

private:
    Verdict test_pair(asof::Payload row) {
        if (join_.condition_ == nullptr) return Verdict::match;
        join_.load(row, join_.tested_slot_);
        return join_.condition_->test(left_, join_.tested_slot_);
    }
    Verdict collect(asof::Payload row) {
        int& further = join_.queue_[left_].further;
        if (first_ == nullptr)
            first_ = row;
        else
            join_.further_matches(left_)[further++] = row;
        return further + 1 == join_.matches_ ? Verdict::match : Verdict::go_on;
    }

    AsOfJoin& join_;
    int left_ = 0;
    asof::Payload first_ = nullptr;
};

void AsOfJoin::find_matches(Queued* end) {
    for (Queued* q = queue_; q < end; ++q) {
        if (!q->pending) continue;
        q->match = index_.find(q->group, q->probe);
        __builtin_prefetch(q->match);
    }
}

void AsOfJoin::find_tested_matches(Queued* end) {
    Tested tested(*this);
    for (Queued* q = queue_; q < end; ++q) {
        if (!q->pending || q->group == asof::no_group) continue;
        q->place = index_.locate(q->group, q->probe);
        index_.prefetch(q->group, q->place);
    }
    for (Queued* q = queue_; q < end; ++q) {
        if (!q->pending || q->group == asof::no_group) continue;
        tested.set_left(int(q - queue_));
        q->match = tested.first(index_.find(q->group, q->probe, q->place, &tested));
        __builtin_prefetch(q->match);
    }
    if (tested_slot_ != nullptr) ExecClearTuple(tested_slot_);
}

void AsOfJoin::resolve() {
    Queued* const end = queue_ + queued_;
    if (keys_.is_word()) {
        for (Queued* q = queue_; q < end; ++q)
            if (q->pending) q->group = adopted_ ? shared_->find(q->word) : keys_.find_word(q->word);
    }
    for (Queued* q = queue_; q < end; ++q)
        if (q->pending && q->group != asof::no_group) index_.prefetch(q->group);
    const MemoryContext before = MemoryContextSwitchTo(scratch_);
    if (condition_ != nullptr || matches_ > 1)
        find_tested_matches(end);
    else
        find_matches(end);
    MemoryContextSwitchTo(before);
    MemoryContextReset(scratch_);
    queued_ = 0;
    if (packed_) return;
    for (Queued* q = queue_; q < end; ++q) {
        if (q->match == nullptr) continue;
        const char* const tuple = reinterpret_cast<const char*>(tuple_of(q->match));
        __builtin_prefetch(tuple);
        __builtin_prefetch(tuple + 63);
    }
}

bool AsOfJoin::match(int i, TupleTableSlot* slot) const {
    const asof::Payload found = queue_[i].match;
    if (found == nullptr) return false;
    load(found, slot);
    return true;
}

bool AsOfJoin::match(int i, int n, TupleTableSlot* slot) const {
    if (n == 0) return match(i, slot);
    if (n > queue_[i].further) return false;
    load(further_matches_[std::size_t(i * (matches_ - 1) + n - 1)], slot);
    return true;
}

void AsOfJoin::load(asof::Payload row, TupleTableSlot* slot) const {
    if (packed_)
        columns_.read(row, slot);
    else
        ExecStoreMinimalTuple(tuple_of(row), slot, false);
}

void AsOfJoin::empty() {
    queued_ = 0;
    MemoryContextReset(scratch_);
    row_count_ = 0;
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
    if (packed_) {
        while (right_.get(batch_, record_, record_bytes())) {
            add_record();
            split_if_large();
        }
    } else {
        while (right_.get(batch_, slot_)) add_row(slot_);
    }
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
    adopted_ = false;
    splittable_ = !in_order_;
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
