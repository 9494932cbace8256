#include "asof/asof.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/sort.hpp"

namespace csagg::asof {
namespace {

struct PlainInstants {
    int operator()(std::int64_t a, std::int64_t b) const { return a < b ? -1 : a > b; }
    bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) const {
        return std::uint64_t(at) - std::uint64_t(before) <= std::uint64_t(after) - std::uint64_t(at);
    }
};

struct OrderedInstants {
    InstantOrder* order;
    int operator()(std::int64_t a, std::int64_t b) const { return order->compare(a, b); }
    bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) const {
        return order->prefers_before(before, at, after);
    }
};

/// How many of `n` instants from `first` on, which are in order, come before `at`; or, with `after_equal`, are at most
/// at it.
template <class Compare>
std::uint32_t count_before(const Compare& compare, const std::int64_t* first, std::uint32_t n, std::int64_t at,
                           bool after_equal) {
    const int limit = after_equal ? 1 : 0;
    const std::int64_t* const begin = first;
    while (n > 1) {
        const std::uint32_t half = n / 2;
        first = compare(first[half - 1], at) < limit ? first + half : first;
        n -= half;
    }
    return std::uint32_t(first - begin) + std::uint32_t(n == 1 && compare(*first, at) < limit);
}

constexpr std::uint32_t few = 64;  // below that a plain binary search is as fast as one from the last position

}  // namespace

/// Rows of a group on their way through a sort.
class SortBuffer {
public:
    struct Item {
        std::int64_t instant;
        Row row;
        std::uint32_t place;
    };
    explicit SortBuffer(Arena& arena) : items(arena) {}
    Vector<Item> items;
};

void Index::count(Group group) {
    if (count_ >= UINT32_MAX) throw Error(Errc::limit_exceeded, "as-of join: more than 4294967295 rows in memory");
    if (group >= begins_.size()) begins_.resize(std::size_t(group) + 1, 0);
    ++begins_[group];
    ++count_;
}

void Index::lay_out() {
    instants_.resize(count_, boost::container::default_init);
    rows_.resize(count_, boost::container::default_init);
    std::uint32_t next = 0;
    for (std::uint32_t& begin : begins_) next += std::exchange(begin, next);
    begins_.push_back(next);
}

void Index::place(Group group, std::int64_t instant, Row row) {
    const std::uint32_t at = begins_[group]++;
    instants_[at] = instant;
    rows_[at] = row;
}

void Index::sort(Ties* ties) {
    // Placing has moved each begin to the next group's.
    for (std::size_t g = begins_.size() - 1; g > 0; --g) begins_[g] = begins_[g - 1];
    begins_[0] = 0;
    SortBuffer buffer(rows_.get_stored_allocator().arena());
    for (std::size_t g = 0; g + 1 < begins_.size(); ++g) {
        if (g % 1024 == 1023) check_interrupts();
        sort_group(begins_[g], begins_[g + 1], ties, buffer);
    }
}

int Index::compare(std::int64_t a, std::int64_t b) const {
    return order_ == nullptr ? PlainInstants{}(a, b) : order_->compare(a, b);
}

void Index::sort_group(std::uint32_t begin, std::uint32_t end, Ties* ties, SortBuffer& buffer) {
    // A log is mostly in order already.
    std::uint32_t sorted = begin + 1;
    for (; sorted < end; ++sorted) {
        const int c = compare(instants_[sorted - 1], instants_[sorted]);
        if (c > 0 || (c == 0 && ties != nullptr && ties->less(rows_[sorted], rows_[sorted - 1]))) break;
    }
    if (sorted >= end) return;
    auto& items = buffer.items;
    items.clear();
    for (std::uint32_t i = begin; i < end; ++i) items.push_back({instants_[i], rows_[i], i});
    csagg::sort(items.begin(), items.end(), [&](const SortBuffer::Item& a, const SortBuffer::Item& b) {
        if (const int c = compare(a.instant, b.instant); c != 0) return c < 0;
        if (ties != nullptr) {
            if (ties->less(a.row, b.row)) return true;
            if (ties->less(b.row, a.row)) return false;
        }
        return a.place < b.place;
    });
    for (std::uint32_t i = begin; i < end; ++i) {
        instants_[i] = items[i - begin].instant;
        rows_[i] = items[i - begin].row;
    }
}

/// The place in the group behind all instants before `at`, or with `after_equal` behind those at it too.
template <class Compare>
std::uint32_t Index::position(const Compare& compare, Group group, std::int64_t at, bool after_equal) {
    const std::int64_t* const instants = instants_.data();
    std::uint32_t begin = begins_[group], end = begins_[group + 1];
    if (end - begin <= few) return begin + count_before(compare, instants + begin, end - begin, at, after_equal);

    // Probes often come in the order of their instants: double the steps from where the last one ended.
    if (group == last_group_) {
        const int limit = after_equal ? 1 : 0;
        const std::uint32_t from = last_position_;
        if (from > begin && compare(instants[from - 1], at) >= limit) {
            std::uint32_t step = 1;
            end = from - 1;
            while (end - begin > step && compare(instants[end - step], at) >= limit) {
                end -= step;
                step *= 2;
            }
            if (end - begin > step) begin = end - step;
        } else {
            std::uint32_t step = 1;
            begin = from;
            while (end - begin >= step && compare(instants[begin + step - 1], at) < limit) {
                begin += step;
                step *= 2;
            }
            if (end - begin > step) end = begin + step;
        }
    }
    last_group_ = group;
    last_position_ = begin + count_before(compare, instants + begin, end - begin, at, after_equal);
    return last_position_;
}

template <class Compare>
Index::Place Index::search(const Compare& compare, Group group, const Probe& probe) {
    const std::uint32_t none = begins_[group + 1];
    std::uint32_t before = none, after = none;
    if (search_.direction != Direction::forward) {
        const std::uint32_t behind = position(compare, group, probe.at, search_.allow_exact);
        if (behind > begins_[group] && !(probe.bounded && compare(instants_[behind - 1], probe.lowest) < 0))
            before = behind - 1;
    }
    if (search_.direction != Direction::backward) {
        after = position(compare, group, probe.at, !search_.allow_exact);
        if (after != none && probe.bounded && compare(instants_[after], probe.highest) > 0) after = none;
    }
    if (before != none && after != none && !compare.prefers_before(instants_[before], probe.at, instants_[after]))
        before = after;
    const std::uint32_t found = before != none ? before : after;
    return found != none ? found : no_place;
}

void Index::prefetch(Group group) const {
    const std::int64_t* const begin = instants_.data() + begins_[group];
    const std::int64_t* const end = instants_.data() + begins_[group + 1];
    constexpr std::ptrdiff_t line = 8, most = 4;  // in instants, and in lines
    if (end - begin > most * line) {
        __builtin_prefetch(begin + (end - begin) / 2);
        return;
    }
    for (const std::int64_t* p = begin; p < end; p += line) __builtin_prefetch(p);
    if (begin < end) __builtin_prefetch(end - 1);
}

Index::Place Index::locate(Group group, const Probe& probe) {
    if (group == no_group) return no_place;
    return order_ == nullptr ? search(PlainInstants{}, group, probe) : search(OrderedInstants{order_}, group, probe);
}

void Index::clear() {
    count_ = 0;
    last_group_ = no_group;
    begins_ = Vector<std::uint32_t>(begins_.get_stored_allocator());
    instants_ = Vector<std::int64_t>(instants_.get_stored_allocator());
    rows_ = Vector<Row>(rows_.get_stored_allocator());
}

}  // namespace csagg::asof
