#include "population/count.hpp"

#include "base/interrupt.hpp"
#include "population/statistics.hpp"

namespace csagg {
namespace {

using Id = Cells::Id;
using Bucket = std::uint32_t;

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

    ValueIds(Cells& cells, const Source& timeline)
        : cells_(cells), texts_(cells, timeline), kind_(timeline.kind()), is_large_(cells.is_large()) {}

    /// Of these entries of a block.
    template <class Block>
    void read(const Block& block, std::span<const std::uint32_t> entries, Id* ids) {
        if (block.is_plain())
            read_keys(entries, ids, [&](std::size_t i) { return Key{block.word(i), Cells::tag_of(kind_, 0)}; });
        else
            read_keys(entries, ids, [&](std::size_t i) { return key_of(block, i); });
    }

private:
    /// What the id is found by: a Value's word and Cells::tag_of(); of a text, its number in the dictionary. Tag 0:
    /// absent.
    struct Key {
        std::int64_t word;
        std::uint32_t tag;
    };

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
    template <class KeyOf>
    [[gnu::always_inline]] void read_keys(std::span<const std::uint32_t> entries, Id* ids, const KeyOf& key_of) {
        if (!is_text && is_large_)
            for (const std::uint32_t i : entries) cells_.prefetch_value(std::uint64_t(key_of(i).word), key_of(i).tag);
        auto known = cells_.value_slots();
        for (const std::uint32_t i : entries) {
            const Key key = key_of(i);
            if constexpr (is_text) {
                *ids++ = key.tag == 0 ? 0 : texts_.of(std::size_t(key.word));
            } else {
                Id id = key.tag == 0 ? 0 : known.find(std::uint64_t(key.word), key.tag);
                if (id == 0 && key.tag != 0) {
                    id = cells_.value_id(std::uint64_t(key.word), key.tag);
                    known = cells_.value_slots();
                }
                *ids++ = id;
            }
        }
    }

    Cells& cells_;
    std::conditional_t<is_text, TextsOf<Source>, NoTexts> texts_;
    Kind kind_;
    const bool is_large_;
};

/// The exact numbers of a timeline.
struct ExactNumbers {
    struct Ref {  // without initial values: there are arrays of it
        std::int64_t coefficient;
        std::uint8_t scale;
        bool absent;

        Number number() const { return {coefficient, scale}; }
        bool operator==(const Ref&) const = default;
    };
    static constexpr Ref none = {0, 0, true};

    template <class Block>
    void read(const Block& block, std::span<const std::uint32_t> entries, Ref* numbers) const {
        for (const std::uint32_t i : entries) {
            if (block.absent(i)) {
                *numbers++ = none;
            } else {
                const Number number = Number::normalized(block.word(i), block.scale_of(i));
                *numbers++ = {number.coefficient, number.scale, false};
            }
        }
    }
};

class BucketOf {
public:
    explicit BucketOf(const Grid& grid) : grid_(grid) {}
    [[gnu::always_inline]] Bucket operator()(Instant at) const { return Bucket(grid_.bucket_of(at)); }

private:
    const Grid& grid_;
};

/// The first block that counts: of those that lie before the grid's first look whole, only the last.
template <class Source, class Lookup>
std::size_t first_that_counts(const Source& timeline, const Lookup& bucket_of) {
    const Bucket first = bucket_of(minus_infinity);
    std::size_t b = 0;
    while (b + 1 < timeline.blocks() &&
           bucket_of(std::max(timeline.block_start(b + 1), timeline.known_from())) == first)
        ++b;
    return b;
}

/// The last entries of buckets, found among some entries at a time.
template <class Ref>
class Closings {
public:
    static constexpr std::size_t most = 64;

    Closings() { buckets_[0] = none; }

    /// Among entries [begin, end) of a block. What the entries before ended with stands first: its bucket may go on.
    template <class Block, class Lookup>
    void find(const Block& block, std::size_t begin, std::size_t end, Instant known_from, const Lookup& bucket_of) {
        std::size_t last = 0;
        Bucket held = buckets_[0];
        entries_[0] = none;
        for (std::size_t i = begin; i < end; ++i) {  // without branches: where a bucket goes on is not to be predicted
            const Bucket bucket = bucket_of(std::max(block.at(i), known_from));
            last += bucket != held ? 1 : 0;
            buckets_[last] = held = bucket;
            entries_[last] = std::uint32_t(i);
        }
        last_ = last;
    }
    Bucket last_bucket() const { return buckets_[last_]; }

