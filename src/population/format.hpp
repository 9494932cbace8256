// The bytes of csagg.distribution, csagg.summary and csagg.flows, written from Cells and read back.
//
//   byte      0x10 | Form
//   varint, bytes    the grid (the payload of csagg.grid)
//   kinds     one byte a member, 0 while unknown; a joint distribution writes their number before, as varint
//   byte      which kinds of values follow: bit k - 1 for Kind k
//     each    varint n >= 1, then n values, increasing:
//             boolean: byte; number: byte scale, signed varint coefficient; text: varint, bytes; date, time: signed
//             varint
//   varint    number of columns, increasing by their members
//     each    members (joint and flows only): a varint each, 0 for absent, else 1 + the place among the values
//             varint n >= 1, then n changes: varint distance to the bucket after the last one, signed varint delta
//   summary   varint n, then n moments: varint distance, sum, sum of squares (value/wide.hpp)
//
// Only values and columns that something is left of are written. So the bytes depend on the content alone: not on the
// order in which rows arrived, nor on how groups were merged.
#pragma once
#include "population/cells.hpp"

namespace csagg {

/// Errc::limit_exceeded beyond 1 GB. Changes nothing in `cells`.
void encode_cells(const Cells& cells, Bytes& out);

/// A view of encoded bytes. What does not fit is Errc::corrupt; bytes that encode_cells did not write may still pass.
class Stored {
public:
    /// Reads all but the columns.
    Stored(ByteSpan bytes, Arena& arena);

    Form form() const { return form_; }
    ByteSpan grid() const { return grid_; }
    bool has_tuples() const { return form_ == Form::joint || form_ == Form::flows; }
    std::size_t arity() const { return arity_; }
    bool kind_known(std::size_t member) const { return kinds_[member] != 0; }
    Kind kind(std::size_t member) const { return Kind(kinds_[member]); }
    /// Place 0 is the absent value.
    std::span<const Value> values() const { return {values_.data(), values_.size()}; }
    std::size_t columns() const { return columns_; }

    /// Reads the columns one after the other, then the moments of a summary.
    class Reader {
    public:
        /// To the next column; gives how many changes it has. Read exactly so many before the next column.
        std::size_t next_column();
        /// Places in values().
        std::span<const std::uint32_t> members() const { return {members_, stored_.arity_}; }
        Change next_change();

        std::size_t moments();
        Moment next_moment();

        std::size_t left() const { return in_.left(); }

    private:
        friend class Stored;
        explicit Reader(const Stored& stored) : stored_(stored), in_(stored.rest_) {}
        std::uint32_t next_bucket();

        const Stored& stored_;
        ByteReader in_;
        std::uint32_t members_[max_members] = {};
        std::uint64_t bucket_ = 0;  // the least that may come
    };
    /// `buckets` is the size of the grid; later buckets are Errc::corrupt.
    Reader read(std::size_t buckets) const {
        buckets_ = buckets;
        return Reader(*this);
    }

private:
    void read_values(ByteReader& in);

    Form form_;
    Byte arity_ = 1;
    Byte kinds_[max_members] = {};
    ByteSpan grid_;
    ByteSpan rest_;
    Vector<Value> values_;
    std::size_t columns_ = 0;
    mutable std::size_t buckets_ = 0;
};

/// The form of encoded bytes. Errc::corrupt.
Form form_of(ByteSpan bytes);
/// The grid alone, without reading what follows.
ByteSpan grid_of(ByteSpan bytes);

/// Adds all of `other` to `cells`. Grid, form, arity and kinds must agree: errors as Cells'.
void merge(Cells& cells, const Cells& other, Arena& arena);
void merge(Cells& cells, const Stored& other, Arena& arena);

/// What the layout alone does not say: no count is below zero, a move moves, instants are instants, the sums of a
/// summary are possible. Errc::corrupt.
void check_content(const Stored& stored, std::size_t buckets, Arena& arena);

/// check_content(), and accepts exactly what encode_cells writes. Errc::corrupt.
void validate(ByteSpan bytes, std::size_t buckets, Flat::Grow grow, Arena& arena);

}  // namespace csagg
