#include "asof/core/asof.hpp"

#include "base/error.hpp"
#include "base/sort.hpp"

#include <array>
#include <cstring>

namespace csagg::asof {
namespace {

struct PlainInstants {
    std::int64_t infinity = 0;  // see Search

    int operator()(std::int64_t a, std::int64_t b) const { return a < b ? -1 : a > b; }
    template <bool or_equal>
    bool before(std::int64_t a, std::int64_t b) const {
        return or_equal ? a <= b : a < b;
    }
    bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) const {
        if (infinity != 0 && before != at && after != at) {
            if (after >= infinity) return true;
            if (before < -infinity) return false;
        }
        return std::uint64_t(at) - std::uint64_t(before) <= std::uint64_t(after) - std::uint64_t(at);
    }
};

struct OrderedInstants {
    InstantOrder* order;
    int operator()(std::int64_t a, std::int64_t b) const { return order->compare(a, b); }
    template <bool or_equal>
    bool before(std::int64_t a, std::int64_t b) const {
        return order->compare(a, b) < int(or_equal);
    }
    bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) const {
        return order->prefers_before(before, at, after);
    }
};

/// How many of `n` instants from `first` on, which are in order, come before `at`; or, with `or_equal`, are at most at
/// it. Which half is next is reckoned: a branch would be guessed wrong every other time.
template <bool or_equal, class Compare>
std::uint32_t count_before(const Compare& compare, const std::int64_t* first, std::uint32_t n, std::int64_t at) {
    const std::int64_t* const begin = first;
    while (n > 1) {
        const std::uint32_t half = n / 2;
        first += half & -std::uint32_t(compare.template before<or_equal>(first[half - 1], at));
        n -= half;
    }
    return std::uint32_t(first - begin) + std::uint32_t(n == 1 && compare.template before<or_equal>(*first, at));
}

constexpr std::uint32_t few = 64;  // below that a plain binary search is as fast as one from the last position

}  // namespace

Index::Index(Arena& arena, Search search, InstantOrder* order, std::size_t payload_bytes)
    : search_(search),
      order_(order),
      plain_(order == nullptr && search.direction == Direction::backward),
      payload_bytes_(payload_bytes),
      row_bytes_(sizeof(std::int64_t) + 1 + payload_bytes),
      chunks_(arena, chunk_rows * row_bytes_),
      partitions_(arena),
      taken_(arena),
      stretches_(arena) {}

void Index::add_partitions(std::size_t partition) {
    while (partitions_.size() <= partition) partitions_.emplace_back(chunks_.arena());
    bytes_ = partitions_.capacity() * sizeof(Partition);
}

void Index::add(Group group, std::int64_t instant, Payload payload) {
    if (rows_ >= UINT32_MAX) throw Error(Errc::limit_exceeded, "as-of join: more than 4294967295 rows in memory");
    const std::size_t p = group / partition_groups;
    if (p >= partitions_.size()) add_partitions(p);
    Partition& partition = partitions_[p];
    if (partition.rows % chunk_rows == 0) partition.chunks.push_back(chunks_.take());
    const Row r{partition.chunks.back(), partition.rows % chunk_rows};
    r.instant() = instant;
    r.group() = Byte(group % partition_groups);
    std::memcpy(r.payload(payload_bytes_), payload, payload_bytes_);
    if (++partition.rows > largest_) largest_ = partition.rows;
    ++rows_;
}

// ---- sorting

/// Sorts partitions: first by group, in one pass over a copy, and then each group that is not in order.
class Index::Sorter {
public:
    Sorter(Index& index, Ties* ties)
        : index_(index),
          ties_(ties),
          payload_bytes_(index.payload_bytes_),
          instants_(index.chunks_.arena()),
          groups_(index.chunks_.arena()),
          payloads_(index.chunks_.arena()),
          items_(index.chunks_.arena()) {}

