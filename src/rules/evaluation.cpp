#include "rules/evaluation.hpp"

#include "rules/lines.hpp"

namespace csagg {
namespace {

constexpr Value no_number{Kind::number, true, 0, 0, {}};
constexpr Value no_truth{Kind::boolean, true, 0, 0, {}};

bool is_line(const Result& result) { return result.slope.coefficient != 0; }

/// Whether the product of a line and a constant is rounded on no day.
bool is_exact_product(const Result& a, const Result& b) {
    const int scale = std::max(a.value.scale, a.slope.scale) + std::max(b.value.scale, b.slope.scale);
    return scale <= line_scale && is_tame(a.value.number(), max_line_value) && is_tame(b.value.number(), max_line_value);
}

}  // namespace

Evaluation::Evaluation(const Program& program, const Facts& facts, Arena& arena, bool goes_on)
    : program_(program),
      facts_(facts),
      arena_(arena),
      goes_on_(goes_on),
      results_(program.nodes().list.size(), Result{}, Alloc<Result>(arena)),
      cursors_(program.questions().size(), Cursor{}, Alloc<Cursor>(arena)) {}

void Evaluation::move_to(Instant now) {
    now_ = now;
    if (now >= tomorrow_) tomorrow_ = minus_infinity;
}

std::int64_t Evaluation::today() {
    if (tomorrow_ == minus_infinity) {
        today_ = program_.days().day_of(now_);
        tomorrow_ = program_.days().begin_of(today_ + 1);
    }
    return today_;
}
Instant Evaluation::tomorrow() {
    today();
    return tomorrow_;
}

/// When to look again at what changes from day to day in a way that is not known.
Instant Evaluation::next_look() { return now_ < first_daily ? first_daily : tomorrow(); }

void Evaluation::set_line(Result& result, Number value, Number slope, Instant until) {
    set(result, Value::of(value), until);
    if (slope.coefficient == 0 || !goes_on_) return;
    if (is_tame(value, max_line_value) && is_tame(slope, max_slope)) {
        result.slope = slope;
        result.until = std::min(until, program_.days().begin_of(today() + max_days));
        result.fresh_until = std::min(until, tomorrow());
    } else {
        result.until = result.fresh_until = std::min(until, next_look());
    }
}

void Evaluation::compute(NodeId id, Result& result) {
    const Node& node = program_[id];
    switch (node.op) {
        case Op::defined:
        case Op::constant: return set(result, node.constant, plus_infinity);
        case Op::state:
        case Op::state_ago: return state(node, result);
        case Op::previous: return previous(node, result);
        case Op::lowest:
        case Op::highest: return extreme_of_window(node, result);
        case Op::mean: return mean(node, result);
        case Op::streak: return streak(node, result);
        case Op::changed_within: return changed_within(node, result);
        case Op::age: return age(node, result);
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: return window(node, result);
        case Op::first:
        case Op::last: return first_or_last(node, result);
        case Op::within: return within(node, result);
        case Op::days_until:
        case Op::days_since: return days_to(node, result);
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide: return arithmetic(node, result);
        case Op::negate:
        case Op::round:
        case Op::abs: return sign_or_round(node, result);
        case Op::eq:
        case Op::ne:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge: return comparison(node, result);
        case Op::least:
        case Op::greatest: return extreme(node, result);
        case Op::all_of:
        case Op::any_of: return all_or_any(node, result);
        case Op::coalesce: return coalesce(node, result);
        case Op::choose: return choose(node, result);
        case Op::nullif: return nullif(node, result);
        case Op::negation: {
            const Result& a = of(arguments(node)[0]);
            return set(result, a.value.absent ? a.value : Value::of(a.value.word == 0), a.until);
        }
        case Op::is_null: {
            const Result& a = of(arguments(node)[0]);
            return set(result, Value::of(a.value.absent), a.until);
        }
        case Op::is_true:
        case Op::is_false: {
            const Result& a = of(arguments(node)[0]);
            return set(result, Value::of(!a.value.absent && (a.value.word != 0) == (node.op == Op::is_true)), a.until);
        }
    }
}

// ---- states

/// How many runs have begun at the instant that the node looks at; `next`: when one more will have.
std::size_t Evaluation::runs_begun(const Node& node, const StateData& data, Instant& next) {
    const Question& question = program_.questions()[node.question];
    Cursor& cursor = cursors_[node.question];
    const auto& runs = data.runs;
    if (!cursor.started) {
        cursor.started = true;
        const auto after = std::upper_bound(runs.begin(), runs.end(), question.shift.begin_of(now_),
                                            [](Instant t, const Run& run) { return t < run.at; });
        cursor.entered = std::size_t(after - runs.begin());
        cursor.next_enter = goes_on_ ? minus_infinity : plus_infinity;
    }
    while (cursor.next_enter <= now_) {
        if (cursor.next_enter != minus_infinity) ++cursor.entered;
        cursor.next_enter = cursor.entered < runs.size() ? question.shift.exit_of(runs[cursor.entered].at) : plus_infinity;
        if (cursor.next_enter == plus_infinity) break;
    }
    next = cursor.next_enter;
    return cursor.entered;
}

void Evaluation::state(const Node& node, Result& result) {
    const StateData& data = facts_.state(node.fact);
    const Value none = Value::none(Kind(node.kind));
    if (data.known_from != minus_infinity) {
        const Instant known = program_.questions()[node.question].shift.exit_of(data.known_from);
        if (now_ < known) return set(result, none, known);
    }
    Instant next = 0;
    const std::size_t n = runs_begun(node, data, next);
    set(result, n == 0 ? none : data.runs[n - 1].value, next);
}

void Evaluation::previous(const Node& node, Result& result) {
    const StateData& data = facts_.state(node.fact);
    const Value none = Value::none(Kind(node.kind));
    if (now_ < data.known_from) return set(result, none, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(node, data, next);
    set(result, n < 2 || !data.knows_begin(n - 1) ? none : data.runs[n - 2].value, next);
}

/// Whether a run began in the window (L(now), now].
void Evaluation::changed_within(const Node& node, Result& result) {
    const StateData& data = facts_.state(node.fact);
    const Reach& window = program_.questions()[node.question].window;
    if (now_ < data.known_from) return set(result, no_truth, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(node, data, next);
    const bool known_run = n > 0 && data.knows_begin(n - 1);
    if (known_run) {
        const Instant leaves = window.exit_of(data.runs[n - 1].at);
        if (now_ < leaves) return set(result, Value::of(true), std::min(next, leaves));
    }
    if (data.known_from != minus_infinity) {
        const Instant known = window.exit_of(data.known_from);
        if (now_ < known) return set(result, no_truth, std::min(next, known));
    }
    set(result, n == 0 ? no_truth : Value::of(false), next);
}

void Evaluation::age(const Node& node, Result& result) {
    const StateData& data = facts_.state(node.fact);
    if (now_ < data.known_from) return set(result, no_number, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(node, data, next);
    const bool known = n > 0 && data.knows_begin(n - 1) && !data.runs[n - 1].value.absent && data.runs[n - 1].at != minus_infinity;
    if (!known) return set(result, no_number, next);
    const std::int64_t days = today() - program_.days().day_of(data.runs[n - 1].at);
    set_line(result, Number::of(days), Number::of(1), next);
}

void Evaluation::extreme_of_window(const Node& node, Result& result) {
    Cursor& cursor = cursors_[node.question];
    if (cursor.extremes == nullptr)
        cursor.extremes = new (arena_.allocate(sizeof(Extremes), alignof(Extremes)))
            Extremes(facts_.state(node.fact), program_.questions()[node.question].window, node.op == Op::lowest, Kind(node.kind), arena_);
    const Said said = cursor.extremes->at(now_);
    set(result, said.value, said.until);
}

void Evaluation::mean(const Node& node, Result& result) {
    const Said said = DayMean(program_.days(), facts_.state(node.fact), node.window.days).at(now_);
    set(result, said.value, said.until);
}

// ---- counters

void Evaluation::streak(const Node& node, Result& result) {
    Cursor& cursor = cursors_[node.question];
    if (cursor.streak == nullptr)
        cursor.streak = new (arena_.allocate(sizeof(Streak), alignof(Streak))) Streak(program_.days(), facts_.counter(node.fact));
    const Said said = cursor.streak->at(now_);
    set(result, said.value, said.until);
}

/// Moves both ends of the window to now.
void Evaluation::move_ends(const Question& question, std::span<const Instant> events, Cursor& cursor) {
    const auto count_to = [events](Instant t) { return std::size_t(std::ranges::upper_bound(events, t) - events.begin()); };
    if (!cursor.started) {
        const Instant end = question.shift.begin_of(now_);
        cursor.entered = count_to(end);
        if (question.has_window) cursor.left = count_to(question.window.begin_of(end));
        cursor.next_enter = cursor.next_leave = plus_infinity;
    }
    if (!goes_on_) return;
    const auto enters = [&] { return cursor.entered < events.size() ? question.shift.exit_of(events[cursor.entered]) : plus_infinity; };
    const auto leaves = [&] {
        return question.has_window && cursor.left < events.size()
                   ? question.shift.exit_of(question.window.exit_of(events[cursor.left]))
                   : plus_infinity;
    };
    if (!cursor.started || cursor.next_enter <= now_)
        for (cursor.next_enter = enters(); cursor.next_enter <= now_; cursor.next_enter = enters()) ++cursor.entered;
    if (!cursor.started || cursor.next_leave <= now_)
        for (cursor.next_leave = leaves(); cursor.next_leave <= now_; cursor.next_leave = leaves()) ++cursor.left;
}

/// Takes the events of `range` in (sign 1) or out (-1); `window` is the window with them. For what cannot be had as a
/// difference of sums.
void Evaluation::take_in(const Node& node, const CounterColumns& counter, Cursor& cursor, Range range, Range window, int sign) {
    const auto events = counter.instants();
    if (node.op == Op::distinct && counter.name_count() > 0) {
        for (const std::uint32_t actor : counter.actors_of(range.begin, std::max(range.begin, range.end))) {
            if (sign > 0)
                cursor.distinct += cursor.actor_events[actor]++ == 0 ? 1 : 0;
            else
                cursor.distinct -= --cursor.actor_events[actor] == 0 ? 1 : 0;
        }
    }
    if (node.op == Op::active_days)
        for (std::size_t i = range.begin; i < range.end; ++i) {
            // Events come in at the end and go out at the beginning: the neighbour there tells whether the day is new.
            const bool alone = sign > 0 ? i == window.begin : i + 1 == window.end;
            if (alone || program_.days().day_of_event(events[i]) != program_.days().day_of_event(events[sign > 0 ? i - 1 : i + 1]))
                cursor.distinct += sign;
        }
}

void Evaluation::move_window(const Node& node, const CounterColumns& counter, Cursor& cursor) {
    if (!cursor.started && node.op == Op::distinct) {
        const std::size_t names = counter.name_count();
        cursor.actor_events = static_cast<std::uint32_t*>(arena_.allocate((names + 1) * sizeof(std::uint32_t), alignof(std::uint32_t)));
        std::fill_n(cursor.actor_events, names, 0);
    }
    // In the window is what has entered and not left; an event may leave before it enters.
    const std::size_t entered = cursor.started ? cursor.entered : 0, left = cursor.started ? cursor.left : 0;
    move_ends(program_.questions()[node.question], counter.instants(), cursor);
    take_in(node, counter, cursor, {left, std::min(cursor.left, entered)}, {left, entered}, -1);
    take_in(node, counter, cursor, {std::max(cursor.left, entered), cursor.entered}, {cursor.left, cursor.entered}, 1);
    cursor.started = true;
}

Value Evaluation::window_value(const Node& node, const CounterColumns& counter, const Cursor& cursor) const {
    const std::size_t end = cursor.entered, begin = std::min(cursor.left, end);
    switch (node.op) {
        case Op::count: {
            const auto rows = counter.rows_before();
            return Value::of(Number::of(rows.empty() ? std::int64_t(end - begin) : rows[end] - rows[begin]));
        }
        case Op::sum: return Value::of(counter.totals_before().between(begin, end));
        default: return Value::of(Number::of(cursor.distinct));
    }
}

void Evaluation::window(const Node& node, Result& result) {
    const Question& question = program_.questions()[node.question];
    const CounterColumns& counter = facts_.counter(node.fact);
    if (counter.known_from() != minus_infinity) {
        const Instant known = question.known(counter.known_from());
        if (now_ < known) return set(result, no_number, known);
    }
    Cursor& cursor = cursors_[node.question];
    move_window(node, counter, cursor);
    set(result, window_value(node, counter, cursor), std::min(cursor.next_enter, cursor.next_leave));
}

void Evaluation::first_or_last(const Node& node, Result& result) {
    const CounterColumns& counter = facts_.counter(node.fact);
    const auto events = counter.instants();
    const auto after = std::ranges::upper_bound(events, now_);
    const Instant next = after == events.end() ? plus_infinity : *after;
    const bool forgotten = node.op == Op::first && counter.known_from() != minus_infinity;
    if (after == events.begin() || forgotten) return set(result, Value::none(Kind::time), forgotten ? plus_infinity : next);
    if (node.op == Op::first) return set(result, Value::of_time(events.front()), plus_infinity);
    set(result, Value::of_time(*std::prev(after)), next);
}

// ---- days

void Evaluation::within(const Node& node, Result& result) {
    const Result& x = of(arguments(node)[0]);
    const Instant until = x.until;
    if (x.value.absent) return set(result, no_truth, until);
    if (!is_finite(x.value)) return set(result, Value::of(false), until);
    const Stay stay = stay_within(x.value.kind, x.value.word, node.window, program_.days());
    if (now_ < stay.begin) return set(result, Value::of(false), std::min(until, stay.begin));
    if (now_ < stay.end) return set(result, Value::of(true), std::min(until, stay.end));
    set(result, Value::of(false), until);
}

void Evaluation::days_to(const Node& node, Result& result) {
    const Result& x = of(arguments(node)[0]);
    const Instant until = x.until;
    if (x.value.absent || !is_finite(x.value)) return set(result, no_number, until);
    const std::int64_t since = today() - (x.value.kind == Kind::date ? x.value.word : program_.days().day_of(x.value.word));
    if (node.op == Op::days_since)
        set_line(result, Number::of(since), Number::of(1), until);
    else
        set_line(result, Number::of(-since), Number::of(-1), until);
}

// ---- numbers

/// Until when b alone decides: a is computed before it, and matters where that fails.
Instant Evaluation::while_decided(NodeId a_id, const Result& a, const Result& b) const {
    return program_[a_id].can_fail ? std::min(a.until, b.until) : b.until;
}

void Evaluation::arithmetic(const Node& node, Result& result) {
    const Result a = of(arguments(node)[0]);
    if (a.value.absent) return set(result, no_number, a.until);
    const Result& b = of(arguments(node)[1]);
    const Instant until = std::min(a.until, b.until);
    if (b.value.absent) return set(result, no_number, while_decided(arguments(node)[0], a, b));
    const Number x = a.value.number(), y = b.value.number();
    switch (node.op) {
        case Op::add: return set_line(result, x + y, a.slope + b.slope, until);
        case Op::subtract: return set_line(result, x - y, a.slope - b.slope, until);
        case Op::multiply:
            if (is_line(a) != is_line(b) && is_exact_product(a, b)) return set_line(result, x * y, a.slope * y + b.slope * x, until);
            break;
        default: break;
    }
    set(result, Value::of(node.op == Op::multiply ? x * y : divide(x, y)), (is_line(a) || is_line(b)) && goes_on_ ? std::min(until, next_look()) : until);
}

void Evaluation::sign_or_round(const Node& node, Result& result) {
    const Result& x = of(arguments(node)[0]);
    if (x.value.absent) return set(result, no_number, x.until);
    const Number value = x.value.number();
    if (node.op == Op::round) {
        const Number whole = rounded(value, node.digits);
        if (!is_line(x)) return set(result, Value::of(whole), x.until);
        // A line of such numbers stays as it is.
        if (node.digits >= 0 && value.scale <= node.digits && x.slope.scale <= node.digits) return set_line(result, value, x.slope, x.until);
        const Instant until = x.until;
        set(result, Value::of(whole), std::min(until, next_look()));
        return;
    }
    const bool turn = node.op == Op::negate || value < Number{} || (value == Number{} && x.slope < Number{});
    Instant until = x.until;
    if (node.op == Op::abs && is_line(x)) {
        Result zero;
        zero.value = Value::of(Number{});
        zero.until = plus_infinity;
        until = std::min(until, flip(turn ? Op::le : Op::ge, x, zero));
    }
    if (turn)
        set_line(result, -value, -x.slope, until);
    else
        set_line(result, value, x.slope, until);
}

/// Until when `a op b` stays as it is, by the day alone; infinity if it does so without end.
Instant Evaluation::flip(Op op, const Result& a, const Result& b) {
    if ((!is_line(a) && !is_line(b)) || !goes_on_) return plus_infinity;
    const Number x = a.value.number(), y = b.value.number();
    if (!is_tame(x, max_line_value) || !is_tame(y, max_line_value)) return next_look();
    const std::int64_t days = days_to_flip(op, scaled(x) - scaled(y), scaled(a.slope) - scaled(b.slope));
    return program_.days().begin_of(today() + days);
}

/// When the window that `counting` asks may have grown (or, `leaving`, shrunk) by `amount`, changes from event `first` on.
Instant Evaluation::nth_change(const Node& counting, std::size_t first, std::int64_t amount, bool leaving) const {
    const Question& question = program_.questions()[counting.question];
    const CounterColumns& counter = facts_.counter(counting.fact);
    const auto events = counter.instants();
    if (leaving && !question.has_window) return plus_infinity;
    const auto rows = counting.op == Op::count ? counter.rows_before() : std::span<const std::int64_t>{};
    const bool has_actors = counting.op == Op::distinct;
    if (has_actors && counter.name_count() == 0) return plus_infinity;
    for (std::size_t i = first; i < events.size(); ++i) {
        amount -= has_actors ? std::int64_t(counter.actors().of(i).size()) : rows.empty() ? 1 : rows[i + 1] - rows[i];
        if (amount <= 0) return question.shift.exit_of(leaving ? question.window.exit_of(events[i]) : events[i]);
    }
    return plus_infinity;
}

/// A whole number that goes up by what comes into a window and down by what leaves it cannot pass a bound before enough has
/// done so: `count(login, 14 days) >= 5` of 9 stays true until 5 have left, whatever else happens.
Instant Evaluation::count_flip(Op op, const Node& counting, const Number& bound, bool now) {
    if (!goes_on_) return plus_infinity;
    const Cursor& cursor = cursors_[counting.question];
    const std::int64_t value = window_value(counting, facts_.counter(counting.fact), cursor).word;
    const std::int64_t at = bound.coefficient / power_of_ten[std::min<int>(bound.scale, 18)];  // near the bound, towards 0
    Instant flip = plus_infinity;
    std::int64_t above = -1, below = -1;  // how far the nearest other outcome is
    for (const std::int64_t near : {at - 1, at, at + 1, value - 1, value + 1}) {
        if (holds(op, sign_of(Number::of(near) <=> bound)) == now) continue;
        if (near > value && (above < 0 || near - value < above)) above = near - value;
        if (near < value && (below < 0 || value - near < below)) below = value - near;
    }
    if (above > 0) flip = std::min(flip, nth_change(counting, cursor.entered, above, false));
    if (below > 0) flip = std::min(flip, nth_change(counting, cursor.left, below, true));
    return std::max(flip, std::min(cursor.next_enter, cursor.next_leave));
}

void Evaluation::comparison(const Node& node, Result& result) {
    const Result a = of(arguments(node)[0]);
    if (a.value.absent) return set(result, no_truth, a.until);
    const Result& b = of(arguments(node)[1]);
    if (b.value.absent) return set(result, no_truth, while_decided(arguments(node)[0], a, b));
    const bool now = holds(node.op, sign_of(compare(a.value, b.value)));
    const Node& left = program_[arguments(node)[0]];
    const Node& right = program_[arguments(node)[1]];
    if ((left.op == Op::count || left.op == Op::distinct || left.op == Op::active_days) && right.op == Op::constant)
        return set(result, Value::of(now), count_flip(node.op, left, b.value.number(), now));
    set(result, Value::of(now), std::min({a.until, b.until, flip(node.op, a, b)}));
}

void Evaluation::extreme(const Node& node, Result& result) {
    const bool least = node.op == Op::least;
    Instant until = plus_infinity;
    NodeId best = no_node;
    for (const NodeId id : arguments(node)) {
        const Result& x = of(id);
        until = std::min(until, x.until);
        if (x.value.absent) continue;
        if (best == no_node || (least ? compare(x.value, of(best).value) < 0 : compare(x.value, of(best).value) > 0)) best = id;
    }
    if (best == no_node) return set(result, Value::none(Kind(node.kind)), until);
    const Result winner = of(best);
    if (Kind(node.kind) != Kind::number) return set(result, winner.value, until);
    for (const NodeId id : arguments(node)) {
        const Result& x = of(id);
        if (id != best && !x.value.absent) until = std::min(until, flip(least ? Op::le : Op::ge, winner, x));
    }
    set_line(result, winner.value.number(), winner.slope, until);
}

// ---- logic

void Evaluation::all_or_any(const Node& node, Result& result) {
    const bool decisive = node.op == Op::any_of;
    bool unknown = false;
    Instant until = plus_infinity, unfailing = plus_infinity;
    for (const NodeId id : arguments(node)) {
        const Result& x = of(id);
        if (!x.value.absent && (x.value.word != 0) == decisive) return set(result, x.value, std::min(x.until, unfailing));
        unknown |= x.value.absent;
        until = std::min(until, x.until);
        if (program_[id].can_fail) unfailing = std::min(unfailing, x.until);
    }
    set(result, unknown ? no_truth : Value::of(!decisive), until);
}

void Evaluation::coalesce(const Node& node, Result& result) {
    Instant until = plus_infinity;
    for (const NodeId id : arguments(node)) {
        result = of(id);
        until = std::min(until, result.until);
        if (!result.value.absent) break;
    }
    result.until = until;
    result.fresh_until = std::min(result.fresh_until, until);
}

void Evaluation::choose(const Node& node, Result& result) {
    const auto parts = arguments(node);
    const Result& condition = of(parts[0]);
    const Instant until = condition.until;
    result = of(parts[condition.value.is_true() ? 1 : 2]);
    result.until = std::min(result.until, until);
    result.fresh_until = std::min(result.fresh_until, until);
}

void Evaluation::nullif(const Node& node, Result& result) {
    const Result a = of(arguments(node)[0]);
    const Result& b = of(arguments(node)[1]);
    const bool equal = !a.value.absent && !b.value.absent && compare(a.value, b.value) == 0;
    Instant until = std::min(a.until, b.until);
    if (!a.value.absent && !b.value.absent) until = std::min(until, flip(Op::eq, a, b));
    if (equal || a.value.absent) return set(result, Value::none(Kind(node.kind)), until);
    result = a;
    result.until = std::min(result.until, until);
    result.fresh_until = std::min(result.fresh_until, until);
}

}  // namespace csagg
