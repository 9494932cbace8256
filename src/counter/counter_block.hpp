// One block of a counter's bytes: columns side by side.
#pragma once
#include "counter/counter.hpp"

namespace csagg {

inline constexpr Byte block_has_totals = 1 << 6, block_has_rows = 1 << 7;  // above InstantsHead's flags
inline constexpr Byte wide_totals = 0x80;                                  // in place of a scale

/// The columns of up to block_entries instants. A column that says nothing is left out: rows that are all 1, totals
/// that all equal the rows, actors where no event of the counter has one.
class CounterBlock {
public:
    CounterBlock(std::size_t n, ByteSpan bytes, std::size_t names) : n_(n), names_(names) {
        ByteReader in(bytes);
        const Byte flags = in.u8();
        instants_ = InstantsHead::read(flags, in, n);
        has_rows_ = (flags & block_has_rows) != 0;
        has_totals_ = (flags & block_has_totals) != 0;
        if (has_rows_) rows_ = IntegersHead::read(in);
        if (has_totals_) read_totals_head(in);
        if (names > 0) {
            actor_counts_ = IntegersHead::read(in);
            actor_width_ = unsigned(std::bit_width(names - 1));
        }
        bits_ = BitSpan(in.take(in.left()));
        rows_start_ = instants_.low_bits(n);
        totals_start_ = rows_start_ + (has_rows_ ? rows_.bits(n) : 0);
        counts_start_ = totals_start_ + (has_totals_ && !wide_ ? totals_.bits(n) : 0);
        actors_start_ = counts_start_ + (names > 0 ? actor_counts_.bits(n) : 0);
        if (actors_start_ > bits_.bits()) throw_corrupt("block of a counter ends too early");
    }

    std::size_t size() const { return n_; }
    Instant first() const { return instants_.first(); }

    /// Into room for size(). Gives them.
    std::span<const Instant> decode_instants(Instant* at) const {
        instants_.decode(bits_, 0, high_start(), n_, at);
        return {at, n_};
    }
    /// Likewise, but as InstantsHead::decode_part() does.
    InstantsHead::Part decode_instants(const Stretch& stretch, Instant* at) const {
        return instants_.decode_part(bits_, 0, high_start(), n_, stretch, at);
    }
    /// False: each event is one row.
    bool has_rows() const { return has_rows_; }
    /// False: totals are the numbers of rows.
    bool has_wide_totals() const { return wide_; }
    /// Of totals that are not wide: they are integers, to be divided by 10^scale.
    int scale() const { return has_totals_ ? scale_ : 0; }
    std::int64_t scaled_total(std::size_t i) const {
        return has_totals_ ? totals_.get(bits_, totals_start_, i) : rows(i);
    }
    std::int64_t rows(std::size_t i) const {
        const std::int64_t rows = has_rows_ ? rows_.get(bits_, rows_start_, i) : 1;
        if (rows < 1 || rows > max_rows) throw_corrupt("number of events is out of range");
        return rows;
    }
    /// To be asked for each i in turn: wide totals tell their own length. Writes in place, word by word: a Wide that is
    /// copied as soon as it is made costs more than all the rest of an event.
    void read_total(std::size_t i, Wide& total) {
        if (wide_) {
            total = Wide::read(wide_bytes_);
            return;
        }
        const std::int64_t value = has_totals_ ? totals_.get(bits_, totals_start_, i) : rows(i);
        total.coefficient.set_word(0, std::uint64_t(value));
        for (int word = 1; word < 4; ++word) total.coefficient.set_word(word, value < 0 ? ~std::uint64_t(0) : 0);
        total.scale = has_totals_ ? scale_ : 0;
        if (total.scale != 0) total.normalize();
    }
    std::size_t actor_count(std::size_t i) const {
        if (names_ == 0) return 0;
        const std::int64_t count = actor_counts_.get(bits_, counts_start_, i);
        if (count < 0 || std::uint64_t(count) > names_) throw_corrupt("number of actors is out of range");
        return std::size_t(count);
    }
    /// Of all events together.
    std::size_t actors() const {
        if (names_ == 0) return 0;
        if (actor_counts_.width == 0) return n_ * actor_count(0);
        std::size_t actors = 0;
        for (std::size_t i = 0; i < n_; ++i) actors += actor_count(i);
        return actors;
    }
    bool has_one_actor_each() const { return names_ > 0 && actor_counts_.width == 0 && actor_counts_.least == 1; }
    /// The first n actors, into room for them.
    void decode_actors(std::size_t n, std::uint64_t* actors) const {
        bits_.unpack(actors_start_, actor_width_, n, 0, actors);
        std::uint64_t greatest = 0;
        for (std::size_t i = 0; i < n; ++i) greatest = std::max(greatest, actors[i]);
        if (greatest >= names_ && n > 0) throw_corrupt("actor is not in the dictionary");
    }
    std::uint32_t actor(std::size_t position) const {
        const std::uint64_t actor = bits_.get(actors_start_ + position * actor_width_, actor_width_);
        if (actor >= names_) throw_corrupt("actor is not in the dictionary");
        return std::uint32_t(actor);
    }

private:
    std::size_t high_start() const {
        const std::size_t high = actors_start_ + actors() * actor_width_;
        if (high > bits_.bits()) throw_corrupt("block of a counter ends too early");
        return high;
    }
    void read_totals_head(ByteReader& in) {
        scale_ = in.u8();
        wide_ = scale_ == wide_totals;
        if (wide_)
            wide_bytes_ = ByteReader(in.take(in.count(8)));
        else if (scale_ > Wide::max_scale)
            throw_corrupt("scale is too large");
        else
            totals_ = IntegersHead::read(in);
    }

    std::size_t n_, names_;
    bool has_rows_ = false, has_totals_ = false, wide_ = false;
    std::uint8_t scale_ = 0;
    unsigned actor_width_ = 0;
    InstantsHead instants_;
    IntegersHead rows_, totals_, actor_counts_;
    ByteReader wide_bytes_{ByteSpan{}};
    BitSpan bits_;
    std::size_t rows_start_ = 0, totals_start_ = 0, counts_start_ = 0, actors_start_ = 0;
};

}  // namespace csagg