    /// `begins` has partition_groups + 1 places.
    void sort(Partition& partition, std::uint32_t* begins) {
        if (count(partition, begins)) {
            copy(partition, 0, partition.rows);
            spread(partition, begins);
        }
        for (std::uint32_t g = 0; g < partition_groups; ++g) sort_group(partition, begins[g], begins[g + 1]);
    }

private:
    struct Item {
        std::int64_t instant;
        std::uint32_t place;  // in the copy
    };

    /// Where the groups will begin. False if they are in order already.
    bool count(const Partition& partition, std::uint32_t* begins) {
        std::fill_n(begins, partition_groups + 1, 0);
        bool in_order = true;
        Byte last = 0;
        for (std::uint32_t i = 0; i < partition.rows; ++i) {
            const Byte group = row(partition, i).group();
            in_order &= last <= group;
            last = group;
            ++begins[group + 1];
        }
        for (std::uint32_t g = 0; g < partition_groups; ++g) begins[g + 1] += begins[g];
        return !in_order;
    }

    void copy(const Partition& partition, std::uint32_t begin, std::uint32_t end) {
        const std::size_t rows = end - begin;
        instants_.resize(rows, boost::container::default_init);
        groups_.resize(rows, boost::container::default_init);
        payloads_.resize(rows * payload_bytes_, boost::container::default_init);
        for (std::size_t i = 0; i < rows;) {
            const Row r = row(partition, begin + std::uint32_t(i));
            const std::size_t n = std::min<std::size_t>(chunk_rows - r.at, rows - i);
            std::memcpy(&instants_[i], &r.instant(), n * sizeof(std::int64_t));
            std::memcpy(&groups_[i], &r.group(), n);
            std::memcpy(payload(i), r.payload(payload_bytes_), n * payload_bytes_);
            i += n;
        }
    }

    Byte* payload(std::size_t i) { return payloads_.data() + i * payload_bytes_; }

    void put(Partition& partition, std::uint32_t to, std::uint32_t from) {
        const Row r = row(partition, to);
        r.instant() = instants_[from];
        r.group() = groups_[from];
        std::memcpy(r.payload(payload_bytes_), payload(from), payload_bytes_);
    }

    void spread(Partition& partition, const std::uint32_t* begins) {
        std::array<std::uint32_t, partition_groups> next;
        std::copy_n(begins, partition_groups, next.begin());
        for (std::uint32_t i = 0; i < partition.rows; ++i) {
            if (i % 65536 == 65535) check_interrupts();
            put(partition, next[groups_[i]]++, i);
        }
    }

    bool less(std::int64_t a, Payload a_payload, std::int64_t b, Payload b_payload) const {
        const int c = index_.order_ == nullptr ? PlainInstants{}(a, b) : index_.order_->compare(a, b);
        return c < 0 || (c == 0 && ties_ != nullptr && ties_->less(a_payload, b_payload));
    }

    bool is_sorted(const Partition& partition, std::uint32_t begin, std::uint32_t end) const {
        for (std::uint32_t i = begin + 1; i < end; ++i) {
            if (i % 65536 == 65535) check_interrupts();
            const Row a = row(partition, i - 1), b = row(partition, i);
            if (less(b.instant(), b.payload(payload_bytes_), a.instant(), a.payload(payload_bytes_))) return false;
        }
        return true;
    }

    void sort_group(Partition& partition, std::uint32_t begin, std::uint32_t end) {
        // A log is mostly in order already.
        if (is_sorted(partition, begin, end)) return;
        copy(partition, begin, end);
        items_.clear();
        for (std::uint32_t i = 0; i < end - begin; ++i) items_.push_back({instants_[i], i});
        // Always asked the same way round: an order of somebody's that contradicts itself must not lead beyond the
        // rows.
        csagg::sort(items_.begin(), items_.end(), [this](const Item& a, const Item& b) {
            const bool swapped = b.place < a.place;
            const Item &first = swapped ? b : a, &second = swapped ? a : b;
            const bool in_order = !less(second.instant, payload(second.place), first.instant, payload(first.place));
            return in_order != swapped && first.place != second.place;
        });
        for (std::uint32_t i = begin; i < end; ++i) put(partition, i, items_[i - begin].place);
    }

