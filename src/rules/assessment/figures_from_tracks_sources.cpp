// What the rules of a set say and when, put in order of time.
#include "rules/assessment/figures_from_tracks.hpp"

#include "base/sort.hpp"

namespace csagg {

FiguresFromTracks::FiguresFromTracks(const RuleSet& rules, TrackEvaluation& tracks, Track exists, Arena& arena)
    : rules_(rules),
      tracks_(tracks),
      rule_count_(std::uint32_t(rules.rules().size())),
      override_source_(rule_count_),
      exists_source_(rule_count_ + 1),
      stage_source_(rule_count_ + 2),
      arena_(arena),
      levels_(Alloc<Level>(arena)),
      begins_(arena),
      now_(arena),
      applies_(arena) {
    levels_.reserve(100);
    make_room(1000);
    begins_.reserve(rule_count_ + 4);
    Level nothing, missing;
    missing.missing = true;
    for (std::uint32_t i = 0; i < rule_count_; ++i) {
        const RuleSet::Rule& rule = rules.rules()[i];
        missing.points = rule.missing;
        collect(i, rule.when, rule.points, nothing, missing);
    }
    missing.points = {};
    if (rules.override_when() == no_node) {
        begin_source();
        add_change(tracks.from(), add_level(override_source_, missing));
    } else {
        collect(override_source_, rules.override_when(), rules.override_score(), missing, missing);
    }
    collect_words(exists_source_, exists);
    collect_words(stage_source_, stages());
    begin_source();
    scale_points();
    now_.reserve(rule_count_ + 3);
    for (std::uint32_t i = 0; i <= stage_source_; ++i) now_.push_back(changes_[begins_[i]].level);
    applies_.resize(rule_count_);
    merged_ = merge_changes();
}

/// The number of the first stage whose condition is true; absent where none is.
Track FiguresFromTracks::stages() {
    Track all = tracks_.constant(absent_at(tracks_.from()));
    for (std::size_t i = rules_.stages().size(); i-- > 0;) {
        const Track here = tracks_.constant({tracks_.from(), std::int64_t(i)});
        all = rules_.stages()[i] == no_node ? here : tracks_.choose(tracks_.of(rules_.stages()[i]), here, all);
    }
    return all;
}

/// For so many more changes.
void FiguresFromTracks::make_room(std::size_t changes) {
    if (changes <= change_room_ - change_count_) return;
    change_room_ = std::max(change_count_ + changes, 2 * change_room_);
    auto* const fresh = static_cast<Change*>(arena_.allocate(change_room_ * sizeof(Change), alignof(Change)));
    std::copy_n(changes_, change_count_, fresh);
    changes_ = fresh;
}

/// The level's number; that of the source's latest one if it says the same.
std::uint32_t FiguresFromTracks::add_level(std::uint32_t source, Level level) {
    level.source = source;
    if (!levels_.empty()) {
        const Level& last = levels_.back();
        if (last.source == source && last.points == level.points && last.word == level.word &&
            last.missing == level.missing && last.failed == level.failed)
            return std::uint32_t(levels_.size() - 1);
    }
    levels_.push_back(level);
    return std::uint32_t(levels_.size() - 1);
}

/// Changes of one rule or the override: `off` while the condition is false, `unknown` while it or the points are NULL.
void FiguresFromTracks::collect(std::uint32_t source, NodeId when, NodeId points, const Level& off,
                                const Level& unknown) {
    begin_source();
    // A condition that decides against a rule where it is NULL decides against an override too, but does not make it
    // missing.
    const std::uint32_t off_level = add_level(source, off), unknown_level = add_level(source, unknown);
    Level failure;
    failure.failed = true;
    const auto add_failure = [&](Instant at) { add_change(at, add_level(source, failure)); };
    const Track conditions = when == no_node ? tracks_.constant(truth_at(tracks_.from(), true)) : tracks_.of(when);
    if (conditions.is_uniform() && rules_.program()[points].op == Op::constant) {
        const Value constant = rules_.program()[points].constant;
        Level on = unknown;
        if (!constant.absent) on = {constant.number()};
        const std::uint32_t on_level = add_level(source, on);
        make_room(conditions.size);
        Change* const out = changes_ + change_count_;
        for (std::size_t i = 0; i < conditions.size; ++i)
            out[i] = {conditions.at[i], conditions.words[i] != 0 ? on_level : off_level};
        if (conditions.absent_head) out[0].level = unknown_level;
        change_count_ += conditions.size;
        return;
    }
    const auto add_points = [&](Instant begin, Instant end, const Piece& piece) {
        if (piece.state() == PieceState::failed) return add_failure(begin);
        if (piece.state() == PieceState::absent) return add_change(begin, unknown_level);
        tracks_.for_values(piece, begin, end, [this, source](Instant t, Instant, const Number& number) {
            add_change(t, add_level(source, {number}));
        });
    };
    Track values;
    std::size_t v = 0;
    for (std::size_t i = 0; i < conditions.size; ++i) {
        const Piece condition = conditions[i];
        const Instant end = conditions.at[i + 1];
        if (condition.state() == PieceState::failed) {
            add_failure(condition.at);
        } else if (condition.state() == PieceState::absent) {
            add_change(condition.at, unknown_level);
        } else if (condition.word == 0) {
            add_change(condition.at, off_level);
        } else {
            if (values.size == 0) values = tracks_.of(points);
            while (values.at[v + 1] <= condition.at) ++v;
            add_points(condition.at, std::min(end, values.at[v + 1]), values[v]);
            while (values.at[v + 1] < end) {
                ++v;
                add_points(values.at[v], std::min(end, values.at[v + 1]), values[v]);
            }
        }
    }
}

/// Existence, or the number of the stage; no stage is none.
void FiguresFromTracks::collect_words(std::uint32_t source, const Track& track) {
    begin_source();
    for (std::size_t i = 0; i < track.size; ++i) {
        const Piece piece = track[i];
        Level level;
        level.failed = piece.state() == PieceState::failed;
        level.word = piece.state() == PieceState::value ? std::uint32_t(piece.word)
                     : source == stage_source_          ? none
                                                        : 0;
        add_change(piece.at, add_level(source, level));
    }
}

/// Finds the scale at which all points, and the bounds, are whole numbers, and makes them so. NoTrack where a sum might
/// not fit.
void FiguresFromTracks::scale_points() {
    const Document& document = rules_.document();
    scale_ = document.base.scale;
    for (const auto& bound : {document.min, document.max})
        if (bound) scale_ = std::max<int>(scale_, bound->scale);
    for (const Level& level : levels_) scale_ = std::max<int>(scale_, level.points.scale);
    constexpr std::size_t few =
        150;  // so many numbers of 18 digits before the point and 18 behind it have a sum that fits
    const bool check = scale_ > Number::max_digits || rule_count_ > few || rules_.is_mean();
    std::int64_t heaviest = 1;
    for (const RuleSet::Rule& rule : rules_.rules()) heaviest = std::max(heaviest, rule.weight);
    const Int128 limit = Int128(~Uint128(0) >> 1) / Int128(rule_count_ + 2) / heaviest;
    const auto fits = [&](const Number& number) {
        Int128 room = limit;
        for (int digits = scale_ - number.scale; digits > 0; digits -= 18) room /= power_of_ten[std::min(digits, 18)];
        return Int128(magnitude_of(number.coefficient)) <= room;
    };
    const auto scaled = [&](const Number& number) {
        if (check && !fits(number)) throw NoTrack{};
        return at_scale(number);
    };
    base_ = scaled(document.base);
    least_ = base_;
    Int128 greatest = base_;
    // A rule that does not apply gives 0.
    Int128 least_of_source = 0, greatest_of_source = 0;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        Level& level = levels_[i];
        any_failed_ |= level.failed;
        Int128 whole = scaled(level.points);
        if (level.source < rule_count_) whole *= rules_.rules()[level.source].weight;
        level.low = std::uint64_t(whole);
        level.high = std::int64_t(whole >> 64);
        least_of_source = std::min(least_of_source, whole);
        greatest_of_source = std::max(greatest_of_source, whole);
        if (i + 1 < levels_.size() && levels_[i + 1].source == level.source) continue;
        least_ += std::exchange(least_of_source, 0);
        greatest += std::exchange(greatest_of_source, 0);
    }
    low_ = document.min ? scaled(*document.min) : least_;
    high_ = document.max ? scaled(*document.max) : greatest;
    // Where it does not round up to one digit more.
    const Int128 most = scale_ > 20 ? Int128(~Uint128(0) >> 1) : at_scale(Number::of(power_of_ten[18] - 1)) / 2;
    sums_fit_ = std::max(greatest, -least_) <= most;
    // A bound may be beyond all sums.
    least_ = std::min(least_, high_);
    greatest = std::max(greatest, low_);
    low_ = std::max(low_, least_);
    high_ = std::min(high_, greatest);
    is_narrow_ = Uint128(greatest) - Uint128(least_) < ~std::uint64_t(0);
}

