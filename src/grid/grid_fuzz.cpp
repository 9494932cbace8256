// The first byte chooses between text and bytes. What is read must be a grid that can be built, and must come back the
// same from its text and from its bytes.
#include "grid/grid.hpp"
#include "grid/zone_twin.hpp"

#include <cstdlib>

namespace csagg {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const Calendar& calendar_of(std::string_view zone) {
    static const twin::Zone utc({}, "UTC");
    static const twin::Zone berlin(twin::berlin(), "Europe/Berlin");
    static const twin::Zone apia(twin::apia(), "Pacific/Apia");
    for (const twin::Zone* known : {&utc, &berlin, &apia})
        if (known->name() == zone) return *known;
    throw Error(Errc::invalid_parameter, "unknown zone");
}

void check(const GridSpec& spec) {
    Arena& arena = *std::pmr::new_delete_resource();
    const Calendar& calendar = calendar_of(spec.zone);
    const std::size_t n = check_grid(spec, calendar);
    String text(arena);
    print_grid(spec, text);
    Bytes between(arena);
    require(parse_grid({text.data(), text.size()}, calendar_of, between) == spec);
    Bytes bytes(arena);
    encode_grid(spec, bytes);
    require(decode_grid({bytes.data(), bytes.size()}) == spec);
    if (n > 5000) return;
    const Grid grid(spec, calendar, arena);
    require(grid.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
        require(grid.starts_at(i) <= grid.starts_at(i + 1));
        const std::size_t first = grid.bucket_of(grid.closing(i));
        require(first <= i && grid.closing(first) == grid.closing(i));
    }
}

}  // namespace
}  // namespace csagg

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    csagg::Bytes between(*std::pmr::new_delete_resource());
    try {
        if (data[0] % 2 == 0)
            csagg::check(
                csagg::parse_grid({reinterpret_cast<const char*>(data + 1), size - 1}, csagg::calendar_of, between));
        else
            csagg::check(csagg::decode_grid({data + 1, size - 1}));
    } catch (const csagg::Error&) {
    }
    return 0;
}
