// Calendar buckets, built once and then only read.
//
// Bucket i is [starts()[i], starts()[i + 1]). Where the clocks skip a whole day (Samoa, 2011-12-30) a bucket is empty.
// Its closing value is what a timeline holds at closing(i): the last microsecond before the next bucket, or with
// Snapshot::start the bucket's first. So one comparison, at <= closing(i), says whether the bucket sees an entry.
#pragma once
#include "grid/spec.hpp"
#include "value/number.hpp"

#include <span>

namespace csagg {

class Grid {
public:
    static constexpr std::size_t max_buckets = 1'000'000;

    /// Checks and builds. Errors as check_grid.
    Grid(const GridSpec& spec, const Calendar& calendar, Arena& arena);

    /// Number of buckets; 0 if the grid ends where it starts.
    std::size_t size() const { return labels_.size(); }
    Snapshot snapshot() const { return snapshot_; }

    /// Local wall-clock start of bucket i: what SQL calls `bucket`.
    LocalTime label(std::size_t i) const { return labels_[i]; }
    /// Start of bucket i; of i == size(), the end of the last one.
    Instant starts_at(std::size_t i) const { return starts_[i]; }
    /// Where bucket i ends and the next one starts.
    Instant ends_at(std::size_t i) const { return starts_[i + 1]; }
    /// size() + 1 instants, non-decreasing.
    std::span<const Instant> starts() const { return {starts_.data(), starts_.size()}; }
    /// The instant whose value is the bucket's value.
    Instant closing(std::size_t i) const { return starts_[i + lead_] - Instant(lead_); }

    /// The first bucket whose closing value sees an entry at `at`, i.e. the number of buckets that do not see it;
    /// size() if none does. -infinity is seen by all.
    [[gnu::always_inline]] std::size_t bucket_of(Instant at) const {
        if (at <= first_closing_) return 0;
        if (at > last_closing_) return size();
        const Instant sought = at + Instant(lead_);
        const Instant* const starts = starts_.data();
        std::size_t i = even_place(at);
        if (!even_ || starts[i] >= sought || starts[i + 1] < sought) [[unlikely]]
            i = place_before(sought);
        return i + 1 - lead_;
    }

private:
    void add_irregular(const GridSpec& spec, std::size_t n, const Calendar& calendar);
    void add_regular(const GridSpec& spec, std::size_t n, const Calendar& calendar);
    /// The bucket that contains `at`, which is in [front, back]; of the grid's end, the last.
    std::size_t search(Instant at) const;
    /// The last bucket that starts before `at`, which is in (front, back].
    std::size_t place_before(Instant at) const;
    /// About the bucket that contains `at`, which is in [front, back]: if steps are nearly even, it is that one or
    /// beside it. Below size(), since steps_per_micro_ is rounded down.
    std::size_t even_place(Instant at) const {
        const std::uint64_t distance = std::uint64_t(at) - std::uint64_t(starts_.front());
        return std::size_t(Uint128(distance) * steps_per_micro_ >> 64);
    }
    /// Whether each boundary is where even steps would put it, or beside.
    bool is_about_even() const;

    Vector<LocalTime> labels_;
    Vector<Instant> starts_;
    Snapshot snapshot_;
    std::size_t lead_;  // 1 if a bucket closes with the start of the next, 0 if with its own
    Instant first_closing_ = plus_infinity;
    Instant last_closing_ = minus_infinity;
    std::uint64_t steps_per_micro_ = 0;  // as a fraction of 2^64
    bool even_;                          // about
};

}  // namespace csagg