Int128 FiguresFromTracks::at_scale(const Number& number) const {
    const int digits = scale_ - number.scale;
    if (digits <= 18) return Int128(number.coefficient) * power_of_ten[digits];
    return Int128(number.coefficient) * power_of_ten[18] * power_of_ten[digits - 18];
}

namespace {

/// Merges two lists in order of time, from both ends at once. Before each list stands something earlier, behind it
/// something later; `out` has room for both and for two such. Which one comes is not to be predicted: no branches.
template <class T>
std::span<const T> merge_lists(std::span<const T> a, std::span<const T> b, T* out) {
    const auto choose = [](const T* p, const T* q, std::size_t takes_q) {
        const auto x = reinterpret_cast<std::uintptr_t>(p), y = reinterpret_cast<std::uintptr_t>(q);
        return reinterpret_cast<const T*>(x ^ ((x ^ y) & (0 - takes_q)));
    };
    const std::size_t n = a.size() + b.size();
    const T *first_a = a.data(), *first_b = b.data();
    const T *last_a = first_a + a.size() - 1, *last_b = first_b + b.size() - 1;
    *out = {minus_infinity, 0};
    T *front = out + 1, *back = out + n;
    const auto take_first = [&] {
        const std::size_t takes_b = first_b->at < first_a->at ? 1 : 0;
        *front++ = *choose(first_a, first_b, takes_b);
        first_a += 1 - takes_b;
        first_b += takes_b;
    };
    for (std::size_t i = 0; i < n / 2; ++i) {
        take_first();
        const std::size_t takes_b = last_b->at < last_a->at ? 0 : 1;
        *back-- = *choose(last_a, last_b, takes_b);
        last_a -= 1 - takes_b;
        last_b -= takes_b;
    }
    if (n % 2 != 0) take_first();
    out[n + 1] = {plus_infinity, 0};
    return {out + 1, n};
}

}  // namespace

