#include "rules/instant/day_mean.hpp"
#include "rules/instant/extremes.hpp"
#include "rules/over_time/track_evaluation_parts.hpp"
#include "rules/instant/streak.hpp"

namespace csagg {

// ---- states

Track TrackEvaluation::state(const Node& node) {
    const StateData& data = facts_.state(node.fact);
    const Lookback& shift = program_.questions()[node.question].shift;
    const Instant known = data.known_from == minus_infinity ? from_ : std::max(from_, shift.exit_of(data.known_from));
    out_.begin(data.runs.size() + 2);
    out_.add(absent_at(from_));
    for (const Run& run : data.runs) {
        const Instant begin = std::max(shift.exit_of(run.at), known);
        if (begin >= until_) break;
        out_.add(piece_of(run.value).starting(begin));
    }
    return out_.finish();
}

/// Calls f(number of runs begun, begin, end) for the stretches from known_from on; before it the value is absent.
template <class F>
Track TrackEvaluation::of_runs(const Node& node, F f) {
    const StateData& data = facts_.state(node.fact);
    const Instant known = std::max(from_, data.known_from);
    const auto& runs = data.runs;
    out_.begin(2 * runs.size() + 4);
    out_.add(absent_at(from_));
    auto begun = std::size_t(std::ranges::upper_bound(runs, known, {}, &Run::at) - runs.begin());
    for (Instant t = known; t < until_;) {
        const Instant end = begun < runs.size() ? std::min(runs[begun].at, until_) : until_;
        f(data, begun, t, end);
        t = end;
        ++begun;
    }
    return out_.finish();
}

Track TrackEvaluation::previous(const Node& node) {
    return of_runs(node, [this](const StateData& data, std::size_t n, Instant begin, Instant) {
        out_.add(n < 2 || !data.knows_begin(n - 1) ? absent_at(begin)
                                                   : piece_of(data.runs[n - 2].value).starting(begin));
    });
}

Track TrackEvaluation::changed_within(const Node& node) {
    const Lookback& window = program_.questions()[node.question].window;
    return of_runs(node, [this, &window](const StateData& data, std::size_t n, Instant begin, Instant end) {
        Instant t = begin;
        if (n > 0 && data.knows_begin(n - 1)) {
            const Instant leaves = window.exit_of(data.runs[n - 1].at);
            if (t < leaves) out_.add(truth_at(t, true));
            t = std::max(t, leaves);
        }
        if (data.known_from != minus_infinity && t < end) {
            const Instant known = window.exit_of(data.known_from);
            if (t < known) out_.add(absent_at(t));
            t = std::max(t, known);
        }
        if (t < end) out_.add(n == 0 ? absent_at(t) : truth_at(t, false));
    });
}

Track TrackEvaluation::age(const Node& node) {
    return of_runs(node, [this](const StateData& data, std::size_t n, Instant begin, Instant) {
        const bool known =
            n > 0 && data.knows_begin(n - 1) && !data.runs[n - 1].value.absent && data.runs[n - 1].at != minus_infinity;
        out_.add(known ? Piece{begin, -days().day_of(data.runs[n - 1].at), {1}} : absent_at(begin));
    });
}

/// What at(instant) says, from one change to the next.
template <class At>
Track TrackEvaluation::say(At at, std::size_t pieces) {
    out_.begin(pieces);
    std::size_t steps = 0;
    for (Instant t = from_; t < until_;) {
        const ValueUntil now = at(t);
        out_.add(piece_of(now.value).starting(t));
        if (++steps % 1024 == 0) check_interrupts();
        t = now.until;
    }
    return out_.finish();
}

Track TrackEvaluation::extreme_of_window(const Node& node) {
    const StateData& data = facts_.state(node.fact);
    Arena& arena = tracks_.get_stored_allocator().arena();
    Extremes extremes(data, program_.questions()[node.question].window, node.op == Op::lowest, Kind(node.kind), arena);
    return say([&](Instant t) { return extremes.at(t); }, 2 * data.runs.size() + 2);
}

Track TrackEvaluation::mean(const Node& node) {
    const StateData& data = facts_.state(node.fact);
    const DayMean mean(program_.days(), data, node.window.days);
    return say([&](Instant t) { return mean.at(t); }, data.runs.size() + std::size_t(node.window.days) + 2);
}

Track TrackEvaluation::streak(const Node& node) {
    const CounterColumns& counter = facts_.counter(node.fact);
    Streak streak(program_.days(), counter);
    return say([&](Instant t) { return streak.at(t); }, 2 * counter.instants().size() + 3);
}

// ---- counters

/// What count() with one row an event, distinct() and active_days() count.
Passage TrackEvaluation::counted(const Node& node) {
    if (node.op == Op::distinct) return windows_.of_actors(node);
    if (node.op == Op::active_days) return windows_.of_days(node);
    return windows_.of(node);
}

/// The events of a passage that are in the window, from an instant on.
class InWindow {
public:
    InWindow(const Passage& passage, Instant at)
        : entered_(count_to(passage.enters, at)), left_(count_to(passage.leaves, at)) {
        static constexpr Instant infinity = plus_infinity;
        enter_ = passage.enters.data() + entered_;
        leave_ = passage.leaves.empty() ? &infinity : passage.leaves.data() + left_;
    }

