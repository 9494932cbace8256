// Expressions evaluated for a whole stretch of time at once: node by node, each into a track.
//
// It gives what Evaluation gives at each instant, which is the definition, and the tests hold it to that. The
// difference is the order of work: Evaluation looks at all that is asked whenever something of it changes; here each
// node is computed once, and costs as much as it changes itself. Parts that Evaluation would not look at are computed
// too; where that fails, the piece of the track has failed, and nobody is told unless it is needed.
#pragma once
#include "rules/over_time/piecewise_track.hpp"
#include "rules/over_time/window_passages.hpp"

namespace csagg {

class InWindow;

class TrackEvaluation {
public:
    /// On [from, until), which is not empty. All must outlive this.
    TrackEvaluation(const Program& program, const Facts& facts, Windows& windows, Instant from, Instant until,
                    Arena& arena);

    Instant from() const { return from_; }
    Instant until() const { return until_; }
    NearDays& days() { return windows_.days(); }

    /// NoTrack. Tracks stay as long as the arena.
    Track of(NodeId id) {
        if (tracks_[id].at == nullptr) tracks_[id] = compute(id);
        return tracks_[id];
    }
    TrackBuilder& pieces() { return out_; }
    /// One value for all the time.
    Track constant(const Piece& piece);
    /// Piece by piece a where the condition is true, b where it is not.
    Track choose(const Track& condition, const Track& a, const Track& b);
    /// Errc::limit_exceeded for more days than fit into memory, one by one: some 11,000 years.
    static void check_days(Instant begin, Instant end) {
        constexpr std::int64_t most = 4'000'000;
        if (end / micros_per_day - std::max(begin, first_daily) / micros_per_day > most)
            throw Error(Errc::limit_exceeded,
                        "rules that change from day to day cannot be evaluated over more than " + std::to_string(most) +
                            " days",
                        "Ask for a shorter time.");
    }
    /// Calls f(begin, end, number) for each local day of a stretch, and once for one that is no line.
    template <class F>
    void for_values(const Piece& piece, Instant begin, Instant end, F f) {
        if (!piece.is_line()) return f(begin, end, piece.number());
        check_days(begin, end);
        for (Instant t = begin; t < end;) {
            const std::int64_t day = days().day_of(t);
            const Instant next = std::min(days().begin_of(day + 1), end);
            f(t, next, piece.number_on(day));
            t = next;
        }
    }

private:
    Track compute(NodeId id);
    std::span<const NodeId> arguments(const Node& node) const { return program_.nodes().arguments_of(node); }
    Track argument(const Node& node, std::size_t i) { return of(arguments(node)[i]); }
    Piece piece_of(const Value& value);

    // track_evaluation_facts.cpp
    Track state(const Node& node);
    template <class F>
    Track of_runs(const Node& node, F f);
    Track previous(const Node& node);
    Track changed_within(const Node& node);
    Track age(const Node& node);
    template <class At>
    Track say(At at, std::size_t pieces);
    Track extreme_of_window(const Node& node);
    Track mean(const Node& node);
    Track streak(const Node& node);
    Passage counted(const Node& node);
    template <class F>
    Track whole_numbers(InWindow& window, Instant start, int scale, std::uint64_t bound, F value);
    Track window(const Node& node);
    bool counts_units(const Node& node) const {
        return is_window(node.op) && node.op != Op::sum &&
               (node.op != Op::count || facts_.counter(node.fact).rows_before().empty());
    }
    struct Multiple {
        const Node* counting;
        Number factor;
    };
    std::optional<Multiple> multiple_of(const Node& node) const;
    template <std::size_t streams, class Stream>
    Track follow(Op op, const Stream* given, std::int64_t value, Instant start, std::size_t size);
    bool compare_counts(const Node& node, Track& result);
    Track threshold(const Node& node, const Node& counting, const Number& bound);
    Track first_or_last(const Node& node);
    Track within(const Node& node);
    Track days_to(const Node& node);
    bool days_to_last(const Node& last, int sign, Track& result);

    // track_evaluation_numbers.cpp
    Track arithmetic(const Node& node);
    Piece calculate(Op op, const Number& a, const Number& b, Instant at);
    Track round(const Node& node);
    Track magnitude(const Node& node);
    Track extreme(const Node& node);
    Track comparison(const Node& node);
    template <class F>
    void add_daily(Instant begin, Instant end, F f);
    template <class F>
    void compare_line(unsigned outcomes, Instant begin, Instant end, std::int64_t difference, std::int64_t slope, F f);
    bool compare_uniform(Op op, const Track& a, const Track& b, Track& result);
    bool scale_by(const Track& a, const Track& b, Track& product);
    template <class F>
    void compare(Op op, Instant begin, Instant end, const Piece& a, const Piece& b, F f);

    // track_evaluation.cpp
    template <class F>
    Track map(const Track& a, F f);
    template <class F>
    Track fold(const Node& node, F f);
    Track nullif(const Node& node);

    const Program& program_;
    const Facts& facts_;
    Windows& windows_;
    Instant from_, until_;
    TrackBuilder out_;
    Vector<Track> tracks_;
    Vector<std::string_view> texts_;
};

}  // namespace csagg
