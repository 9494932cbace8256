#include "population/count.hpp"

#include "base/interrupt.hpp"
#include "population/statistics.hpp"

namespace csagg {
namespace {

using Id = Cells::Id;
using Bucket = std::int64_t;

constexpr std::size_t memo_size = 512;

/// The ids of a timeline's texts. Each entry of its dictionary is looked up once, if that is not huge.
template <class Source>
class TextsOf {
public:
    TextsOf(Cells& cells, const Source& timeline) : cells_(cells), dictionary_(timeline.dictionary()) {
        std::memset(memo_, 0, std::min(dictionary_.size(), memo_size) * sizeof(Id));
    }

    Id of(std::size_t text) {
        if (text >= memo_size) return cells_.text_id(dictionary_[text]);
        if (text >= dictionary_.size()) throw_corrupt("text is not in the dictionary");
        if (memo_[text] == 0) memo_[text] = cells_.text_id(dictionary_[text]);
        return memo_[text];
    }

private:
    Cells& cells_;
    const Dictionary& dictionary_;
    Id memo_[memo_size];
};

template <>
class TextsOf<LogRun> {
public:
    TextsOf(Cells&, const LogRun& run) : run_(run) {}
    Id of(std::size_t text) { return run_.text_id(text); }

private:
    const LogRun& run_;
};

class NoTexts {
public:
    template <class Source>
    NoTexts(Cells&, const Source&) {}
};

/// The ids of a timeline's values.
template <bool is_text, class Source>
class ValueIds {
public:
    using Ref = Id;
    /// What the id is found by: a Value's word and Cells::tag_of(); of a text, its number in the dictionary. Tag 0: absent.
    struct Key {
        std::int64_t word;
        std::uint32_t tag;
    };

    ValueIds(Cells& cells, const Source& timeline) : cells_(cells), texts_(cells, timeline), kind_(timeline.kind()) {}

    template <class Block>
    [[gnu::always_inline]] Key key_of(const Block& block, std::size_t i) const {
        if (block.absent(i)) return {0, 0};
        const std::int64_t word = block.word(i);
        const unsigned scale = is_text ? 0 : block.scale_of(i);
        if (Source::has_normalized_numbers || scale == 0) [[likely]]
            return {word, Cells::tag_of(kind_, scale)};
        const Number number = Number::normalized(word, int(scale));
        return {number.coefficient, Cells::tag_of(kind_, number.scale)};
    }
    [[gnu::always_inline]] Id id_of(const Key& key) {
        if (key.tag == 0) return 0;
        if constexpr (is_text)
            return texts_.of(std::size_t(key.word));
        else
            return cells_.value_id(std::uint64_t(key.word), key.tag);
    }
    template <class Block>
    Id of(const Block& block, std::size_t i) {
        return id_of(key_of(block, i));
    }

private:
    Cells& cells_;
    std::conditional_t<is_text, TextsOf<Source>, NoTexts> texts_;
    Kind kind_;
};

/// The exact numbers of a timeline.
struct ExactNumbers {
    struct Ref {
        Number number;
        bool absent = true;
    };

