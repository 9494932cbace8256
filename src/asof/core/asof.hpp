// The right side of an as-of join in memory: each group's rows in the order of their instants, and the search in it.
#pragma once
#include "asof/core/chunks.hpp"
#include "asof/core/groups.hpp"

#include "base/interrupt.hpp"

namespace csagg::asof {

/// What the caller keeps of a row: bytes, as many for each row. They need not be aligned.
using Payload = const Byte*;

/// Which row of its group a probe is given. Of rows at one instant, backward takes the last in the order of Ties, and
/// forward the first. Nearest takes the nearer of these two, and backward where both are equally far.
enum class Direction : std::uint8_t { backward, forward, nearest };

/// How instants compare that are not plain 64-bit integers. Implementations may throw.
class InstantOrder {
public:
    virtual int compare(std::int64_t a, std::int64_t b) = 0;
    /// True if `before` is at most as far from `at` as `after` is; before <= at <= after.
    virtual bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) = 0;

protected:
    ~InstantOrder() = default;
};

/// The order of rows of one group at one instant. Implementations may throw.
class Ties {
public:
    virtual bool less(Payload a, Payload b) = 0;

protected:
    ~Ties() = default;
};

/// What else a row must satisfy to match a probe. Implementations may throw.
class Condition {
public:
    enum class Verdict : std::uint8_t {
        match,
        go_on,    // the next row, further away from the probe's instant, may match
        give_up,  // none further away can
    };
    virtual Verdict test(Payload row) = 0;

protected:
    ~Condition() = default;
};

struct Probe {
    std::int64_t at;
    std::int64_t lowest = INT64_MIN;   // the earliest instant that backward may give
    std::int64_t highest = INT64_MAX;  // the latest that forward may give
    bool bounded = false;              // lowest and highest count
};

struct Search {
    Direction direction = Direction::backward;
    bool allow_exact = true;    // a row at the very instant of the probe may match
    std::int64_t infinity = 0;  // plain integers from it on, and below its negative, are infinitely far; 0: none is
};

/// Built by add()ing each row, then sort(). Groups are kept together by 256, a partition, whose rows lie in chunks of
/// 256: rows that arrive in any order go to the ends of few partitions, and sorting one stays in the cache.
///
///     chunk   | 256 instants | 256 groups, one byte each | 256 payloads |
class Index {
public:
    /// `order`: nullptr for plain integers.
    Index(Arena& arena, Search search, InstantOrder* order, std::size_t payload_bytes);

    /// Copies the payload. Errc::limit_exceeded at 2^32 rows.
    void add(Group group, std::int64_t instant, Payload payload);
    Direction direction() const { return search_.direction; }
    /// `ties`: nullptr to keep rows at one instant in the order in which they came.
    void sort(Ties* ties);
    /// Before sort(): calls f(group, instant, payload) for each row, those of a group in the order in which they came,
    /// and forgets them; meanwhile f may add() them again, for other groups.
    template <class F>
    void take(F f);

    /// The row for the probe, or nullptr. Fast also for probes of one group in the order of their instants. With a
    /// condition: of the rows that satisfy it. They are asked one by one, from the probe's instant on.
    Payload find(Group group, const Probe& probe, Condition* condition = nullptr);
    /// Asks for the memory that find() will read, when many are to be looked for.
    void prefetch(Group group) const;

    /// find() in two parts, so that the rows which a condition reads can be asked for in between. Not for no_group.
    struct Place {
        std::uint32_t behind = 0, ahead = 0;  // behind the last row before the probe, and the first after it
    };
    Place locate(Group group, const Probe& probe);
    void prefetch(Group group, Place place) const;
    Payload find(Group group, const Probe& probe, Place place, Condition* condition);

    /// After sort(): all of it as bytes, aligned to 8, which any Index of as large payloads may adopt(), also in
    /// another process.
    std::size_t image_bytes() const;
    void write_image(Byte* to) const;
    /// Takes on the groups of an image, whose rows stay in there; group 0 of the image becomes the one it returns. Then
    /// nothing is to be added.
    Group adopt(const Byte* image);