    // They are [begin, end) of the passage's.
    std::size_t begin() const { return left_; }
    std::size_t end() const { return entered_; }
    /// Goes on to the next change, and gives its instant. Which one it is is not to be predicted: no branches.
    Instant next() {
        const Instant comes = *enter_, goes = *leave_, t = std::min(comes, goes);
        const std::size_t in = comes == t ? 1 : 0, out = goes == t ? 1 : 0;
        enter_ += in;
        leave_ += out;
        entered_ += in;
        left_ += out;
        return t;
    }

private:
    static std::size_t count_to(std::span<const Instant> instants, Instant at) {
        return std::size_t(std::ranges::upper_bound(instants, at) - instants.begin());
    }

    std::size_t entered_, left_;
    const Instant* enter_;
    const Instant* leave_;
};

namespace {

/// How far sums are from one another at most; so far are those of stretches from 0.
Uint128 spread_of(std::span<const std::int64_t> sums) {
    const auto [least, greatest] = std::ranges::minmax(sums);
    return Uint128(Int128(greatest) - least);
}

}  // namespace

/// Where what is in the window comes to whole numbers of one scale: value(begin, end) of events of the passage.
template <class F>
Track TrackEvaluation::whole_numbers(InWindow& window, Instant start, int scale, std::uint64_t bound, F value) {
    Instant* const at = out_.at();
    std::int64_t* const words = out_.words();
    at[0] = from_;
    words[0] = 0;
    std::size_t n = start > from_ ? 1 : 0;
    for (Instant t = start; t < until_;) {
        at[n] = t;
        words[n] = value(window.begin(), window.end());
        t = window.next();
        n += t != at[n] ? 1 : 0;
    }
    Track numbers = out_.finish(n, {0, std::uint8_t(scale)}, start > from_);
    numbers.bound = bound;
    return numbers;
}

Track TrackEvaluation::window(const Node& node) {
    const CounterColumns& counter = facts_.counter(node.fact);
    const auto rows = node.op == Op::count ? counter.rows_before() : std::span<const std::int64_t>{};
    const TotalsBefore* const totals = node.op == Op::sum ? &counter.totals_before() : nullptr;
    const Passage passage = counted(node);
    const Instant known = counter.known_from() == minus_infinity
                              ? from_
                              : program_.questions()[node.question].known(counter.known_from());
    const Instant start = std::max(from_, known);
    if (start >= until_) return constant(absent_at(from_));
    InWindow window(passage, start);
    out_.begin(passage.enters.size() - window.end() + passage.leaves.size() - window.begin() + 2);
    if (totals == nullptr && rows.empty())
        return whole_numbers(window, start, 0, passage.enters.size() + 1,
                             [](std::size_t begin, std::size_t end) { return std::int64_t(end - begin); });
    const auto before = totals == nullptr ? rows : totals->scaled;
    if (passage.events.empty() && !before.empty())
        if (const Uint128 spread = spread_of(before); spread < std::uint64_t(power_of_ten[18]))
            return whole_numbers(window, start, totals == nullptr ? 0 : totals->scale, std::uint64_t(spread),
                                 [before](std::size_t begin, std::size_t end) { return before[end] - before[begin]; });
    if (start > from_) out_.add(absent_at(from_));
    for (Instant t = start; t < until_; t = window.next()) {
        const std::size_t begin = window.begin(), end = window.end();
        Number sum;
        if (begin < end) {
            const std::size_t first = passage.events.empty() ? begin : passage.events[begin];
            const std::size_t last = passage.events.empty() ? end - 1 : passage.events[end - 1];
            sum = totals == nullptr ? Number::of(rows[last + 1] - rows[first]) : totals->between(first, last + 1);
        }
        out_.add(number_at(t, sum));
    }
    return out_.finish();
}

/// `count(...) >= k` and the like, without the numbers between. At least k are there from where the k-th has entered,
/// up to where all but k - 1 of those entered have left: the union of [enters[i], leaves[i - k + 1]) over all i.
Track TrackEvaluation::threshold(const Node& node, const Node& counting, const Number& bound) {
    const CounterColumns& counter = facts_.counter(counting.fact);
    if (counting.op == Op::count && !counter.rows_before().empty()) {
        const Track numbers = of(NodeId(&counting - &program_[0]));
        return map(numbers, [&](Instant begin, Instant end, const Piece& piece) {
            if (piece.state() != PieceState::value) return out_.add(piece);
            compare(node.op, begin, end, piece, number_at(begin, bound),
                    [this](Instant t, bool truth) { out_.add(truth_at(t, truth)); });
        });
    }
    // The least whole number at or above the bound, or above it.
    const std::int64_t unit = power_of_ten[std::min<int>(bound.scale, 18)];
    std::int64_t k = bound.coefficient / unit;
    if (Number::of(k) < bound || ((node.op == Op::gt || node.op == Op::le) && Number::of(k) == bound)) ++k;
    const bool truth = node.op == Op::ge || node.op == Op::gt;

    const Passage passage = counted(counting);
    const Instant known = counter.known_from() == minus_infinity
                              ? from_
                              : program_.questions()[counting.question].known(counter.known_from());
    const Instant start = std::max(from_, known);
    if (start >= until_) return constant(absent_at(from_));
    out_.begin(2 * passage.enters.size() + 3);
    Instant* const at = out_.at();
    std::int64_t* const words = out_.words();
    at[0] = from_;
    words[0] = 0;
    std::size_t size = start > from_ ? 1 : 0;
    const auto add = [&](Instant t, bool enough) {
        at[size] = t;
        words[size++] = enough == truth ? 1 : 0;
    };
    const auto n = std::int64_t(passage.enters.size());
    const std::span<const Instant> enters =
        k <= 0 || k > n ? std::span<const Instant>{} : passage.enters.subspan(std::size_t(k - 1));
    if (k <= 0) {
        add(start, true);
    } else if (passage.leaves.empty()) {
        const Instant begin = enters.empty() ? plus_infinity : enters[0];
        if (begin > start) add(start, false);
        if (begin < until_) add(std::max(begin, start), true);
    } else {
        const auto leaves = passage.leaves.first(enters.size());
        auto i = std::size_t(std::ranges::upper_bound(leaves, start) - leaves.begin());
        const auto last = std::size_t(std::ranges::lower_bound(enters, until_) - enters.begin());
        while (i < last && std::max(enters[i], start) >= leaves[i]) ++i;
        if (i >= last) {
            add(start, false);
        } else {
            if (enters[i] > start) add(start, false);
            add(std::max(enters[i], start), true);
            // Where a gap comes is not to be predicted: no branches.
            Instant end = leaves[i];
            for (++i; i < last; ++i) {
                const Instant begin = enters[i];
                const bool any = begin < leaves[i], gap = any & (begin > end);
                at[size] = end;
                words[size] = truth ? 0 : 1;
                at[size + 1] = begin;
                words[size + 1] = truth ? 1 : 0;
                size += std::size_t(gap) * 2;
                end ^= (end ^ leaves[i]) & -std::int64_t(any);
            }
            if (end < until_) add(end, false);
        }
    }
    return out_.finish(size, {}, start > from_);
}

/// What is counted one by one, or a multiple of it.
std::optional<TrackEvaluation::Multiple> TrackEvaluation::multiple_of(const Node& node) const {
    if (counts_units(node)) return Multiple{&node, Number::of(1)};
    if (node.op != Op::multiply) return std::nullopt;
    for (const std::size_t i : {0, 1}) {
        const Node &counting = program_[arguments(node)[i]], &constant = program_[arguments(node)[1 - i]];
        if (constant.op == Op::constant && !constant.constant.absent && counts_units(counting))
            return Multiple{&counting, constant.constant.number()};
    }
    return std::nullopt;
}

/// When a number is `op` 0 that is `value` at `start` and changes by its step at each instant of each stream.
template <std::size_t streams, class Stream>
Track TrackEvaluation::follow(Op op, const Stream* given, std::int64_t value, Instant start, std::size_t size) {
    Stream stream[streams];
    std::copy_n(given, streams, stream);
    out_.begin(size);
    Instant* const at = out_.at();
    std::int64_t* const words = out_.words();
    at[0] = from_;
    words[0] = 0;
    std::size_t n = start > from_ ? 1 : 0;
    // One comparison tells: of the opposite if that is what does not hold above 0, the value moved so that what is
    // asked for, below 0, 0, or both, lies from `least` on up to `end`, and nothing that is not before it.
    const unsigned outcomes = outcomes_of(op), low = outcomes > 3 ? ~outcomes & 7 : outcomes;
    const std::uint64_t least = std::uint64_t(low & 1) << 63, end = least + (low >> 1);
    const std::uint64_t otherwise = outcomes > 3 ? 1 : 0;
    std::uint64_t moved = std::uint64_t(value) + least, last = 2;
    for (Instant t = start; t < until_;) {
        Instant next = *stream[0].next;
        for (std::size_t i = 1; i < streams; ++i) next = std::min(next, *stream[i].next);
        // Of several steps at one instant the last one tells.
        if (next != t) {
            const std::uint64_t truth = std::uint64_t(moved < end) ^ otherwise;
            at[n] = t;
            words[n] = std::int64_t(truth);
            n += truth != last ? 1 : 0;
            last = truth;
        }
        for (Stream& s : stream) {
            // Which ones come is not to be predicted: no branches.
            const std::int64_t comes = *s.next == next ? 1 : 0;
            moved += std::uint64_t(s.step & -comes);
            s.next += comes;
        }
        t = next;
    }
    return out_.finish(n, {}, start > from_);
}

/// `count(...) < 0.5 * count(...)` and the like, without the numbers between.
bool TrackEvaluation::compare_counts(const Node& node, Track& result) {
    const auto a = multiple_of(program_[arguments(node)[0]]), b = multiple_of(program_[arguments(node)[1]]);
    if (!a || !b || !is_tame(a->factor, max_line_value) || !is_tame(b->factor, max_line_value)) return false;
    const auto known = [this](const Node& counting) {
        const Instant from = facts_.counter(counting.fact).known_from();
        return from == minus_infinity ? from_ : program_.questions()[counting.question].known(from);
    };
    const Instant start = std::max({from_, known(*a->counting), known(*b->counting)});
    const Passage x = counted(*a->counting), y = counted(*b->counting);
    const std::size_t most = x.enters.size() + x.leaves.size() + y.enters.size() + y.leaves.size();
    // Each step of one of these changes the difference, a x first - b x second, by as much.
    const int scale = std::max(a->factor.scale, b->factor.scale);
    const std::int64_t up = a->factor.coefficient * power_of_ten[scale - a->factor.scale];
    const std::int64_t down = b->factor.coefficient * power_of_ten[scale - b->factor.scale];
    const auto is_exact = [most](std::int64_t step) {
        return Uint128(magnitude_of(step)) * most < std::uint64_t(power_of_ten[18]);
    };
    if (start >= until_ || !is_exact(up) || !is_exact(down)) return false;
    static constexpr Instant infinity = plus_infinity;
    struct Stream {
        const Instant* next;
        std::int64_t step;
    };
    std::int64_t difference = 0;
    const auto begin = [&](std::span<const Instant> instants, std::int64_t step) {
        const auto past = std::size_t(std::ranges::upper_bound(instants, start) - instants.begin());
        difference += step * std::int64_t(past);
        return Stream{instants.empty() ? &infinity : instants.data() + past, step};
    };
    // What leaves the one window often enters the other, of so long ago, at once.
    const bool meet = x.leaves.data() == y.enters.data() && x.leaves.size() == y.enters.size();
    const Stream streams[] = {begin(x.enters, up), begin(y.leaves, down), begin(y.enters, meet ? -down - up : -down),
                              begin(meet ? std::span<const Instant>{} : x.leaves, -up)};
    const std::size_t size = most + 2;
    result = meet ? follow<3>(node.op, streams, difference, start, size)
                  : follow<4>(node.op, streams, difference, start, size);
    return true;
}

Track TrackEvaluation::first_or_last(const Node& node) {
    const CounterColumns& counter = facts_.counter(node.fact);
    const auto events = counter.instants();
    const bool forgotten = node.op == Op::first && counter.known_from() != minus_infinity;
    auto i = std::size_t(std::ranges::upper_bound(events, from_) - events.begin());
    out_.begin(events.size() - i + 1);
    if (node.op == Op::last) {
        Instant* const at = out_.at();
        std::int64_t* const words = out_.words();
        at[0] = from_;
        words[0] = i > 0 ? events[i - 1] : 0;
        const auto end = std::size_t(std::ranges::lower_bound(events, until_) - events.begin());
        const std::size_t later = end - std::min(i, end);
        std::copy_n(events.data() + i, later, at + 1);
        std::copy_n(events.data() + i, later, words + 1);
        if (i > 0 || later > 0) return out_.finish(later + 1, {}, i == 0);
    }
    out_.add(i == 0 || forgotten ? absent_at(from_) : Piece{from_, events.front()});
    if (i == 0 && !forgotten && !events.empty() && events.front() < until_) out_.add({events.front(), events.front()});
    return out_.finish();
}

// ---- days

Track TrackEvaluation::within(const Node& node) {
    const Kind kind = Kind(program_[arguments(node)[0]].kind);
    return map(argument(node, 0), [&](Instant begin, Instant end, const Piece& x) {
        if (x.state() != PieceState::value) return out_.add(x);
        out_.add(truth_at(begin, false));
        if (!is_finite(kind, x.word)) return;
        const Stay stay = stay_within(kind, x.word, node.window, program_.days());
        const Instant first = std::max(begin, stay.begin), last = std::min(end, stay.end);
        if (first >= last) return;
        out_.add(truth_at(first, true));
        if (last < end) out_.add(truth_at(last, false));
    });
}

/// The same since the last event, or until it; false if that was since ever.
bool TrackEvaluation::days_to_last(const Node& last, int sign, Track& result) {
    const Track times = of(NodeId(&last - &program_[0]));
    const auto days = windows_.days_of(last.fact);
    const auto events = facts_.counter(last.fact).instants();
    const auto past = std::size_t(std::ranges::upper_bound(events, from_) - events.begin());
    if (!times.is_uniform() || times.words[times.head()] == minus_infinity) return false;
    out_.begin(times.size);
    std::int64_t* const words = out_.words();
    words[0] = 0;
    for (std::size_t i = times.head(); i < times.size; ++i) words[i] = -sign * days[past + i - 1];
    result = out_.finish(times.size, {sign}, times.absent_head);
    result.at = times.at;
    // They are in order.
    result.bound = std::max(magnitude_of(words[times.head()]), magnitude_of(words[times.size - 1]));
    return true;
}

Track TrackEvaluation::days_to(const Node& node) {
    const Kind kind = Kind(program_[arguments(node)[0]].kind);
    const Node& of = program_[arguments(node)[0]];
    const int sign = node.op == Op::days_since ? 1 : -1;
    if (Track result; of.op == Op::last && days_to_last(of, sign, result)) return result;
    return map(argument(node, 0), [&](Instant begin, Instant end, const Piece& x) {
        if (x.state() == PieceState::failed) return out_.add(x);
        if (x.state() == PieceState::absent || !is_finite(kind, x.word)) return out_.add(absent_at(begin));
        const std::int64_t day = kind == Kind::date ? x.word : days().day_of(x.word);
        if (magnitude_of(day) <= std::uint64_t(max_line_value)) return out_.add({begin, -sign * day, {sign}});
        add_daily(begin, end, [&](Instant t, std::int64_t today) { out_.add({t, sign * (today - day)}); });
    });
}

}  // namespace csagg
