#include "rules/language/ruleset.hpp"

#include "base/hash.hpp"

#include <numeric>

namespace csagg {
namespace {

/// Over what tells two nodes apart.
std::size_t hash_of(const Node& node, std::span<const NodeId> arguments) {
    std::uint64_t hash = process_hash_seed;
    auto add = [&hash](std::uint64_t v) { hash = fold_multiply(hash ^ v, 0x9E3779B97F4A7C15U) + v; };
    add(std::uint64_t(node.calendar) << 32 | std::uint64_t(node.op) << 16 | std::uint64_t(node.kind) << 8 |
        Byte(node.digits));
    add(node.fact);
    for (const Span* span : {&node.window, &node.shift}) {
        add(std::uint64_t(span->months) << 32 | std::uint32_t(span->days));
        add(std::uint64_t(span->micros));
    }
    add(std::uint64_t(node.constant.word));
    add(hash_bytes(as_bytes(node.constant.text), process_hash_seed));
    for (const NodeId id : arguments) add(id);
    return std::size_t(fold_multiply(hash, process_hash_seed | 1));
}

/// What all weights are multiples of.
std::int64_t unit_of_weights(const Document& document) {
    std::int64_t unit = 0;
    for (const Document::Rule& rule : document.rules) unit = std::gcd(unit, rule.weight);
    return std::max<std::int64_t>(unit, 1);
}

}  // namespace

bool Program::equal(const Node& node, std::span<const NodeId> arguments, NodeId id) const {
    const Node& other = nodes_.list[id];
    const auto others = nodes_.arguments_of(other);
    return node.op == other.op && node.kind == other.kind && node.digits == other.digits && node.fact == other.fact &&
           node.calendar == other.calendar && node.window == other.window && node.shift == other.shift &&
           same(node.constant, other.constant) &&
           std::equal(arguments.begin(), arguments.end(), others.begin(), others.end());
}

void Program::enlarge() {
    const std::size_t size = std::max<std::size_t>(64, slots_.size() * 2);
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < nodes_.list.size(); ++i) {
        std::size_t slot = hash_of(nodes_.list[i], nodes_.arguments_of(nodes_.list[i])) & (size - 1);
        while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
        slots_[slot] = NodeId(i + 1);
    }
}

/// Their number; equal ones are one.
std::uint32_t Program::exits(const Node& node, std::uint32_t of, const Span& length) {
    for (std::uint32_t i = 0; i < exits_.size(); ++i)
        if (exits_[i].fact == node.fact && exits_[i].of == of && exits_[i].length == length &&
            exits_[i].calendar == node.calendar)
            return i;
    exits_.push_back({node.fact, of, length, node.calendar, lookback(node, length)});
    return std::uint32_t(exits_.size() - 1);
}

NodeId Program::intern(Node node, std::span<const NodeId> arguments) {
    if (nodes_.list.size() * 2 >= slots_.size()) enlarge();
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_of(node, arguments) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask)
        if (equal(node, arguments, slots_[slot] - 1)) return slots_[slot] - 1;

    node.can_fail =
        is_arithmetic(node.op) || std::ranges::any_of(arguments, [this](NodeId a) { return nodes_.list[a].can_fail; });
    node.question = std::uint32_t(questions_.size());
    const NodeId id = nodes_.add(node, arguments);
    slots_[slot] = id + 1;
    const Node& added = nodes_.list[id];
    const bool constant = node.op == Op::constant;
    steps_.push_back({node.op, node.can_fail, node.kind, node.digits, added.first, added.count,
                      constant ? std::uint32_t(constants_.size()) : node.fact, node.question});
    if (constant) constants_.push_back(node.constant);
    if (!is_fact(node.op)) return id;
    Question question;
    question.node = id;
    if (node.op == Op::state_ago) {
        question.shift = lookbacks_.of(node.window);
    } else {
        question.has_window = has_length(node.window);
        if (question.has_window) question.window = lookback(node, node.window);
        if (has_length(node.shift)) question.shift = lookback(node, node.shift);
    }
    if (is_window(node.op)) {
        if (question.has_window) question.leaves = exits(node, Exits::none, node.window);
        if (has_length(node.shift)) {
            question.enters = exits(node, Exits::none, node.shift);
            if (question.has_window) question.leaves = exits(node, question.leaves, node.shift);
        }
    }
    questions_.push_back(question);
    return id;
}

NodeId Program::take(const Nodes& parsed, std::span<const NodeId> definitions) {
    Arena& arena = nodes_.list.get_stored_allocator().arena();
    SmallVector<NodeId, 64> here(arena);
    SmallVector<NodeId, 16> arguments(arena);
    for (const Node& node : parsed.list) {
        if (node.op == Op::defined) {
            here.push_back(definitions[node.fact]);
            continue;
        }
        arguments.clear();
        for (const NodeId argument : parsed.arguments_of(node)) arguments.push_back(here[argument]);
        here.push_back(intern(node, view(arguments)));
    }
    return here.back();
}

void Program::prefetch() const {
    csagg::prefetch(steps_);
    csagg::prefetch(constants_);
    csagg::prefetch(nodes_.arguments);
    lookbacks_.prefetch();
    sight_.prefetch();
}

void RuleSet::prefetch() const {
    csagg::prefetch(rules_);
    csagg::prefetch(stages_);
    csagg::prefetch(wanted_);
    csagg::prefetch(document_.facts);
    program_.prefetch();
}

const Calendar& RuleSet::find_calendar(CalendarSource calendars) const {
    try {
        return calendars(document_.timezone->text);
    } catch (const Error& e) {
        throw_at(json_.source(), document_.timezone->at, e.code(), e.what(), e.hint());
    }
}

