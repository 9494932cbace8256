// Text from outside: refused by csagg::Error, or a timeline whose text form reads back to the same bytes.
#include "base/test_arena.hpp"
#include "timeline/timeline_text.hpp"

#include <cstdlib>

using namespace csagg;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    test::TestArena arena;
    Bytes bytes(arena);
    try {
        parse_timeline(text, bytes);
    } catch (const Error& e) {
        const bool expected =
            e.code() == Errc::invalid_text || e.code() == Errc::datetime_overflow || e.code() == Errc::out_of_range;
        if (!expected) std::abort();
        return 0;
    }
    if (text.find('\0') == std::string_view::npos) {
        validate_timeline(view(bytes), arena);  // throws, and so ends the run, if parsing makes what recv would refuse
        String printed(arena);
        print_timeline(Timeline(view(bytes)), printed);
        Bytes again(arena);
        parse_timeline({printed.data(), printed.size()}, again);
        if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) std::abort();
        String json(arena);
        print_timeline_json(Timeline(view(bytes)), json);
    }
    return 0;
}
