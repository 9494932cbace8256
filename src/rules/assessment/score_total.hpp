// What the rules that apply say together: a sum of points, or of weight x points to be divided by the sum of weights.
#pragma once
#include "rules/language/ruleset.hpp"
#include "value/wide.hpp"

namespace csagg {

struct RuleOutcome {
    bool missing = false;
    std::optional<bool> matched;  // none: the condition is NULL
    Number points;

    friend bool operator==(const RuleOutcome&, const RuleOutcome&) = default;
};

class ScoreTotal {
public:
    explicit ScoreTotal(const RuleSet& rules) : is_mean_(rules.is_mean()) { points_.add(rules.document().base); }

    void add(const RuleSet::Rule& rule, const RuleOutcome& outcome) { add(rule, outcome, 1); }
    void take_away(const RuleSet::Rule& rule, const RuleOutcome& outcome) { add(rule, outcome, -1); }

    /// The exact sum, or the mean, within the bounds of the document; none where nothing weighs. Errc::out_of_range
    /// beyond 18 digits.
    std::optional<Number> score(const Document& document) const {
        if (!is_mean_) return document.clamped(points_);
        const std::optional<Number> given = mean();
        return given ? std::optional(document.clamped(*given)) : given;
    }
    /// Rounded once; none where nothing weighs.
    std::optional<Number> mean() const {
        if (weights_ == 0) return std::nullopt;
        return divide_rounded(points_, weights_);
    }
    bool is_mean() const { return is_mean_; }
    const Wide& points() const { return points_; }
    std::int64_t weights() const { return weights_; }

private:
    void add(const RuleSet::Rule& rule, const RuleOutcome& outcome, std::int64_t times) {
        if (outcome.missing && rule.leaves) return;
        points_.add(outcome.points, times * rule.weight);
        weights_ += times * rule.weight;
    }

    bool is_mean_;
    Wide points_;
    std::int64_t weights_ = 0;
};

}  // namespace csagg
