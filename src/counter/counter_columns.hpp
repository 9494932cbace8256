// A counter's events column by column, for those who ask for few of them: each column is decoded when it is first asked
// for. Rows and totals come as sums over the events before, so that a stretch of events costs one subtraction.
#pragma once
#include "counter/counter_block.hpp"

#include <optional>

namespace csagg {

/// Sums of amounts: over all events before number i, for i = 0 .. size().
struct TotalsBefore {
    std::span<const std::int64_t> scaled;  // to be divided by 10^scale
    int scale = 0;
    std::span<const Wide> wide;  // instead, where a sum has more than 64 bits

    /// Of the events [begin, end). Errc::out_of_range.
    Number between(std::size_t begin, std::size_t end) const;
};

/// Numbers of actors, event by event.
struct ActorColumn {
    std::span<const std::uint32_t> numbers;
    std::span<const std::uint32_t>
        begins;  // where each event's begin, and where the last end; empty: one for each event

    std::size_t begin_of(std::size_t event) const { return begins.empty() ? event : begins[event]; }
    std::span<const std::uint32_t> of(std::size_t event) const {
        return numbers.subspan(begin_of(event), begin_of(event + 1) - begin_of(event));
    }
};

class CounterColumns {
public:
    /// Of no events, known from then on.
    CounterColumns(Instant known_from, Arena& arena) : arena_(&arena), known_from_(known_from) {
        const auto nothing = make<Instant>(1);
        nothing[0] = plus_infinity;
        instants_ = nothing.first(0);
    }
    /// The bytes must outlive this. Errc::corrupt, here and below. With a stretch, for questions about its instants
    /// alone.
    CounterColumns(ByteSpan bytes, Arena& arena, const Stretch& stretch = {});

    std::size_t size() const { return counter_ ? counter_->size() : 0; }
    /// How many events there are up to `t`.
    std::size_t count_to(Instant t) const {
        if (t == stretch_until_) return count_to_until_;  // most questions end now
        // What an event's instant is nobody can guess: a search without branches.
        const Instant* p = instants_.data();
        for (std::size_t n = instants_.size(); n > 0;) {
            const std::size_t half = (n + 1) / 2;
            p += half & -std::size_t(p[half - 1] <= t);
            n -= half;
        }
        return first_number_ + std::size_t(p - instants_.data());
    }
    Instant at(std::size_t event) const { return instants_[event - first_number_]; }
    /// The first event's; size() > 0.
    Instant first() const { return first_; }
    /// Of all events, unless a stretch was given. Increasing. Behind the last one, past the span's end, stands
    /// infinity.
    std::span<const Instant> instants() const { return instants_; }
    Instant known_from() const { return known_from_; }
    bool forgotten() const { return forgotten_; }
    std::size_t name_count() const { return counter_ ? counter_->names().size() : 0; }

    /// Empty where each event is one row.
    std::span<const std::int64_t> rows_before() const;
    std::int64_t rows_of(std::size_t begin, std::size_t end) const {
        const auto rows = rows_before();
        return rows.empty() ? std::int64_t(end - begin) : rows[end] - rows[begin];
    }
    const TotalsBefore& totals_before() const;
    /// The total of the events [begin, end), for one who asks once: only theirs are decoded where that is possible.
    Number total_of(std::size_t begin, std::size_t end) const;
    const ActorColumn& actors() const;
    /// Of a few events [begin, end) one after the other: only theirs are decoded where that is possible.
    std::span<const std::uint32_t> actors_of(std::size_t begin, std::size_t end) const;

private:
    template <class T>
    std::span<T> make(std::size_t n) const {
        return {static_cast<T*>(arena_->allocate(std::max<std::size_t>(n, 1) * sizeof(T), alignof(T))), n};
    }
    CounterBlock block(std::size_t i) const { return only_ ? *only_ : counter_->block(i); }
    void read_instants();
    void read_instants(const Stretch& stretch);
    template <class F>
    void for_blocks(F f) const;
    bool read_scaled_totals() const;
    void read_wide_totals() const;

    Arena* arena_;
    std::optional<Counter> counter_;
    std::optional<CounterBlock> only_;  // where there is one block
    Instant known_from_ = minus_infinity, first_ = plus_infinity;
    bool forgotten_ = false;
    std::span<const Instant> instants_;
    std::size_t first_number_ = 0;  // of instants_
    Instant stretch_until_ = plus_infinity;
    std::size_t count_to_until_ = 0;
    mutable bool knows_rows_ = false, knows_totals_ = false, knows_actors_ = false;
    mutable std::span<const std::int64_t> rows_before_;
    mutable TotalsBefore totals_before_;
    mutable ActorColumn actors_;
};

}  // namespace csagg