    template <class Block, class Values>
    void read(const Block& block, Values& values, bool with_last) {
        const std::size_t known = entries_[0] == none ? 1 : 0;
        values.read(block, {entries_ + known, last_ - known + with_last}, refs_ + known);
    }
    template <class Emit>
    void emit(const Emit& emit, bool with_last) const {
        const std::size_t n = last_ - first_ + with_last;
        emit(std::span(buckets_ + first_, n), std::span(refs_ + first_, n));
    }
    void keep_last() {
        buckets_[0] = buckets_[last_];
        refs_[0] = refs_[last_];
        first_ = 0;
    }

private:
    static constexpr std::uint32_t none = ~std::uint32_t(0);

    std::size_t first_ = 1, last_ = 0;  // no entry stands before the first
    Bucket buckets_[most + 1];
    std::uint32_t entries_[most + 1];
    Ref refs_[most + 1];
};

/// Calls emit(buckets, values) for the last entries of buckets, some at a time, in order, up to the grid's end.
template <class Source, class Values, class Lookup, class Emit>
void walk(const Source& timeline, std::size_t size, Values& values, const Lookup& bucket_of, const Emit& emit) {
    Closings<typename Values::Ref> closings;
    for (std::size_t b = first_that_counts(timeline, bucket_of); b < timeline.blocks(); ++b) {
        if (b > 0) check_interrupts();
        auto block = timeline.block(b);
        block.decode(true);
        for (std::size_t begin = 0; begin < block.size(); begin += closings.most) {
            const std::size_t end = std::min(block.size(), begin + closings.most);
            closings.find(block, begin, end, timeline.known_from(), bucket_of);
            const bool is_beyond = closings.last_bucket() >= size;
            const bool ends = is_beyond || (end == block.size() && b + 1 == timeline.blocks());
            closings.read(block, values, !is_beyond);
            closings.emit(emit, ends && !is_beyond);
            if (ends) return;
            closings.keep_last();
        }
    }
}

template <bool is_text, class Source>
void count_ids(Cells& cells, const Source& timeline, const Grid& grid) {
    ValueIds<is_text, Source> values(cells, timeline);
    Id held = 0;
    walk(timeline, grid.size(), values, BucketOf(grid),
         [&cells, &held](std::span<const Bucket> buckets, std::span<const Id> ids) {
             if (cells.is_large())
                 for (std::size_t i = 0; i < ids.size(); ++i) cells.prefetch_cell(ids[i], buckets[i]);
             held = cells.add_steps(held, buckets, ids);
         });
}

template <bool is_text, class Source>
void count_moves(Cells& cells, const Source& timeline, const Grid& grid) {
    ValueIds<is_text, Source> values(cells, timeline);
    const Instant start = grid.starts_at(0);
    Id held = 0;
    // Bucket 0 is the time before the grid.
    walk(
        timeline, grid.size() + 1, values,
        [&grid, start](Instant at) { return at < start ? 0 : Bucket(grid.bucket_of(at) + 1); },
        [&cells, &held](std::span<const Bucket> buckets, std::span<const Id> ids) {
            for (std::size_t i = 0; i < ids.size(); ++i) {
                if (ids[i] != held && buckets[i] != 0) cells.add(cells.pair_id(held, ids[i]), buckets[i] - 1, 1);
                held = ids[i];
            }
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
    ExactNumbers::Ref held = ExactNumbers::none;
    Id held_id = 0;
    walk(timeline, grid.size(), values, BucketOf(grid),
         [&](std::span<const Bucket> buckets, std::span<const ExactNumbers::Ref> refs) {
             for (std::size_t i = 0; i < refs.size(); ++i) {
                 const ExactNumbers::Ref& ref = refs[i];
                 if (ref == held) continue;
                 if (!held.absent) cells.add_number(buckets[i], held.number(), -1);
                 if (!ref.absent) cells.add_number(buckets[i], ref.number(), 1);
                 const Id id = ref.absent ? 0 : cells.value_id(Value::of(rounded_for_summary(ref.number())));
                 held = ref;
                 held_id = cells.add_steps(held_id, buckets.subspan(i, 1), {&id, 1});
             }
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
    walk(timeline, grid.size(), values, BucketOf(grid),
         [&out](std::span<const Bucket> buckets, std::span<const Id> ids) {
             for (std::size_t i = 0; i < ids.size(); ++i) out.push_back({buckets[i], ids[i]});
         });
}

}  // namespace

void count_distribution(Cells& cells, const Timeline& timeline, const Grid& grid) {
    count_values(cells, timeline, grid);
}
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
void count_summary(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid) {
    count_numbers(cells, timeline, grid);
}
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
        const Id id = cells.tuple_id({members, n});
        held = cells.add_steps(held, {&bucket, 1}, {&id, 1});
    }
}

}  // namespace csagg