/// All changes in order of time. Those of one source are in order; so lists are merged two by two, always the shortest
/// (D. A. Huffman 1952).
std::span<const FiguresFromTracks::Change> FiguresFromTracks::merge_changes() {
    using List = std::span<const Change>;
    SmallVector<List, 32> lists(arena_);
    for (std::size_t i = 0; i + 1 < begins_.size(); ++i)
        if (const std::size_t n = begins_[i + 1] - begins_[i] - 2; n > 0)
            lists.push_back({changes_ + begins_[i] + 1, n});

    std::sort(lists.begin(), lists.end(), [](const List& a, const List& b) { return a.size() < b.size(); });
    // Merged lists come out ever longer: they queue behind one another as the lists themselves do.
    const std::size_t originals = lists.size();
    std::size_t next = 0, next_merged = originals;
    const auto shortest = [&] {
        const bool merged =
            next == originals || (next_merged < lists.size() && lists[next_merged].size() < lists[next].size());
        return lists[merged ? next_merged++ : next++];
    };
    for (std::size_t left = originals; left > 1; --left) {
        if (left % 64 == 0) check_interrupts();
        const List a = shortest(), b = shortest();
        const std::size_t bytes = (a.size() + b.size() + 2) * sizeof(Change);
        lists.push_back(merge_lists(a, b, static_cast<Change*>(arena_.allocate(bytes, alignof(Change)))));
    }
    return lists.empty() ? List{} : lists.back();
}

}  // namespace csagg