    template <class Block>
    Ref of(const Block& block, std::size_t i) const {
        if (block.absent(i)) return {};
        return {Number::normalized(block.word(i), block.scale_of(i)), false};
    }
};

/// The first block that counts: of those that lie before the grid's first look whole, only the last.
template <class Source, class Lookup>
std::size_t first_that_counts(const Source& timeline, const Lookup& bucket_of) {
    const Bucket first = bucket_of(minus_infinity);
    std::size_t b = 0;
    while (b + 1 < timeline.blocks() && bucket_of(std::max(timeline.block_start(b + 1), timeline.known_from())) == first) ++b;
    return b;
}

/// Calls emit(bucket, value) for the last entry of each bucket, in order, up to the grid's end.
template <class Source, class Values, class Lookup, class Emit>
void walk(const Source& timeline, Bucket buckets, Values& values, const Lookup& bucket_of, const Emit& emit) {
    constexpr Bucket none = -2;
    const Instant known_from = timeline.known_from();
    Bucket held = none;
    typename Values::Ref last{};  // what `held` has seen in the blocks before
    for (std::size_t b = first_that_counts(timeline, bucket_of); b < timeline.blocks(); ++b) {
        if (b > 0) check_interrupts();
        auto block = timeline.block(b);
        block.decode(true);
        for (std::size_t i = 0; i < block.size(); ++i) {
            const Bucket bucket = bucket_of(std::max(block.at(i), known_from));
            if (bucket == held) continue;
            if (i > 0)
                emit(held, values.of(block, i - 1));
            else if (held != none)
                emit(held, last);
            held = bucket;
            if (bucket >= buckets) return;
        }
        last = values.of(block, block.size() - 1);
    }
    if (held != none) emit(held, last);
}

/// What counted as `held` counts as `id` from `bucket` on.
[[gnu::always_inline]] inline void count_as(Cells& cells, Id id, std::size_t bucket, Id& held) {
    if (id == held) return;
    if (held != 0) cells.add(held, bucket, -1);
    if (id != 0) cells.add(id, bucket, 1);
    held = id;
}

/// Adds what a timeline counts for, some steps at a time: what each one looks at in a large state is then on its way into
/// the cache.
template <bool is_text, class Source>
class Additions {
public:
    using Ids = ValueIds<is_text, Source>;
    using Ref = typename Ids::Key;

    Additions(Cells& cells, const Source& timeline)
        : cells_(cells), ids_(cells, timeline), is_large_(cells.flat().used() > cached_bytes) {}

    template <class Block>
    [[gnu::always_inline]] Ref of(const Block& block, std::size_t i) const {
        return ids_.key_of(block, i);
    }
    /// From `bucket` on the timeline counts with this value.
    [[gnu::always_inline]] void add(Bucket bucket, const Ref& key) {
        if (count_ == most) finish();
        if (!is_text && is_large_) cells_.prefetch_value(std::uint64_t(key.word), key.tag);
        keys_[count_] = key;
        buckets_[count_++] = std::uint32_t(bucket);
    }
    void finish() {
        Id ids[most];
        for (std::size_t i = 0; i < count_; ++i) ids[i] = ids_.id_of(keys_[i]);
        if (is_large_)
            for (std::size_t i = 0; i < count_; ++i) cells_.prefetch_cell(ids[i], buckets_[i]);
        for (std::size_t i = 0; i < count_; ++i) count_as(cells_, ids[i], buckets_[i], held_);
        count_ = 0;
    }

private:
    static constexpr std::size_t most = 64, cached_bytes = 256 << 10;

