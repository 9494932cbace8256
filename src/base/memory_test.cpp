// The test of failing allocations can itself fail.
#include "base/test_failure.hpp"

#include <gtest/gtest-spi.h>

namespace csagg::test {
namespace {

int* kept = nullptr;

TEST(Memory, WhatIsLeftBehindByAFailureIsSeen) {
    EXPECT_FATAL_FAILURE(fail_every_allocation([](Arena& arena) {
                             kept = new int(1);
                             arena.deallocate(arena.allocate(8, 8), 8, 8);
                             delete kept;
                             kept = nullptr;
                         }),
                         "leaves something behind");
    delete kept;
}

TEST(Memory, AnOperationWithoutAllocationsTestsNothing) {
    EXPECT_FATAL_FAILURE(fail_every_allocation([](Arena&) {}), "nothing was tested");
}

TEST(Memory, WhatIsOwnedIsGone) {
    fail_every_allocation([](Arena& arena) {
        const std::string text(100, 'x');
        const Bytes bytes(100, Byte(1), arena);
        EXPECT_EQ(text.size(), bytes.size());
    });
}

}  // namespace
}  // namespace csagg::test
