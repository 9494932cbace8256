// The score alone.
#include "base/interrupt.hpp"
#include "rules/assessment/figures_from_tracks.hpp"

namespace csagg {

/// Of a rule: its points now, and all bits if they count in the present stage.
template <class Sum>
struct [[gnu::packed, gnu::aligned(8)]] FiguresFromTracks::Points {
    Sum now, counts;
};

/// How far one sum is above another; both may take all bits.
Uint128 distance(Int128 sum, Int128 least) { return Uint128(sum) - Uint128(least); }

/// The sum of the points in a stage, above the least.
template <class Sum>
Sum FiguresFromTracks::begin_stage(std::span<Points<Sum>> points) const {
    Sum sum = Sum(distance(base_, least_));
    for (std::size_t i = 0; i < rule_count_; ++i) {
        points[i].counts = rules_.rules()[i].applies_in(stage_now_) ? ~Sum(0) : 0;
        sum += points[i].now & points[i].counts;
    }
    return sum;
}

/// How far above the least one the sums are, within the bounds, and when; `absent` where there is none.
template <class Sum>
std::span<const FiguresFromTracks::SumAt<Sum>> FiguresFromTracks::add_changes() {
    SmallVector<Points<Sum>, 32> points(arena_);
    for (const std::uint32_t level : now_) points.push_back({Sum(levels_[level].scaled()), 0});
    const std::size_t most = merged_.size() + 2;
    auto* const out = static_cast<SumAt<Sum>*>(arena_.allocate(most * sizeof(SumAt<Sum>), alignof(SumAt<Sum>)));
    constexpr Sum absent = ~Sum(0);
    const Sum low = Sum(distance(low_, least_)), high = Sum(distance(high_, least_));
    Sum sum = 0, last = absent, hides = absent;
    std::size_t n = 0;
    // Which changes nobody sees is not to be predicted: no branches.
    const auto put = [&](Instant at, Sum whole) {
        const Sum seen = (sum < low ? low : high < sum ? high : sum) | hides;
        out[n] = {at, seen};
        const Sum differs = whole & (seen != last ? 1 : 0);
        n += std::size_t(differs);
        last ^= (last ^ seen) & (0 - differs);
    };
    const auto turn = [&] {
        look_at_existence();
        look_at_stage();
        hides = exists_now_ ? 0 : absent;
        sum = begin_stage(std::span(points.data(), points.size()));
    };
    turn();
    put(tracks_.from(), 1);
    Sum turns = 0;  // 1 while what changed at one instant is not all known
    const Level* const levels = levels_.data();
    const Change* change = merged_.data();
    const Change* const end = change + merged_.size();
    for (std::size_t steps = 0; change != end; ++change) {
        if (++steps % 4096 == 0) check_interrupts();
        const Level& level = levels[change->level];
        Points<Sum>& its = points[level.source];
        const Sum after = Sum(level.scaled());
        sum += (after - its.now) & its.counts;
        its.now = after;
        // Behind the last change stands one that never comes.
        const Sum whole = change[1].at != change->at ? 1 : 0;
        if (level.source >= rule_count_) [[unlikely]] {
            now_[level.source] = change->level;
            turns = 1;
        }
        if ((turns & whole) != 0) [[unlikely]] {
            turn();
            turns = 0;
        }
        put(change->at, whole);
    }
    hides = absent;
    put(tracks_.until(), 1);
    return {out, n};
}

/// Nothing fails, nothing overrides: then a score follows from its sum.
template <class Sum>
void FiguresFromTracks::run_plain(Steps& score) {
    const auto sums = add_changes<Sum>();
    constexpr Sum absent = ~Sum(0);
    // By their hashes: the same sums come again and again.
    Sum known[64];
    std::fill_n(known, 64, absent);
    std::int64_t words[64];
    std::uint8_t scales[64];
    Value last = Value::none(Kind::number);
    score.entries.resize(sums.size(), boost::container::default_init);
    Entry* out = score.entries.data();
    for (const SumAt<Sum>& step : sums) {
        if (step.sum == absent) {
            last = Value::none(Kind::number);
            *out++ = {step.at, 0, last};
            continue;
        }
        const std::size_t place = std::uint64_t(step.sum) * 0x9E3779B97F4A7C15U >> 58;
        if (known[place] != step.sum) {
            const auto sum = Int128(Uint128(least_) + step.sum);
            const Number number = round_to_number(sum < 0, sum < 0 ? -Uint128(sum) : Uint128(sum), scale_);
            known[place] = step.sum;
            words[place] = number.coefficient;
            scales[place] = number.scale;
        }
        const Number number{words[place], scales[place]};
        // Sums of more digits than a number has may come to the same.
        if (!last.absent && last.number() == number) continue;
        last = Value::of(number);
        *out++ = {step.at, 0, last};
    }
    score.entries.resize(std::size_t(out - score.entries.data()));
}

void FiguresFromTracks::run(Steps& score) {
    const bool plain = sums_fit_ && !any_failed_ && rules_.override_when() == no_node && !rules_.is_mean();
    if (!plain) return run_any(nullptr, score, nullptr, nullptr);
    if (is_narrow_) return run_plain<std::uint64_t>(score);
    run_plain<Uint128>(score);
}

}  // namespace csagg
