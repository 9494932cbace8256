// Counts: a stored population turned from columns of changes into one bucket after the other.
#pragma once
#include "base/interrupt.hpp"
#include "population/format.hpp"

namespace csagg {

/// Column numbers with a count above zero, in order, however few of many they are: a bitmap and a bitmap of its words.
class ActiveSet {
public:
    ActiveSet(std::size_t size, Arena& arena) : bits_(size / 64 + 1, 0, arena), words_(size / 4096 + 1, 0, arena) {}

    void set(std::size_t i, bool active) {
        const std::uint64_t bit = std::uint64_t(1) << i % 64;
        std::uint64_t& word = bits_[i / 64];
        word = active ? word | bit : word & ~bit;
        const std::uint64_t summary = std::uint64_t(1) << i / 64 % 64;
        std::uint64_t& above = words_[i / 4096];
        above = word != 0 ? above | summary : above & ~summary;
    }
    template <class F>
    void for_each(F f) const {
        for (std::size_t w = 0; w < words_.size(); ++w)
            for (std::uint64_t above = words_[w]; above != 0; above &= above - 1) {
                const std::size_t i = 64 * w + std::size_t(std::countr_zero(above));
                for (std::uint64_t bits = bits_[i]; bits != 0; bits &= bits - 1)
                    f(64 * i + std::size_t(std::countr_zero(bits)));
            }
    }

private:
    Vector<std::uint64_t> bits_, words_;
};

class Counts {
public:
    /// Reads all columns; those of a joint distribution and of flows are numbered in the order of their members.
    Counts(const Stored& stored, std::size_t buckets, Arena& arena);

    std::size_t columns() const { return count_.size(); }
    /// Places in Stored::values().
    std::span<const std::uint32_t> members(std::size_t column) const {
        return {members_.data() + column * stored_.arity(), stored_.arity()};
    }
    std::span<const Moment> moments() const { return {moments_.data(), moments_.size()}; }

    /// Calls f(column, n) for every n > 0 of the next bucket, in the order of columns. Counts are what the changes so
    /// far add up to; of flows, the bucket's own. Errc::out_of_range beyond bigint.
    template <class F>
    void next_bucket(F f) {
        const std::size_t begin = starts_[bucket_], end = starts_[bucket_ + 1];
        if (++bucket_ % 64 == 0) check_interrupts();
        if (stored_.form() == Form::flows) {
            for (std::size_t i = begin; i < end; ++i) f(std::size_t(events_[i].column), events_[i].delta);
            return;
        }
        for (std::size_t i = begin; i < end; ++i) {
            std::int64_t& count = count_[events_[i].column];
            if (__builtin_add_overflow(count, events_[i].delta, &count)) throw_overflow();
            active_.set(events_[i].column, count > 0);
        }
        active_.for_each([this, &f](std::size_t column) { f(column, count_[column]); });
    }

    /// The same, with `zeros` for every column.
    template <class F>
    void next_bucket(bool zeros, F f) {
        if (!zeros) return next_bucket(f);
        std::size_t next = 0;
        const auto pass_over = [&](std::size_t until) {
            for (; next < until; ++next) f(next, std::int64_t(0));
        };
        next_bucket([&](std::size_t column, std::int64_t n) {
            pass_over(column);
            f(column, n);
            next = column + 1;
        });
        pass_over(columns());
    }

private:
    struct Event {
        std::uint32_t column;
        std::int64_t delta;
    };
    [[noreturn]] static void throw_overflow();
    void read_columns(Stored::Reader& in, Vector<std::uint32_t>& buckets, Vector<Event>& unordered);
    void order_by_bucket(const Vector<std::uint32_t>& buckets, const Vector<Event>& unordered);

    const Stored& stored_;
    Vector<std::uint32_t> members_;
    Vector<Event> events_;        // by bucket, then column
    Vector<std::size_t> starts_;  // of each bucket's events
    Vector<std::int64_t> count_;
    Moments moments_;
    ActiveSet active_;
    std::size_t bucket_ = 0;
};

}  // namespace csagg
