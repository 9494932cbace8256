#include "timeline/stats.hpp"

#include "base/sort.hpp"

namespace csagg {

void BucketWalk::throw_too_long() { throw Error(Errc::datetime_overflow, "bucket is longer than 2^63 microseconds"); }

BucketStats bucket_stats(BucketWalk& walk, Instant since, Instant until) {
    BucketStats stats;
    bool begun = false;
    walk.next(since, until, [&](const Value& value, std::int64_t micros) {
        if (!begun) stats.first = value;
        begun = true;
        stats.last = value;
        if (value.absent) return;
        const Number number = value.number();
        if (stats.present == 0 || number < stats.least.number()) stats.least = value;
        if (stats.present == 0 || number > stats.greatest.number()) stats.greatest = value;
        stats.weighted.add(number, micros);
        stats.present += micros;
    });
    return stats;
}

void bucket_durations(BucketWalk& walk, Instant since, Instant until, Vector<Duration>& out) {
    out.clear();
    walk.next(since, until, [&out](const Value& value, std::int64_t micros) {
        if (!value.absent) out.push_back({value, micros});
        if (out.size() % 4096 == 4095) check_interrupts();
    });
    csagg::sort(out.begin(), out.end(),
                [](const Duration& a, const Duration& b) { return compare(a.value, b.value) < 0; });
    std::size_t kept = 0;
    for (const Duration& d : out) {
        if (kept > 0 && same(out[kept - 1].value, d.value))
            out[kept - 1].micros += d.micros;
        else
            out[kept++] = d;
    }
    out.resize(kept, Duration{Value::none(Kind::number), 0});
}

}  // namespace csagg
