// A timeline cut by the buckets of a grid: what it was within each, and for how long. Lengths are elapsed time.
#pragma once
#include "base/interrupt.hpp"
#include "grid/grid.hpp"
#include "timeline/algebra.hpp"
#include "value/wide.hpp"

namespace csagg {

/// Goes through a timeline bucket by bucket; what holds as a bucket starts is carried in from before.
class BucketWalk {
public:
    explicit BucketWalk(const Steps& steps) : entries_(view(steps.entries)), kind_(steps.kind) {}

    /// Calls f(value, microseconds) for each stretch of [since, until) that one entry holds, in order, absent ones too.
    /// No `since` is before the last `until`. Errc::datetime_overflow from 2^63 microseconds on.
    template <class F>
    void next(Instant since, Instant until, F f) {
        if (std::int64_t length; __builtin_sub_overflow(until, since, &length)) throw_too_long();
        while (next_ < entries_.size() && entries_[next_].at <= since) ++next_;
        for (Instant from = since; from < until;) {
            const Instant to = next_ < entries_.size() ? std::min(entries_[next_].at, until) : until;
            f(next_ > 0 ? entries_[next_ - 1].value : Value::none(kind_), to - from);
            from = to;
            if (to < until) ++next_;
        }
    }

private:
    [[noreturn]] static void throw_too_long();

    std::span<const Entry> entries_;
    Kind kind_;
    std::size_t next_ = 0;  // the first entry behind what was seen
};

/// What a timeline of numbers was within a bucket. Absent: `first` and `last` where it had no value as the bucket began
/// or just before its end, the others where it had none at all.
struct BucketStats {
    Value first = Value::none(Kind::number), last = first, least = first, greatest = first;
    Wide weighted;             // sum of value x microseconds
    std::int64_t present = 0;  // microseconds with a value

    /// Weighted by time, rounded half away from zero to 18 significant digits. Where there is a value.
    Number mean() const { return divide_rounded(weighted, present); }
};

/// The time that a value held within a bucket.
struct Duration {
    Value value;
    std::int64_t micros;
};

BucketStats bucket_stats(BucketWalk& walk, Instant since, Instant until);
/// By value; absent has none. Replaces what `out` held.
void bucket_durations(BucketWalk& walk, Instant since, Instant until, Vector<Duration>& out);

}  // namespace csagg
