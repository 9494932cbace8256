// A customer's assessment by a rule set: at an instant, or over time.
#pragma once
#include "rules/assessment/alert.hpp"
#include "rules/instant/evaluation.hpp"
#include "rules/assessment/score_total.hpp"
#include "timeline/algebra.hpp"

namespace csagg {

/// All but the alerts. A customer that does not exist has nothing; one of whom nothing is known has no weighted mean.
struct Assessment {
    bool exists = false;
    std::uint32_t stage = none;  // number in the rule set; none: no stage's condition is true
    std::uint32_t band = none;
    std::optional<Number> score;
    std::optional<Number> coverage;  // none where no rule applies

    /// By what is to be seen of it.
    friend bool operator==(const Assessment& a, const Assessment& b) {
        return a.stage == b.stage && a.band == b.band && a.score == b.score && a.coverage == b.coverage;
    }
};

class Assessor {
public:
    /// All must outlive this; `inputs` has one element for each declared fact. Errors as of Facts. One that is about
    /// one instant only is there, cannot be moved, and does not know until(); no other is to be made of these rules
    /// meanwhile.
    Assessor(const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena,
             std::optional<Instant> only_at = {});

    // Instants are finite and never go back. Errors of an expression name their rule, stage or alert.
    void move_to(Instant now);
    Instant now() const { return evaluation_.now(); }
    bool exists();
    std::uint32_t stage();
    std::optional<Number> score();
    Assessment assess();
    /// What rule i gives in a stage in which it applies.
    const RuleOutcome& rule(std::size_t i);
    bool overridden(Number& score);
    /// Nothing in what was asked for since move_to() changes before this instant, which is later than now.
    Instant until() const { return until_; }

    /// Tells the alerts of this instant.
    void step_alerts();
    AlertState alert(std::size_t i) const { return machines_[i].state(); }
    /// Brings the alerts from the beginning up to now(). Where they ask for the score and its like, those before now()
    /// are found first, unless they are given.
    void run_alerts(Instant now);
    /// Has the alerts in these states before now(), which is moved to; one for each.
    void resume_alerts(std::span<const AlertMachine> states, Instant now);
    std::span<const AlertMachine> alert_states() const { return {machines_.data(), machines_.size()}; }
    void set_figures(const Figures& figures, Instant until) { facts_.set_figures(figures, until); }

    /// The first instant after now() at which something in the assessment or an alert changes; infinity if nothing ever
    /// does. Moves there. An evaluation that fails is a change. What changes from day to day in a way that is not known
    /// is followed for max_daily_steps days: then the instant reached is given.
    Instant find_change(const Assessment& present);
    static constexpr int max_daily_steps = 3653;

    const Facts& facts() const { return facts_; }
    Evaluation& evaluation() { return evaluation_; }

private:
    Value ask(NodeId id);
    template <class F>
    auto keep(Instant& until, F f) -> decltype(f());
    bool find_existence();
    std::uint32_t find_stage();
    RuleOutcome evaluate(const RuleSet::Rule& rule);
    Assessment add_up(std::uint32_t stage);
    std::optional<Number> score_of(const ScoreTotal& total);
    template <class F>
    auto named(const char* what, std::string_view name, F f) -> decltype(f());

    const RuleSet& rules_;
    const std::span<const FactInput> inputs_;
    Facts facts_;
    Evaluation evaluation_;
    // What is known and until when, so that moving on looks only at what is over.
    struct Kept {
        Instant existence_until = minus_infinity, stage_until = minus_infinity;
        bool exists = false;
        std::uint32_t stage = none;
        bool changed = false;  // since `assessment` was added up
        Assessment assessment;
    };
    Kept kept_;
    Vector<RuleOutcome> outcomes_;
    Vector<Instant> outcomes_until_;
    Vector<AlertMachine> machines_;
    Instant until_ = plus_infinity;
};

/// An assessment of every instant in [since, until).
struct AssessmentOver : Figures {
    /// The alerts begin in the states of `seed`, one for each; if there are none, they are followed from the beginning.
    AssessmentOver(const RuleSet& rules, Arena& arena, std::span<const AlertMachine> seed = {});

    Vector<Steps> alerts;  // firing or not; absent while the customer does not exist
    bool is_seeded;
    Vector<AlertMachine> machines;  // before `since` if seeded, then before `until`: they go on from there
};
AssessmentOver assess_over(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                           Arena& arena, std::span<const AlertMachine> seed = {});
/// Its score alone; what only the rest needs is not looked at.
Steps score_over(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until, Arena& arena);

// The two ways, for since < until: by whole tracks, false if that cannot be done; and step by step, which always can.
bool assess_by_tracks(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                      AssessmentOver& over, Arena& arena);
void assess_by_steps(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                     AssessmentOver& over, Arena& arena);

/// The figures that alerts ask for, from the customer's first data on, but not before first_daily, up to `until`. By
/// tracks, or step by step.
Figures figures_until(const RuleSet& rules, std::span<const FactInput> inputs, const Facts& facts, Instant until,
                      Arena& arena);

/// From this instant on alerts are followed: the beginning of the year 1.
inline constexpr Instant beginning = -730'119 * micros_per_day;
/// The same for one customer, no later than `now`.
Instant alerts_from(const RuleSet& rules, const Facts& facts, Instant now);

}  // namespace csagg
