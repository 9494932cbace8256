// Every allocation of the index of an as-of join fails once.
#include "base/test_failure.hpp"

#include "asof/core/asof.hpp"

namespace csagg::asof {
namespace {

TEST(Memory, IndexSurvivesThatItRunsOut) {
    constexpr auto any = [](Group) { return true; };
    const int payload = 7;
    test::fail_every_allocation([&](Arena& arena) {
        Groups groups(arena);
        Index index(arena, {}, nullptr, sizeof payload);
        for (int i = 0; i < 3000; ++i)
            index.add(groups.find_or_add(std::uint64_t(i % 700), any), 3000 - i, reinterpret_cast<Payload>(&payload));
        index.sort(nullptr);
        for (Group group = 0; group < 700; ++group) EXPECT_NE(index.find(group, {4000}), nullptr);
        Bytes image(index.image_bytes(), 0, arena);
        index.write_image(image.data());
        Index adopted(arena, {}, nullptr, sizeof payload);
        EXPECT_EQ(adopted.adopt(image.data()), 0u);
        EXPECT_NE(adopted.find(699, {4000}), nullptr);
    });
}

}  // namespace
}  // namespace csagg::asof
