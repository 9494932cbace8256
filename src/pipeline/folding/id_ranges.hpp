// Which ids were read: as few ranges as there are.
#pragma once
#include "base/memory.hpp"

#include <cstdint>

namespace csagg {

/// Both ends are in it.
struct IdRange {
    std::int64_t first, last;
    friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// Ids in any order, each any number of times; rising ones take no more room than their gaps.
class IdRanges {
public:
    explicit IdRanges(Arena& arena) : ranges_(arena) {}
    void add(std::int64_t id);
    /// In order, with a gap between any two.
    const Vector<IdRange>& merged();

private:
    Vector<IdRange> ranges_;
};

}  // namespace csagg
