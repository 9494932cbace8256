#include "rules/instant/evaluation_parts.hpp"

namespace csagg {

Evaluation::Evaluation(const Program& program, const Facts& facts, Arena& arena, Sight* sight)
    : program_(program),
      facts_(facts),
      arena_(arena),
      sight_(sight),
      results_(Alloc<Result>(arena).allocate(program.nodes().list.size())),
      fresh_until_(program.nodes().list.size(), minus_infinity, Alloc<Instant>(arena)),
      cursors_(goes_on() ? program.questions().size() : 0, Cursor{}, Alloc<Cursor>(arena)) {}

void Evaluation::move_to(Instant now) {
    now_ = now;
    if (now >= tomorrow_) tomorrow_ = minus_infinity;
}

std::int64_t Evaluation::today() {
    if (!goes_on()) return sight_->today();
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
    if (slope.coefficient == 0 || !goes_on()) return;
    if (is_tame(value, max_line_value) && is_tame(slope, max_slope)) {
        result.slope = slope;
        result.until = std::min(until, program_.days().begin_of(today() + max_days));
        result.fresh_until = std::min(until, tomorrow());
    } else {
        result.until = result.fresh_until = std::min(until, next_look());
    }
}

void Evaluation::compute(NodeId id, Result& result) {
    const Step& step = program_.step(id);
    switch (step.op) {
        case Op::defined:
        case Op::constant: return set(result, program_.constant(step), plus_infinity);
        case Op::state:
        case Op::state_ago: return state(step, result);
        case Op::previous: return previous(step, result);
        case Op::lowest:
        case Op::highest: return extreme_of_window(step, result);
        case Op::mean: return mean(step, result);
        case Op::streak: return streak(step, result);
        case Op::changed_within: return changed_within(step, result);
        case Op::age: return age(step, result);
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: return window(step, result);
        case Op::first:
        case Op::last: return first_or_last(step, result);
        case Op::within: return within(step, result);
        case Op::days_until:
        case Op::days_since: return days_to(step, result);
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide: return arithmetic(step, result);
        case Op::negate:
        case Op::round:
        case Op::abs: return sign_or_round(step, result);
        case Op::eq:
        case Op::ne:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge: return comparison(step, result);
        case Op::least:
        case Op::greatest: return extreme(step, result);
        case Op::all_of:
        case Op::any_of: return all_or_any(step, result);
        case Op::coalesce: return coalesce(step, result);
        case Op::choose: return choose(step, result);
        case Op::nullif: return nullif(step, result);
        case Op::negation: {
            const Result& a = of(arguments(step)[0]);
            return set(result, a.value.absent ? a.value : Value::of(a.value.word == 0), a.until);
        }
        case Op::is_null: {
            const Result& a = of(arguments(step)[0]);
            return set(result, Value::of(a.value.absent), a.until);
        }
        case Op::is_true:
        case Op::is_false: {
            const Result& a = of(arguments(step)[0]);
            return set(result, Value::of(!a.value.absent && (a.value.word != 0) == (step.op == Op::is_true)), a.until);
        }
    }
}

// ---- logic

void Evaluation::all_or_any(const Step& step, Result& result) {
    const bool decisive = step.op == Op::any_of;
    bool unknown = false;
    Instant until = plus_infinity, unfailing = plus_infinity;
    for (const NodeId id : arguments(step)) {
        const Result& x = of(id);
        if (!x.value.absent && (x.value.word != 0) == decisive)
            return set(result, x.value, std::min(x.until, unfailing));
        unknown |= x.value.absent;
        until = std::min(until, x.until);
        if (program_.step(id).can_fail) unfailing = std::min(unfailing, x.until);
    }
    set(result, unknown ? no_truth : Value::of(!decisive), until);
}

void Evaluation::coalesce(const Step& step, Result& result) {
    Instant until = plus_infinity;
    for (const NodeId id : arguments(step)) {
        result = of(id);
        until = std::min(until, result.until);
        if (!result.value.absent) break;
    }
    result.until = until;
    result.fresh_until = std::min(result.fresh_until, until);
}

void Evaluation::choose(const Step& step, Result& result) {
    const auto parts = arguments(step);
    const Result& condition = of(parts[0]);
    const Instant until = condition.until;
    result = of(parts[condition.value.is_true() ? 1 : 2]);
    result.until = std::min(result.until, until);
    result.fresh_until = std::min(result.fresh_until, until);
}

void Evaluation::nullif(const Step& step, Result& result) {
    const Result& a = of(arguments(step)[0]);
    const Result& b = of(arguments(step)[1]);
    const bool equal = !a.value.absent && !b.value.absent && compare(a.value, b.value) == 0;
    Instant until = std::min(a.until, b.until);
    if (!a.value.absent && !b.value.absent) until = std::min(until, flip(Op::eq, a, b));
    if (equal || a.value.absent) return set(result, Value::none(Kind(step.kind)), until);
    result = a;
    result.until = std::min(result.until, until);
    result.fresh_until = std::min(result.fresh_until, until);
}

}  // namespace csagg