    Cells& cells_;
    Ids ids_;
    const bool is_large_;
    Id held_ = 0;
    std::size_t count_ = 0;
    Ref keys_[most];
    std::uint32_t buckets_[most];
};

template <bool is_text, class Source>
void count_ids(Cells& cells, const Source& timeline, const Grid& grid) {
    Additions<is_text, Source> additions(cells, timeline);
    walk(timeline, Bucket(grid.size()), additions, [&grid](Instant at) { return Bucket(grid.bucket_of(at)); },
         [&additions](Bucket bucket, const auto& key) { additions.add(bucket, key); });
    additions.finish();
}

template <bool is_text, class Source>
void count_moves(Cells& cells, const Source& timeline, const Grid& grid) {
    ValueIds<is_text, Source> values(cells, timeline);
    const Instant start = grid.starts_at(0);
    constexpr Bucket before = -1;
    Id held = 0;
    walk(timeline, Bucket(grid.size()), values,
         [&grid, start](Instant at) { return at < start ? before : Bucket(grid.bucket_of(at)); },
         [&cells, &held](Bucket bucket, Id id) {
             if (id != held && bucket != before) cells.add(cells.pair_id(held, id), std::size_t(bucket), 1);
             held = id;
         });
}

template <class Source>
void count_values(Cells& cells, const Source& timeline, const Grid& grid) {
    cells.require_kind(0, timeline.kind());
    if (timeline.kind() == Kind::text)
        count_ids<true>(cells, timeline, grid);
    else
        count_ids<false>(cells, timeline, grid);
}

template <class Source>
void count_all_moves(Cells& cells, const Source& timeline, const Grid& grid) {
    cells.require_kind(0, timeline.kind());
    if (timeline.kind() == Kind::text)
        count_moves<true>(cells, timeline, grid);
    else
        count_moves<false>(cells, timeline, grid);
}

template <class Source>
void count_numbers(Cells& cells, const Source& timeline, const Grid& grid) {
    cells.require_kind(0, timeline.kind());
    ExactNumbers values;
    ExactNumbers::Ref held;
    Id held_id = 0;
    walk(timeline, Bucket(grid.size()), values, [&grid](Instant at) { return Bucket(grid.bucket_of(at)); },
         [&](Bucket bucket, const ExactNumbers::Ref& ref) {
             if (ref.absent == held.absent && ref.number == held.number) return;
             const auto b = std::size_t(bucket);
             if (!held.absent) cells.add_number(b, held.number, -1);
             if (!ref.absent) cells.add_number(b, ref.number, 1);
             const Id id = ref.absent ? 0 : cells.value_id(Value::of(rounded_for_summary(ref.number)));
             held = ref;
             count_as(cells, id, b, held_id);
         });
}

struct Step {
    Bucket bucket;
    Id id;
};
using StepList = SmallVector<Step, 32>;

template <bool is_text>
void collect_steps(Cells& cells, const Timeline& timeline, const Grid& grid, StepList& out) {
    ValueIds<is_text, Timeline> values(cells, timeline);
    walk(timeline, Bucket(grid.size()), values, [&grid](Instant at) { return Bucket(grid.bucket_of(at)); },
         [&out](Bucket bucket, Id id) { out.push_back({bucket, id}); });
}

}  // namespace

void count_distribution(Cells& cells, const Timeline& timeline, const Grid& grid) { count_values(cells, timeline, grid); }
void count_distribution(Cells& cells, const LogRun& run, const Grid& grid) { count_values(cells, run, grid); }

void count_distribution(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid) {
    cells.require_kind(0, timeline.kind());
    count_ids<false>(cells, timeline, grid);
}

void count_flows(Cells& cells, const Timeline& timeline, const Grid& grid) { count_all_moves(cells, timeline, grid); }
void count_flows(Cells& cells, const LogRun& run, const Grid& grid) { count_all_moves(cells, run, grid); }

void count_flows(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid) {
    cells.require_kind(0, timeline.kind());
    count_moves<false>(cells, timeline, grid);
}

void count_summary(Cells& cells, const Timeline& timeline, const Grid& grid) { count_numbers(cells, timeline, grid); }
void count_summary(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid) { count_numbers(cells, timeline, grid); }
void count_summary(Cells& cells, const LogRun& run, const Grid& grid) { count_numbers(cells, run, grid); }

void count_joint(Cells& cells, std::span<const ByteSpan> timelines, const Grid& grid, Arena& arena) {
    cells.require_arity(timelines.size());
    const std::size_t n = timelines.size();
    Vector<StepList> steps(arena);
    steps.reserve(n);
    for (std::size_t m = 0; m < n; ++m) {
        StepList& list = steps.emplace_back(arena);
        if (timelines[m].empty()) continue;
        const Timeline timeline(timelines[m]);
        cells.require_kind(m, timeline.kind());
        if (timeline.kind() == Kind::text)
            collect_steps<true>(cells, timeline, grid, list);
        else
            collect_steps<false>(cells, timeline, grid, list);
    }

    Id members[max_members] = {};
    std::size_t next[max_members] = {};
    Id held = 0;
    for (;;) {
        Bucket bucket = Bucket(grid.size());
        for (std::size_t m = 0; m < n; ++m)
            if (next[m] < steps[m].size()) bucket = std::min(bucket, steps[m][next[m]].bucket);
        if (bucket == Bucket(grid.size())) return;
        for (std::size_t m = 0; m < n; ++m)
            if (next[m] < steps[m].size() && steps[m][next[m]].bucket == bucket) members[m] = steps[m][next[m]++].id;
        count_as(cells, cells.tuple_id({members, n}), std::size_t(bucket), held);
    }
}

}  // namespace csagg
