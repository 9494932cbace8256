// For tests: expressions and alerts by their definitions, asked instant by instant; random customers and rule sets.
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
    Instant back(Instant t, const Span& span) const { return has_length(span) ? Window(rules_.calendar(), span).begin_of(t) : t; }

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
            case Op::last: {
                const Log& log = customer_.counters.at(node.fact);
                Value found = Value::none(Kind::time);
                for (const auto& [at, e] : log.events)
                    if (at <= t && (found.absent || node.op == Op::last)) found = Value::of_time(at);
                return node.op == Op::first && log.known_from != minus_infinity ? Value::none(Kind::time) : found;
            }
            case Op::within: {
                const Value x = part(0);
                if (x.absent) return Value::none(Kind::boolean);
                if (is_infinite(x)) return truth(false);
                const std::int64_t d = x.kind == Kind::date ? x.word : day_of(x.word);
                Instant begin = 0;
                if (node.window.micros != 0)
                    begin = (x.kind == Kind::date ? begin_of(d) : x.word) - node.window.micros;
                else
                    begin = begin_of(add(d * day, node.window, -1) / day);
                return truth(begin <= t && t < begin_of(d + 1));
            }
            case Op::days_until:
            case Op::days_since: {
                const Value x = part(0);
                if (x.absent || is_infinite(x)) return Value::none(Kind::number);
                const std::int64_t since = day_of(t) - (x.kind == Kind::date ? x.word : day_of(x.word));
                return number(Number::of(node.op == Op::days_since ? since : -since));
            }
            case Op::negate: return part(0).absent ? Value::none(kind) : number(-part(0).number());
            case Op::abs: return part(0).absent || part(0).word >= 0 ? part(0) : number(-part(0).number());
            case Op::round: {
                if (part(0).absent) return part(0);
                // To whole units by 10^digits, in text: the twin rounds decimals by hand.
                Number n = part(0).number();
                Int128 unit = 1, value = n.coefficient;
                for (int i = node.digits; i < n.scale; ++i) unit *= 10;
                const Int128 rest = value % unit;
                value -= rest;
                if (rest * 2 >= unit) value += unit;
                if (rest * 2 <= -unit) value -= unit;
                return number(round_to_number(value < 0, Uint128(value < 0 ? -value : value), n.scale));
            }
            case Op::add:
            case Op::subtract:
            case Op::multiply:
            case Op::divide: {
                const Value a = part(0);
                if (a.absent) return a;
                const Value b = part(1);
                if (b.absent) return b;
                const Number x = a.number(), y = b.number();
                return number(node.op == Op::add ? x + y : node.op == Op::subtract ? x - y : node.op == Op::multiply ? x * y : divide(x, y));
            }
            case Op::eq:
            case Op::ne:
            case Op::lt:
            case Op::le:
            case Op::gt:
            case Op::ge: {
                const Value a = part(0), b = part(1);
                if (a.absent || b.absent) return Value::none(Kind::boolean);
                const auto order = compare(a, b);
                return truth(node.op == Op::eq   ? order == 0
                             : node.op == Op::ne ? order != 0
                             : node.op == Op::lt ? order < 0
                             : node.op == Op::le ? order <= 0
                             : node.op == Op::gt ? order > 0
                                                 : order >= 0);
            }
            case Op::is_null: return truth(part(0).absent);
            case Op::is_true: return truth(part(0).is_true());
            case Op::is_false: return truth(!part(0).absent && part(0).word == 0);
            case Op::negation: return part(0).absent ? part(0) : truth(part(0).word == 0);
            case Op::all_of:
            case Op::any_of: {
                bool unknown = false;
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    if (part(i).absent) unknown = true;
                    else if ((part(i).word != 0) == (node.op == Op::any_of)) return truth(node.op == Op::any_of);
                }
                return unknown ? Value::none(Kind::boolean) : truth(node.op == Op::all_of);
            }
            case Op::coalesce:
                for (std::size_t i = 0; i < parts.size(); ++i)
                    if (!part(i).absent) return part(i);
                return Value::none(kind);
            case Op::nullif: return !part(0).absent && !part(1).absent && compare(part(0), part(1)) == 0 ? Value::none(kind) : part(0);
            case Op::choose: return part(part(0).is_true() ? 1 : 2);
            case Op::least:
            case Op::greatest: {
                Value best = Value::none(kind);
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    const Value x = part(i);
                    if (x.absent) continue;
                    if (best.absent || (node.op == Op::least ? compare(x, best) < 0 : compare(x, best) > 0)) best = x;
                }
                return best;
            }
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
        if (rules_.override_when() != no_node && of(rules_.override_when(), t).is_true() && !of(rules_.override_score(), t).absent)
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
    /// Of all that it was at an instant of the window.
    Value extreme(const Node& node, Instant t) const {
        const State& state = customer_.states.at(node.fact);
        const Instant begin = back(t, node.window);
        Value best = Value::none(Kind(node.kind));
        if (state.known_from != minus_infinity && begin < state.known_from - 1) return best;
        std::set<Instant> instants{begin + 1};
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
        const Kind result = node.op == Op::previous ? Kind(node.kind) : node.op == Op::age ? Kind::number : Kind::boolean;
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
        const Instant end = node.calendar && has_length(node.shift) ? before_period(t, node.window) : back(t, node.shift);
        const Instant begin = node.calendar ? before_period(end, node.window) : has_length(node.window) ? back(end, node.window) : minus_infinity;
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
            case Op::sum: return Value::of(round_to_number(millionths < 0, Uint128(millionths < 0 ? -millionths : millionths), 6));
            case Op::distinct: return Value::of(Number::of(std::int64_t(actors.size())));
            default: return Value::of(Number::of(std::int64_t(days.size())));
        }
    }

    const RuleSet& rules_;
    const Customer& customer_;
    const Rules& zone_;
};

