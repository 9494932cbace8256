// Bytes that pretend to be a population: whatever validate() lets through is exactly what encode_cells writes, can be
// read and printed, and its text gives the same bytes. And the text form: what can be read gives valid bytes.
#include "population/counts.hpp"
#include "population/population_text.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace {

std::vector<std::unique_ptr<std::uint64_t[]>> blocks;

void* grow(void* old, std::size_t used, std::size_t bytes) {
    blocks.push_back(std::make_unique<std::uint64_t[]>(bytes / 8 + 1));
    if (used > 0) {
        std::memcpy(blocks.back().get(), old, used);
        std::memset(old, 0xA5, used);  // nothing may rely on what was there
    }
    return blocks.back().get();
}

void require(bool condition) {
    if (!condition) std::abort();
}

constexpr std::size_t buckets = 50;

void read_all(csagg::ByteSpan bytes, csagg::Arena& arena) {
    using namespace csagg;
    const Stored stored(bytes, arena);
    Counts counts(stored, buckets, arena);
    for (std::size_t b = 0; b < buckets; ++b) counts.next_bucket([](std::size_t, std::int64_t n) { require(n > 0); });

    String text(arena);
    print_population(stored, buckets, "[grid]", text);
    std::string_view rest(text.data(), text.size());
    const PopulationHead head = parse_population_head(rest);
    Cells cells = Cells::create(head.form, stored.grid(), buckets, 1, grow);
    parse_population_body(rest, head, cells, arena);
    Bytes again(arena);
    encode_cells(cells, again);
    require(std::equal(bytes.begin(), bytes.end(), again.begin(), again.end()));
}

void read_text(std::string_view text, csagg::Arena& arena) {
    using namespace csagg;
    Bytes bytes(arena);
    try {
        const PopulationHead head = parse_population_head(text);
        Cells cells = Cells::create(head.form, as_bytes("grid"), buckets, 1, grow);
        parse_population_body(text, head, cells, arena);
        encode_cells(cells, bytes);
        check_content(Stored(view(bytes), arena), buckets, arena);
    } catch (const Error&) {
        return;
    }
    validate(view(bytes), buckets, grow, arena);
    read_all(view(bytes), arena);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace csagg;
    std::pmr::unsynchronized_pool_resource arena;
    const ByteSpan bytes(data, size);
    blocks.clear();
    if (size > 0 && data[0] >= ' ') {
        read_text(as_text(bytes), arena);
        return 0;
    }
    try {
        validate(bytes, buckets, grow, arena);
    } catch (const Error&) {
        return 0;
    }
    read_all(bytes, arena);
    return 0;
}
