// From the tracks of a rule set's expressions to scores, stages, bands and alerts over time.
#pragma once
#include "rules/assessment/assess.hpp"
#include "rules/over_time/track_evaluation.hpp"

namespace csagg {

/// Something that one source can say; sources are the rules by their numbers, then an override, existence, the stage.
struct Level {
    Number points;  // of a rule, or the score that an override sets
    std::uint32_t source = 0;
    std::uint32_t word = 0;                // existence: 1 if so; the number of the stage
    bool missing = false, failed = false;  // an override that sets nothing is missing
    std::uint64_t low = 0;                 // points as a whole number at the scale of sums
    std::int64_t high = 0;

    Int128 scaled() const { return Int128(high) << 64 | low; }
};

class FiguresFromTracks {
public:
    /// All must outlive this. NoTrack, here and below: where an expression that is needed fails, too.
    FiguresFromTracks(const RuleSet& rules, TrackEvaluation& tracks, Track exists, Arena& arena);

    void run(Figures& figures);
    /// The score alone.
    void run(Steps& score);

private:
    static constexpr std::uint32_t unknown_stage = none - 1, failed_stage = none - 2;

    struct Change {
        Instant at;
        std::uint32_t level;  // its number
    };
    struct Known {
        Int128 sum = 0;
        std::int64_t weight = 0;
        bool any = false;
        std::optional<Number> score;
        std::uint32_t band = none;
    };
    struct Present {
        bool exists = false;
        std::uint32_t stage = none, band = none;
        std::optional<Number> score;
        std::int64_t applying = 0, missing = 0, weight = 0;
        Int128 sum = 0;
    };

    Track stages();
    void collect(std::uint32_t source, NodeId when, NodeId points, const Level& off, const Level& unknown);
    void collect_words(std::uint32_t source, const Track& track);
    std::uint32_t add_level(std::uint32_t source, Level level);
    void begin_source() {
        end_source();
        begins_.push_back(change_count_);
    }
    /// Each source's changes end with one that never comes: merging needs no other end.
    void end_source() {
        if (begins_.empty()) return;
        make_room(1);
        changes_[change_count_++] = {plus_infinity, 0};
    }
    void add_change(Instant at, std::uint32_t level) {
        if (change_count_ > begins_.back() && changes_[change_count_ - 1].level == level) return;
        make_room(1);
        changes_[change_count_++] = {at, level};
    }
    void make_room(std::size_t changes);
    std::span<const Change> merge_changes();
    template <class Sum>
    struct Points;
    // An arena aligns to 8 bytes.
    template <class Sum>
    struct [[gnu::packed, gnu::aligned(8)]] SumAt {
        Instant at;
        Sum sum;
    };
    template <class Sum>
    Sum begin_stage(std::span<Points<Sum>> points) const;
    template <class Sum>
    std::span<const SumAt<Sum>> add_changes();
    template <class Sum>
    void run_plain(Steps& score);
    void run_any(Steps* stage, Steps& score, Steps* band, Steps* coverage);
    void scale_points();
    Int128 at_scale(const Number& number) const;
    /// What the level's source weighs, in a mean.
    std::int64_t weight_of(const Level& level) const {
        const RuleSet::Rule& rule = rules_.rules()[level.source];
        return level.missing && rule.leaves ? 0 : rule.weight;
    }
    std::optional<Number> score_of_sum() const;
    void move(std::uint32_t level);
    void look_at_existence();
    void look_at_stage();
    void add_up(std::uint32_t stage);
    bool find_present(Present& present, bool wants_band);
    const Known& find_score(bool wants_band);

    const RuleSet& rules_;
    TrackEvaluation& tracks_;
    const std::uint32_t rule_count_, override_source_, exists_source_, stage_source_;
    Arena& arena_;
    Vector<Level> levels_;
    Change* changes_ = nullptr;  // of one source after the other
    std::size_t change_count_ = 0, change_room_ = 0;
    SmallVector<std::size_t, 32> begins_;  // of each source's changes; the first is what it begins with
    SmallVector<std::uint32_t, 32> now_;   // of each source, the level
    SmallVector<Byte, 32> applies_;        // of each rule, whether it does in added_stage_
    std::span<const Change> merged_;       // all but the first of each, in order of time
    bool exists_now_ = false;
    std::uint32_t stage_now_ = none;

    int scale_ = 0;            // of sums
    bool is_narrow_ = false;   // they differ by less than 64 bits
    bool sums_fit_ = false;    // into Number, whatever they are
    bool any_failed_ = false;  // of the levels
    Int128 base_ = 0;
    Int128 least_ = 0;                           // no sum is less
    Int128 low_ = 0, high_ = 0;                  // the bounds, or what no sum is beyond
    std::uint32_t added_stage_ = unknown_stage;  // for which these are
    Int128 sum_ = 0;
    std::int64_t applying_ = 0, missing_ = 0, failed_ = 0;
    std::int64_t weight_ = 0;  // of a mean
    Known known_[64];
};

/// The firing of one alert, from `since` on. Both tracks begin where the alert is in the machine's state.
void follow_alert(const RuleSet::Alert& alert, const Track& exists, const Track& when, Instant since, Instant until,
                  AlertMachine& machine, Steps& out);

}  // namespace csagg