/// A customer's facts as the bytes that the server would give.
class CustomerBytes {
public:
    CustomerBytes(const Document& document, const Customer& customer) {
        for (std::size_t i = 0; i < document.facts.size(); ++i) {
            Bytes& bytes = bytes_.emplace_back(Alloc<Byte>(heap()));
            FactInput& input = inputs_.emplace_back();
            if (document.facts[i].kind == FactKind::counter) {
                input.form = FactInput::Form::counter;
                Events events(heap());
                const Log& log = customer.counters.at(i);
                events.forget_before(log.known_from, log.forgotten);
                for (const auto& [at, e] : log.events) {
                    Wide total;
                    total.add(round_to_number(e.millionths < 0, Uint128(e.millionths < 0 ? -e.millionths : e.millionths), 6));
                    std::vector<std::string_view> actors(e.actors.begin(), e.actors.end());
                    events.add(at, e.rows, total, actors);
                }
                encode_counter(events, bytes);
            } else {
                input.form = FactInput::Form::timeline;
                const State& state = customer.states.at(i);
                Entries entries(heap());
                for (const auto& [at, value] : state.entries) entries.push_back({at, 0, value});
                encode_timeline(state_kind(document.facts[i].kind), view(entries), state.known_from, bytes);
            }
        }
        for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].bytes = view(bytes_[i]);
    }
    std::span<const FactInput> inputs() const { return inputs_; }

private:
    std::vector<Bytes> bytes_;
    std::vector<FactInput> inputs_;
};

// ---- random customers and rule sets, all on whole minutes

inline const char* const facts_member =
    R"("facts": {"login": "counter", "export": "counter", "seats": "number", "active": "number", "plan": "text", "signup": "date",
               "contract_end": "date", "seen": "time", "churned": "boolean"})";

class Random {
public:
    Random(std::uint64_t seed, Instant from, Instant until) : engine_(seed), from_(from), until_(until) {}

    bool fails = false;  // some quotients divide by zero
    bool defines = false;  // expressions use what the rule set defines

