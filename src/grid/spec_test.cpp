#include "grid/test_grid.hpp"

namespace csagg {
namespace {

using namespace test;
using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

TEST(GridText, ReadsWhatItPrints) {
    const char* texts[] = {
        "[2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in UTC",
        "[2025-01-01 00:00:00, 2027-01-01 00:00:00) every 3 months in Europe/Berlin at start",
        "[2025-10-26 00:00:00+00, 2025-10-26 02:00:00+00) every 15 minutes in Europe/Berlin",
        "[2025-10-26 02:00:00.5+00, 2025-10-26 04:00:00.000001+00) every 1500001 microseconds in Europe/Berlin",
        "[0044-03-15 00:00:00 BC, 0044-03-16 00:00:00 BC) every 2 days in UTC",
        "[0044-03-15 00:00:00+00 BC, 0044-03-16 00:00:00+00 BC) every 36 hours in UTC",
        "[2025-01-01 00:00:00, 2025-01-01 00:00:00) every 7 days in Pacific/Apia",
        "[2025-01-01 00:00:00+00, 2025-01-01 00:00:00+00) every 90 seconds in UTC",
        "[2025-01-01 00:00:00, 2025-01-29 00:00:00, 2025-02-26 00:00:00, 2025-04-02 00:00:00) in Europe/Berlin",
        "[0044-03-15 00:00:00 BC, 2025-01-01 00:00:00) in UTC at start",
    };
    for (const std::string text : texts) {
        const GridSpec spec = twin::parse(text, known_calendar);
        EXPECT_EQ(text_of(spec), text);
        Bytes bytes(heap());
        encode_grid(spec, bytes);
        EXPECT_TRUE(decode_grid({bytes.data(), bytes.size()}) == spec) << text;
        EXPECT_EQ(check_grid(spec, known_calendar(spec.zone)), grid_of(spec).size());
    }
}

TEST(GridText, ReadsOtherSpellings) {
    EXPECT_EQ(text_of(twin::parse("  [ 2025-01-01,2026-01-01T12:00 )  every 2 weeks\nin UTC at end ", known_calendar)),
              "[2025-01-01 00:00:00, 2026-01-01 12:00:00) every 14 days in UTC");
    EXPECT_EQ(text_of(twin::parse("[2025-01-01,2026-01-01) every 1 year in UTC", known_calendar)),
              "[2025-01-01 00:00:00, 2026-01-01 00:00:00) every 12 months in UTC");
    // Local times, or instants by any offset.
    const char* const hours = "[2025-10-26 01:00:00+00, 2025-10-26 03:00:00+00) every 1 hour in Europe/Berlin";
    for (const char* text : {"[2025-10-26 02:00, 2025-10-26 04:00:00) every 1 hour in Europe/Berlin",
                             "[2025-10-26T01:00Z, 2025-10-26 05:00+02) every 1 hour in Europe/Berlin",
                             "[2025-10-25 23:30-01:30, 2025-10-26 03:00+00:00) every 1 hour in Europe/Berlin"})
        EXPECT_EQ(text_of(twin::parse(text, known_calendar)), hours) << text;
    EXPECT_EQ(text_of(twin::parse("[2025-10-26+00, 2025-10-26-02) every 1 hour in Europe/Berlin", known_calendar)),
              "[2025-10-26 00:00:00+00, 2025-10-26 02:00:00+00) every 1 hour in Europe/Berlin");
}

TEST(GridText, NeedsNoZone) {
    // It has a name and local arithmetic, and nothing else.
    class Unknown final : public Calendar {
    public:
        Unknown() : Calendar("Mars/Olympus", heap()) {}

    private:
        Boundary next_boundary(Instant) const override { throw Error(Errc::invalid_parameter, "unknown zone"); }
        LocalTime add_months(LocalTime start, std::int32_t months) const override {
            return twin::add_months(start, months);
        }
    };
    static const Unknown unknown;
    const CalendarSource source = +[](std::string_view) -> const Calendar& { return unknown; };
    for (const std::string text :
         {"[2025-01-01 00:00:00, 2027-01-01 00:00:00) every 1 day in Mars/Olympus",
          "[2025-01-31 00:00:00, 2027-01-01 00:00:00) every 3 months in Mars/Olympus at start",
          "[2025-10-26 00:00:00+00, 2025-10-26 02:00:00+00) every 15 minutes in Mars/Olympus"}) {
        const GridSpec spec = twin::parse(text, source);
        EXPECT_EQ(text_of(spec), text);
        expect_error(Errc::invalid_parameter, [&] { Grid(spec, unknown, heap()); });
    }
    expect_error(Errc::invalid_parameter,
                 [&] { twin::parse("[2025-01-01, 2027-01-01) every 1 hour in Mars/Olympus", source); });
    expect_error(Errc::limit_exceeded,
                 [&] { twin::parse("[2025-01-01+00, 2027-01-01+00) every 1 second in Mars/Olympus", source); });
    expect_error(Errc::invalid_parameter,
                 [&] { twin::parse("[2025-01-01, 2024-01-01) every 1 day in Mars/Olympus", source); });
}

TEST(GridText, RefusesWhatItCannotRead) {
    const char* texts[] = {
        "",
        "[",
        "nonsense",
        "[2025-01-01, 2026-01-01)",
        "[2025-01-01, 2026-01-01, 2027-01-01) every 1 day in UTC",
        "[2025-01-01, , 2027-01-01) in UTC",
        "[2025-01-01, 2026-01-01] every 1 day in UTC",
        "[2025-01-01 2026-01-01) every 1 day in UTC",
        "[2025-13-01, 2026-01-01) every 1 day in UTC",
        "[2025-01-01x, 2026-01-01) every 1 day in UTC",
        "[2025-01-01, 2026-01-01) every day in UTC",
        "[2025-01-01, 2026-01-01) every 1.5 days in UTC",
        "[2025-01-01, 2026-01-01) every 1 fortnight in UTC",
        "[2025-01-01, 2026-01-01) every 99999999999999999999 days in UTC",
        "[2025-01-01, 2026-01-01) every 1 day in ",
        "[2025-01-01, 2026-01-01) every 1 day in UTC at",
        "[2025-01-01, 2026-01-01) every 1 day in UTC at noon",
        "[2025-01-01, 2026-01-01) every 1 day in UTC at start now",
        "[2025-01-01 00:00+, 2026-01-01) every 1 hour in UTC",
        "[2025-01-01 00:00+1, 2026-01-01) every 1 hour in UTC",
        "[2025-01-01 00:00+01:, 2026-01-01) every 1 hour in UTC",
        "[2025-01-01 00:00+01:00:00:00, 2026-01-01) every 1 hour in UTC",
        "[2025-01-01 00:00+99, 2026-01-01) every 1 hour in UTC",
        "[2025-01-01 00:00+01x, 2026-01-01) every 1 hour in UTC",
    };
    for (const char* text : texts) {
        SCOPED_TRACE(text);
        expect_error(Errc::invalid_text, [&] { twin::parse(text, known_calendar); });
    }
    expect_error(Errc::invalid_parameter,
                 [] { twin::parse("[2025-01-01, 2026-01-01) every 1 day in Utopia", known_calendar); });
    expect_error(Errc::invalid_parameter,
                 [] { twin::parse("[2025-01-01, 2026-01-01) every 0 days in UTC", known_calendar); });
    for (const char* text : {"[2025-01-01 00:00+05, 2026-01-01) every 1 hour in UTC",
                             "[2025-01-01, 2026-01-01 00:00+05) every 1 hour in UTC",
                             "[2025-01-01 00:00+00, 2026-01-01 00:00+00) every 1 day in UTC"})
        expect_error(Errc::invalid_parameter, [&] { twin::parse(text, known_calendar); });
    expect_error(Errc::datetime_overflow,
                 [] { twin::parse("[2025-01-01, infinity) every 1 day in UTC", known_calendar); });
    expect_error(Errc::datetime_overflow,
                 [] { twin::parse("[2025-01-01, 2026-01-01) every 9999999999 months in UTC", known_calendar); });
    expect_error(Errc::invalid_parameter, [] { parse_snapshot("END"); });
}

TEST(GridBytes, RefusesWhatItDidNotWrite) {
    Bytes bytes(heap());
    encode_grid(spec_of("2025-01-01", "2026-01-01", one_day), bytes);
    const std::size_t fixed = bytes.size() - 3;  // all but "UTC"
    for (std::size_t n = 0; n <= fixed; ++n) expect_error(Errc::corrupt, [&] { decode_grid({bytes.data(), n}); });
    EXPECT_EQ(decode_grid({bytes.data(), fixed + 1}).zone, "U");
    for (const int head : {0x00, 0x12, 0x1F, 0x20, 0xF0}) {
        Bytes bad(bytes);
        bad[0] = Byte(head);
        expect_error(Errc::corrupt, [&] { decode_grid({bad.data(), bad.size()}); });
    }
    for (const char odd : {' ', '\0', ')', '\x7F'}) {
        Bytes bad(bytes);
        bad.back() = Byte(odd);
        expect_error(Errc::corrupt, [&] { decode_grid({bad.data(), bad.size()}); });
    }
    Bytes lengthy(bytes);
    lengthy.resize(bytes.size() + 300, Byte('x'));
    expect_error(Errc::corrupt, [&] { decode_grid({lengthy.data(), lengthy.size()}); });
}

TEST(GridBytes, NeverMisbehaveOnGarbage) {
    std::mt19937_64 random(7);
    Bytes good(heap());
    encode_grid(spec_of("2025-01-01", "2026-01-01", one_day, "Europe/Berlin"), good);
    int readable = 0;
    for (int i = 0; i < 20'000; ++i) {
        Bytes bytes(good);
        for (int changes = 1 + int(random() % 4); changes > 0; --changes) bytes[random() % 33] = Byte(random());
        try {
            const GridSpec spec = decode_grid({bytes.data(), bytes.size()});
            const std::size_t n = check_grid(spec, known_calendar("Europe/Berlin"));
            ASSERT_LE(n, Grid::max_buckets);
            ++readable;
            const std::string text = text_of(spec);
            ASSERT_TRUE(twin::parse(text, known_calendar) == spec) << text;
        } catch (const Error&) {
        }
    }
    EXPECT_GT(readable, 50);
}

TEST(Span, PrintsItsUnits) {
    const auto text = [](const Span& span) {
        String out(heap());
        print_span(span, out);
        return std::string(out.data(), out.size());
    };
    EXPECT_EQ(text({1, 0, 0}), "1 month");
    EXPECT_EQ(text({0, 1, 0}), "1 day");
    EXPECT_EQ(text({0, 0, hour}), "1 hour");
    EXPECT_EQ(text({0, 0, 90 * minute}), "90 minutes");
    EXPECT_EQ(text({0, 0, 1}), "1 microsecond");
    EXPECT_EQ(text({14, 3, 90 * minute}), "14 months 3 days 90 minutes");
    EXPECT_EQ(text({}), "0 hours");
}

}  // namespace
}  // namespace csagg
