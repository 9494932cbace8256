// Exact sums and sums of squares per bucket, as changes: what summary() needs for mean and standard deviation.
//
// In a state they are a log of single changes first, 16 bytes each, then an array over the buckets as soon as that is
// not much larger; changes that come already added up wait in a list of their own.
#pragma once
#include "base/flat.hpp"
#include "value/wide.hpp"

namespace csagg {

/// From `bucket` on, that much more.
struct Moment {
    std::uint64_t bucket = 0;
    Wide sum;
    WideSquare squares;

    void add(const Number& number, std::int64_t sign) {
        sum.add(number, sign);
        squares.add_square(number, sign);
    }
    void add(const Moment& other) {
        sum.add(other.sum);
        squares.add(other.squares);
    }
    bool is_zero() const { return sum.is_zero() && squares.is_zero(); }
};
using Moments = Vector<Moment>;

/// Where the moments of a state are.
struct MomentHeader {
    std::uint32_t log, log_count, log_capacity;
    std::uint32_t list, list_count, list_capacity;
    std::uint32_t array;  // 0: none yet; then the log and the list stay empty
    std::uint32_t spare;
};

/// A view of the moments in a Flat; adding may move the block.
class MomentStore {
public:
    MomentStore(Flat& flat, std::size_t header, std::size_t buckets)
        : flat_(flat), header_(header), buckets_(buckets) {}

    /// The number enters (sign 1) or leaves (sign -1).
    void add(std::size_t bucket, const Number& number, int sign);
    void add(const Moment& moment);
    /// All that `other` holds.
    void add_all(const MomentStore& other);

    /// By bucket, added up; those that are zero are left out.
    Moments net(Arena& arena) const;

private:
    struct Event {
        std::int64_t coefficient;
        std::uint32_t bucket;
        std::uint8_t scale;
        std::int8_t sign;
        std::uint8_t spare[2] = {};

        Number number() const { return {coefficient, scale}; }
    };
    static_assert(sizeof(Event) == 16 && has_no_padding<MomentHeader, Event, Moment>);

    MomentHeader& header() const { return *flat_.at<MomentHeader>(header_); }
    std::span<const Event> log() const { return {flat_.at<Event>(header().log), header().log_count}; }
    std::span<const Moment> list() const { return {flat_.at<Moment>(header().list), header().list_count}; }
    std::span<Moment> array() const { return {flat_.at<Moment>(header().array), header().array != 0 ? buckets_ : 0}; }

    /// Room for one more, or false where an array has taken the place of log and list.
    bool room_in_log();
    bool room_in_list();
    void make_array();

    Flat& flat_;
    std::size_t header_;
    std::size_t buckets_;
};

}  // namespace csagg
