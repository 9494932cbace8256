// From the tracks of a rule set's expressions to scores, stages, bands and alerts over time.
#pragma once
#include "rules/assess.hpp"
#include "rules/lift.hpp"

namespace csagg {

/// What a rule gives, from `at` on. Of an override: the score it sets; missing where it sets none.
struct Outcome {
    Instant at;
    Number points;
    bool missing = false, failed = false;
    std::uint64_t low = 0;  // points as a whole number at the scale of sums
    std::int64_t high = 0;

    Int128 scaled() const { return Int128(high) << 64 | low; }
};

class Sweep {
public:
    /// All must outlive this. NotLifted, here and below: where an expression that is needed fails, too.
    Sweep(const RuleSet& rules, Lift& lift, Track exists, Arena& arena);

    /// Appends to the timelines that are not null.
    void run(Steps* stage, Steps* score, Steps* band, Steps* coverage);

private:
    static constexpr std::uint32_t unknown_stage = none - 1, failed_stage = none - 2;

    struct Change {
        Instant at;
        std::size_t source;  // number of a rule, then those below
    };
    struct Known {
        Int128 sum = 0;
        bool any = false;
        Number score;
        std::uint32_t band = none;
    };
    struct Present {
        bool exists = false;
        std::uint32_t stage = none, band = none;
        Number score;
        std::int64_t applying = 0, missing = 0;
        Int128 sum = 0;
    };

    Track stages();
    void collect(std::size_t source, NodeId when, NodeId points, const Outcome& off, const Outcome& unknown);
    void add_outcome(const Outcome& outcome) {
        if (outcome_count_ > outcome_begins_.back()) {
            const Outcome& last = outcomes_[outcome_count_ - 1];
            if (last.points == outcome.points && last.missing == outcome.missing && last.failed == outcome.failed)
                return;
        }
        make_room(1);
        outcomes_[outcome_count_++] = outcome;
    }
    void make_room(std::size_t outcomes);
    void note_changes(Arena& arena);
    void scale_points();
    Int128 at_scale(const Number& number) const;
    void move(std::size_t source);
    void look_at_existence();
    void look_at_stage();
    void add_up(std::uint32_t stage);
    bool find_present(Present& present);
    const Known& find_score();
    Number clamped(const Number& score) const;
    std::uint32_t band_of(const Number& score) const;

    const RuleSet& rules_;
    Lift& lift_;
    const std::size_t rule_count_, override_source_, exists_source_, stage_source_;
    Arena& arena_;
    Outcome* outcomes_ = nullptr;
    std::size_t outcome_count_ = 0, outcome_room_ = 0;
    Vector<std::size_t> outcome_begins_;  // one for each rule, the override, and the end
    Vector<const Outcome*> now_;          // of each, the last one begun
    std::span<const Change> changes_;
    Track exists_, stage_;
    std::size_t exists_piece_ = 0, stage_piece_ = 0;  // those begun last, and what they say
    bool exists_now_ = false;
    std::uint32_t stage_now_ = none;

    int scale_ = 0;  // of sums
    Int128 base_ = 0;
    std::uint32_t added_stage_ = unknown_stage;  // for which these are
    Int128 sum_ = 0;
    std::int64_t applying_ = 0, missing_ = 0, failed_ = 0;
    Known known_[64];
};

/// The firing of one alert, from `since` on. Both tracks begin where alerts are followed from.
void sweep_alert(const RuleSet::Alert& alert, const Track& exists, const Track& when, Instant since, Instant until,
                 Steps& out);

}  // namespace csagg
