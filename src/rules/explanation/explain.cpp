#include "rules/explanation/explain.hpp"

#include "base/interrupt.hpp"
#include "grid/spec.hpp"

namespace csagg {

const char* part_name(Part part) {
    switch (part) {
        case Part::base: return "base";
        case Part::rule: return "rule";
        case Part::override: return "override";
        case Part::clamp: return "clamp";
    }
    throw_corrupt("unknown part of a score");
}

const char* cause_name(Cause cause) {
    switch (cause) {
        case Cause::ruleset: return "rule set";
        case Cause::existence: return "existence";
        case Cause::stage: return "stage";
        case Cause::data: return "data";
        case Cause::ageing: return "ageing";
        case Cause::clamp: return "clamp";
    }
    throw_corrupt("unknown cause of a change");
}

namespace {

Wide wide_of(const Number& number) {
    Wide wide;
    wide.add(number);
    return wide;
}

Wide minus(Wide a, Wide b) {
    b.negate();
    a.add(b);
    a.normalize();
    return a;
}

/// Calls f(node) for each node of the rule that asks a fact.
template <class F>
void for_questions(const RuleSet& rules, std::span<const NodeId> roots, Arena& arena, F f) {
    const Program& program = rules.program();
    Vector<Byte> seen(program.nodes().list.size(), 0, Alloc<Byte>(arena));
    SmallVector<NodeId, 32> open(arena);
    for (const NodeId root : roots)
        if (root != no_node) open.push_back(root);
    while (!open.empty()) {
        const NodeId id = open.back();
        open.pop_back();
        if (seen[id]++ != 0) continue;
        const Node& node = program[id];
        if (is_fact(node.op)) f(id, node);
        const auto arguments = program.nodes().arguments_of(node);
        open.insert(open.end(), arguments.rbegin(), arguments.rend());
    }
}

/// What the rules come to, before an override and bounds.
Wide sum_of(const ScoreTotal& total) {
    return total.is_mean() ? wide_of(total.mean().value_or(Number{})) : total.points();
}

/// The summands of a score at one instant.
struct Summands {
    Assessment assessment;
    Wide base, override, clamp;
    ScoreTotal total;
    bool pinned = false;
    Vector<Wide> rules;
    Vector<Byte> applies;
    Vector<RuleOutcome> outcomes;

