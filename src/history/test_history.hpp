// For tests of histories: what functions write of them, as bytes.
#pragma once
#include "history/history_algebra.hpp"
#include "history/history_twin.hpp"

#include <gtest/gtest.h>

namespace csagg::test {

using namespace csagg::twin;

inline ByteString merged(const ByteString& a, const ByteString& b) {
    return written([&](Bytes& out) { merge_histories(a, b, out); });
}
inline ByteString overlaid(const ByteString& a, const ByteString& b) {
    return written([&](Bytes& out) { overlay_histories(a, b, out); });
}
inline ByteString forgotten(const ByteString& a, Instant horizon) {
    return written([&](Bytes& out) { forget_history_before(a, horizon, out); });
}
inline ByteString one_fact(std::string_view key, const ByteString& fact, Instant known_from = minus_infinity) {
    return written([&](Bytes& out) {
        HistoryWriter writer(known_from, out.get_stored_allocator().arena());
        writer.add({key, fact_kind_of(fact), fact});
        writer.finish(out);
    });
}
inline ByteString bytes_of(const std::optional<Fact>& fact) {
    if (!fact) return {};
    return {fact->bytes.begin(), fact->bytes.end()};
}
inline ByteString fact(const ByteString& history, std::string_view key) {
    return bytes_of(History(ByteSpan(history)).find(key));
}

inline const ByteString empty = encode({});

inline void expect_valid(const ByteString& bytes) {
    test::TestArena arena;
    EXPECT_NO_THROW(validate_history(bytes, arena));
}

}  // namespace csagg::test