    Index& index_;
    Ties* ties_;
    std::size_t payload_bytes_;
    Vector<std::int64_t> instants_;
    Bytes groups_, payloads_;
    Vector<Item> items_;
};

void Index::sort(Ties* ties) {
    stretches_.resize(partitions_.size() * partition_groups, boost::container::default_init);
    bytes_ += stretches_.size() * sizeof(Stretch);
    Sorter sorter(*this, ties);
    std::array<std::uint32_t, partition_groups + 1> begins;
    for (std::size_t p = 0; p < partitions_.size(); ++p) {
        check_interrupts();
        sorter.sort(partitions_[p], begins.data());
        set_stretches(p, begins.data());
    }
    largest_ = 0;
}

void Index::set_stretches(std::size_t partition, const std::uint32_t* begins) {
    const Vector<Byte*>& chunks = partitions_[partition].chunks;
    for (std::uint32_t g = 0; g < partition_groups; ++g) {
        const std::uint32_t begin = begins[g], end = begins[g + 1];
        stretches_[partition * partition_groups + g] = {begin < end ? chunks[begin / chunk_rows] : nullptr, begin, end};
    }
}

// ---- searching

/// The place in the group behind all instants before `at`, or with `or_equal` behind those at it too.
template <bool or_equal, class Compare>
std::uint32_t Index::position(const Compare& compare, Group group, std::int64_t at) {
    const Partition& partition = partitions_[group / partition_groups];
    const auto is_before = [&](std::uint32_t i) {
        return compare.template before<or_equal>(row(partition, i).instant(), at);
    };
    auto [chunk, begin, end] = stretches_[group];
    if (end - begin > few && group == last_group_) {
        const std::uint32_t from = last_position_;
        std::uint32_t step = 1;
        if (from > begin && !is_before(from - 1)) {
            end = from - 1;
            while (end - begin > step && !is_before(end - step)) {
                end -= step;
                step *= 2;
            }
            if (end - begin > step) begin = end - step;
        } else {
            begin = from;
            while (end - begin >= step && is_before(begin + step - 1)) {
                begin += step;
                step *= 2;
            }
            if (end - begin > step) end = begin + step;
        }
    }
    while (begin < end && begin / chunk_rows != (end - 1) / chunk_rows) {
        const std::uint32_t middle = (begin / chunk_rows + (end - 1) / chunk_rows + 1) / 2 * chunk_rows;
        if (is_before(middle - 1))
            begin = middle;
        else
            end = middle - 1;
    }
    last_group_ = group;
    last_position_ = begin;
    if (begin < end) {
        const Row first = row(partition, begin);
        last_position_ += count_before<or_equal>(compare, &first.instant(), end - begin, at);
    }
    return last_position_;
}

/// The first row that matches, from `from` on by `step` up to `end`, which is not looked at; or nowhere.
template <class InBounds>
std::uint32_t Index::walk(const Partition& partition, std::uint32_t from, std::uint32_t end, std::uint32_t step,
                          InBounds in_bounds, Condition* condition) {
    for (std::uint32_t i = from; i != end; i += step) {
        const Row r = row(partition, i);
        if (!in_bounds(r.instant())) return nowhere;
        if (condition == nullptr) return i;
        if (i % 1024 == 0) check_interrupts();
        const auto verdict = condition->test(r.payload(payload_bytes_));
        if (verdict == Condition::Verdict::match) return i;
        if (verdict == Condition::Verdict::give_up) return nowhere;
    }
    return nowhere;
}

template <class Compare>
Index::Place Index::locate(const Compare& compare, Group group, const Probe& probe) {
    const auto place_of = [&](bool or_equal) {
        return or_equal ? position<true>(compare, group, probe.at) : position<false>(compare, group, probe.at);
    };
    Place place;
    if (search_.direction != Direction::forward) place.behind = place_of(search_.allow_exact);
    if (search_.direction != Direction::backward) place.ahead = place_of(!search_.allow_exact);
    return place;
}

