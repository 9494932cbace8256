#include "rules/assessment/look_back.hpp"

#include <algorithm>

namespace csagg {
namespace {

/// What the clocks can do to a length of days, at most: offsets from UTC stay below a day, so each end may be one off.
/// Also where the length is taken off an instant in another zone.
constexpr std::int64_t clock_days = 2;

/// Elapsed time and whether it comes of days, or no bound.
struct Bound {
    std::int64_t micros = 0;
    bool of_days = false, none = false;

    friend Bound operator+(const Bound& a, const Bound& b) {
        return {a.micros + b.micros, a.of_days || b.of_days, a.none || b.none};
    }
    void raise_to(const Bound& other) {
        micros = std::max(micros, other.micros);
        of_days |= other.of_days;
        none |= other.none;
    }
};

constexpr Bound unbounded{0, false, true};

Bound bound_of_days(std::int64_t days) { return {(days + clock_days) * micros_per_day, true}; }

Bound bound_of(const Span& span) {
    if (!has_length(span)) return {};
    if (span.micros > 0) return {span.micros};
    return bound_of_days(std::int64_t(span.months / 12) * 366 + span.months % 12 * 31 + span.days);
}

Bound bound_of(const std::optional<Span>& span) { return span ? bound_of(*span) : Bound{}; }

/// Of a node that asks a fact, by itself.
Bound bound_of_question(const Node& node) {
    switch (node.op) {
        case Op::state: return {};
        case Op::state_ago:
        case Op::changed_within:
        case Op::lowest:
        case Op::highest: return bound_of(node.window);
        case Op::mean: return bound_of_days(node.window.days + 1);
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: return has_length(node.window) ? bound_of(node.window) + bound_of(node.shift) : unbounded;
        default: return unbounded;  // previous, age, streak, first, last
    }
}

class LookBack {
public:
    LookBack(const RuleSet& rules, Arena& arena) : rules_(rules), bounds_(arena) {
        find_bounds({});
        add_figures();
    }

    std::optional<Span> result() const {
        if (all_.none) return std::nullopt;
        if (!all_.of_days) return Span{0, 0, all_.micros};
        return Span{0, std::int32_t((all_.micros + micros_per_day - 1) / micros_per_day + clock_days), 0};
    }

    /// To be called once. A figure is right from where the rules' own look-back is known.
    void add_alerts() {
        if (rules_.asks_figures()) find_bounds(all_);
        for (std::size_t i = 0; i < rules_.alerts().size(); ++i) {
            const Document::Alert& alert = rules_.document().alerts[i];
            all_.raise_to(bounds_[rules_.alerts()[i].when] + bound_of(alert.hold) + bound_of(alert.keep));
        }
    }

private:
    /// Of all nodes; arguments stand before those that use them. `figure` is the bound of the score and its like.
    void find_bounds(const Bound& figure) {
        const Nodes& nodes = rules_.program().nodes();
        bounds_.assign(nodes.list.size(), Bound{});
        for (std::size_t i = 0; i < nodes.list.size(); ++i) {
            const Node& node = nodes.list[i];
            if (is_fact(node.op)) {
                bounds_[i] = bound_of_question(node);
                if (node.fact >= rules_.document().facts.size()) bounds_[i] = bounds_[i] + figure;
            }
            for (const NodeId argument : nodes.arguments_of(node)) bounds_[i].raise_to(bounds_[argument]);
        }
    }

    void add(NodeId id) {
        if (id != no_node) all_.raise_to(bounds_[id]);
    }

    void add_figures() {
        for (const NodeId stage : rules_.stages()) add(stage);
        add(rules_.exists());
        add(rules_.override_when());
        add(rules_.override_score());
        for (const RuleSet::Rule& rule : rules_.rules()) {
            add(rule.when);
            add(rule.points);
        }
    }

    const RuleSet& rules_;
    Vector<Bound> bounds_;
    Bound all_;
};

}  // namespace

std::optional<Span> look_back(const RuleSet& rules, bool alerts, Arena& arena) {
    LookBack found(rules, arena);
    if (alerts) found.add_alerts();
    return found.result();
}

}  // namespace csagg