    std::size_t rows() const { return rows_; }
    std::size_t bytes() const { return chunks_.bytes() + bytes_; }
    /// What will be taken on top until `rows` of `groups` are added and sorted, as far as it can be known.
    std::size_t bytes_to_come(std::size_t rows, std::size_t groups) const {
        return (rows - rows_ + largest_) * row_bytes_ +
               std::max(partitions_.size() * partition_groups, groups) * sizeof(Stretch);
    }
    void clear();

private:
    static constexpr std::uint32_t partition_groups = 256, chunk_rows = 256;
    static constexpr std::size_t groups_at = chunk_rows * sizeof(std::int64_t), payloads_at = groups_at + chunk_rows;

    struct Partition {
        explicit Partition(Arena& arena) : chunks(arena) {}
        Vector<Byte*> chunks;
        std::uint32_t rows = 0;
    };
    /// One row's place in its partition.
    struct Row {
        Byte* chunk;
        std::uint32_t at;
        std::int64_t& instant() const { return reinterpret_cast<std::int64_t*>(chunk)[at]; }
        Byte& group() const { return chunk[groups_at + at]; }
        Byte* payload(std::size_t bytes) const { return chunk + payloads_at + at * bytes; }
    };
    static Row row(const Partition& partition, std::uint32_t at) {
        return {partition.chunks[at / chunk_rows], at % chunk_rows};
    }
    /// Where the rows of a group are in their partition. `chunk` has the first, and mostly all.
    struct Stretch {
        Byte* chunk;
        std::uint32_t begin, end;
        std::uint32_t rows() const { return end - begin; }
        bool is_whole() const { return rows() > 0 && begin % chunk_rows + rows() <= chunk_rows; }
        const std::int64_t* instants() const { return &Row{chunk, begin % chunk_rows}.instant(); }
    };
    void set_stretches(std::size_t partition, const std::uint32_t* begins);
    static std::size_t chunks_at(std::size_t partitions);  // in an image

    class Sorter;
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    template <bool or_equal>
    Payload find_plain(const Stretch& stretch, std::int64_t at) const;
    template <class Compare>
    Place locate(const Compare& compare, Group group, const Probe& probe);
    template <class Compare>
    Payload search(const Compare& compare, Group group, const Probe& probe, Place place, Condition* condition);
    template <class InBounds>
    std::uint32_t walk(const Partition& partition, std::uint32_t from, std::uint32_t end, std::uint32_t step,
                       InBounds in_bounds, Condition* condition);
    template <bool or_equal, class Compare>
    std::uint32_t position(const Compare& compare, Group group, std::int64_t at);
    void add_partitions(std::size_t partition);

    Search search_;
    InstantOrder* order_;
    bool plain_;
    std::size_t payload_bytes_, row_bytes_;
    Chunks chunks_;
    Vector<Partition> partitions_, taken_;
    Vector<Stretch> stretches_;  // of each group
    std::size_t rows_ = 0, largest_ = 0, bytes_ = 0;
    // Where the last search ended: the next one of the same group starts there.
    Group last_group_ = no_group;
    std::uint32_t last_position_ = 0;
};

template <class F>
void Index::take(F f) {
    taken_.swap(partitions_);
    rows_ = largest_ = bytes_ = 0;
    for (std::size_t p = 0; p < taken_.size(); ++p) {
        Partition& partition = taken_[p];
        for (std::uint32_t i = 0; i < partition.rows; ++i) {
            if (i % 65536 == 0) check_interrupts();
            const Row r = row(partition, i);
            f(Group(p * partition_groups + r.group()), r.instant(), Payload(r.payload(payload_bytes_)));
            if (r.at == chunk_rows - 1 || i == partition.rows - 1) chunks_.give_back(r.chunk);
        }
    }
    taken_.clear();
}

}  // namespace csagg::asof
