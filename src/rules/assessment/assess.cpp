#include "rules/assessment/assess.hpp"

#include "base/interrupt.hpp"
#include "rules/assessment/evaluation_error.hpp"

namespace csagg {
Assessor::Assessor(const RuleSet& rules, std::span<const FactInput> inputs, Arena& arena,
                   std::optional<Instant> only_at)
    : rules_(rules),
      inputs_(inputs),
      facts_(view(rules.document().facts), inputs, rules.wanted(), arena,
             only_at ? &rules.program().sight(*only_at) : nullptr),
      evaluation_(rules.program(), facts_, arena, only_at ? &rules.program().sight(*only_at) : nullptr),
      outcomes_(rules.rules().size(), RuleOutcome{}, Alloc<RuleOutcome>(arena)),
      outcomes_until_(rules.rules().size(), minus_infinity, Alloc<Instant>(arena)),
      machines_(rules.alerts().size(), AlertMachine{}, Alloc<AlertMachine>(arena)) {
    if (only_at) move_to(*only_at);
}

template <class F>
auto Assessor::named(const char* what, std::string_view name, F f) -> decltype(f()) {
    try {
        return f();
    } catch (const Error& e) {
        throw EvaluationError(e, what, name, now());
    }
}

Value Assessor::ask(NodeId id) {
    const Result& result = evaluation_.of(id);
    until_ = std::min(until_, result.fresh_until);
    return result.value;
}

void Assessor::move_to(Instant now) {
    evaluation_.move_to(now);
    until_ = plus_infinity;
}

/// Calls f, and notes until when what it asks for stays.
template <class F>
auto Assessor::keep(Instant& until, F f) -> decltype(f()) {
    const Instant until_before = until_;
    until_ = plus_infinity;
    auto result = f();
    until = until_;
    until_ = std::min(until_before, until);
    return result;
}

bool Assessor::exists() {
    if (now() >= kept_.existence_until) kept_.exists = keep(kept_.existence_until, [this] { return find_existence(); });
    until_ = std::min(until_, kept_.existence_until);
    return kept_.exists;
}

bool Assessor::find_existence() {
    if (rules_.exists() != no_node) return named("\"exists\"", {}, [this] { return ask(rules_.exists()).is_true(); });
    if (now() >= facts_.first_entry()) return true;
    until_ = std::min(until_, facts_.first_entry());
    return false;
}

std::uint32_t Assessor::stage() {
    if (now() >= kept_.stage_until) kept_.stage = keep(kept_.stage_until, [this] { return find_stage(); });
    until_ = std::min(until_, kept_.stage_until);
    return kept_.stage;
}

std::uint32_t Assessor::find_stage() {
    for (std::uint32_t i = 0; i < rules_.stages().size(); ++i) {
        const NodeId when = rules_.stages()[i];
        if (when == no_node) return i;
        if (named("stage", rules_.document().stages[i].name, [&] { return ask(when).is_true(); })) return i;
    }
    return none;
}

const RuleOutcome& Assessor::rule(std::size_t i) {
    if (now() >= outcomes_until_[i]) {
        const RuleSet::Rule& rule = rules_.rules()[i];
        const RuleOutcome outcome =
            keep(outcomes_until_[i], [&] { return named("rule", rule.name, [&] { return evaluate(rule); }); });
        if (!(outcome == outcomes_[i])) {
            outcomes_[i] = outcome;
            kept_.changed = true;
        }
    }
    until_ = std::min(until_, outcomes_until_[i]);
    return outcomes_[i];
}

RuleOutcome Assessor::evaluate(const RuleSet::Rule& rule) {
    RuleOutcome outcome;
    if (rule.when != no_node) {
        const Value condition = ask(rule.when);
        if (!condition.absent) outcome.matched = condition.word != 0;
    } else {
        outcome.matched = true;
    }
    if (outcome.matched == false) return outcome;
    const Value points = outcome.matched ? ask(rule.points) : Value::none(Kind::number);
    outcome.missing = points.absent;
    outcome.points = points.absent ? rule.missing : points.number();
    return outcome;
}

bool Assessor::overridden(Number& score) {
    if (rules_.override_when() == no_node) return false;
    return named("\"override\"", {}, [&] {
        if (!ask(rules_.override_when()).is_true()) return false;
        const Value value = ask(rules_.override_score());
        if (!value.absent) score = rules_.document().clamped(value.number());
        return !value.absent;
    });
}

Assessment Assessor::assess() {
    if (!exists()) return kept_.assessment = {};
    const std::uint32_t stage_now = stage();
    for (std::size_t i = 0; i < outcomes_.size(); ++i)
        if (rules_.rules()[i].applies_in(stage_now)) rule(i);
    const Assessment& last = kept_.assessment;
    if (last.exists && last.stage == stage_now && !kept_.changed && rules_.override_when() == no_node) return last;
    kept_.assessment = add_up(stage_now);
    kept_.changed = false;
    return kept_.assessment;
}

Assessment Assessor::add_up(std::uint32_t stage) {
    Assessment result;
    result.exists = true;
    result.stage = stage;
    ScoreTotal total(rules_);
    std::int64_t applying = 0, missing = 0;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
        if (!rules_.rules()[i].applies_in(stage)) continue;
        ++applying;
        missing += outcomes_[i].missing ? 1 : 0;
        total.add(rules_.rules()[i], outcomes_[i]);
    }
    result.score = score_of(total);
    if (applying > 0) result.coverage = divide(Number::of(applying - missing), Number::of(applying));
    result.band = result.score ? rules_.document().band_of(*result.score) : none;
    return result;
}