    std::int64_t pick(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine_); }
    bool one_in(int n) { return pick(1, n) == 1; }
    std::string number(std::int64_t low, std::int64_t high) { return std::to_string(pick(low, high)); }
    template <std::size_t N>
    std::string word(const char* const (&list)[N]) {
        return list[std::size_t(pick(0, N - 1))];
    }
    Instant instant() { return from_ + pick(0, (until_ - from_) / minute) * minute; }
    Date date() { return Date(pick(from_ / twin::day - 3, until_ / twin::day + 3)); }

    std::string duration() {
        switch (pick(0, 9)) {
            case 0: return "1 month";
            case 1: return number(1, 50) + " hours";
            case 2: return number(1, 90) + " minutes";
            case 3: return "1 week";
            default: return number(1, 9) + " days";
        }
    }
    std::string state_number() { return word({"seats", "active"}); }
    std::string counter() { return word({"login", "export"}); }
    std::string any_state() { return word({"seats", "active", "plan", "signup", "contract_end", "seen", "churned"}); }
    std::string day() {
        switch (pick(0, 5)) {
            case 0: return "signup";
            case 1: return "contract_end @ " + duration() + " ago";
            case 2: return "last(" + counter() + ")";
            case 3: return "seen";
            case 4: return "first(" + counter() + ")";
            default: return "contract_end";
        }
    }
    std::string text() { return one_in(3) ? "previous(plan)" : one_in(2) ? "plan @ " + duration() + " ago" : "plan"; }

    std::string numeric(int depth) {
        if (depth <= 0) {
            if (one_in(8)) {
                switch (pick(0, 3)) {
                    case 0: return "lowest(" + state_number() + ", " + duration() + ")";
                    case 1: return "highest(" + state_number() + ", " + duration() + ")";
                    case 2: return "mean(" + state_number() + ", " + number(1, 12) + " days)";
                    default: return "streak(" + counter() + ")";
                }
            }
            switch (pick(0, defines ? 10 : 9)) {
                case 10: return one_in(2) ? "usage" : R"(\"twice the usage\")";
                case 0: return number(-20, 60);
                case 1: return number(0, 9) + "." + number(1, 99);
                case 2: return "age(" + any_state() + ")";
                case 3: return "days_since(" + day() + ")";
                case 4: return "days_until(" + day() + ")";
                case 5: return state_number() + (one_in(3) ? " @ " + duration() + " ago" : "");
                default: {
                    const std::string name = word({"count", "sum", "distinct", "active_days"});
                    if (one_in(4)) return name + "(" + counter() + ", " + word({"this ", "last "}) + word({"day", "week", "month", "quarter", "year"}) + ")";
                    return name + "(" + counter() + (one_in(6) ? "" : ", " + duration() + (one_in(3) ? ", " + duration() + " ago" : "")) + ")";
                }
            }
        }
        const auto a = [&] { return "(" + numeric(depth - 1) + ")"; };
        switch (pick(0, 11)) {
            case 0: return a() + " + " + a();
            case 1: return a() + " - " + a();
            case 2: return a() + " * " + (one_in(4) ? a() : number(-5, 5));
            case 3: return a() + (fails ? " / (" + numeric(depth - 1) + ")" : " / nullif(" + numeric(depth - 1) + ", 0)");
            case 4: return "-" + a();
            case 5: return "abs(" + numeric(depth - 1) + ")";
            case 6: return "round(" + numeric(depth - 1) + ", " + number(-1, 2) + ")";
            case 7: return "least(" + numeric(depth - 1) + ", " + numeric(depth - 1) + (one_in(3) ? ", 10" : "") + ")";
            case 8: return "greatest(" + numeric(depth - 1) + ", " + numeric(depth - 1) + ")";
            case 9: return "coalesce(" + numeric(depth - 1) + ", " + numeric(depth - 1) + ")";
            case 10: return "if(" + truth(depth - 1) + ", " + numeric(depth - 1) + ", " + (one_in(3) ? "null" : numeric(depth - 1)) + ")";
            default: return "nullif(" + numeric(depth - 1) + ", " + number(0, 9) + ")";
        }
    }
    std::string truth(int depth) {
        if (depth <= 0) {
            if (one_in(12)) return "highest(" + any_state() + ", " + duration() + ") is not null";
            switch (pick(0, defines ? 7 : 5)) {
                case 0: return "churned";
                case 1: return "changed_within(" + any_state() + ", " + duration() + ")";
                case 2: return text() + " in ('gold', 'silver')";
                case 3: return any_state() + " is not null";
                case 6: return "quiet";
                case 7: return "usage > " + number(0, 20);
                default: return day() + " within " + duration();
            }
        }
        const auto counted = [&] {
            if (one_in(5)) return word({"count", "distinct", "active_days"}) + "(" + counter() + ", " + word({"this ", "last "}) + word({"day", "week", "month"}) + ")";
            return word({"count", "distinct", "active_days"}) + "(" + counter() + ", " + duration() + (one_in(2) ? ", " + duration() + " ago" : "") + ")";
        };
        switch (pick(0, 9)) {
            case 9: return counted() + " " + word({"<", "<=", ">", ">=", "=", "<>"}) + " " + (one_in(2) ? "0." + number(1, 9) + " * " : "") + counted() + (one_in(3) ? " * 2" : "");
            case 0: return "(" + truth(depth - 1) + ") and (" + truth(depth - 1) + ")";
            case 1: return "(" + truth(depth - 1) + ") or (" + truth(depth - 1) + ")";
            case 2: return "not (" + truth(depth - 1) + ")";
            case 3: return "(" + numeric(depth - 1) + ") between " + number(-5, 5) + " and " + number(3, 30);
            case 4: return "(" + truth(depth - 1) + ") is " + word({"null", "not null", "true", "not false"});
            case 5: return text() + " = " + text();
            default: return "(" + numeric(depth - 1) + ") " + word({"<", "<=", ">", ">=", "=", "<>"}) + " " + (one_in(3) ? "(" + numeric(depth - 1) + ")" : number(-3, 20));
        }
    }

    /// What an alert may ask of the assessment.
    std::string figures() {
        switch (pick(0, 11)) {
            case 10: return "score < highest(score, " + duration() + ") - 5";
            case 11: return "score < mean(score, 7 days)";
            case 0: return "score <= score @ " + duration() + " ago - " + number(1, 20);
            case 1: return "previous(band) = 'green' and band = 'red'";
            case 2: return "changed_within(" + word({"score", "band", "stage", "coverage"}) + ", " + duration() + ")";
            case 3: return "age(" + word({"score", "band", "stage", "coverage"}) + ") >= " + number(1, 5);
            case 4: return "coverage < 1 and score > " + number(0, 60);
            case 5: return "stage = 's0' or stage @ " + duration() + " ago is null";
            case 6: return "score - previous(score) > " + number(-9, 9);
            case 7: return "band <> band @ " + duration() + " ago";
            case 8: return "score * count(" + counter() + ", " + duration() + ") > " + number(0, 90);
            default: return "score is not null and (" + truth(0) + ")";
        }
    }

    std::string rules(std::string_view zone, bool alerts) {
        std::string text = "{\"timezone\": \"" + std::string(zone) + "\", " + facts_member;
        if ((defines = one_in(3))) {
            defines = false;
            text += ", \"define\": [{\"name\": \"usage\", \"is\": \"" + numeric(int(pick(0, 2))) + "\"}, {\"name\": \"quiet\", \"is\": \"usage < 5 or " + truth(0) +
                    "\"}, {\"name\": \"twice the usage\", \"is\": \"usage + usage\"}]";
            defines = true;
        }
        const std::int64_t stages = pick(0, 2);
        for (std::int64_t i = 0; i < stages; ++i)
            text += (i == 0 ? ", \"stages\": [" : ", ") + ("{\"name\": \"s" + std::to_string(i) + "\", \"when\": \"") + truth(1) + "\"}";
        if (stages > 0) text += one_in(2) ? ", {\"name\": \"rest\"}]" : "]";
        if (one_in(3)) text += ", \"exists\": \"" + (one_in(2) ? std::string("signup is not null and not coalesce(churned, false)") : truth(1)) + "\"";
        const bool mean = one_in(3);
        text += (mean ? std::string(", \"method\": \"weighted mean\"") : ", \"base\": " + number(0, 50)) + (one_in(2) ? ", \"min\": 0, \"max\": 100" : "");
        if (one_in(4)) text += ", \"override\": {\"when\": \"" + truth(0) + "\", \"score\": \"" + numeric(0) + "\"}";
        const std::int64_t n = pick(1, 4);
        for (std::int64_t i = 0; i < n; ++i) {
            text += (i == 0 ? ", \"rules\": [" : ", ") + ("{\"name\": \"r" + std::to_string(i) + "\"");
            if (stages > 0 && one_in(2)) text += ", \"stages\": [\"s0\"]";
            if (!one_in(4)) text += ", \"when\": \"" + truth(int(pick(0, 2))) + "\"";
            text += ", \"points\": " + (one_in(2) ? number(-40, 40) : "\"" + numeric(int(pick(0, 2))) + "\"");
            if (mean && !one_in(4)) text += ", \"weight\": " + (one_in(5) ? "0" : one_in(3) ? "0." + number(1, 999999) : number(1, 50));
            text += one_in(2) ? ", \"missing\": 5}" : "}";
        }
        text += R"(], "bands": [{"name": "red"}, {"name": "yellow", "from": 30}, {"name": "green", "from": 60.5}])";
        for (int i = 0; alerts && i < 3; ++i) {
            text += (i == 0 ? ", \"alerts\": [" : ", ") + ("{\"name\": \"a" + std::to_string(i) + "\", \"when\": \"" + (one_in(3) ? figures() : truth(int(pick(0, 1)))) + "\"");
            if (!one_in(3)) text += ", \"for\": \"" + (one_in(2) ? "1 day" : duration()) + "\"";
            if (!one_in(3)) text += ", \"keep_firing_for\": \"" + (one_in(2) ? "2 days" : duration()) + "\"";
            text += i == 2 ? "}]" : "}";
        }
        return text + "}";
    }

    Value value(Kind kind) {
        static constexpr std::string_view plans[] = {"gold", "silver", "free"};
        if (one_in(8)) return Value::none(kind);
        switch (kind) {
            case Kind::boolean: return Value::of(one_in(2));
            case Kind::number: return Value::of(Number::normalized(pick(0, 400), one_in(3) ? 1 : 0));
            case Kind::text: return Value::of(plans[pick(0, 2)]);
            case Kind::date: return Value::of_date(one_in(20) ? plus_infinity_date : date());
            case Kind::time: return Value::of_time(one_in(20) ? minus_infinity : instant());
        }
        return Value::none(kind);
    }
    Customer customer(const Document& document) {
        Customer customer;
        for (std::size_t i = 0; i < document.facts.size(); ++i) {
            const bool shortened = one_in(8);
            const Instant horizon = instant();
            if (document.facts[i].kind == FactKind::counter) {
                Log log;
                for (std::int64_t n = pick(0, 12); n > 0; --n)
                    log.add({one_in(40) ? minus_infinity : instant(), pick(-3, 9) * 500'000, one_in(3) ? "" : "actor " + number(1, 3)});
                if (shortened) log.forget_before(horizon);
                customer.counters[i] = log;
                continue;
            }
            State state;
            for (std::int64_t n = pick(0, 4); n > 0; --n) state.entries[one_in(10) ? minus_infinity : instant()] = value(state_kind(document.facts[i].kind));
            if (shortened) {
                state.known_from = horizon;
                auto after = state.entries.upper_bound(horizon);
                if (after != state.entries.begin()) state.entries.erase(state.entries.begin(), std::prev(after));
            }
            customer.states[i] = state;
        }
        return customer;
    }

private:
    std::mt19937_64 engine_;
    Instant from_, until_;
};

}  // namespace csagg::twin
