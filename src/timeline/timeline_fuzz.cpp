// Bytes from outside: whatever they are, they are refused by csagg::Error, or they are a timeline of the model, which
// encodes, prints and is looked up consistently.
#include "base/test_arena.hpp"
#include "timeline/algebra.hpp"
#include "timeline/timeline_text.hpp"

#include <cstdlib>
#include <vector>

namespace {

using namespace csagg;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Pieces of their own, so that reading past one is seen.
class PieceSource final : public ByteSource {
public:
    explicit PieceSource(ByteSpan bytes) : bytes_(bytes) {}
    std::size_t size() const override { return bytes_.size(); }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        offset = std::min(offset, bytes_.size());
        const ByteSpan piece = bytes_.subspan(offset, std::min(length, bytes_.size() - offset));
        pieces_.emplace_back(piece.begin(), piece.end());
        return pieces_.back();
    }

private:
    ByteSpan bytes_;
    std::vector<std::vector<Byte>> pieces_;
};

bool same_found(const Found& a, const Found& b) {
    return a.any == b.any && a.since == b.since && same(a.value, b.value);
}

/// Looks up in bytes that nobody has validated.
void look_up(ByteSpan bytes, Instant at) {
    try {
        find_value(bytes, at);
    } catch (const Error&) {
    }
    PieceSource source(bytes);
    try {
        find_value(source, at);
    } catch (const Error&) {
    }
}

void check_timeline(ByteSpan bytes) {
    test::TestArena arena;
    Entries entries(arena);
    const Timeline timeline(bytes);
    timeline.read(entries);
    for (std::size_t i = 1; i < entries.size(); ++i) require(entries[i - 1].at < entries[i].at);
    for (std::size_t i = 0; i < entries.size(); i += entries.size() / 16 + 1) {
        const bool known = entries[i].at >= timeline.known_from();
        const Found found = find_value(bytes, entries[i].at);
        require(found.any == known &&
                (!known || (found.since == entries[i].at && same(found.value, entries[i].value))));
        PieceSource source(bytes);
        require(same_found(find_value(source, entries[i].at), found));
    }
    Steps steps(timeline, arena);
    const Steps merged = merge(steps, steps, arena);
    Bytes again(arena);
    merged.write(again);
    require(std::equal(bytes.begin(), bytes.end(), again.begin(), again.end()));
    simplify(steps);
    require(same_function(steps, merged));

    String text(arena);
    print_timeline(timeline, text);
    if (std::string_view(text.data(), text.size()).find("\\u0000") != std::string_view::npos)
        return;  // for check_encoding
    Bytes parsed(arena);
    parse_timeline({text.data(), text.size()}, parsed);
    require(std::equal(bytes.begin(), bytes.end(), parsed.begin(), parsed.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteSpan bytes(data, size);
    for (const Instant at : {minus_infinity, Instant(0), plus_infinity}) look_up(bytes, at);
    test::TestArena arena;
    try {
        const Timeline timeline(bytes);
        Entries entries(arena);
        timeline.read(entries);
    } catch (const Error&) {
    }
    bool valid = true;
    try {
        validate_timeline(bytes, arena);
    } catch (const Error& e) {
        require(e.code() == Errc::corrupt);
        valid = false;
    }
    // An entry takes a bit at least, and 56 bytes in memory; vectors grow by doubling, and encoding takes as much
    // again.
    require(arena.peak_bytes() < 100'000 + size * 4000);
    if (valid) check_timeline(bytes);
    return 0;
}