NodeId RuleSet::compile(const Formula& formula, Kind kind, Arena& arena) {
    if (!formula.given()) return no_node;
    const JsonValue& value = *formula.value;
    Nodes parsed(arena);
    try {
        if (value.type == JsonType::number) {
            parsed.add({.kind = Byte(Kind::number), .constant = Value::of(Number::parse(value.text))}, {});
        } else {
            parse_expression(value.text, declarations_, parsed, arena);
            check_kinds(parsed, 0, declarations_);
        }
        Node& whole = parsed.list.back();
        if (whole.kind == 0 && kind == any_kind)
            throw ExpressionError(Errc::kind_mismatch, whole.at, "cannot tell the kind of NULL here");
        if (whole.kind == 0 && whole.op == Op::constant) {
            whole.kind = Byte(kind);
            whole.constant = Value::none(kind);
        }
        if (whole.kind != Byte(kind) && kind != any_kind)
            throw ExpressionError(
                Errc::kind_mismatch, 0,
                std::string("the expression is a ") + kind_name(Kind(whole.kind)) + ", not a " + kind_name(kind),
                kind == Kind::boolean ? "A condition is true or false: compare, as in seats > 0."
                                      : "Points and scores are numbers: put the condition into \"when\".");
        for (const Node& node : parsed.list)
            if (node.op == Op::defined) {
                used_[node.fact] = 1;
            } else if (is_fact(node.op)) {
                if (node.fact < wanted_.size())
                    wanted_[node.fact] =
                        std::max(wanted_[node.fact], node.op == Op::state ? Wanted::present : Wanted::all);
                else
                    asks_figures_ = true;
            }
        return program_.take(parsed, definitions());
    } catch (const ExpressionError& e) {
        throw_at(json_.source(), json_.offset_in(value, e.at()), e.code(), e.what(), e.hint());
    }
}

std::span<const std::uint32_t> RuleSet::take_used(Arena& arena) {
    Vector<std::uint32_t> all{Alloc<std::uint32_t>(arena)};
    for (std::uint32_t i = 0; i < definitions_.size(); ++i)
        if (used_[i] != 0)
            for (const std::uint32_t other : definitions_used_[i]) used_[other] = 1;
    for (std::uint32_t i = 0; i < definitions_.size(); ++i)
        if (std::exchange(used_[i], 0) != 0) all.push_back(i);
    if (all.empty()) return {};
    auto* const kept =
        static_cast<std::uint32_t*>(arena.allocate(all.size() * sizeof(std::uint32_t), alignof(std::uint32_t)));
    std::ranges::copy(all, kept);
    return {kept, all.size()};
}

void RuleSet::define(const Document::Definition& definition, Arena& arena) {
    const NodeId id = compile(definition.is, any_kind, arena);
    definitions_used_.push_back(take_used(arena));
    definitions_.push_back(id);
    declarations_.definitions.push_back({definition.name, Kind(program_[id].kind), program_[id].depth});
}

void RuleSet::add_rule(const Document::Rule& rule, std::int64_t unit_of_weights, Arena& arena) {
    Rule& compiled = rules_.emplace_back();
    compiled.name = rule.name;
    compiled.stages = rule.stages;
    compiled.when = compile(rule.when, Kind::boolean, arena);
    compiled.points = compile(rule.points, Kind::number, arena);
    compiled.missing = rule.missing.value_or(Number{});
    compiled.leaves = is_mean() && !rule.missing;
    compiled.weight = rule.weight / unit_of_weights;
    compiled.defined = take_used(arena);
}

void RuleSet::add_alert(const Document::Alert& alert, Arena& arena) {
    Alert& compiled = alerts_.emplace_back();
    compiled.name = alert.name;
    compiled.when = compile(alert.when, Kind::boolean, arena);
    compiled.has_hold = alert.hold.has_value();
    compiled.has_keep = alert.keep.has_value();
    if (alert.hold) compiled.hold = program_.lookback(*alert.hold);
    if (alert.keep) compiled.keep = program_.lookback(*alert.keep);
}

RuleSet::RuleSet(std::string_view source, CalendarSource calendars, Arena& arena)
    : json_(source, arena),
      document_(json_, arena),
      calendar_(&find_calendar(calendars)),
      program_(*calendar_, arena),
      declarations_(arena),
      definitions_(arena),
      definitions_used_(arena),
      used_(document_.definitions.size(), Byte(0), Alloc<Byte>(arena)),
      stages_(arena),
      rules_(arena),
      alerts_(arena),
      wanted_(document_.facts.size(), document_.exists.given() ? Wanted::nothing : Wanted::all, Alloc<Wanted>(arena)) {
    for (const Document::Fact& fact : document_.facts) declarations_.facts.push_back({fact.name, fact.kind});
    for (const Document::Definition& definition : document_.definitions) define(definition, arena);
    for (const Document::Stage& stage : document_.stages) stages_.push_back(compile(stage.when, Kind::boolean, arena));
    exists_ = compile(document_.exists, Kind::boolean, arena);
    take_used(arena);
    override_when_ = compile(document_.override_when, Kind::boolean, arena);
    override_score_ = compile(document_.override_score, Kind::number, arena);
    override_defined_ = take_used(arena);
    const std::int64_t unit = unit_of_weights(document_);
    for (const Document::Rule& rule : document_.rules) add_rule(rule, unit, arena);
    declarations_.has_figures = true;
    for (const Document::Alert& alert : document_.alerts) add_alert(alert, arena);
}

}  // namespace csagg
