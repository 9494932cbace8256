// For tests: grids by the texts of their ends, in zones made by hand.
#pragma once
#include "base/test_error.hpp"
#include "grid/grid.hpp"
#include "grid/zone_twin.hpp"

namespace csagg::test {

inline Arena& heap() { return *std::pmr::new_delete_resource(); }

inline const twin::Zone& known_zone(std::string_view name) {
    static const twin::Zone utc({}, "UTC");
    static const twin::Zone berlin(twin::berlin(), "Europe/Berlin");
    static const twin::Zone apia(twin::apia(), "Pacific/Apia");
    for (const twin::Zone* zone : {&utc, &berlin, &apia})
        if (zone->name() == name) return *zone;
    throw Error(Errc::invalid_parameter, "unknown zone");
}
inline const Calendar& known_calendar(std::string_view name) { return known_zone(name); }

inline GridSpec spec_of(std::string_view start, std::string_view until, const Span& step, std::string_view zone = "UTC",
                        Snapshot snapshot = Snapshot::end) {
    return local_grid(twin::at(start), twin::at(until), step, snapshot, known_calendar(zone));
}

inline Grid grid_of(const GridSpec& spec) { return Grid(spec, known_calendar(spec.zone), heap()); }

template <class F>
void expect_error(Errc code, F f) {
    EXPECT_EQ(code_of(f), code);
}

inline std::string text_of(const GridSpec& spec) {
    String text(heap());
    print_grid(spec, text);
    return {text.data(), text.size()};
}

inline constexpr Span one_day{0, 1, 0};
inline constexpr Span one_month{1, 0, 0};
inline constexpr Span one_hour{0, 0, twin::hour};

}  // namespace csagg::test
