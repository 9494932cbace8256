// For tests: expressions and alerts by their definitions, asked instant by instant.
#pragma once
#include "counter/counter_twin.hpp"
#include "grid/zone_twin.hpp"
#include "rules/assessment/assess.hpp"

#include <map>

namespace csagg::twin {

struct State {
    std::map<Instant, Value> entries;
    Instant known_from = minus_infinity;
};

/// One customer's facts by the number they have in the document.
struct Customer {
    std::map<std::size_t, State> states;
    std::map<std::size_t, Log> counters;

    Instant first_entry() const {
        Instant first = plus_infinity;
        for (const auto& [fact, state] : states)
            for (const auto& [at, value] : state.entries)
                if (!value.absent || state.known_from != minus_infinity) {
                    first = std::min(first, at);
                    break;
                }
        for (const auto& [fact, log] : counters) {
            if (log.forgotten) first = std::min(first, log.known_from);
            if (!log.events.empty()) first = std::min(first, log.events.begin()->first);
        }
        return first;
    }
};

class Evaluator {
public:
    Evaluator(const RuleSet& rules, const Customer& customer, const Rules& zone)
        : rules_(rules), customer_(customer), zone_(zone) {}

    /// The greatest day whose midnight is not after t.
    std::int64_t day_of(Instant t) const {
        std::int64_t d = t / day + 5;
        while (zone_.to_instant(d * day) > t) --d;
        return d;
    }
    Instant begin_of(std::int64_t d) const {
        Instant first = plus_infinity;
        for (std::int64_t later = d; later < d + 4; ++later) first = std::min(first, zone_.to_instant(later * day));
        return first;
    }
    Instant back(Instant t, const Span& span) const {
        return has_length(span) ? Window(rules_.calendar(), span).begin_of(t) : t;
    }

    /// The last instant before the day, week, month, quarter or year of t.
    Instant before_period(Instant t, const Span& length) const {
        using namespace std::chrono;
        std::int64_t d = day_of(t);
        const auto begins = [&length](std::int64_t number) {
            const sys_days day = sys_days{year{2000} / 1 / 1} + days{number};
            const year_month_day date{day};
            if (length.months == 0) return length.days == 1 || weekday{day} == Monday;
            return unsigned(date.day()) == 1 && (unsigned(date.month()) - 1) % unsigned(length.months) == 0;
        };
        while (!begins(d)) --d;
        return begin_of(d) - 1;
    }

    Value of(NodeId id, Instant t) const {
        const Node& node = rules_.program()[id];
        const auto parts = rules_.program().nodes().arguments_of(node);
        const Kind kind = Kind(node.kind);
        const auto part = [&](std::size_t i) { return of(parts[i], t); };
        const auto truth = [](bool b) { return Value::of(b); };
        const auto number = [](const Number& n) { return Value::of(n); };
        switch (node.op) {
            case Op::defined: break;
            case Op::constant: return node.constant;
            case Op::state: return state_at(node, t);
            case Op::state_ago: return state_at(node, back(t, node.window));
            case Op::previous:
            case Op::changed_within:
            case Op::age: return of_runs(node, t);
            case Op::lowest:
            case Op::highest: return extreme(node, t);
            case Op::mean: return mean(node, t);
            case Op::streak: return streak(node, t);
            case Op::count:
            case Op::sum:
            case Op::distinct:
            case Op::active_days: return of_counter(node, t);
            case Op::first:
            case Op::last: return first_or_last(node, t);
            case Op::within: return within(node, part(0), t);
            case Op::days_until:
            case Op::days_since: return days_to(node.op, part(0), t);
            case Op::negate: return part(0).absent ? Value::none(kind) : number(-part(0).number());
            case Op::abs: return part(0).absent || part(0).word >= 0 ? part(0) : number(-part(0).number());
            case Op::round: return rounded(part(0), node.digits);
            case Op::add:
            case Op::subtract:
            case Op::multiply:
            case Op::divide: return calculated(node, t);
            case Op::eq:
            case Op::ne:
            case Op::lt:
            case Op::le:
            case Op::gt:
            case Op::ge: return compared(node.op, part(0), part(1));
            case Op::is_null: return truth(part(0).absent);
            case Op::is_true: return truth(part(0).is_true());
            case Op::is_false: return truth(!part(0).absent && part(0).word == 0);
            case Op::negation: return part(0).absent ? part(0) : truth(part(0).word == 0);
            case Op::all_of:
            case Op::any_of: return all_or_any(node, t);
            case Op::coalesce:
                for (std::size_t i = 0; i < parts.size(); ++i)
                    if (!part(i).absent) return part(i);
                return Value::none(kind);
            case Op::nullif:
                return !part(0).absent && !part(1).absent && compare(part(0), part(1)) == 0 ? Value::none(kind)
                                                                                            : part(0);
            case Op::choose: return part(part(0).is_true() ? 1 : 2);
            case Op::least:
            case Op::greatest: return best(node, t);
        }
        std::abort();
    }

