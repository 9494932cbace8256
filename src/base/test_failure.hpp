// For tests: an operation with each of its allocations failing, those of its arena and those of `new` (the texts of
// errors are std::string). Replaces the program's operator new: one file of a test program includes this, a room's
// memory_test.cpp.
#pragma once
#include "base/test_arena.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

namespace csagg::test {

enum class Failing { once, from_then_on };

/// What operator new does.
struct NewSwitch {
    std::size_t count = 0;                   // allocations since it was set
    std::size_t fail_at = TestArena::never;  // number of the one that fails, the first is 0
    Failing failing = Failing::once;
    std::ptrdiff_t live = 0;  // blocks in use

    bool fails() {
        const std::size_t number = count++;
        return failing == Failing::once ? number == fail_at : number >= fail_at;
    }
    void set(std::size_t at, Failing how) { count = 0, fail_at = at, failing = how; }
};
inline NewSwitch new_switch;

/// Runs f(arena) with its first allocation failing, its second, and so on until none does: a std::bad_alloc comes out,
/// or f did without that memory and its answer is right all the same (which f itself checks). Of many allocations some
/// hundred, all of them if CSAGG_SLOW is set. Nothing but the arena's blocks is
/// left, and those are all from it. What f keeps for good, it keeps at its first run.
template <class F>
void fail_every_allocation(F f) {
    const auto run = [&f](std::size_t fail_at, Failing failing) {
        TestArena arena;
        const StateArena states(arena);
        new_switch.set(fail_at, failing);
        try {
            f(arena);
        } catch (const std::bad_alloc&) {
            EXPECT_GT(new_switch.count, fail_at);
        } catch (...) {
            new_switch.set(TestArena::never, Failing::once);
            throw;
        }
        const std::size_t count = new_switch.count;
        new_switch.set(TestArena::never, Failing::once);
        return count;
    };
    const std::size_t allocations = run(TestArena::never, Failing::once);
    ASSERT_GT(allocations, 0U) << "nothing was allocated, so nothing was tested";
    const char* const slow = std::getenv("CSAGG_SLOW");
    const std::size_t most = slow != nullptr && *slow != '\0' ? 100'000 : 300;
    const std::size_t stride = allocations / most + 1;
    for (const Failing failing : {Failing::once, Failing::from_then_on})
        for (std::size_t fail_at = 0; fail_at < allocations; fail_at += stride) {
            const std::ptrdiff_t before = new_switch.live;
            run(fail_at, failing);
            ASSERT_EQ(new_switch.live, before)
                << "allocation " << fail_at << " of " << allocations << " leaves something behind";
        }
}

}  // namespace csagg::test

// NOLINTBEGIN: replaced for the whole program. All forms but those for larger alignments: under AddressSanitizer the
// others would not call the first one. Not inlined, or GCC sees free() on what it takes for the library's own new.
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    void* const p = csagg::test::new_switch.fails() ? nullptr : std::malloc(bytes != 0 ? bytes : 1);
    if (p != nullptr) ++csagg::test::new_switch.live;
    return p;
}
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    void* const p = operator new(bytes, std::nothrow);
    if (p == nullptr) throw std::bad_alloc{};
    return p;
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return operator new(bytes); }
[[gnu::noinline]] void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
    return operator new(bytes, std::nothrow);
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    if (p != nullptr) --csagg::test::new_switch.live;
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { operator delete(p); }
[[gnu::noinline]] void operator delete(void* p, const std::nothrow_t&) noexcept { operator delete(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { operator delete(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { operator delete(p); }
[[gnu::noinline]] void operator delete[](void* p, const std::nothrow_t&) noexcept { operator delete(p); }
// NOLINTEND
