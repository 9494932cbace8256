// Text from outside: what parse_history() reads is valid, and its printed form reads back as the same bytes.
#include "base/test_arena.hpp"
#include "history/history_text.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace csagg;
    test::TestArena arena;
    Bytes bytes{Alloc<Byte>(arena)}, again{Alloc<Byte>(arena)};
    try {
        parse_history(as_text({data, size}), bytes);
    } catch (const Error& e) {
        if (e.code() == Errc::corrupt) std::abort();
        return 0;
    }
    validate_history(view(bytes), arena);
    String text{Alloc<char>(arena)}, json{Alloc<char>(arena)};
    print_history(History(view(bytes)), text);
    print_history_json(History(view(bytes)), json);
    const bool has_zero = std::find(data, data + size, 0) != data + size;  // no text of PostgreSQL's
    if (has_zero) return 0;
    parse_history({text.data(), text.size()}, again);
    if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) std::abort();
    return 0;
}
