#include "pipeline/folding/id_ranges.hpp"

#include <algorithm>

namespace csagg {
namespace {

/// Whether an id that is not below the range's beginning goes on with it.
bool touches(const IdRange& range, std::int64_t id) { return id <= range.last || id - 1 == range.last; }

}  // namespace

void IdRanges::add(std::int64_t id) {
    if (!ranges_.empty() && id >= ranges_.back().first && touches(ranges_.back(), id))
        ranges_.back().last = std::max(ranges_.back().last, id);
    else
        ranges_.push_back({id, id});
}

const Vector<IdRange>& IdRanges::merged() {
    std::ranges::sort(ranges_, {}, &IdRange::first);
    std::size_t kept = 0;
    for (const IdRange& range : ranges_)
        if (kept > 0 && touches(ranges_[kept - 1], range.first))
            ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
        else
            ranges_[kept++] = range;
    ranges_.erase(ranges_.begin() + std::ptrdiff_t(kept), ranges_.end());
    return ranges_;
}

}  // namespace csagg
