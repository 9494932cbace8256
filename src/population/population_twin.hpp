// For tests and benchmarks: a grid in UTC, timelines in memory, and counting as plainly as the model says it.
#pragma once
#include "grid/zone_twin.hpp"
#include "population/count.hpp"

#include <memory>
#include <string>
#include <vector>

namespace csagg::twin {

inline Arena& heap() { return *std::pmr::new_delete_resource(); }

/// Blocks of states; freed when the program ends.
inline void* grow(void* old, std::size_t used, std::size_t bytes) {
    static std::vector<std::unique_ptr<std::uint64_t[]>> blocks;
    blocks.push_back(std::make_unique<std::uint64_t[]>(bytes / 8 + 1));
    if (used > 0) {
        std::memcpy(blocks.back().get(), old, used);
        std::memset(old, 0xA5, used);  // nothing may rely on what was there
    }
    return blocks.back().get();
}

inline const Calendar& utc() {
    static const Zone zone({}, "UTC");
    return zone;
}

/// Buckets of one day from 2025-01-01 on.
struct DayGrid {
    Bytes bytes{heap()};
    Grid grid;

    explicit DayGrid(int days, Snapshot snapshot = Snapshot::end) : grid(make(days, snapshot)) {}

private:
    Grid make(int days, Snapshot snapshot) {
        GridSpec spec;
        spec.start = first_day;
        spec.until = first_day + days * micros_per_day;
        spec.step.days = 1;
        spec.snapshot = snapshot;
        spec.zone = "UTC";
        encode_grid(spec, bytes);
        return Grid(spec, utc(), heap());
    }

public:
    static constexpr Instant first_day = 9132 * micros_per_day;
};

struct Log {
    Kind kind;
    Instant known_from = minus_infinity;
    std::vector<Entry> entries;

    std::vector<Byte> encode() const {
        Bytes bytes(heap());
        encode_timeline(kind, entries, known_from, bytes);
        return {bytes.begin(), bytes.end()};
    }
    Value at(Instant t) const {
        Value found = Value::none(kind);
        if (t < known_from) return found;
        for (const Entry& e : entries)
            if (e.at <= t) found = e.value;
        return found;
    }
};

}  // namespace csagg::twin
