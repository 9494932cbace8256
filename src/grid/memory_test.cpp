// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "grid/grid.hpp"
#include "grid/zone_twin.hpp"

namespace csagg {
namespace {

const Calendar& berlin(std::string_view) {
    static const twin::Zone zone(twin::berlin(), "Europe/Berlin");
    return zone;
}

TEST(Memory, GridsSurviveThatItRunsOut) {
    test::fail_every_allocation([](Arena& arena) {
        const GridSpec spec = last_buckets(400, {0, 1, 0}, twin::at("2025-10-26 12:00"), Snapshot::end, berlin(""));
        Bytes bytes(arena);
        encode_grid(spec, bytes);
        String text(arena);
        print_grid(decode_grid(view(bytes)), text);
        Bytes between(arena);
        const Grid grid(parse_grid({text.data(), text.size()}, berlin, between), berlin(""), arena);
        EXPECT_EQ(grid.size(), 400U);
        const Grid terms(
            parse_grid("[2025-01-01, 2025-02-01, 2025-02-09, 2025-05-01) in Europe/Berlin", berlin, between),
            berlin(""), arena);
        EXPECT_EQ(terms.size(), 3U);
        try {
            parse_grid("[2025-01-01, 2026-01-01) by one day of more than sixteen bytes", berlin, between);
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Errc::invalid_text);
        }
    });
}

}  // namespace
}  // namespace csagg
