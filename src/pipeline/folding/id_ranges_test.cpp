#include "pipeline/folding/id_ranges.hpp"

#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <vector>

namespace csagg {
namespace {

std::vector<IdRange> merged(const std::vector<std::int64_t>& ids) {
    test::TestArena arena;
    IdRanges ranges(arena);
    for (const std::int64_t id : ids) ranges.add(id);
    const auto& result = ranges.merged();
    return {result.begin(), result.end()};
}

std::vector<IdRange> one_by_one(const std::vector<std::int64_t>& ids) {
    std::vector<IdRange> result;
    for (const std::int64_t id : std::set<std::int64_t>(ids.begin(), ids.end()))
        if (!result.empty() && result.back().last + 1 == id)
            result.back().last = id;
        else
            result.push_back({id, id});
    return result;
}

TEST(IdRanges, are_those_of_the_set_of_ids) {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::int64_t> ids;
        std::int64_t id = 0;
        for (unsigned n = random() % 40; n > 0; --n)
            ids.push_back(random() % 4 ? id = id + 1 : id = std::int64_t(random() % 60) - 20);
        EXPECT_EQ(merged(ids), one_by_one(ids));
    }
}

TEST(IdRanges, reach_to_both_ends_of_bigint) {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                           most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(merged({most, least, most - 1, least + 1, most, least}),
              (std::vector<IdRange>{{least, least + 1}, {most - 1, most}}));
    EXPECT_EQ(merged({most, least}), (std::vector<IdRange>{{least, least}, {most, most}}));
}

}  // namespace
}  // namespace csagg
