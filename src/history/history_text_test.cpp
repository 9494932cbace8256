#include "history/history_text.hpp"

#include "history/history_twin.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using namespace csagg::twin;

ByteString parsed(std::string_view text) {
    return written([=](Bytes& out) { parse_history(text, out); });
}
template <class Print>
std::string text_of(const ByteString& bytes, Print print) {
    test::TestArena arena;
    String text{Alloc<char>(arena)};
    print(History(ByteSpan(bytes)), text);
    return {text.data(), text.size()};
}
std::string printed(const ByteString& bytes) { return text_of(bytes, print_history); }
std::string json(const ByteString& bytes) { return text_of(bytes, print_history_json); }

void expect_unreadable(std::string_view text, Errc code = Errc::invalid_text) {
    try {
        parsed(text);
        ADD_FAILURE() << text;
    } catch (const Error& e) {
        EXPECT_EQ(e.code(), code) << text << ": " << e.what();
    }
}

TEST(HistoryText, reads_back_as_the_same_bytes) {
    Random random(1);
    for (int i = 0; i < 1000; ++i) {
        const ByteString bytes = random.history();
        const std::string text = printed(bytes);
        ASSERT_EQ(parsed(text), bytes) << text;
    }
}

TEST(HistoryText, is_readable) {
    const std::string_view plain =
        R"({"login": counter {2025-01-03 09:00:00+00}, "plan": text {2025-01-03 00:00:00+00 = "gold"}})";
    EXPECT_EQ(printed(parsed(plain)), plain);
    EXPECT_EQ(printed(parsed(" {\"plan\"\n:text{2025-01-03=\"gold\"},\"login\":counter{2025-01-03T09:00Z}}\t")), plain);
    EXPECT_EQ(printed(parsed("{}")), "{}");
    EXPECT_EQ(printed(parsed(R"({"a \"b\"\\\u0001": boolean {}})")), R"({"a \"b\"\\\u0001": boolean {}})");
    // The horizon of the history holds for the facts.
    EXPECT_EQ(
        printed(parsed(R"(known from 2025-01-01 {"plan": text {2024-01-01 = "gold"}, "login": counter {2024-01-01}})")),
        R"(known from 2025-01-01 00:00:00+00 {"login": counter forgotten before 2025-01-01 00:00:00+00 {}, )"
        R"("plan": text known from 2025-01-01 00:00:00+00 {2024-01-01 00:00:00+00 = "gold"}})");
    EXPECT_EQ(printed(parsed("known from -infinity {}")), "{}");
}

TEST(HistoryText, is_json_on_demand) {
    EXPECT_EQ(json(parsed(R"({"login": counter {2025-01-03 09:00:00+00}, "a\"": boolean {2025-01-03 = true}})")),
              R"({"facts": {"a\"": {"kind": "boolean", "entries": [{"at": "2025-01-03 00:00:00+00", "value": true}]}, )"
              R"("login": {"events": [{"at": "2025-01-03 09:00:00+00", "events": 1, "total": 1}]}}})");
    EXPECT_EQ(json(parsed("known from 2025-01-01 {}")), R"({"known_from": "2025-01-01 00:00:00+00", "facts": {}})");
}

TEST(HistoryText, refuses_what_it_cannot_read) {
    for (const char* text : {"",
                             "{",
                             "}",
                             "{}}",
                             "{} x",
                             "[]",
                             "{plan: text {}}",
                             "{\"plan\" text {}}",
                             "{\"plan\": }",
                             "{\"plan\": gold}",
                             "{\"plan\": text {}, }",
                             "{\"plan\": text {} \"login\": counter {}}",
                             "{\"plan\": history {}}",
                             "{\"plan\": text {}, \"plan\": text {}}",
                             "{\"plan\": text {}, \"plan\": counter {}}",
                             "{\"plan: text {}}",
                             "known from {}",
                             "known from 2025-01-01",
                             "known {}",
                             "{\"plan\": text {2025-01-01 = gold}}",
                             "{\"a\": {}}",
                             "{\"a\": counter {\"plan\": text {}}}"})
        expect_unreadable(text);
    expect_unreadable("known from infinity {}", Errc::datetime_overflow);
    expect_unreadable("{\"" + std::string(1001, 'k') + "\": text {}}", Errc::invalid_parameter);
}

}  // namespace
}  // namespace csagg
