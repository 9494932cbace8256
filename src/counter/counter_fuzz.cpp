// The bytes are taken for a stored counter, or with a leading 't' for a text. What is accepted must be written again
// with the same bytes, read from its own text, and survive being merged, sliced and shortened.
#include "counter/counter_algebra.hpp"
#include "counter/counter_text.hpp"

#include <cstdlib>

namespace csagg {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool same(const Bytes& a, ByteSpan b) { return as_text(view(a)) == as_text(b); }

void check_operations(ByteSpan counter, Arena& arena) {
    auto made = [&arena](auto write) {
        Bytes out{Alloc<Byte>(arena)};
        write(out);
        validate_counter(view(out), arena);
        return out;
    };
    const Instant middle = Counter(counter).size() > 0 ? Counter(counter).last() : 0;
    const Bytes early = made([=](Bytes& out) { slice_counter(counter, minus_infinity, middle, out); });
    const Bytes late = made([=](Bytes& out) { slice_counter(counter, middle, plus_infinity, out); });
    require(same(made([&](Bytes& out) { merge_counters(view(late), view(early), out); }), counter));
    require(same(made([=](Bytes& out) { overlay_counters(counter, counter, out); }), counter));
    const Bytes shortened = made([=](Bytes& out) { forget_counter_before(counter, middle, out); });
    require(same(made([&](Bytes& out) { forget_counter_before(view(shortened), middle, out); }), view(shortened)));
}

void check_text(std::string_view text, Arena& arena) {
    Bytes bytes{Alloc<Byte>(arena)};
    try {
        parse_counter(text, bytes);
    } catch (const Error& e) {
        require(e.code() == Errc::invalid_text || e.code() == Errc::datetime_overflow ||
                e.code() == Errc::out_of_range);
        return;
    }
    validate_counter(view(bytes), arena);
}

void check_bytes(ByteSpan bytes, Arena& arena) {
    try {
        validate_counter(bytes, arena);
    } catch (const Error& e) {
        require(e.code() == Errc::corrupt);
        return;
    }
    check_operations(bytes, arena);
    // The server's texts have no zero bytes, and their text form has none.
    for (std::size_t i = 0; i < Counter(bytes).names().size(); ++i)
        if (Counter(bytes).names()[i].find('\0') != std::string_view::npos) return;
    String text{Alloc<char>(arena)};
    print_counter(Counter(bytes), text);
    Bytes again{Alloc<Byte>(arena)};
    parse_counter({text.data(), text.size()}, again);
    require(same(again, bytes));
}

}  // namespace
}  // namespace csagg

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::pmr::monotonic_buffer_resource arena;
    if (size > 0 && data[0] == 't')
        csagg::check_text(csagg::as_text({data + 1, size - 1}), arena);
    else
        csagg::check_bytes({data, size}, arena);
    return 0;
}
