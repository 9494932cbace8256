#include "rules/instant/evaluation_parts.hpp"

namespace csagg {
namespace {

/// Whether the product of a line and a constant is rounded on no day.
bool is_exact_product(const Result& a, const Result& b) {
    const int scale = std::max(a.value.scale, a.slope.scale) + std::max(b.value.scale, b.slope.scale);
    return scale <= line_scale && is_tame(a.value.number(), max_line_value) &&
           is_tame(b.value.number(), max_line_value);
}

}  // namespace

/// Until when b alone decides: a is computed before it, and matters where that fails.
Instant Evaluation::while_decided(NodeId a_id, const Result& a, const Result& b) const {
    return program_.step(a_id).can_fail ? std::min(a.until, b.until) : b.until;
}

void Evaluation::arithmetic(const Step& step, Result& result) {
    const Result& a = of(arguments(step)[0]);
    if (a.value.absent) return set(result, no_number, a.until);
    const Result& b = of(arguments(step)[1]);
    const Instant until = std::min(a.until, b.until);
    if (b.value.absent) return set(result, no_number, while_decided(arguments(step)[0], a, b));
    const Number x = a.value.number(), y = b.value.number();
    switch (step.op) {
        case Op::add: return set_line(result, x + y, a.slope + b.slope, until);
        case Op::subtract: return set_line(result, x - y, a.slope - b.slope, until);
        case Op::multiply:
            if (is_line(a) != is_line(b) && is_exact_product(a, b))
                return set_line(result, x * y, a.slope * y + b.slope * x, until);
            break;
        default: break;
    }
    set(result, Value::of(step.op == Op::multiply ? x * y : divide(x, y)),
        (is_line(a) || is_line(b)) && goes_on() ? std::min(until, next_look()) : until);
}

void Evaluation::sign_or_round(const Step& step, Result& result) {
    const Result& x = of(arguments(step)[0]);
    if (x.value.absent) return set(result, no_number, x.until);
    const Number value = x.value.number();
    if (step.op == Op::round) {
        const Number whole = rounded(value, step.digits);
        if (!is_line(x)) return set(result, Value::of(whole), x.until);
        // A line of such numbers stays as it is.
        if (step.digits >= 0 && value.scale <= step.digits && x.slope.scale <= step.digits)
            return set_line(result, value, x.slope, x.until);
        const Instant until = x.until;
        set(result, Value::of(whole), std::min(until, next_look()));
        return;
    }
    const bool turn = step.op == Op::negate || value < Number{} || (value == Number{} && x.slope < Number{});
    Instant until = x.until;
    if (step.op == Op::abs && is_line(x)) {
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
    if ((!is_line(a) && !is_line(b)) || !goes_on()) return plus_infinity;
    const Number x = a.value.number(), y = b.value.number();
    if (!is_tame(x, max_line_value) || !is_tame(y, max_line_value)) return next_look();
    const std::int64_t days = days_to_flip(op, scaled(x) - scaled(y), scaled(a.slope) - scaled(b.slope));
    return program_.days().begin_of(today() + days);
}

/// When the window that `counting` asks may have grown (or, `leaving`, shrunk) by `amount`, changes from event `first`
/// on.
Instant Evaluation::nth_change(const Step& counting, std::size_t first, std::int64_t amount, bool leaving) const {
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

/// A whole number that goes up by what comes into a window and down by what leaves it cannot pass a bound before enough
/// has done so: `count(login, 14 days) >= 5` of 9 stays true until 5 have left, whatever else happens.
Instant Evaluation::count_flip(Op op, const Step& counting, const Number& bound, bool now) {
    if (!goes_on()) return plus_infinity;
    const Cursor& cursor = cursors_[counting.question];
    const std::int64_t value = window_value(counting, facts_.counter(counting.fact), cursor).word;
    const std::int64_t at =
        bound.coefficient / power_of_ten[std::min<int>(bound.scale, 18)];  // near the bound, towards 0
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

void Evaluation::comparison(const Step& step, Result& result) {
    const Result& a = of(arguments(step)[0]);
    if (a.value.absent) return set(result, no_truth, a.until);
    const Result& b = of(arguments(step)[1]);
    if (b.value.absent) return set(result, no_truth, while_decided(arguments(step)[0], a, b));
    const bool now = holds(step.op, sign_of(compare(a.value, b.value)));
    const Step& left = program_.step(arguments(step)[0]);
    const Step& right = program_.step(arguments(step)[1]);
    if ((left.op == Op::count || left.op == Op::distinct || left.op == Op::active_days) && right.op == Op::constant)
        return set(result, Value::of(now), count_flip(step.op, left, b.value.number(), now));
    set(result, Value::of(now), std::min({a.until, b.until, flip(step.op, a, b)}));
}

void Evaluation::extreme(const Step& step, Result& result) {
    const bool least = step.op == Op::least;
    Instant until = plus_infinity;
    NodeId best = no_node;
    for (const NodeId id : arguments(step)) {
        const Result& x = of(id);
        until = std::min(until, x.until);
        if (x.value.absent) continue;
        if (best == no_node || (least ? compare(x.value, of(best).value) < 0 : compare(x.value, of(best).value) > 0))
            best = id;
    }
    if (best == no_node) return set(result, Value::none(Kind(step.kind)), until);
    const Result& winner = of(best);
    if (Kind(step.kind) != Kind::number) return set(result, winner.value, until);
    for (const NodeId id : arguments(step)) {
        const Result& x = of(id);
        if (id != best && !x.value.absent) until = std::min(until, flip(least ? Op::le : Op::ge, winner, x));
    }
    set_line(result, winner.value.number(), winner.slope, until);
}

}  // namespace csagg
