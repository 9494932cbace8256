#include "counter/counter_columns.hpp"

#include "base/interrupt.hpp"

namespace csagg {

Number TotalsBefore::between(std::size_t begin, std::size_t end) const {
    if (wide.empty()) {
        const Int128 sum = Int128(scaled[end]) - scaled[begin];
        return round_to_number(sum < 0, sum < 0 ? -Uint128(sum) : Uint128(sum), scale);
    }
    Wide sum = wide[begin];
    sum.negate();
    sum.add(wide[end]);
    return sum.to_number();
}

CounterColumns::CounterColumns(ByteSpan bytes, Arena& arena, const Stretch& stretch) : arena_(&arena), counter_(bytes) {
    known_from_ = counter_->known_from();
    forgotten_ = counter_->forgotten();
    // A block says how many events it has, and has no more than its bytes can hold a bit of each.
    if (counter_->size() / 8 > bytes.size()) throw_corrupt("counter has more instants than bytes");
    if (counter_->blocks() == 1) only_.emplace(counter_->block(0));
    if (stretch.since == minus_infinity && stretch.until == plus_infinity)
        read_instants();
    else
        read_instants(stretch);
}

void CounterColumns::read_instants() {
    const auto instants = make<Instant>(size() + 1);
    Instant previous = minus_infinity;
    for_blocks([&](const CounterBlock& block, std::size_t first) {
        block.decode_instants(instants.data() + first);
        if (first > 0 && instants[first] <= previous) throw_corrupt("instants are not increasing");
        previous = instants[first + block.size() - 1];
    });
    instants.back() = plus_infinity;
    instants_ = instants.first(size());
    count_to_until_ = size();
    first_ = instants.front();
}

/// Those of the stretch, and one before it if there is one; only the blocks that hold some are read.
void CounterColumns::read_instants(const Stretch& stretch) {
    const std::size_t blocks = counter_->blocks();
    std::size_t begin = 0;
    while (begin + 1 < blocks && counter_->block_start(begin + 1) <= stretch.since) ++begin;
    std::size_t end = std::min(begin + 1, blocks);
    while (end < blocks && counter_->block_start(end) <= stretch.until) ++end;
    const auto instants = make<Instant>(std::min((end - begin) * block_entries, size() - begin * block_entries) + 1);
    std::size_t n = 0;
    for (std::size_t b = begin; b < end; ++b) {
        if (b % 64 == 63) check_interrupts();
        const CounterBlock block = this->block(b);
        if (blocks > 1 && block.first() != counter_->block_start(b))
            throw_corrupt("directory of a counter does not fit its blocks");
        const InstantsHead::Part part = block.decode_instants(stretch, instants.data() + n);
        if (b == begin) first_number_ = b * block_entries + part.first;
        if (n > 0 && part.count > 0 && instants[n] <= instants[n - 1]) throw_corrupt("instants are not increasing");
        n += part.count;
    }
    instants[n] = plus_infinity;
    instants_ = instants.first(n);
    count_to_until_ = first_number_ + n - std::size_t(n > 0 && instants[n - 1] > stretch.until);
    stretch_until_ = stretch.until;
    if (size() > 0) first_ = first_number_ == 0 ? instants.front() : block(0).first();
}

/// Calls f(block, number of its first event).
template <class F>
void CounterColumns::for_blocks(F f) const {
    for (std::size_t b = 0; counter_ && b < counter_->blocks(); ++b) {
        if (b % 64 == 63) check_interrupts();
        f(block(b), b * block_entries);
    }
}

std::span<const std::int64_t> CounterColumns::rows_before() const {
    if (knows_rows_) return rows_before_;
    bool any = false;
    for_blocks([&any](const CounterBlock& block, std::size_t) { any |= block.has_rows(); });
    if (any) {
        const auto sums = make<std::int64_t>(size() + 1);
        sums[0] = 0;
        for_blocks([&](const CounterBlock& block, std::size_t first) {
            for (std::size_t i = 0; i < block.size(); ++i) {
                sums[first + i + 1] = sums[first + i] + block.rows(i);
                if (sums[first + i + 1] > max_rows) throw_corrupt("counter has too many events");
            }
        });
        rows_before_ = sums;
    }
    knows_rows_ = true;
    return rows_before_;
}

/// False where a total does not fit.
bool CounterColumns::read_scaled_totals() const {
    bool fits = true;
    int scale = 0;
    for_blocks([&](const CounterBlock& block, std::size_t) {
        fits &= !block.has_wide_totals();
        scale = std::max(scale, block.scale());
    });
    if (!fits || scale > 18) return false;
    const auto sums = make<std::int64_t>(size() + 1);
    std::fill(sums.begin(), sums.end(), 0);
    for_blocks([&](const CounterBlock& block, std::size_t first) {
        const std::int64_t factor = power_of_ten[scale - block.scale()];
        for (std::size_t i = 0; i < block.size(); ++i) {
            std::int64_t scaled = 0;
            fits &= !__builtin_mul_overflow(block.scaled_total(i), factor, &scaled) &&
                    !__builtin_add_overflow(sums[first + i], scaled, &sums[first + i + 1]);
        }
    });
    if (!fits) return false;
    totals_before_.scaled = sums;
    totals_before_.scale = scale;
    return true;
}

void CounterColumns::read_wide_totals() const {
    const auto sums = make<Wide>(size() + 1);
    for (Wide& sum : sums) new (&sum) Wide;
    for_blocks([&](CounterBlock block, std::size_t first) {
        for (std::size_t i = 0; i < block.size(); ++i) {
            block.read_total(i, sums[first + i + 1]);
            sums[first + i + 1].add(sums[first + i]);
        }
    });
    totals_before_.wide = sums;
}

const TotalsBefore& CounterColumns::totals_before() const {
    if (!knows_totals_ && !read_scaled_totals()) read_wide_totals();
    knows_totals_ = true;
    return totals_before_;
}

Number CounterColumns::total_of(std::size_t begin, std::size_t end) const {
    if (!knows_totals_ && only_ && !only_->has_wide_totals()) {
        Int128 sum = 0;
        for (std::size_t i = begin; i < end; ++i) sum += only_->scaled_total(i);
        return round_to_number(sum < 0, sum < 0 ? -Uint128(sum) : Uint128(sum), only_->scale());
    }
    return totals_before().between(begin, end);
}

const ActorColumn& CounterColumns::actors() const {
    if (knows_actors_) return actors_;
    bool one_each = true;
    std::size_t total = 0, most = 0;
    for_blocks([&](const CounterBlock& block, std::size_t) {
        const std::size_t actors = block.actors();
        one_each &= block.has_one_actor_each();
        most = std::max(most, actors);
        total += actors;
    });
    if (total > max_value_bytes) throw_corrupt("counter has too many actors");
    const auto numbers = make<std::uint32_t>(total);
    const auto begins = make<std::uint32_t>(one_each ? 0 : size() + 1);
    const auto decoded = make<std::uint64_t>(most);
    std::size_t n = 0;
    for_blocks([&](const CounterBlock& block, std::size_t first) {
        const std::size_t actors = block.actors();
        block.decode_actors(actors, decoded.data());
        std::size_t begin = n;
        for (std::size_t i = 0; !one_each && i < block.size(); ++i) {
            begins[first + i] = std::uint32_t(begin);
            begin += block.actor_count(i);
        }
        for (std::size_t i = 0; i < actors; ++i) numbers[n++] = std::uint32_t(decoded[i]);
    });
    if (!one_each) begins[size()] = std::uint32_t(n);
    actors_ = {numbers, begins};
    knows_actors_ = true;
    return actors_;
}

std::span<const std::uint32_t> CounterColumns::actors_of(std::size_t begin, std::size_t end) const {
    if (!knows_actors_ && only_ && (end - begin) * 4 < size() && only_->has_one_actor_each()) {
        const auto numbers = make<std::uint32_t>(end - begin);
        for (std::size_t i = begin; i < end; ++i) numbers[i - begin] = only_->actor(i);
        return numbers;
    }
    const ActorColumn& all = actors();
    return all.numbers.subspan(all.begin_of(begin), all.begin_of(end) - all.begin_of(begin));
}

}  // namespace csagg
