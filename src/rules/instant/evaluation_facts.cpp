#include "rules/instant/evaluation_parts.hpp"

namespace csagg {

// ---- states

/// How many runs have begun at the instant that the node looks at; `next`: when one more will have.
std::size_t Evaluation::runs_begun(const Step& step, const StateData& data, Instant& next) {
    const auto& runs = data.runs;
    const auto begun_at = [&runs](Instant t) {
        return std::size_t(std::ranges::upper_bound(runs, t, {}, &Run::at) - runs.begin());
    };
    if (!goes_on()) {
        next = plus_infinity;
        return begun_at(sight_->ends(step.question, program_.questions()).end);
    }
    const Question& question = program_.questions()[step.question];
    Cursor& cursor = cursors_[step.question];
    if (!cursor.started) {
        cursor.started = true;
        cursor.entered = begun_at(question.shift.begin_of(now_));
        cursor.next_enter = minus_infinity;
    }
    while (cursor.next_enter <= now_) {
        if (cursor.next_enter != minus_infinity) ++cursor.entered;
        cursor.next_enter =
            cursor.entered < runs.size() ? question.shift.exit_of(runs[cursor.entered].at) : plus_infinity;
        if (cursor.next_enter == plus_infinity) break;
    }
    next = cursor.next_enter;
    return cursor.entered;
}

void Evaluation::state(const Step& step, Result& result) {
    const StateData& data = facts_.state(step.fact);
    const Value none = Value::none(Kind(step.kind));
    if (data.known_from != minus_infinity) {
        const Instant known = program_.questions()[step.question].shift.exit_of(data.known_from);
        if (now_ < known) return set(result, none, known);
    }
    Instant next = 0;
    const std::size_t n = runs_begun(step, data, next);
    set(result, n == 0 ? none : data.runs[n - 1].value, next);
}

void Evaluation::previous(const Step& step, Result& result) {
    const StateData& data = facts_.state(step.fact);
    const Value none = Value::none(Kind(step.kind));
    if (now_ < data.known_from) return set(result, none, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(step, data, next);
    set(result, n < 2 || !data.knows_begin(n - 1) ? none : data.runs[n - 2].value, next);
}

/// Whether a run began in the window (L(now), now].
void Evaluation::changed_within(const Step& step, Result& result) {
    const StateData& data = facts_.state(step.fact);
    const Lookback& window = program_.questions()[step.question].window;
    if (now_ < data.known_from) return set(result, no_truth, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(step, data, next);
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

void Evaluation::age(const Step& step, Result& result) {
    const StateData& data = facts_.state(step.fact);
    if (now_ < data.known_from) return set(result, no_number, data.known_from);
    Instant next = 0;
    const std::size_t n = runs_begun(step, data, next);
    const bool known =
        n > 0 && data.knows_begin(n - 1) && !data.runs[n - 1].value.absent && data.runs[n - 1].at != minus_infinity;
    if (!known) return set(result, no_number, next);
    const std::int64_t days = today() - day_of(data.runs[n - 1].at);
    set_line(result, Number::of(days), Number::of(1), next);
}

void Evaluation::extreme_of_window(const Step& step, Result& result) {
    Extremes* once = nullptr;
    Extremes*& extremes = goes_on() ? cursors_[step.question].extremes : once;
    if (extremes == nullptr)
        extremes = new (arena_.allocate(sizeof(Extremes), alignof(Extremes)))
            Extremes(facts_.state(step.fact), program_.questions()[step.question].window, step.op == Op::lowest,
                     Kind(step.kind), arena_);
    const ValueUntil now = extremes->at(now_);
    set(result, now.value, now.until);
}

void Evaluation::mean(const Step& step, Result& result) {
    const ValueUntil now = DayMean(program_.days(), facts_.state(step.fact), program_.window(step).days).at(now_);
    set(result, now.value, now.until);
}

// ---- counters

void Evaluation::streak(const Step& step, Result& result) {
    Streak* once = nullptr;
    Streak*& streak = goes_on() ? cursors_[step.question].streak : once;
    if (streak == nullptr)
        streak =
            new (arena_.allocate(sizeof(Streak), alignof(Streak))) Streak(program_.days(), facts_.counter(step.fact));
    const ValueUntil now = streak->at(now_);
    set(result, now.value, now.until);
}

/// Moves both ends of the window to now.
void Evaluation::move_ends(const Question& question, const CounterColumns& counter, Cursor& cursor) {
    const auto events = counter.instants();
    if (!cursor.started) {
        const Instant end = question.shift.begin_of(now_);
        cursor.entered = counter.count_to(end);
        if (question.has_window) cursor.left = counter.count_to(question.window.begin_of(end));
        cursor.next_enter = cursor.next_leave = plus_infinity;
    }
    const auto enters = [&] {
        return cursor.entered < events.size() ? question.shift.exit_of(events[cursor.entered]) : plus_infinity;
    };
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
void Evaluation::take_in(const Step& step, const CounterColumns& counter, Cursor& cursor, Range range, Range window,
                         int sign) {
    const auto events = counter.instants();
    if (step.op == Op::distinct && counter.name_count() > 0) {
        for (const std::uint32_t actor : counter.actors_of(range.begin, std::max(range.begin, range.end))) {
            if (sign > 0)
                cursor.distinct += cursor.actor_events[actor]++ == 0 ? 1 : 0;
            else
                cursor.distinct -= --cursor.actor_events[actor] == 0 ? 1 : 0;
        }
    }
    if (step.op == Op::active_days)
        for (std::size_t i = range.begin; i < range.end; ++i) {
            // Events come in at the end and go out at the beginning: the neighbour there tells whether the day is new.
            const bool alone = sign > 0 ? i == window.begin : i + 1 == window.end;
            if (alone || program_.days().day_of_event(events[i]) !=
                             program_.days().day_of_event(events[sign > 0 ? i - 1 : i + 1]))
                cursor.distinct += sign;
        }
}

void Evaluation::move_window(const Step& step, const CounterColumns& counter, Cursor& cursor) {
    if (!cursor.started && step.op == Op::distinct) {
        const std::size_t names = counter.name_count();
        cursor.actor_events =
            static_cast<std::uint32_t*>(arena_.allocate((names + 1) * sizeof(std::uint32_t), alignof(std::uint32_t)));
        std::fill_n(cursor.actor_events, names, 0);
    }
    // In the window is what has entered and not left; an event may leave before it enters.
    const std::size_t entered = cursor.started ? cursor.entered : 0, left = cursor.started ? cursor.left : 0;
    move_ends(program_.questions()[step.question], counter, cursor);
    take_in(step, counter, cursor, {left, std::min(cursor.left, entered)}, {left, entered}, -1);
    take_in(step, counter, cursor, {std::max(cursor.left, entered), cursor.entered}, {cursor.left, cursor.entered}, 1);
    cursor.started = true;
}

Value Evaluation::window_value(const Step& step, const CounterColumns& counter, const Cursor& cursor) const {
    const std::size_t end = cursor.entered, begin = std::min(cursor.left, end);
    switch (step.op) {
        case Op::count: return Value::of(Number::of(counter.rows_of(begin, end)));
        case Op::sum: return Value::of(counter.totals_before().between(begin, end));
        default: return Value::of(Number::of(cursor.distinct));
    }
}

/// The same where nothing moves: what lies between the ends is all there is to look at.
Value Evaluation::window_seen(const Step& step, const CounterColumns& counter) {
    const Sight::Ends& ends = sight_->ends(step.question, program_.questions());
    const std::size_t end = counter.count_to(ends.end),
                      begin = ends.has_begin ? std::min(counter.count_to(ends.begin), end) : 0;
    switch (step.op) {
        case Op::count: return Value::of(Number::of(counter.rows_of(begin, end)));
        case Op::sum: return Value::of(counter.total_of(begin, end));
        case Op::distinct: return Value::of(Number::of(actors_in(counter, {begin, end})));
        default: return Value::of(Number::of(days_in(counter, {begin, end})));
    }
}

std::int64_t Evaluation::actors_in(const CounterColumns& counter, Range range) {
    if (counter.name_count() == 0) return 0;
    auto* const seen = static_cast<Byte*>(arena_.allocate(counter.name_count(), 1));
    std::fill_n(seen, counter.name_count(), Byte(0));
    std::int64_t actors = 0;
    for (const std::uint32_t actor : counter.actors_of(range.begin, range.end))
        actors += 1 - std::exchange(seen[actor], Byte(1));
    return actors;
}

std::int64_t Evaluation::days_in(const CounterColumns& counter, Range range) const {
    std::int64_t days = 0, last = 0;
    for (std::size_t i = range.begin; i < range.end; ++i) {
        const Instant at = counter.at(i);
        const std::int64_t day = at == minus_infinity ? minus_infinity : day_of(at);
        days += days == 0 || day != last ? 1 : 0;
        last = day;
    }
    return days;
}

void Evaluation::window(const Step& step, Result& result) {
    const Question& question = program_.questions()[step.question];
    const CounterColumns& counter = facts_.counter(step.fact);
    if (counter.known_from() != minus_infinity) {
        const Instant known = question.known(counter.known_from());
        if (now_ < known) return set(result, no_number, known);
    }
    if (!goes_on()) return set(result, window_seen(step, counter), plus_infinity);
    Cursor& cursor = cursors_[step.question];
    move_window(step, counter, cursor);
    set(result, window_value(step, counter, cursor), std::min(cursor.next_enter, cursor.next_leave));
}

void Evaluation::first_or_last(const Step& step, Result& result) {
    const CounterColumns& counter = facts_.counter(step.fact);
    const std::size_t entered = counter.count_to(now_);
    const Instant next = goes_on() && entered < counter.size() ? counter.at(entered) : plus_infinity;
    const bool forgotten = step.op == Op::first && counter.known_from() != minus_infinity;
    if (entered == 0 || forgotten) return set(result, Value::none(Kind::time), forgotten ? plus_infinity : next);
    if (step.op == Op::first) return set(result, Value::of_time(counter.first()), plus_infinity);
    set(result, Value::of_time(counter.at(entered - 1)), next);
}

// ---- days

void Evaluation::within(const Step& step, Result& result) {
    const Result& x = of(arguments(step)[0]);
    const Instant until = x.until;
    if (x.value.absent) return set(result, no_truth, until);
    if (!is_finite(x.value)) return set(result, Value::of(false), until);
    const Stay stay = stay_within(x.value.kind, x.value.word, program_.window(step), program_.days());
    if (now_ < stay.begin) return set(result, Value::of(false), std::min(until, stay.begin));
    if (now_ < stay.end) return set(result, Value::of(true), std::min(until, stay.end));
    set(result, Value::of(false), until);
}

void Evaluation::days_to(const Step& step, Result& result) {
    const Result& x = of(arguments(step)[0]);
    const Instant until = x.until;
    if (x.value.absent || !is_finite(x.value)) return set(result, no_number, until);
    const std::int64_t since = today() - (x.value.kind == Kind::date ? x.value.word : day_of(x.value.word));
    if (step.op == Op::days_since)
        set_line(result, Number::of(since), Number::of(1), until);
    else
        set_line(result, Number::of(-since), Number::of(-1), until);
}

}  // namespace csagg