std::optional<Number> Assessor::score_of(const ScoreTotal& total) {
    Number pinned;
    if (overridden(pinned)) return pinned;
    return named("score", {}, [&] { return total.score(rules_.document()); });
}

std::optional<Number> Assessor::score() {
    if (evaluation_.goes_on()) return assess().score;
    // Once only: nothing is kept, and neither the coverage nor the band is asked for.
    if (!find_existence()) return std::nullopt;
    const std::uint32_t stage = find_stage();
    ScoreTotal total(rules_);
    for (const RuleSet::Rule& rule : rules_.rules())
        if (rule.applies_in(stage)) total.add(rule, named("rule", rule.name, [&] { return evaluate(rule); }));
    return score_of(total);
}

void Assessor::step_alerts() {
    const bool there = exists();
    for (std::size_t i = 0; i < machines_.size(); ++i) {
        const RuleSet::Alert& alert = rules_.alerts()[i];
        if (there)
            machines_[i].step(alert, named("alert", alert.name, [&] { return ask(alert.when).is_true(); }), now());
        else
            machines_[i].reset();
        until_ = std::min(until_, machines_[i].deadline());
    }
}

Instant alerts_from(const RuleSet& rules, const Facts& facts, Instant now) {
    const Instant from = rules.exists() == no_node ? std::max(beginning, facts.first_entry()) : beginning;
    return std::min(from, now);
}

void Assessor::run_alerts(Instant now) {
    // Of what comes later nothing is to be known: that a figure changes is the change that find_change() stops at.
    if (rules_.asks_figures() && !facts_.has_figures())
        set_figures(figures_until(rules_, inputs_, facts_, now + 1, machines_.get_stored_allocator().arena()), now + 1);
    Instant at = alerts_from(rules_, facts_, now);
    for (std::size_t steps = 1; !machines_.empty() && at < now; at = until_) {
        move_to(at);
        step_alerts();
        if (++steps % 1024 == 0) check_interrupts();
    }
    move_to(now);
    step_alerts();
}

void Assessor::resume_alerts(std::span<const AlertMachine> states, Instant now) {
    std::ranges::copy(states, machines_.begin());
    move_to(now);
    step_alerts();
}

Instant Assessor::find_change(const Assessment& present) {
    SmallVector<AlertState, 16> states(machines_.get_stored_allocator().arena());
    for (const AlertMachine& machine : machines_) states.push_back(machine.state());
    int daily = 0;
    for (std::size_t steps = 1; until_ < plus_infinity; ++steps) {
        const Instant next = until_;
        if (steps % 1024 == 0) check_interrupts();
        if (evaluation_.is_midnight(next) && ++daily > max_daily_steps) return next;
        try {
            move_to(next);
            if (assess() != present) return next;
            step_alerts();
        } catch (const Error&) {
            return next;
        }
        for (std::size_t i = 0; i < machines_.size(); ++i)
            if (machines_[i].state() != states[i]) return next;
    }
    return plus_infinity;
}

}  // namespace csagg
