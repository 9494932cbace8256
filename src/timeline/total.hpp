// The aggregate total(timeline): the sum of many timelines as one, by its changes.
#pragma once
#include "base/flat.hpp"
#include "timeline/algebra.hpp"

namespace csagg {

/// Transition state: per change of a summand, what leaves the sum and what enters it; many of one instant are put
/// together before the state grows, so that it grows with the sum and not with the summands.
class TotalLog {
public:
    explicit TotalLog(Flat flat) : flat_(flat) {}
    static constexpr Byte marker = state_marker | 0x0F;
    static TotalLog create(Flat::Grow grow);

    const Flat& flat() const { return flat_; }

    /// Errc::kind_mismatch unless the timeline holds numbers.
    void add(const Timeline& timeline, Arena& arena);
    void add_all(const TotalLog& other);

    /// Absent where every summand is absent. Errc::out_of_range where the sum has more than 18 integer digits.
    Steps finish(Arena& arena) const;

    /// The exact form in which a state goes to another server: a rounded partial sum would make the path count.
    void write(Bytes& out) const;
    /// Checks all of it. Errc::corrupt.
    static TotalLog read(ByteSpan bytes, Flat::Grow grow);

private:
    struct Header {
        FlatHeader flat;
        Instant known_from;
    };
    struct Change {
        Instant at;
        std::int64_t coefficient;
        std::int32_t presence;  // +1 enters, -1 leaves; so often
        std::uint32_t scale;
    };
    static_assert(has_no_padding<Header, Change>);
    Header& header() const { return *flat_.at<Header>(0); }
    std::span<const Change> changes() const {
        return {flat_.at<Change>(sizeof(Header)), (flat_.used() - sizeof(Header)) / sizeof(Change)};
    }
    void append(Instant at, const Value& value, int presence);
    void make_room(std::size_t bytes);
    void compact();

    Flat flat_;
};

}  // namespace csagg
