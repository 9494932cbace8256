#include "value/value.hpp"

#include "base/test_arena.hpp"
#include "base/test_error.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace csagg {
namespace {

using test::code_of;
using test::TestArena;

template <class Print>
std::string printed(Print print) {
    TestArena arena;
    String out(arena);
    print(out);
    return {out.data(), out.size()};
}
std::string instant_text(Instant at) {
    return printed([at](String& out) { print_instant(at, out); });
}
std::string date_text(Date date) {
    return printed([date](String& out) { print_date(date, out); });
}

Instant instant_of(std::string_view text) {
    const Instant at = parse_instant(text);
    EXPECT_EQ(text, "");
    return at;
}
Date date_of(std::string_view text) {
    const Date date = parse_date(text);
    EXPECT_EQ(text, "");
    return date;
}
Errc instant_error(std::string_view text) {
    return code_of([text]() mutable { parse_instant(text); });
}
Errc date_error(std::string_view text) {
    return code_of([text]() mutable { parse_date(text); });
}

TEST(InstantTest, PrintsAsPostgreSQLDoesInUTC) {
    EXPECT_EQ(instant_text(0), "2000-01-01 00:00:00+00");
    EXPECT_EQ(instant_text(-1), "1999-12-31 23:59:59.999999+00");
    EXPECT_EQ(instant_text(250000), "2000-01-01 00:00:00.25+00");
    EXPECT_EQ(instant_text(60000), "2000-01-01 00:00:00.06+00");
    EXPECT_EQ(instant_text(minus_infinity), "-infinity");
    EXPECT_EQ(instant_text(plus_infinity), "infinity");
    // The same literals cast to timestamptz in PostgreSQL 15.
    EXPECT_EQ(instant_text(first_instant), "4714-11-24 00:00:00+00 BC");
    EXPECT_EQ(instant_text(last_instant), "294276-12-31 23:59:59.999999+00");
    EXPECT_EQ(instant_text(-63113904000000000), "0001-01-01 00:00:00+00 BC");
    EXPECT_EQ(instant_text(-63082281600000000), "0001-01-01 00:00:00+00");
    EXPECT_EQ(instant_text(5097600000000), "2000-02-29 00:00:00+00");
}

TEST(InstantTest, ReadsWhatItPrints) {
    std::mt19937_64 random(4);
    std::vector<Instant> instants = {
        minus_infinity, plus_infinity, first_instant, first_instant + 1, last_instant, 0, -1, 1};
    for (int i = 0; i < 5000; ++i) {
        const auto span = std::uint64_t(last_instant) - std::uint64_t(first_instant);
        const std::uint64_t unit[] = {1, 1000, 1000000, 86400000000};
        const std::uint64_t step = unit[random() % 4];
        instants.push_back(Instant(std::uint64_t(first_instant) + random() % span / step * step));
        instants.push_back(Instant(random() % (200 * std::uint64_t(micros_per_day))) - 100 * micros_per_day);
    }
    for (const Instant at : instants) ASSERT_EQ(instant_of(instant_text(at)), at) << instant_text(at);
}

TEST(InstantTest, ReadsOtherFormsOfIso) {
    const Instant expected = instant_of("2025-01-31 09:30:00+00");
    for (const char* text :
         {"2025-01-31T09:30:00Z", "2025-01-31 09:30", "2025-01-31 09:30:00", "2025-01-31 18:30:00+09",
          "2025-01-31 15:00:00+05:30", "2025-01-31 00:00:00-09:30", "2025-01-31 09:30:00.000000000+00"})
        EXPECT_EQ(instant_of(text), expected) << text;
    EXPECT_EQ(instant_of("2025-01-31"), expected - 34200 * micros_per_second);
    EXPECT_EQ(instant_of("2025-01-31 24:00:00"), instant_of("2025-02-01"));
    EXPECT_EQ(instant_of("0044-03-15 12:00:00+00 BC"), instant_of("0044-03-15 BC") + micros_per_day / 2);
    std::string_view followed = "2025-01-31 = 5";
    EXPECT_EQ(parse_instant(followed), instant_of("2025-01-31"));
    EXPECT_EQ(followed, " = 5");
}

TEST(InstantTest, RefusesWhatIsNoInstant) {
    for (const char* text : {"",
                             "now",
                             "2025",
                             "2025-1-1",
                             "2025-13-01",
                             "2025-00-01",
                             "2025-02-29",
                             "1900-02-29",
                             "2025-01-32",
                             "2025-01-00",
                             "0000-01-01",
                             "2025-01-31 25:00",
                             "2025-01-31 24:00:01",
                             "2025-01-31 09:60",
                             "2025-01-31 09:30:60",
                             "2025-01-31 09:30:00.",
                             "2025-01-31 09:30:00.1234567",
                             "2025-01-31 09:30:00+16",
                             "2025-01-31 09:30:00+09:60",
                             "2025-01-31 09:30:00+9"})
        EXPECT_EQ(instant_error(text), Errc::invalid_text) << text;
    EXPECT_EQ(instant_of("0005-02-29 BC"), instant_of("0005-03-01 BC") - micros_per_day);  // 5 BC is a leap year
    EXPECT_EQ(instant_error("0004-02-29 BC"), Errc::invalid_text);
    for (const char* text : {"4714-11-23 23:59:59 BC", "4714-11-24 00:00:00+01 BC", "294277-01-01",
                             "294276-12-31 23:59:59-01", "9999999-01-01", "9999999-01-01 BC"})
        EXPECT_EQ(instant_error(text), Errc::datetime_overflow) << text;
}

TEST(InstantTest, ChecksWhatMayBeAnEntrysInstant) {
    for (const Instant at : {minus_infinity, first_instant, Instant(0), last_instant})
        EXPECT_NO_THROW(check_instant(at));
    for (const Instant at : {plus_infinity, minus_infinity + 1, first_instant - 1, last_instant + 1})
        EXPECT_EQ(code_of([at] { check_instant(at); }), Errc::datetime_overflow);
}

TEST(DateTest, PrintsAndReads) {
    EXPECT_EQ(date_text(0), "2000-01-01");
    EXPECT_EQ(date_text(minus_infinity_date), "-infinity");
    EXPECT_EQ(date_text(plus_infinity_date), "infinity");
    EXPECT_EQ(date_text(first_date), "4714-11-24 BC");
    EXPECT_EQ(date_text(last_date), "5874897-12-31");
    EXPECT_EQ(date_of("infinity"), plus_infinity_date);
    EXPECT_EQ(date_of("-infinity"), minus_infinity_date);
    for (const char* text : {"2025-02-30", "yesterday", "2025-01", "0000-05-05"})
        EXPECT_EQ(date_error(text), Errc::invalid_text);
    for (const char* text : {"5874898-01-01", "4714-11-23 BC"}) EXPECT_EQ(date_error(text), Errc::datetime_overflow);
    std::mt19937_64 random(5);
    for (int i = 0; i < 20000; ++i) {
        const Date date =
            i % 2 != 0
                ? Date(random() % 2000000) - 1000000
                : Date(first_date + std::int64_t(random() % std::uint64_t(std::int64_t(last_date) - first_date + 1)));
        ASSERT_EQ(date_of(date_text(date)), date);
    }
}

TEST(DateTest, AgreesWithTheStandardLibrarysCalendar) {
    using namespace std::chrono;
    const sys_days origin = year(2000) / 1 / 1;
    for (Date date = -800000; date < 800000; date += 7) {
        const year_month_day civil(origin + days(date));
        const int y = int(civil.year());
        char expected[40];
        std::snprintf(expected, sizeof expected, "%04d-%02u-%02u%s", y <= 0 ? 1 - y : y, unsigned(civil.month()),
                      unsigned(civil.day()), y <= 0 ? " BC" : "");
        ASSERT_EQ(date_text(date), expected);
    }
}

TEST(Values, KindsHaveNames) {
    EXPECT_STREQ(kind_name(Kind::boolean), "boolean");
    EXPECT_STREQ(kind_name(Kind::time), "time");
    for (const Kind kind : {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time})
        EXPECT_TRUE(is_kind(Byte(kind)));
    EXPECT_FALSE(is_kind(0));
    EXPECT_FALSE(is_kind(6));
    EXPECT_NO_THROW(require_kind(Kind::text, Kind::text, "x"));
    EXPECT_EQ(code_of([] { require_kind(Kind::text, Kind::date, "x"); }), Errc::kind_mismatch);
}

TEST(Values, AbsentRanksLowestAndTextComparesByBytes) {
    const std::vector<std::vector<Value>> ascending = {
        {Value::none(Kind::boolean), Value::of(false), Value::of(true)},
        {Value::none(Kind::number), Value::of(Number{-999'999'999'999'999'999, 0}), Value::of(Number{-1, 36}),
         Value::of(Number{0, 0}), Value::of(Number{999'999'999'999'999'999, 18}), Value::of(Number{1, 0}),
         Value::of(Number{15, 1}), Value::of(Number{2, 0})},
        {Value::none(Kind::text), Value::of(std::string_view("")), Value::of(std::string_view("Z")),
         Value::of(std::string_view("a")), Value::of(std::string_view("aa")), Value::of(std::string_view("\xC3\xA4"))},
        {Value::none(Kind::date), Value::of_date(minus_infinity_date), Value::of_date(-1), Value::of_date(0),
         Value::of_date(plus_infinity_date)},
        {Value::none(Kind::time), Value::of_time(minus_infinity), Value::of_time(0), Value::of_time(plus_infinity)},
    };
    for (const auto& values : ascending)
        for (std::size_t i = 0; i < values.size(); ++i)
            for (std::size_t j = 0; j < values.size(); ++j) {
                EXPECT_EQ(compare(values[i], values[j]), i <=> j);
                EXPECT_EQ(same(values[i], values[j]), i == j);
            }
}

std::string literal(const Value& value) {
    return printed([&](String& out) { print_literal(value, out); });
}
std::string json(const Value& value) {
    return printed([&](String& out) { print_json(value, out); });
}

TEST(Values, LiteralsAndJson) {
    EXPECT_EQ(literal(Value::none(Kind::date)), "null");
    EXPECT_EQ(literal(Value::of(true)), "true");
    EXPECT_EQ(literal(Value::of(Number{-125, 1})), "-12.5");
    EXPECT_EQ(literal(Value::of(std::string_view("null"))), "\"null\"");
    EXPECT_EQ(literal(Value::of_date(31)), "2000-02-01");
    EXPECT_EQ(literal(Value::of_time(0)), "2000-01-01 00:00:00+00");
    EXPECT_EQ(json(Value::none(Kind::text)), "null");
    EXPECT_EQ(json(Value::of(false)), "false");
    EXPECT_EQ(json(Value::of(Number{5, 3})), "0.005");
    EXPECT_EQ(json(Value::of(std::string_view("a\"b"))), "\"a\\\"b\"");
    EXPECT_EQ(json(Value::of_date(plus_infinity_date)), "\"infinity\"");
    EXPECT_EQ(json(Value::of_time(0)), "\"2000-01-01 00:00:00+00\"");
}

TEST(Values, LiteralsComeBack) {
    std::mt19937_64 random(6);
    std::vector<Value> values = {Value::of(true),
                                 Value::of(false),
                                 Value::of_date(plus_infinity_date),
                                 Value::of_date(first_date),
                                 Value::of_time(minus_infinity),
                                 Value::of_time(last_instant)};
    for (const Kind kind : {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time})
        values.push_back(Value::none(kind));
    std::vector<std::string> texts = {
        "", "null", "\"", "\\", "\\u0041", "a\tb\nc\rd\be\ff", "\x01\x1F\x7F", "\xC3\xA4\xE2\x82\xAC", "}, {"};
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (std::size_t n = random() % 20; text.size() < n;) text.push_back(char(1 + random() % 255));
        texts.push_back(text);
    }
    for (const std::string& text : texts) values.push_back(Value::of(std::string_view(text)));
    for (int i = 0; i < 300; ++i)
        values.push_back(Value::of(Number::normalized(
            std::int64_t(random() % 1'999'999'999'999'999'999) - 999'999'999'999'999'999, int(random() % 37))));
    for (const Value& value : values) {
        TestArena arena;
        const std::string text = literal(value) + ", rest";
        std::string_view rest = text;
        const Value again = parse_literal(value.kind, rest, arena);
        EXPECT_EQ(again.kind, value.kind);
        EXPECT_TRUE(same(again, value)) << text;
        EXPECT_EQ(rest, ", rest");
    }
}

TEST(Values, QuotedTextReadsTheEscapesOfJson) {
    TestArena arena;
    auto read = [&arena](std::string_view text) { return std::string(parse_quoted(text, arena)); };
    EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(read(R"("\u0041\u00e4\u00E4\u20AC\uFFFD")"), "A\xC3\xA4\xC3\xA4\xE2\x82\xAC\xEF\xBF\xBD");
    for (const char* text : {"", "x", "\"", "\"abc", "\"abc\\", "\"\\x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\uDFFF\"",
                             "\"\\u12\"", "\"\\u12g4\"", "\"\\u\x11\x10\x14\x11\"", "\"\\u"})
        EXPECT_EQ(code_of([&] { read(text); }), Errc::invalid_text) << text;
}

TEST(Values, UnreadableLiteralsAreErrors) {
    TestArena arena;
    auto error = [&arena](Kind kind, std::string_view text) {
        return code_of([&] { parse_literal(kind, text, arena); });
    };
    EXPECT_EQ(error(Kind::boolean, "1"), Errc::invalid_text);
    EXPECT_EQ(error(Kind::boolean, ""), Errc::invalid_text);
    EXPECT_EQ(error(Kind::number, "gold"), Errc::invalid_text);
    EXPECT_EQ(error(Kind::number, "1.2.3"), Errc::invalid_text);
    EXPECT_EQ(error(Kind::number, "1234567890123456789"), Errc::out_of_range);
    EXPECT_EQ(error(Kind::text, "gold"), Errc::invalid_text);
    EXPECT_EQ(error(Kind::date, "\"2025-01-01\""), Errc::invalid_text);
    EXPECT_EQ(error(Kind::time, "300000-01-01"), Errc::datetime_overflow);
}

}  // namespace
}  // namespace csagg
