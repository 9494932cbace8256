// Bytes from outside: what validate_history() accepts is read, printed, read back and put together; what it refuses is
// refused as corrupt, and so does every reader.
#include "base/test_arena.hpp"
#include "history/history_algebra.hpp"
#include "history/history_build.hpp"
#include "history/history_text.hpp"

#include <cstdlib>

namespace csagg {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool equal(ByteSpan a, ByteSpan b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// Whether f() is content with the bytes.
template <class F>
bool accepts(F f) {
    try {
        f();
        return true;
    } catch (const Error& e) {
        require(e.code() == Errc::corrupt);
        return false;
    }
}

void look_up(ByteSpan bytes, std::string_view key) {
    std::optional<Fact> whole, piecewise;
    const bool good = accepts([&] { whole = History(bytes).find(key); });
    WholeSource source(bytes);
    // Who reads only a piece may not see what is wrong elsewhere.
    if (!accepts([&] { piecewise = find_fact(source, key); })) require(!good);
    if (good) require(whole.has_value() == piecewise.has_value() && (!whole || equal(whole->bytes, piecewise->bytes)));
}

void check_valid(ByteSpan bytes, Arena& arena) {
    String text{Alloc<char>(arena)};
    print_history(History(bytes), text);
    if (text.find("\\u0000") == String::npos) {
        Bytes again{Alloc<Byte>(arena)};
        parse_history({text.data(), text.size()}, again);
        require(equal(view(again), bytes));
    }
    const History history(bytes);
    for (std::size_t i = 0; i < history.size(); ++i) {
        const auto found = history.find(history[i].key);
        require(found && found->bytes.data() == history[i].bytes.data());
    }
    Bytes passed{Alloc<Byte>(arena)}, nothing{Alloc<Byte>(arena)}, merged{Alloc<Byte>(arena)};
    HistoryLog log = HistoryLog::create(test::grow_in_arena);
    log.add_all(bytes);
    log.finish(passed);
    require(equal(view(passed), bytes));
    HistoryWriter(minus_infinity, arena).finish(nothing);
    merge_histories(view(nothing), bytes, merged);
    require(equal(view(merged), bytes));
}

}  // namespace
}  // namespace csagg

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace csagg;
    test::TestArena arena;
    const test::StateArena use(arena);
    const ByteSpan bytes{data, size};
    look_up(bytes, "plan");
    look_up(bytes, "");
    if (accepts([&] { validate_history(bytes, arena); })) check_valid(bytes, arena);
    return 0;
}