    Summands(const RuleSet& set, Assessor& assessor, Arena& arena)
        : assessment(assessor.assess()),
          total(set),
          rules(set.rules().size(), Wide{}, Alloc<Wide>(arena)),
          applies(set.rules().size(), 0, Alloc<Byte>(arena)),
          outcomes(set.rules().size(), RuleOutcome{}, Alloc<RuleOutcome>(arena)) {
        if (!assessment.exists) return;
        base = wide_of(set.document().base);
        for (std::size_t i = 0; i < rules.size(); ++i) {
            applies[i] = Byte(set.rules()[i].applies_in(assessment.stage));
            if (applies[i] == 0) continue;
            outcomes[i] = assessor.rule(i);
            total.add(set.rules()[i], outcomes[i]);
        }
        if (set.is_mean())
            share(set);
        else
            for (std::size_t i = 0; i < rules.size(); ++i) rules[i] = wide_of(outcomes[i].points);
        if (!assessment.score) return;
        const Wide score = wide_of(*assessment.score);
        Number score_given;
        pinned = assessor.overridden(score_given);
        (pinned ? override : clamp) = minus(score, sum_of(total));
    }

private:
    /// weight x points / the sum of all weights, of each rule. A quotient may have no end: what all rules up to one
    /// come to is rounded, so that the differences add up to the rounded mean.
    void share(const RuleSet& set) {
        ScoreTotal running(set);
        Wide shown;
        for (std::size_t i = 0; i < rules.size() && total.weights() > 0; ++i) {
            if (applies[i] == 0) continue;
            running.add(set.rules()[i], outcomes[i]);
            const Wide upto = wide_of(divide_rounded(running.points(), total.weights()));
            rules[i] = minus(upto, std::exchange(shown, upto));
        }
    }
};

/// ', this month)'
void print_period(const Node& node, String& out) {
    out += has_length(node.shift) ? ", last " : ", this ";
    const int months = node.window.months;
    out += months == 12            ? "year"
           : months == 3           ? "quarter"
           : months == 1           ? "month"
           : node.window.days == 7 ? "week"
                                   : "day";
    out.push_back(')');
}

void print_question(const RuleSet& rules, const Node& node, String& out) {
    static constexpr std::string_view names[] = {
        "",      "",    "previous", "changed_within", "age",    "lowest", "highest", "mean",
        "count", "sum", "distinct", "active_days",    "streak", "first",  "last"};
    const std::string_view fact = rules.document().facts[node.fact].name;
    const bool call = node.op != Op::state && node.op != Op::state_ago;
    if (call) {
        const std::string_view name = names[std::size_t(node.op) - std::size_t(Op::state)];
        out.append(name.data(), name.size());
        out.push_back('(');
    }
    out.append(fact.data(), fact.size());
    if (node.calendar) return print_period(node, out);
    if (has_length(node.window)) {
        out += call ? ", " : " @ ";
        print_span(node.window, out);
    }
    if (has_length(node.shift)) {
        out += ", ";
        print_span(node.shift, out);
    }
    if (node.op == Op::state_ago || has_length(node.shift)) out += " ago";
    if (call) out.push_back(')');
}

}  // namespace

Vector<Explanation> explain(const RuleSet& rules, Assessor& assessor, Arena& arena) {
    Vector<Explanation> rows{Alloc<Explanation>(arena)};
    const Summands summands(rules, assessor, arena);
    if (!summands.assessment.exists) return rows;
    const auto add_other = [&rows](Part part, const Wide& points, bool always = false) {
        if (points.is_zero() && !always) return;
        Explanation& row = rows.emplace_back();
        row.part = part;
        row.points = points;
    };
    add_other(Part::base, summands.base);
    for (std::size_t i = 0; i < rules.rules().size(); ++i) {
        Explanation& row = rows.emplace_back();
        row.part = Part::rule;
        row.rule = i;
        row.applies = summands.applies[i] != 0;
        row.points = summands.rules[i];
        if (!row.applies) continue;
        row.matched = assessor.rule(i).matched;
        row.missing = assessor.rule(i).missing;
    }
    add_other(Part::override, summands.override, summands.pinned);
    add_other(Part::clamp, summands.clamp);
    return rows;
}

void print_facts_seen(const RuleSet& rules, const Explanation& row, Assessor& assessor, String& out) {
    Arena& arena = out.get_allocator().arena();
    const bool is_rule = row.part == Part::rule;
    const NodeId roots[] = {is_rule ? rules.rules()[row.rule].points : rules.override_score(),
                            is_rule ? rules.rules()[row.rule].when : rules.override_when()};
    bool first = true;
    const auto print = [&](std::string_view name, NodeId id) {
        if (!first) out += ", ";
        first = false;
        print_quoted(name, out);
        out += ": ";
        print_json(assessor.evaluation().of(id).value, out);
    };
    out.push_back('{');
    // A definition that was not needed may fail.
    for (const std::uint32_t i : is_rule ? rules.rules()[row.rule].defined : rules.override_defined())
        if (const NodeId id = rules.definitions()[i];
            !rules.program()[id].can_fail || assessor.evaluation().is_known(id))
            print(rules.document().definitions[i].name, id);
    for_questions(rules, roots, arena, [&](NodeId id, const Node& node) {
        String question(arena);
        print_question(rules, node, question);
        print({question.data(), question.size()}, id);
    });
    out.push_back('}');
}

namespace {

class ChangeLog {
public:
    explicit ChangeLog(Arena& arena) : changes_(arena), arena_(arena) {}

    Vector<ScoreChange>& changes() { return changes_; }

    void add(Instant at, Cause cause, Part part, std::string_view rule, const Wide& before, const Wide& after) {
        const Wide points = minus(after, before);
        if (!points.is_zero()) changes_.push_back({at, cause, part, rule, points});
    }