template <class Compare>
Payload Index::search(const Compare& compare, Group group, const Probe& probe, Place place, Condition* condition) {
    const Partition& partition = partitions_[group / partition_groups];
    const auto [chunk, begin, end] = stretches_[group];
    const auto instant = [&](std::uint32_t i) { return row(partition, i).instant(); };
    std::uint32_t before = nowhere, after = nowhere;
    if (search_.direction != Direction::forward) {
        const auto in_bounds = [&](std::int64_t at) { return !probe.bounded || compare(at, probe.lowest) >= 0; };
        before = walk(partition, place.behind - 1, begin - 1, std::uint32_t(-1), in_bounds, condition);
    }
    if (search_.direction != Direction::backward) {
        const auto in_bounds = [&](std::int64_t at) { return !probe.bounded || compare(at, probe.highest) <= 0; };
        after = walk(partition, place.ahead, end, 1, in_bounds, condition);
    }
    if (before != nowhere && after != nowhere && !compare.prefers_before(instant(before), probe.at, instant(after)))
        before = after;
    const std::uint32_t found = before != nowhere ? before : after;
    return found != nowhere ? row(partition, found).payload(payload_bytes_) : nullptr;
}

void Index::prefetch(Group group) const {
    const Stretch& stretch = stretches_[group];
    const std::uint32_t rows = stretch.rows();
    if (rows == 0) return;
    constexpr std::uint32_t line = 8, most = 4;  // in instants, and in lines
    if (rows > most * line) {
        __builtin_prefetch(&row(partitions_[group / partition_groups], stretch.begin + rows / 2).instant());
        return;
    }
    // As often for each group, and in one chunk: a guess that is wrong would cost more than asking in vain.
    for (std::uint32_t i = 0; i < most; ++i) __builtin_prefetch(stretch.instants() + std::min(i * line, rows - 1));
}

/// As search() does, for the usual probe: backward, by plain integers, without a condition or bounds.
template <bool or_equal>
Payload Index::find_plain(const Stretch& stretch, std::int64_t at) const {
    const std::uint32_t before = count_before<or_equal>(PlainInstants{}, stretch.instants(), stretch.rows(), at);
    if (before == 0) return nullptr;
    return Row{stretch.chunk, stretch.begin % chunk_rows + before - 1}.payload(payload_bytes_);
}

Payload Index::find(Group group, const Probe& probe, Condition* condition) {
    if (group == no_group) return nullptr;
    const Stretch& stretch = stretches_[group];
    if (plain_ && condition == nullptr && !probe.bounded && stretch.rows() <= few && stretch.is_whole())
        return search_.allow_exact ? find_plain<true>(stretch, probe.at) : find_plain<false>(stretch, probe.at);
    return find(group, probe, locate(group, probe), condition);
}

Payload Index::find(Group group, const Probe& probe, Place place, Condition* condition) {
    if (order_ == nullptr) return search(PlainInstants{search_.infinity}, group, probe, place, condition);
    return search(OrderedInstants{order_}, group, probe, place, condition);
}

Index::Place Index::locate(Group group, const Probe& probe) {
    return order_ == nullptr ? locate(PlainInstants{}, group, probe) : locate(OrderedInstants{order_}, group, probe);
}

void Index::prefetch(Group group, Place place) const {
    const Partition& partition = partitions_[group / partition_groups];
    const auto [chunk, begin, end] = stretches_[group];
    if (search_.direction != Direction::forward && place.behind > begin)
        __builtin_prefetch(row(partition, place.behind - 1).payload(payload_bytes_));
    if (search_.direction != Direction::backward && place.ahead < end)
        __builtin_prefetch(row(partition, place.ahead).payload(payload_bytes_));
}

void Index::clear() {
    rows_ = largest_ = bytes_ = 0;
    last_group_ = no_group;
    partitions_ = Vector<Partition>(partitions_.get_stored_allocator());
    taken_ = Vector<Partition>(partitions_.get_stored_allocator());
    stretches_ = Vector<Stretch>(stretches_.get_stored_allocator());
    chunks_.clear();
}

}  // namespace csagg::asof
