// The right side of an as-of join in memory: each group's rows in the order of their instants, and the search in it.
#pragma once
#include "asof/groups.hpp"

namespace csagg::asof {

/// Whatever the caller keeps of a row.
using Row = void*;

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
    virtual bool less(Row a, Row b) = 0;

protected:
    ~Ties() = default;
};

struct Probe {
    std::int64_t at;
    std::int64_t lowest = INT64_MIN;   // the earliest instant that backward may give
    std::int64_t highest = INT64_MAX;  // the latest that forward may give
    bool bounded = false;              // lowest and highest count
};

struct Search {
    Direction direction = Direction::backward;
    bool allow_exact = true;  // a row at the very instant of the probe may match
};

/// Built in two passes over the rows, which the caller holds: count() each, lay_out(), place() each, sort().
class Index {
public:
    /// `order`: nullptr for plain integers.
    Index(Arena& arena, Search search, InstantOrder* order)
        : search_(search), order_(order), begins_(arena), instants_(arena), rows_(arena) {}

    /// One more row in `group`. Errc::limit_exceeded at 2^32 rows.
    void count(Group group);
    void lay_out();
    void place(Group group, std::int64_t instant, Row row);
    /// `ties`: nullptr to keep rows at one instant in the order of their placing.
    void sort(Ties* ties);

    /// The row for the probe, or nullptr. Fast also for probes of one group in the order of their instants.
    Row find(Group group, const Probe& probe) {
        const Place place = locate(group, probe);
        return place == no_place ? nullptr : rows_[place];
    }

    // The same in steps, for many probes at once: each step first asks for the memory that the next one reads.
    using Place = std::uint32_t;
    static constexpr Place no_place = UINT32_MAX;
    void prefetch(Group group) const;
    Place locate(Group group, const Probe& probe);
    void prefetch_row(Place place) const { __builtin_prefetch(&rows_[place]); }
    Row row(Place place) const { return rows_[place]; }

    std::size_t rows() const { return count_; }
    std::size_t bytes() const {
        return begins_.capacity() * sizeof(std::uint32_t) + instants_.capacity() * sizeof(std::int64_t) +
               rows_.capacity() * sizeof(Row);
    }
    /// What lay_out() will take for the rows counted so far.
    std::size_t bytes_to_come() const { return count_ * (sizeof(std::int64_t) + sizeof(Row)); }
    void clear();

private:
    template <class Compare>
    Place search(const Compare& compare, Group group, const Probe& probe);
    template <class Compare>
    std::uint32_t position(const Compare& compare, Group group, std::int64_t at, bool after_equal);
    void sort_group(std::uint32_t begin, std::uint32_t end, Ties* ties, class SortBuffer& buffer);
    int compare(std::int64_t a, std::int64_t b) const;

    Search search_;
    InstantOrder* order_;
    std::size_t count_ = 0;
    // Of each group: while counting its number of rows, while placing its next free place, then its first place. One
    // more stands behind the last.
    Vector<std::uint32_t> begins_;
    Vector<std::int64_t> instants_;
    Vector<Row> rows_;
    // Where the last search ended: the next one of the same group starts there.
    Group last_group_ = no_group;
    std::uint32_t last_position_ = 0;
};

}  // namespace csagg::asof
