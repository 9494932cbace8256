// Two compressed columns of which timelines and counters are made.
//
// Instants, strictly increasing: Elias-Fano over the distances from the first, in the largest unit that divides all
// of them (P. Elias 1974, R. Fano 1971; S. Vigna, "Quasi-succinct indices", 2013). At most two bits an entry above
// the best possible for n instants in a range, however they cluster.
// Integers: distances from the least one, in a fixed width.
//
// Heads come first, byte by byte; the fields of all columns follow in one bit string, the unary part of the instants
// last, since it alone tells its own length.
#pragma once
#include "base/bits.hpp"
#include "value/instant.hpp"

namespace csagg {

inline constexpr std::size_t block_entries = 1024;  // the most entries that one block of a value holds
inline constexpr std::size_t max_texts = 1u << 28;  // in one dictionary

/// What is later than `since` and not later than `until`.
struct Stretch {
    Instant since = minus_infinity, until = plus_infinity;
};

struct InstantsHead {
    bool since_ever = false;     // the first instant is -infinity
    std::uint8_t unit = 0;       // index of the step unit: 1 us, 1 ms, 1 s, 1 min, 1 h, 1 day
    std::uint8_t base_unit = 0;  // likewise for the base: 1 us, 1 ms or 1 s
    std::uint8_t low_width = 0;
    Instant base = 0;  // the first finite instant

    static InstantsHead plan(std::span<const Instant> at);
    static InstantsHead read(Byte flags, ByteReader& in, std::size_t n);
    Byte flags() const { return Byte(base_unit | unit << 2 | (since_ever ? 1 : 0) << 5); }
    void write(ByteWriter& out, std::size_t n) const;

    /// How many instants are coded as distances: not the base, not -infinity.
    std::size_t coded(std::size_t n) const { return n - std::min<std::size_t>(n, since_ever ? 2 : 1); }
    std::size_t low_bits(std::size_t n) const { return coded(n) * low_width; }

    void write_low(std::span<const Instant> at, BitWriter& out) const;
    void write_high(std::span<const Instant> at, BitWriter& out) const;
    /// Gives the bit position behind the unary part. Errc::corrupt when it does not fit or overflows.
    std::size_t decode(BitSpan bits, std::size_t low, std::size_t high, std::size_t n, Instant* at) const;

    /// A part of the instants, by number.
    struct Part {
        std::size_t first = 0, count = 0;
    };
    /// Decodes those of a stretch, and the last one before it if there is one; a few more where that is cheaper. The
    /// rest is not looked at.
    Part decode_part(BitSpan bits, std::size_t low, std::size_t high, std::size_t n, const Stretch& stretch,
                     Instant* at) const;
    Instant first() const { return since_ever ? minus_infinity : base; }

private:
    /// What is left of a word of the unary part, and how many ones stand before that.
    struct Place {
        std::size_t position, ones;
        std::uint64_t word;
    };
    Place place_before(Instant since, BitSpan bits, std::size_t high, std::size_t m) const;
    void check_last(Instant last, std::uint64_t distance, std::uint64_t zeros) const;
    std::uint64_t distance(Instant at) const;
};

struct IntegersHead {
    std::int64_t least = 0;
    std::uint8_t width = 0;

    static IntegersHead plan(std::span<const std::int64_t> values);
    static IntegersHead read(ByteReader& in);
    void write(ByteWriter& out) const {
        out.signed_varint(least);
        out.u8(width);
    }
    std::size_t bits(std::size_t n) const { return n * width; }
    void write_bits(std::span<const std::int64_t> values, BitWriter& out) const {
        for (const std::int64_t v : values) out.put(std::uint64_t(v) - std::uint64_t(least), width);
    }
    std::int64_t get(BitSpan bits, std::size_t start, std::size_t i) const {
        return std::int64_t(std::uint64_t(least) + bits.get(start + i * width, width));
    }
    void decode(BitSpan bits, std::size_t start, std::size_t n, std::int64_t* values) const {
        // The unsigned twin of the type: no aliasing trouble.
        bits.unpack(start, width, n, std::uint64_t(least), reinterpret_cast<std::uint64_t*>(values));
    }
};

/// Distinct texts in byte order, found by their number.
class Dictionary {
public:
    Dictionary() = default;
    static Dictionary read(ByteReader& in);
    static void write(std::span<const std::string_view> sorted, ByteWriter& out, Arena& arena);

    std::size_t size() const { return n_; }
    std::string_view operator[](std::size_t i) const;

private:
    std::size_t n_ = 0;
    unsigned width_ = 0;
    BitSpan ends_;
    ByteSpan texts_;
};

}  // namespace csagg