    /// From one rule set to another at one instant.
    void compare_sets(Instant at, const RuleSet& old_set, const Summands& old, const RuleSet& new_set,
                      const Summands& now) {
        const Cause cause = Cause::ruleset;
        add(at, cause, Part::base, {}, old.base, now.base);
        for (std::size_t i = 0; i < old.rules.size(); ++i)
            if (find(new_set, old_set.rules()[i].name) == none)
                add(at, cause, Part::rule, old_set.rules()[i].name, old.rules[i], Wide{});
        for (std::size_t i = 0; i < now.rules.size(); ++i) {
            const std::uint32_t other = find(old_set, new_set.rules()[i].name);
            add(at, cause, Part::rule, new_set.rules()[i].name, other == none ? Wide{} : old.rules[other],
                now.rules[i]);
        }
        add(at, cause, Part::override, {}, old.override, now.override);
        add(at, Cause::clamp, Part::clamp, {}, old.clamp, now.clamp);
    }

    /// From one instant to the next.
    void compare(Instant at, const RuleSet& set, const Summands& old, const Summands& now, const Facts& facts) {
        const bool born = old.assessment.exists != now.assessment.exists;
        add(at, Cause::existence, Part::base, {}, old.base, now.base);
        ScoreTotal total = old.total;
        for (std::size_t i = 0; i < now.rules.size(); ++i) {
            const bool applied = old.applies[i] != 0, applies = now.applies[i] != 0;
            if (applied == applies && old.outcomes[i] == now.outcomes[i]) continue;
            const RuleSet::Rule& rule = set.rules()[i];
            const Wide before = sum_of(total);
            if (applied) total.take_away(rule, old.outcomes[i]);
            if (applies) total.add(rule, now.outcomes[i]);
            const Cause cause = born                 ? Cause::existence
                                : applied != applies ? Cause::stage
                                                     : by_time(set, {rule.when, rule.points}, facts, at);
            if (born)
                add(at, cause, Part::rule, rule.name, old.rules[i], now.rules[i]);
            else
                add(at, cause, Part::rule, rule.name, before, sum_of(total));
        }
        // What an override takes away or gives back changes with every rule below it: the cause is as good as theirs.
        add(at, born ? Cause::existence : by_time(set, {set.override_when(), set.override_score()}, facts, at),
            Part::override, {}, old.override, now.override);
        add(at, Cause::clamp, Part::clamp, {}, old.clamp, now.clamp);
    }

private:
    static std::uint32_t find(const RuleSet& set, std::string_view name) {
        for (std::uint32_t i = 0; i < set.rules().size(); ++i)
            if (set.rules()[i].name == name) return i;
        return none;
    }
    Cause by_time(const RuleSet& set, std::initializer_list<NodeId> roots, const Facts& facts, Instant at) {
        bool data = false;
        for_questions(set, std::span(roots.begin(), roots.size()), arena_, [&](NodeId, const Node& node) {
            // What is asked about the past does not see what happens now.
            if (node.op == Op::state_ago || node.op == Op::mean || has_length(node.shift)) return;
            if (set.document().facts[node.fact].kind == FactKind::counter)
                data |= std::ranges::binary_search(facts.counter(node.fact).instants(), at);
            else
                data |= std::ranges::binary_search(facts.state(node.fact).runs, at, {}, &Run::at);
        });
        return data ? Cause::data : Cause::ageing;
    }

    Vector<ScoreChange> changes_;
    Arena& arena_;
};

}  // namespace

Vector<ScoreChange> explain_change(const RuleSet& before, std::span<const FactInput> inputs_before,
                                   const RuleSet& after, std::span<const FactInput> inputs_after, Instant a, Instant b,
                                   Arena& arena) {
    if (b < a) throw Error(Errc::invalid_parameter, "the first instant is after the second");
    ChangeLog log(arena);
    Assessor assessor(after, inputs_after, arena);
    assessor.move_to(a);
    Summands last(after, assessor, arena);
    if (&before != &after) {
        Assessor old(before, inputs_before, arena);
        old.move_to(a);
        log.compare_sets(a, before, Summands(before, old, arena), after, last);
    }
    std::size_t steps = 0;
    for (Instant at = assessor.until(); at <= b; at = assessor.until()) {
        if (++steps % 1024 == 0) check_interrupts();
        assessor.move_to(at);
        Summands now(after, assessor, arena);
        log.compare(at, after, last, now, assessor.facts());
        last = std::move(now);
    }
    return std::move(log.changes());
}

}  // namespace csagg