    bool exists(Instant t) const {
        return rules_.exists() == no_node ? t >= customer_.first_entry() : of(rules_.exists(), t).is_true();
    }

    Assessment assess(Instant t) const {
        Assessment result;
        result.exists = exists(t);
        if (!result.exists) return result;
        const Document& document = rules_.document();
        for (std::uint32_t i = 0; i < rules_.stages().size() && result.stage == none; ++i)
            if (rules_.stages()[i] == no_node || of(rules_.stages()[i], t).is_true()) result.stage = i;
        Wide exact;  // rounded once, at the end
        exact.add(document.base);
        std::int64_t applying = 0, present = 0, weights = 0;
        const bool is_mean = document.method == Method::weighted_mean;
        for (std::size_t i = 0; i < rules_.rules().size(); ++i) {
            const RuleSet::Rule& rule = rules_.rules()[i];
            if (rule.stages != all_stages && (result.stage == none || (rule.stages >> result.stage & 1) == 0)) continue;
            ++applying;
            const Value when = rule.when == no_node ? Value::of(true) : of(rule.when, t);
            const Value points = when.is_true() ? of(rule.points, t) : Value::of(Number{});
            const bool missing = when.absent || points.absent;
            const Number given = missing ? document.rules[i].missing.value_or(Number{}) : points.number();
            present += missing ? 0 : 1;
            if (!is_mean) {
                exact.add(given);
            } else if (!missing || document.rules[i].missing) {
                exact.add(given, document.rules[i].weight);
                weights += document.rules[i].weight;
            }
        }
        if (!is_mean)
            result.score = exact.to_number();
        else if (weights > 0)
            result.score = divide_rounded(exact, weights);
        if (rules_.override_when() != no_node && of(rules_.override_when(), t).is_true() &&
            !of(rules_.override_score(), t).absent)
            result.score = of(rules_.override_score(), t).number();
        if (result.score && document.min) result.score = std::max(*result.score, *document.min);
        if (result.score && document.max) result.score = std::min(*result.score, *document.max);
        if (applying > 0) result.coverage = divide(Number::of(present), Number::of(applying));
        for (std::uint32_t i = 0; result.score && i < document.bands.size(); ++i)
            if (!document.bands[i].from || *document.bands[i].from <= *result.score) result.band = i;
        return result;
    }

private:
    static bool is_infinite(const Value& x) {
        if (x.kind == Kind::date) return x.word == minus_infinity_date || x.word == plus_infinity_date;
        return x.word == minus_infinity || x.word == plus_infinity;
    }
    Value first_or_last(const Node& node, Instant t) const {
        const Log& log = customer_.counters.at(node.fact);
        Value found = Value::none(Kind::time);
        for (const auto& [at, e] : log.events)
            if (at <= t && (found.absent || node.op == Op::last)) found = Value::of_time(at);
        return node.op == Op::first && log.known_from != minus_infinity ? Value::none(Kind::time) : found;
    }
    Value within(const Node& node, const Value& x, Instant t) const {
        if (x.absent) return Value::none(Kind::boolean);
        if (is_infinite(x)) return Value::of(false);
        const std::int64_t d = x.kind == Kind::date ? x.word : day_of(x.word);
        Instant begin = 0;
        if (node.window.micros != 0)
            begin = (x.kind == Kind::date ? begin_of(d) : x.word) - node.window.micros;
        else
            begin = begin_of(add(d * day, node.window, -1) / day);
        return Value::of(begin <= t && t < begin_of(d + 1));
    }
    Value days_to(Op op, const Value& x, Instant t) const {
        if (x.absent || is_infinite(x)) return Value::none(Kind::number);
        const std::int64_t since = day_of(t) - (x.kind == Kind::date ? x.word : day_of(x.word));
        return Value::of(Number::of(op == Op::days_since ? since : -since));
    }
    /// To whole units of 10^-digits, half away from zero.
    static Value rounded(const Value& x, int digits) {
        if (x.absent) return x;
        const Number n = x.number();
        Int128 unit = 1, value = n.coefficient;
        for (int i = digits; i < n.scale; ++i) unit *= 10;
        const Int128 rest = value % unit;
        value -= rest;
        if (rest * 2 >= unit) value += unit;
        if (rest * 2 <= -unit) value -= unit;
        return Value::of(round_to_number(value < 0, Uint128(value < 0 ? -value : value), n.scale));
    }
    Value calculated(const Node& node, Instant t) const {
        const auto parts = rules_.program().nodes().arguments_of(node);
        const Value a = of(parts[0], t);
        if (a.absent) return a;
        const Value b = of(parts[1], t);
        if (b.absent) return b;
        const Number x = a.number(), y = b.number();
        switch (node.op) {
            case Op::add: return Value::of(x + y);
            case Op::subtract: return Value::of(x - y);
            case Op::multiply: return Value::of(x * y);
            default: return Value::of(divide(x, y));
        }
    }
    static Value compared(Op op, const Value& a, const Value& b) {
        if (a.absent || b.absent) return Value::none(Kind::boolean);
        const auto order = compare(a, b);
        switch (op) {
            case Op::eq: return Value::of(order == 0);
            case Op::ne: return Value::of(order != 0);
            case Op::lt: return Value::of(order < 0);
            case Op::le: return Value::of(order <= 0);
            case Op::gt: return Value::of(order > 0);
            default: return Value::of(order >= 0);
        }
    }
    Value all_or_any(const Node& node, Instant t) const {
        bool unknown = false;
        for (const NodeId part : rules_.program().nodes().arguments_of(node)) {
            const Value x = of(part, t);
            if (x.absent)
                unknown = true;
            else if ((x.word != 0) == (node.op == Op::any_of))
                return Value::of(node.op == Op::any_of);
        }
        return unknown ? Value::none(Kind::boolean) : Value::of(node.op == Op::all_of);
    }
    Value best(const Node& node, Instant t) const {
        Value best = Value::none(Kind(node.kind));
        for (const NodeId part : rules_.program().nodes().arguments_of(node)) {
            const Value x = of(part, t);
            if (x.absent) continue;
            if (best.absent || (node.op == Op::least ? compare(x, best) < 0 : compare(x, best) > 0)) best = x;
        }
        return best;
    }
    /// Of all that it was at an instant of the window.
    Value extreme(const Node& node, Instant t) const {
        const State& state = customer_.states.at(node.fact);
        const Instant begin = back(t, node.window);
        Value best = Value::none(Kind(node.kind));
        if (state.known_from != minus_infinity && begin < state.known_from - 1) return best;
        std::set<Instant> instants{std::min(begin + 1, t)};
        for (const auto& [at, value] : state.entries)
            if (at > begin && at <= t) instants.insert(at);
        for (const Instant at : instants) {
            const Value here = state_at(node, at);
            if (here.absent) continue;
            if (best.absent || (node.op == Op::lowest ? compare(here, best) < 0 : compare(here, best) > 0)) best = here;
        }
        return best;
    }
    Value mean(const Node& node, Instant t) const {
        const State& state = customer_.states.at(node.fact);
        Wide sum;
        std::int64_t count = 0;
        for (std::int64_t d = day_of(t) - node.window.days; d < day_of(t); ++d) {
            const Instant close = begin_of(d + 1) - 1;
            if (close < state.known_from) return Value::none(Kind::number);
            const Value value = state_at(node, close);
            if (value.absent) continue;
            sum.add(value.number());
            ++count;
        }
        return count == 0 ? Value::none(Kind::number) : Value::of(divide_rounded(sum, count));
    }
    Value streak(const Node& node, Instant t) const {
        const Log& log = customer_.counters.at(node.fact);
        std::set<std::int64_t> active;
        for (const auto& [at, e] : log.events)
            if (at <= t && at != minus_infinity) active.insert(day_of(at));
        std::int64_t d = day_of(t), length = 0;
        if (!active.contains(d)) --d;
        for (; active.contains(d); --d) ++length;
        return begin_of(d) < log.known_from ? Value::none(Kind::number) : Value::of(Number::of(length));
    }
    Value state_at(const Node& node, Instant t) const {
        const State& state = customer_.states.at(node.fact);
        Value found = Value::none(Kind(node.kind));
        if (t < state.known_from) return found;
        for (const auto& [at, value] : state.entries)
            if (at <= t) found = value;
        return found;
    }
    /// What needs the instants at which the value changed.
    Value of_runs(const Node& node, Instant t) const {
        const State& state = customer_.states.at(node.fact);
        const Kind result = node.op == Op::previous ? Kind(node.kind)
                            : node.op == Op::age    ? Kind::number
                                                    : Kind::boolean;
        if (t < state.known_from) return Value::none(result);
        Value now = Value::none(Kind::text), before = now;
        Instant since = minus_infinity;
        bool any = false, known = true;
        for (const auto& [at, value] : state.entries) {
            if (at > t) break;
            const bool first = !any && state.known_from != minus_infinity;
            if (!first && same(now, value)) continue;
            before = now;
            now = value;
            since = at;
            any = true;
            known = state.known_from == minus_infinity || at > state.known_from;
        }
        if (node.op == Op::previous) return any && known && !before.absent ? before : Value::none(result);
        if (node.op == Op::age) {
            if (!any || !known || now.absent || since == minus_infinity) return Value::none(result);
            return Value::of(Number::of(day_of(t) - day_of(since)));
        }
        const Instant begin = back(t, node.window);
        if (any && known && since > begin) return Value::of(true);
        if (begin < state.known_from || !any) return Value::none(result);
        return Value::of(false);
    }
    Value of_counter(const Node& node, Instant t) const {
        const Log& log = customer_.counters.at(node.fact);
        const Instant end =
            node.calendar && has_length(node.shift) ? before_period(t, node.window) : back(t, node.shift);
        const Instant begin = node.calendar             ? before_period(end, node.window)
                              : has_length(node.window) ? back(end, node.window)
                                                        : minus_infinity;
        if (log.known_from != minus_infinity && begin < log.known_from - 1) return Value::none(Kind::number);
        std::int64_t rows = 0;
        Int128 millionths = 0;
        std::set<std::string> actors;
        std::set<std::int64_t> days;
        for (const auto& [at, e] : log.events) {
            if ((has_length(node.window) && at <= begin) || at > end) continue;
            rows += e.rows;
            millionths += e.millionths;
            actors.insert(e.actors.begin(), e.actors.end());
            days.insert(at == minus_infinity ? minus_infinity : day_of(at));
        }
        switch (node.op) {
            case Op::count: return Value::of(Number::of(rows));
            case Op::sum:
                return Value::of(
                    round_to_number(millionths < 0, Uint128(millionths < 0 ? -millionths : millionths), 6));
            case Op::distinct: return Value::of(Number::of(std::int64_t(actors.size())));
            default: return Value::of(Number::of(std::int64_t(days.size())));
        }
    }

    const RuleSet& rules_;
    const Customer& customer_;
    const Rules& zone_;
};

}  // namespace csagg::twin
